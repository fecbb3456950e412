"""Fits linear heads on articles: feature blocks side by side, one L2 logistic regression a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from framing.tasks import vectors
from framing.tasks.vectors import Block, Floats32, Ints, Rows

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int8]  # (n, classes): 1 present, 0 absent, -1 unknown
UNKNOWN = -1
NEVER = -10.0  # margin of a class without a positive example
SMALL = 2500  # articles up to which the heads are fitted in the articles' own space


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Which blocks an article is described by. Each block has rows of length 1 times the root of its weight."""

    blocks: tuple[tuple[str, ...], ...] = (("words",), ("grams",))
    weights: tuple[float, ...] = (1.0, 1.0)
    style: float = 0.0  # weight of the block of counted habits (`vectors.style`)
    bits: int = 20
    min_df: int = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of some texts, a `Rows` a block, and their habits float64 (n, habits)."""

    features: FeatureSet
    blocks: tuple[Rows, ...]
    habits: Floats

    def take(self, rows: Ints) -> Counted:
        """The given rows, in order."""
        return Counted(self.features, tuple(vectors.take(block, rows) for block in self.blocks), self.habits[rows])


def counted(texts: Sequence[str], features: FeatureSet, jobs: int = 1) -> Counted:
    """Counts of a feature set. Nothing is learnt from the texts here."""
    blocks = tuple(vectors.count(texts, kinds, features.bits, jobs) for kinds in features.blocks)
    habits = vectors.style(texts) if features.style else np.zeros((len(texts), 0))
    return Counted(features, blocks, habits)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What turns counts into feature rows: idf a block, mean and spread of the habits."""

    features: FeatureSet
    blocks: tuple[Block, ...]
    mean: Floats
    spread: Floats

    def rows(self, counts: Counted) -> sp.csr_matrix:
        """Features float32 (n, d) of length 1, the blocks side by side."""
        parts = []
        for block, weight, found in zip(self.blocks, self.features.weights, counts.blocks, strict=True):
            weighed = block.weigh(found)
            shape = (len(weighed), len(block.columns))
            parts.append(sp.csr_matrix((weighed.values * np.float32(weight**0.5), weighed.columns, weighed.indptr), shape=shape))
        if self.features.style:
            parts.append(sp.csr_matrix(self.habits(counts.habits)))
        total = sum(self.features.weights) + self.features.style
        joined = parts[0] if len(parts) == 1 else sp.hstack(parts, format="csr")
        return (joined * np.float32(total**-0.5)).astype(np.float32)

    def habits(self, habits: Floats) -> Floats32:
        """Standardised habits, within three spreads, times the root of their weight."""
        scaled = np.clip((habits - self.mean) / self.spread, -3, 3) * (self.features.style / max(1, habits.shape[1])) ** 0.5
        found: Floats32 = scaled.astype(np.float32)
        return found


def weighing(counts: Counted) -> Weighing:
    """Learns idf and spreads from the counts of the training articles."""
    features = counts.features
    blocks = tuple(
        vectors.fit_block(rows, kinds, features.bits, features.min_df) for rows, kinds in zip(counts.blocks, features.blocks)
    )
    mean = counts.habits.mean(axis=0) if len(counts.habits) else np.zeros(counts.habits.shape[1])
    spread = np.maximum(counts.habits.std(axis=0), 1e-6) if len(counts.habits) else np.ones(counts.habits.shape[1])
    return Weighing(features, blocks, mean, spread)


@dataclass(frozen=True, slots=True)
class Space:
    """Training rows, rotated where they are few.

    n articles span at most n dimensions, and an L2-penalised fit never leaves their span (Kimeldorf and Wahba 1971): the rotated
    fit is the same one, and cheap for many heads and settings. rows: (n, r) dense or (n, d) sparse; back: (d, r) or None.
    """

    rows: Floats | sp.csr_matrix
    turn: Floats | None  # (n, r)
    original: sp.csr_matrix

    def weights(self, coef: Floats) -> Floats:
        """Heads (k, r) in the rotated space as heads (k, d) over the features."""
        return coef if self.turn is None else np.asarray((self.original.T @ (self.turn @ coef.T)).T)


def space(rows: sp.csr_matrix) -> Space:
    """The space to fit in."""
    if rows.shape[0] > SMALL:
        return Space(rows, None, rows)
    gram = (rows @ rows.T).toarray().astype(np.float64)
    values, turn = np.linalg.eigh(gram)
    kept = values > 1e-6 * max(values.max(initial=0.0), 1e-12)
    turn = turn[:, kept] / np.sqrt(values[kept])
    return Space(gram @ turn, turn, rows)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the inner folds choose among."""

    c: float = 30.0  # inverse strength of the penalty
    balanced: bool = False  # whether a rare class weighs as much as a frequent one


def fit(rows: Floats | sp.csr_matrix, targets: Targets, setting: Setting, jobs: int = 1) -> tuple[Floats, Floats]:
    """Weights (k, d) and intercepts (k,), one logistic regression a class on the rows where it is known."""
    from joblib import Parallel, delayed

    # liblinear draws from one generator a process: two of its fits at once would disturb each other's numbers
    together = jobs if isinstance(rows, np.ndarray) else 1
    heads = Parallel(n_jobs=together, prefer="threads")(delayed(_head)(rows, column, setting) for column in targets.T)
    return np.array([h[0] for h in heads]), np.array([h[1] for h in heads])


def _head(rows: Floats | sp.csr_matrix, target: Targets, setting: Setting) -> tuple[Floats, float]:
    known = np.flatnonzero(target != UNKNOWN)
    wanted = target[known]
    if not wanted.any() or wanted.all():
        return np.zeros(rows.shape[1]), -NEVER if wanted.any() else NEVER
    weight = "balanced" if setting.balanced else None
    if isinstance(rows, np.ndarray):
        model = LogisticRegression(C=setting.c, class_weight=weight, max_iter=300, tol=1e-3)
    else:
        model = LogisticRegression(C=setting.c, class_weight=weight, solver="liblinear", dual=True, tol=0.1, random_state=0)
    own = rows if len(known) == rows.shape[0] else rows[known]
    coef = model.fit(own, wanted).coef_[0]
    if isinstance(rows, np.ndarray):
        return coef, float(model.intercept_[0])
    return coef, _intercept(own @ coef, wanted, setting.balanced, float(model.intercept_[0]))


def _intercept(margins: Floats, wanted: Targets, balanced: bool, start: float) -> float:
    """The intercept without a penalty, by Newton's steps: liblinear penalises it, and a larger scale makes it five times slower."""
    share = wanted.mean()
    weight = np.where(wanted == 1, 0.5 / share, 0.5 / (1 - share)) if balanced else np.ones(len(wanted))
    found = start
    for _ in range(20):
        p = 1 / (1 + np.exp(-np.clip(margins + found, -60, 60)))
        step = (weight * (wanted - p)).sum() / max((weight * p * (1 - p)).sum(), 1e-9)
        found += float(np.clip(step, -2, 2))
        if abs(step) < 1e-6:
            break
    return found


def margins(rows: Floats | sp.csr_matrix, heads: tuple[Floats, Floats]) -> Floats:
    """Margins (n, k)."""
    return np.asarray(rows @ heads[0].T) + heads[1]
