"""Counts per outlet, each near-duplicate once: articles with each cue, high ones, weeks, languages, the strongest evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from heapq import heappush, heappushpop

from framing.cues import CUE_IDS
from framing.outlets.results import Quote, Seen

HIGH = "high"
MEASURES = (HIGH, *CUE_IDS)
PRESENT = 0.5  # a cue is in an article from this probability on
QUOTES = 3  # pieces of evidence kept, a cue and outlet


@dataclass(slots=True)
class Tally:
    """One outlet. hits, trials: by measure; articles without a framing score are no trial of `high`."""

    outlet: str
    articles: int = 0
    copies: int = 0  # near-duplicates of articles already counted
    hits: Counter[str] = field(default_factory=Counter)
    trials: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    weeks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # Monday -> high, scored
    quotes: dict[str, list[tuple[float, int, Quote]]] = field(default_factory=lambda: defaultdict(list))
    _clusters: set[str] = field(default_factory=set)

    @property
    def language(self) -> str:
        """The language of most of its articles."""
        return max(self.languages, key=lambda code: (self.languages[code], code), default="")

    def add(self, seen: Seen) -> None:
        """Count an article, unless a near-duplicate of it is counted."""
        if seen.cluster in self._clusters:
            self.copies += 1
            return
        self._clusters.add(seen.cluster)
        self.articles += 1
        self.languages[seen.language] += 1
        for cue in CUE_IDS:
            self.trials[cue] += 1
            self.hits[cue] += seen.cues[cue] >= PRESENT
        if seen.high is not None:
            self.trials[HIGH] += 1
            self.hits[HIGH] += seen.high
            self._week(seen.day, seen.high)
        for quote in seen.quotes:
            self._keep(quote)

    def _week(self, day: str, high: bool) -> None:
        try:
            found = date.fromisoformat(day)
        except ValueError:
            return
        monday = date.fromordinal(max(1, found.toordinal() - found.weekday())).isoformat()
        self.weeks[monday][0] += high
        self.weeks[monday][1] += 1

    def _keep(self, quote: Quote) -> None:
        held = self.quotes[quote.cue]
        each = (quote.score, -self.articles, quote)
        if len(held) < QUOTES:
            heappush(held, each)
        else:
            heappushpop(held, each)

    def evidence(self) -> list[Quote]:
        """The strongest quotations, cue by cue."""
        return [each[2] for cue in CUE_IDS for each in sorted(self.quotes.get(cue, ()), reverse=True)]


def tally(articles: Iterable[Seen]) -> list[Tally]:
    """One tally an outlet, in the order of their first articles."""
    found: dict[str, Tally] = {}
    for seen in articles:
        if seen.outlet not in found:
            found[seen.outlet] = Tally(seen.outlet)
        found[seen.outlet].add(seen)
    return list(found.values())
