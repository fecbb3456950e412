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


def article_f1(truth: Bools, found: Bools, groups: Sequence[str]) -> Estimate:
    """Micro-F1 over articles (n,) or article x cue pairs (n, cues)."""
    rows = (truth & found, found, truth)
    counts = np.stack([r.reshape(len(truth), -1).sum(axis=1) for r in rows], axis=1).astype(float)
    return bootstrap(groups, counts, lambda sums: f1(*sums))


def ece(truth: Bools, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015)."""
    where = np.minimum((probability * bins).astype(int), bins - 1)
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
