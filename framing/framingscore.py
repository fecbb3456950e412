"""The framing score: a logistic regression over the cue profile, small enough to be read aloud.

score = 1 / (1 + exp(-(intercept + sum of weight * (value - centre) / scale - offset of the language)))
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from framing.profile import TERMS, Profile

BANDS = ("low", "medium", "high")
MEANING = {
    "low": "fewer framing cues, more attribution than most articles",
    "medium": "as many framing cues as most articles, of either side",
    "high": "more framing cues, less attribution than 95 % of ordinary articles",
}


class Term(NamedTuple):
    """One summand. centre, scale: mean and deviation of the value where the score was fitted."""

    weight: float
    centre: float
    scale: float


class Share(NamedTuple):
    """What a term adds to the log-odds of one article."""

    name: str
    value: float
    centre: float
    adds: float


class Scored(NamedTuple):
    """A score and its band."""

    score: float
    band: str


class FramingScore(NamedTuple):
    """The fitted score. low, high: the scores that part the bands; words: the least that a text must have.

    languages: the log-odds by which ordinary articles of a language lie above those of all: the heads find more in some languages.
    """

    intercept: float
    terms: Mapping[str, Term]
    low: float
    high: float
    words: int
    measured: Mapping[str, Any]
    languages: Mapping[str, float] = MappingProxyType({})

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """The score of a bundle's manifest. Raises `KeyError`, `TypeError` or `ValueError` for one that is none."""
        terms = {name: Term(*map(float, numbers)) for name, numbers in body["terms"].items()}
        unknown = terms.keys() - set(TERMS)
        numbers = [float(body[name]) for name in ("intercept", "low", "high")]
        languages = {str(code): float(offset) for code, offset in body.get("languages", {}).items()}
        flat = [*numbers, *languages.values(), *(number for term in terms.values() for number in term)]
        if unknown or not all(map(math.isfinite, flat)) or any(term.scale <= 0 for term in terms.values()):
            raise ValueError(f"score: {', '.join(sorted(unknown)) or 'numbers that are none'}")
        intercept, low, high = numbers
        return cls(intercept, terms, low, high, int(body["words"]), dict(body.get("measured", {})), languages)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of a manifest."""
        terms = {name: [round(number, 6) for number in term] for name, term in self.terms.items()}
        languages = {code: round(offset, 6) for code, offset in self.languages.items()}
        rest = {"intercept": round(self.intercept, 6), "low": self.low, "high": self.high, "words": self.words}
        return {"terms": terms, **rest, "languages": languages, "measured": dict(self.measured)}

    def explain(self, profile: Profile, language: str | None) -> list[Share]:
        """What each term adds, the largest first; with the intercept they sum to the score's log-odds."""
        values = profile.terms()
        shares = (
            Share(name, values[name], term.centre, term.weight * (values[name] - term.centre) / term.scale)
            for name, term in self.terms.items()
        )
        offset = self.languages.get(language or "", 0.0)
        own = [Share(f"language.{language}", offset, 0.0, -offset)] if offset else []
        return sorted([*shares, *own], key=lambda share: (-abs(share.adds), share.name))

    def odds(self, profile: Profile, language: str | None) -> float:
        """The log-odds of a profile."""
        return self.intercept + math.fsum(share.adds for share in self.explain(profile, language))

    def withheld(self, profile: Profile, language: str | None) -> str | None:
        """Why there is no score: a text too short, or a language in which no ordinary articles were measured."""
        if profile.words < self.words:
            return f"{profile.words} words, no framing score below {self.words}"
        if self.languages and language not in self.languages:
            return f"no ordinary articles were measured in '{language}'"
        return None

    def score(self, profile: Profile, language: str | None) -> Scored | None:
        """The score and its band; None where it is withheld."""
        if self.withheld(profile, language):
            return None
        value = round(1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.odds(profile, language))))), 4)
        return Scored(value, BANDS[(value >= self.low) + (value >= self.high)])
