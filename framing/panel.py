"""The heads of a unit over their table: margins of candidates, and why they are what they are."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, groupby
from operator import add, mul
from typing import Any, NamedTuple

from framing.bundle import Table
from framing.cues import heads
from framing.features import groups, names, occurrences
from framing.kernel import native
from framing.view import Candidate, View, Words

SENTENCE_SHARE = 0.5  # of its sentence's margin that is added to a phrase's
NO_TRIGGER = -4.0  # added to the margin of a sentence without a trigger word, or without a stronger one
CACHED_GROUPS = 1 << 15  # of features, a prefix and panel
CACHED_ROWS = 1 << 15  # a panel
Columns = list[Sequence[float]]  # a column a head, a margin a candidate
Margins = dict[str, Columns]  # by unit


def _plainly(values: Iterable[float]) -> float:
    return reduce(add, values, 0.0)


# From Python 3.12 on `sum` compensates rounding; the kernel does not.
total = sum if sys.version_info < (3, 12) else _plainly


class Contribution(NamedTuple):
    """What one feature occurrence added to a margin."""

    feature: str
    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a candidate has its margin for a cue: contributions + intercept = margin."""

    cue: str
    field: str
    start: int
    end: int
    margin: float
    intercept: float
    contributions: tuple[Contribution, ...]

    def within(self, sentence: Explanation | None) -> Explanation:
        """The explanation of a phrase with the share of its sentence added."""
        if sentence is None:
            return self
        shared = tuple(c._replace(value=SENTENCE_SHARE * c.value) for c in sentence.contributions)
        return replace(
            self,
            margin=self.margin + SENTENCE_SHARE * sentence.margin,
            intercept=self.intercept + SENTENCE_SHARE * sentence.intercept,
            contributions=self.contributions + shared,
        )

    def led(self, trigger: Explanation | None) -> Explanation:
        """The explanation of a sentence with that of its strongest trigger word, if it is stronger than none."""
        if trigger is None or trigger.margin <= NO_TRIGGER:
            return replace(self, margin=self.margin + NO_TRIGGER, intercept=self.intercept + NO_TRIGGER)
        return replace(
            self,
            margin=self.margin + trigger.margin,
            intercept=self.intercept + trigger.intercept,
            contributions=self.contributions + trigger.contributions,
        )

    def moved(self, original: Callable[[str, int, int], tuple[int, int]]) -> Explanation:
        """The explanation with its offsets in another copy of the field."""
        start, end = original(self.field, self.start, self.end)
        moved = (c._replace(start=s, end=e) for c in self.contributions for s, e in (original(self.field, c.start, c.end),))
        return replace(self, start=start, end=end, contributions=tuple(moved))


