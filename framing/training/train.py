"""From a labelled corpus to a bundle: folds, heads, calibration, thresholds, card."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from framing import bundle, nearcopies
from framing.cues import CUE_IDS, UNIT_OF, UNITS, heads
from framing.evidence import Place, assemble
from framing.lexicon import Lexicon
from framing.model import Calibration
from framing.schema import CorpusError, Label, Span
from framing.training import distance, measured
from framing.training.evaluate import Bools, Floats, ece, f1, matches
from framing.training.extract import UnitArrays, extract
from framing.training.learn import Fitted, UnitConfig, learn, rows_of
from framing.training.together import cue_margins

THRESHOLDS = 40  # evidence thresholds tried a cue
SHIFTS = tuple(k / 4 for k in range(9))  # log-odds by which the base rate may be moved
SHOWN = 0.2  # probability below which a candidate is never shown as evidence
MAX_ECE = 0.08  # of a cue on out-of-fold real articles; a shift may not go beyond
RIGHT = 0.5  # share of what is found at 0.5 that a shift must leave right: what is shown should be right more often than not
NO_CANDIDATE = -30.0  # margin of an article without any candidate, for calibration
_FEW = 150_000  # candidates that are all fitted on
_WORDS_KEPT = 4  # one in so many articles without a label of the unit keeps its words for training


# Chosen by average precision on out-of-fold articles; `keep` also for the time of training and the size of the tables.
_UNITS = {
    "sentence": UnitConfig(keep=12_000),
    "title": UnitConfig(c=2.0, layout=12.0, real=20.0),
    "word": UnitConfig(c=5.0, layout=4.0, real=8.0, full=400, keep=6_000),
    "quote": UnitConfig(layout=4.0),
    "trigger": UnitConfig(c=3.0, layout=4.0, real=3.0, full=400, keep=8_000),
}


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a model is trained; saved in `model.json`."""

    folds: int = 4
    seed: int = 0
    jobs: int = 2
    units: dict[str, UnitConfig] = field(default_factory=lambda: dict(_UNITS))


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model and what its out-of-fold margins say.

    truth, probability: (labels, cues); spans: per label, what would be shown as evidence.
    The probabilities of a fold come from heads and calibrations that never saw it.
    """

    labels: list[Label]
    arrays: dict[str, UnitArrays]
    heads: dict[str, Fitted]
    calibrations: dict[str, Calibration]
    lexicon: Lexicon
    truth: Bools
    probability: Floats
    spans: list[list[Span]]
    config: TrainConfig


def train(labels: list[Label], lexicon: Lexicon, config: TrainConfig) -> Trained:
    """Fit, calibrate and cross-validate. The same labels give the same numbers."""
    if len({label.group for label in labels}) < config.folds:
        raise CorpusError("corpus", f"has fewer than {config.folds} outlets and batches", "add labels")
    with threadpool_limits(1):  # sums in a fixed order: the same corpus gives the same bytes
        arrays = extract(labels, lexicon)
        fold = folds(labels, config)
        margins = {unit: _out_of_fold(labels, arrays[unit], fold, config.units[unit], config.jobs) for unit in UNITS}
        fitted = {unit: _fit_on(labels, arrays[unit], np.arange(len(labels)), config, unit) for unit in UNITS}
    scale = _Scale(labels, arrays, margins, fold)
    final = {cue: scale.calibration(cue, np.ones(len(labels), bool)) for cue in CUE_IDS}
    probability, spans = scale.cross_fitted()
    return Trained(labels, arrays, fitted, final, lexicon, scale.truth, probability, spans, config)


def folds(labels: Sequence[Label], config: TrainConfig) -> npt.NDArray[np.int64]:
    """The fold of each label: outlets, authoring batches and near-copies stay together."""
    groups = nearcopies.merge([label.group for label in labels], [label.article.text for label in labels])
    strata = [f"{label.half}:{label.article.language}" for label in labels]
    split = StratifiedGroupKFold(config.folds, shuffle=True, random_state=config.seed)
    found = np.zeros(len(labels), np.int64)
    for number, (_, held) in enumerate(split.split(strata, strata, groups)):
        found[held] = number
    return found


def _out_of_fold(
    labels: Sequence[Label], arrays: UnitArrays, fold: npt.NDArray[np.int64], config: UnitConfig, jobs: int
) -> Floats:
    margins = np.zeros(arrays.targets.shape)
    for number in range(int(fold.max()) + 1):
        members = np.flatnonzero(fold != number)
        rows = training_rows(arrays, members)
        fitted = learn(arrays, rows, _weights(labels, arrays, rows, config), config, jobs)
        held = rows_of(arrays, np.flatnonzero(fold == number))
        margins[held] = fitted.margins(arrays.counts[held])
    return margins


def _fit_on(
    labels: Sequence[Label], arrays: UnitArrays, members: npt.NDArray[np.int64], config: TrainConfig, unit: str
) -> Fitted:
    rows = training_rows(arrays, members)
    return learn(arrays, rows, _weights(labels, arrays, rows, config.units[unit]), config.units[unit], config.jobs)


def training_rows(arrays: UnitArrays, members: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The candidates to fit on. Of the many words of articles without a label, a part is enough."""
    rows = rows_of(arrays, members)
    if len(rows) < _FEW:
        return rows
    labelled = np.unique(arrays.article[(arrays.targets == 1).any(axis=1)])
    article = arrays.article[rows]
    kept: npt.NDArray[np.int64] = rows[np.isin(article, labelled) | (article % _WORDS_KEPT == 0)]
    return kept


