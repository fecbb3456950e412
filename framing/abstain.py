"""When the model gives no judgement: a text too short, in no known language, or far from anything trained on.

The distance is the share of an article's words that the model knows. Its bars are conformal, one a language: about `RISK` of the
articles that are like ours fall below them (Vovk, Gammerman and Shafer 2005, label-conditional). A bundle holds its own bars ("known" in
`model.json`, from `framing.training.distance`). `KNOWN` stands in for a bundle without: that quantile for the shipped one over 15,110
articles of the corpora of `datasets/real` that it was not trained on; a language with fewer than 200 of them has the lowest bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from framing.bundle import Table
from framing.cues import LANGUAGES

TOO_SHORT = 20  # letters; a text below it is no article, and its language cannot be told
FEWEST_WORDS = 40  # words below which their known share says little
MOST_WORDS = 400  # words looked up
RISK = 0.005
ELSEWHERE = ""  # the bar of a language without one of its own
KNOWN = {"en": 0.45, "de": 0.41, "ru": 0.25, "fr": 0.48, "pt": 0.38, "es": 0.42, "uk": 0.22, ELSEWHERE: 0.20}
_MAX_CACHED = 1 << 17


class Vocabulary:
    """Which words a table knows."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._seen: dict[str, bool] = {}

    def share(self, words: Iterable[str]) -> tuple[float, int]:
        """The share of known words among the first `MOST_WORDS` that begin with a letter, and how many were looked up."""
        looked = hits = 0
        for word in words:
            if word[0].isalpha():
                looked += 1
                hits += self._knows(word)
                if looked == MOST_WORDS:
                    break
        return hits / max(1, looked), looked

    def _knows(self, word: str) -> bool:
        known = self._seen.get(word)
        if known is None:
            if len(self._seen) >= _MAX_CACHED:
                self._seen.clear()
            known = self._seen[word] = self._table.row(f"w:{word}") >= 0
        return known


def by_language(language: str | None) -> Iterator[str]:
    """Why a language's texts are not judged: nobody measured how well."""
    if language is None:
        yield "language_unknown: too little text to tell, or none of the known languages"
    elif language not in LANGUAGES:
        yield f"language_unmeasured: '{language}' is none of {' '.join(LANGUAGES)}"


def by_length(letters: int) -> Iterator[str]:
    """Why a text of so many letters is not judged."""
    if letters < TOO_SHORT:
        yield f"too_short: {letters} letters, {TOO_SHORT} are needed"


def by_distance(language: str | None, share: float, words: int, bars: Mapping[str, float] = KNOWN) -> Iterator[str]:
    """Why a text of so many words, of which the model knows a share, is not judged. An unknown language has its own reason."""
    bar = bars.get(language or ELSEWHERE, bars.get(ELSEWHERE, 0.0))
    if language in LANGUAGES and words >= FEWEST_WORDS and share < bar:
        yield f"far_from_training: {100 * share:.0f} % of its words are known to the model, {100 * bar:.0f} % are needed in '{language}'"
