"""Metrics from arrays: truth, probability, outlet. Intervals are bootstrapped over outlets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framing.schema import Span

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
ROUNDS = 1000
IOU = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def f1(tp: float, predicted: float, gold: float) -> float:
    """2 tp / (predicted + gold); 0 where there is neither."""
    return 2 * tp / (predicted + gold) if predicted + gold else 0.0


def bootstrap(
    groups: Sequence[str], counts: Floats, figure: Callable[[Floats], float], seed: int = 0
) -> Estimate:
    """A figure of summed counts, with percentiles over resampled outlets.

    counts: (n, k), one row an article; `figure` takes the k sums.
    """
    _, which = np.unique(np.asarray(groups), return_inverse=True)
    per_group = np.zeros((int(which.max(initial=-1)) + 1, counts.shape[1]))
    np.add.at(per_group, which, counts)
    random = np.random.default_rng(seed)
    draws = random.multinomial(len(per_group), np.full(len(per_group), 1 / len(per_group)), size=ROUNDS)
    values = [figure(sums) for sums in draws @ per_group]
    low, high = np.percentile(values, [2.5, 97.5])
    return Estimate(figure(counts.sum(axis=0)), float(low), float(high))


def score_table(targets: npt.NDArray[np.int8], found: Bools, groups: Sequence[str]) -> dict[str, Estimate]:
    """Micro-F1, macro-F1 and accuracy of decisions (n, classes); targets: 1 present, 0 absent, -1 unknown.

    One class is counted with its absence as the second in macro-F1; a row is right where all its known cells are.
    """
    return {name: bootstrap(groups, counts, _FIGURE[name]) for name, counts in _counts(targets, found).items()}


def paired(
    targets: npt.NDArray[np.int8], found: tuple[Bools, Bools], groups: Sequence[str], metric: str
) -> tuple[float, float, Estimate]:
    """Old, new, and new minus old over the same resampled outlets."""
    old, new = (_counts(targets, each)[metric] for each in found)
    width, figure = old.shape[1], _FIGURE[metric]
    difference = bootstrap(groups, np.hstack([old, new]), lambda sums: figure(sums[width:]) - figure(sums[:width]))
    return figure(old.sum(axis=0)), figure(new.sum(axis=0)), difference


def _counts(targets: npt.NDArray[np.int8], found: Bools) -> dict[str, Floats]:
    """Rows that add up to each figure: hits, shown and gold; the same a class; right rows and rows."""
    known = targets >= 0
    cells = [(targets == 1) & found, found & known, targets == 1]
    hits, shown, gold = (part.sum(axis=1).astype(float) for part in cells)
    right = (~known | ((targets == 1) == found)).all(axis=1).astype(float)
    if targets.shape[1] == 1:
        cells = [np.hstack(pair) for pair in zip(cells, [(targets == 0) & ~found, ~found & known, targets == 0])]
    per_class = np.hstack(cells).astype(float)
    rows = np.stack([right, np.ones(len(right))], axis=1)
    return {"micro-f1": np.stack([hits, shown, gold], axis=1), "macro-f1": per_class, "accuracy": rows}


def _macro(sums: Floats) -> float:
    hits, shown, gold = sums.reshape(3, -1)
    return float(np.mean([f1(*each) for each in zip(hits, shown, gold)]))


_FIGURE: dict[str, Callable[[Floats], float]] = {
    "micro-f1": lambda sums: float(f1(*sums)),
    "macro-f1": _macro,
    "accuracy": lambda sums: float(sums[0] / max(sums[1], 1)),
}


def figures(truth: Bools, probability: Floats, found: Bools, groups: Sequence[str]) -> dict[str, Estimate]:
    """Precision, recall, F1, AUC, average precision, Brier score and ECE of cells (n,), each with its interval over outlets."""
    counts = np.stack([truth & found, found, truth], axis=1).astype(float)
    one = np.ones(len(truth))
    squares = np.stack([(probability - truth) ** 2, one], axis=1)
    auc, precision = ranked(truth, probability, groups)
    return {
        "precision": bootstrap(groups, counts, lambda s: float(s[0] / s[1]) if s[1] else 0.0),
        "recall": bootstrap(groups, counts, lambda s: float(s[0] / s[2]) if s[2] else 0.0),
        "f1": bootstrap(groups, counts, lambda s: f1(*s)),
        "auc": auc,
        "average_precision": precision,
        "brier": bootstrap(groups, squares, lambda s: float(s[0] / max(s[1], 1))),
        "ece": bootstrap(groups, _bins(truth, probability), lambda s: float(np.abs(s[:-1]).sum() / max(s[-1], 1))),
    }


def _bins(truth: Bools, probability: Floats, bins: int = 10) -> Floats:
    """The rows of `ece`: truth minus probability in the column of the cell's bin, and a column of ones."""
    rows = np.zeros((len(truth), bins + 1))
    rows[np.arange(len(truth)), bins_of(probability, bins)] = truth - probability
    rows[:, -1] = 1
    return rows


