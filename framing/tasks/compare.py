"""Whether one model is better than another, on labelled articles of outlets that neither was trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import framing
from framing.bundle import read_manifest
from framing.schema import BundleError, CorpusError
from framing.tasks import cuelabels, fitting, taskmodel, versions
from framing.tasks.deciding import Bools, Examples, metric_of
from framing.tasks.heads import Floats
from framing.tasks.labels import Mark
from framing.training.evaluate import Estimate, paired

FOUND = 0.5  # a cue counts as found from this probability on
FEWEST = 20  # examples below which nothing is said
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """Old and new on the same articles. difference: new minus old, bootstrapped over outlets in pairs."""

    metric: str
    n: int
    left_out: int
    old: float
    new: float
    difference: Estimate

    @property
    def better(self) -> bool:
        """Whether the whole interval of the difference is above zero."""
        return self.difference.low > 0

    def __str__(self) -> str:
        d = self.difference
        said = "better" if self.better else "worse" if d.high < 0 else "not shown to be better"
        seen = f", {self.left_out} of outlets or texts seen in training left out" if self.left_out else ""
        return (
            f"{self.metric} {self.old:.3f} -> {self.new:.3f}, difference {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
            f" on {self.n} examples{seen}: the new model is {said}"
        )


def seen(given: Examples) -> list[str]:
    """What a model keeps of the texts and outlets that it was trained on: digests, by which later tests leave them out."""
    return sorted({digest(text) for text in given.texts} | {digest(f"outlet {g}") for g in given.groups if not g.startswith("article:")})


def digest(text: str) -> str:
    """A short digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def compare(old: Path, new: Path, marks: Sequence[Mark]) -> Verdict:
    """Both models on the labels that neither has seen. Raises `CorpusError` where too few are left."""
    if version_task(old) != version_task(new):
        raise BundleError(new, f"is of another task than {old}", "compare models of one task")
    given = examples(new, marks)
    free = unseen(old, given) & unseen(new, given)
    if free.sum() < FEWEST:
        raise CorpusError("labels", f"leave {int(free.sum())} examples that neither model has seen, {FEWEST} are needed",
                          "give labels of other outlets")  # fmt: skip
    kept = given.take(np.flatnonzero(free))
    metric = metric_of(kept.task)
    figures = paired(kept.targets, (scored(old, kept)[1], scored(new, kept)[1]), kept.groups, metric)
    return Verdict(metric, len(kept.texts), int((~free).sum()), *figures)


def examples(model: Path, marks: Sequence[Mark]) -> Examples:
    """The marks as examples of a model's classes."""
    name = version_task(model)
    if not name:
        return cuelabels.examples(cuelabels.new_labels(marks))
    given = fitting.examples(marks, name if name in {m.task for m in marks} else None)
    return fitting.aligned(given, taskmodel.load(model).task.classes)


def unseen(model: Path, given: Examples) -> Bools:
    """Which examples (n,) a model was not trained on, by text and outlet."""
    known = _known(model)
    return np.array([digest(t) not in known and digest(f"outlet {g}") not in known for t, g in zip(given.texts, given.groups)])


def version_task(path: Path) -> str:
    """The task of a model folder, "" for a model of the cues."""
    return str(taskmodel.manifest(path)["task"]["name"]) if (path / versions.TASK_MANIFEST).exists() else ""


def _known(path: Path) -> set[str]:
    of_task = (path / versions.TASK_MANIFEST).exists()
    found = taskmodel.manifest(path).get("about", {}).get("seen", []) if of_task else read_manifest(path).get("seen", [])
    return {name for name in found if isinstance(name, str)} if isinstance(found, list) else set()


def scored(path: Path, given: Examples) -> tuple[Floats, Bools]:
    """A model's probabilities and decisions (n, classes) for examples; a class that it does not know is never found."""
    if (path / versions.TASK_MANIFEST).exists():
        model = taskmodel.load(path)
        columns = [model.task.classes.index(c) if c in model.task.classes else -1 for c in given.task.classes]
        probability, found = fitting.predict(model, given.texts, given.languages.tolist())
        missing = np.zeros((len(given.texts), 1))
        return np.hstack([probability, missing])[:, columns], np.hstack([found, missing > 0])[:, columns]
    records = framing.load(path).score(given.articles)
    probability = np.array([[record.cues[cue] for cue in given.task.classes] for record in records])
    return probability, probability >= FOUND
