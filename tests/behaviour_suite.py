"""The behavioural suite: what any reader would agree on, per cue and language, as data in `behaviour/<lang>.json`.

Minimum functionality: `has`, the article carries the cue, at `span`; `has_not`, it looks like it and does not.
Directional: `pair`, `text` carries the cue, `without` is the same article with the cue taken out, quoted or reported: its score must
be lower; `added`, neutral lines score higher once the span of a `has` case stands in them; `reported`, a span in somebody's mouth scores lower.
Invariance: `CHANGES`, each of which must leave a cue found or not found as it was.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import framing
from framing.cues import FURNITURE, LANGUAGES
from framing.schema import Article

FOLDER = Path(__file__).parent / "behaviour"
FOUND = 0.5
Tally = dict[tuple[str, str, str], tuple[int, int]]  # (language, cue, kind) -> passed, of how many


@dataclass(frozen=True)
class Case:
    """One case, as it stands in the file."""

    id: str
    lang: str
    cue: str
    kind: str
    text: str
    title: str | None = None
    span: str = ""
    without: str = ""


def cases(language: str) -> list[Case]:
    """The cases of one language."""
    return [Case(**row) for row in json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))]


def everything() -> Iterator[Case]:
    """The cases of all languages."""
    return (case for language in LANGUAGES for case in cases(language))


@cache
def neutral() -> dict[str, dict[str, Any]]:
    """By language: `lines` without any cue, `names`, and how to report what somebody said."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "neutral.json").read_text(encoding="utf-8"))
    return found


def probability(model: framing.Model, case: Case, text: str) -> float:
    """The cue's score in a text in the case's place."""
    return model.score_one(Article(case.id, text, case.title, language=case.lang)).cues[case.cue]


# --- minimum functionality and direction --------------------------------------------


def passes(model: framing.Model, case: Case) -> bool:
    """Whether the model does what the case asks."""
    score = probability(model, case, case.text)
    if case.kind == "pair":
        return score > probability(model, case, case.without)
    return (score >= FOUND) == (case.kind == "has")


def rates(model: framing.Model) -> Tally:
    """The written cases."""
    return tally((case, case.kind, passes(model, case)) for case in everything())


def directions(model: framing.Model) -> Tally:
    """`added` and `reported`, made from the `has` cases ; a headline's claim in the body is none."""
    wanted = (case for case in everything() if case.kind == "has" and case.cue != "quote_headline" and case.span in case.text)
    return tally(judged for case in wanted for judged in _directed(model, case))


def _directed(model: framing.Model, case: Case) -> Iterator[tuple[Case, str, bool]]:
    about = neutral()[case.lang]
    bare = replace(case, title=about["lines"][0])
    without = probability(model, bare, "\n".join(about["lines"][1:]))
    alone = probability(model, bare, "\n".join([*about["lines"][1:], case.span]))
    yield case, "added", alone > without
    if case.cue in FURNITURE and "\n" not in case.span and case.span[0] not in "(*[":
        said = about["reported"].format(case.span.rstrip("."))
        yield case, "reported", probability(model, bare, "\n".join([*about["lines"][1:], said])) < alone


# --- invariance -----------------------------------------------------------------------

_NAME = re.compile(r"(?<=[\w,] )[^\W\d_]{2,} [^\W\d_]{2,}")
_CURLY = {"'": "’", " - ": " – ", " :": "\u00a0:", " ?": "\u202f?", "...": "…", "« ": "«\u00a0", " »": "\u00a0»"}


def names(case: Case) -> str:
    """Other people: two capitalised words in a row become another name, outside of the span."""
    spare = cycle(neutral()[case.lang]["names"])
    return _outside(case, lambda text: _NAME.sub(lambda m: next(spare) if m[0].istitle() else m[0], text))


def numbers(case: Case) -> str:
    """Other figures of the same length."""
    return re.sub(r"\d", lambda m: str((int(m[0]) * 3 + 1) % 10), case.text)


def typography(case: Case) -> str:
    """A typesetter's apostrophes, dashes and blanks, none of which parts a one-letter word from the next."""
    text = re.sub(r"(?<=\b\w) (?=\w)", "\u00a0", case.text)
    for plain, set_ in _CURLY.items():
        text = text.replace(plain, set_)
    return text


def before(case: Case) -> str:
    """Neutral lines before the last line: the cue stands further down."""
    lines = case.text.split("\n")
    at = max(1 if case.title is None else 0, len(lines) - 1)
    return "\n".join([*lines[:at], *neutral()[case.lang]["lines"], *lines[at:]])


def behind(case: Case) -> str:
    """Neutral lines behind everything."""
    return "\n".join([case.text, *neutral()[case.lang]["lines"]])


def longer(case: Case, words: int = 2000) -> str:
    """Neutral paragraphs of so many words in front of the last line."""
    lines = case.text.split("\n")
    at = max(1 if case.title is None else 0, len(lines) - 1)
    paragraph = " ".join(neutral()[case.lang]["lines"])
    filler = islice(cycle([paragraph]), words // len(paragraph.split()))
    return "\n".join([*lines[:at], *filler, *lines[at:]])


def _outside(case: Case, change: Callable[[str], str]) -> str:
    if not case.span or case.span not in case.text:
        return change(case.text) if case.kind != "has" else case.text
    left, right = case.text.split(case.span, 1)
    return change(left) + case.span + change(right)


CHANGES: dict[str, Callable[[Case], str]] = {
    "names": names, "numbers": numbers, "typography": typography, "position": before, "neighbours": behind, "length": longer,
}  # fmt: skip


def invariances(model: framing.Model) -> Tally:
    """(language, cue, change) -> of the cases that the change alters: found or not found as before."""
    return tally(judged for case in everything() if case.kind != "pair" for judged in _changed(model, case))


def _changed(model: framing.Model, case: Case) -> Iterator[tuple[Case, str, bool]]:
    was = probability(model, case, case.text) >= FOUND
    for name, change in CHANGES.items():
        text = change(case)
        if text != case.text and (name != "length" or case.id.endswith(("1", "6"))):
            yield case, name, (probability(model, case, text) >= FOUND) == was


# --- counting -------------------------------------------------------------------------


def tally(judged: Iterable[tuple[Case, str, bool]]) -> Tally:
    """Passed and judged, by language, cue and kind."""
    found: Tally = defaultdict(lambda: (0, 0))
    for case, kind, passed in judged:
        key = (case.lang, case.cue, kind)
        found[key] = (found[key][0] + passed, found[key][1] + 1)
    return dict(found)


def share(found: Tally, kind: str, cue: str = "", language: str = "") -> float:
    """The pass rate of a kind, of one cue or language; nan where nothing was judged."""
    chosen = [v for (lang, c, k), v in found.items() if k == kind and c == (cue or c) and lang == (language or lang)]
    total = sum(n for _, n in chosen)
    return sum(p for p, _ in chosen) / total if total else float("nan")
