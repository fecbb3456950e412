"""How good a task's heads are on what they have not seen: fold designs, figures with intervals, tables, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from framing.schema import CorpusError
from framing.tasks import fitting, masking
from framing.tasks.deciding import Bools, Examples, Ints, metric_of
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import UNKNOWN
from framing.training.evaluate import Estimate, Floats, figures, score_table

DESIGNS = ("outlet", "random", "masked", "time", "language")
FOLDS = 5
GAP = 0.10  # of F1 between random and outlet-disjoint folds, from which a warning says so
FEWEST = 5  # examples of an outlet or language from which it has a row
SHARES = (0.25, 0.5, 0.75, 1.0)  # of the training outlets, for the learning curve


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a class, an outlet or a language."""

    name: str
    n: int
    positives: int
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one design showed. truth, probability: the known cells (cells,), for the plots."""

    design: str
    n: int
    outlets: int
    folds: int
    overall: dict[str, Estimate]
    classes: tuple[Row, ...]
    outlet_rows: tuple[Row, ...]
    language_rows: tuple[Row, ...]
    truth: Bools
    probability: Floats


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A task measured by several designs, the first one the figure to quote."""

    task: str
    kind: str
    measured: tuple[Measured, ...]
    warnings: tuple[str, ...]
    curve: tuple[tuple[int, Estimate], ...] = ()


def design(given: Examples, how: str, seed: int = 0) -> tuple[Examples, Ints]:
    """The examples that a design can use, and their folds. Fold -1 is never tested (the first stretch of time)."""
    if how == "outlet":
        return given, fitting.folds(given, FOLDS, seed)
    if how == "masked":
        return masking.masked(given), fitting.folds(given, FOLDS, seed)
    if how == "random":
        alone = replace(given, groups=tuple(f"{g} {i}" for i, g in enumerate(given.groups)))
        return given, fitting.folds(alone, FOLDS, seed)
    if how == "time":
        return _by_time(given)
    if how == "language":
        return _by_language(given)
    raise CorpusError(how, "is no way to part the labels", f"choose among {', '.join(DESIGNS)}")


