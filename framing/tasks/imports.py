"""Labels from the formats that people hold: annotation tools' exports and shared-task folders, as `Mark`s.

Each importer is one function and one entry of `IMPORTERS`; `read` tells them apart by content. Annotation tools that run in a
browser count UTF-16 units, in which an emoji is two: their offsets are converted, and where a file carries the quoted text too,
it is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from framing.schema import Article, CorpusError
from framing.tasks import folders, labels
from framing.tasks.labels import Mark, check_span

MAX_EXPORT = 500_000_000  # bytes of one JSON export
JSONL, CSV = "jsonl", "csv"
_META = ("title", "url", "outlet", "language", "published")
_META_OF = {"lang": "language", "date": "published"}
Importer = Callable[[Path, str], Iterator[Mark]]


def read(path: Path, form: str | None = None, task: str | None = None) -> list[Mark]:
    """The marks of a file or folder. `task` names the task where the format has no name for it."""
    if not path.exists():
        raise CorpusError(path, "does not exist", "check the path")
    name = form or tell(path)
    if name not in IMPORTERS:
        raise CorpusError(path, f"unknown label format '{name}'", f"choose one of {', '.join(IMPORTERS)}")
    found = list(IMPORTERS[name](path, task or ""))
    if not found:
        raise CorpusError(path, "holds no label", "see the formats in README.md, \"Your own labels\"")
    return found


def tell(path: Path) -> str:
    """The format of a file or folder, by suffix and first row."""
    if path.is_dir():
        return folders.tell(path)
    if path.suffix.lower() == ".csv":
        return CSV
    if path.suffix.lower() == ".xml":
        raise CorpusError(path, "is one part of a corpus in two files", "name their folder, or use --format hyperpartisan")
    start = path.open("rb").read(2)
    if start[:1] == b"[" or path.suffix.lower() == ".json":
        return "label-studio"
    row = _first(path)
    if "_input_hash" in row or "answer" in row:
        return "prodigy"
    if "entities" in row or "Comments" in row or ("label" in row and isinstance(row["label"], list)):
        return "doccano"
    if "task" in row:
        return JSONL
    return "corpus" if isinstance(row.get("labels"), dict) else "spans" if "spans" in row else JSONL


def _first(path: Path) -> dict[str, Any]:
    for place, raw in labels.lines(path):
        row: dict[str, Any] = labels.decode(place, raw, dict)
        return row
    raise CorpusError(path, "is empty", "give one label a row")


def code_point(text: str, units: int) -> int:
    """The code point at which the UTF-16 unit `units` of a text begins.

    >>> code_point("🙂 no", 3)
    2
    """
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def place_span(place: str, text: str, span: tuple[int, int], quoted: str | None) -> tuple[int, int]:
    """Code points of a span whose offsets may count UTF-16 units. The quoted text decides where there is one."""
    units = (code_point(text, span[0]), code_point(text, span[1])) if min(span) >= 0 else span
    if quoted is None or text[units[0] : units[1]] == quoted:
        return units
    if text[span[0] : span[1]] == quoted:
        return span
    raise CorpusError(place, f"the text at {span[0]}-{span[1]} is not '{quoted[:40]}'", "export labels and texts together again")


def as_article(place: str, text: Any, meta: Any, name: Any) -> Article:
    """The article of a row that may name its fields otherwise."""
    if not isinstance(text, str) or not text.strip():
        raise CorpusError(place, "field 'text': is missing or empty", "export the texts with the labels")
    given = {_META_OF.get(k, k): v for k, v in meta.items() if isinstance(v, str)} if isinstance(meta, dict) else {}
    title, url, outlet, language, published = (given.get(k) for k in _META)
    return Article(str(place if name is None else name), text, title, url, outlet, language, published)


# --- Label Studio -----------------------------------------------------------------


class _StudioValue(msgspec.Struct):
    start: int | None = None
    end: int | None = None
    text: str | list[str] | None = None
    labels: list[str] | None = None
    choices: list[str] | None = None


class _StudioResult(msgspec.Struct):
    value: _StudioValue
    from_name: str = ""
    type: str = ""


class _StudioAnnotation(msgspec.Struct):
    result: list[_StudioResult]
    completed_by: Any = ""
    was_cancelled: bool = False


class _StudioTask(msgspec.Struct):
    data: dict[str, Any]
    annotations: list[_StudioAnnotation]
    id: Any = None


def label_studio(path: Path, task: str) -> Iterator[Mark]:
    """Label Studio's JSON export. The task is the name of the control (`from_name`), unless one is given."""
    for number, row in enumerate(labels.decode(str(path), _whole(path), list[_StudioTask])):
        place = f"{path}[{number}]"
        article = as_article(place, row.data.get("text"), row.data, row.data.get("id", row.id))
        for each in row.annotations:
            if not each.was_cancelled:
                who = each.completed_by.get("email", "") if isinstance(each.completed_by, dict) else each.completed_by
                yield from _studio(place, article, each.result, (task, str(who)))


def _studio(place: str, article: Article, results: list[_StudioResult], signed: tuple[str, str]) -> Iterator[Mark]:
    task, who = signed
    for result in results:
        value, name = result.value, task or result.from_name or "label"
        if value.choices is not None:
            yield Mark(place, article, name, "article", frozenset(map(labels.word, value.choices)), annotator=who)
        elif value.labels and value.start is not None and value.end is not None:
            quoted = value.text if isinstance(value.text, str) else None
            start, end = place_span(place, article.text, (value.start, value.end), quoted)
            check_span(place, article, "text", start, end)
            yield Mark(place, article, name, "span", frozenset(value.labels), None, start, end, "text", who)
    if not results:
        yield Mark(place, article, task or "label", "span", frozenset(), annotator=who)


