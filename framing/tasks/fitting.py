"""Heads for any labelled task: what is learnt from marks, with every setting chosen on inner, grouped folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from framing.schema import Article, CorpusError
from framing.tasks import heads
from framing.tasks.agreement import identity
from framing.tasks.deciding import (
    BINARY,
    CHOICE,
    METRICS,
    SEVERAL,
    Bools,
    Examples,
    Ints,
    Task,
    calibration,
    decide,
    metric_of,
    thresholds,
)
from framing.tasks.heads import UNKNOWN, Counted, FeatureSet, Floats, Setting, Targets, Weighing
from framing.tasks.labels import NO, YES, Mark


def reading(article: Article) -> str:
    """Title and text, the title once."""
    title = (article.title or "").strip()
    return article.text if article.text.lstrip().startswith(title) else f"{title}\n{article.text}"


def examples(marks: Sequence[Mark], name: str | None = None) -> Examples:
    """The marks of one task as examples. A span counts for its article; a paragraph is a text of its own."""
    tasks = Counter(mark.task for mark in marks)
    if (name is None and len(tasks) > 1) or name not in (None, *tasks):
        raise CorpusError("labels", f"hold the tasks {', '.join(tasks)}", "name one with --task")
    own = [m for m in marks if name in (None, m.task)]
    units: dict[tuple[object, ...], list[Mark]] = {}
    for mark in own:
        where = (mark.field, mark.start, mark.end) if mark.level == "paragraph" else ()
        units.setdefault((identity(mark), *where), []).append(mark)
    task = _task(name or next(iter(tasks)), own)
    rows = [_unit(task, found) for found in units.values()]
    firsts = [found[0] for found in units.values()]
    texts = tuple(m.article.field(m.field)[m.start : m.end] if m.level == "paragraph" else reading(m.article) for m in firsts)
    articles, groups = tuple(m.article for m in firsts), tuple(m.group for m in firsts)
    return Examples(task, articles, texts, np.array(rows, np.int8), groups, tuple(m.place for m in firsts))


def _task(name: str, marks: Sequence[Mark]) -> Task:
    classes = sorted(frozenset().union(*(m.present | (m.absent or frozenset()) for m in marks)))
    if set(classes) <= {YES, NO}:
        return Task(name, BINARY, (YES,))
    one = all(len(m.present) == 1 and m.absent is None and m.level == "article" for m in marks)
    kind = CHOICE if one else SEVERAL
    if kind == CHOICE and len(classes) < 2:
        raise CorpusError("labels", f"have the one class '{classes[0]}' for '{name}'", "add articles of another class")
    return Task(name, kind, tuple(classes))


def _unit(task: Task, marks: Sequence[Mark]) -> list[int]:
    present = frozenset().union(*(m.present for m in marks))
    if any(m.absent is None for m in marks):
        return [int(c in present) for c in task.classes]
    absent = frozenset().union(*(m.absent or frozenset() for m in marks)) - present
    if task.kind == BINARY:
        absent |= {YES} if NO in present else set()
    return [1 if c in present else 0 if c in absent else UNKNOWN for c in task.classes]


def aligned(given: Examples, classes: Sequence[str]) -> Examples:
    """The examples with the columns of another model's classes; one that they do not know is absent."""
    columns = {name: k for k, name in enumerate(given.task.classes)}
    absent = np.zeros(len(given.texts), np.int8)
    targets = np.stack([given.targets[:, columns[c]] if c in columns else absent for c in classes], axis=1)
    return replace(given, task=replace(given.task, classes=tuple(classes)), targets=targets)


# --- choosing and fitting ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskConfig:
    """How heads are fitted and chosen; saved with the model."""

    features: tuple[FeatureSet, ...] = (FeatureSet(),)
    settings: tuple[Setting, ...] = (Setting(3), Setting(30), Setting(150))
    metric: str | None = None  # accuracy, micro-f1 or macro-f1; None: by the kind of task
    folds: int = 5
    most: int = 20_000  # articles on which settings are chosen
    seed: int = 0
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class TaskModel:
    """Fitted heads. coef: (k, d); intercept, slope, offset: (k,); thresholds: language ("" any) -> margins (k,)."""

    task: Task
    weighing: Weighing
    coef: Floats
    intercept: Floats
    slope: Floats
    offset: Floats
    thresholds: dict[str, Floats]
    setting: Setting

    def margins(self, counts: Counted) -> Floats:
        """Margins (n, k)."""
        return heads.margins(self.weighing.rows(counts), (self.coef, self.intercept))

    def probability(self, margins: Floats) -> Floats:
        """Calibrated probabilities (n, k); of a choice they sum to 1."""
        found = 1 / (1 + np.exp(-np.clip(self.slope * margins + self.offset, -60, 60)))
        return found / found.sum(axis=1, keepdims=True) if self.task.kind == CHOICE else found

    def decide(self, margins: Floats, languages: Sequence[str]) -> Bools:
        """Which classes are given (n, k)."""
        return decide(self.task, margins, languages, self.thresholds)


