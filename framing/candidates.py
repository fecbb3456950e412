"""Candidates: the stretches of an article that the heads judge, one kind per unit.

`sentence`  sentences (without their brackets), the brackets, unpunctuated lines
`title`     the headline
`word`      single words, for names and euphemisms
`quote`     quoted phrases and "so-called X"
`trigger`   the words of a sentence whose class tells of one of its cues, such as verbs of saying
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from framing.cues import TRIGGERS
from framing.headline import headline
from framing.layout import ENDS, LENGTHS, STARTS, bucket, case, described, kind
from framing.lexicon import Lexicon
from framing.schema import Article
from framing.segment import Stretch, brackets, quotes, sentences
from framing.text import fold
from framing.view import Candidate, Layout, Run, View, Words, near, view

MAX_QUOTED_WORDS = 12  # a longer quotation is speech, not distance
MIN_WORD = 3
LONG_HEAD = 140  # characters; a longer first line holds more than the headline
SHORT_LINE = 90  # characters; a page with many such lines is a list of links
TRIGGER_CLASSES = frozenset(kind for kinds in TRIGGERS.values() for kind in kinds)
CONTEXT = 10  # tokens of the neighbouring sentences that a head may see


def candidates(article: Article, language: str, lexicon: Lexicon) -> dict[str, Sequence[Candidate]]:
    """All candidates of an article by unit, in reading order, title first."""
    body = view(article, "text", language, lexicon)
    copy = _title_copy(article.title, body)
    views = [body] if copy or not article.title else [view(article, "title", language, lexicon), body]
    head = copy or _head(views[0], lexicon)
    judged: list[Candidate] = []
    quoted: list[Candidate] = []
    words: list[Run] = []
    for each in views:
        split = [sentences(each.text, line, lexicon.abbreviations) for line in each.lines]
        new = _sentence_candidates(each, split)
        owners = _owners(each, new, len(judged))
        judged.extend(new)
        marked = [q for line in each.lines for q in quotes(each.text, line)]
        quoted.extend(replace(q, sentence=owners[q.inner[0]]) for q in _quote_candidates(each, marked))
        words.append(_words(each, marked, head if each is views[0] else None, owners))
    title = [headline(views[0], head, judged)] if views[0].inside(*head) else []
    return {"sentence": judged, "title": title, "word": Words(words), "quote": quoted, "trigger": Words([*map(_triggers, words)])}


def _owners(view: View, judged: Sequence[Candidate], first: int) -> list[int]:
    """For each token, the number of the sentence candidate that holds it, counted from `first`; -1 for none."""
    owners = [-1] * len(view.tokens.texts)
    for number, candidate in enumerate(judged, first):
        for index in candidate.inner:
            owners[index] = number
    return owners


def _title_copy(title: str | None, body: View) -> Stretch | None:
    """Where the title stands again in the body: its first copy is the headline."""
    wanted = (title or "").strip()
    if not wanted:
        return None
    start = body.text.find(wanted)
    if start >= 0:
        return Stretch(start, start + len(wanted))
    folded = fold(wanted).text
    for line in body.lines[:5]:
        if fold(body.text[line.start : line.end]).text == folded:
            return line
    return None


def _head(first: View, lexicon: Lexicon) -> Stretch:
    """The first line; of a long one, its first sentence."""
    line = first.lines[0] if first.lines else Stretch(0, 0)
    if line.end - line.start <= LONG_HEAD:
        return line
    return sentences(first.text, line, lexicon.abbreviations)[0]


# --- sentences, brackets, lines -------------------------------------------------


def _sentence_candidates(view: View, split: list[list[Stretch]]) -> list[Candidate]:
    flat = [(number, s, len(inside) == 1) for number, inside in enumerate(split) for s in inside]
    spans = [view.inside(s.start, s.end) for _, s, _ in flat]
    found: list[Candidate] = []
    page = _page(view)
    for k, (number, sentence, solo) in enumerate(flat):
        left = spans[k - 1][::-1][:CONTEXT] if k else ()
        right = spans[k + 1][:CONTEXT] if k + 1 < len(spans) else ()
        place = _place(view, page, number, solo)
        nested = [b for b in brackets(view.text, sentence) if b.end - b.start < sentence.end - sentence.start - 2]
        inner = _outside(view, spans[k], nested) if nested else spans[k]
        if inner:
            extra = ["has:bracket"] if nested else []
            layout = described(view.text[sentence.start : sentence.end], view.language, len(inner), place + extra)
            found.append(Candidate("sentence", view, *sentence, inner, left, right, layout))
        found.extend(_bracket_candidate(view, b, spans[k], place) for b in nested if view.inside(*b))
    return found


def _outside(view: View, span: range, nested: list[Stretch]) -> list[int]:
    """The tokens of the span that are in none of the brackets, which follow one another."""
    found: list[int] = []
    start = span.start
    for bracket in nested:
        hole = view.inside(bracket.start, bracket.end)
        found.extend(range(start, min(hole.start, span.stop)))
        start = max(start, hole.stop)
    found.extend(range(start, span.stop))
    return found


def _bracket_candidate(view: View, bracket: Stretch, sentence: range, place: list[str]) -> Candidate:
    inner = view.inside(*bracket)
    left = range(inner.start - 1, sentence.start - 1, -1)[:CONTEXT]
    right = range(inner.stop, sentence.stop)[:CONTEXT]
    layout = described(view.text[bracket.start : bracket.end], view.language, len(inner), [*place, "in:brackets"])
    return Candidate("sentence", view, *bracket, inner, left, right, layout)


def _page(view: View) -> str:
    """How much of the field is short lines: an article's body or a page of links."""
    short = sum(end - start < SHORT_LINE for start, end in view.lines)
    total = max(1, len(view.lines))
    return f"short-lines:{bucket(short * 10 // total, (1, 3, 5, 7))}-{bucket(total, (3, 10, 30))}"


