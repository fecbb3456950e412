"""A field of an article, segmented once, and the candidates that point into it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import overload

from framing.evidence import Place
from framing.lexicon import Classes, Lexicon
from framing.schema import Article
from framing.segment import Stretch, lines
from framing.text import Folded, Tokens, fold, mended, tokens

NEAR = 3  # tokens at each side that a word or quotation sees
Layout = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One field of an article, segmented once for all units."""

    field: str
    text: str
    folded: Folded
    tokens: Tokens
    lines: list[Stretch]
    language: str
    classes: list[str]  # of the tokens: a word class, `name`, `number` or ""

    def inside(self, start: int, end: int) -> range:
        """Indices of the tokens that start within [start, end)."""
        starts = self.tokens.starts
        first = bisect_left(starts, start)
        return range(first, bisect_left(starts, end, first))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch to be judged. `inner` are its tokens' indices; `left`, `right` those of its context, near to far."""

    unit: str
    view: View = field(repr=False)
    start: int
    end: int
    inner: Sequence[int]
    left: Sequence[int] = ()
    right: Sequence[int] = ()
    layout: Layout = ()
    sentence: int = -1  # of a word or quotation: which of the article's sentence candidates it stands in

    @property
    def place(self) -> Place:
        """Where it stands, for the assembly of evidence."""
        return Place(self.view.field, self.start, self.end, self.inner[0] if self.inner else -1)


@dataclass(frozen=True, slots=True)
class Run:
    """The judged words of one view: for each its token, its layout and its sentence."""

    view: View = field(repr=False)
    indices: list[int]
    layouts: list[Layout]
    sentences: list[int]

    def candidate(self, number: int) -> Candidate:
        """One of the words as a candidate."""
        index, found = self.indices[number], self.view.tokens
        left, right = near(self.view, index, index + 1)
        start, end = found.starts[index], found.ends[index]
        return Candidate(
            "word", self.view, start, end, (index,), left, right, self.layouts[number], self.sentences[number]
        )


class Words(Sequence[Candidate]):
    """The words of an article. They are hundreds: each becomes a `Candidate` when it is asked for."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self._ends = list(accumulate(len(run.indices) for run in runs))

    @property
    def sentences(self) -> list[int]:
        """For each word, the sentence candidate that holds it, -1 for none."""
        return [k for run in self.runs for k in run.sentences]

    @property
    def classes(self) -> list[str]:
        """For each word, its word class."""
        return [run.view.classes[k] for run in self.runs for k in run.indices]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, number: int) -> Candidate: ...
    @overload
    def __getitem__(self, number: slice) -> list[Candidate]: ...
    def __getitem__(self, number: int | slice) -> Candidate | list[Candidate]:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        run = bisect_right(self._ends, number)
        return self.runs[run].candidate(number - (self._ends[run - 1] if run else 0))

    def __iter__(self) -> Iterator[Candidate]:
        return (run.candidate(k) for run in self.runs for k in range(len(run.indices)))


def near(view: View, start: int, stop: int) -> tuple[range, range]:
    """The tokens to the left and right of tokens [start, stop), near to far."""
    return range(start - 1, max(-1, start - 1 - NEAR), -1), range(stop, min(len(view.tokens.texts), stop + NEAR))


def view(article: Article, name: str, language: str, lexicon: Lexicon) -> View:
    """Segment one field of an article."""
    text = mended(article.field(name))
    folded = fold(text)
    found = tokens(folded)
    return View(name, text, folded, found, lines(text), language, _classes(text, found, lexicon.classes(language)))


def _classes(text: str, found: Tokens, known: Classes) -> list[str]:
    classes, inside = [], False
    for index, (kind, opens) in enumerate(map(known.__getitem__, found.texts)):
        named = inside and not kind and text[found.starts[index]].isupper() and not _shouted(text, found, index)
        classes.append("name" if named else kind)
        inside = opens
    return classes


def _shouted(text: str, found: Tokens, index: int) -> bool:
    """Whether a token stands in block capitals beside another: where all is capital, a capital makes no name."""
    neighbours = (index - 1, index + 1)
    return _in_capitals(text, found, index) and any(0 <= k < len(found.texts) and _in_capitals(text, found, k) for k in neighbours)


def _in_capitals(text: str, found: Tokens, index: int) -> bool:
    start, end = found.starts[index], found.ends[index]
    return end - start > 1 and text[start:end].isupper()
