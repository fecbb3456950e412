"""Inputs that only list addresses: URL lists, OPML, sitemaps with or without the news extension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from framing.inputs import sandbox
from framing.inputs.rows import Found, Link, ReadOptions, decode, host, lines, whole
from framing.schema import InputError, Skip

MAX_ADDRESS = 4096  # characters
_WEB = ("http://", "https://")


def read_urls(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """One address a line; blank lines and `#` comments are passed over."""
    for number, line in enumerate(lines(chunks), 1):
        where = f"{path}:{number}"
        url = decode(where, line[: MAX_ADDRESS + 1], options.encoding).strip()
        if not url or url.startswith("#"):
            continue
        wrong = _refusal(url)
        yield Skip(where, wrong) if wrong else Link(where, url)


def _refusal(url: str) -> str:
    if not url.lower().startswith(_WEB):
        return "is no http or https address"
    return f"the address is longer than {MAX_ADDRESS:,} characters" if len(url) > MAX_ADDRESS else ""


def read_xml(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """The feeds of an OPML file, or the pages and further sitemaps of a sitemap."""
    for number, row in enumerate(sandbox.parse("listings", path, whole(path, chunks)), 1):
        where, url = f"{path}#{number}", row["url"]
        wrong = _refusal(url)
        if wrong:
            yield Skip(where, wrong)
        elif row["listing"]:
            yield Link(where, url, listing=True)
        else:
            yield Link(where, url, None, row["title"] or None, row["published"] or None, host(url))


def parse(raw: bytes) -> list[dict[str, Any]]:
    """In the sandbox: the addresses of an OPML file or a sitemap."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, remove_comments=True)
    try:
        root = etree.fromstring(raw.strip(), parser)
    except etree.XMLSyntaxError as problem:
        raise InputError("listing", f"is broken XML ({problem.msg})") from problem
    kind = _name(root)
    if kind == "opml":
        return [_row(_attribute(o, "xmlurl"), listing=True) for o in root.iter() if _name(o) == "outline" and _attribute(o, "xmlurl")]
    if kind == "sitemapindex":
        return [_row(_child(e, "loc"), listing=True) for e in root if _name(e) == "sitemap"]
    if kind == "urlset":
        return [_row(_child(e, "loc"), _child(e, "title"), _child(e, "publication_date")) for e in root if _name(e) == "url"]
    raise InputError("listing", f"is neither OPML nor a sitemap but <{kind}>")


def _row(url: str, title: str = "", published: str = "", listing: bool = False) -> dict[str, Any]:
    return {"url": url, "title": title, "published": published, "listing": listing}


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _attribute(element: Any, wanted: str) -> str:
    return next((value.strip() for name, value in element.attrib.items() if name.lower() == wanted), "")


def _child(element: Any, wanted: str) -> str:
    """The text of the first element of that name at any depth (`news:title` stands inside `news:news`)."""
    return next(((e.text or "").strip() for e in element.iter() if _name(e) == wanted), "")
