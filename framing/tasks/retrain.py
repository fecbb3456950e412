"""New labels of the cues on top of a bundle: its heads corrected, measured against the old ones, its labels doubted.

Every figure of the new labels is out of fold: the folds part no outlet and no near-copies, the old heads are the base's. The rest is
measured on texts of the base's corpus that the correction did not see, by how much they lose. Promotion asks for both, and for
labels that do not contradict each other: where heads that did not see them deny so much both of what is said to be there and of what
is said not to be that the geometric mean of the two shares is above `CONTRADICTED`. (Both: a hard cue is missed often, but where it is
absent seldom found; of labels of which 30 % are flipped the mean is near 0.3.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar
from threadpoolctl import threadpool_limits

from framing.cues import CUE_IDS
from framing.model import Calibration
from framing.schema import Label
from framing.tasks import cuelabels, doubt, fitting
from framing.tasks.deciding import Bools, Examples, Ints
from framing.tasks.heads import UNKNOWN, Floats, Targets
from framing.training import adapt
from framing.training.adapt import AdaptConfig, NewLabel, Panel
from framing.training.evaluate import Estimate, paired, score_table
from framing.training.learn import Fitted
from framing.training.weights import Base

FOUND = 0.5  # a cue counts as found from this probability on
FEWEST = 5  # articles with a cue below which it has no line of its own
FEWEST_SHIFT = 20  # articles with a cue, and without, from which its calibration is moved
MOST_SHIFT = 1.0  # log-odds
HOLD = 5.0  # strength of the penalty on a shift
LOSS = 0.02  # of F1 that the rest may lose, with the whole interval
CONTRADICTED = 0.25
FEWEST_DENIED = 10  # labels on each side from which contradictions are counted
METRIC = "micro-f1"


@dataclass(frozen=True, slots=True)
class Change:
    """Old and new F1 on the same articles. difference: new minus old, bootstrapped over outlets in pairs."""

    name: str
    n: int
    positives: int
    old: float
    new: float
    difference: Estimate

    def __str__(self) -> str:
        d = self.difference
        said = "better" if d.low > 0 else "worse" if d.high < 0 else "no clear difference"
        return (
            f"{self.name:18} {self.n:>5} articles {self.positives:>4} with it  F1 {self.old:.3f} -> {self.new:.3f}"
            f"  {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]  {said}"
        )


@dataclass(frozen=True, slots=True)
class Retrained:
    """The corrected heads and what was measured. rest and whole are None where nothing was at hand to measure them on."""

    panels: dict[str, Panel]
    fitted: dict[str, Fitted]
    calibrations: dict[str, Calibration]
    cues: tuple[Change, ...]
    whole: Change | None
    rest: Change | None
    figure: Estimate | None
    contradicted: tuple[str, ...]
    given: Examples
    belief: Floats  # (n, cues): what heads that did not see a new label give it

    def doubts(self, most: int) -> list[doubt.Doubt]:
        """The most doubtful new labels, the worst first."""
        return doubt.ranked(self.given, self.belief, most)

    @property
    def verdict(self) -> str | None:
        """Why the new model is not better; None where it is."""
        if self.contradicted:
            return f"the labels of {', '.join(self.contradicted)} contradict each other: look at the doubtful ones"
        if self.whole is None:
            return "nothing could be measured: the labels are of one outlet, or near-copies"
        if self.whole.difference.low <= 0:
            return "it is not shown to be better on the new labels"
        if self.rest is None:
            return "the rest was not measured: no corpus of the base is at hand"
        if self.rest.difference.low < -LOSS:
            return f"the rest may lose more than {LOSS:.2f} of F1"
        return None


def retrain(base: Base, corpus: Sequence[Label], new: Sequence[NewLabel], config: AdaptConfig) -> Retrained:
    """The base corrected by the new labels. `corpus`: of the base, as much as is at hand; the same input gives the same numbers."""
    held, kept = _sample(corpus, config)
    work = _Work(base, [*held, *kept], list(new), config.fewest)
    hold = np.arange(len(held))
    with threadpool_limits(1):
        fitted = work.correct(np.concatenate([hold, work.numbers]), config)
        outlets = len(set(work.given.groups))
        margins = work.out_of_fold(fitting.folds(work.given, config.folds, config.seed), hold, config) if outlets > 1 else None
        # one fit over bags: the best candidate of a wrongly labelled article is whatever fits the wrong label
        doubtful = work.out_of_fold(_apart(work.given, config), hold, replace(config, rounds=1))
    return work.judged(fitted, margins, doubtful, kept)


def _sample(corpus: Sequence[Label], config: AdaptConfig) -> tuple[list[Label], list[Label]]:
    """Texts that hold the rest in place, and texts of other outlets to see whether they do."""
    order = np.random.default_rng(config.seed).permutation(len(corpus))[: config.sample]
    drawn = [corpus[i] for i in order]
    kept = set(sorted({label.group for label in drawn})[:: config.kept])
    return [label for label in drawn if label.group not in kept], [label for label in drawn if label.group in kept]


def _apart(given: Examples, config: AdaptConfig) -> Ints:
    """Folds that part outlets too: an outlet's other labels are what tells a wrong one, and no figure is quoted of them."""
    alone = replace(given, groups=tuple(f"{group} {k}" for k, group in enumerate(given.groups)))
    return fitting.folds(alone, config.folds, config.seed)


