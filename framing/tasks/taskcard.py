"""Trains a task's heads with the figures that belong on their card, and writes the card."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import framing
from framing.tasks import fitting
from framing.tasks.compare import seen
from framing.tasks.deciding import Examples, metric_of
from framing.tasks.fitting import TaskConfig, TaskModel
from framing.tasks.heads import UNKNOWN
from framing.training.evaluate import Estimate, figures, score_table

FOLDS = 5
FEWEST = 5  # positives below which a cell is not measured


@dataclass(frozen=True, slots=True)
class TrainedTask:
    """A model and what was measured on outlet-disjoint folds."""

    model: TaskModel
    given: Examples
    about: dict[str, Any]
    rows: tuple[tuple[str, int, dict[str, Estimate]], ...]


def train(given: Examples, config: TaskConfig) -> TrainedTask:
    """Fit on everything; measure by folds that part no outlet."""
    fold = fitting.folds(given, FOLDS, config.seed)
    _, probability, found = fitting.out_of_fold(given, fold, config)
    model = fitting.fit(given, config)
    metric = metric_of(given.task)
    value = score_table(given.targets, found, given.groups)[metric]
    rows = []
    for k, name in enumerate(given.task.classes):
        known = given.targets[:, k] != UNKNOWN
        groups = [g for g, yes in zip(given.groups, known) if yes]
        positives = int((given.targets[:, k] == 1).sum())
        rows.append((name, positives, figures(given.targets[known, k] == 1, probability[known, k], found[known, k], groups)))
    about = {
        "framing_version": framing.__version__,
        "corpus_sha256": corpus_digest(given),
        "examples": len(given.texts),
        "outlets": len(set(given.groups)),
        "config": {k: v for k, v in asdict(config).items() if k != "jobs"},
        "figure": {"metric": metric, "split": f"{FOLDS}-fold outlet-disjoint", "n": len(given.texts), **asdict(value)},
        "seen": seen(given),
    }
    return TrainedTask(model, given, about, tuple(rows))


def corpus_digest(given: Examples) -> str:
    """A digest of texts and labels."""
    found = hashlib.sha256()
    for text, target, group in zip(given.texts, given.targets.tolist(), given.groups):
        found.update(json.dumps([text, target, group]).encode())
    return found.hexdigest()


def summary(trained: TrainedTask) -> Iterator[str]:
    """The figures, a line a class."""
    f = trained.about["figure"]
    yield f"{f['metric']} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}], {f['split']}, n = {f['n']}"
    for name, positives, row in trained.rows:
        said = f"F1 {row['f1']}" if positives >= FEWEST else "not measured"
        yield f"  {name[:24]:24} {positives:>6} positives  {said}"


def card(trained: TrainedTask, name: str) -> str:
    """The card, in Markdown."""
    given, about, figure = trained.given, trained.about, trained.about["figure"]
    languages = ", ".join(f"{lang or 'not given'} {n}" for lang, n in Counter(given.languages.tolist()).most_common())
    lines = [
        f"# Model card: {name}",
        _ABOUT.format(task=given.task.name, kind=given.task.kind, n=len(given.texts), outlets=about["outlets"], languages=languages),
        "## Measured by cross-validation\n",
        f"{figure['split']}, n = {figure['n']}: {figure['metric']} {figure['value']:.3f} (95 % interval over outlets {figure['low']:.3f} to"
        f" {figure['high']:.3f}). Features, penalty and thresholds of a fold were chosen inside the other folds.\n",
        "| class | positives | precision | recall | F1 | AUC | average precision | Brier | ECE |\n|---|---|---|---|---|---|---|---|---|",
    ]
    for label, positives, row in trained.rows:
        cells = [f"{row[c]}" for c in ("precision", "recall", "f1", "auc", "average_precision", "brier", "ece")]
        lines.append(f"| {label} | {positives} | " + (" | ".join(cells) if positives >= FEWEST else "not measured | | | | | |") + " |")
    lines.append(_LIMITS.format(digest=about["corpus_sha256"][:16], version=about["framing_version"]))
    return "\n".join(lines)


_ABOUT = """
TF-IDF + logistic regression heads for the task `{task}` ({kind}), trained on {n} labelled texts of {outlets} outlets (a text without
an outlet counts as one). Languages: {languages}. The labels' licence and the texts' terms are for the one who trained it to state.
"""

_LIMITS = """
## Limits

- A probability says how such labels were given in this corpus, nothing of truth or intent.
- Where a cell says "not measured", nothing is known. Languages and outlets unlike the training texts are guesses.
- Not for: deciding alone what is shown or deleted, rating persons, texts other than news.
- `task.json` keeps short digests of the training texts and outlets, so that later comparisons can leave them out.

## Rebuild

`framing train --labels FILE -o FOLDER` with framing {version} on the corpus of digest {digest}; the same labels and library
versions give the same numbers.
"""