def counts(given: Examples, config: TaskConfig) -> list[Counted]:
    """The counts of each feature set; learnt from nothing, so they may be made once for all folds."""
    return [heads.counted(given.texts, features, config.jobs) for features in config.features]


def fit(given: Examples, config: TaskConfig, counted: Sequence[Counted] | None = None) -> TaskModel:
    """Heads of a task; features, penalty and thresholds are chosen on inner folds that part no outlet."""
    with threadpool_limits(1):  # sums in a fixed order: the same labels give the same numbers
        own = list(counted or counts(given, config))
        best = max(_tried(given, own, config), key=lambda tried: tried.value)
        weighing = heads.weighing(own[best.number])
        space = heads.space(weighing.rows(own[best.number]))
        coef, intercept = heads.fit(space.rows, given.targets, best.setting, config.jobs)
    slope, offset = calibration(best.targets, best.margins)
    return TaskModel(given.task, weighing, space.weights(coef), intercept, slope, offset, best.thresholds, best.setting)


@dataclass(frozen=True, slots=True)
class _Tried:
    """One feature set and setting with its out-of-fold margins."""

    value: float
    number: int
    setting: Setting
    margins: Floats
    targets: Targets
    thresholds: dict[str, Floats]


def _tried(given: Examples, counted: Sequence[Counted], config: TaskConfig) -> Iterator[_Tried]:
    rows = np.sort(np.random.default_rng(config.seed).permutation(len(given.texts))[: config.most])
    part = given if len(rows) == len(given.texts) else given.take(rows)
    fold = folds(part, config.folds, config.seed)
    metric = METRICS[config.metric or metric_of(given.task)]
    for number, each in enumerate(counted):
        own = each if part is given else each.take(rows)
        space = heads.space(heads.weighing(own).rows(own))
        for setting in config.settings:
            margins = np.zeros(part.targets.shape)
            for k in range(int(fold.max()) + 1):
                inside = np.flatnonzero(fold != k)
                fitted = heads.fit(space.rows[inside], part.targets[inside], setting, config.jobs)
                margins[fold == k] = heads.margins(space.rows[np.flatnonzero(fold == k)], fitted)
            bars = thresholds(part, margins, metric)
            yield _Tried(metric(part.targets, decide(part.task, margins, part.languages.tolist(), bars)), number, setting,
                         margins, part.targets, bars)  # fmt: skip


def folds(given: Examples, number: int, seed: int) -> Ints:
    """The fold of each example: outlets stay together, the rarest class of each is spread."""
    groups = len(set(given.groups))
    if groups < 2:
        raise CorpusError("labels", "are all of one outlet", "add labels of another outlet, or leave 'outlet' out")
    frequency = (given.targets == 1).sum(axis=0)
    rank = np.where(given.targets == 1, frequency, frequency.max() + 1)
    strata = np.where((given.targets == 1).any(axis=1), rank.argmin(axis=1), -1)
    import warnings

    with warnings.catch_warnings():  # a class of fewer members than folds is no reason to stop
        warnings.simplefilter("ignore", UserWarning)
        split = StratifiedGroupKFold(min(number, groups), shuffle=True, random_state=seed)
        found = np.zeros(len(given.texts), np.int64)
        for k, (_, held) in enumerate(split.split(strata, strata, given.groups)):
            found[held] = k
    return found


def predict(model: TaskModel, texts: Sequence[str], languages: Sequence[str]) -> tuple[Floats, Bools]:
    """Probabilities and decisions (n, k) for new texts."""
    margins = model.margins(heads.counted(texts, model.weighing.features))
    return model.probability(margins), model.decide(margins, languages)


def out_of_fold(given: Examples, fold: Ints, config: TaskConfig) -> tuple[Floats, Floats, Bools]:
    """Margins, probabilities and decisions (n, k) of each example from a model that was fitted and chosen without its fold."""
    counted = counts(given, config)
    margins = np.zeros(given.targets.shape)
    probability, found = margins.copy(), np.zeros(margins.shape, bool)
    for k in range(int(fold.max()) + 1):
        inside, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        model = fit(given.take(inside), config, [each.take(inside) for each in counted])
        number = next(i for i, each in enumerate(counted) if each.features == model.weighing.features)
        margins[held] = model.margins(counted[number].take(held))
        probability[held] = model.probability(margins[held])
        found[held] = model.decide(margins[held], given.languages[held].tolist())
    return margins, probability, found
