"""Made-up results: outlets whose rates are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from framing.cues import CUE_IDS
from framing.outlets.results import Quote, Seen


def seen(number: int, outlet: str, high: bool | None, day: str = "", **more: Any) -> Seen:
    cues = dict.fromkeys(CUE_IDS, 0.1) | more.pop("cues", {})
    about = {"language": "de", "cluster": f"c{number}", "quotes": (), **more}
    return Seen(f"a{number}", outlet, about["language"], day, about["cluster"], high, cues, about["quotes"])


def outlets(count: int, articles: int = 30, seed: int = 0) -> Iterator[Seen]:
    """`count` outlets with known rates and nasty names, a year of weeks, evidence with nasty quotes."""
    random = np.random.default_rng(seed)
    for k in range(count):
        rate = random.beta(2, 6)
        for n in range(articles):
            day = (date(2024, 1, 1) + timedelta(days=int(random.integers(0, 350)))).isoformat()
            quote = Quote("loaded_label", f"<b>junta</b> & “{n}”" + "x" * (400 if n == 3 else 0), 0.9, f"Title <i>{n}</i>",
                          "javascript:alert(1)" if n == 2 else f"https://o{k}.example/{n}?a=1&b=<2>")  # fmt: skip
            cues = {"loaded_label": float(random.random()), "read_also": 0.9}
            yield seen(k * articles + n, f"<o{k}>&.example", bool(random.random() < rate), day, cues=cues, quotes=(quote,) if n < 4 else ())


def record(number: int, **more: Any) -> dict[str, Any]:
    """A record as `framing batch` writes it to JSONL."""
    evidence = [{"cue": "loaded_label", "field": "text", "start": 0, "end": 5, "quote": "junta", "score": 0.9, "region": "main"}]
    found = {
        "schema": 1, "id": f"a{number}", "url": f"https://www.news{number % 2}.example/{number}", "outlet": None, "title": f"T{number}",
        "language": "de", "score": 0.8, "band": "high", "masked_score": 0.8, "masked_difference": 0.0,
        "cues": dict.fromkeys(CUE_IDS, 0.2), "sourcing": None, "evidence": evidence, "warnings": [],
        "model": {"name": "m", "version": "1", "sha256": "0"}, "published": "2024-03-05T10:00:00Z", "cluster": None,
    }  # fmt: skip
    return {**found, **more}


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)
