"""Inputs to articles: the registry of readers, chosen by suffix or content.

A reader yields `Article`, `Skip` for a row that it refuses, `Link` for an address to fetch or `Unparsed`
for a page; an input that cannot be read at all raises `InputError`. `read` turns all into articles and skips.
A new format is one function, an entry in `READERS` and one in `_SUFFIXES` or `_by_content`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from framing.inputs import streams
from framing.inputs.rows import (
    MAX_LINE,
    Found,
    Link,
    Read,
    Reader,
    ReadOptions,
    Unparsed,
    article_of,
    checked,
    decode,
    host,
    lines,
    whole,
)  # fmt: skip
from framing.schema import Article, InputError, Skip

__all__ = ["READERS", "ReadOptions", "finish", "items", "read", "resolve"]

MAX_DEPTH = 4  # listings in listings
_SNIFFED = 4096  # bytes
_JSON_FEED = b"https://jsonfeed.org/version/"


def read(path: str, options: ReadOptions) -> Read:
    """The articles of a file, of an address, or of standard input (`-`)."""
    for found in items(path, options):
        for each in resolve(found, options) if isinstance(found, Link) else (found,):
            yield finish(each, options)


def items(path: str, options: ReadOptions) -> Found:
    """What stands in an input itself: no address in it is fetched, no page parsed."""
    if streams.is_address(path):
        yield from _fetched(Link(path, path), options)
        return
    yield from _open(path, streams.chunks(path, options.tick), options)


def _open(path: str, source: Iterator[bytes], options: ReadOptions) -> Found:
    chunks = streams.decompressed(path, source)
    head = _peeked(chunks)
    name = options.format or _format(path, head)
    if name not in READERS:
        raise InputError(path, f"unknown format '{name}'", f"choose one of {', '.join(READERS)}")
    yield from READERS[name](path, streams.chain(head, chunks), options)


def _peeked(chunks: Iterator[bytes]) -> bytes:
    """Enough bytes to tell the format by: a decompressor's first pieces can be short or empty."""
    head = b""
    while len(head) < _SNIFFED and (chunk := next(chunks, None)) is not None:
        head += chunk
    return head


def _fetched(link: Link, options: ReadOptions) -> Found:
    if options.fetch is None:
        raise InputError(link.url, "is an address", "`framing batch` fetches addresses; save the page to score it alone")
    got = options.fetch(link.url)
    encoding = got.charset or options.encoding
    there = replace(options, url=got.url, encoding=encoding, tick=None)
    yield from _open(link.url, streams.chunks(str(got.body)), there)


def page(link: Link, options: ReadOptions) -> Found:
    """What stands behind the address of a page. Raises `FetchError` where it cannot be had."""
    for found in _fetched(link, options):
        if not isinstance(found, Link):
            yield _described(found, link)


def leaves(link: Link, options: ReadOptions, depth: int = 0) -> Found:
    """The pages, as addresses, behind a listing and the listings in it. Raises `InputError` for one that cannot be had."""
    if not options.follow or depth > MAX_DEPTH:
        yield from resolve(link, options, depth)
        return
    for found in _fetched(link, options):
        if isinstance(found, Link) and found.listing:
            yield from leaves(found, options, depth + 1)
        else:
            yield found


def resolve(link: Link, options: ReadOptions, depth: int = 0) -> Found:
    """The articles behind an address. What cannot be fetched or read is a `Skip`."""
    if not options.follow:
        yield Skip(link.where, f"is only an address ({link.url}); --fetch gets what is there")
        return
    if depth > MAX_DEPTH:
        yield Skip(link.where, f"listings are nested more than {MAX_DEPTH} deep ({link.url})")
        return
    try:
        for found in _fetched(link, options):
            if isinstance(found, Link):
                yield from resolve(found, options, depth + 1)
            else:
                yield _described(found, link)
    except InputError as problem:
        yield Skip(link.where, str(problem))


def _described(found: Article | Skip | Unparsed, link: Link) -> Article | Skip | Unparsed:
    """What a listing says of a page (its id, date, headline) goes before what the page says of itself."""
    if isinstance(found, Skip) or link.listing:
        return found
    if isinstance(found, Unparsed):
        known = {k: getattr(link, k) or getattr(found.about, k) for k in ("id", "title", "published", "outlet")}
        return replace(found, about=replace(found.about, **known))
    return found


def finish(found: Article | Skip | Link | Unparsed, options: ReadOptions) -> Article | Skip:
    """An article: a page is parsed, in the sandbox."""
    if isinstance(found, Link):
        return Skip(found.where, f"is only an address ({found.url})")
    if not isinstance(found, Unparsed):
        return found
    from framing.inputs import pages

    try:
        page = pages.extract(found.where, found.raw, found.encoding)
    except InputError as problem:
        return Skip(found.where, f"{problem.problem}; {problem.remedy}")
    about = found.about
    url = about.url or None
    article = Article(
        about.id or url or found.where, page.text, about.title or page.title, url, about.outlet, None, about.published, page.main,
    )  # fmt: skip
    return checked(found.where, article, options)


def _format(path: str, head: bytes) -> str:
    """The suffix tells, unless the name is an address (what a server sends need not be what its path says)."""
    address = "://" in path
    name = PurePosixPath(path.partition("?")[0].partition("#")[0]) if address else Path(path)
    suffixes = [s.lower() for s in name.suffixes if s.lower() not in (".gz", ".zst", ".zstd")]
    named = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    told = _by_content(head[:_SNIFFED].removeprefix(codecs.BOM_UTF8).lstrip(), head)
    if named is None or address or (named in _VAGUE and told in _VAGUE[named]):
        return named if told == "text" and named else told
    return named


