"""Outlets summed up: rates with intervals, rank, trend, evidence. It says what an outlet's texts do; it is no trust rating."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from framing.outlets import shrink
from framing.outlets.results import Quote
from framing.outlets.shrink import Prior, Rate
from framing.outlets.tally import HIGH, MEASURES, Tally
from framing.outlets.trend import Trend, trend

DRAWS = 1000  # of the ranks
SMALLEST = 20  # articles below which an outlet has no rate; scored ones for `high`


class Rank(NamedTuple):
    """1 has the largest share of high articles; low and high: the 90 % interval of the rank."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """One outlet. A rate is missing where there are not enough articles for it: `high`, and the rank, where few have a framing score."""

    outlet: str
    language: str
    articles: int
    copies: int
    scored: int
    rates: Mapping[str, Rate]
    rank: Rank | None
    trend: Trend
    evidence: tuple[Quote, ...]

    @property
    def enough(self) -> bool:
        """Whether anything is said of it."""
        return bool(self.rates)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of an outlet."""
        rates = {
            name: {"rate": round(r.value, 4), "low": round(r.low, 4), "high": round(r.high, 4), "hits": r.hits, "n": r.trials}
            for name, r in self.rates.items()
        }
        change = {"week": self.trend.change, "before": round(self.trend.before, 4), "after": round(self.trend.after, 4)}
        return {
            "outlet": self.outlet, "language": self.language, "articles": self.articles, "near_duplicates": self.copies,
            "scored": self.scored, "enough": self.enough, "rates": rates, "rank": self.rank._asdict() if self.rank else None,
            "weeks": [w._asdict() for w in self.trend.weeks], "change": change if self.trend.change else None,
            "evidence": [q._asdict() for q in self.evidence],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """All outlets, those with enough articles first, by rank; base: the rate of each measure by language."""

    outlets: tuple[OutletSummary, ...]
    base: Mapping[str, Mapping[str, float]]
    least: int


def summarise(tallies: Sequence[Tally], least: int = SMALLEST, seed: int = 0) -> Overview:
    """The overview. Outlets below `least` articles (scored ones for `high`) help to tell their language's rate, and get none."""
    members = pools(tallies)
    rated: dict[str, dict[str, Rate]] = defaultdict(dict)
    drawn: dict[str, np.ndarray] = {}
    base: dict[str, dict[str, float]] = defaultdict(dict)
    random = np.random.default_rng(seed)
    for measure in MEASURES:
        for language, (inside, pool) in members.items():
            known = [t for t in inside if t.trials[measure] >= least]
            given = prior_of(pool, measure)
            base[language][measure] = given.mean
            counts = ([t.hits[measure] for t in known], [t.trials[measure] for t in known])
            for t, rate in zip(known, shrink.rates(*counts, given)):
                rated[t.outlet][measure] = rate
            if measure == HIGH and known:
                drawn.update(zip((t.outlet for t in known), shrink.draws(*counts, given, DRAWS, random)))
    ranks = _ranks(drawn)
    found = [_summary(t, rated.get(t.outlet, {}), ranks.get(t.outlet)) for t in tallies]
    ordered = sorted(found, key=lambda s: (s.rank is None, s.rank.value if s.rank else 0, -s.articles, s.outlet))
    return Overview(tuple(ordered), base, least)


def pools(tallies: Sequence[Tally]) -> dict[str, tuple[list[Tally], Sequence[Tally]]]:
    """By language its outlets, and those that its base rate comes from: all languages' where it has too few."""
    found: dict[str, list[Tally]] = defaultdict(list)
    for each in tallies:
        found[each.language].append(each)
    return {language: (inside, inside if len(inside) >= shrink.FEWEST else tallies) for language, inside in sorted(found.items())}


def prior_of(pool: Sequence[Tally], measure: str) -> Prior:
    """What a pool of outlets says of a measure."""
    known = [t for t in pool if t.trials[measure]]
    return shrink.prior([t.hits[measure] for t in known], [t.trials[measure] for t in known])


def _ranks(drawn: Mapping[str, np.ndarray]) -> dict[str, Rank]:
    """Ranks by the mean of the draws; their intervals over the draws."""
    if not drawn:
        return {}
    names, values = list(drawn), np.stack(list(drawn.values()))
    order = np.argsort(np.argsort(-values.mean(axis=1), kind="stable"), kind="stable") + 1
    each = np.argsort(np.argsort(-values, axis=0), axis=0) + 1
    low, high = np.percentile(each, [5, 95], axis=1, method="nearest")
    return {name: Rank(int(v), int(a), int(b)) for name, v, a, b in zip(names, order, low, high)}


def _summary(tally: Tally, rates: Mapping[str, Rate], rank: Rank | None) -> OutletSummary:
    counts = (tally.articles, tally.copies, tally.trials[HIGH])
    return OutletSummary(tally.outlet, tally.language, *counts, rates, rank, trend(tally.weeks), tuple(tally.evidence()))
