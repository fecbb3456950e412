"""Rates of outlets, shrunken towards the rate of their language: a beta-binomial model, empirical Bayes.

An outlet's rate is drawn from Beta(m s, (1 - m) s), its articles from its rate. m (the language's mean) and s (how alike its outlets are)
are not known; the model is summed over a grid of both, weighed by their marginal likelihood over the language's outlets, so that the
intervals do not pretend that few outlets tell m and s exactly (Kass & Steffey 1989 on the plain plug-in's short intervals).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEVEL = 0.90  # of the credible intervals
FEWEST = 5  # outlets of a language; fewer are taken together with all others
_STEPS = 22  # bisections: to a four-millionth
_LIGHT = 0.002  # grid points with less of the weight are left out
_MEANS = np.concatenate([np.geomspace(0.001, 0.1, 16)[:-1], np.linspace(0.1, 0.9, 33), 1 - np.geomspace(0.1, 0.001, 16)[1:]])
_SIZES = np.geomspace(0.5, 500.0, 24)


class Rate(NamedTuple):
    """A shrunken rate with its credible interval; hits of trials are the raw counts."""

    value: float
    low: float
    high: float
    hits: int
    trials: int


class Prior(NamedTuple):
    """Grid points and their weights. a, b, weight: (points,)."""

    a: Floats
    b: Floats
    weight: Floats

    @property
    def mean(self) -> float:
        """The language's base rate."""
        return float((self.weight * self.a / (self.a + self.b)).sum())


def prior(hits: Sequence[int], trials: Sequence[int]) -> Prior:
    """What the outlets of a language say of its rates. Without outlets: even over all rates, sizes small."""
    from scipy.special import betaln

    mean, size = (grid.ravel() for grid in np.meshgrid(_MEANS, _SIZES, indexing="ij"))
    a, b = mean * size, (1 - mean) * size
    density = np.log(np.gradient(_MEANS)[:, None] * np.ones(len(_SIZES))).ravel() - 0.5 * np.log1p(size)  # m even, wide in s
    k, n = np.asarray(hits, float), np.asarray(trials, float)
    pairs, counts = np.unique(np.stack([k, n], axis=1), axis=0, return_counts=True) if len(k) else (np.zeros((0, 2)), np.zeros(0))
    evidence = sum((c * (betaln(a + x, b + t - x) - betaln(a, b)) for (x, t), c in zip(pairs, counts)), np.zeros(len(a)))
    weight = np.exp(density + evidence - (density + evidence).max())
    weight /= weight.sum()
    kept = weight >= _LIGHT * weight.max()
    return Prior(a[kept], b[kept], weight[kept] / weight[kept].sum())


def rates(hits: Sequence[int], trials: Sequence[int], given: Prior, level: float = LEVEL) -> list[Rate]:
    """The rate of each outlet. The prior has seen the outlet's own counts, so that its weights are those of the posterior."""
    pairs, which = np.unique(np.stack([np.asarray(hits, float), np.asarray(trials, float)], axis=1), axis=0, return_inverse=True)
    a, b = _posterior(pairs[:, 0], pairs[:, 1], given)
    mean = (given.weight * a / (a + b)).sum(axis=1)
    low, high = (_quantile(a, b, given.weight, q) for q in ((1 - level) / 2, (1 + level) / 2))
    columns = (values[which.ravel()].tolist() for values in (mean, low, high))
    return [Rate(*each) for each in zip(*columns, hits, trials, strict=True)]


def draws(hits: Sequence[int], trials: Sequence[int], given: Prior, count: int, random: np.random.Generator) -> Floats:
    """Rates drawn from the posterior: (outlets, count)."""
    a, b = _posterior(np.asarray(hits, float), np.asarray(trials, float), given)
    point = np.searchsorted(np.cumsum(given.weight), random.random((len(a), count))).clip(max=a.shape[1] - 1)
    rows = np.arange(len(a))[:, None]
    found: Floats = random.beta(a[rows, point], b[rows, point])
    return found


def _posterior(k: Floats, n: Floats, given: Prior) -> tuple[Floats, Floats]:
    """Per outlet a and b of each grid point: (outlets, points)."""
    return given.a[None, :] + k[:, None], given.b[None, :] + (n - k)[:, None]


def _quantile(a: Floats, b: Floats, weight: Floats, share: float) -> Floats:
    from scipy.special import betainc

    low, high = np.zeros(len(a)), np.ones(len(a))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        below = (weight * betainc(a, b, middle[:, None])).sum(axis=1) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
