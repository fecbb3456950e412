"""Layout: what a stretch of text looks like, whatever it says. Its marks, its case, its length."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from framing.kernel import native

STARTS = {"*": "asterisk", "•": "bullet", "-": "dash", "–": "dash", "—": "dash", "·": "bullet", "#": "hash",
          "→": "arrow", "►": "arrow", "▶": "arrow", ">": "arrow", "👉": "arrow", "➡": "arrow", "⬇": "arrow", "»": "arrow",
          "(": "bracket", "[": "bracket", "«": "quote", '"': "quote", "„": "quote", "“": "quote"}  # fmt: skip
ENDS = {".": "stop", ":": "colon", "!": "exclamation", "?": "question", "…": "ellipsis", ")": "bracket", "]": "bracket",
        "»": "quote", '"': "quote", "”": "quote", "“": "quote", "→": "arrow", ">": "arrow", ",": "comma", ";": "comma"}  # fmt: skip
LENGTHS = (2, 4, 7, 11, 17, 26, 41)


def kind(char: str, table: dict[str, str]) -> str:
    """What a first or last character is."""
    if char in table:
        return table[char]
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "upper" if char.isupper() else "lower"
    return "emoji" if ord(char) > 0x2600 else "mark"


def bucket(n: int, edges: Sequence[int]) -> int:
    """How many of the edges are below n."""
    return bisect_left(edges, n)


def plain_case(text: str) -> str:
    """How a stretch uses capitals: none, upper, mixed, title, capital, lower."""
    letters = text if text.isalpha() else "".join(filter(str.isalpha, text))
    if len(letters) < 2 or not any(c.isupper() or c.islower() for c in letters):
        return "none"
    upper = sum(map(str.isupper, letters))
    if upper == len(letters):
        return "upper"
    words = text.split()
    if upper * 2 > len(letters):
        return "mixed"
    if len(words) > 3 and sum(w[0].isupper() for w in words) * 3 > len(words) * 2:
        return "title"
    return "capital" if letters[0].isupper() else "lower"


case: Callable[[str], str] = native.case if native else plain_case

_ANY = re.compile("[*!:«»„“”\"#|•·→►▶➡⬇👉👇>\u2600-\u27bf\U0001f300-\U0001faff\\d/@]|www\\.")  # of what follows
_HAS = (
    ("asterisk", re.compile(r"\*")), ("exclamation", re.compile("!")), ("colon", re.compile(":(?!//)")),
    ("quote", re.compile('[«»„“”"]')), ("hash", re.compile("#")), ("pipe", re.compile(r"[|•·]")),
    ("arrow", re.compile("[→►▶➡⬇👉👇]|>>")), ("emoji", re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")),
    ("digit", re.compile(r"\d")), ("slash", re.compile("/")), ("at", re.compile("@")), ("url", re.compile(r"https?:|www\.")),
)  # fmt: skip


def shape(text: str) -> list[str]:
    """How a stretch begins and ends, its case, and the marks in it."""
    found = [f"starts:{kind(text[0], STARTS)}", f"ends:{kind(text[-1], ENDS)}", f"case:{case(text)}"]
    if _ANY.search(text):
        found.extend([f"has:{name}" for name, pattern in _HAS if pattern.search(text)])
    return found


def described(text: str, language: str, count: int, extra: Sequence[str]) -> tuple[str, ...]:
    """The layout of a whole stretch: its language, its length in tokens, its shape, and what else is known of it."""
    return (f"lang:{language}", f"length:{bucket(count, LENGTHS)}", *shape(text), *extra)
