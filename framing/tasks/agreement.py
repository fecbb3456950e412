"""Several annotators of one article: how far they agree, and which labels stand.

The rule: a label stands where more than half of those who judged it see it, and is absent where more than half do not; a tie
leaves it unknown. Of spans each character is judged so, and what is left of a span are its longest stretches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from framing.tasks.labels import Mark

_NONE = frozenset(("(none)",))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the annotators of one task agree. `alpha` is Krippendorff's; None where no unit was judged twice."""

    task: str
    level: str
    units: int  # judged by two annotators or more
    conflicts: int
    alpha: float | None

    def __str__(self) -> str:
        if self.alpha is None:
            return f"{self.task} ({self.level}): each unit has one annotator"
        return (
            f"{self.task} ({self.level}): Krippendorff's alpha {self.alpha:.2f} over {self.units} units judged twice or more,"
            f" {self.conflicts} with a conflict; a label stands by more than half of the annotators, a tie is left out"
        )


def resolve(marks: Sequence[Mark]) -> tuple[list[Mark], list[Agreement]]:
    """One voice for each unit, and the agreement of each task and level."""
    found: list[Mark] = []
    agreements = []
    for (task, level), own in _by(marks, lambda m: (m.task, m.level)).items():
        if level == "span":
            kept, agreement = _spans(task, own)
        else:
            kept, agreement = _units(task, level, own)
        found.extend(kept)
        agreements.append(agreement)
    return found, agreements


def _by(marks: Iterable[Mark], key: object) -> dict[tuple[str, str], list[Mark]]:
    parts: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in marks:
        parts[key(mark)].append(mark)  # type: ignore[operator]
    return parts


def identity(mark: Mark) -> str:
    """What makes two articles one: their id, or the text where the id is only a place."""
    return mark.article.text if mark.article.id == mark.place else mark.article.id


def _units(task: str, level: str, marks: Sequence[Mark]) -> tuple[list[Mark], Agreement]:
    units: dict[tuple[str, str, int, int], dict[str, Mark]] = defaultdict(dict)
    for mark in marks:  # the last word of an annotator counts
        units[identity(mark), mark.field, mark.start, mark.end][mark.annotator] = mark
    judged = [own for own in units.values() if len(own) > 1]
    conflicts = sum(len({m.present for m in own.values()}) > 1 for own in judged)
    ratings = [(who, str(k), m.present) for k, own in enumerate(judged) for who, m in own.items()]
    kept = [mark for own in units.values() for mark in _vote(list(own.values()))]
    return kept, Agreement(task, level, len(judged), conflicts, alpha(ratings))


def _vote(marks: list[Mark]) -> Iterator[Mark]:
    if len(marks) == 1:
        yield marks[0]
        return
    known = frozenset().union(*(m.present | (m.absent or frozenset()) for m in marks))
    votes = {label: [_says(m, label) for m in marks] for label in known}
    sums = {label: sum(said) for label, said in votes.items()}
    present = frozenset(label for label, total in sums.items() if total > 0)
    absent = frozenset(label for label, total in sums.items() if total < 0)
    open_ = known - present - absent
    if present or absent or not known:
        unknown = open_ or any(m.absent is not None for m in marks)
        yield replace(marks[0], present=present, absent=absent if unknown else None, annotator="")


def _says(mark: Mark, label: str) -> int:
    if label in mark.present:
        return 1
    return -1 if mark.absent is None or label in mark.absent else 0


def _spans(task: str, marks: Sequence[Mark]) -> tuple[list[Mark], Agreement]:
    kept, ratings, conflicts, units = [], [], 0, 0
    for name, own in _by(marks, lambda m: (identity(m), m.field)).items():
        annotators = sorted({m.annotator for m in own})
        if len(annotators) == 1:
            kept.extend(own)
            continue
        for label in sorted(frozenset().union(*(m.present for m in own))):
            counts, rated = _characters(own, annotators, label)
            units += len(rated)
            conflicts += sum(len(set(said)) > 1 for said in rated)
            ratings += [(who, f"{name}{label}{k}", frozenset((yes,))) for k, said in enumerate(rated) for who, yes in zip(annotators, said)]
            stretches = list(_stretches([2 * c > len(annotators) for c in counts]))
            kept += [replace(own[0], present=frozenset((label,)), start=a, end=b, annotator="") for a, b in stretches]
        if not any(identity(m) == name[0] for m in kept):
            kept.append(replace(own[0], present=frozenset(), start=0, end=0, annotator=""))
    return kept, Agreement(task, "span", units, conflicts, alpha(ratings))


def _characters(marks: Sequence[Mark], annotators: Sequence[str], label: str) -> tuple[list[int], list[list[str]]]:
    """How many annotators mark each character, and what each says of every line."""
    text = marks[0].article.field(marks[0].field)
    counts = [0] * len(text)
    lines = [(a, b) for a, b in _stretches([c != "\n" for c in text])]
    said = [["no"] * len(annotators) for _ in lines]
    for column, who in enumerate(annotators):
        covered = {i for m in marks if m.annotator == who and label in m.present for i in range(m.start, m.end)}
        for i in covered:
            counts[i] += 1
        for row, (a, b) in enumerate(lines):
            if any(a <= i < b for i in covered):
                said[row][column] = "yes"
    return counts, said


def _stretches(inside: Sequence[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for yes, run in groupby(inside):
        length = len(list(run))
        if yes:
            yield at, at + length
        at += length


def alpha(ratings: Sequence[tuple[str, str, frozenset[str]]]) -> float | None:
    """Krippendorff's alpha of (annotator, unit, labels); sets of several labels by their MASI distance (Passonneau 2006)."""
    if not ratings:
        return None
    if len({said for *_, said in ratings}) == 1:
        return 1.0
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance, masi_distance

    rated = [(who, unit, said or _NONE) for who, unit, said in ratings]  # MASI knows no empty set
    several = any(len(said) != 1 for *_, said in rated)
    return float(AnnotationTask(data=rated, distance=masi_distance if several else binary_distance).alpha())