def _place(view: View, page: str, number: int, solo: bool) -> list[str]:
    """Where a line stands in its field, counted from both ends."""
    total = len(view.lines)
    found = [
        page,
        f"from-start:{min(number, 3)}",
        f"from-end:{bucket(total - 1 - number, (0, 1, 2, 4, 8, 16))}",
        "line:alone" if solo else "line:shared",
        f"field:{view.field}",
    ]
    for name, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < total:
            start, end = view.lines[other]
            size = "short" if end - start < SHORT_LINE else "long"
            found.append(f"{name}:{size}-{kind(view.text[end - 1], ENDS)}")
    return found


# --- quoted phrases ---------------------------------------------------------------

_DISTANCE = (
    r"\b(?:so[ -]called|self[ -](?:styled|proclaimed)|soi[ -]disant\w*|pretendu\w*|autoproclam\w*|autodenomin\w*"
    r"|sogenannt\w*|so genannt\w*|vermeintlich\w*|selbsternannt\w*|supuest\w*|presunt\w*|mal llamad\w*|cosiddett\w*|sedicent\w*"
    r"|tak zwan\w*|tzw\.?|rzekom\w*|samozwancz\w*|assim chamad\w*|dit[oa]s? cuj\w*|suposto\w*|suposta\w*|pretens[oa]s?"
    r"|так называ\w*|т\. ?н\.|мним\w*|так зван\w*|т\. ?зв\.|така?\w* наречен\w*|т\. ?нар\.|самопровозглашен\w*|самопроголошен\w*)"
    r"(?= )|\b(?:pseudo|псевдо)[\w-]{3,30}"
)
# One of them stands wherever `_DISTANCE` matches. Most articles have none and never compile it.
_STEMS = (
    "called", "styled", "proclaimed", "disant", "pretendu", "autoproclam", "autodenomin", "genannt", "vermeintlich", "selbsternannt",
    "supuest", "presunt", "llamad", "cosiddett", "sedicent", "zwan", "tzw", "rzekom", "samozwancz", "chamad", "cuj", "supost", "pretens",
    "называ", "т.н", "т. н", "т.з", "т. з", "мним", "зван", "наречен", "самопровозглашен", "самопроголошен", "pseudo", "псевдо",
)  # fmt: skip


