"""What the labels and the parts of the model are worth, by cross-validation.

usage: python benchmarks/corpus.py languages|curve|parts TEXTS_FOLDER

languages  each language held out whole: does a cue learnt in the others carry to it? Real articles, or passages where there are few.
curve      a share of the outlets with real articles, or of the written batches, left out of training
parts      one kind of feature left out at a time, and what one unit says of another
Outlets, batches and near-copies stay together. Settings are the shipped model's, but 3 folds. The gold articles are not touched.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from framing.cues import CUE_IDS, FURNITURE, TRIGGERS, UNITS
from framing.training import corpora, train
from framing.training.evaluate import article_f1
from framing.training.extract import IGNORED, UnitArrays, extract

ROOT = Path(__file__).parent.parent
CONFIG = train.TrainConfig(folds=3)
GROUPS = (FURNITURE, tuple(cue for cue in CUE_IDS if cue not in FURNITURE), CUE_IDS)
FEW = 50  # real articles of a language; below it the written passages are measured
KINDS = {
    "word classes": ("y", "ly", "ry", "f"), "character n-grams": ("c",), "layout": ("x",), "word pairs": ("p",),
    "context": ("l", "r", "l1", "l2", "l3", "r1", "r2", "r3", "ly", "ry"),
}  # fmt: skip
Arrays = dict[str, UnitArrays]


class Corpus:
    """The labels and their arrays, extracted once."""

    def __init__(self, texts: Path) -> None:
        self.labels = corpora.read(ROOT / "datasets", texts)
        self.arrays = extract(self.labels, corpora.lexicon(ROOT / "datasets"))
        self.real = np.array([label.half == "real" for label in self.labels])
        self.groups = np.array([label.group for label in self.labels])
        self.languages = np.array([label.article.language for label in self.labels])

    def scored(self, arrays: Arrays, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Truth and probability (labels, cues), each label's by what was learnt and calibrated on the other folds."""
        with threadpool_limits(1):
            margins = {u: train._out_of_fold(self.labels, arrays[u], fold, CONFIG.units[u], CONFIG.jobs) for u in UNITS}
        scale = train._Scale(self.labels, arrays, margins, fold)
        return scale.truth, scale.cross_fitted()[0]

    def row(self, name: str, scored: tuple[np.ndarray, np.ndarray], chosen: np.ndarray) -> None:
        """Print article F1 of furniture, the other six and all, on the chosen labels."""
        truth, probability = scored
        figures = []
        for cues in GROUPS:
            cells = np.ix_(np.flatnonzero(chosen), [CUE_IDS.index(cue) for cue in cues])
            figures.append(str(article_f1(truth[cells], probability[cells] >= 0.5, self.groups[chosen].tolist())))
        print(f"| {name} | {' | '.join(figures)} |", flush=True)


def languages(corpus: Corpus) -> None:
    codes = sorted(set(corpus.languages))
    scored = corpus.scored(corpus.arrays, np.array([codes.index(code) for code in corpus.languages]))
    for code in codes:
        mine = corpus.languages == code
        enough = (mine & corpus.real).sum() >= FEW
        chosen = mine & (corpus.real if enough else ~corpus.real)
        corpus.row(f"{code} | {chosen.sum()} {'real' if enough else 'written'}", scored, chosen)


def curve(corpus: Corpus) -> None:
    fold = train.folds(corpus.labels, CONFIG)
    drawn = np.random.default_rng(0).permutation(sorted(set(corpus.groups)))
    place = dict(zip(drawn, np.linspace(0, 1, len(drawn)), strict=True))
    at = np.array([place[group] for group in corpus.groups])
    for name, half in (("real", corpus.real), ("written", ~corpus.real)):
        for share in (0.0, 0.25, 0.5, 1.0):
            dropped = half & (at > share if share else True)
            corpus.row(f"{name} {share:.0%}", corpus.scored(_silent(corpus.arrays, dropped), fold), corpus.real)


def _silent(arrays: Arrays, dropped: np.ndarray) -> Arrays:
    """The arrays in which some labels say nothing."""
    return {u: replace(a, targets=np.where(dropped[a.article][:, None], IGNORED, a.targets).astype(np.int8)) for u, a in arrays.items()}


def parts(corpus: Corpus) -> None:
    fold = train.folds(corpus.labels, CONFIG)
    corpus.row("everything", corpus.scored(corpus.arrays, fold), corpus.real)
    for name, kinds in KINDS.items():
        corpus.row(f"without {name}", corpus.scored({u: _without(u, a, kinds) for u, a in corpus.arrays.items()}, fold), corpus.real)
    alone = {**corpus.arrays, "trigger": replace(corpus.arrays["trigger"], names=["" for _ in corpus.arrays["trigger"].names])}
    corpus.row("without trigger words", corpus.scored(alone, fold), corpus.real)


def _without(unit: str, arrays: UnitArrays, kinds: Sequence[str]) -> UnitArrays:
    """The arrays without the features of some kinds; a trigger word keeps the class that makes it one."""
    marks = {f"y:{kind}" for classes in TRIGGERS.values() for kind in classes} if unit == "trigger" else set()
    kept = np.array([name.partition(":")[0] not in kinds or name in marks for name in arrays.names])
    counts = arrays.counts.copy()
    counts.data *= kept[counts.indices]
    counts.eliminate_zeros()
    return replace(arrays, counts=counts)


if __name__ == "__main__":
    commands = {each.__name__: each for each in (languages, curve, parts)}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](Corpus(Path(sys.argv[2])))
