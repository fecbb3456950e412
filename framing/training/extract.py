"""Labels to arrays: one pass over the corpus gives the counts and the targets of every unit."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from framing.candidates import candidates
from framing.cues import UNITS, heads
from framing.evidence import Place
from framing.features import occurrences
from framing.lexicon import Lexicon
from framing.schema import Label, Span
from framing.view import Candidate

IGNORED = -1  # target of a candidate that a span covers in part only
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


@dataclass(slots=True)
class _Builder:
    unit: str
    index: dict[str, int] = field(default_factory=dict)
    columns: array[int] = field(default_factory=lambda: array("i"))
    values: array[float] = field(default_factory=lambda: array("f"))
    ends: array[int] = field(default_factory=lambda: array("q", [0]))
    targets: list[tuple[int, ...]] = field(default_factory=list)
    article: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)

    def add(self, number: int, candidate: Candidate, targets: tuple[int, ...], first: int) -> None:
        index = self.index
        for name, count in Counter(o.feature for o in occurrences(candidate)).items():
            self.columns.append(index.setdefault(name, len(index)))
            self.values.append(count)
        self.ends.append(len(self.columns))
        self.targets.append(targets)
        self.article.append(number)
        self.places.append(candidate.place)
        self.sentence.append(first + candidate.sentence if candidate.sentence >= 0 else -1)

    def arrays(self) -> UnitArrays:
        shape = (len(self.article), len(self.index))
        parts = (np.frombuffer(self.values, np.float32), np.frombuffer(self.columns, np.int32), np.asarray(self.ends))
        counts = sp.csr_matrix(parts, shape=shape)
        targets = np.array(self.targets, np.int8).reshape(shape[0], len(heads(self.unit)))
        article, sentence = np.array(self.article, np.int32), np.array(self.sentence, np.int32)
        return UnitArrays(counts, targets, article, self.places, list(self.index), sentence)


def extract(labels: Iterable[Label], lexicon: Lexicon) -> dict[str, UnitArrays]:
    """Counts and targets of every unit, candidates in corpus order."""
    builders = {unit: _Builder(unit) for unit in UNITS}
    for number, label in enumerate(labels):
        first = len(builders["sentence"].article)
        found = candidates(label.article, label.article.language or "", lexicon)
        for unit, builder in builders.items():
            wanted = targets(unit, found[unit], label.spans)
            if unit == "title" and _no_headline(label):
                wanted = [(IGNORED,) * len(heads(unit))] * len(wanted)
            for candidate, target in zip(found[unit], wanted, strict=True):
                builder.add(number, candidate, target, first)
    return {unit: builder.arrays() for unit, builder in builders.items()}


def _no_headline(label: Label) -> bool:
    """A passage written for another cue begins with a sentence, not with a headline."""
    aimed = label.meta.get("target", "").endswith("quote_headline")
    return label.half == "written" and not label.article.title and not aimed


def targets(unit: str, found: Sequence[Candidate], spans: Sequence[Span]) -> list[tuple[int, ...]]:
    """For each candidate, for each head of its unit: 1, 0 or `IGNORED`."""
    by_cue = {cue: [s for s in spans if s.cue == cue] for cue in heads(unit)}
    columns = [_column(found, by_cue[cue]) for cue in by_cue]
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
