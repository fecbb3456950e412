"""Reads the labelled corpus: written passages, and labels on real articles whose texts lie elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from framing.cues import CUE_IDS
from framing.lexicon import Lexicon
from framing.schema import Article, CorpusError, Label, Span

WRITTEN = "cues"  # folder of the passages written for this project
CLASSES = "classes"  # folder of the word classes by language
EMOJI = "emoji"  # those of no language: pictures that stand for words
REAL = "real"  # folder of the labels on real articles
TRIED = "tried"  # folder of the labels on real articles in languages that are tried: for measuring, of the furniture cues alone
_PASSAGE_FIELDS = ("id", "lang", "title", "text", "spans", "topic", "register", "author_batch", "license")
_STANDOFF_FIELDS = ("corpus", "id", "field", "sha1", "lang", "spans", "annotator", "reviewed")


def sha1(text: str) -> str:
    """The digest by which a standoff row names its text."""
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def read_jsonl(path: Path, fields: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with their place. Raises `CorpusError` at the first broken one."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", _row(f"{path}:{number}", line, fields)
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(path, f"cannot be read ({problem})", "give a UTF-8 JSONL file") from problem


def _row(place: str, line: str, fields: Sequence[str]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as problem:
        raise CorpusError(place, f"no valid JSON ({problem})", "one JSON object a line") from problem
    missing = [f for f in fields if f not in row] if isinstance(row, dict) else list(fields)
    if missing:
        raise CorpusError(place, f"lacks {', '.join(missing)}", "see datasets/README.md for the fields")
    return dict(row)


def _spans(place: str, rows: Iterable[dict[str, Any]], article: Article) -> tuple[Span, ...]:
    found = []
    for row in rows:
        span = Span(str(row["cue"]), str(row.get("field", "text")), int(row["start"]), int(row["end"]))
        if span.cue not in CUE_IDS:
            raise CorpusError(place, f"unknown cue '{span.cue}'", "see `framing cues`")
        if not 0 <= span.start < span.end <= len(article.field(span.field)):
            raise CorpusError(place, f"span {span} lies outside its {span.field}", "offsets are code points, half-open")
        found.append(span)
    return tuple(found)


def written(folder: Path) -> Iterator[Label]:
    """The passages of `<folder>/cues/<lang>.jsonl`, in the order of file and line."""
    for path in sorted((folder / WRITTEN).glob("*.jsonl")):
        for place, row in read_jsonl(path, _PASSAGE_FIELDS):
            article = Article(row["id"], row["text"], row["title"], language=row["lang"])
            meta = {"topic": row["topic"], "register": row["register"], "target": row.get("target", "")}
            yield Label(article, _spans(place, row["spans"], article), row["author_batch"], "written", meta)


def real(folder: Path, texts: Path, part: str = REAL) -> Iterator[Label]:
    """Our labels in `<folder>/<part>` joined with the texts of `<texts>/<corpus>.jsonl.gz`.

    Raises `CorpusError` where a text is missing or is not the one that was labelled.
    """
    for path in sorted((folder / part).glob("*.jsonl")):
        rows = list(read_jsonl(path, _STANDOFF_FIELDS))
        wanted = {(row["id"], row["field"]) for _, row in rows}
        found = _texts(texts, path.stem, wanted)
        for place, row in rows:
            yield _join(place, row, found.get((row["id"], row["field"])))


def standoff(path: Path) -> list[dict[str, Any]]:
    """The rows of one file of labels on real articles."""
    return [row for _, row in read_jsonl(path, _STANDOFF_FIELDS)]


def _texts(texts: Path, corpus: str, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    path = next((p for p in (texts / f"{corpus}.jsonl.gz", texts / f"{corpus}.jsonl") if p.exists()), None)
    if path is None:
        raise CorpusError(texts, f"holds no {corpus}.jsonl(.gz)", "name the folder of the texts with --texts")
    ids = {i for i, _ in wanted}
    found = {}
    for _, row in read_jsonl(path, ("id", "text")):
        if row["id"] in ids:
            found.update({(row["id"], f): row for f in ("text", "page_text") if (row["id"], f) in wanted})
    return found


def _join(place: str, row: dict[str, Any], source: dict[str, Any] | None) -> Label:
    text = str(source.get(row["field"]) or "") if source else ""
    if source is None or sha1(text) != row["sha1"]:
        raise CorpusError(place, f"the text of {row['id']} is missing or another one", "use the release named in datasets/README.md")
    title = source.get("title") if row["field"] == "text" else None
    article = Article(row["id"], text, title, source.get("url"), source.get("outlet"), row["lang"])
    group = source.get("outlet") or f"{row['corpus']}:{row['id']}"
    return Label(article, _spans(place, row["spans"], article), group, "real", {"annotator": row["annotator"]})


def read(folder: Path, texts: Path | None) -> list[Label]:
    """The whole corpus: both halves where the texts are at hand, the written half alone elsewhere."""
    if not (folder / WRITTEN).is_dir():
        raise CorpusError(folder, f"has no folder '{WRITTEN}'", "name the folder that holds cues/ and real/")
    found = list(written(folder))
    if texts is not None:
        found.extend(real(folder, texts))
    return found


def lexicon(folder: Path) -> Lexicon:
    """The abbreviations and word classes that lie beside a corpus, each language's with the emoji; empty where there are none."""
    lists = {p.stem: _classes(p) for p in sorted((folder / CLASSES).glob("*.txt"))}
    emoji = lists.pop(EMOJI, {})
    for own in lists.values():
        own.update({name: own.get(name, ()) + entries for name, entries in emoji.items()})
    return Lexicon(frozenset(_abbreviations(folder)), lists)


def _classes(path: Path) -> dict[str, tuple[str, ...]]:
    rows = (row.partition(":") for row in path.read_text(encoding="utf-8").splitlines() if row.strip())
    return {name.strip(): tuple(entries.split()) for name, _, entries in rows}


def _abbreviations(folder: Path) -> list[str]:
    """The abbreviations of `<folder>/abbreviations.txt` (one `lang: words` a line), casefolded; none without the file."""
    path = folder / "abbreviations.txt"
    if not path.exists():
        return []
    rows = path.read_text(encoding="utf-8").splitlines()
    return sorted({word.casefold() for row in rows for word in row.partition(":")[2].split()})


def digest(labels: Iterable[Label]) -> str:
    """A digest of labels and texts: which corpus a model was trained on."""
    found = hashlib.sha256()
    for label in labels:
        row = [label.article.id, label.article.title, label.article.text, label.article.language, label.group, label.spans]
        found.update(json.dumps(row, ensure_ascii=True).encode())
    return found.hexdigest()
