"""Candidates: the stretches of an article that the heads judge, one kind per unit.

`sentence`  sentences (without their brackets), the brackets, unpunctuated lines
`title`     the headline
`word`      single words, for names and euphemisms
`quote`     quoted phrases and "so-called X"
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from framing.evidence import Place
from framing.lexicon import NONE, Classes, Lexicon
from framing.schema import Article
from framing.segment import Stretch, brackets, lines, quotes, sentences
from framing.text import Folded, Token, fold, tokens

MAX_QUOTED_WORDS = 12  # a longer quotation is speech, not distance
MIN_WORD = 3
LONG_HEAD = 140  # characters; a longer first line holds more than the headline
SHORT_LINE = 90  # characters; a page with many such lines is a list of links
CONTEXT = 10  # tokens of the neighbouring sentences that a head may see


@dataclass(frozen=True, slots=True)
class View:
    """One field of an article, segmented once for all units."""

    field: str
    text: str
    folded: Folded
    tokens: list[Token]
    starts: list[int]  # of the tokens
    lines: list[Stretch]
    language: str
    classes: list[str]  # of the tokens: a word class, `name`, `number` or ""

    def inside(self, start: int, end: int) -> range:
        """Indices of the tokens that start within [start, end)."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch to be judged. `inner` are its tokens' indices; `left`, `right` those of its context, near to far."""

    unit: str
    view: View = field(repr=False)
    start: int
    end: int
    inner: Sequence[int]
    left: Sequence[int] = ()
    right: Sequence[int] = ()
    layout: tuple[str, ...] = ()
    sentence: int = -1  # of a word or quotation: which of the article's sentence candidates it stands in

    @property
    def place(self) -> Place:
        """Where it stands, for the assembly of evidence."""
        return Place(self.view.field, self.start, self.end, self.inner[0] if self.inner else -1)


def view(article: Article, name: str, language: str, lexicon: Lexicon) -> View:
    """Segment one field of an article."""
    text = article.field(name)
    folded = fold(text)
    found = tokens(folded)
    starts = [t.start for t in found]
    return View(name, text, folded, found, starts, lines(text), language, _classes(text, found, lexicon.classes(language)))


def _classes(text: str, found: list[Token], known: Classes) -> list[str]:
    classes, inside = [], False
    for word, start, _ in found:
        kind = known.of(word)
        if kind == NONE and inside and text[start].isupper():
            kind = "name"
        classes.append("number" if word[0] == "0" else kind)
        inside = word[-1].isalnum() or word == ","
    return classes


def candidates(article: Article, language: str, lexicon: Lexicon) -> dict[str, list[Candidate]]:
    """All candidates of an article by unit, in reading order, title first."""
    body = view(article, "text", language, lexicon)
    copy = _title_copy(article.title, body)
    views = [body] if copy or not article.title else [view(article, "title", language, lexicon), body]
    found: dict[str, list[Candidate]] = {"sentence": [], "title": [], "word": [], "quote": []}
    head = copy or _head(views[0], lexicon)
    if head.end > head.start:
        found["title"].append(_headline(views[0], head))
    for each in views:
        split = [sentences(each.text, line, lexicon.abbreviations) for line in each.lines]
        judged = _sentence_candidates(each, split)
        owners = _owners(each, judged, len(found["sentence"]))
        found["sentence"].extend(judged)
        found["quote"].extend(replace(q, sentence=owners[q.inner[0]]) for q in _quote_candidates(each))
        found["word"].extend(_word_candidates(each, head if each is views[0] else None, owners))
    return found


def _owners(view: View, judged: Sequence[Candidate], first: int) -> list[int]:
    """For each token, the number of the sentence candidate that holds it, counted from `first`; -1 for none."""
    owners = [-1] * len(view.tokens)
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


# --- layout -----------------------------------------------------------------

_STARTS = {"*": "asterisk", "•": "bullet", "-": "dash", "–": "dash", "—": "dash", "·": "bullet", "#": "hash",
           "→": "arrow", "►": "arrow", "▶": "arrow", ">": "arrow", "👉": "arrow", "➡": "arrow", "⬇": "arrow", "»": "arrow",
           "(": "bracket", "[": "bracket", "«": "quote", '"': "quote", "„": "quote", "“": "quote"}  # fmt: skip
_ENDS = {".": "stop", ":": "colon", "!": "exclamation", "?": "question", "…": "ellipsis", ")": "bracket", "]": "bracket",
         "»": "quote", '"': "quote", "”": "quote", "“": "quote", "→": "arrow", ">": "arrow", ",": "comma", ";": "comma"}  # fmt: skip
_LENGTHS = (2, 4, 7, 11, 17, 26, 41)


def _kind(char: str, table: dict[str, str]) -> str:
    if char in table:
        return table[char]
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "upper" if char.isupper() else "lower"
    return "emoji" if ord(char) > 0x2600 else "mark"


