"""Labels of any task on articles: their own JSONL and CSV formats, checked on the way in.

A row of JSONL names its text and one task:

    {"id": "a1", "text": "…", "title": "…", "outlet": "…", "language": "fr", "published": "2024-05-01",
     "task": "propaganda", "label": true, "annotator": "ann"}

`label` is true or false (binary) or a word (one class of several); `labels` is a list (several at once). With a list, a label
that is not named is absent, unless `asked` lists the labels that the annotator looked for: then nothing is known of the others.
`spans` is a list of `{"label", "start", "end", "field"}` (offsets in code points, half-open, `field` "text" or "title");
`paragraphs` the same, each with `labels` of its own. A CSV has the same names as columns (`labels` joined by `|`) and
knows the article level and, with `start` and `end`, the span level.
"""

from __future__ import annotations

import csv
import difflib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from framing.schema import Article, CorpusError

LEVELS = ("article", "paragraph", "span")
MAX_ROW = 16_000_000  # bytes
YES, NO = "true", "false"  # the two values of a binary task
TRUE = frozenset(("true", "yes", "1"))
FALSE = frozenset(("false", "no", "0"))


@dataclass(frozen=True, slots=True)
class Mark:
    """What one annotator says of one article, or of a stretch of it, in one task.

    `absent` is None where every label that is not present is absent; else only the named ones are known to be.
    """

    place: str
    article: Article
    task: str
    level: str
    present: frozenset[str]
    absent: frozenset[str] | None = None
    start: int = 0
    end: int = 0
    field: str = "text"
    annotator: str = ""

    @property
    def group(self) -> str:
        """What folds must not part: the outlet, or the article where no outlet is known."""
        return self.article.outlet or f"article:{self.article.id}"


class _Span(msgspec.Struct, forbid_unknown_fields=True):
    start: int
    end: int
    label: str | None = None
    labels: list[str] | None = None
    field: str = "text"


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    task: str
    id: str = ""
    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    language: str | None = None
    published: str | None = None
    label: bool | str | None = None
    labels: list[str] | None = None
    asked: list[str] | None = None
    spans: list[_Span] | None = None
    paragraphs: list[_Span] | None = None
    annotator: str = ""


def decode(place: str, raw: bytes, form: type[Any]) -> Any:
    """A checked row. Raises `CorpusError` with place, field and remedy."""
    try:
        return msgspec.json.decode(raw, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise CorpusError(place, *_explained(str(problem), form)) from problem


def _explained(problem: str, form: type[Any]) -> tuple[str, str]:
    """msgspec's message with a remedy: the nearest field for an unknown one."""
    known = getattr(form, "__struct_fields__", ())
    if "unknown field" in problem:
        name = problem.partition("unknown field `")[2].partition("`")[0]
        near = difflib.get_close_matches(name, known, 1)
        return f"unknown field '{name}'", f"did you mean '{near[0]}'?" if near else f"the fields are {', '.join(known)}"
    what, _, where = problem.partition(" - at `$.")
    field = f"field '{where.rstrip('`')}': " if where else ""
    return f"{field}{what}", "see the formats in README.md, \"Your own labels\""


def lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """The non-empty rows of a file with their places."""
    import gzip

    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_ROW + 1), b""), 1):
                if len(line) > MAX_ROW:
                    raise CorpusError(f"{path}:{number}", f"has more than {MAX_ROW:,} bytes", "split the row")
                if line.strip():
                    yield f"{path}:{number}", line.removeprefix(b"\xef\xbb\xbf")
    except (OSError, EOFError) as problem:
        raise CorpusError(path, f"cannot be read ({problem})", "check the path and its rights") from problem


def jsonl(path: Path) -> Iterator[Mark]:
    """The marks of a JSONL file of the format above."""
    for place, raw in lines(path):
        yield from _marks(place, decode(place, raw, _Row))


def _marks(place: str, row: _Row) -> Iterator[Mark]:
    article = Article(row.id or place, row.text, row.title, row.url, row.outlet, row.language, row.published)
    given = [n for n in ("label", "labels", "spans", "paragraphs") if getattr(row, n) is not None]
    if not row.task or not row.text.strip():
        raise CorpusError(place, f"field '{'text' if row.task else 'task'}': is empty", "name the task and give the text")
    if len(given) != 1:
        said = " and ".join(given) or "no label"
        raise CorpusError(place, f"has {said}", "give one of label, labels, spans, paragraphs")
    asked = None if row.asked is None else frozenset(row.asked)
    if row.label is not None or row.labels is not None:
        present = frozenset(row.labels) if row.labels is not None else frozenset((word(row.label),))
        yield Mark(place, article, row.task, "article", present, _absent(asked, present), annotator=row.annotator)
        return
    yield from spans(place, article, row, asked)


