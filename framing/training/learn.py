"""Fits the heads of one unit: TF-IDF with selected features, one logistic regression a cue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from framing.training.extract import IGNORED, UnitArrays

Floats = npt.NDArray[np.float64]
NEVER = -10.0  # margin of a head that had nothing to learn from


@dataclass(frozen=True, slots=True)
class UnitConfig:
    """How the heads of a unit are fitted."""

    c: float = 20.0  # inverse regularisation strength of the logistic regression
    min_df: int = 3  # a feature stands in at least so many training candidates
    keep: int = 16_000  # features kept a head, by chi-squared
    layout: float = 2.0  # weight of a layout feature against a word
    classes: float = 2.0  # weight of a word class against a word
    real: float = 5.0  # weight of a candidate of a real article against a written one
    full: int = 25  # candidates up to which an article has full weight: a portal page must not drown the articles


@dataclass(frozen=True, slots=True)
class Fitted:
    """The heads of one unit.

    columns: int64 (k,) into the counts; idf: (k,); coef: (heads, k); intercept: (heads,).
    """

    columns: npt.NDArray[np.int64]
    idf: Floats
    coef: Floats
    intercept: Floats

    def margins(self, counts: sp.csr_matrix) -> Floats:
        """Margins (n, heads) of candidates with counts (n, d)."""
        if not counts.shape[0] or not len(self.columns):  # scikit-learn takes no empty matrix
            return np.tile(self.intercept, (counts.shape[0], 1))
        features = weigh(counts[:, self.columns], self.idf)
        return np.asarray(features @ self.coef.T) + self.intercept


def weigh(counts: sp.csr_matrix, idf: Floats) -> sp.csr_matrix:
    """Sublinear tf times idf, rows of length 1 (`TfidfTransformer(sublinear_tf=True)`)."""
    transformer = TfidfTransformer(sublinear_tf=True)
    transformer.idf_ = idf
    return transformer.transform(counts.astype(np.float64))


def learn(arrays: UnitArrays, rows: npt.NDArray[np.int64], weights: Floats, config: UnitConfig, jobs: int = 1) -> Fitted:
    """Fit all heads of a unit on the given rows. `weights`: (len(rows),)."""
    counts, targets = arrays.counts[rows], arrays.targets[rows]
    frequent = np.flatnonzero(counts.getnnz(axis=0) >= config.min_df)
    if not len(frequent):
        return Fitted(frequent, np.zeros(0), np.zeros((targets.shape[1], 0)), np.full(targets.shape[1], NEVER))
    idf = _idf(counts[:, frequent], [arrays.names[c] for c in frequent], config)
    best = _best(weigh(counts[:, frequent], idf), targets, weights, config.keep)
    any_head = np.unique(np.concatenate(best))
    columns, idf = frequent[any_head], idf[any_head]
    features = weigh(counts[:, columns], idf).astype(np.float32)
    own = [np.searchsorted(any_head, chosen) for chosen in best]
    fits = Parallel(n_jobs=jobs, prefer="threads")(
        delayed(_head)(features[:, chosen], targets[:, k], weights, config.c) for k, chosen in enumerate(own)
    )
    coef = np.zeros((len(own), len(columns)))
    for row, chosen, (weight, _) in zip(coef, own, fits):
        row[chosen] = weight
    return Fitted(columns, idf, coef, np.array([intercept for _, intercept in fits]))


def _idf(counts: sp.csr_matrix, names: Sequence[str], config: UnitConfig) -> Floats:
    """Inverse document frequencies, times the weight of the feature's kind."""
    kinds = {"x": config.layout, "y": config.classes, "ly": config.classes, "ry": config.classes}
    weight = np.array([kinds.get(name.partition(":")[0], 1.0) for name in names])
    return np.asarray(TfidfTransformer(sublinear_tf=True).fit(counts).idf_ * weight)


def _best(
    features: sp.csr_matrix, targets: npt.NDArray[np.int8], weights: Floats, keep: int
) -> list[npt.NDArray[np.int64]]:
    """A head's `keep` best columns by chi-squared, in order, for each head: a fit on all would be too slow."""
    every = strengths(features, targets, weights)
    return [np.sort(np.argsort(-strength, kind="stable")[:keep]) for strength in every]


def strengths(features: sp.csr_matrix, targets: npt.NDArray[np.int8], weights: Floats) -> Floats:
    """Chi-squared (heads, d) of weighed features against each head's target, as scikit-learn's `chi2`, in two products for all heads."""
    positive, used = targets == 1, targets != IGNORED
    turned = features.T.tocsr()
    with_it, total = (np.asarray(turned @ (weights[:, None] * side)).T for side in (positive, used))
    share = positive.sum(axis=0)[:, None] / np.maximum(1, used.sum(axis=0))[:, None]
    spread = total * share * (1 - share)  # both classes stray by as much: 1/expected and 1/(total - expected) add up
    strength: Floats = np.divide((with_it - total * share) ** 2, spread, out=np.zeros_like(total), where=spread > 0)
    return strength


def _head(features: sp.csr_matrix, target: npt.NDArray[np.int8], weights: Floats, c: float) -> tuple[Floats, float]:
    """Weights and intercept of one logistic regression; a head without positives never fires."""
    used = target != IGNORED
    if not (target == 1).any():
        return np.zeros(features.shape[1]), NEVER
    # Newton's steps over float32: half of liblinear's traffic in memory, which bounds the time; two fits share the matrix in threads.
    model = LogisticRegression(C=c, solver="newton-cg")
    model.fit(features[used], target[used], sample_weight=weights[used].astype(np.float32))
    return model.coef_[0].astype(float), float(model.intercept_[0])


def rows_of(arrays: UnitArrays, members: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The candidates of the given labels, in order."""
    wanted = np.zeros(int(arrays.article.max(initial=-1)) + 1, bool)
    inside = np.asarray(members)
    wanted[inside[inside < len(wanted)]] = True
    return np.flatnonzero(wanted[arrays.article])
