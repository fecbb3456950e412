"""A bundle's heads, corrected by few new labels: logistic regression with the base's weights as the prior.

For each head a correction d is added to the base's weights w, and e to its intercept b, at the least of

    sum_i weight_i * log(1 + exp(-y_i ((w + d) . x_i + b + e)))  +  (|d|^2 + e^2) / 2C

over the candidates of the new labels and of a sample of the base's own corpus, which holds the rest in place: a Gaussian prior round
the old weights (Chelba and Acero 2004, "Adaptation of maximum entropy capitalizer: little data can help a lot"). Only features that
stand in the new labels move. Features that the base does not know come in, with a prior weight of 0, where several new positives
have them; their idf is that of the rarest words of the base. An article that is said to carry a cue without saying where is a bag of
candidates: at first each counts for its share of it, then the best one alone (mi-SVM, Andrews, Tsochantaridis and Hofmann 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize

from framing.cues import CUE_IDS, UNIT_OF, UNITS, heads
from framing.schema import Label
from framing.training.extract import IGNORED, UnitArrays, extract
from framing.training.learn import Fitted, weigh
from framing.training.together import cue_margins
from framing.training.weights import Base, Heads

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A labelled article. Of the cues outside `known` it says nothing; those in `loose` it carries, but no span says where."""

    label: Label
    known: frozenset[str]
    loose: frozenset[str] = frozenset()
    place: str = ""

    def carries(self, cue: str) -> bool:
        """Whether the article is said to carry a cue."""
        return cue in self.loose or any(span.cue == cue for span in self.label.spans)


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """How a base is corrected; saved in `model.json`."""

    c: float = 2.0  # how far weights may leave the base's
    weight: float = 5.0  # of a new label's candidate against one of a written passage
    full: int = 25  # candidates up to which a new article has full weight
    fewest: int = 2  # new positives in which an unknown feature must stand
    rounds: int = 3  # fits over bags
    sample: int = 3200  # texts of the base's corpus that are drawn to hold the rest in place
    kept: int = 4  # of their outlets and batches one in so many is kept back, to see that they do
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """One unit's candidates, the new labels' last.

    old: the base's heads over `arrays`; start: the same with the new features' columns behind, weight 0; fresh: how many those are;
    features: (n, k), weighed for `start`; bag: (n, heads), 1 where a loose label covers the candidate; first: the first new label's number.
    """

    arrays: UnitArrays
    old: Fitted
    start: Fitted
    fresh: int
    features: sp.csr_matrix
    bag: Flags
    first: int


def prepare(base: Base, sample: Sequence[Label], new: Sequence[NewLabel], fewest: int) -> dict[str, Panel]:
    """Candidates and features of the sample and of the new labels, a panel a unit."""
    every = extract([*sample, *(each.label for each in new)], base.lexicon)
    return {unit: _panel(every[unit], base.heads[unit], _masked(unit, every[unit], new, len(sample)), fewest) for unit in UNITS}


def _panel(arrays: UnitArrays, base: Heads, said: _Said, fewest: int) -> Panel:
    arrays = replace(arrays, targets=said.targets)
    index = {name: k for k, name in enumerate(base.names)}
    row = np.array([index.get(name, -1) for name in arrays.names], np.int64)
    known = np.flatnonzero(row >= 0)
    mine = base.rows[row[known]]
    old = Fitted(known, mine[:, 0], mine[:, 1:].T, base.intercept)
    positive = ((said.targets == 1) | (said.bag == 1)).any(axis=1) & (arrays.article >= said.first)
    fresh = _fresh(arrays, row < 0, positive, fewest)
    rarest = max((base.rows[k, 0] for k, name in enumerate(base.names) if name.startswith("w:")), default=1.0)
    start = Fitted(
        np.concatenate([known, fresh]), np.concatenate([old.idf, np.full(len(fresh), rarest)]),
        np.hstack([old.coef, np.zeros((len(base.intercept), len(fresh)))]), base.intercept,
    )  # fmt: skip
    return Panel(arrays, old, start, len(fresh), _weighed(arrays, start), said.bag, said.first)


def _weighed(arrays: UnitArrays, fitted: Fitted) -> sp.csr_matrix:
    counts = arrays.counts[:, fitted.columns]
    return weigh(counts, fitted.idf).tocsr() if min(counts.shape) else sp.csr_matrix(counts.shape, dtype=np.float64)


class _Said(NamedTuple):
    """Targets without what the new labels do not say, the bags, the first new label's number."""

    targets: Flags
    bag: Flags
    first: int


def _masked(unit: str, arrays: UnitArrays, new: Sequence[NewLabel], first: int) -> _Said:
    targets, bag = arrays.targets.copy(), np.zeros(arrays.targets.shape, np.int8)
    for number, each in enumerate(new, first):
        start, end = np.searchsorted(arrays.article, [number, number + 1])
        for k, cue in enumerate(heads(unit)):
            if cue not in each.known:
                targets[start:end, k] = IGNORED
            elif cue in each.loose:
                bag[start:end, k] = targets[start:end, k] != IGNORED
                targets[start:end, k] = IGNORED
    return _Said(targets, bag, first)