# Suffixes that several formats share, and what the content may then decide for.
_VAGUE = {
    "text": ("urls",), "feed": ("opml", "sitemap", "html", "jsonfeed"), "html": ("feed", "sitemap", "opml"),
    "json": ("jsonl", "jsonfeed"), "sitemap": ("feed", "opml"),
}  # fmt: skip
_ROOT = re.compile(rb"<(?:\w{1,30}:)?(rss|rdf|feed|channel|opml|urlset|sitemapindex|html|!doctype html|!doctype rss)\b", re.IGNORECASE)
_ROOTS = {b"opml": "opml", b"urlset": "sitemap", b"sitemapindex": "sitemap", b"html": "html", b"!doctype html": "html"}


def _by_content(start: bytes, head: bytes) -> str:
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"WARC/"):
        return "warc"
    if start.startswith(b"<"):
        root = _ROOT.search(start)
        if root:
            return _ROOTS.get(root[1].lower(), "feed")
        return "html" if b"<body" in start.lower() or b"<head" in start.lower() else "text"
    if start[:1] in (b"{", b"["):
        return _json_kind(start, head)
    if b"<body" in start.lower():
        return "html"
    found = start.split(b"\n")
    full = found[:-1] if len(head) > _SNIFFED and len(found) > 1 else found
    listed = [line.strip() for line in full if line.strip() and not line.lstrip().startswith(b"#")]
    return "urls" if listed and all(re.fullmatch(rb"https?://\S+", line) for line in listed) else "text"


def _json_kind(start: bytes, head: bytes) -> str:
    """JSON Lines where the first line is an object of its own; else one JSON value in the file."""
    first, newline, rest = head.lstrip().partition(b"\n")
    if _JSON_FEED in start and not (newline and rest.strip()):
        return "jsonfeed"
    if start.startswith(b'{"') and (first.rstrip().endswith(b"}") or not newline):
        return "jsonl"
    if _JSON_FEED in start:
        return "jsonfeed"
    return "json" if re.match(rb'(?:\{\s*"|\[\s*\{|\{\s*\}|\[\s*\])', start) else "text"


def _text(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    text = decode(path, whole(path, chunks), options.encoding)
    yield checked(path, Article(path, text), options)


def _html(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    encoding = "" if options.encoding == "utf-8" else options.encoding
    url = (options.url or path) if "://" in path else options.url
    yield Unparsed(path, whole(path, chunks), encoding, Link(path, url or "", path, outlet=host(url) if "://" in path else None))


def _jsonl(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    for number, line in enumerate(lines(chunks), 1):
        where = f"{path}:{number}"
        if len(line) > MAX_LINE:
            yield Skip(where, f"the row has more than {MAX_LINE:,} bytes")
        elif line.strip():
            row = _decoded(where, line)
            yield row if isinstance(row, Skip) else checked(where, _row(where, row), options)


def _decoded(where: str, raw: bytes) -> Any:
    """The value of JSON, or the `Skip` that says why it has none."""
    import msgspec

    try:
        return msgspec.json.decode(raw.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return Skip(where, f"no valid JSON ({problem})")


def _row(where: str, row: object) -> Article | Skip:
    return article_of(where, row) if isinstance(row, dict) else Skip(where, 'no JSON object; a row is {"text": …}')


def _json(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """One JSON value: an article (news-please writes one a file), a list of them, or a JSON Feed."""
    from framing.inputs import feeds

    value = _decoded(path, whole(path, chunks))
    if isinstance(value, Skip):
        raise InputError(path, value.reason, "check the file; rows one a line want the suffix .jsonl")
    if isinstance(value, dict) and str(value.get("version", "")).startswith(_JSON_FEED.decode()):
        for found in feeds.read_json_feed(path, value, options):
            yield checked(found.id, found, options) if isinstance(found, Article) else found
        return
    many = isinstance(value, list)
    for number, row in enumerate(value if many else [value], 1):
        where = f"{path}#{number}" if many else path
        yield checked(where, _row(where, row), options)


def _feed(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import feeds

    for found in feeds.read_feed(path, chunks, options):
        yield checked(found.id, found, replace(options, url=None)) if isinstance(found, Article) else found


def _urls(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import listings

    return listings.read_urls(path, chunks, options)


def _listing(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import listings

    return listings.read_xml(path, chunks, options)


def _csv(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import tables

    return tables.read_csv(path, chunks, options)


def _parquet(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import tables

    return tables.read_parquet(path, chunks, options)


def _warc(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    from framing.inputs import archives

    return archives.read_warc(path, chunks, options)


READERS: dict[str, Reader] = {
    "text": _text, "html": _html, "jsonl": _jsonl, "json": _json, "jsonfeed": _json, "feed": _feed, "urls": _urls, "opml": _listing,
    "sitemap": _listing, "csv": _csv, "tsv": _csv, "parquet": _parquet, "warc": _warc,
}  # fmt: skip
_SUFFIXES = {
    ".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".json": "json", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".pq": "parquet", ".warc": "warc", ".rss": "feed",
    ".atom": "feed", ".rdf": "feed", ".xml": "feed", ".opml": "opml", ".urls": "urls",
}  # fmt: skip
