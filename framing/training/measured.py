"""What cross-validation measured, cue by cue, as numbers: `measured.json`, beside the card and over the same articles.

    half, outlets   which articles: real ones, or written passages where there are none; of how many outlets or batches
    cues            by cue
      articles, with_cue   how many there are, how many carry the cue
      ece                  expected calibration error
      reliability          the bins of `ece` that hold articles: n, mean probability, share with the cue
      curve                by threshold: articles found from it on, precision, recall
      by_language          articles, with_cue, and at `FOUND` precision, recall, f1, ece
      false_alarms         articles where the cue is found and not labelled
      neighbours           the cues that are labelled most often there, with the number of those articles

A figure is null where it would divide by nothing, and for a language where fewer than `FEWEST` articles carry the cue.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from framing.cues import CUE_IDS, LANGUAGES
from framing.schema import Label
from framing.training.evaluate import Bools, Floats, bins_of, ece, f1

MEASURED = "measured.json"
FOUND = 0.5  # a cue counts as found from this probability on
FEWEST = 5  # articles with a cue below which nothing is said of a cell
THRESHOLDS = tuple(k / 10 for k in range(1, 10))
NEIGHBOURS = 3
_DIGITS = 4


def chosen_of(labels: Sequence[Label]) -> list[int]:
    """The labels that are measured on: of real articles, or all where there are none."""
    real = [i for i, label in enumerate(labels) if label.half == "real"]
    return real or list(range(len(labels)))


def as_json(labels: Sequence[Label], truth: Bools, probability: Floats) -> bytes:
    """The bytes of `measured.json`. truth, probability: (labels, cues), the probabilities out-of-fold."""
    chosen = chosen_of(labels)
    languages = np.array([labels[i].article.language or "" for i in chosen])
    truth, probability = truth[chosen], probability[chosen]
    body = {
        "half": labels[chosen[0]].half,
        "outlets": len({labels[i].group for i in chosen}),
        "cues": {
            cue: {
                **_figures(truth[:, k], probability[:, k]),
                "by_language": {code: _cell(truth[languages == code, k], probability[languages == code, k]) for code in LANGUAGES},
                **_confused(k, truth, probability),
            }
            for k, cue in enumerate(CUE_IDS)
        },
    }
    return (json.dumps(body, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), _DIGITS) if whole else None


def _figures(truth: Bools, probability: Floats) -> dict[str, Any]:
    """The figures of one cue over all articles (n,)."""
    where = bins_of(probability)
    bins = [(truth[where == b], probability[where == b]) for b in np.unique(where)]
    return {
        "articles": len(truth),
        "with_cue": int(truth.sum()),
        "ece": round(ece(truth, probability), _DIGITS),
        "reliability": [{"n": len(t), "probability": _share(p.sum(), len(t)), "share": _share(t.sum(), len(t))} for t, p in bins],
        "curve": [{"threshold": at, **_at(truth, probability >= at)} for at in THRESHOLDS],
    }


def _at(truth: Bools, found: Bools) -> dict[str, Any]:
    hits, shown, gold = int((truth & found).sum()), int(found.sum()), int(truth.sum())
    return {"found": shown, "precision": _share(hits, shown), "recall": _share(hits, gold)}


def _cell(truth: Bools, probability: Floats) -> dict[str, Any]:
    """The figures of one cue in one language (n,)."""
    found, gold = probability >= FOUND, int(truth.sum())
    precision = recall = balanced = error = None
    if gold >= FEWEST:
        precision, recall = (_at(truth, found)[name] for name in ("precision", "recall"))
        balanced = round(f1(int((truth & found).sum()), int(found.sum()), gold), _DIGITS)
        error = round(ece(truth, probability), _DIGITS)
    figures = {"precision": precision, "recall": recall, "f1": balanced, "ece": error}
    return {"articles": len(truth), "with_cue": gold, **figures}


def _confused(k: int, truth: Bools, probability: Floats) -> dict[str, Any]:
    """What the false alarms of a cue, the k-th of (n, cues), carry instead; of cues as frequent there, the inventory's first."""
    alarms = truth[(probability[:, k] >= FOUND) & ~truth[:, k]]
    counts = alarms.sum(axis=0)
    others = np.argsort(-counts, kind="stable")[:NEIGHBOURS]
    named = [{"cue": CUE_IDS[j], "articles": int(counts[j])} for j in others if counts[j]]
    return {"false_alarms": len(alarms), "neighbours": named}
