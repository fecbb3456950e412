"""From the margins of an article's candidates to spans of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from framing.candidates import Candidate
from framing.schema import Span


class Found(NamedTuple):
    """A span with the largest margin of the candidates behind it."""

    span: Span
    margin: float


def assemble(cue: str, found: Sequence[Candidate], margins: Sequence[float], threshold: float) -> Iterator[Found]:
    """The spans of one cue: candidates at or above the threshold, neighbouring words joined to phrases."""
    strong = [(c, m) for c, m in zip(found, margins, strict=True) if m >= threshold]
    if not strong or strong[0][0].unit != "word":
        for candidate, margin in strong:
            yield Found(_span(cue, candidate, candidate), margin)
        return
    group = [strong[0]]
    for each in strong[1:]:
        if _adjacent(group[-1][0], each[0]):
            group.append(each)
        else:
            yield _phrase(cue, group)
            group = [each]
    yield _phrase(cue, group)


def _adjacent(before: Candidate, after: Candidate) -> bool:
    """Words of one phrase: side by side, or one short word apart."""
    return before.view is after.view and after.inner[0] - before.inner[0] <= 2


def _phrase(cue: str, group: Sequence[tuple[Candidate, float]]) -> Found:
    return Found(_span(cue, group[0][0], group[-1][0]), max(m for _, m in group))


def _span(cue: str, first: Candidate, last: Candidate) -> Span:
    return Span(cue, first.view.field, first.start, last.end)