def _fresh(arrays: UnitArrays, unknown: Bools, positive: Bools, fewest: int) -> Ints:
    """The columns of unknown features that several new positives have, and more of them than of all other candidates."""
    here, there = (arrays.counts[rows].getnnz(axis=0) for rows in (np.flatnonzero(positive), np.flatnonzero(~positive)))
    found: Ints = np.flatnonzero(unknown & (here >= fewest) & (here > there))
    return found


def correct(panel: Panel, members: Ints, config: AdaptConfig) -> Fitted:
    """The unit's heads, corrected by the articles of the given numbers: new labels, and the sample that holds the rest."""
    article = panel.arrays.article
    rows = np.flatnonzero(np.isin(article, members))
    new = article[rows] >= panel.first
    size = np.bincount(article, minlength=1)[article[rows]]
    weight = np.where(new, config.weight * np.minimum(1.0, config.full / size), 1.0)
    features = panel.features[rows]
    coef, intercept = panel.start.coef.copy(), panel.start.intercept.copy()
    for k in range(len(intercept)):
        target, bag = panel.arrays.targets[rows, k], panel.bag[rows, k] == 1
        if (new & ((target != IGNORED) | bag)).any():
            head = _Head(features, article[rows], target, bag, weight, new, config.c)
            coef[k], intercept[k] = head.corrected((coef[k], intercept[k]), config.rounds)
    return replace(panel.start, coef=coef, intercept=intercept)


@dataclass(frozen=True, slots=True)
class _Head:
    """What one head is corrected on. features: (n, k); article, target, bag, weight, new: (n,)."""

    features: sp.csr_matrix
    article: npt.NDArray[np.int32]
    target: Flags
    bag: Bools
    weight: Floats
    new: Bools
    c: float

    def corrected(self, prior: tuple[Floats, float], rounds: int) -> tuple[Floats, float]:
        size = np.bincount(self.article, minlength=1)[self.article]
        positive, weight = (self.target == 1) | self.bag, np.where(self.bag, self.weight / size, self.weight)
        found = self._fit(positive, weight, prior)
        for _ in range(rounds - 1 if self.bag.any() else 0):
            positive = (self.target == 1) | self._best(self.features @ found[0])
            found = self._fit(positive, self.weight, prior)
        return found

    def _best(self, margins: Floats) -> Bools:
        """Of each bag the candidate with the largest margin."""
        order = np.lexsort((-margins, self.article))
        order = order[self.bag[order]]
        found = np.zeros(len(margins), bool)
        found[order[np.diff(self.article[order], prepend=-1) != 0]] = True
        return found

    def _fit(self, positive: Bools, weight: Floats, prior: tuple[Floats, float]) -> tuple[Floats, float]:
        used = np.flatnonzero((self.target != IGNORED) | positive)
        rows, weight, sign = self.features[used], weight[used], np.where(positive[used], 1.0, -1.0)
        active = np.flatnonzero(rows[self.new[used]].getnnz(axis=0))
        features, offset = rows[:, active], rows @ prior[0] + prior[1]
        turned = features.T.tocsr()

        def loss(step: Floats) -> tuple[float, Floats]:
            margins = sign * (offset + features @ step[:-1] + step[-1])
            pull = -sign * weight / (1 + np.exp(np.clip(margins, -60, 60)))
            value = (weight * np.logaddexp(0, -margins)).sum() + step @ step / (2 * self.c)
            return float(value), np.append(turned @ pull, pull.sum()) + step / self.c

        step = minimize(loss, np.zeros(len(active) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}).x
        coef = prior[0].copy()
        coef[active] += step[:-1]
        return coef, prior[1] + float(step[-1])


def corrected(panels: dict[str, Panel], fitted: dict[str, Fitted], base: Base) -> dict[str, Heads]:
    """The base's heads with the corrections in their rows, the new features behind."""
    found = {}
    for unit, each in fitted.items():
        old, names = base.heads[unit], [panels[unit].arrays.names[c] for c in each.columns]
        index = {name: k for k, name in enumerate(old.names)}
        known = len(names) - panels[unit].fresh
        own = np.column_stack([each.idf, each.coef.T])
        rows = np.vstack([old.rows, own[known:]])
        rows[[index[name] for name in names[:known]]] = own[:known]
        found[unit] = Heads([*old.names, *names[known:]], rows, each.intercept)
    return found


def best_margins(panels: dict[str, Panel], fitted: dict[str, Fitted], count: int) -> Floats:
    """The best margin (count, cues) of each article's candidates for each cue; -inf where there are none."""
    margins = {unit: _margins(panel, fitted[unit]) for unit, panel in panels.items()}
    best = np.full((count, len(CUE_IDS)), -np.inf)
    columns = cue_margins({unit: panel.arrays for unit, panel in panels.items()}, margins)
    for k, cue in enumerate(CUE_IDS):
        np.maximum.at(best[:, k], panels[UNIT_OF[cue]].arrays.article, columns[cue])
    return best


def _margins(panel: Panel, fitted: Fitted) -> Floats:
    own = len(fitted.columns) == panel.features.shape[1]
    features = panel.features if own else _weighed(panel.arrays, fitted)
    return np.asarray(features @ fitted.coef.T) + fitted.intercept
