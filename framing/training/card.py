"""The model card: what a trained model rests on and what was measured, cue by cue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from framing.cues import CUE_IDS, FURNITURE, LANGUAGES
from framing.training.evaluate import Bools, Estimate, article_f1, bootstrap, ece, f1, matches
from framing.training.measured import FEWEST, FOUND, chosen_of
from framing.training.train import Trained

OTHERS = tuple(cue for cue in CUE_IDS if cue not in FURNITURE)
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("furniture", FURNITURE), ("the other six", OTHERS), ("all", CUE_IDS),
)  # fmt: skip


def summary(trained: Trained) -> Iterator[str]:
    """The pooled figures, a line a group of cues."""
    chosen = chosen_of(trained.labels)
    for name, cues in GROUPS:
        yield f"{name:14} article F1 {_article(trained, chosen, cues)}   span F1 {_span(trained, chosen, cues)}"


def card(trained: Trained, name: str, version: str) -> str:
    """The card, in Markdown."""
    chosen = chosen_of(trained.labels)
    halves = Counter(label.half for label in trained.labels)
    parts = [
        f"# Model card: {name} {version}",
        _ABOUT.format(real=halves["real"], written=halves["written"]),
        "## Measured by cross-validation\n",
        _METHOD.format(
            folds=trained.config.folds,
            n=len(chosen),
            outlets=len({trained.labels[i].group for i in chosen}),
            kind="real articles" if halves["real"] else "written passages (no real text was at hand: say little of real pages)",
        ),
        *_cue_table(trained, chosen),
        "\n### By language, all cues\n",
        *_language_table(trained, chosen),
        _LIMITS,
        "## Rebuild\n\n`framing train datasets -o models/default --texts FOLDER_OF_TEXTS`; the same corpus and library versions give the"
        " same bytes. Settings and the corpus digest stand in `model.json`.\n",
    ]
    return "\n".join(parts)


_ABOUT = """
One TF-IDF + logistic regression head for each of 14 cues, over candidates of the cue's unit (sentence or bracket, headline,
word, quoted phrase), in ten languages. A phrase takes in half of its sentence's margin, a sentence that of its strongest trigger word
(a verb of saying, a word of asking, by the word classes of `datasets/classes`), judged in its context. A score is the
calibrated probability that the article carries the cue.

Trained on {real} real articles of public corpora, labelled by us as standoff spans (no text is shipped), and {written} passages
written for this project. Labels were made by language-model annotators under the project's guide, a part of them twice;
`datasets/README.md` has the agreement. Licences: labels, passages and weights CC BY 4.0; the texts are their publishers'.
"""

_METHOD = """{folds} folds; outlets, authoring batches and near-copies stay in one fold, so every figure is on outlets that the fold's model
never saw. Calibrations and thresholds come from the other folds too: Platt scaling (slope and intercept) of an article's best margin for
each cue, in which written passages weigh the more, the fewer real articles carry the cue; the intercept of a rare cue is then moved, as far
as the calibration error stays below 0.08 and half of what is found is right. Figures over {n} {kind} of {outlets} outlets, cue found at
probability 0.5, spans matched at IoU 0.5; in brackets the 95 % interval of a bootstrap over outlets. The articles were partly
chosen for rare cues: base rates are higher than in a feed. ECE: expected calibration error, 10 bins.
"""

_LIMITS = """
## Limits

- Cues are signals in the text, no verdict on it or on its outlet. Quality outlets carry many of them.
- Where a cell says "not measured", nothing is known about it; the score is then a guess from the other languages.
- `loaded_label` has an open vocabulary and is the weakest cue: read its evidence before you use its score.
- The model abstains, and says why, from a text of fewer than 20 letters, of none of the ten languages, or with so few known words as about
  0.5 % of articles like those above have (`framing/abstain.py`).
- Not for: deciding alone what is shown or deleted, rating persons, texts other than news, languages other than the ten.
- The vocabulary stores word runs that stand in at least three training candidates (`*.features.txt`).
"""


def _columns(trained: Trained, chosen: Sequence[int], cues: Sequence[str]) -> tuple[Bools, Bools, list[str]]:
    k = [CUE_IDS.index(cue) for cue in cues]
    truth = trained.truth[np.ix_(chosen, k)]
    found = trained.probability[np.ix_(chosen, k)] >= FOUND
    return truth, found, [trained.labels[i].group for i in chosen]


def _article(trained: Trained, chosen: Sequence[int], cues: Sequence[str]) -> Estimate:
    return article_f1(*_columns(trained, chosen, cues))


def _span(trained: Trained, chosen: Sequence[int], cues: Sequence[str]) -> Estimate:
    counts = []
    for i in chosen:
        wanted = [s for s in trained.labels[i].spans if s.cue in cues]
        shown = [s for s in trained.spans[i] if s.cue in cues]
        counts.append((matches(wanted, shown), len(shown), len(wanted)))
    groups = [trained.labels[i].group for i in chosen]
    return bootstrap(groups, np.array(counts, float).reshape(-1, 3), lambda sums: f1(*sums))


def _cue_table(trained: Trained, chosen: Sequence[int]) -> Iterator[str]:
    yield "| cue | articles with it | precision | recall | article F1 | span F1 | ECE |\n|---|---|---|---|---|---|---|"
    for name, cues in (*((cue, (cue,)) for cue in CUE_IDS), *GROUPS):
        truth, found, _ = _columns(trained, chosen, cues)
        if truth.sum() < FEWEST:
            yield f"| {name} | {truth.sum()} | not measured | | | | |"
            continue
        hits = (truth & found).sum()
        k = [CUE_IDS.index(cue) for cue in cues]
        error = ece(truth.ravel(), trained.probability[np.ix_(chosen, k)].ravel())
        figures = f"{hits / max(1, found.sum()):.2f} | {hits / truth.sum():.2f} | {_article(trained, chosen, cues)}"
        yield f"| {name} | {truth.sum()} | {figures} | {_span(trained, chosen, cues)} | {error:.3f} |"


def _language_table(trained: Trained, chosen: Sequence[int]) -> Iterator[str]:
    yield "| language | articles | furniture article F1 | article F1, all cues | span F1, all cues |\n|---|---|---|---|---|"
    for lang in LANGUAGES:
        mine = [i for i in chosen if trained.labels[i].article.language == lang]
        if len(mine) < FEWEST:
            yield f"| {lang} | {len(mine)} | not measured | | |"
            continue
        pooled = (_article(trained, mine, FURNITURE), _article(trained, mine, CUE_IDS), _span(trained, mine, CUE_IDS))
        yield f"| {lang} | {len(mine)} | " + " | ".join(map(str, pooled)) + " |"
