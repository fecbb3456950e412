"""The outlets as one self-contained page: heat map, intervals, trends, evidence. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import urlsplit

from framing.cues import CUES
from framing.outlets.results import Quote
from framing.outlets.shrink import Rate
from framing.outlets.summary import OutletSummary, Overview
from framing.outlets.tally import HIGH, MEASURES
from framing.outlets.trend import Trend
from framing.report import clean

MAPPED = 150  # outlets with a row of the heat map and a section of their own; the others stand in a plain list
LONGEST = 240  # characters of a quotation
_MEANING = {HIGH: "Articles whose framing score is in the band high.", **{cue.id: cue.en for cue in CUES}}

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>framing: {name}</title><style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: 0 auto; padding: 1rem; color: #1b1b1b; background: #fff;
  overflow-wrap: anywhere; }}
.scroll {{ overflow-x: auto; max-width: 100%; border: 1px solid #767676; }}
.scroll:focus-visible, a:focus-visible, summary:focus-visible {{ outline: 3px solid #0b57d0; outline-offset: 2px; }}
table {{ border-collapse: collapse; font-size: .85rem; }}
th, td {{ padding: .25rem .45rem; border: 1px solid #ccc; text-align: right; white-space: nowrap; }}
thead th {{ vertical-align: bottom; }} thead th span {{ writing-mode: vertical-rl; }}
tbody th {{ text-align: left; position: sticky; left: 0; background: #fff; max-width: 9rem; overflow: hidden; text-overflow: ellipsis; }}
section {{ border-top: 1px solid #ccc; margin-top: 1.5rem; }} summary {{ padding: .4rem 0; cursor: pointer; }}
svg {{ max-width: 100%; height: auto; display: block; }}
blockquote {{ margin: .4rem 0 .4rem .6rem; padding-left: .6rem; border-left: 3px solid #767676; }}
.note {{ font-size: .85rem; color: #444; }} .skip {{ position: absolute; left: -99rem; }} .skip:focus {{ position: static; }}
{shades}
</style></head><body>
<a class="skip" href="#outlets">To the outlets</a>
<h1>Outlets: {name}</h1>
<p>What the texts of each outlet do, from {articles} articles. <strong>It is no trust rating.</strong> A rate is the share of an
outlet's articles, near-duplicates counted once, drawn towards the rate of its language as far as its number of articles demands; brackets
are 90 % credible intervals. Outlets with fewer than {least} articles have no rates: not enough.
Those with fewer that have a framing score are not ranked.</p>
"""
_SHADES = ("#ffffff", "#e3eefa", "#c3dbf3", "#9dc3ea", "#74a9de", "#4d8ccc")  # dark text stays readable on each


def page(overview: Overview, name: str) -> Iterator[str]:
    """The page in parts."""
    rated = [s for s in overview.outlets if s.enough]
    shades = "\n".join(f".s{k} {{ background: {colour}; }}" for k, colour in enumerate(_SHADES))
    total = sum(s.articles for s in overview.outlets)
    yield _HEAD.format(name=escape(clean(name)), shades=shades, articles=f"{total:,}", least=overview.least)
    yield "<main>"
    mapped, rest = rated[:MAPPED], rated[MAPPED:]
    if mapped:
        yield from _heat(mapped)
        yield '<h2 id="outlets">Outlet by outlet</h2>'
        yield from (_section(s, number) for number, s in enumerate(mapped))
    else:
        yield '<h2 id="outlets">No outlet has enough articles</h2>'
    if rest:
        yield from _list(rest, f"{len(rest):,} further outlets", "rank, share of high articles")
    few = [s for s in overview.outlets if not s.enough]
    if few:
        yield from _list(few, f"{len(few):,} outlets with not enough articles", "articles")
    yield "</main></body></html>\n"


def _heat(rated: Sequence[OutletSummary]) -> Iterator[str]:
    heads = "".join(f'<th scope="col" title="{escape(_MEANING[m])}"><span>{m}</span></th>' for m in MEASURES)
    yield '<h2>Heat map</h2><p class="note">Per cent of articles; darker is more. Columns are the measures, rows the outlets by rank.</p>'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Heat map of outlets and cues"><table><thead><tr>'
    yield f'<th scope="col">outlet</th><th scope="col">articles</th>{heads}</tr></thead><tbody>'
    for number, s in enumerate(rated):
        cells = "".join(_cell(s.rates.get(m)) for m in MEASURES)
        name = escape(clean(s.outlet))
        yield f'<tr><th scope="row" title="{name}"><a href="#o{number}">{name}</a></th><td>{s.articles}</td>{cells}</tr>\n'
    yield "</tbody></table></div>"


