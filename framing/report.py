"""All rendering of records: terminal, JSON, JSONL, CSV and one self-contained HTML page."""

from __future__ import annotations

import csv
import html
import io
import json
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from framing.cues import CUES
from framing.framingscore import MEANING, Share
from framing.panel import Explanation
from framing.schema import Article, Evidence, Record

SHOWN = 0.2  # cues from this probability on have a bar in the text view
BAR = 20
CONTEXT = 40  # characters of context at each side of a quoted span
MAX_QUOTE = 160
REASONS = 8
_MEANING = {cue.id: cue.en for cue in CUES}
_GROUP_COLOUR = {"furniture": "36", "sourcing": "33", "language": "35"}
_GROUP = {cue.id: cue.group for cue in CUES}


class Style(NamedTuple):
    """How the text view is drawn."""

    colour: bool = False

    def paint(self, text: str, code: str) -> str:
        """The text in a terminal colour, plain where colours are off."""
        return f"\033[{code}m{text}\033[0m" if self.colour else text


def clean(text: str) -> str:
    """Text that moves no cursor: control characters become blanks."""
    return "".join(c if c.isprintable() else " " for c in text)


def text(article: Article, record: Record, style: Style) -> str:
    """The article's cues as bars, each with its evidence in context."""
    head = clean(record.title or article.text.strip().split("\n", 1)[0])[:100]
    lines = [style.paint(head, "1"), f"{clean(record.id)} · language {clean(record.language or 'unknown')}"]
    lines.extend(style.paint(f"! {clean(w)}", "33") for w in record.warnings)
    if record.abstains:
        lines.append("the model abstains; its unsure figures stand in --format json")
        return "\n".join(lines) + "\n"
    lines.extend(score_lines(record))
    shown = [c for c in sorted(record.cues, key=lambda c: -record.cues[c]) if record.cues[c] >= SHOWN or _of(record, c)]
    if not shown:
        lines.append(f"no cue reaches a probability of {SHOWN}")
    for cue in shown:
        lines.append(_bar(cue, record.cues[cue], style))
        lines.extend(f"      {_where(e)} {_in_context(article, e, style)}" for e in _of(record, cue))
    lines.append("A cue is what stands in the text, not a verdict on it. `framing cues` says what each means.")
    return "\n".join(lines) + "\n"


def score_lines(record: Record) -> Iterator[str]:
    """The framing score in a line; nothing where there is none."""
    if record.score is None or record.band is None:
        return
    bare = "" if record.masked_score is None else f"; {record.masked_score:.2f} without furniture, outlet names and datelines"
    yield f"framing score {record.score:.2f}, {record.band}: {MEANING[record.band]}{bare}"


def summands(shares: Sequence[Share], intercept: float) -> Iterator[str]:
    """The framing score as a sum, term by term."""
    odds = intercept + math.fsum(share.adds for share in shares)
    yield f"  framing score {1 / (1 + math.exp(-odds)):.4f} = 1 / (1 + exp(-{odds:.4f})), and {odds:.4f} is the sum of"
    yield f"    {intercept:+.4f}  intercept"
    for share in shares:
        yield f"    {share.adds:+.4f}  {share.name} {share.value:.3f} (average {share.centre:.3f})"


def _of(record: Record, cue: str) -> list[Evidence]:
    return [e for e in record.evidence if e.cue == cue]


def _bar(cue: str, probability: float, style: Style) -> str:
    filled = round(probability * BAR)
    bar = "█" * filled + "·" * (BAR - filled)
    return f"  {cue:<18} {style.paint(bar, _GROUP_COLOUR[_GROUP[cue]])} {probability:.2f}"


def _where(evidence: Evidence) -> str:
    place = evidence.region if evidence.region != "main" else "text"
    return f"[{place} {evidence.start}-{evidence.end}, {evidence.score:.2f}]"


