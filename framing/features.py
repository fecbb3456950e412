"""The one definition of the features: `occurrences(candidate)`.

Training counts the names it yields, scoring looks them up, explaining reads the offsets of the
same stream. A feature's prefix says what it is:

`w:` word   `p:` word pair   `c:` character n-gram of a word, "_" its edge   `x:` layout
`k:` word of a short line or bracket, with its place   `y:` word class, alone and behind the class before
`l:` `r:` word of the context to the left or right (`l1:` the nearest, for words and quotes); `ly:` `ry:` its class
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from framing.candidates import Candidate

GRAMS = (3, 4, 5)  # lengths of the character n-grams
SHORT = 8  # tokens
_POSITIONAL = frozenset(("word", "quote"))


class Occurrence(NamedTuple):
    """A feature where it occurs: offsets into the candidate's field."""

    feature: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
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


def occurrences(candidate: Candidate) -> Iterator[Occurrence]:
    """Every feature of a candidate, in a fixed order."""
    found = candidate.view.tokens
    for name in candidate.layout:
        yield Occurrence(f"x:{name}", candidate.start, candidate.end)
    yield from _classes(candidate)
    before = None
    for index in candidate.inner:
        word, start, end = found[index]
        yield Occurrence(f"w:{word}", start, end)
        if before is not None:
            yield Occurrence(f"p:{before.text} {word}", before.start, end)
        for gram in grams(word):
            yield Occurrence(gram, start, end)
        before = found[index]
    if candidate.unit == "sentence" and len(candidate.inner) <= SHORT:
        kind = _kind(candidate.layout)
        for index in candidate.inner:
            word, start, end = found[index]
            yield Occurrence(f"k:{kind}:{word}", start, end)
    yield from _context(candidate)


def _kind(layout: tuple[str, ...]) -> str:
    where = "bracket" if "in:brackets" in layout else "alone" if "line:alone" in layout else "shared"
    end = "end" if {"from-end:0", "from-end:1", "from-end:2"} & set(layout) else "mid"
    return where + end


def _classes(candidate: Candidate) -> Iterator[Occurrence]:
    """The word classes inside, and each with the class before it."""
    found, classes = candidate.view.tokens, candidate.view.classes
    before, last = "^", candidate.inner[0] if candidate.inner else 0
    for index in candidate.inner:
        kind = classes[index]
        if kind:
            yield Occurrence(f"y:{kind}", found[index].start, found[index].end)
            yield Occurrence(f"y:{before}>{kind}", found[last].start, found[index].end)
            before, last = kind, index


def _context(candidate: Candidate) -> Iterator[Occurrence]:
    found, classes = candidate.view.tokens, candidate.view.classes
    positional = candidate.unit in _POSITIONAL
    for side, indices in (("l", candidate.left), ("r", candidate.right)):
        for distance, index in enumerate(indices, 1):
            word, start, end = found[index]
            yield Occurrence(f"{side}{distance if positional else ''}:{word}", start, end)
            if classes[index]:
                yield Occurrence(f"{side}y:{classes[index]}", start, end)
    if candidate.unit == "word":
        yield from _pairs_around(candidate)


def _pairs_around(candidate: Candidate) -> Iterator[Occurrence]:
    found = candidate.view.tokens
    index = candidate.inner[0]
    if index:
        yield Occurrence(f"p:{found[index - 1].text} {found[index].text}", found[index - 1].start, candidate.end)
    if index + 1 < len(found):
        yield Occurrence(f"p:{found[index].text} {found[index + 1].text}", candidate.start, found[index + 1].end)