@lru_cache(maxsize=1)
def _distance() -> re.Pattern[str]:
    return re.compile(_DISTANCE)


def _distancing(text: str) -> Iterator[re.Match[str]]:
    return _distance().finditer(text) if any(stem in text for stem in _STEMS) else iter(())


def _quote_candidates(view: View, marked: list[Stretch]) -> Iterator[Candidate]:
    starts = [q.start for q in marked]
    taken: set[int] = set()
    for match in _distancing(view.folded.text):
        start, end = view.folded.original(*match.span())
        nearest = bisect_left(starts, end)
        behind = marked[nearest] if nearest < len(marked) and starts[nearest] - end <= 2 else None
        stretch = Stretch(start, behind.end if behind else _next_word(view, end))
        taken.add(behind.start if behind else -1)
        yield _quoted(view, stretch, "mark:word")
    for quote in marked:
        inner = len(view.inside(*quote)) - 2
        if 0 < inner <= MAX_QUOTED_WORDS and quote.start not in taken:
            yield _quoted(view, quote, f"mark:{view.text[quote.start]}")


def _next_word(view: View, end: int) -> int:
    """The end of the word behind a distancing word, `end` itself after `pseudo-X`."""
    if end >= len(view.text) or not view.text[end].isspace():
        return end
    following = view.inside(end, end + 40)
    return view.tokens.ends[following[0]] if following else end


def _quoted(view: View, stretch: Stretch, mark: str) -> Candidate:
    inner = view.inside(*stretch)
    words = view.text[stretch.start + 1 : stretch.end - 1].strip() or " "
    extra = (mark, f"first:{kind(words[0], STARTS)}", f"last:{kind(words[-1], ENDS)}", f"field:{view.field}")
    layout = (*_looks(view, len(inner), case(view.text[stretch.start : stretch.end])), *extra)
    return Candidate("quote", view, *stretch, inner, *near(view, inner.start, inner.stop), layout)


def _looks(view: View, length: int, capitals: str) -> Layout:
    return (f"lang:{view.language}", f"length:{bucket(length, LENGTHS)}", f"case:{capitals}")


# --- words ------------------------------------------------------------------------


def _words(view: View, marked: list[Stretch], head: Stretch | None, owners: Sequence[int]) -> Run:
    (texts, starts, ends), text = view.tokens, view.text
    indices = [i for i, word in enumerate(texts) if len(word) >= MIN_WORD and word.isalpha()]
    quoted = {i for q in marked for i in view.inside(*q)}
    headline = view.inside(*head) if head else ()
    known = _WordLayouts(view)
    layouts = [known[case(text[starts[i] : ends[i]]), i in quoted, i in headline] for i in indices]
    return Run(view, indices, layouts, [owners[i] for i in indices])


def _triggers(run: Run) -> Run:
    classes = run.view.classes
    kept = [k for k, index in enumerate(run.indices) if classes[index] in TRIGGER_CLASSES and run.sentences[k] >= 0]
    return Run(run.view, [run.indices[k] for k in kept], [run.layouts[k] for k in kept], [run.sentences[k] for k in kept])


class _WordLayouts(dict[tuple[str, bool, bool], Layout]):
    """Case, whether in quotes, whether in the headline -> the layout, made once."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def __missing__(self, traits: tuple[str, bool, bool]) -> Layout:
        capitals, quoted, headline = traits
        extra = [name for name, holds in (("in:quotes", quoted), ("in:headline", headline)) if holds]
        self[traits] = found = (*_looks(self._view, 1, capitals), *extra)
        return found