def _in_context(article: Article, evidence: Evidence, style: Style) -> str:
    field = article.field(evidence.field)
    before = clean(field[max(0, evidence.start - CONTEXT) : evidence.start])
    after = clean(field[evidence.end : evidence.end + CONTEXT])
    quote = clean(evidence.quote)
    if len(quote) > MAX_QUOTE:
        quote = f"{quote[: MAX_QUOTE // 2]} … {quote[-MAX_QUOTE // 2 :]}"
    marked = style.paint(quote, "1;4") if style.colour else f"⟦{quote}⟧"
    return f"{before}{marked}{after}".strip()


def reasons(explanations: Sequence[Explanation], record: Record, cue: str) -> Iterator[str]:
    """The strongest features behind the candidates that became evidence, each with its share of the margin."""
    shown = _of(record, cue)
    for each in explanations:
        if any(s.field == each.field and s.start <= each.start and each.end <= s.end for s in shown):
            sums: dict[str, float] = {}
            for c in each.contributions:
                sums[c.feature] = sums.get(c.feature, 0.0) + c.value
            best = sorted(sums.items(), key=lambda pair: -abs(pair[1]))[:REASONS]
            terms = ", ".join(f"{clean(name)} {value:+.2f}" for name, value in best)
            yield f"  {cue} {each.start}-{each.end}: margin {each.margin:+.2f} = {each.intercept:+.2f} (intercept), then: {terms}"


def jsonl(article: Article, record: Record) -> str:
    """One line of the output contract."""
    return json.dumps(record.as_dict(), ensure_ascii=False) + "\n"


def pretty(article: Article, record: Record) -> str:
    """The same object over several lines."""
    return json.dumps(record.as_dict(), ensure_ascii=False, indent=2) + "\n"


_SCORES = ("score", "band", "masked_score")
CSV_FIELDS = ("id", "url", "outlet", "title", "language", *_SCORES, *(cue.id for cue in CUES), "evidence", "warnings")


def csv_header() -> str:
    """The header row."""
    return csv_line(CSV_FIELDS)


def csv_row(article: Article, record: Record) -> str:
    """One row an article."""
    return csv_line(csv_cells(record))


def csv_cells(record: Record) -> tuple[str, ...]:
    """The cells of `CSV_FIELDS`; the evidence as `cue[field start-end]: quote` joined by ` | `."""
    evidence = " | ".join(f"{e.cue}[{e.field} {e.start}-{e.end}]: {clean(e.quote)}" for e in record.evidence)
    plain = (record.id, record.url or "", record.outlet or "", record.title or "", record.language or "")
    numbers = (f"{record.cues[cue.id]:.4f}" for cue in CUES)
    bare = "" if record.masked_score is None else f"{record.masked_score:.4f}"
    score = ("", "", "") if record.score is None else (f"{record.score:.4f}", record.band or "", bare)
    return (*map(inert, plain), *score, *numbers, inert(evidence), inert(" | ".join(record.warnings)))


_FORMULA = tuple("=+-@＝＋－＠")
# What a spreadsheet may drop before it looks for a formula.
_BLANK = "".join(chr(c) for c in range(0x21)) + "\x7f\x85\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"


def inert(cell: str) -> str:
    """A cell that a spreadsheet takes for text, never for a formula (OWASP CSV injection)."""
    first = cell.lstrip(_BLANK)[:1]
    flat = cell.replace("\r", " ").replace("\n", " ").replace("\0", " ")
    return f"'{flat}" if first in _FORMULA or cell[:1] in ("\t", "\r", "\n") else flat


