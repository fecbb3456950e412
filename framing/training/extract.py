"""Labels to arrays: one pass over the corpus gives the counts and the targets of every unit."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

import joblib
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from framing.candidates import candidates
from framing.cues import TRIGGERS, UNITS, heads
from framing.evidence import Place
from framing.features import occurrences
from framing.kernel import native
from framing.lexicon import Lexicon
from framing.schema import Label, Span
from framing.view import Candidate

IGNORED = -1  # target of a candidate that a span covers in part only
CHUNK = 256  # labels that a process takes at once
COVERED = 0.5  # share of a candidate that a span must cover


@dataclass(frozen=True, slots=True)
class UnitArrays:
    """The candidates of one unit.

    counts: float32 csr (n, d); targets: int8 (n, heads), 1, 0 or `IGNORED`;
    article: int32 (n,), index of each candidate's label; places: (n,); names: the d features;
    sentence: int32 (n,), row of the sentence candidate that holds it, -1 for none.
    """

    counts: sp.csr_matrix
    targets: npt.NDArray[np.int8]
    article: npt.NDArray[np.int32]
    places: list[Place]
    names: list[str]
    sentence: npt.NDArray[np.int32]


class _Count(Protocol):
    """Counts the features of candidates: their columns, counts and, for each candidate, where they end."""

    def count(self, judged: Sequence[Candidate]) -> tuple[bytes, bytes, bytes]:
        """Bytes of int32, float32 and int64; the features of a candidate in the order of their first occurrence."""
        ...

    def names(self) -> list[str]:
        """The features by column, in the order of their first occurrence."""
        ...


class _Plainly:
    """Counting in Python."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def count(self, judged: Sequence[Candidate]) -> tuple[bytes, bytes, bytes]:
        """As `_Count` says."""
        index, columns, values, ends = self._index, array("i"), array("f"), array("q")
        for candidate in judged:
            counts = Counter(o.feature for o in occurrences(candidate))
            columns.extend([index.setdefault(name, len(index)) for name in counts])
            values.extend(counts.values())
            ends.append(len(columns))
        return columns.tobytes(), values.tobytes(), ends.tobytes()

    def names(self) -> list[str]:
        """As `_Count` says."""
        return list(self._index)


class _Natively:
    """Counting in C."""

    def __init__(self) -> None:
        self._kernel, self._index = native.Kernel(()), native.Index()

    def count(self, judged: Sequence[Candidate]) -> tuple[bytes, bytes, bytes]:
        """As `_Count` says; the candidates are of one unit and view."""
        view = judged[0].view
        text = self._kernel.text(view.tokens.texts, view.classes)
        found: tuple[bytes, bytes, bytes] = text.count(judged[0].unit[0], list(judged), self._index)
        return found

    def names(self) -> list[str]:
        """As `_Count` says."""
        found: list[str] = self._index.names()
        return found


@dataclass(slots=True)
class _Builder:
    """The growing arrays of one unit, over some labels in corpus order."""

    unit: str
    columns: array[int] = field(default_factory=lambda: array("i"))
    values: array[float] = field(default_factory=lambda: array("f"))
    ends: array[int] = field(default_factory=lambda: array("q", [0]))
    targets: list[tuple[int, ...]] = field(default_factory=list)
    article: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    names: bytes = b""  # of the columns, one a line: what another process is sent

    def add(self, judged: Sequence[Candidate], counter: _Count) -> None:
        for _, some in groupby(judged, key=lambda c: id(c.view)):
            columns, values, ends = counter.count(list(some))
            behind = len(self.columns)
            self.columns.frombytes(columns)
            self.values.frombytes(values)
            self.ends.extend((np.frombuffer(ends, np.int64) + behind).tolist())
        self.places.extend(candidate.place for candidate in judged)

    def join(self, other: _Builder, first: int) -> None:
        """Take over what was built of the labels that follow; `first`: how many sentence candidates stand before them."""
        index, behind = self.index, len(self.columns)
        names = other.names.decode("utf-8", "surrogatepass").split("\n")[:-1]
        moved = np.array([index.setdefault(name, len(index)) for name in names], np.int32)
        self.columns.frombytes(moved[np.frombuffer(other.columns, np.int32)].tobytes() if names else b"")
        self.values.extend(other.values)
        self.ends.extend((np.frombuffer(other.ends, np.int64)[1:] + behind).tolist())
        self.targets.extend(other.targets)
        self.article.extend(other.article)
        self.places.extend(other.places)
        self.sentence.extend(first + number if number >= 0 else -1 for number in other.sentence)

    def arrays(self) -> UnitArrays:
        shape = (len(self.article), len(self.index))
        parts = (np.frombuffer(self.values, np.float32), np.frombuffer(self.columns, np.int32), np.asarray(self.ends))
        counts = sp.csr_matrix(parts, shape=shape)
        targets = np.array(self.targets, np.int8).reshape(shape[0], len(heads(self.unit)))
        article, sentence = np.array(self.article, np.int32), np.array(self.sentence, np.int32)
        return UnitArrays(counts, targets, article, self.places, list(self.index), sentence)