def ranked(truth: Bools, probability: Floats, groups: Sequence[str], seed: int = 0) -> tuple[Estimate, Estimate]:
    """Area under the ROC curve and average precision, with their intervals over outlets."""
    _, which = np.unique(np.asarray(groups), return_inverse=True)
    size = int(which.max(initial=-1)) + 1
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=ROUNDS)
    order = np.argsort(-probability, kind="stable")
    last = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    weights = np.vstack([np.ones(size, int), draws]).astype(float)
    values = [_areas(w[which[order]], truth[order], last) for w in weights]
    found = []
    for column in zip(*values):
        low, high = np.nanpercentile(column[1:], [2.5, 97.5]) if not np.isnan(column).all() else (np.nan, np.nan)
        found.append(Estimate(column[0], float(low), float(high)))
    return found[0], found[1]


def _areas(weight: Floats, truth: Bools, last: npt.NDArray[np.int64]) -> tuple[float, float]:
    """AUC and average precision of weighted cells in descending order; `last`: where runs of one score end. NaN of one class."""
    hits, misses = np.cumsum(weight * truth)[last], np.cumsum(weight * ~truth)[last]
    if not hits[-1] or not misses[-1]:
        return float("nan"), float("nan")
    steps = np.diff(hits, prepend=0)
    auc = float((steps * (misses[-1] - misses + np.diff(misses, prepend=0) / 2)).sum() / (hits[-1] * misses[-1]))
    return auc, float((steps * hits / np.maximum(hits + misses, 1e-12)).sum() / hits[-1])


def article_f1(truth: Bools, found: Bools, groups: Sequence[str]) -> Estimate:
    """Micro-F1 over articles (n,) or article x cue pairs (n, cues)."""
    rows = (truth & found, found, truth)
    counts = np.stack([r.reshape(len(truth), -1).sum(axis=1) for r in rows], axis=1).astype(float)
    return bootstrap(groups, counts, lambda sums: f1(*sums))


def bins_of(probability: Floats, bins: int = 10) -> npt.NDArray[np.int64]:
    """The equal-width bin of each probability (n,), counted from 0; 1.0 is in the last."""
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def ece(truth: Bools, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015)."""
    where = bins_of(probability, bins)
    gaps = [abs(truth[where == b].mean() - probability[where == b].mean()) * (where == b).sum() for b in np.unique(where)]
    return float(sum(gaps) / len(truth)) if len(truth) else 0.0


def iou(a: Span, b: Span) -> float:
    """Intersection over union of two spans' characters; 0 across cues or fields."""
    if (a.cue, a.field) != (b.cue, b.field):
        return 0.0
    common = min(a.end, b.end) - max(a.start, b.start)
    return common / (max(a.end, b.end) - min(a.start, b.start)) if common > 0 else 0.0


def matches(gold: Sequence[Span], found: Sequence[Span]) -> int:
    """How many gold spans are found at IoU >= 0.5, each found span used once."""
    free = list(found)
    total = 0
    for span in gold:
        hit = next((k for k, other in enumerate(free) if iou(span, other) >= IOU), None)
        if hit is not None:
            free.pop(hit)
            total += 1
    return total