def csv_line(cells: tuple[str, ...]) -> str:
    """The cells as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


# --- HTML -------------------------------------------------------------------------

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>framing: {name}</title><style>
body {{ font: 1rem/1.55 Georgia, serif; max-width: 46rem; margin: 0 auto; padding: 1rem; color: #1b1b1b; background: #fff;
  overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; width: 100%; font: .9rem system-ui, sans-serif; }}
td, th {{ text-align: left; padding: .25rem .4rem; vertical-align: top; border-bottom: 1px solid #ddd; }}
meter {{ width: 6rem; }}
mark {{ background: #fff3b0; border-bottom: 2px solid #8a6d00; color: inherit; }}
mark.sourcing {{ background: #dcebff; border-bottom-style: dashed; }} mark.language {{ background: #ffdede; border-bottom-style: double; }}
mark sup {{ font: .7rem system-ui, sans-serif; }}
article {{ white-space: pre-wrap; margin: 2rem 0; }} .note {{ font: .85rem system-ui, sans-serif; color: #444; }}
</style></head><body>
"""
_END = '<p class="note">A cue is what stands in the text, not a verdict on it. Probabilities are calibrated; the model card' \
    " says how well, and for which languages they were measured. Model {model}.</p></body></html>\n"


def page_start(name: str) -> str:
    """The head of the page; articles follow."""
    return _PAGE.format(name=html.escape(clean(name)))


def page_end(model: str) -> str:
    """The foot of the page."""
    return _END.format(model=html.escape(model))


def page_article(article: Article, record: Record) -> str:
    """An article with its evidence marked, and its scores with what each cue means."""
    heading = html.escape(clean(record.title or record.id))
    warnings = "".join(f'<p class="note">⚠ {html.escape(w)}</p>' for w in record.warnings)
    abstains = bool(record.abstains)
    shown = replace(record, evidence=()) if abstains else record
    title = f"<h2>{_marked(article, shown, 'title')}</h2>" if record.title else ""
    body = f"{title}{_marked(article, shown, 'text')}"
    table = '<p class="note">The model abstains.</p>' if abstains else _score_table(record)
    scores = "" if abstains else "".join(f"<p>{html.escape(line)}</p>" for line in score_lines(record))
    return f"<h1>{heading}</h1>{warnings}{scores}{table}<article>{body}</article>\n"


def _score_table(record: Record) -> str:
    rows = "".join(
        f'<tr><td>{cue}</td><td><meter value="{p:.4f}">{p:.2f}</meter> {p:.2f}</td><td>{html.escape(_MEANING[cue])}</td></tr>'
        for cue, p in sorted(record.cues.items(), key=lambda pair: -pair[1])
    )
    return f"<table><thead><tr><th>cue</th><th>probability</th><th>meaning</th></tr></thead><tbody>{rows}</tbody></table>"


def _marked(article: Article, record: Record, field: str) -> str:
    source = article.field(field)
    return "".join(_piece(source, *piece) for piece in _pieces(record, field, len(source)))


def _pieces(record: Record, field: str, length: int) -> Iterator[tuple[int, int, list[Evidence]]]:
    """Stretches over which the same evidence holds."""
    inside = [e for e in record.evidence if e.field == field]
    cuts = sorted({0, length, *(e.start for e in inside), *(e.end for e in inside)})
    over: list[Evidence] = []
    coming = deque(sorted(inside, key=lambda e: e.start))
    for start, end in pairwise(cuts):
        while coming and coming[0].start <= start:
            over.append(coming.popleft())
        over = [e for e in over if end <= e.end]
        yield start, end, over


def _piece(source: str, start: int, end: int, over: list[Evidence]) -> str:
    escaped = html.escape(source[start:end])
    if not over:
        return escaped
    names = ", ".join(f"{e.cue} {e.score:.2f}" for e in over)
    note = f"<sup>{html.escape(names)}</sup>" if any(e.end == end for e in over) else ""
    return f'<mark class="{_GROUP[over[0].cue]}" title="{html.escape(names)}">{escaped}{note}</mark>'


FORMATS: dict[str, Callable[[Article, Record], str]] = {
    "json": pretty,
    "jsonl": jsonl,
    "csv": csv_row,
    "html": page_article,
}
