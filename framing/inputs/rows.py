"""What every reader shares: options, limits, decoding, and the checks that a row must pass to be an article."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from framing.schema import Article, InputError, Skip

MAX_TEXT = 2_000_000  # characters of one article
MAX_FILE = 20_000_000  # bytes of one text, page or feed; rows stream and have no limit
MAX_LINE = 16_000_000  # bytes of one row
MIN_CHARACTERS = 4
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {
    "text": ("text", "maintext"),
    "outlet": ("outlet", "source_domain"),
    "published": ("published", "date_publish"),
    "title": ("title",),
    "url": ("url",),
    "language": ("language",),
}


class Fetched(NamedTuple):
    """A fetched body on disk; `url` is where the redirects ended."""

    url: str
    body: Path
    mime: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about the input."""

    format: str | None = None  # a name in READERS; None: told by suffix or content
    encoding: str = "utf-8"
    title: str | None = None
    url: str | None = None
    language: str | None = None
    fetch: Callable[[str], Fetched] | None = None  # None: addresses are not followed
    follow: bool = False  # whether addresses inside an input are fetched
    tick: Callable[[int], object] | None = None  # told of the bytes read from local files


@dataclass(frozen=True, slots=True)
class Link:
    """An address found in an input: a page to fetch, or a `listing` (feed, sitemap) of more. What the listing says of it stands."""

    where: str
    url: str
    id: str | None = None
    title: str | None = None
    published: str | None = None
    outlet: str | None = None
    listing: bool = False


@dataclass(frozen=True, slots=True)
class Unparsed:
    """An HTML page as bytes: whoever scores it parses it, so that workers share that work."""

    where: str
    raw: bytes
    encoding: str
    about: Link


Read = Iterator[Article | Skip]
Found = Iterator[Article | Skip | Link | Unparsed]
Reader = Callable[[str, Iterator[bytes], ReadOptions], Found]


def host(url: str | None) -> str | None:
    """The host of an address without `www.`: the outlet where nothing else names it.

    >>> host("https://www.example.org/a")
    'example.org'
    """
    from urllib.parse import urlsplit  # 5 ms that scoring a file does not need

    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return (name.removeprefix("www.") if name else None) or None


def whole(path: str, chunks: Iterator[bytes]) -> bytes:
    """All bytes of an input that is one text, page or feed."""
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_FILE:
            raise InputError(path, f"has more than {MAX_FILE:,} bytes", "one article a file; give many as JSONL")
        parts.append(chunk)
    return b"".join(parts)


def codec(path: str, encoding: str) -> str:
    """The encoding's name, known to exist."""
    try:
        codecs.lookup(encoding)
    except LookupError as problem:
        raise InputError(path, f"unknown encoding '{encoding}'", "for example --encoding windows-1251") from problem
    return encoding


def marked(raw: bytes, encoding: str) -> str:
    """The encoding that a byte-order mark names, or the given one."""
    return next((name for bom, name in _BOMS if raw.startswith(bom)), encoding)


def decode(path: str, raw: bytes, encoding: str) -> str:
    """Text of bytes; a byte-order mark wins over the named encoding."""
    encoding = codec(path, marked(raw, encoding))
    if b"\0" in raw and not encoding.startswith(("utf-16", "utf-32")):
        raise InputError(path, "holds null bytes: no text file", "give text, HTML or JSONL")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as problem:
        remedy = "name its encoding, for example --encoding windows-1251"
        raise InputError(path, f"is not {encoding} at byte {problem.start}", remedy) from problem


def lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
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


def article_of(where: str, row: Mapping[str, Any]) -> Article | Skip:
    """The article of a row under our names or news-please's."""
    found: dict[str, Any] = {k: next((row[n] for n in names if row.get(n)), None) for k, names in _NAMES.items()}
    published = found["published"]
    if published is not None and not isinstance(published, str):
        found["published"] = _dated(published)
    wrong = [k for k, value in found.items() if value is not None and not isinstance(value, str)]
    if wrong or not found["text"]:
        return Skip(where, f"'{wrong[0]}' is no string" if wrong else "has no 'text' (or 'maintext')")
    return Article(id=str(row.get("id") or found["url"] or where), **found)


def _dated(published: object) -> object:
    from datetime import date  # 7 ms that scoring a text does not need

    return published.isoformat() if isinstance(published, date) else published


def accept(where: str, article: Article) -> Article | Skip:
    """The article, or why it is refused."""
    size = len(article.text.strip())
    if size < MIN_CHARACTERS:
        return Skip(where, f"the text has {size} characters, an article needs {MIN_CHARACTERS}")
    if len(article.text) + len(article.title or "") > MAX_TEXT:
        return Skip(where, f"the text has more than {MAX_TEXT:,} characters; split it")
    fields = (article.id, article.text, article.title, article.url, article.outlet, article.language, article.published)
    try:
        "".join(value for value in fields if value).encode("utf-8")
    except UnicodeEncodeError:
        return Skip(where, "the text holds half of a surrogate pair or a byte of another encoding; encode it as UTF-8 again")
    return article


def checked(where: str, found: Article | Skip, options: ReadOptions) -> Article | Skip:
    """The article with what the user said about it, or why it is refused."""
    if isinstance(found, Skip):
        return found
    article = replace(
        found,
        title=found.title or options.title,
        url=found.url or options.url,
        language=options.language or found.language,
    )
    return accept(where, article)
