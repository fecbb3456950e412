"""Feeds to articles: RSS 0.9x, 1.0 and 2.0, Atom (feedparser, in the sandbox) and JSON Feed.

An item's text is the longest of its contents and its summary. Where the user asked to fetch, an item
with an address is a `Link` to its page instead.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin, urlsplit

from framing.inputs import sandbox
from framing.inputs.rows import Found, Link, ReadOptions, decode, host, marked, whole
from framing.schema import Article, InputError, Skip

MAX_ITEMS = 20_000  # of one feed


def read_feed(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """The items of an RSS or Atom feed."""
    raw, encoding = whole(path, chunks), options.encoding
    if marked(raw, encoding) == "utf-16":
        raw, encoding = decode(path, raw, encoding).encode("utf-8", "replace"), "utf8"
    mime = f"application/xml; charset={encoding}" if encoding != "utf-8" else "application/xml"
    found = sandbox.parse("feeds", path, raw, base=options.url or path, mime=mime)
    yield from _items(path, found["rows"], options)
    if found["broken"]:
        yield Skip(path, found["broken"])


def read_json_feed(path: str, feed: dict[str, Any], options: ReadOptions) -> Found:
    """The items of a JSON Feed, given decoded."""
    items = feed.get("items")
    if not isinstance(items, list):
        raise InputError(path, "is a JSON Feed without a list of items", "check the file")
    rows = [_json_item(item, options.url or path) for item in items if isinstance(item, dict)]
    pages = [row.pop("html") for row in rows]
    plain = sandbox.parse("feeds", path, b"", fragments=pages) if any(pages) else pages
    for row, text in zip(rows, plain, strict=True):
        row["text"] = max(row["text"], text, key=len)
    wrong = [Skip(f"{path}#{n}", "is no JSON object") for n, item in enumerate(items, 1) if not isinstance(item, dict)]
    yield from wrong
    yield from _items(path, rows, options)


def _json_item(item: dict[str, Any], base: str) -> dict[str, str]:
    def text(name: str) -> str:
        value = item.get(name)
        return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""

    link = text("url") or text("external_url")
    return {
        "id": text("id"), "url": urljoin(base, link) if link and "://" in base else link, "title": text("title"),
        "text": text("content_text") or text("summary"), "html": text("content_html"), "published": text("date_published"),
    }  # fmt: skip


def _items(path: str, rows: list[dict[str, str]], options: ReadOptions) -> Found:
    for number, row in enumerate(rows, 1):
        # by its address where it has one: its number changes from poll to poll
        where, url, outlet = f"{path}#{row['url'] or row['id'] or number}", row["url"] or None, host(row["url"]) or host(path)
        title, published = row["title"] or None, row["published"] or None
        if options.follow and url:
            yield Link(where, url, identity(row, path), title, published, outlet)
        elif not row["text"].strip():
            yield Skip(where, "the item has no text; --fetch gets its page" if url else "the item has neither text nor address")
        else:
            yield Article(identity(row, path), row["text"], title, url, outlet, None, published)


def identity(row: dict[str, str], path: str) -> str:
    """An item's id, the same at each poll and in no other feed.

    A bare number is unique in its feed at best: the feed's host stands before it.
    """
    name = row["id"] or row["url"]
    if not name:
        name = sha256(f"{row['title']}\n{row['text']}".encode("utf-8", "replace")).hexdigest()[:16]
    return name if ":" in name else f"{host(path) or path}:{name}"


def parse(raw: bytes, base: str = "", mime: str = "", fragments: list[str] | None = None) -> Any:
    """In the sandbox: the items of a feed, or the texts of HTML fragments."""
    if fragments is not None:
        return [_plain(fragment) for fragment in fragments]
    parsed, broken = _parsed(raw, base, mime), ""
    if type(parsed.get("bozo_exception")).__name__ == "CharacterEncodingOverride":
        # feedparser falls back on windows-1252, which turns Cyrillic into Latin letters without a word
        from resiliparse.parse.encoding import detect_encoding

        encoding = detect_encoding(raw)
        parsed = _parsed(raw, base, f"application/xml; charset={encoding}")
        broken = f"declares an encoding that is not its own; read as {encoding}, --encoding names another"
    rows = [_entry(entry) for entry in parsed.entries[:MAX_ITEMS]]
    problem = parsed.get("bozo_exception")
    if not parsed.get("version") and not rows:
        raise InputError(base, f"is no feed ({problem or 'it has no feed element'})")
    if type(problem).__name__ == "SAXParseException":
        broken = f"is broken XML behind item {len(rows)} ({problem})"
    return {"rows": rows, "broken": broken}


def _parsed(raw: bytes, base: str, mime: str) -> Any:
    import io

    import feedparser

    headers = {"content-type": mime, **({"content-location": base} if "://" in base else {})}
    return feedparser.parse(io.BytesIO(raw), response_headers=headers, sanitize_html=False)


def _entry(entry: Any) -> dict[str, str]:
    bodies = [c.get("value") or "" for c in entry.get("content") or ()] + [entry.get("summary") or ""]
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return {
        "id": str(entry.get("id") or ""),
        "url": _web(str(entry.get("link") or "")),
        "title": _plain(str(entry.get("title") or "")).replace("\n", " "),
        "text": max((_plain(str(body)) for body in bodies), key=len),
        "published": _iso(when) if when else str(entry.get("published") or entry.get("updated") or ""),
    }


def _web(url: str) -> str:
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _iso(when: Any) -> str:
    try:
        return datetime.fromtimestamp(calendar.timegm(when), UTC).isoformat()
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def _plain(fragment: str) -> str:
    """The visible text of an HTML fragment, one block a line."""
    if "<" not in fragment and "&" not in fragment:
        return fragment.strip()
    import lxml.etree
    import lxml.html

    from framing.inputs.pages import visible_lines

    try:
        tree = lxml.html.fromstring(f"<div>{fragment}</div>")
    except (lxml.etree.ParserError, ValueError):
        return fragment.strip()
    return "\n".join(visible_lines(tree))
