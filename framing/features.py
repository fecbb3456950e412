"""The one definition of the features: `groups(candidate)`.

A group is a prefix and what stands behind it, over a span of the field; `names` gives its features: one, or the n-grams of a
word. Training counts the names, scoring looks them up (the rows of a group once, however often it occurs), explaining reads
the offsets of the same stream. `_native.c` executes the same definition: a change here is a change there. A prefix says what it is:

`w:` word   `p:` word pair   `c:` character n-gram of a word, "_" its edge   `x:` layout
`k:` word of a short line or bracket, with its place   `y:` word class, alone and behind the class before
`f:` class of a single word in its frame: the classes, or the short words, of the two tokens at each side ("been>say>que")
`l:` `r:` word of the context to the left or right (`l1:` the nearest, for words and quotes); `ly:` `ry:` its class
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from framing.view import Candidate, Layout, View

GRAMS = (3, 4, 5)  # lengths of the character n-grams
SHORT = 8  # tokens
SMALL = 5  # characters of a word that stands for itself in a frame
_POSITIONAL = frozenset(("word", "quote"))
_LEFT, _RIGHT = ("l1:", "l2:", "l3:"), ("r1:", "r2:", "r3:")
_NEAR_END = frozenset(("from-end:0", "from-end:1", "from-end:2"))


# Features that occur together: prefix, stem, and offsets into the candidate's field. A plain tuple: there are thousands an article.
Group = tuple[str, str, int, int]


class Occurrence(NamedTuple):
    """A feature where it occurs: offsets into the candidate's field."""

    feature: str
    start: int
    end: int


@lru_cache(maxsize=1 << 12)
def grams(word: str) -> tuple[str, ...]:
    """The named character n-grams of a folded word.

    >>> grams("ok")
    ('c:_ok', 'c:ok_', 'c:_ok_')
    """
    if len(word) < 2 or len(word) > 40 or not word[-1].isalnum():
        return ()
    edged = f"_{word}_"
    return tuple(
        f"c:{edged[i : i + n]}" for n in GRAMS if n <= len(edged) for i in range(len(edged) - n + 1)
    )


def names(prefix: str, stem: str) -> tuple[str, ...]:
    """The features of a group."""
    return grams(stem) if prefix == "c:" else (prefix + stem,)


def occurrences(candidate: Candidate) -> Iterator[Occurrence]:
    """Every feature of a candidate, in a fixed order."""
    return (Occurrence(name, start, end) for prefix, stem, start, end in groups(candidate) for name in names(prefix, stem))


def groups(candidate: Candidate) -> Iterator[Group]:
    """Every group of features of a candidate, in a fixed order."""
    texts, starts, ends = candidate.view.tokens
    for name in candidate.layout:
        yield "x:", name, candidate.start, candidate.end
    yield from _classes(candidate)
    before = -1
    for index in candidate.inner:
        word, start, end = texts[index], starts[index], ends[index]
        yield "w:", word, start, end
        if before >= 0:
            yield "p:", f"{texts[before]} {word}", starts[before], end
        yield "c:", word, start, end
        before = index
    if candidate.unit == "sentence" and len(candidate.inner) <= SHORT:
        prefix = _place(candidate.layout)
        for index in candidate.inner:
            yield prefix, texts[index], starts[index], ends[index]
    yield from _context(candidate)


def _place(layout: Layout) -> str:
    where = "bracket" if "in:brackets" in layout else "alone" if "line:alone" in layout else "shared"
    end = "mid" if _NEAR_END.isdisjoint(layout) else "end"
    return f"k:{where}{end}:"


def _classes(candidate: Candidate) -> Iterator[Group]:
    """The word classes inside, and each with the class before it."""
    _, starts, ends = candidate.view.tokens
    classes = candidate.view.classes
    before, last = "^", candidate.inner[0] if candidate.inner else 0
    for index in candidate.inner:
        kind = classes[index]
        if kind:
            yield "y:", kind, starts[index], ends[index]
            yield "y:", f"{before}>{kind}", starts[last], ends[index]
            before, last = kind, index


def _context(candidate: Candidate) -> Iterator[Group]:
    (texts, starts, ends), classes = candidate.view.tokens, candidate.view.classes
    positional = candidate.unit in _POSITIONAL
    for side, nearest, indices in (("l", _LEFT, candidate.left), ("r", _RIGHT, candidate.right)):
        for distance, index in enumerate(indices):
            yield nearest[distance] if positional else f"{side}:", texts[index], starts[index], ends[index]
            if classes[index]:
                yield f"{side}y:", classes[index], starts[index], ends[index]
    if candidate.unit == "word":
        yield from _pairs_around(candidate)
        yield from _frames(candidate)


def _pairs_around(candidate: Candidate) -> Iterator[Group]:
    texts, starts, ends = candidate.view.tokens
    index = candidate.inner[0]
    if index:
        yield "p:", f"{texts[index - 1]} {texts[index]}", starts[index - 1], candidate.end
    if index + 1 < len(texts):
        yield "p:", f"{texts[index]} {texts[index + 1]}", candidate.start, ends[index + 1]


def _frames(candidate: Candidate) -> Iterator[Group]:
    """A word by its class, in the frame of what stands around it: what is said alike in ten languages."""
    view, index = candidate.view, candidate.inner[0]
    kind = view.classes[index]
    if not kind or kind == "name":
        return
    (_, starts, ends), last = view.tokens, len(view.tokens.texts) - 1
    before2, before, after, after2 = (_filler(view, index + step) for step in (-2, -1, 1, 2))
    first, second = starts[max(0, index - 2)], starts[max(0, index - 1)]
    fourth, fifth = ends[min(last, index + 1)], ends[min(last, index + 2)]
    yield "f:", f"{before}>{kind}", second, candidate.end
    yield "f:", f"{kind}>{after}", candidate.start, fourth
    yield "f:", f"{before}>{kind}>{after}", second, fourth
    yield "f:", f"{before2}>{before}>{kind}", first, candidate.end
    yield "f:", f"{kind}>{after}>{after2}", candidate.start, fifth


def _filler(view: View, index: int) -> str:
    """What fills a place of a frame: a class, a short word, `*` for a long one, `^` outside of the field."""
    texts = view.tokens.texts
    if not 0 <= index < len(texts):
        return "^"
    return view.classes[index] or (texts[index] if len(texts[index]) <= SMALL else "*")