def _weights(labels: Sequence[Label], arrays: UnitArrays, rows: npt.NDArray[np.int64], config: UnitConfig) -> Floats:
    real = np.array([label.half == "real" for label in labels])
    article = arrays.article[rows]
    size = np.bincount(arrays.article, minlength=len(labels))[article]
    return np.where(real[article], config.real * np.minimum(1.0, config.full / size), 1.0)


class _Scale:
    """Margins to probabilities and evidence thresholds, on out-of-fold articles."""

    def __init__(
        self,
        labels: Sequence[Label],
        arrays: dict[str, UnitArrays],
        margins: dict[str, Floats],
        fold: npt.NDArray[np.int64],
    ) -> None:
        self._labels, self._arrays, self._fold = labels, arrays, fold
        self._columns = cue_margins(arrays, margins)
        self._real = np.array([label.half == "real" for label in labels])
        self.truth = np.array([[any(s.cue == cue for s in label.spans) for cue in CUE_IDS] for label in labels])
        self._starts = {unit: np.searchsorted(a.article, range(len(labels) + 1)).tolist() for unit, a in arrays.items()}
        self._best = np.stack([self._best_margin(cue) for cue in CUE_IDS], axis=1)
        self._tries = {cue: self._try(cue) for cue in CUE_IDS}

    def _best_margin(self, cue: str) -> Floats:
        best = np.full(len(self._labels), NO_CANDIDATE)
        np.maximum.at(best, self._arrays[UNIT_OF[cue]].article, self._columns[cue])
        return best

    def calibration(self, cue: str, members: Bools) -> Calibration:
        """Platt scaling of the articles' best margins (Platt 1999), and the best evidence threshold.

        The fewer real articles carry the cue, the more the written passages weigh.
        """
        k = CUE_IDS.index(cue)
        truth, best = self.truth[members, k], self._best[members, k]
        real = self._real[members]
        if not truth.any() or truth.all():
            return Calibration(1.0, -60.0 if not truth.any() else 60.0, math.inf)
        share = min(1.0, 10 / (1 + (truth & real).sum())) if real.any() else 1.0
        weight = np.where(real, 1.0, share * max(1, real.sum()) / max(1, (~real).sum()))
        fit = LogisticRegression(C=1e4, max_iter=1000).fit(best[:, None], truth, sample_weight=weight)
        slope, intercept = max(0.05, float(fit.coef_[0, 0])), float(fit.intercept_[0])
        shift = _shift(slope * best + intercept, truth, real if real.any() else ~real)
        floor = (math.log(SHOWN / (1 - SHOWN)) - intercept - shift) / slope
        return Calibration(slope, intercept + shift, max(floor, self._threshold(cue, members)))

    def _try(self, cue: str) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Thresholds (t,), and what each gives an article: spans matched, shown, labelled (t, labels, 3)."""
        k = CUE_IDS.index(cue)
        chosen = self._real if self._enough(cue, self._real) else np.ones(len(self._labels), bool)
        best = np.unique(self._best[chosen & (self._best[:, k] > NO_CANDIDATE), k])
        thresholds = np.quantile(best, np.linspace(0.3, 0.999, THRESHOLDS))
        counts = np.zeros((THRESHOLDS, len(self._labels), 3), np.int64)
        for number in np.flatnonzero(self.truth[:, k] | (self._best[:, k] >= thresholds[0])).tolist():
            wanted = [s for s in self._labels[number].spans if s.cue == cue]
            counts[:, number, 2] = len(wanted)
            strong = self._strong(cue, number, float(thresholds[0]))
            for t in range(int(np.searchsorted(thresholds, self._best[number, k], side="right"))):
                found = [f.span for f in assemble(cue, UNIT_OF[cue], *strong, float(thresholds[t]))]
                counts[t, number, :2] = matches(wanted, found), len(found)
        return thresholds, counts

    def _enough(self, cue: str, members: Bools) -> bool:
        return bool((self.truth[:, CUE_IDS.index(cue)] & self._real & members).sum() >= 5)

    def _threshold(self, cue: str, members: Bools) -> float:
        """The margin above which evidence has the best span F1, on real articles where they carry the cue."""
        thresholds, counts = self._tries[cue]
        chosen = members & self._real if self._enough(cue, members) else members
        scored = [(f1(*row), -abs(float(t))) for row, t in zip(counts[:, chosen].sum(axis=1).tolist(), thresholds)]
        return float(thresholds[scored.index(max(scored))])

    def _strong(self, cue: str, number: int, threshold: float) -> tuple[list[Place], list[float]]:
        """The candidates of an article from a threshold on, with their margins."""
        arrays, starts = self._arrays[UNIT_OF[cue]], self._starts[UNIT_OF[cue]]
        start, end = starts[number], starts[number + 1]
        margins = self._columns[cue][start:end]
        kept = np.flatnonzero(margins >= threshold).tolist()
        return [arrays.places[start + k] for k in kept], margins[kept].tolist()

    def _spans(self, cue: str, number: int, threshold: float) -> list[Span]:
        return [f.span for f in assemble(cue, UNIT_OF[cue], *self._strong(cue, number, threshold), threshold)]

    def cross_fitted(self) -> tuple[Floats, list[list[Span]]]:
        """Probabilities and spans of every label, calibrated on the other folds."""
        probability = np.zeros(self.truth.shape)
        spans: list[list[Span]] = [[] for _ in self._labels]
        for number in range(int(self._fold.max()) + 1):
            for k, cue in enumerate(CUE_IDS):
                calibration = self.calibration(cue, self._fold != number)
                for each in np.flatnonzero(self._fold == number):
                    best = float(self._best[each, k])
                    probability[each, k] = calibration.probability(-math.inf if best == NO_CANDIDATE else best)
                    spans[each].extend(self._spans(cue, int(each), calibration.threshold))
        return probability, spans


def _shift(logits: Floats, truth: Bools, chosen: Bools) -> float:
    """How far to move a rare cue's log-odds so that 0.5 separates best (F1), within `MAX_ECE` and with `RIGHT` of what is found right.

    Platt's fit alone leaves a rare cue's probabilities under 0.5 where the evidence is plain to a reader. The move is a stated change of
    base rate (Saerens et al. 2002), bounded by the calibration error that it costs.
    """
    logits, truth = logits[chosen], truth[chosen]
    best, found = 0.0, -1.0
    for shift in SHIFTS:
        probability = 1 / (1 + np.exp(-np.clip(logits + shift, -60, 60)))
        hit = probability >= 0.5
        value = f1((hit & truth).sum(), hit.sum(), truth.sum())
        sound = ece(truth, probability) <= MAX_ECE and (hit & truth).sum() >= RIGHT * hit.sum()
        if value > found + 1e-9 and (shift == 0 or sound):
            best, found = shift, value
    return best


def bundle_files(trained: Trained, name: str, version: str, corpus_sha256: str) -> dict[str, bytes]:
    """The files of the bundle, without its card."""
    files: dict[str, bytes] = {}
    units = {}
    for unit in UNITS:
        fitted, arrays = trained.heads[unit], trained.arrays[unit]
        names = [arrays.names[c] for c in fitted.columns]
        rows = np.column_stack([fitted.idf, fitted.coef.T]).astype(np.float32)
        files[f"{unit}.table"] = bundle.table_bytes(names, rows.tolist(), len(heads(unit)))
        files[f"{unit}.features.txt"] = "".join(f"{name}\n" for name in names).encode()
        units[unit] = {
            "heads": list(heads(unit)),
            "intercepts": fitted.intercept.tolist(),
            "sha256": hashlib.sha256(files[f"{unit}.table"]).hexdigest(),
            "features_sha256": hashlib.sha256(files[f"{unit}.features.txt"]).hexdigest(),
        }
    config = {k: v for k, v in asdict(trained.config).items() if k != "jobs"}
    body = {
        "name": name,
        "version": version,
        "units": units,
        "abbreviations": sorted(trained.lexicon.abbreviations),
        "classes": {lang: dict(lists) for lang, lists in trained.lexicon.lists.items()},
        "calibration": {cue: list(c) for cue, c in trained.calibrations.items()},
        "known": distance.bars(trained.labels, trained.arrays["sentence"], trained.heads["sentence"].columns),
        "config": config,
        "corpus_sha256": corpus_sha256,
    }
    files[bundle.MANIFEST] = bundle.manifest_bytes(body)
    return files


def save(trained: Trained, folder: Path, name: str, version: str, corpus_sha256: str, card: str) -> None:
    """Write the bundle, its card and what was measured."""
    files = bundle_files(trained, name, version, corpus_sha256)
    figures = measured.as_json(trained.labels, trained.truth, trained.probability)
    bundle.write_folder(folder, {**files, "README.md": card.encode(), measured.MEASURED: figures})
