"""What is known of words beforehand: abbreviations, and classes such as "verb of saying" in each language.

A class lets a head learn once, over all languages, what it would otherwise learn word by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from framing.text import fold

NONE = ""  # the class of a word that stands on no list
_MAX_PREFIX = 24
_REMEMBERED = 1 << 14  # tokens


class Classes(dict[str, tuple[str, bool]]):
    """The word classes of one language: whole words, and prefixes written with a `*`.

    As a mapping: a token to its class (`number` where it begins with a digit), and whether a capital behind it is a name's.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        super().__init__()
        self._words: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        for name, entries in lists.items():
            for entry in fold("\n".join(entries)).text.split("\n"):  # at one go: there are thousands
                known = self._prefixes if entry.endswith("*") else self._words
                known.setdefault(entry.rstrip("*"), name)
        self._words.pop("", None)
        self._lengths: dict[str, list[int]] = {p[:1]: [] for p in self._prefixes}  # first character -> lengths of prefixes, long ones first
        for first, length in sorted({(p[:1], len(p)) for p in self._prefixes if len(p) <= _MAX_PREFIX}, reverse=True):
            self._lengths[first].append(length)

    def __missing__(self, word: str) -> tuple[str, bool]:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = found = "number" if word[0] == "0" else self.of(word), word[-1].isalnum() or word == ","
        return found

    def of(self, word: str) -> str:
        """The class of a folded word, the longest prefix winning, or `NONE`."""
        return self._words.get(word) or self._by_prefix(word)

    def _by_prefix(self, word: str) -> str:
        matches = (self._prefixes.get(word[:n]) for n in self._lengths.get(word[:1], ()) if n <= len(word))
        return next((name for name in matches if name), NONE)


@dataclass(frozen=True)
class Lexicon:
    """abbreviations: casefolded, without the last full stop; lists: language -> class -> entries."""

    abbreviations: frozenset[str] = frozenset()
    lists: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    _classes: dict[str, Classes] = field(default_factory=dict, repr=False, compare=False)

    def classes(self, language: str) -> Classes:
        """The word classes of a language; none of an unknown one."""
        if language not in self._classes:
            self._classes[language] = Classes(self.lists.get(language, {}))
        return self._classes[language]