def _by_time(given: Examples) -> tuple[Examples, Ints]:
    dated = np.array([i for i, a in enumerate(given.articles) if (a.published or "")[:4].isdigit()], np.int64)
    if len(dated) < 2 * FOLDS:
        raise CorpusError("labels", f"have {len(dated)} dated articles", "give 'published' as YYYY-MM-DD, or leave 'time' out")
    kept = given.take(dated)
    days = np.array([(a.published or "")[:10] for a in kept.articles])
    edges = np.sort(days)[(np.arange(1, FOLDS + 1) * len(days)) // (FOLDS + 1)]
    return kept, np.searchsorted(edges, days, side="right").astype(np.int64) - 1


def _by_language(given: Examples) -> tuple[Examples, Ints]:
    known = np.array([i for i, a in enumerate(given.articles) if a.language], np.int64)
    kept = given.take(known)
    names, fold = np.unique(kept.languages, return_inverse=True)
    if len(names) < 2:
        raise CorpusError("labels", "are not of two languages", "give 'language', or leave 'language' out of the designs")
    return kept, fold.astype(np.int64)


def cross_validate(given: Examples, how: str, fold: Ints, config: TaskConfig) -> tuple[Ints, Floats, Bools]:
    """The tested rows, their probabilities and decisions. With time, a fold is tested by what came before it."""
    counted = fitting.counts(given, config)
    rows, probability, found = [], [], []
    for k in range(int(fold.max()) + 1):
        inside = np.flatnonzero(fold < k if how == "time" else fold != k)
        held = np.flatnonzero(fold == k)
        if not len(held) or not len(inside):
            continue
        model = fitting.fit(given.take(inside), config, [c.take(inside) for c in counted])
        own = next(c for c in counted if c.features == model.weighing.features)
        margins = model.margins(own.take(held))
        rows.append(held)
        probability.append(model.probability(margins))
        found.append(model.decide(margins, given.languages[held].tolist()))
    return np.concatenate(rows), np.concatenate(probability), np.concatenate(found)


def measure(given: Examples, how: str, config: TaskConfig) -> Measured:
    """One design's figures and tables."""
    kept, fold = design(given, how, config.seed)
    rows, probability, found = cross_validate(kept, how, fold, config)
    return _measured(kept.take(rows), probability, found, (how, int(fold.max()) + 1))


def of_model(given: Examples, probability: Floats, found: Bools, unseen: Bools) -> Evaluation:
    """A model's own figures on labels, its classes that they know; `unseen`: (n,), the examples that it was not trained on."""
    columns = np.flatnonzero((given.targets != UNKNOWN).any(axis=0))
    task = replace(given.task, classes=tuple(given.task.classes[k] for k in columns))
    kept = replace(given, task=task, targets=given.targets[:, columns])
    measured = _measured(kept, probability[:, columns], found[:, columns], ("model", 1))
    seen = int((~unseen).sum())
    told = (f"{seen} of {len(unseen)} examples are of texts or outlets that the model was trained on",) if seen else ()
    return Evaluation(task.name, task.kind, (measured,), (*told, *_warnings(kept, (measured,))))


def _measured(tested: Examples, probability: Floats, found: Bools, design: tuple[str, int]) -> Measured:
    how, folds = design
    cells = _Cells(tested, probability, found)
    everything = np.arange(len(tested.texts))
    overall = {**cells.figures(everything), **score_table(tested.targets, found, tested.groups)}
    classes = tuple(cells.row(name, everything, (k,)) for k, name in enumerate(tested.task.classes))
    known = tested.targets != UNKNOWN
    return Measured(
        how, len(tested.texts), len(set(tested.groups)), folds, overall, classes,
        tuple(cells.alone().table(np.array(tested.groups))), tuple(cells.table(tested.languages)),
        (tested.targets == 1)[known], probability[known],
    )  # fmt: skip


class _Cells:
    """Cuts figures out of targets, probabilities and decisions (n, k)."""

    def __init__(self, given: Examples, probability: Floats, found: Bools) -> None:
        self._given, self._probability, self._found = given, probability, found
        self._groups = np.array(given.groups)

    def figures(self, rows: Ints, columns: tuple[int, ...] | None = None) -> dict[str, Estimate]:
        at = np.ix_(rows, np.array(columns if columns is not None else range(self._found.shape[1]), np.int64))
        targets = self._given.targets[at]
        known = targets != UNKNOWN
        groups = np.repeat(self._groups[rows, None], targets.shape[1], axis=1)[known]
        return figures((targets == 1)[known], self._probability[at][known], self._found[at][known], groups.tolist())

    def row(self, name: str, rows: Ints, columns: tuple[int, ...] | None = None) -> Row:
        targets = self._given.targets[rows][:, list(columns)] if columns else self._given.targets[rows]
        return Row(name, len(rows), int((targets == 1).sum()), self.figures(rows, columns))

    def table(self, names: np.ndarray) -> Iterator[Row]:
        """A row for each outlet or language with enough examples, the largest first."""
        found, sizes = np.unique(names, return_counts=True)
        for name, size in sorted(zip(found.tolist(), sizes.tolist()), key=lambda pair: (-pair[1], pair[0])):
            if size >= FEWEST and name and not name.startswith("article:"):
                yield self.row(name, np.flatnonzero(names == name))

    def alone(self) -> _Cells:
        """The same cells with every example an outlet of its own: intervals within one outlet."""
        return _Cells(replace(self._given, groups=tuple(map(str, range(len(self._groups))))), self._probability, self._found)


def evaluate(given: Examples, designs: tuple[str, ...], config: TaskConfig, curve: bool = False) -> Evaluation:
    """A task measured by each design; random folds stand beside outlet-disjoint ones only to show the gap."""
    measured = tuple(measure(given, how, config) for how in designs)
    steps = learning_curve(given, config) if curve else ()
    return Evaluation(given.task.name, given.task.kind, measured, tuple(_warnings(given, measured)), steps)


def _warnings(given: Examples, measured: tuple[Measured, ...]) -> Iterator[str]:
    by = {m.design: m for m in measured}
    unknown = sum(a.outlet is None for a in given.articles)
    if unknown:
        yield f"{unknown} of {len(given.articles)} examples name no outlet: each counts as an outlet of its own"
    if "outlet" in by and "random" in by:
        for metric in ("f1", "macro-f1"):
            gap = by["random"].overall[metric].value - by["outlet"].overall[metric].value
            if gap > GAP:
                yield (f"{metric} falls by {100 * gap:.0f} points on unseen outlets: the labels follow the outlet, and the random"
                       " figure says nothing of new ones")  # fmt: skip
                return
    for each in measured:
        if each.outlets < 10 and each.design == "outlet":
            yield f"only {each.outlets} outlets: the intervals are too narrow to be trusted"


def learning_curve(given: Examples, config: TaskConfig) -> tuple[tuple[int, Estimate], ...]:
    """Outlet-disjoint F1 with a growing share of the training outlets: (training examples, F1)."""
    kept, fold = design(given, "outlet", config.seed)
    counted = fitting.counts(kept, config)
    random = np.random.default_rng(config.seed)
    found = []
    for share in SHARES:
        decided, sizes = np.zeros(kept.targets.shape, bool), []
        for k in range(int(fold.max()) + 1):
            inside, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            inside = _share(np.array(kept.groups), inside, share, random)
            model = fitting.fit(kept.take(inside), config, [c.take(inside) for c in counted])
            own = next(c for c in counted if c.features == model.weighing.features)
            decided[held] = model.decide(model.margins(own.take(held)), kept.languages[held].tolist())
            sizes.append(len(inside))
        found.append((int(np.mean(sizes)), score_table(kept.targets, decided, kept.groups)[metric_of(kept.task)]))
    return tuple(found)


def _share(groups: np.ndarray, inside: Ints, share: float, random: np.random.Generator) -> Ints:
    names = random.permutation(np.unique(groups[inside]))
    kept = names[: max(2, round(share * len(names)))]
    return inside[np.isin(groups[inside], kept)]


def more_labels(curve: tuple[tuple[int, Estimate], ...], extra: int) -> float | None:
    """F1 with so many more labels, on a line through the curve over the logarithm of its size; None without a curve."""
    if len(curve) < 2:
        return None
    sizes, values = np.log([size for size, _ in curve]), np.array([e.value for _, e in curve])
    slope = np.polyfit(sizes, values, 1)[0]
    return float(min(1.0, values[-1] + max(0.0, slope) * (np.log(curve[-1][0] + extra) - sizes[-1])))
