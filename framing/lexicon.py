"""What is known of words beforehand: abbreviations, and classes such as "verb of saying" in each language.

A class lets a head learn once, over all languages, what it would otherwise learn word by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from framing.text import fold

NONE = ""  # the class of a word that stands on no list
_MAX_PREFIX = 24


class Classes:
    """The word classes of one language: whole words, and prefixes written with a `*`."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._words: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        for name, entries in lists.items():
            for entry in entries:
                known = self._prefixes if entry.endswith("*") else self._words
                known.setdefault(fold(entry.rstrip("*")).text, name)
        self._lengths = sorted({len(p) for p in self._prefixes if len(p) <= _MAX_PREFIX}, reverse=True)
        self._seen: dict[str, str] = {}

    def of(self, word: str) -> str:
        """The class of a folded word, the longest prefix winning, or `NONE`."""
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) > 1 << 16:
                self._seen.clear()
            found = self._seen[word] = self._words.get(word) or self._by_prefix(word)
        return found

    def _by_prefix(self, word: str) -> str:
        matches = (self._prefixes.get(word[:n]) for n in self._lengths if n <= len(word))
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