_OutOfFold = tuple[Ints, Floats]  # the folds, and the margins (n, cues) from heads that did not see them


class _Work:
    """The candidates of one retraining, and what is done with them."""

    def __init__(self, base: Base, sample: list[Label], new: list[NewLabel], fewest: int) -> None:
        self._base = base
        self.given = cuelabels.examples(new)
        self.numbers = np.arange(len(sample), len(sample) + len(new))
        self.panels = adapt.prepare(base, sample, new, fewest)
        self._count = len(sample) + len(new)
        self._old = adapt.best_margins(self.panels, {unit: panel.old for unit, panel in self.panels.items()}, self._count)

    def correct(self, members: Ints, config: AdaptConfig) -> dict[str, Fitted]:
        """All units, corrected by the articles of the given numbers."""
        return {unit: adapt.correct(panel, members, config) for unit, panel in self.panels.items()}

    def out_of_fold(self, fold: Ints, hold: Ints, config: AdaptConfig) -> tuple[Ints, Floats]:
        """The folds, and each new label's best margins (n, cues) from heads that did not see its fold."""
        found = np.zeros(self.given.targets.shape)
        for k in range(int(fold.max()) + 1):
            fitted = self.correct(np.concatenate([hold, self.numbers[fold != k]]), config)
            found[fold == k] = adapt.best_margins(self.panels, fitted, self._count)[self.numbers[fold == k]]
        return fold, found

    def judged(self, fitted: dict[str, Fitted], margins: _OutOfFold | None, doubtful: _OutOfFold, kept: list[Label]) -> Retrained:
        """The whole result. `kept`: the labels of the sample's end, which no correction saw."""
        targets, old = self.given.targets, self._base.calibrations
        moved = recalibrated(old, targets, (margins or doubtful)[1])
        belief = _probability(recalibrated(old, targets, doubtful[1]), doubtful[1])
        after = self._cross_calibrated(*margins) >= FOUND if margins else None
        cues, whole = self._changes(after) if after is not None else ([], None)
        figure = score_table(targets, after, self.given.groups)[METRIC] if after is not None else None
        said = tuple(contradicted(targets, belief))
        return Retrained(
            self.panels, fitted, moved, tuple(cues), whole, self._rest(fitted, moved, kept), figure, said, self.given, belief
        )  # fmt: skip

    def _changes(self, after: Bools) -> tuple[list[Change], Change | None]:
        """The new labels' line of each cue, and of all."""
        before = _probability(self._base.calibrations, self._old[self.numbers]) >= FOUND
        targets, groups = self.given.targets, self.given.groups
        columns = [(cue, slice(k, k + 1)) for k, cue in enumerate(CUE_IDS)]
        cues = [change(cue, targets[:, k], (before[:, k], after[:, k]), groups) for cue, k in columns]
        return [each for each in cues if each], change("all new labels", targets, (before, after), groups, 1)

    def _cross_calibrated(self, fold: Ints, margins: Floats) -> Floats:
        """Probabilities of the new labels, each by a calibration that its fold did not move."""
        found = np.zeros(margins.shape)
        for k in range(int(fold.max()) + 1):
            others = fold != k
            moved = recalibrated(self._base.calibrations, self.given.targets[others], margins[others])
            found[fold == k] = _probability(moved, margins[fold == k])
        return found

    def _rest(self, fitted: dict[str, Fitted], moved: dict[str, Calibration], kept: list[Label]) -> Change | None:
        rows = slice(self._count - len(self.numbers) - len(kept), self._count - len(self.numbers))
        targets = np.array([[any(s.cue == c for s in label.spans) for c in CUE_IDS] for label in kept], np.int8).reshape(-1, len(CUE_IDS))
        old = _probability(self._base.calibrations, self._old[rows]) >= FOUND
        new = _probability(moved, adapt.best_margins(self.panels, fitted, self._count)[rows]) >= FOUND
        return change("the rest", targets, (old, new), [label.group for label in kept])


