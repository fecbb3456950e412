"""From margins to decisions: metrics, thresholds and offsets read off out-of-fold margins, calibrated probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from framing.schema import Article
from framing.tasks.heads import UNKNOWN, Floats, Targets

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
BINARY, CHOICE, SEVERAL = "binary", "choice", "several"
FEWEST_OWN = 30  # articles of a language from which it has its own threshold
_TRIED = 81  # thresholds tried
_STEPS = np.linspace(-2.0, 2.0, 33)  # margins by which a class of a choice may give way
_WORTH = 0.005  # gain of the metric below which a class keeps its place


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked. `classes` of a binary task is ("true",)."""

    name: str
    kind: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """The labelled texts of one task. targets: int8 (n, classes): 1 present, 0 absent, -1 unknown."""

    task: Task
    articles: tuple[Article, ...]
    texts: tuple[str, ...]
    targets: Targets
    groups: tuple[str, ...]
    places: tuple[str, ...]

    def take(self, rows: Ints) -> Examples:
        """The given examples, in order."""
        parts = ([part[i] for i in rows] for part in (self.articles, self.texts, self.groups, self.places))
        articles, texts, groups, places = map(tuple, parts)
        return Examples(self.task, articles, texts, self.targets[rows], groups, places)

    @property
    def languages(self) -> npt.NDArray[np.str_]:
        """The language of each text, "" where none is given."""
        return np.array([a.language or "" for a in self.articles])


def decide(task: Task, margins: Floats, languages: Sequence[str], thresholds: dict[str, Floats]) -> Bools:
    """Which classes are given (n, k): of a choice the strongest, else those above their language's threshold."""
    bars = np.array([thresholds.get(lang, thresholds[""]) for lang in languages]).reshape(margins.shape)
    if task.kind != CHOICE:
        return margins > bars
    found = np.zeros(margins.shape, bool)
    found[np.arange(len(margins)), (margins - bars).argmax(axis=1)] = True
    return found


Metric = Callable[[Targets, Bools], float]


def micro_f1(targets: Targets, found: Bools) -> float:
    """F1 over all known cells."""
    known = targets != UNKNOWN
    hits, shown, gold = ((targets == 1) & found).sum(), (found & known).sum(), (targets == 1).sum()
    return float(2 * hits / (shown + gold)) if shown + gold else 0.0


def macro_f1(targets: Targets, found: Bools) -> float:
    """The mean F1 of the classes; of one class, of it and its absence."""
    if targets.shape[1] == 1:
        known = targets != UNKNOWN
        targets, found = np.hstack([targets, np.where(known, 1 - targets, UNKNOWN)]), np.hstack([found, ~found])
    return float(np.mean([micro_f1(targets[:, k : k + 1], found[:, k : k + 1]) for k in range(targets.shape[1])]))


def accuracy(targets: Targets, found: Bools) -> float:
    """The share of rows whose known cells are all right."""
    right = ((targets == UNKNOWN) | ((targets == 1) == found)).all(axis=1)
    return float(right.mean()) if len(right) else 0.0


METRICS: dict[str, Metric] = {"micro-f1": micro_f1, "macro-f1": macro_f1, "accuracy": accuracy}


def metric_of(task: Task) -> str:
    """The metric by which a task's settings are chosen unless another is named."""
    return "micro-f1" if task.kind == SEVERAL else "macro-f1"


def thresholds(given: Examples, margins: Floats, metric: Metric) -> dict[str, Floats]:
    """Margins from which a class is given: one for all classes, best on out-of-fold articles; a language's own leans on the rest."""
    k = margins.shape[1]
    if given.task.kind == CHOICE:
        return _offsets(given, margins, metric)
    tried = np.unique(np.quantile(margins, np.linspace(0.02, 0.98, _TRIED)))
    curve = _smooth(np.array([metric(given.targets, margins > t) for t in tried]))
    found = {"": np.full(k, tried[curve.argmax()])}
    for language in sorted(set(given.languages.tolist())):
        mine = given.languages == language
        if FEWEST_OWN <= mine.sum() < len(mine):
            own = _smooth(np.array([metric(given.targets[mine], margins[mine] > t) for t in tried]))
            found[language] = np.full(k, tried[(own + curve).argmax()])
    return found


def _offsets(given: Examples, margins: Floats, metric: Metric) -> dict[str, Floats]:
    """What each class must give way by, so that the choice scores best on out-of-fold articles; twice round the classes."""

    def value(rows: Bools, bars: Floats) -> float:
        return metric(given.targets[rows], decide(given.task, margins[rows], [""] * int(rows.sum()), {"": bars}))

    def climb(goal: Callable[[Floats], float], start: Floats) -> Floats:
        best = start
        for k in [*range(len(start))] * 2:
            tried = [best + step * np.eye(len(start))[k] for step in _STEPS]
            curve = _smooth(np.array([goal(bars) for bars in tried]))
            best = tried[int(curve.argmax())] if curve.max() > curve[len(_STEPS) // 2] + _WORTH else best
        return best

    everything = np.ones(len(margins), bool)
    found = {"": climb(lambda bars: value(everything, bars), np.zeros(margins.shape[1]))}
    for language in sorted(set(given.languages.tolist())):
        mine = given.languages == language
        if FEWEST_OWN <= mine.sum() < len(mine):
            found[language] = climb(lambda bars, own=mine: value(own, bars) + value(everything, bars), found[""])  # type: ignore[misc]
    return found


def _smooth(curve: Floats) -> Floats:
    """A running mean of five: the best of many noisy figures is not the best threshold."""
    padded = np.pad(curve, 2, mode="edge")
    return np.asarray(np.convolve(padded, np.full(5, 0.2), "valid"))


def calibration(targets: Targets, margins: Floats) -> tuple[Floats, Floats]:
    """Slope and offset (k,) of each class: Platt's (1999) where both sides have 20 articles, else one temperature for all."""
    known = targets != UNKNOWN
    slope, offset = _platt(targets[known] == 1, margins[known], intercept=False)
    slopes, offsets = np.full(targets.shape[1], slope), np.full(targets.shape[1], offset)
    for k in range(targets.shape[1]):
        truth = targets[known[:, k], k] == 1
        if min(truth.sum(), (~truth).sum()) >= 20:
            slopes[k], offsets[k] = _platt(truth, margins[known[:, k], k], intercept=True)
    return slopes, offsets


def _platt(truth: Bools, margins: Floats, intercept: bool) -> tuple[float, float]:
    if truth.all() or not truth.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e4, fit_intercept=intercept, max_iter=1000).fit(margins[:, None], truth)
    return max(0.05, float(model.coef_[0, 0])), float(np.ravel(model.intercept_)[0]) if intercept else 0.0
