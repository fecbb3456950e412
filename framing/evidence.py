"""From the margins of an article's candidates to spans of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from framing.schema import Span


class Place(NamedTuple):
    """Where a candidate stands: its field, its span, the index of its first token."""

    field: str
    start: int
    end: int
    token: int


class Found(NamedTuple):
    """A span with the largest margin of the candidates behind it."""

    span: Span
    margin: float


def assemble(cue: str, unit: str, places: Sequence[Place], margins: Sequence[float], threshold: float) -> Iterator[Found]:
    """The spans of one cue: candidates at or above the threshold, neighbouring words joined to phrases."""
    strong = [(p, m) for p, m in zip(places, margins, strict=True) if m >= threshold]
    group: list[tuple[Place, float]] = []
    for each in strong:
        if group and not (unit == "word" and _adjacent(group[-1][0], each[0])):
            yield _joined(cue, group)
            group = []
        group.append(each)
    if group:
        yield _joined(cue, group)


def _adjacent(before: Place, after: Place) -> bool:
    """Words of one phrase: side by side, or one short word apart."""
    return before.field == after.field and after.token - before.token <= 2


def _joined(cue: str, group: Sequence[tuple[Place, float]]) -> Found:
    first, last = group[0][0], group[-1][0]
    return Found(Span(cue, first.field, first.start, last.end), max(m for _, m in group))
