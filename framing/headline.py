"""The headline: its parts, its quotations, and whether the body tells who says what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from framing.layout import STARTS, bucket, described, kind
from framing.segment import Stretch, quotes
from framing.view import Candidate, View

_PARTS = re.compile(r":(?!//)| [-–—] |\|")
_SAYING = frozenset(("say", "said_passive", "according"))
BODY = 40  # sentences of the body that are compared
NEAR_SAYING = 4  # tokens from a word of saying within which a name is a speaker's
STEM = 5  # characters by which two forms of a word are taken for one
LONG = 4  # characters of a word that is compared


def headline(view: View, head: Stretch, judged: Sequence[Candidate]) -> Candidate:
    """The headline as a candidate. judged: the article's sentences."""
    inner = view.inside(head.start, head.end)
    text = view.text[head.start : head.end]
    body = [c for c in judged if c.view is not view or c.start >= head.end][:BODY]
    extra = [f"field:{view.field}", *_parts(text), *_quoted(view, head), *_speakers(view, inner, body), _echo(view, inner, body)]
    return Candidate("title", view, *head, inner, layout=described(text, view.language, len(inner), extra))


def _parts(text: str) -> list[str]:
    """Into what colons, dashes and bars part it."""
    parts = [part.strip() for part in _PARTS.split(text)]
    if len(parts) < 2:
        return []
    mark = ":" if ":" in text else "-"
    ends = [f"{bucket(len(part.split()), (1, 2, 3, 5, 8))}-{_titled(part)}" for part in (parts[0], parts[-1])]
    return [
        f"parts:{mark}{min(len(parts), 4)}",
        f"first-part:{mark}{ends[0]}",
        f"last-part:{mark}{ends[1]}",
        f"second-starts:{kind(parts[1][:1] or ' ', STARTS)}",
    ]


def _titled(part: str) -> str:
    words = [w for w in part.split() if w[:1].isalpha()]
    return "names" if words and all(w[0].isupper() for w in words) else "words"


def _quoted(view: View, head: Stretch) -> list[str]:
    """How much of it stands in quotation marks."""
    found = quotes(view.text, head)
    share = sum(q.end - q.start for q in found) / (head.end - head.start)
    return [f"quoted:{bucket(int(share * 10), (1, 3, 5, 8))}-{len(found)}"] if found else []


def _stems(view: View, indices: Sequence[int]) -> set[str]:
    texts = view.tokens.texts
    return {texts[k][:STEM] for k in indices if len(texts[k]) >= LONG and texts[k][0].isalpha()}


def _capital(view: View, indices: Sequence[int]) -> list[int]:
    return [k for k in indices if view.text[view.tokens.starts[k]].isupper()]


def _speakers(view: View, inner: Sequence[int], body: Sequence[Candidate]) -> Iterator[str]:
    """Whether a name of the headline stands by a word of saying in the body, and where it stands in the headline."""
    speakers: set[str] = set()
    for sentence in body:
        tokens, classes = sentence.inner, sentence.view.classes
        for place, index in enumerate(tokens):
            if classes[index] in _SAYING:
                around = tokens[max(0, place - NEAR_SAYING) : place + NEAR_SAYING + 1]
                speakers |= _stems(sentence.view, _capital(sentence.view, around))
    texts = view.tokens.texts
    named = [k for k in _capital(view, inner) if len(texts[k]) >= LONG and texts[k][:STEM] in speakers]
    if not named:
        yield "speaker:none"
        return
    marks = [k for k in inner if texts[k] in ":-–—|"]
    yield f"speaker:{'first' if marks and named[0] < marks[0] else 'last' if marks and named[-1] > marks[-1] else 'inside'}"


def _echo(view: View, inner: Sequence[int], body: Sequence[Candidate]) -> str:
    """How much of the headline one sentence of the body repeats, and whether that sentence tells who says it."""
    wanted = _stems(view, inner)
    best, how = 0.0, "none"
    for sentence in body:
        share = len(wanted & _stems(sentence.view, sentence.inner)) / max(1, len(wanted))
        if share > best:
            best, how = share, _how(sentence)
    return f"echo:{bucket(int(best * 10), (2, 4, 6, 8))}-{how}"


def _how(sentence: Candidate) -> str:
    if any(layout == "has:quote" for layout in sentence.layout):
        return "quote"
    classes = sentence.view.classes
    return "said" if any(classes[k] in _SAYING for k in sentence.inner) else "plain"
