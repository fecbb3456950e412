"""Lints the labelled corpus: ids, spans, duplicates, near-copies, balance, characters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from framing import nearcopies
from framing.cues import CUE_IDS, FURNITURE, LANGUAGES, TRIED
from framing.schema import CorpusError, Label
from framing.text import is_ignorable
from framing.training import corpora

WANTED = 80  # positives, and negatives, a cue and language
TO_TRY = 15  # positives, and negatives, of a furniture cue in a language that is tried
ORDINARY = 200
MAX_TOPIC_SHARE = 0.2  # of one language's passages that one topic may take
_EDGES = " \t\n\r\u00a0"


def check(folder: Path) -> tuple[list[str], list[str]]:
    """Problems, one a line with its place, and the tables of what the corpus holds."""
    try:
        labels = list(corpora.written(folder))
        rows = [row for path in sorted((folder / corpora.REAL).glob("*.jsonl")) for row in corpora.standoff(path)]
    except CorpusError as problem:
        return [str(problem)], []
    problems = [*_ids(labels), *_edges(labels), *_characters(labels), *_targets(labels), *_copies(labels)]
    return problems, [*_balance(labels), *_topics(labels), *_real(rows)]


def _ids(labels: list[Label]) -> Iterator[str]:
    for name, count in Counter(label.article.id for label in labels).items():
        if count > 1:
            yield f"{name}: id stands {count} times; ids are unique"


def _edges(labels: list[Label]) -> Iterator[str]:
    for label in labels:
        for span in label.spans:
            quote = label.article.field(span.field)[span.start : span.end]
            if quote.strip(_EDGES) != quote:
                yield f"{label.article.id}: {span.cue} span [{span.start}, {span.end}) begins or ends with a blank"


def _characters(labels: list[Label]) -> Iterator[str]:
    for label in labels:
        odd = {c for c in label.article.text if (unicodedata.category(c) in ("Cc", "Co", "Cn") and c != "\n") or is_ignorable(c)}
        odd -= {"\ufe0f", "\u200d"}  # parts of emoji
        if odd:
            yield f"{label.article.id}: odd characters {sorted(map(hex, map(ord, odd)))}"
        if label.article.language not in LANGUAGES + TRIED:
            yield f"{label.article.id}: language '{label.article.language}' is none of {' '.join(LANGUAGES + TRIED)}"


def _targets(labels: list[Label]) -> Iterator[str]:
    """A passage carries the cue it was written for, and not the one it only looks like."""
    for label in labels:
        target, carried = label.meta["target"], {s.cue for s in label.spans}
        if target.startswith("+") and target[1:] not in carried:
            yield f"{label.article.id}: written for {target[1:]}, carries {sorted(carried)}"
        if (target.startswith("-") and target[1:] in carried) or (target == "0" and carried):
            yield f"{label.article.id}: target {target}, yet carries {sorted(carried)}"


def _copies(labels: list[Label]) -> Iterator[str]:
    """Near-copies in two authoring batches. Folds keep them together, but they add little."""
    texts = [f"{label.article.title or ''}\n{label.article.text}" for label in labels]
    for a, b in nearcopies.pairs(texts):
        yield f"{labels[b].article.id}: near-copy of {labels[a].article.id}"


def _balance(labels: list[Label]) -> Iterator[str]:
    counts = Counter((label.article.language, label.meta["target"]) for label in labels)
    languages = LANGUAGES + TRIED
    yield f"{'positives/negatives':20}" + "".join(f"{lang:>9}" for lang in languages)
    for cue in CUE_IDS:
        cells = (f"{counts[lang, '+' + cue]}/{counts[lang, '-' + cue]}" for lang in languages)
        yield f"{cue:20}" + "".join(f"{cell:>9}" for cell in cells)
    yield f"{'ordinary':20}" + "".join(f"{counts[lang, '0']:>9}" for lang in languages)
    yield from _gaps(counts)


def _gaps(counts: Counter[tuple[str | None, str]]) -> Iterator[str]:
    """Cells below the size that the corpus aims at; told, not an error: figures say what they rest on."""
    for lang in LANGUAGES + TRIED:
        cues, wanted = (FURNITURE, TO_TRY) if lang in TRIED else (CUE_IDS, WANTED)
        short = [c for c in cues if min(counts[lang, "+" + c], counts[lang, "-" + c]) < wanted]
        if short:
            yield f"below {wanted} + {wanted} in {lang}: {', '.join(short)}"
        if lang in LANGUAGES and counts[lang, "0"] < ORDINARY:
            yield f"below {ORDINARY} ordinary passages in {lang}: {counts[lang, '0']}"


def _topics(labels: list[Label]) -> Iterator[str]:
    for lang in LANGUAGES + TRIED:
        mine = [label.meta["topic"] for label in labels if label.article.language == lang]
        for topic, count in Counter(mine).most_common(1):
            mark = " (more than a fifth)" if count > MAX_TOPIC_SHARE * len(mine) else ""
            yield f"{lang}: {len(mine)} passages, {len(set(mine))} topics, most common {topic} {count}{mark}"


def _real(rows: list[dict[str, object]]) -> Iterator[str]:
    languages = Counter(str(row["lang"]) for row in rows)
    yield f"real articles: {len(rows)}: " + ", ".join(f"{lang} {n}" for lang, n in languages.most_common())
    cues = Counter(span["cue"] for row in rows for span in row["spans"])  # type: ignore[attr-defined]
    furniture = sum(n for cue, n in cues.items() if cue in FURNITURE)
    yield f"real spans: {sum(cues.values())}, of them furniture {furniture}"
