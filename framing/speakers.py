"""Possible speakers of a sentence: names, bodies, offices, unnamed sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from framing.segment import quotes
from framing.speech import Speech, speech
from framing.view import View

STEM = 5  # letters by which two forms of a name are one speaker
NAMED, INSTITUTION, UNNAMED = "named", "institution", "unnamed"
_KINDS = {"institution": INSTITUTION, "role": INSTITUTION, "source_vague": UNNAMED, "quantity_vague": UNNAMED}
# Capitalised in English, and nobody.
_DATES = frozenset(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
                    "june", "july", "august", "september", "october", "november", "december", "mr", "mrs", "ms", "sen", "rep",
                    "gov"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A possible speaker: the tokens it covers."""

    first: int
    last: int
    kind: str
    key: str


@dataclass(slots=True)
class Reader:
    """One field's tokens, with what is looked up again and again."""

    view: View
    words: Sequence[str] = field(init=False)
    small: Speech = field(init=False)
    quoted: dict[int, int] = field(init=False)  # token -> number of its quotation
    runs: dict[int, int] = field(init=False)  # first -> last token of capitalised words in a row
    surnames: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.view.tokens.texts
        self.small = speech(self.view.language)
        self.quoted = _quoted(self.view)
        self.runs = dict(_runs(self.view))
        self.surnames = frozenset(stem(self.words[last]) for first, last in self.runs.items() if last > first)

    def pronoun(self, index: int) -> bool:
        """Whether a pronoun begins at a token."""
        return self.small.pronouns.at(self.words, index) is not None


def sources_of(reader: Reader, outside: Sequence[int]) -> Iterator[Source]:
    """Names, bodies, offices and unnamed sources of a sentence, left to right; an office beside a name is the name's."""
    allowed = frozenset(outside)
    held: Source | None = None
    for source in sorted([*_names(reader, allowed), *_words(reader, outside)], key=lambda s: s.first):
        if held and source.first <= held.last:
            continue
        if held and source.first - held.last <= 3 and _joins(reader, held, source):
            named = source if source.kind == NAMED else held
            held = Source(held.first, source.last, named.kind, named.key)
            continue
        if held:
            yield held
        held = source
    if held:
        yield held


def _joins(reader: Reader, a: Source, b: Source) -> bool:
    """Apposition: "Kremlin spokesman Dmitri P.", "Anna W., director of the institute"."""
    between = reader.words[a.last + 1 : b.first]
    classes = reader.view.classes
    if "say" in classes[a.last + 1 : b.first] or {a.kind, b.kind} & {UNNAMED}:
        return a.kind == b.kind == UNNAMED
    return len(between) <= 1 or between[0] == "," or (a.kind == b.kind == INSTITUTION)


def _words(reader: Reader, outside: Sequence[int]) -> Iterator[Source]:
    for index in outside:
        kind = _KINDS.get(reader.view.classes[index])
        if kind:
            key = "" if kind == UNNAMED else stem(reader.words[index])
            yield Source(index, index, kind, key)


def _names(reader: Reader, allowed: frozenset[int]) -> Iterator[Source]:
    for first in sorted(allowed & reader.runs.keys()):
        last = reader.runs[first]
        if last in allowed and (last > first or _single(reader, first)):
            acronym = first == last and _upper(reader.view, first)
            yield Source(first, last, INSTITUTION if acronym else NAMED, stem(reader.words[last]))


def _single(reader: Reader, index: int) -> bool:
    """Whether one capitalised word is a name: always where it stands inside a sentence, but German writes all nouns so."""
    if stem(reader.words[index]) in reader.surnames:
        return True
    classes, words = reader.view.classes, reader.words
    before = classes[index - 1] if index else ""
    beside_verb = "say" in classes[max(0, index - 1) : index] + classes[index + 1 : index + 2]
    opens = index == 0 or not words[index - 1][0].isalnum()
    if reader.view.language == "de":
        return before in ("role", "institution") or (beside_verb and (opens or before == "say")) or _upper(reader.view, index)
    return not reader.pronoun(index) and (classes[index] == "name" or (opens and (beside_verb or words[index + 1 : index + 2] == [":"])))


def _runs(view: View) -> list[tuple[int, int]]:
    """Capitalised words in a row: (first, last token)."""
    found: list[tuple[int, int]] = []
    for index in range(len(view.tokens.texts)):
        if not _capital(view, index):
            continue
        gap = index - found[-1][1] if found else 0
        if gap == 1 or (gap == 2 and view.tokens.texts[index - 1] in ("-", "'")):
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _capital(view: View, index: int) -> bool:
    word, start = view.tokens.texts[index], view.tokens.starts[index]
    capital = view.classes[index] in ("name", "") and view.text[start].isupper()
    return capital and word[0].isalpha() and not word.startswith("url:") and word not in _DATES


def _upper(view: View, index: int) -> bool:
    written = view.text[view.tokens.starts[index] : view.tokens.ends[index]]
    return len(written) > 1 and written.isupper()


def stem(word: str) -> str:
    """What two forms of a name have in common."""
    return word[:STEM]


def _quoted(view: View) -> dict[int, int]:
    """The tokens inside quotations, each with its quotation's number."""
    found: dict[int, int] = {}
    number = 0
    for line in view.lines:
        for quote in quotes(view.text, line):
            found.update(dict.fromkeys(view.inside(*quote), number))
            number += 1
    return found
