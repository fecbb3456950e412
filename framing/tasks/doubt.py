"""The labels most worth a second look: those that a model which never saw them contradicts most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framing.tasks import fitting
from framing.tasks.deciding import CHOICE, Examples
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import UNKNOWN, Floats


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label and how probable the folds' models hold it to be."""

    place: str
    id: str
    label: str
    given: bool
    probability: float

    def __str__(self) -> str:
        said = "has" if self.given else "has not"
        return f"{self.place}: article {self.id} {said} '{self.label}'; models that did not see it give that {self.probability:.2f}"


def doubtful(given: Examples, config: TaskConfig, most: int = 10, only: Sequence[int] | None = None) -> list[Doubt]:
    """The `most` most doubtful labels, the worst first; of the rows `only`, where they are named.

    The folds part outlets: an outlet's other labels are what tells a wrong one, and no figure is quoted here.
    """
    alone = replace(given, groups=tuple(f"{group} {k}" for k, group in enumerate(given.groups)))
    _, probability, _ = fitting.out_of_fold(given, fitting.folds(alone, config.folds, config.seed), config)
    return ranked(given, probability, most, only)


def ranked(given: Examples, probability: Floats, most: int, only: Sequence[int] | None = None) -> list[Doubt]:
    """The labels in the order of their out-of-fold probability (confident learning's self-confidence, Northcutt et al. 2021)."""
    present = given.targets == 1
    belief = np.where(present, probability, 1 - probability)
    belief[given.targets == UNKNOWN] = np.inf
    if given.task.kind == CHOICE:
        belief[~present] = np.inf  # of a choice the chosen class is the label
    if only is not None:
        belief[np.setdiff1d(np.arange(len(belief)), np.asarray(only))] = np.inf
    order = np.argsort(belief, axis=None, kind="stable")[:most]
    rows, columns = np.unravel_index(order, belief.shape)
    return [
        Doubt(given.places[r], given.articles[r].id, given.task.classes[k], bool(present[r, k]), float(belief[r, k]))
        for r, k in zip(rows.tolist(), columns.tolist())
        if np.isfinite(belief[r, k])
    ]