def _cell(rate: Rate | None) -> str:
    if rate is None:
        return '<td title="not measured"></td>'
    shade = min(len(_SHADES) - 1, int(rate.value * 10 + 0.5))
    return f'<td class="s{shade}" title="{_interval(rate)}">{100 * rate.value:.0f}</td>'


def _interval(rate: Rate) -> str:
    return f"{100 * rate.value:.1f} % [{100 * rate.low:.1f}, {100 * rate.high:.1f}], {rate.hits} of {rate.trials}"


def _section(s: OutletSummary, number: int) -> str:
    rank = f"rank {s.rank.value} (90 %: {s.rank.low} to {s.rank.high})" if s.rank else ""
    copies = f", {s.copies} near-duplicates left out" if s.copies else ""
    about = f"{escape(s.language or 'language unknown')} · {s.articles} articles{copies} · {rank}"
    bars = "".join(_bar(m, s.rates[m]) for m in MEASURES if m in s.rates)
    quotes = "".join(_quote(q) for q in s.evidence)
    shown = f"<details><summary>The strongest evidence ({len(s.evidence)})</summary>{quotes}</details>" if quotes else ""
    rates = f'<details><summary>All rates with intervals</summary><div class="scroll" tabindex="0" role="region" aria-label="Rates">' \
        f'<table><tbody>{bars}</tbody></table></div></details>'  # fmt: skip
    name = escape(clean(s.outlet))
    high = f"<p>high: {_interval(s.rates[HIGH]) if HIGH in s.rates else 'not measured'}</p>"
    return f'<section id="o{number}"><h3>{name}</h3><p class="note">{about}</p>{high}{_trend(s.trend)}{rates}{shown}</section>\n'


def _bar(measure: str, rate: Rate) -> str:
    low, width = 200 * rate.low, max(1.0, 200 * (rate.high - rate.low))
    drawing = (
        '<svg width="200" height="14" viewBox="0 0 200 14" aria-hidden="true"><line x1="0" y1="7" x2="200" y2="7" stroke="#ccc"/>'
        f'<rect x="{low:.1f}" y="4" width="{width:.1f}" height="6" fill="#9dc3ea" stroke="#1f4e79"/>'
        f'<circle cx="{200 * rate.value:.1f}" cy="7" r="3.5" fill="#1b1b1b"/></svg>'
    )
    return f'<tr><th scope="row">{measure}</th><td>{drawing}</td><td>{_interval(rate)}</td></tr>'


def _trend(found: Trend) -> str:
    if len(found.weeks) < 2:
        return ""
    step = 320 / (len(found.weeks) - 1)
    points = [(k * step, 40 - 36 * w.high / max(1, w.scored)) for k, w in enumerate(found.weeks)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    said = f"Weeks {found.weeks[0].monday} to {found.weeks[-1].monday}, share of high articles."
    mark = ""
    if found.change:
        x = next(k for k, w in enumerate(found.weeks) if w.monday == found.change) * step
        mark = f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="44" stroke="#a00" stroke-dasharray="4 3"/>'
        said += f" Changed in the week of {found.change}: {100 * found.before:.0f} % before, {100 * found.after:.0f} % from then on."
    drawing = f'<polyline points="{line}" fill="none" stroke="#1f4e79" stroke-width="2"/>{mark}'
    return f'<svg width="320" height="44" viewBox="0 -2 320 48" role="img" aria-label="{said}">{drawing}</svg><p class="note">{said}</p>'


def _quote(quote: Quote) -> str:
    text = quote.text if len(quote.text) <= LONGEST else f"{quote.text[:LONGEST]}…"
    title = escape(clean(quote.title or quote.url or "article"))
    link = f'<a href="{escape(quote.url)}" rel="noreferrer noopener">{title}</a>' if _safe(quote.url) else title
    return f'<blockquote>{escape(clean(text))}<br><span class="note">{quote.cue} {quote.score:.2f} · {link}</span></blockquote>'


def _safe(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _list(outlets: Sequence[OutletSummary], title: str, what: str) -> Iterator[str]:
    yield f'<section><details><summary>{title} ({what})</summary><ul>'
    for s in outlets:
        said = f"{s.rank.value}. {_interval(s.rates[HIGH])}" if s.rank else f"{s.articles}"
        yield f"<li>{escape(clean(s.outlet))}: {said}</li>\n"
    yield "</ul></details></section>"
