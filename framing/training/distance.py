"""How few known words an article like the training ones has: the bars below which a bundle abstains (see `framing.abstain`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from framing.abstain import FEWEST_WORDS, RISK
from framing.cues import LANGUAGES
from framing.schema import Label
from framing.training.extract import UnitArrays

Floats = npt.NDArray[np.float64]
FEWEST = 200  # articles of a language from which it has a bar of its own


def bars(labels: Sequence[Label], sentences: UnitArrays, known: npt.NDArray[np.int64]) -> dict[str, float]:
    """The bars by language, "" for any other: the `RISK` quantile of the known share, real articles alone where they are enough.

    known: the columns of the model's features. A word counts as known to an article if another outlet has it too: as if the article's
    own had not been trained on.
    """
    share, words = _shares([label.group for label in labels], sentences, known)
    real = np.array([label.half == "real" for label in labels])
    language = np.array([label.article.language or "" for label in labels])
    usable = words >= FEWEST_WORDS
    found = {}
    for code in LANGUAGES:
        mine = usable & (language == code)
        mine = mine & real if (mine & real).sum() >= FEWEST else mine
        if mine.sum() >= FEWEST:
            found[code] = round(float(np.quantile(share[mine], RISK)), 2)
    others = [round(float(np.quantile(share[usable], RISK)), 2)] if usable.any() else [0.0]
    return {**found, "": min([*found.values(), *others])}


def _shares(groups: Sequence[str], sentences: UnitArrays, known: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The share of known words (articles,), and how many words there are (articles,)."""
    word = np.array([name[:2] == "w:" and name[2:3].isalpha() for name in sentences.names], bool)
    held = _sums(sentences.article, len(groups)) @ sentences.counts[:, np.flatnonzero(word)]
    names, group = np.unique(groups, return_inverse=True)
    outlets = (_sums(group, len(names)) @ held).tocsc().getnnz(axis=0)
    is_known = np.zeros(len(word), bool)
    is_known[known] = True
    words = np.asarray(held.sum(axis=1)).ravel()
    shared = held.tocsc()[:, np.flatnonzero(is_known[word] & (outlets > 1))]
    return np.asarray(shared.sum(axis=1)).ravel() / np.maximum(words, 1), words


def _sums(owner: npt.NDArray[np.integer[Any]], count: int) -> sp.csr_matrix:
    """The matrix (count, rows) that adds up rows by their owner (rows,)."""
    return sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(count, len(owner)))