def _whole(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_EXPORT:
            raise CorpusError(path, f"has more than {MAX_EXPORT:,} bytes", "export it in parts")
        return path.read_bytes()
    except OSError as problem:
        raise CorpusError(path, f"cannot be read ({problem.strerror})", "check the path and its rights") from problem


# --- doccano, Prodigy, plain spans -------------------------------------------------


class _Entity(msgspec.Struct):
    label: str
    start_offset: int
    end_offset: int


class _DoccanoRow(msgspec.Struct):
    text: str
    id: Any = None
    label: list[str | tuple[int, int, str]] | None = None
    entities: list[_Entity] | None = None
    meta: dict[str, Any] | None = None
    username: str = ""


def doccano(path: Path, task: str) -> Iterator[Mark]:
    """doccano's JSONL: `label` as classes or as `[start, end, label]`, or `entities`. Offsets are code points there."""
    for place, raw in labels.lines(path):
        row: _DoccanoRow = labels.decode(place, raw, _DoccanoRow)
        article = as_article(place, row.text, row.meta, row.id)
        classes = [x for x in row.label or [] if isinstance(x, str)]
        found = [x for x in row.label or [] if not isinstance(x, str)]
        found += [(e.start_offset, e.end_offset, e.label) for e in row.entities or []]
        if classes:
            words = frozenset(map(labels.word, classes))
            yield Mark(place, article, task or "label", "article", words, annotator=row.username)
        yield from _found(place, article, (task or "label", row.username), found if found or not classes else None)


def _found(place: str, article: Article, signed: tuple[str, str], found: list[tuple[int, int, str]] | None) -> Iterator[Mark]:
    """A mark a span; an article searched in vain (an empty list) has an empty one."""
    task, who = signed
    for start, end, label in found or []:
        check_span(place, article, "text", start, end)
        yield Mark(place, article, task, "span", frozenset((label,)), None, start, end, "text", who)
    if found == []:
        yield Mark(place, article, task, "span", frozenset(), annotator=who)


class _ProdigySpan(msgspec.Struct):
    start: int
    end: int
    label: str


class _ProdigyRow(msgspec.Struct):
    text: str
    answer: str = "accept"
    label: str | None = None
    accept: list[str] | None = None
    options: list[dict[str, Any]] | None = None
    spans: list[_ProdigySpan] | None = None
    meta: dict[str, Any] | None = None
    _session_id: str | None = None
    _annotator_id: str | None = None


def prodigy(path: Path, task: str) -> Iterator[Mark]:
    """Prodigy's JSONL: choices, one proposed label accepted or rejected, or spans. Ignored rows say nothing."""
    for place, raw in labels.lines(path):
        row: _ProdigyRow = labels.decode(place, raw, _ProdigyRow)
        if row.answer == "ignore":
            continue
        article = as_article(place, row.text, row.meta, None if row.meta is None else row.meta.get("id"))
        who = row._annotator_id or row._session_id or ""
        if row.accept is not None:
            if row.answer == "accept":
                yield Mark(place, article, task or "label", "article", frozenset(row.accept), annotator=who)
        elif row.label is not None:
            yes = row.answer == "accept"
            yield Mark(place, article, task or row.label, "article", frozenset((labels.YES if yes else labels.NO,)), annotator=who)
        elif row.answer == "accept":
            spans = [(s.start, s.end, s.label) for s in row.spans or []]
            yield from _found(place, article, (task or "label", who), spans)


class _PlainSpan(msgspec.Struct):
    start: int
    end: int
    label: str | None = None
    cue: str | None = None
    technique: str | None = None


class _PlainRow(msgspec.Struct):
    text: str
    spans: list[_PlainSpan]
    id: Any = None
    title: str | None = None
    outlet: str | None = None
    lang: str | None = None
    language: str | None = None
    date: str | None = None
    published: str | None = None
    annotator: str = ""


def plain_spans(path: Path, task: str) -> Iterator[Mark]:
    """JSONL of `{"text", "spans": [{"start", "end", "label"}]}`, as CoNLL and brat converters write it; code points."""
    for place, raw in labels.lines(path):
        row: _PlainRow = labels.decode(place, raw, _PlainRow)
        meta = {"title": row.title, "outlet": row.outlet, "language": row.language or row.lang, "published": row.published or row.date}
        article = as_article(place, row.text, meta, row.id)
        found = [(s.start, s.end, s.label or s.cue or s.technique or "") for s in row.spans]
        if any(not label for *_, label in found):
            raise CorpusError(place, "field 'spans': one has no label", "give each span a 'label'")
        yield from _found(place, article, (task or "span", row.annotator), found)


def corpus(path: Path, task: str) -> Iterator[Mark]:
    """JSONL of articles with `labels: {task: value}`: a word or true/false is one class, a list of words several labels."""
    for place, raw in labels.lines(path):
        row: dict[str, Any] = labels.decode(place, raw, dict)
        said = row.get("labels") or {}
        for name in [task] if task else said:
            value = said.get(name) if isinstance(said, dict) else None
            if isinstance(value, list) and all(isinstance(each, str) for each in value):
                yield Mark(place, as_article(place, row.get("text"), row, row.get("id")), name, "article", frozenset(value))
            elif isinstance(value, str | bool):
                present = frozenset((labels.word(value),))
                yield Mark(place, as_article(place, row.get("text"), row, row.get("id")), name, "article", present)


IMPORTERS: dict[str, Importer] = {
    JSONL: lambda path, task: labels.jsonl(path),
    CSV: lambda path, task: labels.table(path),
    "label-studio": label_studio,
    "doccano": doccano,
    "prodigy": prodigy,
    "spans": plain_spans,
    "corpus": corpus,
    **folders.IMPORTERS,
}
