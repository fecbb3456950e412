"""Two outlets, or one outlet before and after a day, measure by measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framing.outlets import shrink
from framing.outlets.domains import domain
from framing.outlets.results import Seen
from framing.outlets.shrink import Rate
from framing.outlets.summary import pools, prior_of
from framing.outlets.tally import MEASURES, Tally, tally
from framing.schema import FramingError

DRAWS = 4000


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two outlets; gap: second less first, with its 90 % interval."""

    measure: str
    first: Rate
    second: Rate
    gap: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def outlets(articles: Iterable[Seen], first: str, second: str) -> list[Difference]:
    """Two outlets of the results. Both are shrunken towards their language's rate."""
    return _compared(tally(articles), domain(first) or first, domain(second) or second)


def before_after(articles: Iterable[Seen], outlet: str, day: str) -> list[Difference]:
    """An outlet before a day and from it on; articles without a date are left out."""
    name = domain(outlet) or outlet
    marks = {False: f"{name} before {day}", True: f"{name} from {day}"}
    parted = (replace(a, outlet=marks[a.day >= day]) if a.outlet == name else a for a in articles if a.outlet != name or a.day)
    return _compared(tally(parted), marks[False], marks[True])


def _compared(tallies: Sequence[Tally], first: str, second: str) -> list[Difference]:
    by = {t.outlet: t for t in tallies}
    for name in (first, second):
        if name not in by:
            near = ", ".join(sorted(by, key=lambda n: -by[n].articles)[:5])
            raise FramingError(name, "has no article in the results", f"name one of its outlets, such as {near}")
    members = pools(tallies)
    random = np.random.default_rng(0)
    found = []
    for measure in MEASURES:
        sides = [_side(by[name], members[by[name].language][1], measure, random) for name in (first, second)]
        gaps = sides[1][1] - sides[0][1]
        low, high = np.percentile(gaps, [5, 95])
        found.append(Difference(measure, sides[0][0], sides[1][0], float(gaps.mean()), float(low), float(high)))
    return found


def _side(one: Tally, pool: Sequence[Tally], measure: str, random: np.random.Generator) -> tuple[Rate, np.ndarray]:
    given = prior_of(pool, measure)
    counts = ([one.hits[measure]], [one.trials[measure]])
    return shrink.rates(*counts, given)[0], shrink.draws(*counts, given, DRAWS, random)[0]