def _bucket(n: int, edges: Sequence[int]) -> int:
    return bisect_left(edges, n)


def _case(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2 or not any(c.isupper() or c.islower() for c in letters):
        return "none"
    upper = sum(c.isupper() for c in letters)
    if upper == len(letters):
        return "upper"
    words = text.split()
    if upper * 2 > len(letters):
        return "mixed"
    if len(words) > 3 and sum(w[0].isupper() for w in words) * 3 > len(words) * 2:
        return "title"
    return "capital" if letters[0].isupper() else "lower"


_HAS = (
    ("asterisk", re.compile(r"\*")), ("exclamation", re.compile("!")), ("colon", re.compile(":(?!//)")),
    ("quote", re.compile('[«»„“”"]')), ("hash", re.compile("#")), ("pipe", re.compile(r"[|•·]")),
    ("arrow", re.compile("[→►▶➡⬇👉👇]|>>")), ("emoji", re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")),
    ("digit", re.compile(r"\d")), ("slash", re.compile("/")), ("at", re.compile("@")), ("url", re.compile(r"https?:|www\.")),
)  # fmt: skip


def _shape(text: str) -> list[str]:
    found = [f"starts:{_kind(text[0], _STARTS)}", f"ends:{_kind(text[-1], _ENDS)}", f"case:{_case(text)}"]
    found.extend(f"has:{name}" for name, pattern in _HAS if pattern.search(text))
    return found


# --- sentences, brackets, lines -------------------------------------------------


def _sentence_candidates(view: View, split: list[list[Stretch]]) -> list[Candidate]:
    flat = [(number, s, len(inside) == 1) for number, inside in enumerate(split) for s in inside]
    spans = [view.inside(s.start, s.end) for _, s, _ in flat]
    found: list[Candidate] = []
    page = _page(view)
    for k, (number, sentence, solo) in enumerate(flat):
        left = list(reversed(spans[k - 1]))[:CONTEXT] if k else []
        right = list(spans[k + 1])[:CONTEXT] if k + 1 < len(spans) else []
        place = _place(view, page, number, solo)
        nested = [b for b in brackets(view.text, sentence) if b.end - b.start < sentence.end - sentence.start - 2]
        inner = _outside(view, spans[k], nested)
        if inner:
            extra = ["has:bracket"] if nested else []
            layout = _layout(view, sentence, inner, place + extra)
            found.append(Candidate("sentence", view, *sentence, inner, left, right, layout))
        found.extend(_bracket_candidate(view, b, spans[k], place) for b in nested)
    return found


def _outside(view: View, span: range, nested: list[Stretch]) -> list[int]:
    holes = [view.inside(b.start, b.end) for b in nested]
    return [i for i in span if not any(i in hole for hole in holes)]


def _bracket_candidate(view: View, bracket: Stretch, sentence: range, place: list[str]) -> Candidate:
    inner = view.inside(*bracket)
    left = list(range(inner.start - 1, sentence.start - 1, -1))[:CONTEXT]
    right = list(range(inner.stop, sentence.stop))[:CONTEXT]
    layout = _layout(view, bracket, inner, [*place, "in:brackets"])
    return Candidate("sentence", view, *bracket, inner, left, right, layout)


def _page(view: View) -> str:
    """How much of the field is short lines: an article's body or a page of links."""
    short = sum(end - start < SHORT_LINE for start, end in view.lines)
    total = max(1, len(view.lines))
    return f"short-lines:{_bucket(short * 10 // total, (1, 3, 5, 7))}-{_bucket(total, (3, 10, 30))}"


def _place(view: View, page: str, number: int, solo: bool) -> list[str]:
    """Where a line stands in its field, counted from both ends."""
    total = len(view.lines)
    found = [
        page,
        f"from-start:{min(number, 3)}",
        f"from-end:{_bucket(total - 1 - number, (0, 1, 2, 4, 8, 16))}",
        "line:alone" if solo else "line:shared",
        f"field:{view.field}",
    ]
    for name, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < total:
            start, end = view.lines[other]
            size = "short" if end - start < SHORT_LINE else "long"
            found.append(f"{name}:{size}-{_kind(view.text[end - 1], _ENDS)}")
    return found


def _layout(view: View, stretch: Stretch, inner: Sequence[int], extra: list[str]) -> tuple[str, ...]:
    text = view.text[stretch.start : stretch.end]
    length = f"length:{_bucket(len(inner), _LENGTHS)}"
    return (f"lang:{view.language}", length, *_shape(text), *extra)


# --- headline -------------------------------------------------------------------

_PARTS = re.compile(r":(?!//)| [-–—] |\|")


def _headline(view: View, head: Stretch) -> Candidate:
    inner = view.inside(head.start, head.end)
    text = view.text[head.start : head.end]
    extra = [f"field:{view.field}"]
    parts = [part.strip() for part in _PARTS.split(text)]
    if len(parts) > 1:
        mark = ":" if ":" in text else "-"
        extra.append(f"parts:{mark}{min(len(parts), 4)}")
        extra.append(f"first-part:{mark}{_bucket(len(parts[0].split()), (1, 2, 3, 5, 8))}-{_titled(parts[0])}")
        extra.append(f"last-part:{mark}{_bucket(len(parts[-1].split()), (1, 2, 3, 5, 8))}-{_titled(parts[-1])}")
        extra.append(f"second-starts:{_kind(parts[1][:1] or ' ', _STARTS)}")
    quoted = quotes(view.text, head)
    if quoted:
        share = sum(q.end - q.start for q in quoted) / len(text)
        extra.append(f"quoted:{_bucket(int(share * 10), (1, 3, 5, 8))}-{len(quoted)}")
    return Candidate("title", view, *head, inner, layout=_layout(view, head, inner, extra))


def _titled(part: str) -> str:
    words = [w for w in part.split() if w[:1].isalpha()]
    return "names" if words and all(w[0].isupper() for w in words) else "words"


# --- quoted phrases ---------------------------------------------------------------

_DISTANCE = re.compile(
    r"\b(?:so[ -]called|self[ -](?:styled|proclaimed)|soi[ -]disant\w*|pretendu\w*|autoproclam\w*|autodenomin\w*"
    r"|sogenannt\w*|so genannt\w*|vermeintlich\w*|selbsternannt\w*|supuest\w*|presunt\w*|mal llamad\w*|cosiddett\w*|sedicent\w*"
    r"|tak zwan\w*|tzw\.?|rzekom\w*|samozwancz\w*|assim chamad\w*|dit[oa]s? cuj\w*|suposto\w*|suposta\w*|pretens[oa]s?"
    r"|так называ\w*|т\. ?н\.|мним\w*|так зван\w*|т\. ?зв\.|така?\w* наречен\w*|т\. ?нар\.|самопровозглашен\w*|самопроголошен\w*)"
    r"(?= )|\b(?:pseudo|псевдо)[\w-]{3,30}"
)


def _quote_candidates(view: View) -> Iterator[Candidate]:
    found = [q for line in view.lines for q in quotes(view.text, line)]
    taken: set[int] = set()
    for match in _DISTANCE.finditer(view.folded.text):
        start, end = view.folded.original(*match.span())
        behind = next((q for q in found if 0 <= q.start - end <= 2), None)
        stretch = Stretch(start, behind.end if behind else _next_word(view, end))
        taken.add(behind.start if behind else -1)
        yield _quoted(view, stretch, "mark:word")
    for quote in found:
        inner = len(view.inside(*quote)) - 2
        if 0 < inner <= MAX_QUOTED_WORDS and quote.start not in taken:
            yield _quoted(view, quote, f"mark:{view.text[quote.start]}")


def _next_word(view: View, end: int) -> int:
    """The end of the word behind a distancing word, `end` itself after `pseudo-X`."""
    if end >= len(view.text) or not view.text[end].isspace():
        return end
    following = view.inside(end, end + 40)
    return view.tokens[following[0]].end if following else end


def _quoted(view: View, stretch: Stretch, mark: str) -> Candidate:
    inner = view.inside(*stretch)
    words = view.text[stretch.start + 1 : stretch.end - 1].strip() or " "
    extra = [mark, f"first:{_kind(words[0], _STARTS)}", f"last:{_kind(words[-1], _ENDS)}", f"field:{view.field}"]
    return _in_context("quote", view, stretch, inner, extra)


# --- words ------------------------------------------------------------------------


def _word_candidates(view: View, head: Stretch | None, owners: Sequence[int]) -> Iterator[Candidate]:
    quoted = _covered(view, [q for line in view.lines for q in quotes(view.text, line)])
    headline = set(view.inside(*head)) if head else set()
    for index, token in enumerate(view.tokens):
        if len(token.text) >= MIN_WORD and token.text.isalpha():
            extra = ["in:quotes"] if index in quoted else []
            if index in headline:
                extra.append("in:headline")
            word = _in_context("word", view, Stretch(token.start, token.end), range(index, index + 1), extra)
            yield replace(word, sentence=owners[index])


def _covered(view: View, stretches: list[Stretch]) -> set[int]:
    return {i for s in stretches for i in view.inside(*s)}


def _in_context(unit: str, view: View, stretch: Stretch, inner: range, extra: list[str]) -> Candidate:
    """A candidate whose context is counted word by word, outwards."""
    left = range(inner.start - 1, max(-1, inner.start - 4), -1)
    right = range(inner.stop, min(len(view.tokens), inner.stop + 3))
    case = f"case:{_case(view.text[stretch.start : stretch.end])}"
    layout = (f"lang:{view.language}", f"length:{_bucket(len(inner), _LENGTHS)}", case, *extra)
    return Candidate(unit, view, *stretch, inner, left, right, layout)
