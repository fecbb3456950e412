"""The figures of `measured.json` counted a second way: label by label, without arrays and without the project's metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from framing.cues import CUE_IDS, LANGUAGES
from framing.schema import Label

Pairs = list[tuple[bool, float]]  # an article: whether the cue is labelled, its probability


def cues(labels: Sequence[Label], probability: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What `measured.json` says of each cue, where all labels are measured on."""
    carried = [{span.cue for span in label.spans} for label in labels]
    found = {}
    for k, cue in enumerate(CUE_IDS):
        pairs = [(cue in names, row[k]) for names, row in zip(carried, probability)]
        alarms = [names for names, (yes, p) in zip(carried, pairs) if p >= 0.5 and not yes]
        counts = Counter(name for names in alarms for name in names)
        ranked = sorted(counts, key=lambda name: (-counts[name], CUE_IDS.index(name)))[:3]
        found[cue] = {
            "articles": len(pairs),
            "with_cue": sum(yes for yes, _ in pairs),
            "ece": round(error(pairs), 4),
            "reliability": [
                {"n": len(b), "probability": round(mean(p for _, p in b), 4), "share": round(mean(yes for yes, _ in b), 4)} for b in bins(pairs)
            ],
            "curve": [{"threshold": t / 10, **at(pairs, t / 10)} for t in range(1, 10)],
            "by_language": {
                code: language([pair for pair, label in zip(pairs, labels) if label.article.language == code]) for code in LANGUAGES
            },
            "false_alarms": len(alarms),
            "neighbours": [{"cue": name, "articles": counts[name]} for name in ranked],
        }
    return found


def mean(values: Any) -> float:
    given = list(values)
    return sum(given) / len(given)


def bins(pairs: Pairs) -> list[Pairs]:
    """The tenths that hold articles; the last one takes in 1."""
    tenths = [[(yes, p) for yes, p in pairs if b <= p * 10 < b + 1 or (b == 9 and p == 1)] for b in range(10)]
    return [tenth for tenth in tenths if tenth]


def error(pairs: Pairs) -> float:
    return sum(len(b) / len(pairs) * abs(mean(p for _, p in b) - mean(yes for yes, _ in b)) for b in bins(pairs))


def at(pairs: Pairs, threshold: float) -> dict[str, Any]:
    shown = [yes for yes, p in pairs if p >= threshold]
    gold = sum(yes for yes, _ in pairs)
    precision = round(sum(shown) / len(shown), 4) if shown else None
    return {"found": len(shown), "precision": precision, "recall": round(sum(shown) / gold, 4) if gold else None}


def language(pairs: Pairs) -> dict[str, Any]:
    gold = sum(yes for yes, _ in pairs)
    figures: dict[str, Any] = dict.fromkeys(("precision", "recall", "f1", "ece"))
    if gold >= 5:
        half = at(pairs, 0.5)
        right = sum(yes for yes, p in pairs if p >= 0.5)
        middle = round(right / (right + (half["found"] - right + gold - right) / 2), 4)
        figures = {"precision": half["precision"], "recall": half["recall"], "f1": middle, "ece": round(error(pairs), 4)}
    return {"articles": len(pairs), "with_cue": gold, **figures}
