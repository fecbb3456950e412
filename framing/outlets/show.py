"""Outlets and comparisons as lines of text or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framing.outlets.compare import Difference
from framing.outlets.ratings import FEWEST, Correlation
from framing.outlets.shrink import Rate
from framing.outlets.summary import Overview
from framing.outlets.tally import HIGH, MEASURES
from framing.report import clean, csv_line, inert

CUES_SHOWN = 3  # of an outlet in the text view
_COLUMNS = ("outlet", "language", "articles", "near_duplicates", "scored", "rank", "rank_low", "rank_high", "change")


def text(overview: Overview, top: int | None) -> Iterator[str]:
    """A line an outlet: rank, share of high articles, the cues whose interval is above its language's rate."""
    yield "What the texts of each outlet do; no trust rating. Shares with 90 % intervals, shrunken towards the language's."
    known = [s for s in overview.outlets if s.enough]
    for s in known[:top]:
        base = overview.base[s.language]
        above = sorted((m for m in MEASURES[1:] if s.rates[m].low > base[m]), key=lambda m: base[m] - s.rates[m].value)[:CUES_SHOWN]
        cues = "".join(f"; {m} {100 * s.rates[m].value:.0f} %" for m in above)
        rank = f"{s.rank.value} ({s.rank.low}-{s.rank.high})" if s.rank else ""
        change = f"; changed {s.trend.change}: {100 * s.trend.before:.0f} to {100 * s.trend.after:.0f} %" if s.trend.change else ""
        copies = f" + {s.copies} copies" if s.copies else ""
        yield f"{rank:>12}  {clean(s.outlet):<30} {s.language:<3} n {s.articles}{copies}  high {percent(s.rates.get(HIGH))}{cues}{change}"
    few = [s for s in overview.outlets if not s.enough]
    if few:
        names = ", ".join(f"{clean(s.outlet)} ({s.articles})" for s in few[:10])
        yield f"not enough (fewer than {overview.least} articles): {len(few)} outlets: {names}{', …' if len(few) > 10 else ''}"


def percent(rate: Rate | None) -> str:
    """A rate with its interval."""
    if rate is None:
        return "not measured"
    return f"{100 * rate.value:.0f} % [{100 * rate.low:.0f}, {100 * rate.high:.0f}]"


def table(overview: Overview) -> Iterator[str]:
    """CSV: a row an outlet; rates are empty where there are not enough articles."""
    rates = tuple(f"{m}{part}" for m in MEASURES for part in ("", "_low", "_high"))
    yield csv_line((*_COLUMNS, *rates)).rstrip("\n")
    for s in overview.outlets:
        rank = tuple(map(str, s.rank)) if s.rank else ("", "", "")
        plain = (inert(s.outlet), s.language, str(s.articles), str(s.copies), str(s.scored), *rank, s.trend.change or "")
        cells = (cell for m in MEASURES for cell in ([f"{v:.4f}" for v in s.rates[m][:3]] if m in s.rates else ("", "", "")))
        yield csv_line((*plain, *cells)).rstrip("\n")


def correlations(name: str, found: Sequence[Correlation]) -> Iterator[str]:
    """The lines on a file of outside ratings."""
    for each in found:
        if each.value is not None:
            interval = f"[{each.low:+.2f}, {each.high:+.2f}]"
            yield f"{name} {each.rating}: Spearman {each.value:+.2f} {interval} with the share of high articles, {each.outlets} outlets"
    left = [each for each in found if each.value is None]
    if left:
        most = max(each.outlets for each in left)
        yield f"{name}: no correlation with {', '.join(e.rating for e in left)}: fewer than {FEWEST} rated outlets ({most}), or all alike"


def differences(found: Sequence[Difference], titles: tuple[str, str]) -> Iterator[str]:
    """A line a measure; those whose interval leaves out 0 are marked."""
    yield f"{'':<20}{clean(titles[0]):>26}{clean(titles[1]):>26}   difference, 90 % interval"
    for each in found:
        gap = f"{100 * each.gap:+.0f} [{100 * each.low:+.0f}, {100 * each.high:+.0f}] points{'  *' if each.clear else ''}"
        yield f"{each.measure:<20}{_side(each.first):>26}{_side(each.second):>26}   {gap}"
    yield "* the interval leaves out 0. Shares of articles, near-duplicates counted once."


def _side(rate: Rate) -> str:
    return f"{percent(rate)} of {rate.trials}"
