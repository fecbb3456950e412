"""Outside ratings beside the measured rates: for comparison, never as a feature."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framing.outlets.domains import domain
from framing.outlets.summary import OutletSummary
from framing.outlets.tally import HIGH
from framing.schema import InputError

FEWEST = 10  # rated outlets, below which no correlation is printed
ROUNDS = 2000
_DOMAINS = ("domain", "source_url_normalized", "source_url", "source", "url", "outlet", "site")
# Orders of words that rating lists use, lowest first.
_ORDERS = (
    ("very low", "low", "mixed", "mostly factual", "high", "very high"), ("low", "mixed", "high"), ("unreliable", "mixed", "reliable"),
    ("fake", "unreliable", "mixed", "reliable"), ("left", "center", "right"),
    ("extreme-left", "left", "left-center", "center", "right-center", "right", "extreme-right"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's rank correlation of a rating with the rate of high framing, with a bootstrap interval over outlets."""

    rating: str
    outlets: int
    value: float | None  # None where too few outlets are rated, or all alike
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Ratings:
    """A file of ratings. numbers: column -> domain -> rank or number; `listed`: the domains of a mere list."""

    name: str
    numbers: Mapping[str, Mapping[str, float]]
    listed: frozenset[str]


def read(path: Path) -> Ratings:
    """The ratings of a CSV or TSV file with a column of domains. Raises `InputError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(path, f"cannot be read ({problem})", "give a CSV or TSV file in UTF-8") from problem
    delimiter = max("\t,;", key=text.split("\n", 1)[0].count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    names = {(name or "").strip().casefold(): name for name in (rows[0] if rows else {})}
    column = next((names[wanted] for wanted in _DOMAINS if wanted in names), None)
    if column is None:
        raise InputError(path, "has no column of domains", f"name one of its columns {', '.join(_DOMAINS[:4])}")
    hosts = [domain(row[column] or "") for row in rows]
    numbers = {name: found for name in rows[0] if name and name != column and (found := _numbers(hosts, [row[name] for row in rows]))}
    return Ratings(path.name, numbers, frozenset(filter(None, hosts)))


def _numbers(hosts: Sequence[str], cells: Sequence[str | None]) -> dict[str, float]:
    """Domain -> number of a column of numbers or of ordered words; empty for any other column."""
    words = [(host, (cell or "").strip().casefold()) for host, cell in zip(hosts, cells) if host and (cell or "").strip()]
    seen = {word for _, word in words}
    order = next((known for known in _ORDERS if len(seen) > 1 and seen <= set(known)), None)
    if order:
        return {host: float(order.index(word)) for host, word in words}
    try:
        return {host: float(word) for host, word in words}
    except ValueError:
        return {}


def correlations(outlets: Sequence[OutletSummary], ratings: Ratings, seed: int = 0) -> Iterator[Correlation]:
    """Each rating against the rate of high framing; being on the list as 1 and 0 where the file has no other rating."""
    known = {s.outlet: s.rates[HIGH].value for s in outlets if HIGH in s.rates}
    columns = dict(ratings.numbers) or {"listed": {outlet: float(outlet in ratings.listed) for outlet in known}}
    for name, rated in columns.items():
        both = sorted(known.keys() & rated.keys())
        yield _correlation(name, np.array([known[o] for o in both]), np.array([rated[o] for o in both]), seed)


def _correlation(name: str, rates: np.ndarray, rated: np.ndarray, seed: int) -> Correlation:
    if len(rates) < FEWEST or len(set(rated)) < 2 or len(set(rates)) < 2:
        return Correlation(name, len(rates), None)
    drawn = np.random.default_rng(seed).integers(0, len(rates), (ROUNDS, len(rates)))
    low, high = np.nanpercentile(_spearman(rates[drawn], rated[drawn]), [2.5, 97.5])
    return Correlation(name, len(rates), float(_spearman(rates[None], rated[None])[0]), float(low), float(high))


def _spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rank correlation of each row; nan where one side is all alike."""
    from scipy.stats import rankdata

    first, second = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (rankdata(a, axis=1), rankdata(b, axis=1)))
    spread = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    found: np.ndarray = np.divide((first * second).sum(axis=1), spread, out=np.full(len(a), np.nan), where=spread > 0)
    return found
