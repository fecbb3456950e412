"""The share of high articles week by week, and the week from which it changed, if one stands out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

FEWEST = 20  # articles at each side of a change
WEEKS = 2  # at each side
EVIDENCE = 9.0  # of twice the log-likelihood ratio, beside the penalty for searching


class Week(NamedTuple):
    """high of scored articles in the week that begins at a Monday."""

    monday: str
    high: int
    scored: int


class Trend(NamedTuple):
    """The weeks in order; change: the Monday from which the share is another, with the shares before and after."""

    weeks: tuple[Week, ...]
    change: str | None = None
    before: float = 0.0
    after: float = 0.0


def trend(weeks: Mapping[str, Sequence[int]]) -> Trend:
    """The trend of an outlet's weeks (Monday -> high, scored).

    A change is marked where parting the weeks there explains the counts better by a likelihood ratio that chance
    reaches in fewer than 1 of 20 series (tested by simulation).
    """
    ordered = tuple(Week(monday, *weeks[monday]) for monday in sorted(weeks))
    high, scored = sum(w.high for w in ordered), sum(w.scored for w in ordered)
    best, at, shares = 0.0, None, (0.0, 0.0)
    k = n = 0
    for number, week in enumerate(ordered[:-1], 1):
        k, n = k + week.high, n + week.scored
        rest_k, rest_n = high - k, scored - n
        if min(number, len(ordered) - number) < WEEKS or min(n, rest_n) < FEWEST:
            continue
        gain = 2 * (_likelihood(k, n) + _likelihood(rest_k, rest_n) - _likelihood(high, scored))
        if gain > best:
            best, at, shares = gain, ordered[number].monday, (k / n, rest_k / rest_n)
    if at is None or best < EVIDENCE + math.log(len(ordered)) / 2:
        return Trend(ordered)
    return Trend(ordered, at, *shares)


def _likelihood(k: int, n: int) -> float:
    """The log-likelihood of k of n at the rate k / n."""
    return sum(x * math.log(x / n) for x in (k, n - k) if x)
