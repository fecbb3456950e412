"""Labels of the 14 cues: marks as new labels of a bundle, and as examples on which a bundle is scored."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from framing import language, nearcopies
from framing.cues import CUE_IDS
from framing.schema import Article, CorpusError, Label, Span
from framing.tasks.agreement import identity
from framing.tasks.deciding import SEVERAL, Examples, Task
from framing.tasks.fitting import reading
from framing.tasks.heads import UNKNOWN
from framing.tasks.labels import NO, YES, Mark
from framing.training.adapt import NewLabel


def new_labels(marks: Iterable[Mark]) -> list[NewLabel]:
    """The marks, an article each. A cue that no mark names is unknown everywhere; else `asked` says what was looked for.

    A yes-or-no task that has a cue's name is read as that cue. Raises `CorpusError` for other labels.
    """
    own = [_of_cues(mark) for mark in marks]
    named = frozenset().union(*(m.present | (m.absent or frozenset()) for m in own))
    if not named:
        raise CorpusError("labels", "name none of the 14 cues", "see `framing cues`; a row that found nothing says so with 'asked'")
    articles: dict[str, list[Mark]] = {}
    for mark in own:
        articles.setdefault(identity(mark), []).append(mark)
    return [_label(found, named) for found in articles.values()]


def _of_cues(mark: Mark) -> Mark:
    if mark.level == "paragraph":
        raise CorpusError(mark.place, "labels paragraphs, which no cue's head judges", "give spans, or labels of the article")
    said = mark.present | (mark.absent or frozenset())
    if mark.task in CUE_IDS and said <= {YES, NO}:
        yes = YES in mark.present
        return replace(mark, present=frozenset((mark.task,)) if yes else frozenset(), absent=frozenset(() if yes else (mark.task,)))
    for name in sorted(said - set(CUE_IDS)):
        near = difflib.get_close_matches(name, CUE_IDS, 1)
        raise CorpusError(mark.place, f"unknown cue '{name}'", f"did you mean '{near[0]}'?" if near else "see `framing cues`")
    return mark


def _label(marks: Sequence[Mark], named: frozenset[str]) -> NewLabel:
    article = _told(marks[0].article)
    spans = tuple(s for mark in marks if mark.level == "span" for s in _spans(mark))
    present = frozenset().union(*(m.present for m in marks))
    closed = any(m.absent is None for m in marks)
    known = named if closed else present.union(*(m.absent or frozenset() for m in marks))
    label = Label(article, spans, marks[0].group, "real")
    return NewLabel(label, known, present - {s.cue for s in spans}, marks[0].place)


def _spans(mark: Mark) -> Iterator[Span]:
    return (Span(cue, mark.field, mark.start, mark.end) for cue in sorted(mark.present) if mark.end > mark.start)


def _told(article: Article) -> Article:
    """The article with its language, detected where it is not given."""
    if article.language:
        return replace(article, language=article.language.lower().split("-")[0])
    return replace(article, language=language.detect(f"{article.title or ''}\n{article.text}")[0])


def examples(new: Sequence[NewLabel]) -> Examples:
    """The new labels as examples of the cues: article-level targets, unknown where a label says nothing; near-copies in one group."""
    targets = np.array([[int(e.carries(c)) if c in e.known else UNKNOWN for c in CUE_IDS] for e in new], np.int8)
    articles = tuple(e.label.article for e in new)
    groups = tuple(nearcopies.merge([e.label.group for e in new], [a.text for a in articles]))
    places = tuple(e.place for e in new)
    return Examples(Task("cues", SEVERAL, CUE_IDS), articles, tuple(map(reading, articles)), targets, groups, places)
