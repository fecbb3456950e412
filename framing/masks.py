"""What gives an outlet away: its furniture, its name, its datelines. The masked score is the score without them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from framing.cues import FURNITURE, PHRASES
from framing.schema import Article, Evidence
from framing.segment import Stretch
from framing.text import fold
from framing.view import NEAR, Candidate, Run, View, Words

MASK = "\u25a1"  # a token that no model has a feature for
SHORTEST = 3  # letters of a name; a shorter one is any word
MOST_WORDS = 5  # of a name
OPENING = 3  # lines of a field in which a dateline is looked for
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")
_ENDINGS = frozenset(("com", "co", "net", "org", "info", "gov", "edu", "www", "news", "media"))
# "MOSCOW, 7 May (TASS) —", "Berlin (dpa) -", "МОСКВА, 7 мая - РИА Новости."
_DATELINE = re.compile(
    r"[^\W\d_][^\n.!?]{0,50}?(?:\([^()\n]{2,40}\)|\b\d{1,2}\b[^\n.!?]{0,15})\.?\s*[-–—]{1,2}\s(?:[^\n.!?,]{2,30}\.\s)?"
    r"|\([^\W\d_][^()\n]{1,30}\)\s*[-–—]\s"
)


def outlet_names(article: Article) -> frozenset[str]:
    """The folded names of an article's outlet, letters and digits only: as given, and the longest part of a host.

    >>> sorted(outlet_names(Article("a", "", url="https://www.example-news.co.uk/x", outlet="Example News")))
    ['examplenews']
    """
    given = [article.outlet or "", _host(article.url or "")]
    parts = [max((p for p in g.split(".")[:-1] if p not in _ENDINGS), key=len, default="") if _HOST.fullmatch(g) else g for g in given]
    folded = ("".join(c for c in fold(part.removeprefix("the ")).text if c.isalnum()) for part in parts)
    return frozenset(name for name in folded if len(name) >= SHORTEST)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def furniture(article: Article, evidence: Sequence[Evidence]) -> list[Stretch]:
    """The stretches of the text that are the outlet's own: evidence of furniture, and all outside a page's main text."""
    marked = [Stretch(e.start, e.end) for e in evidence if e.field == "text" and e.cue in FURNITURE]
    if not article.main:
        return marked
    edges = [0, *(edge for region in article.main for edge in region), len(article.text)]
    return marked + [Stretch(a, b) for a, b in zip(edges[::2], edges[1::2]) if b > a]


def masked_tokens(view: View, names: frozenset[str]) -> frozenset[int]:
    """The tokens of a field that name the outlet or stand in a dateline."""
    found = set(_mentions(view.tokens.texts, names)) if names else set()
    for line in view.lines[:OPENING]:
        match = _DATELINE.match(view.text, line.start, line.end)
        if match:
            found.update(view.inside(*match.span()))
    return frozenset(found)


def _mentions(words: Sequence[str], names: frozenset[str]) -> Iterator[int]:
    longest = max(map(len, names))
    for first, word in enumerate(words):
        if word.startswith(("url:", "@")):
            bare = "".join(c for c in word if c.isalnum())
            if any(name in bare for name in names):
                yield first
        elif word[0].isalnum():
            yield from _spelled(words, first, names, longest)


def _spelled(words: Sequence[str], first: int, names: frozenset[str], longest: int) -> Iterator[int]:
    """The tokens from `first` on that together spell a name."""
    joined = ""
    for last in range(first, min(len(words), first + 2 * MOST_WORDS - 1)):
        joined += words[last] if words[last][0].isalnum() else ""
        if len(joined) > longest:
            return
        if joined in names and words[last][0].isalnum():
            yield from range(first, last + 1)


Found = Mapping[str, Sequence[Candidate]]


def touched(found: Found, masked: Mapping[str, frozenset[int]]) -> tuple[dict[str, Sequence[Candidate]], dict[str, list[int]]]:
    """The candidates that see a masked token, over views that do not show it, and their numbers in `found`; by unit.

    masked: by field, the tokens to hide.
    """
    views: dict[int, View] = {}
    again: dict[str, Sequence[Candidate]] = {}
    numbers: dict[str, list[int]] = {}
    for unit, judged in found.items():
        if isinstance(judged, Words):
            again[unit], numbers[unit] = _words(judged, masked, views)
            continue
        seen = [(k, c) for k, c in enumerate(judged) if _sees(c, masked.get(c.view.field, frozenset()))]
        again[unit] = [replace(c, view=_hidden(c.view, masked[c.view.field], views)) for _, c in seen]
        numbers[unit] = [k for k, _ in seen]
    return again, numbers


def emptied(found: Found, masked: Mapping[str, frozenset[int]]) -> dict[str, list[int]]:
    """The words and quotations of which nothing is left, by unit: a hidden name is no quoted phrase."""
    return {
        unit: [k for k, c in enumerate(found[unit]) if _empty(c, masked.get(c.view.field, frozenset()))] for unit in (*PHRASES, "trigger")
    }


def _empty(candidate: Candidate, masked: frozenset[int]) -> bool:
    texts = candidate.view.tokens.texts
    return not masked.isdisjoint(candidate.inner) and all(k in masked or not texts[k][0].isalnum() for k in candidate.inner)


def _words(judged: Words, masked: Mapping[str, frozenset[int]], views: dict[int, View]) -> tuple[Words, list[int]]:
    runs: list[Run] = []
    numbers: list[int] = []
    first = 0
    for run in judged.runs:
        hidden = masked.get(run.view.field)
        if hidden:
            around = {token + step for token in hidden for step in range(-NEAR, NEAR + 1)}
            seen = [k for k, index in enumerate(run.indices) if index in around]
            indices, layouts = [run.indices[k] for k in seen], [run.layouts[k] for k in seen]
            runs.append(Run(_hidden(run.view, hidden, views), indices, layouts, [run.sentences[k] for k in seen]))
            numbers.extend(first + k for k in seen)
        first += len(run.indices)
    return Words(runs), numbers


def _sees(candidate: Candidate, masked: frozenset[int]) -> bool:
    return not (masked.isdisjoint(candidate.inner) and masked.isdisjoint(candidate.left) and masked.isdisjoint(candidate.right))


def _hidden(view: View, masked: frozenset[int], views: dict[int, View]) -> View:
    if id(view) not in views:
        texts = [MASK if k in masked else text for k, text in enumerate(view.tokens.texts)]
        classes = ["" if k in masked else name for k, name in enumerate(view.classes)]
        views[id(view)] = replace(view, tokens=view.tokens._replace(texts=texts), classes=classes)
    return views[id(view)]