def _probability(calibrations: dict[str, Calibration], margins: Floats) -> Floats:
    return np.array([[calibrations[c].probability(m) for c, m in zip(CUE_IDS, row)] for row in margins.tolist()]).reshape(margins.shape)


def change(name: str, targets: Targets, found: tuple[Bools, Bools], groups: Sequence[str], fewest: int = FEWEST) -> Change | None:
    """Old against new; None where too few articles carry the cue."""
    known = (targets != UNKNOWN).any(axis=1)
    positives = int((targets == 1).any(axis=1).sum())
    if positives < fewest:
        return None
    figures = paired(targets, found, groups, METRIC)
    return Change(name, int(known.sum()), positives, *figures)


def recalibrated(old: dict[str, Calibration], targets: Targets, margins: Floats) -> dict[str, Calibration]:
    """The base's calibrations, each moved by what the out-of-fold margins ask for.

    Fifty chosen labels are no sample of a feed: the slope stays, and only a cue with `FEWEST_SHIFT` articles on both sides has its
    intercept moved, at most by `MOST_SHIFT`, against a penalty that holds it at 0.
    """
    found = {}
    for k, cue in enumerate(CUE_IDS):
        each, truth, column = old[cue], targets[:, k] == 1, np.maximum(margins[:, k], -60.0)
        usable = targets[:, k] != UNKNOWN
        if min(truth.sum(), (usable & ~truth).sum()) >= FEWEST_SHIFT:
            each = each._replace(intercept=each.intercept + _shift(each.slope * column[usable] + each.intercept, truth[usable]))
        found[cue] = each
    return found


def _shift(logits: Floats, truth: Bools) -> float:
    sign = np.where(truth, 1.0, -1.0)

    def loss(shift: float) -> float:
        return float(np.logaddexp(0, -sign * (logits + shift)).sum() + HOLD * shift * shift)

    return float(minimize_scalar(loss, bounds=(-MOST_SHIFT, MOST_SHIFT), method="bounded").x)


def contradicted(targets: Targets, belief: Floats) -> list[str]:
    """The cues whose labels models that did not see them deny on both sides. belief: probabilities (n, cues)."""
    found = []
    for k, cue in enumerate(CUE_IDS):
        present, absent = belief[targets[:, k] == 1, k], belief[targets[:, k] == 0, k]
        if min(len(present), len(absent)) < FEWEST_DENIED:
            continue
        if ((present < FOUND).mean() * (absent >= FOUND).mean()) ** 0.5 > CONTRADICTED:
            found.append(cue)
    return found
