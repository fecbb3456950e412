"""Segmentation of a text into lines, sentences, brackets and quotations, with exact offsets.

Sentence ends are found by rule; abbreviations are handed in. Every pass is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from framing.text import is_ignorable

MAX_SENTENCE = 600  # characters; longer stretches without a full stop are cut at blanks
MAX_BRACKET = 400
MAX_QUOTE = 400
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_LOST_BREAK = re.compile(r"(?<=\S)[ \t\u00a0]{2,}(?=\S)")
_END = re.compile(r"[.!?…。！？]+")
_CLOSERS = "\"'»”’“)]›"
_MAX_CLOSERS = 8
# German writes "3. Mai", "21. Jahrhundert" with a capital behind the stop.
_ORDINAL = re.compile(
    r"\s(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert)\b"
)
_NEVER_STARTS = ",;:.!?…)]»”-–—"


class Stretch(NamedTuple):
    """A half-open stretch of the text."""

    start: int
    end: int


def _is_blank(char: str) -> bool:
    return char.isspace() or (not char.isascii() and is_ignorable(char))


def strip(text: str, start: int, end: int) -> Stretch:
    """The stretch without blanks and invisible characters at its ends."""
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return Stretch(start, end)


def lines(text: str) -> list[Stretch]:
    """The non-empty lines, stripped. Two or more blanks before a new sentence are a line break that extraction lost."""
    found = (strip(text, *part) for m in _LINE.finditer(text) for part in _parts(text, m.start(), m.end()))
    return [line for line in found if line.end > line.start]


def _parts(text: str, start: int, end: int) -> Iterator[Stretch]:
    for match in _LOST_BREAK.finditer(text, start, end):
        if _starts_sentence(text, match.end()):
            yield Stretch(start, match.start())
            start = match.end()
    yield Stretch(start, end)


def sentences(text: str, line: Stretch, abbreviations: Set[str]) -> list[Stretch]:
    """The sentences of one line. `abbreviations` are casefolded, without the last full stop."""
    cuts = [*_breaks(text, line, abbreviations), line.end]
    found: list[Stretch] = []
    start = line.start
    for cut in cuts:
        sentence = strip(text, start, cut)
        if sentence.end > sentence.start:
            found.extend(_chop(text, sentence))
        start = cut
    return found


def _breaks(text: str, line: Stretch, abbreviations: Set[str]) -> Iterator[int]:
    for match in _END.finditer(text, line.start, line.end):
        end = _after_closers(text, match.end(), line.end)
        if end >= line.end:
            return
        follows = end
        while follows < line.end and _is_blank(text[follows]):
            follows += 1
        if follows == line.end:
            return
        if follows == end and end == match.end():
            if _glued(text, match, line):
                yield end
        elif follows > end and _starts_sentence(text, follows):
            plain_stop = match[0] == "." and end == match.end()
            if not (plain_stop and _abbreviated(text, match.start(), line, abbreviations)):
                yield end


def _after_closers(text: str, position: int, limit: int) -> int:
    """Behind the marks that close the sentence; a mark glued to a word opens the next one."""
    end = position
    for _ in range(_MAX_CLOSERS):
        probe = end
        if probe < limit and text[probe] in " \u00a0\u202f":
            probe += 1
        if probe >= limit or text[probe] not in _CLOSERS:
            break
        behind = text[probe + 1] if probe + 1 < limit else " "
        if behind.isalnum():
            break
        end = probe + 1
    return end


def _starts_sentence(text: str, position: int) -> bool:
    char = text[position]
    if char.islower():
        return False
    if char in "-–—" and text[position + 1 : position + 2].isspace():
        after = text[position + 2 : position + 3]
        return after.isupper()
    return char not in _NEVER_STARTS or char in "»”"


def _word_before(text: str, position: int, line: Stretch) -> str:
    start = position
    while start > line.start and position - start < 24 and (text[start - 1].isalnum() or text[start - 1] == "."):
        start -= 1
    return text[start:position]


def _glued(text: str, match: re.Match[str], line: Stretch) -> bool:
    """A full stop with no blank behind it: `la fin.Le lendemain`, but not `site.Fr` or `U.S.`."""
    word = _word_before(text, match.start(), line)
    after = text[match.end() : match.end() + 2]
    return (
        len(word) > 2
        and "." not in word
        and word[-1].islower()
        and len(after) == 2
        and after[0].isupper()
        and after[1].islower()
    )


def _abbreviated(text: str, stop: int, line: Stretch, abbreviations: Set[str]) -> bool:
    word = _word_before(text, stop, line)
    last = word.rpartition(".")[2]
    if len(last) == 1 and last.isalpha():
        return True  # an initial, or "U.S."
    if word.isdigit() and len(word) <= 2:
        item = stop - len(word) == line.start
        return item or bool(_ORDINAL.match(text, stop + 1, min(line.end, stop + 16)))
    return bool(word) and word.casefold() in abbreviations


def _chop(text: str, sentence: Stretch) -> Iterator[Stretch]:
    start, end = sentence
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > 0 else start + MAX_SENTENCE
        yield strip(text, start, cut)
        start = cut
    yield strip(text, start, end)


_PAIRS = {"(": ")", "[": "]"}
_BRACKET = re.compile(r"[()\[\]]")


def brackets(text: str, within: Stretch) -> list[Stretch]:
    """The outermost balanced brackets with their marks, at most `MAX_BRACKET` characters long."""
    found: list[Stretch] = []
    opened: list[int] = []
    for match in _BRACKET.finditer(text, within.start, within.end):
        position, char = match.start(), match[0]
        if char in _PAIRS:
            opened.append(position)
        elif opened and char == _PAIRS[text[opened[-1]]]:
            start = opened.pop()
            if not opened and 2 < position + 1 - start <= MAX_BRACKET:
                found.append(Stretch(start, position + 1))
    return found


# Opening mark -> marks that may close it. ASCII quotes close themselves.
_QUOTES = {
    "«": "»", "»": "«", "„": "“”\"", "“": "”“\"", "”": "”", '"': "\"”", "‹": "›", "‚": "‘’", "‘": "’", "'": "'’",
}  # fmt: skip
_QUOTE = re.compile("[" + "".join(_QUOTES) + "]")


def quotes(text: str, within: Stretch) -> list[Stretch]:
    """Quotations with their marks, left to right, without overlaps; an unclosed mark is passed over."""
    marks = [m.start() for m in _QUOTE.finditer(text, within.start, within.end)]
    closers = [m.start() for m in re.finditer("[«»“”\"›‘’']", text[within.start : within.end])]
    closers = [within.start + c for c in closers]
    found: list[Stretch] = []
    position, k = within.start, 0
    for opening in marks:
        if opening < position or not _opens(text, opening):
            continue
        while k < len(closers) and closers[k] <= opening:
            k += 1
        closing = _closing(text, opening, closers, k)
        if closing:
            found.append(Stretch(opening, closing + 1))
            position = closing + 1
    return found


def _opens(text: str, position: int) -> bool:
    """A mark that stands between a word and a blank closes something: it does not open."""
    before = text[position - 1] if position else " "
    after = text[position + 1 : position + 2]
    if text[position] == "«":
        return True
    return not before.isalnum() and bool(after) and not after.isspace()


def _closing(text: str, opening: int, closers: list[int], k: int) -> int:
    """The offset of the mark that closes a quotation, 0 if none stands near."""
    wanted = _QUOTES[text[opening]]
    for closing in closers[k : k + 24]:
        if closing - opening > MAX_QUOTE:
            return 0
        if text[closing] in wanted and closing > opening + 1:
            after = text[closing + 1 : closing + 2]
            if text[closing] in "’‘'" and after.isalnum():
                continue  # an apostrophe
            return closing
    return 0
