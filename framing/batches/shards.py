"""Shards: what a worker scores at once, and the part file that its result becomes.

A shard goes to a worker as articles and unparsed pages and comes back as bytes: a line for each, a record or a skip, in order.
The model is loaded once a worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import framing
from framing.batches import sketches
from framing.batches.store import Scored
from framing.inputs.readers import finish
from framing.inputs.rows import ReadOptions, Unparsed
from framing.model import Model
from framing.schema import Article, FramingError, Skip

ARTICLES = 64  # of a shard
CHARACTERS = 4_000_000  # or bytes of pages; a shard ends with the article that reaches it
Entry = Article | Skip | Unparsed


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a part file: one of the two."""

    scored: Scored | None = None
    skip: Skip | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """How a worker scores a shard."""

    model: str
    sha256: str
    options: ReadOptions
    clusters: bool


class Part(NamedTuple):
    """A scored shard: its lines, and how many of them are articles and skips."""

    number: int
    lines: bytes
    articles: int
    skips: int


def cut(entries: Iterable[Entry], articles: int = ARTICLES) -> Iterator[list[Entry]]:
    """The entries in shards, the same entries in the same shards each time."""
    shard: list[Entry] = []
    size = 0
    for entry in entries:
        shard.append(entry)
        size += len(entry.text) if isinstance(entry, Article) else len(entry.raw) if isinstance(entry, Unparsed) else 0
        if len(shard) >= articles or size >= CHARACTERS:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


@lru_cache(maxsize=1)
def _model(name: str, sha256: str) -> Model:
    model = framing.load(name)
    if model.id.sha256 != sha256:
        raise FramingError(name, "is another model here than where the batch was started", "install the same version on every machine")
    return model


def score(number: int, shard: list[Entry], job: Job) -> Part:
    """Score a shard, in whichever process this is called."""
    import msgspec

    model = _model(job.model, job.sha256)
    lines = [_line(finish(entry, job.options), model, job) for entry in shard]
    skips = sum(line.skip is not None for line in lines)
    encode = msgspec.json.Encoder().encode
    return Part(number, b"".join(encode(line) + b"\n" for line in lines), len(lines) - skips, skips)


def _line(found: Article | Skip, model: Model, job: Job) -> Line:
    if isinstance(found, Skip):
        return Line(skip=Skip(_sayable(found.where), _sayable(found.reason)))
    sketch = sketches.sketch(found) if job.clusters else b""
    return Line(Scored(model.score_one(found), found.published, sketch))


def _sayable(text: str) -> str:
    """Names of files can hold bytes that are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def portable(options: ReadOptions) -> ReadOptions:
    """The options without what only the reading process has."""
    return replace(options, fetch=None, tick=None)


def read_parts(paths: Iterable[Path]) -> Iterator[Line]:
    """The lines of part files, in order."""
    import msgspec

    decode = msgspec.json.Decoder(Line).decode
    for path in paths:
        with open(path, "rb") as file:
            yield from map(decode, file)