class Panel:
    """The heads of one unit over their table."""

    def __init__(self, unit: str, table: Table, intercepts: Sequence[float]) -> None:
        self.unit, self.heads, self.intercepts = unit, heads(unit), tuple(intercepts)
        self.table = table
        self._rows: dict[str, dict[str, tuple[int, ...]]] = {}  # prefix -> stem -> the rows that the model knows
        self._vectors: dict[int, tuple[float, ...]] = {}

    @property
    def parts(self) -> tuple[Any, ...]:
        """What the kernel wants of a panel."""
        table, unit = self.table, "word" if self.unit == "trigger" else self.unit
        return unit, table.keys, table.places, table.starts, table.idf, table.weights, table.heads, self.intercepts

    def _known(self, prefix: str, stem: str) -> tuple[int, ...]:
        """The known rows of a group that is not at hand."""
        known = self._rows.setdefault(prefix, {})
        if len(known) >= CACHED_GROUPS:
            known.clear()
        known[stem] = rows = tuple(row for row in map(self.table.row, names(prefix, stem)) if row >= 0)
        return rows

    def _counts(self, candidate: Candidate) -> Counter[int]:
        """How often each known row occurs, in the order of its first occurrence."""
        found: list[int] = []
        known = self._rows
        for prefix, stem, _, _ in groups(candidate):
            try:
                found += known[prefix][stem]
            except KeyError:
                found += self._known(prefix, stem)
        return Counter(found)

    def _vector(self, row: int) -> tuple[float, ...]:
        """A row's idf and its weights."""
        found = self._vectors.get(row)
        if found is None:
            if len(self._vectors) >= CACHED_ROWS:
                self._vectors.clear()
            found = self._vectors[row] = self.table.vector(row)
        return found

    def _weighed(self, counts: Counter[int]) -> tuple[list[tuple[float, ...]], list[float]]:
        """The rows' vectors and the tf-idf of each, of length 1 together. `_native.c` adds in the same order."""
        vectors = [self._vector(row) for row in counts]
        weights = [
            vector[0] * (1.0 + math.log(count)) if count > 1 else vector[0] for vector, count in zip(vectors, counts.values())
        ]
        norm = math.sqrt(total(map(mul, weights, weights))) or 1.0
        return vectors, [weight / norm for weight in weights]

    def margins(self, candidate: Candidate) -> list[float]:
        """One margin a head."""
        vectors, weights = self._weighed(self._counts(candidate))
        columns = list(zip(*vectors))[1:] or [()] * len(self.heads)
        return [total(map(mul, column, weights)) + b for column, b in zip(columns, self.intercepts, strict=True)]

    def columns(self, judged: Sequence[Candidate]) -> Columns:
        """The margins of many candidates, a column a head."""
        return list(zip(*map(self.margins, judged))) or [()] * len(self.heads)

    def explain(self, candidate: Candidate, cue: str) -> Explanation:
        """The margin of one head, term by term; a repeated feature's share is split evenly."""
        head = self.heads.index(cue)
        counts = self._counts(candidate)
        vectors, weights = self._weighed(counts)
        shares = {
            row: weight * vector[1 + head] / count
            for (row, count), vector, weight in zip(counts.items(), vectors, weights, strict=True)
        }
        found = ((o, self.table.row(o.feature)) for o in occurrences(candidate))
        terms = tuple(Contribution(*o, shares[row]) for o, row in found if row >= 0)
        margin, intercept = self.margins(candidate)[head], self.intercepts[head]
        return Explanation(cue, candidate.view.field, candidate.start, candidate.end, margin, intercept, terms)


class Panels(dict[str, Panel]):
    """The panels of all units, and the kernel that sums for them where there is one."""

    def __init__(self, panels: Iterable[Panel], kernel: Any = native) -> None:
        super().__init__((panel.unit, panel) for panel in panels)
        self._numbers = {unit: number for number, unit in enumerate(self)}
        self._kernel: Any = kernel.Kernel(tuple(panel.parts for panel in self.values())) if kernel else None

    def margins(self, found: Mapping[str, Sequence[Candidate]]) -> Margins:
        """The margins of all candidates of an article."""
        if self._kernel is None:
            return {unit: panel.columns(found[unit]) for unit, panel in self.items()}
        texts: dict[int, Any] = {}
        return {unit: self._summed(unit, found[unit], texts) for unit in self}

    def _summed(self, unit: str, judged: Sequence[Candidate], texts: dict[int, Any]) -> Columns:
        """The margins by the kernel, view after view; `texts` holds the views that it has seen."""
        number = self._numbers[unit]
        if isinstance(judged, Words):
            parts = [self._text(run.view, texts).words(number, run.indices, run.layouts) for run in judged.runs]
        else:
            by_view = [list(some) for _, some in groupby(judged, key=lambda c: id(c.view))]
            parts = [self._text(some[0].view, texts).margins(number, some) for some in by_view]
        if len(parts) == 1:
            found: Columns = parts[0]
            return found
        return [list(chain(*columns)) for columns in zip(*parts)] or [()] * len(self[unit].heads)

    def _text(self, view: View, texts: dict[int, Any]) -> Any:
        if id(view) not in texts:
            texts[id(view)] = self._kernel.text(view.tokens.texts, view.classes)
        return texts[id(view)]
