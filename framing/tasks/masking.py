"""Texts without what gives their outlet away: its names and its furniture. What a model still finds in them, it finds in the story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import framing
from framing.cues import FURNITURE
from framing.model import Model
from framing.schema import Article
from framing.tasks.deciding import Examples
from framing.text import Token, fold, tokens

SHORTEST = 3  # letters of a name; a shorter one is any word
MOST_WORDS = 5  # of a name
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


def masked(given: Examples) -> Examples:
    """The examples with blanks for outlet names and for the furniture that the shipped model finds."""
    model = framing.load()
    return replace(given, texts=tuple(mask(text, article, model) for text, article in zip(given.texts, given.articles)))


def mask(text: str, article: Article, model: Model) -> str:
    """A text of an article, of the same length, with blanks in place of its outlet's names and its furniture."""
    record = model.score_one(Article(article.id, text, language=article.language))
    spans = [(e.start, e.end) for e in record.evidence if e.cue in FURNITURE and e.field == "text"]
    spans += mentions(list(tokens(fold(text)).each()), names(article))
    found = list(text)
    for start, end in spans:
        found[start:end] = " " * (end - start)
    return "".join(found)


def names(article: Article) -> frozenset[str]:
    """The folded names of an article's outlet, without blanks: as given, and of a host its longest part before the ending.

    >>> sorted(names(Article("a", "", url="https://www.example-news.co.uk/x", outlet="Example News")))
    ['examplenews']
    """
    given = [article.outlet or "", urlsplit(article.url or "").netloc]
    parts = (max(g.removeprefix("www.").split(".")[:-1], key=len) if _HOST.fullmatch(g) else g for g in given)
    folded = ("".join(c for c in fold(part).text if c.isalnum()) for part in parts)
    return frozenset(name for name in folded if len(name) >= SHORTEST)


def mentions(words: Sequence[Token], wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where a name stands: in one word or over several, and addresses and handles that hold it."""
    if not wanted:
        return
    for k, word in enumerate(words):
        if word.text.startswith(("url:", "@")):
            bare = "".join(c for c in word.text if c.isalnum())
            if any(name in bare for name in wanted):
                yield word.start, word.end
            continue
        joined = ""
        for last in words[k : k + 2 * MOST_WORDS - 1]:
            joined += "".join(c for c in last.text if c.isalnum())
            if joined in wanted and word.text[0].isalnum() and last.text[0].isalnum():
                yield word.start, last.end