def extract(labels: Iterable[Label], lexicon: Lexicon, jobs: int = 2) -> dict[str, UnitArrays]:
    """Counts and targets of every unit, candidates in corpus order. The number of jobs changes nothing but the time."""
    numbered = list(enumerate(labels))
    chunks = [numbered[start : start + CHUNK] for start in range(0, len(numbered), CHUNK)]
    if jobs == 1 or len(chunks) == 1:
        parts: Iterable[dict[str, _Builder]] = (_build(chunk, lexicon) for chunk in chunks)
    else:
        parts = joblib.Parallel(n_jobs=jobs, return_as="generator")(joblib.delayed(_build)(chunk, lexicon) for chunk in chunks)
    builders = {unit: _Builder(unit) for unit in UNITS}
    for part in parts:
        first = len(builders["sentence"].article)
        for unit, builder in builders.items():
            builder.join(part[unit], first)
    return {unit: builder.arrays() for unit, builder in builders.items()}


def _build(chunk: Sequence[tuple[int, Label]], lexicon: Lexicon) -> dict[str, _Builder]:
    builders = {unit: _Builder(unit) for unit in UNITS}
    counters: dict[str, _Count] = {unit: _Natively() if native else _Plainly() for unit in UNITS}
    for number, label in chunk:
        first = len(builders["sentence"].article)
        found = candidates(label.article, label.article.language or "", lexicon)
        for unit, builder in builders.items():
            judged = list(found[unit])
            wanted = targets(unit, judged, label.spans)
            if unit == "title" and _no_headline(label):
                wanted = [(IGNORED,) * len(heads(unit))] * len(wanted)
            builder.targets.extend(wanted)
            builder.add(judged, counters[unit])
            builder.article.extend([number] * len(judged))
            builder.sentence.extend(first + c.sentence if c.sentence >= 0 else -1 for c in judged)
    for unit, builder in builders.items():
        builder.names = "".join(f"{name}\n" for name in counters[unit].names()).encode("utf-8", "surrogatepass")
    return builders


def _no_headline(label: Label) -> bool:
    """A passage written for another cue begins with a sentence, not with a headline."""
    aimed = label.meta.get("target", "").endswith("quote_headline")
    return label.half == "written" and not label.article.title and not aimed


def targets(unit: str, found: Sequence[Candidate], spans: Sequence[Span]) -> list[tuple[int, ...]]:
    """For each candidate, for each head of its unit: 1, 0 or `IGNORED`. A trigger word says nothing on cues that its class is not about."""
    by_cue = {cue: [s for s in spans if s.cue == cue] for cue in heads(unit)}
    columns = [_column(found, by_cue[cue]) for cue in by_cue]
    if unit == "trigger":
        classes = [c.view.classes[c.inner[0]] for c in found]
        columns = [[t if k in TRIGGERS[cue] else IGNORED for t, k in zip(column, classes)] for cue, column in zip(by_cue, columns)]
    return list(zip(*columns, strict=True)) if found else []


def _column(found: Sequence[Candidate], spans: Sequence[Span]) -> list[int]:
    column = [0] * len(found)
    for span in spans:
        shares = [(_covered(candidate, span), k) for k, candidate in enumerate(found)]
        best = max((share for share, _ in shares), default=(0.0, 0.0))
        for share, k in shares:
            if share[0] >= COVERED or (share == best and share[1] >= COVERED):
                column[k] = 1
            elif share[0] > 0 and not column[k]:
                column[k] = IGNORED
    return column


def _covered(candidate: Candidate, span: Span) -> tuple[float, float]:
    """Shares of the candidate, and of the span, that they have in common.

    Counted in tokens, so that a sentence without its brackets does not count the bracket.
    """
    view = candidate.view
    if span.field != view.field or span.end <= candidate.start or span.start >= candidate.end:
        return 0.0, 0.0
    inside = view.inside(span.start, span.end)
    common = sum(i in inside for i in candidate.inner)
    return common / len(candidate.inner), common / max(1, len(inside))
