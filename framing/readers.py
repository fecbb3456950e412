"""Inputs to articles: plain text, HTML pages and JSONL, told apart by suffix or content.

A reader yields `Article` or, for a row that it refuses, `Skip`; an input that cannot be read at
all raises `InputError`.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from framing.schema import Article, InputError, Skip

MAX_TEXT = 2_000_000  # characters of one article
MAX_FILE = 20_000_000  # bytes of one text or page; JSONL streams and has no limit
MAX_LINE = 16_000_000  # bytes of one JSONL row
MIN_CHARACTERS = 4
_SNIFFED = 4096
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {
    "text": ("text", "maintext"),
    "outlet": ("outlet", "source_domain"),
    "published": ("published", "date_publish"),
    "title": ("title",),
    "url": ("url",),
    "language": ("language",),
}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about the input."""

    format: str | None = None  # text, html or jsonl; None: told by suffix or content
    encoding: str = "utf-8"
    title: str | None = None
    url: str | None = None
    language: str | None = None


Read = Iterator[Article | Skip]
Reader = Callable[[str, Iterator[bytes], ReadOptions], Read]


def read(path: str, options: ReadOptions) -> Read:
    """The articles of a file, `-` for standard input."""
    chunks = _chunks(path)
    head = next(chunks, b"")
    name = options.format or _format(path, head)
    if name not in READERS:
        raise InputError(path, f"unknown format '{name}'", f"choose one of {', '.join(READERS)}")
    return READERS[name](path, _chain(head, chunks), options)


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _chunks(path: str) -> Iterator[bytes]:
    import sys

    try:
        if path == "-":
            yield from iter(lambda: sys.stdin.buffer.read(1 << 16), b"")
            return
        with open(path, "rb") as file:
            yield from iter(lambda: file.read(1 << 16), b"")
    except IsADirectoryError as problem:
        raise InputError(path, "is a folder", "name its files, for example FOLDER/*.txt") from problem
    except FileNotFoundError as problem:
        raise InputError(path, "does not exist", "check the path") from problem
    except OSError as problem:
        raise InputError(path, f"cannot be read ({problem.strerror})", "check the path and its rights") from problem


def _format(path: str, head: bytes) -> str:
    suffix = Path(path).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    start = head[:_SNIFFED].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<body" in start:
        return "html"
    return "jsonl" if start.startswith(b'{"') else "text"


def _whole(path: str, chunks: Iterator[bytes]) -> bytes:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_FILE:
            raise InputError(path, f"has more than {MAX_FILE:,} bytes", "one article a file; give many as JSONL")
        parts.append(chunk)
    return b"".join(parts)


def decode(path: str, raw: bytes, encoding: str) -> str:
    """Text of bytes; a byte-order mark wins over the named encoding."""
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), encoding)
    if b"\0" in raw and not encoding.startswith(("utf-16", "utf-32")):
        raise InputError(path, "holds null bytes: no text file", "give text, HTML or JSONL")
    try:
        return raw.decode(encoding)
    except LookupError as problem:
        raise InputError(path, f"unknown encoding '{encoding}'", "for example --encoding windows-1251") from problem
    except UnicodeDecodeError as problem:
        remedy = "name its encoding, for example --encoding windows-1251"
        raise InputError(path, f"is not {encoding} at byte {problem.start}", remedy) from problem


def accept(where: str, article: Article) -> Article | Skip:
    """The article, or why it is refused."""
    size = len(article.text.strip())
    if size < MIN_CHARACTERS:
        return Skip(where, f"the text has {size} characters, an article needs {MIN_CHARACTERS}")
    if len(article.text) + len(article.title or "") > MAX_TEXT:
        return Skip(where, f"the text has more than {MAX_TEXT:,} characters; split it")
    try:
        (article.text + (article.title or "") + article.id).encode("utf-8")
    except UnicodeEncodeError:
        return Skip(where, "the text holds half of a surrogate pair; encode it as UTF-8 again")
    return article


def _text(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Read:
    text = decode(path, _whole(path, chunks), options.encoding)
    yield accept(path, Article(path, text, options.title, options.url, None, options.language))


def _html(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Read:
    from framing import pages

    page = pages.extract(path, _whole(path, chunks), options.encoding)
    article = Article(path, page.text, options.title or page.title, options.url, None, options.language, None, page.main)
    yield accept(path, article)


def _jsonl(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Read:
    for number, line in enumerate(_lines(chunks), 1):
        where = f"{path}:{number}"
        if len(line) > MAX_LINE:
            yield Skip(where, f"the row has more than {MAX_LINE:,} bytes")
        elif line.strip():
            found = _row(where, line)
            yield found if isinstance(found, Skip) else accept(where, _with(found, options))


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The rows; of one beyond `MAX_LINE` only as much as shows that it is too long."""
    rest = bytearray()
    for chunk in chunks:
        *ended, tail = chunk.split(b"\n")
        for line in ended:
            rest += line
            yield bytes(rest)
            rest.clear()
        if len(rest) <= MAX_LINE:
            rest += tail
    if rest:
        yield bytes(rest)


def _row(where: str, line: bytes) -> Article | Skip:
    import msgspec

    try:
        row = msgspec.json.decode(line.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return Skip(where, f"no valid JSON ({problem})")
    if not isinstance(row, dict):
        return Skip(where, "no JSON object; a row is {\"text\": …}")
    found: dict[str, Any] = {k: next((row[n] for n in names if row.get(n)), None) for k, names in _NAMES.items()}
    wrong = [k for k, value in found.items() if value is not None and not isinstance(value, str)]
    if wrong or not found["text"]:
        return Skip(where, f"'{wrong[0]}' is no string" if wrong else "has no 'text' (or 'maintext')")
    return Article(id=str(row.get("id") or found["url"] or where), **found)


def _with(article: Article, options: ReadOptions) -> Article:
    return replace(
        article,
        title=article.title or options.title,
        url=article.url or options.url,
        language=options.language or article.language,
    )


READERS: dict[str, Reader] = {"text": _text, "html": _html, "jsonl": _jsonl}
_SUFFIXES = {
    ".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
