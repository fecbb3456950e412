"""HTML pages to text: all visible lines in reading order, and which of them are the main text.

Extractors drop footers, asides and disclaimers, where the cues of furniture stand: trafilatura
says what the main text is, the rest of the visible text is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from framing.inputs import sandbox
from framing.schema import Region

_HIDDEN = frozenset(("script", "style", "noscript", "template", "head", "svg", "math", "iframe", "select", "object", "form"))
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "button", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "label", "li", "main", "nav", "ol",
        "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_BLANKS = re.compile(r"\s+")


class Page(NamedTuple):
    """The visible text of a page, one block a line, and the stretches of main text in it."""

    text: str
    title: str | None
    main: tuple[Region, ...]


def extract(where: str, raw: bytes, encoding: str) -> Page:
    """The text of a page. Raises `InputError` for a page that has none or exceeds the limits."""
    found = sandbox.parse("pages", where, raw, encoding="" if encoding == "utf-8" else encoding)
    return Page(found["text"], found["title"], tuple(Region(*pair) for pair in found["main"]))


def visible_lines(root: Any) -> Iterator[str]:
    """The text of an lxml tree block by block, hidden elements left out."""
    parts: list[str] = []
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _BLOCKS
        if block and parts:
            yield from _flushed(parts)
        if leaving:
            parts.append(element.tail or "")
            continue
        stack.append((element, True))
        if tag and tag not in _HIDDEN and not _is_hidden(element):
            parts.append(element.text or "")
            stack.extend((child, False) for child in reversed(element))
    yield from _flushed(parts)


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _flushed(parts: list[str]) -> Iterator[str]:
    line = _BLANKS.sub(" ", "".join(parts)).strip()
    parts.clear()
    if line:
        yield line


def regions(lines: list[str], main: str) -> list[tuple[int, int]]:
    """The stretches of the joined lines that the extractor kept, neighbours joined."""
    kept = {_squeeze(line) for line in main.splitlines()} - {""}
    whole = _squeeze(main)
    found: list[tuple[int, int]] = []
    at = 0
    for line in lines:
        squeezed = _squeeze(line)
        if squeezed in kept or (len(squeezed) > 60 and squeezed in whole):
            if found and found[-1][1] == at - 1:
                found[-1] = (found[-1][0], at + len(line))
            else:
                found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def _squeeze(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def parse(raw: bytes, encoding: str) -> dict[str, Any]:
    """The fields of the `Page`, parsed in this process without limits. Empty `encoding`: told by the page."""
    import lxml.html
    import trafilatura

    tree = trafilatura.load_html(raw.decode(encoding, "replace") if encoding else raw)
    if tree is None:
        return Page("", None, ())._asdict()
    lines = list(visible_lines(tree))
    source = lxml.html.tostring(tree, encoding="unicode")
    main = trafilatura.extract(source, include_comments=False, favor_recall=True) or ""
    metadata = trafilatura.extract_metadata(tree)
    title = (metadata.title if metadata else None) or None
    return {"text": "\n".join(lines), "title": title, "main": regions(lines, main)}
