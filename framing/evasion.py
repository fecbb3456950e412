"""Texts disguised from machines, read as people read them: look-alike letters, letters drawn apart, invisible marks, digits for letters.

`plain` gives an undisguised copy whose offsets lead back into the original, or None for a text with nothing suspicious, after a few
scans. Only what is seldom seen in honest text is undone and counted; accents, case, quotation marks and fixed blanks are `text.fold`'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from framing.lookalikes import CYRILLIC, FOREIGN, LATIN, LEET, LEET_CYRILLIC, LETTERS, script, twins
from framing.schema import Article
from framing.text import Folded, is_ignorable

Known = Callable[[str], bool]  # whether the model knows a word
FEWEST = 2  # mixed words from which words of look-alikes alone are taken for disguised too

# --- what is suspicious, found by scans that begin with a rare character ---------------------

_SYLLABLES = "\u00ad\\w\u00ad\\w\u00ad"  # no word is hyphenated at each of its letters
_OVERLAYS = "\u0334-\u0338\u20d0-\u20f0"
_HIDDEN = "\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff"
_MAYBE_ODD = re.compile(f"[{_OVERLAYS}{_HIDDEN}{LETTERS}\u00ad\u0300-\u036f]")
_ODD = re.compile(f"[{_OVERLAYS}{_HIDDEN}{LETTERS}]|{_SYLLABLES}|[\u0300-\u036f]{{2}}")
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u052f]")
_MIXED = re.compile(r"[A-Za-z\u00c0-\u024f](?:(?=[\u0400-\u052f])|(?<=[\u0400-\u052f].))")
_FOREIGN = re.compile(f"[{FOREIGN}]")
_SEPARATORS = " .·•_*|/\u00a0\u2009\u202f-"
_APART = re.compile(rf"[{_SEPARATORS}]\w[{_SEPARATORS}]\w[{_SEPARATORS}]\w(?!\w)")
_LEET = re.compile(r"[0134678@$€](?:(?<=[^\W\d_].)[^\W\d_]|(?<![\w@/.].)[^\W\d_]{3}|(?<=[^\W\d_]{3}.)(?!\w))")


def suspicious(text: str) -> bool:
    """Whether a text has anything that `plain` might undo. Few honest texts have."""
    return _is_odd(text) or _is_mixed(text) or bool(_APART.search(text) or _LEET.search(text))


def _is_odd(text: str) -> bool:
    return not text.isascii() and bool(_MAYBE_ODD.search(text) and _ODD.search(text))


def _is_mixed(text: str) -> bool:
    return not text.isascii() and bool((_CYRILLIC_LETTER.search(text) and _MIXED.search(text)) or _FOREIGN.search(text))


# --- edits -----------------------------------------------------------------------------------


class Edit(NamedTuple):
    """Characters [start, end) give way to `new`. `kind` names what was undone, "" for what is not worth a warning."""

    start: int
    end: int
    new: str
    kind: str = ""


class Plain(NamedTuple):
    """An undisguised copy with its offsets, and how many characters of each kind were removed or replaced."""

    folded: Folded
    changed: Counter[str]


def _edited(before: Plain, edits: Iterable[Edit]) -> Plain:
    """The copy after edits, in order and without overlaps."""
    text, starts = before.folded
    pieces: list[str] = []
    offsets: list[int] = []
    changed, at = Counter(before.changed), 0
    for start, end, new, kind in edits:
        pieces += [text[at:start], new]
        offsets += starts[at:start]
        offsets += [starts[min(start + k, end - 1)] for k in range(len(new))]
        at = end
        if kind:
            changed[kind] += end - start
    if not at:
        return before
    offsets += starts[at:]
    return Plain(Folded("".join((*pieces, text[at:])), offsets), changed)


# --- character by character ------------------------------------------------------------------

_MARKS = re.compile(f"[{_HIDDEN}\u00ad\ufe00-\ufe0f]+|[\u0300-\u036f{_OVERLAYS}]+|[{LETTERS}]")


def _characters(text: str) -> Iterator[Edit]:
    """Hidden characters and overlays go; letters of other blocks become plain ones."""
    soft = bool(re.search(_SYLLABLES, text))
    for match in _MARKS.finditer(text):
        start, end = match.span()
        char = match[0]
        before, behind = text[max(0, start - 1) : start], text[end : end + 1]
        if is_ignorable(char[0]):
            inside = before.isalpha() and behind.isalpha() and (soft or char[0] != "\u00ad")
            yield Edit(start, end, "", "hidden" if inside else "")
        elif unicodedata.category(char[0])[0] == "M":
            honest = not before.isalpha() or (len(char) < 3 and len(unicodedata.normalize("NFC", before + char)) == 1)
            yield Edit(start, end, "", "" if honest else "overlaid")
        else:
            yield Edit(start, end, twins(char), "letter forms")


# --- look-alikes of other alphabets ------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"[a-z]{2}[А-ЯІЇЄ][а-яіїє]|[а-яіїє]{2}[A-Z][a-z]")  # "site.ruНовости": two words whose blank got lost


def _lookalikes(text: str) -> Iterator[Edit]:
    """Letters of a foreign alphabet in a word; words of look-alikes alone only where others were mixed."""
    main = "L" if len(_CYRILLIC_LETTER.findall(text)) * 2 < len(text) - text.count(" ") else "C"
    at = 0
    for line in text.splitlines(keepends=True):
        words = [] if not _is_mixed(line) else [(at + m.start(), m[0], _target(m[0], main)) for m in _WORD.finditer(line)]
        mixed = sum(target in ("L", "C") for _, _, target in words)
        for start, word, target in words:
            goal = main if target == "?" and mixed >= FEWEST else target
            table = LATIN if goal == "L" else CYRILLIC if goal == "C" else {}
            yield from (Edit(start + k, start + k + 1, table[c], "look-alikes") for k, c in enumerate(word) if c in table)
        at += len(line)


def _target(word: str, main: str) -> str:
    """The alphabet that a mixed word is meant in; "?" for a word of foreign look-alikes alone, "" for one to leave."""
    if word.isascii():
        return "?" if main == "C" and len(word) > 1 and all(c in CYRILLIC for c in word) else ""
    scripts = {script(c) for c in word} - {""}
    if len(scripts) == 1:
        foreign = next(iter(scripts)) != main
        table = LATIN if main == "L" else CYRILLIC
        return "?" if foreign and all(c in table for c in word) else ""
    latin, cyrillic = (all(script(c) in ("", own) or c in table for c in word) for own, table in (("L", LATIN), ("C", CYRILLIC)))
    if latin and cyrillic:
        return main
    if _GLUED.search(word):
        return ""
    return "L" if latin else "C" if cyrillic else ""


# --- letters drawn apart -----------------------------------------------------------------------

_DRAWN = re.compile(rf"(?<!\w)[^\W\d_](?:(?P<mark>[{_SEPARATORS}])[^\W\d_])(?:(?P=mark)[^\W\d_])*(?!\w)")
_LONG = 4  # letters; shorter runs are joined only beside a longer one
_RUN, _WIDEST = 18, 20  # letters: the shortest run that may be several words, the longest word looked for
_EDGE_LEFT, _EDGE_RIGHT = re.compile(r"(?:^\s?|\s\s|[^\w\s]\s?)$"), re.compile(r"\s\s|\s?$|\s?[^\w\s]")
_GAP = re.compile(r"[ \u00a0]{2,}")


def _apart(text: str, known: Known) -> Iterator[Edit]:
    """Joins letters that stand apart by the same mark, line by line."""
    at = 0
    for line in text.splitlines(keepends=True) if _APART.search(text) else ():
        runs = [m for m in _DRAWN.finditer(line) if not _acronym(m[0])]
        marks = {m["mark"] for m in runs if len(m[0]) > 2 * (_LONG - 1)}
        lost = not _GAP.search(line.strip())  # no wide gap anywhere: where words end has to be guessed
        edits = [e for m in runs if m["mark"] in marks and _whole(m) for e in _joined(m, known if lost else None)]
        if " " in marks or "\u00a0" in marks:
            edits += [Edit(m.start() + 1, m.end(), "") for m in _GAP.finditer(line)]
        yield from sorted(Edit(at + start, at + end, new, kind) for start, end, new, kind in edits)
        at += len(line)


def _acronym(run: str) -> bool:
    """U.S.S.R., C.E.O.s; and a list such as A/B/C."""
    return run[:-2].isupper() and " " not in run and len(run) <= 11


def _whole(match: re.Match[str]) -> bool:
    """Whether a run is a word: a long one; a short one without a stop behind it and, of spaced letters, between wide gaps."""
    if len(match[0]) > 2 * (_LONG - 1):
        return True
    line, (start, end) = match.string, match.span()
    if match["mark"].isspace():
        return bool(_EDGE_LEFT.search(line[max(0, start - 2) : start])) and bool(_EDGE_RIGHT.match(line, end))
    return line[end : end + 1] != match["mark"]


def _joined(match: re.Match[str], known: Known | None) -> Iterator[Edit]:
    """A run without its marks; the words in it are told apart by `known`, where nothing else parts them."""
    letters = match[0][::2]
    kept = _cuts(letters, known) if known and match["mark"].isspace() else set()
    for number, at in enumerate(range(match.start() + 1, match.end(), 2), 1):
        if number not in kept:
            yield Edit(at, at + 1, "", "letters apart")


def _cuts(letters: str, known: Known) -> set[int]:
    """Where words end in a run of letters whose words stand no wider apart than they: the fewest words that the model knows."""
    if len(letters) < _RUN or known(letters):
        return set()
    best = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        options = ((best[start][0] + _cost(letters[start:end], known), start) for start in range(max(0, end - _WIDEST), end))
        best.append(min(options))
    cuts, at = set(), len(letters)
    while at:
        at = best[at][1]
        cuts.add(at)
    return cuts


def _cost(word: str, known: Known) -> float:
    if known(word):
        return 1.0 if len(word) > 1 else 1.5
    return 2.0 + len(word)


# --- digits and signs for letters ---------------------------------------------------------------

_SPELT = re.compile(r"(?<![\w@/.#&=])[\w@$€]{4,30}(?![\w@/=]|\.\w)")
_BACK = re.compile(r"[\w@$€]*")
_SIGN = re.compile(r"[\d@$€]")
_FLANKED = re.compile(r"(?<=[^\W\d_A-ZА-Я])(?:[13467@$€]|0{1,2})(?=[^\W\d_A-ZА-Я])")


def _leet(text: str, known: Known) -> Iterator[Edit]:
    """Digits in a word become letters where one stands between small letters, or where the model knows the word that they make."""
    end = 0
    for hit in _LEET.finditer(text):
        match = _SPELT.match(text, _start(text, hit.start())) if hit.start() >= end else None
        if match is None:
            continue
        word, end = match[0], match.end()
        signs = len(_SIGN.findall(word))
        if not signs or signs > len(word) // 2 or not any(c.islower() for c in word):
            continue
        table = LEET_CYRILLIC if _CYRILLIC_LETTER.search(word) else LEET
        found = next((new for new in _spellings(word, table) if known(new)), None)
        if found is None and len(word) > 4 and word[0].isalpha() and _FLANKED.search(word):
            found = next(_spellings(word, table), None)
        if found and not known(word):
            yield from (
                Edit(match.start() + k, match.start() + k + 1, new, "digits for letters") for k, new in enumerate(found) if new != word[k]
            )


def _start(text: str, at: int) -> int:
    """Where the word around an offset starts, as far as a word that is looked at can reach."""
    found = _BACK.match(text[max(0, at - 30) : at][::-1])
    return at - (found.end() if found else 0)


def _spellings(word: str, table: dict[str, str]) -> Iterator[str]:
    """The word with letters for its signs; "1" is read as i, then as l."""
    for one in table["1"]:
        new = "".join(one if c == "1" else table.get(c, c) for c in word)
        if not _SIGN.search(new):
            yield new


# --- articles --------------------------------------------------------------------------------------


def plain(text: str, known: Known) -> Plain | None:
    """The undisguised copy of a text; None where it is the text itself."""
    if not suspicious(text):
        return None
    found = Plain(Folded(text, range(len(text) + 1)), Counter())
    if _is_odd(text):
        found = _edited(found, _characters(text))
    if _is_mixed(found.folded.text):
        found = _edited(found, _lookalikes(found.folded.text))
    found = _edited(found, _apart(found.folded.text, known))
    found = _edited(found, _leet(found.folded.text, known))
    return found if found.folded.text != text else None


@dataclass(frozen=True, slots=True)
class Undisguised:
    """An article as people read it, with the way back to the article as given."""

    article: Article
    fields: dict[str, Plain]

    def original(self, field: str, start: int, end: int) -> tuple[int, int]:
        """The span of the article as given."""
        return self.fields[field].folded.original(start, end) if field in self.fields and end > start else (start, end)

    @property
    def warnings(self) -> list[str]:
        """How many characters were removed or replaced, by kind."""
        changed = sum((p.changed for p in self.fields.values()), Counter[str]())
        if not changed:
            return []
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(changed.items()))
        return [f"obfuscated_text: {changed.total()} characters removed or replaced ({kinds})"]


def undisguised(article: Article, known: Known) -> Undisguised | None:
    """The article as people read it; None for one that hides nothing."""
    found = {name: plain(article.field(name), known) for name in ("text", "title")}
    fields = {name: each for name, each in found.items() if each is not None}
    if not fields:
        return None
    return Undisguised(replace(article, **{name: each.folded.text for name, each in fields.items()}, main=()), fields)
