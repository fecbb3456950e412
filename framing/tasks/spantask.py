"""Which words of a text a span label covers: one logistic regression over words in their context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from framing.text import fold
from framing.training.evaluate import Estimate, bootstrap, f1

REACH = 4  # words of context each side


def token_f1(rows: Sequence[dict[str, Any]], jobs: int) -> tuple[Estimate, int]:
    """F1 over words inside manipulative spans, by five folds; the threshold comes from inner folds of the training part."""
    texts = [row["text"] for row in rows]
    spans = [row["labels"].get("trigger_spans") or [] for row in rows]
    words, truth, owner = _words(texts, spans)
    features = FeatureHasher(1 << 20, input_type="string", alternate_sign=False).transform(words).astype(np.float32)
    features = features.multiply(1 / np.sqrt(np.maximum(features.sum(axis=1), 1))).tocsr()
    found = np.zeros(len(truth), bool)
    for inside, held in KFold(5, shuffle=True, random_state=0).split(texts):
        rows_in, rows_out = np.flatnonzero(np.isin(owner, inside)), np.flatnonzero(np.isin(owner, held))
        bar = _threshold(features[rows_in], truth[rows_in], owner[rows_in])
        found[rows_out] = _fit(features[rows_in], truth[rows_in]).decision_function(features[rows_out]) > bar
    counts = np.stack([truth & found, found, truth], axis=1).astype(float)
    return bootstrap([str(k) for k in owner], counts, lambda sums: f1(*sums)), len(texts)


def _fit(features: sp.csr_matrix, truth: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=0.5, solver="liblinear", dual=True, tol=0.05, random_state=0).fit(features, truth)


def _threshold(features: sp.csr_matrix, truth: np.ndarray, owner: np.ndarray) -> float:
    margins = np.zeros(len(truth))
    names = np.unique(owner)
    for inside, held in KFold(3, shuffle=True, random_state=1).split(names):
        a, b = np.isin(owner, names[inside]), np.isin(owner, names[held])
        margins[b] = _fit(features[a], truth[a]).decision_function(features[b])
    tried = np.quantile(margins, np.linspace(0.2, 0.99, 80))
    return float(max(tried, key=lambda t: f1((truth & (margins > t)).sum(), (margins > t).sum(), truth.sum())))


def _words(texts: Sequence[str], spans: Sequence[Sequence[Sequence[int]]]) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
    """Of every word its features, whether a span covers it, and the number of its text."""
    features, truth, owner = [], [], []
    for number, (text, found) in enumerate(zip(texts, spans)):
        covered = np.zeros(len(text), bool)
        for start, end in found:
            covered[start:end] = True
        tokens = list(re.finditer(r"\w+|[^\w\s]", text))
        folded = [fold(t[0]).text for t in tokens]
        whole = [f"d:{w}" for w in dict.fromkeys(folded)][:200]
        for k, token in enumerate(tokens):
            features.append(_features(folded, k, token[0], whole))
            truth.append(bool(covered[token.start() : token.end()].any()))
            owner.append(number)
    return features, np.array(truth), np.array(owner)


def _features(words: Sequence[str], k: int, raw: str, whole: list[str]) -> list[str]:
    word, last = words[k], len(words) - 1
    near = [f"{j}:{words[k + j]}" for j in range(-REACH, REACH + 1) if j and 0 <= k + j <= last]
    wide = [f"n:{w}" for w in words[max(0, k - 12) : k + 13]]
    edged = f"_{word}_"
    grams = [f"g:{edged[i : i + 4]}" for i in range(max(1, len(edged) - 3))]
    place = [f"at:{min(9, 10 * k // (last + 1))}", f"from:{min(k // 8, 9)}", f"to:{min((last - k) // 8, 9)}"]
    shape = ["upper"] if raw.isupper() and len(raw) > 1 else []
    return [f"w:{word}", f"w:{word}", *near, *wide, *grams, *place, *shape, *whole]
