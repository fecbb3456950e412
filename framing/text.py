"""Folding: a spelling-blind copy of a text whose tokens still point into the original.

Compatibility forms, case, accents, digits, quotation style, soft hyphens and zero-width
characters are levelled, so that odd typography does not hide a cue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from framing.kernel import native

# One shape per kind of mark; everything else comes from Unicode itself.
_SAME = {
    '"': "«»„“”‟″〝〞＂‹›❝❞",
    "'": "’‘‚‛ʼ′`´＇ʹ",
    "-": "–—―‒‐‑−",
    " ": "\u00a0\u202f\u2007\u2009\u200a\u3000",
    "l": "łŁ",
    "o": "øØ",
    "d": "đĐ",
    "i": "ı",
}
_IGNORABLE = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0\ufeff")
_LETTERLIKE = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd"))


# Quotation marks and dashes of Windows-1252 that a page declared as Latin-1 leaves as control characters.
_CONTROLS = re.compile("[\x80-\x9f]")
_MARKS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


def mended(text: str) -> str:
    """The text with marks in place of the control characters that a wrong charset made of them, at the same offsets.

    >>> mended("\x93sim\x94")
    '“sim”'
    """
    return text.translate(_MARKS) if _CONTROLS.search(text) else text


def is_ignorable(char: str) -> bool:
    """Whether a character shows nothing: zero-width, soft hyphen, tag, variation selector."""
    code = ord(char)
    return (
        char in _IGNORABLE
        or 0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
    )


class _FoldTable(dict[str, str]):
    """Character -> what it folds to, worked out once per distinct character."""

    def __missing__(self, char: str) -> str:
        self[char] = folded = self._fold(char)
        return folded

    @staticmethod
    def _fold(char: str) -> str:
        if is_ignorable(char):
            return ""
        parts = unicodedata.normalize("NFKD", char).casefold()
        parts = unicodedata.normalize("NFKD", parts)
        kept = (c for c in parts if not unicodedata.combining(c))
        return "".join("0" if unicodedata.category(c) == "Nd" else _TO.get(c, c) for c in kept)


_TO = {variant: shape for shape, variants in _SAME.items() for variant in variants}
_TABLE = _FoldTable(_TO)
_ASCII = {code: _TABLE[chr(code)] for code in range(128)}  # each folds to one character


class Folded(NamedTuple):
    """A folded copy; `starts[i]` is the original offset of folded character i, with the original length last."""

    text: str
    starts: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span behind the folded span [start, end), end > start."""
        last = self.starts[end - 1]
        while self.starts[end] == last:
            end += 1
        return self.starts[start], self.starts[end]


def fold(text: str) -> Folded:
    """Fold a text, in one pass over it.

    >>> fold("Té\\u00adlégram").text
    'telegram'
    """
    if text.isascii():
        return Folded(text.translate(_ASCII), range(len(text) + 1))
    table = _TABLE
    pieces = [table[char] for char in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(pieces):
        return Folded(folded, range(len(text) + 1))
    starts = [i for i, piece in enumerate(pieces) for _ in piece]
    starts.append(len(text))
    return Folded(folded, starts)


class Token(NamedTuple):
    """A token of the folded text with its original span."""

    text: str
    start: int
    end: int


class Tokens(NamedTuple):
    """The tokens of a text, a list for each of their attributes: whoever reads all of one attribute reads one list."""

    texts: list[str]
    starts: list[int]
    ends: list[int]

    def each(self) -> Iterator[Token]:
        """The tokens one by one."""
        return map(Token, self.texts, self.starts, self.ends)


# An address is one token named by its host. Hosts are short: the bounds keep the scan linear.
_TOKEN = (
    r"(?P<scheme>https?://|www\.)(?P<host>[\w.-]{1,80})[^\s\"<>]*"
    r"|@?\w+|[^\w\s]"
)


def tokens(folded: Folded) -> Tokens:
    """Words, marks and addresses; an address becomes `url:<host>`, a handle `@name`."""
    if native:
        return Tokens(*native.tokens(folded.text, folded.starts if isinstance(folded.starts, list) else None))
    return plain_tokens(folded)


def plain_tokens(folded: Folded) -> Tokens:
    """The tokens, found in Python."""
    found = Tokens([], [], [])
    for match in re.finditer(_TOKEN, folded.text):
        host = match["host"]
        start, end = folded.original(*match.span())
        found.texts.append(f"url:{host.strip('.')}" if host else match[0])
        found.starts.append(start)
        found.ends.append(end)
    return found


class _Letters(dict[str, bool]):
    """Character -> whether it is a letter or digit, worked out once per distinct character."""

    def __missing__(self, char: str) -> bool:
        self[char] = found = unicodedata.category(char) in _LETTERLIKE
        return found


_IS_LETTER = _Letters()


def letters(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(map(_IS_LETTER.__getitem__, text))
