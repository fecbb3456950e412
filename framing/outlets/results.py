"""Reads the results of `framing batch`: JSONL, Parquet or SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from framing.cues import CUE_IDS
from framing.outlets.domains import outlet_of
from framing.schema import InputError, MissingExtra


class Quote(NamedTuple):
    """A piece of evidence with the article that it stands in."""

    cue: str
    text: str
    score: float
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One scored article. high: whether its framing score is in the band; None where it has none."""

    id: str
    outlet: str
    language: str
    day: str  # YYYY-MM-DD, "" where unknown
    cluster: str  # of near-duplicates; its own id where it has none
    high: bool | None
    cues: Mapping[str, float]
    quotes: tuple[Quote, ...]


def read(path: Path) -> Iterator[Seen]:
    """The articles of a results file. Raises `InputError`."""
    if not path.is_file():
        raise InputError(path, "is no file", "name an output of `framing batch`")
    with open(path, "rb") as file:
        magic = file.read(16)
    reader = _parquet if magic[:4] == b"PAR1" else _sqlite if magic == b"SQLite format 3\0" else _jsonl
    return reader(path)


def _jsonl(path: Path) -> Iterator[Seen]:
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _guarded(f"{path}:{number}", lambda line=line: _row(json.loads(line)))  # type: ignore[misc]


def _guarded(place: str, make: Callable[[], Seen]) -> Seen:
    try:
        return make()
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InputError(place, f"is no record of `framing batch` ({problem!r})", "name its .jsonl, .parquet or .db output") from problem


def _row(found: Mapping[str, Any]) -> Seen:
    cluster = found.get("cluster")
    about = {**found, "cluster": cluster["id"] if cluster else None}
    quotes = [(e["cue"], e["quote"], e["score"]) for e in found["evidence"] or ()]
    return _seen(about, found["cues"], quotes)


def _seen(about: Mapping[str, Any], cues: Mapping[str, Any], quotes: list[tuple[str, str, float]]) -> Seen:
    title, url = str(about["title"] or ""), str(about["url"] or "")
    band = about["band"]
    return Seen(
        str(about["id"]), outlet_of(about["outlet"], about["url"]), str(about["language"] or ""), _day(about["published"]),
        str(about["cluster"] or about["id"]), None if band is None else band == "high",
        {cue: float(cues[cue]) for cue in CUE_IDS}, tuple(Quote(cue, text, float(score), title, url) for cue, text, score in quotes),
    )  # fmt: skip


def _day(published: object) -> str:
    day = str(published or "")[:10]
    return day if len(day) == 10 and day[4] == day[7] == "-" and day.replace("-", "").isdecimal() else ""


def _parquet(path: Path) -> Iterator[Seen]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as problem:
        raise MissingExtra(path, "parquet") from problem
    try:
        table = pq.ParquetFile(path)
        rows = (row for batch in table.iter_batches(batch_size=1000) for row in batch.to_pylist())
        for number, row in enumerate(rows, 1):
            yield _guarded(f"{path}: row {number}", lambda row=row: _row({**row, "cues": row}))  # type: ignore[misc]
    except pa.ArrowInvalid as problem:
        raise InputError(path, f"is no whole Parquet file ({problem})", "run `framing batch` again") from problem


_ARTICLES = "SELECT id, url, outlet, title, language, published, cluster, band FROM articles ORDER BY rowid"


def _sqlite(path: Path) -> Iterator[Seen]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            base.row_factory = sqlite3.Row
            for about in base.execute(_ARTICLES):
                cues = dict(base.execute("SELECT cue, probability FROM scores WHERE article = ?", (about["id"],)).fetchall())
                quotes = base.execute("SELECT cue, quote, score FROM evidence WHERE article = ? ORDER BY id", (about["id"],)).fetchall()
                yield _guarded(f"{path}: {about['id']}", lambda a=about, c=cues, q=quotes: _seen(a, c, [tuple(each) for each in q]))  # type: ignore[misc]
    except sqlite3.Error as problem:
        raise InputError(path, f"cannot be read ({problem})", "name a database of this version's `framing batch`") from problem
