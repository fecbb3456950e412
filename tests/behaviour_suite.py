"""The behavioural suite: what any reader would agree on, per cue and language, as data in `behaviour/<lang>.json`.

`has`: the article carries the cue, at `span`. `has_not`: it looks like it and does not. `pair`: `text` carries the cue, `without` is the same
article with the cue taken out, quoted or reported: its score must be lower.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import framing
from framing.schema import Article

FOLDER = Path(__file__).parent / "behaviour"
FOUND = 0.5


@dataclass(frozen=True)
class Case:
    """One case, as it stands in the file."""

    id: str
    lang: str
    cue: str
    kind: str
    text: str
    title: str | None = None
    span: str = ""
    without: str = ""


def cases(language: str) -> list[Case]:
    """The cases of one language."""
    return [Case(**row) for row in json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))]


def passes(model: framing.Model, case: Case, change: str = "") -> bool:
    """Whether the model does what the case asks."""
    score = _probability(model, case, case.text + change)
    if case.kind == "pair":
        return score > _probability(model, case, case.without + change)
    return (score >= FOUND) == (case.kind == "has")


def _probability(model: framing.Model, case: Case, text: str) -> float:
    return model.score_one(Article(case.id, text, case.title, language=case.lang)).cues[case.cue]


def rates(model: framing.Model, languages: Iterator[str]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(language, cue, kind) -> passed, of how many."""
    found: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for language in languages:
        for case in cases(language):
            key = (language, case.cue, case.kind)
            found[key] = (found[key][0] + passes(model, case), found[key][1] + 1)
    return found