def spans(place: str, article: Article, row: _Row, asked: frozenset[str] | None) -> Iterator[Mark]:
    """The marks of a row's spans or paragraphs; an article searched in vain gives one empty mark."""
    level, found = ("span", row.spans) if row.spans is not None else ("paragraph", row.paragraphs or [])
    for number, each in enumerate(found):
        name = f"{level}s[{number}]"
        check_span(f"{place}: field '{name}'", article, each.field, each.start, each.end)
        present = frozenset(each.labels if each.labels is not None else [each.label] if each.label else [])
        if not present and level == "span":
            raise CorpusError(place, f"field '{name}': has no label", "give it a 'label'")
        mark = Mark(place, article, row.task, level, present, _absent(asked, present), each.start, each.end, each.field)
        yield with_annotator(mark, row.annotator)
    if not found:
        yield Mark(place, article, row.task, level, frozenset(), _absent(asked, frozenset()), annotator=row.annotator)


def with_annotator(mark: Mark, annotator: str) -> Mark:
    """The mark, signed."""
    from dataclasses import replace

    return replace(mark, annotator=annotator)


def check_span(place: str, article: Article, field: str, start: int, end: int) -> None:
    """Raises `CorpusError` where a span lies outside its field."""
    if field not in ("text", "title"):
        raise CorpusError(place, f"names the field '{field}'", "a span lies in 'text' or 'title'")
    size = len(article.field(field))
    if not 0 <= start < end <= size:
        remedy = "offsets count Unicode code points, from 0, and the end is the place after the last one"
        raise CorpusError(place, f"[{start}, {end}) lies outside the {size} characters of its {field}", remedy)


def _absent(asked: frozenset[str] | None, present: frozenset[str]) -> frozenset[str] | None:
    return None if asked is None else asked - present


def word(label: bool | str | None) -> str:
    """A label as a word; the many spellings of yes and no become two."""
    if isinstance(label, str):
        low = label.strip().casefold()
        return YES if low in TRUE else NO if low in FALSE else label.strip()
    return YES if label else NO


_COLUMNS = (*_Row.__struct_fields__[:8], "label", "labels", "asked", "start", "end", "field", "annotator")


def table(path: Path) -> Iterator[Mark]:
    """The marks of a CSV file: one row an article, or one row a span where `start` and `end` are given."""
    csv.field_size_limit(min(sys.maxsize, MAX_ROW))
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_header(path, reader.fieldnames or [])
            for row in reader:
                yield from _marks(f"{path}:{reader.line_num}", _cells(f"{path}:{reader.line_num}", row))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise CorpusError(path, f"cannot be read ({problem})", "give a CSV file in UTF-8") from problem


def _check_header(path: Path, header: Iterable[str]) -> None:
    names = list(header)
    unknown = [n for n in names if n not in _COLUMNS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], _COLUMNS, 1)
        raise CorpusError(f"{path}:1", f"unknown column '{unknown[0]}'", f"did you mean '{near[0]}'?" if near else
                          f"the columns are {', '.join(_COLUMNS)}")  # fmt: skip
    missing = [n for n in ("text", "task") if n not in names]
    if missing:
        raise CorpusError(f"{path}:1", f"lacks the column '{missing[0]}'", "name the columns in the first line")


def _cells(place: str, row: dict[str, Any]) -> _Row:
    if None in row or None in row.values():
        raise CorpusError(place, "has not as many cells as the header", "quote cells that hold commas or line breaks")
    given = {k: v for k, v in row.items() if v != ""}
    lists: dict[str, Any] = {k: [part.strip() for part in given[k].split("|") if part.strip()] for k in ("labels", "asked") if k in given}
    plain = {k: v for k, v in given.items() if k not in ("labels", "asked", "start", "end", "field")}
    if "start" not in given:
        return _converted(place, plain | lists)
    try:
        span = _Span(int(given["start"]), int(given["end"]), plain.pop("label", None), lists.pop("labels", None),
                     given.get("field", "text"))  # fmt: skip
    except (KeyError, ValueError) as problem:
        raise CorpusError(place, "field 'start' or 'end': is no whole number", "give both, in code points") from problem
    return _converted(place, plain | lists | {"spans": [span]})


def _converted(place: str, cells: dict[str, Any]) -> _Row:
    complete: dict[str, Any] = {"text": "", "task": "", **cells}
    try:
        return msgspec.convert(complete, _Row)
    except msgspec.ValidationError as problem:
        raise CorpusError(place, *_explained(str(problem), _Row)) from problem
