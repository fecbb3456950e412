"""New labels on top of the shipped bundle."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from newpromo import CUE, UNHEARD, flipped, loose, rows, write

import framing
from framing.cues import CUE_IDS
from framing.model import Calibration
from framing.schema import Article, Label
from framing.tasks import cuelabels, imports, retrain, retraincard
from framing.tasks.retrain import Change, Retrained
from framing.training import corpora, weights
from framing.training.adapt import AdaptConfig, NewLabel
from framing.training.evaluate import Estimate
from framing.training.weights import Base

ROOT = Path(__file__).parent.parent
CONFIG = AdaptConfig(sample=1000)
K = CUE_IDS.index(CUE)


@pytest.fixture(scope="module")
def base() -> Base:
    return weights.read(ROOT / "models" / "default")


@pytest.fixture(scope="module")
def corpus() -> list[Label]:
    return list(corpora.written(ROOT / "datasets"))


def new(folder: Path, given: list[dict[str, Any]]) -> list[NewLabel]:
    return cuelabels.new_labels(imports.read(write(folder / "labels.jsonl", given)))


def found(model: framing.Model, given: list[dict[str, Any]]) -> tuple[int, int]:
    """How many articles with the appeal are found, and how many without."""
    hits = [model.score_one(Article("a", r["text"], r["title"], language="it")).cues[CUE] >= 0.5 for r in given]
    return sum(h for h, r in zip(hits, given) if r["spans"]), sum(h for h, r in zip(hits, given) if not r["spans"])


def saved(result: Retrained, base: Base, labels: list[NewLabel], folder: Path) -> framing.Model:
    from framing.bundle import write_folder

    write_folder(folder, retraincard.files(result, retraincard.Origin(base, labels, CONFIG), folder.name))
    return framing.load(folder)


@pytest.mark.parametrize("as_articles", [False, True], ids=["spans", "articles"])
def test_fifty_labels_teach_a_new_wording_and_the_rest_stays(base: Base, corpus: list[Label], tmp_path: Path, as_articles: bool) -> None:
    """On articles of other outlets the appeals go from missed to found; the base's corpus and its own tests lose nothing."""
    given = rows(50, apps=UNHEARD)
    labels = new(tmp_path, loose(given) if as_articles else given)
    result = retrain.retrain(base, corpus, labels, AdaptConfig())
    unseen = rows(40, seed=1, outlets=40, prefix="unseen", apps=UNHEARD)
    model = saved(result, base, labels, tmp_path / "mine")
    before, after = found(framing.load(), unseen), found(model, unseen)
    assert before[0] <= 12 and after[0] >= 18 and after[1] <= 1
    assert result.verdict is None and result.whole and result.whole.difference.low > 0
    assert result.rest and result.rest.n > 600 and result.rest.difference.value > -0.005 and result.rest.difference.low > -0.01
    plain = model.score_one(Article("p", "Iscriviti al nostro canale Telegram per non perdere le notizie!", language="it"))
    assert plain.cues[CUE] > 0.9 and plain.model.name == "mine" and plain.model.version.startswith("0.1.0+")


def test_a_saved_bundle_scores_as_it_was_measured(base: Base, corpus: list[Label], tmp_path: Path) -> None:
    from framing.training import adapt

    labels = new(tmp_path, rows(20))
    result = retrain.retrain(base, corpus[::40], labels, CONFIG)
    model = saved(result, base, labels, tmp_path / "m")
    first = result.panels["sentence"].first
    best = adapt.best_margins(result.panels, result.fitted, first + len(labels))
    for label, margins in zip(labels, best[first:].tolist()):
        record = model.score_one(label.label.article)
        assert record.cues == {c: pytest.approx(result.calibrations[c].probability(m), abs=1e-3) for c, m in zip(CUE_IDS, margins)}


ELEVEN = pytest.mark.xfail(strict=True, reason="known weakness: of labels of whole articles 11, not 12, of the first 20 are flipped in this draw")


@pytest.mark.parametrize(("as_articles", "seed"), [(False, 0), (False, 1), (True, 0), pytest.param(True, 1, marks=ELEVEN)])
def test_poisoned_labels_are_refused_and_lead_the_doubtful_list(
    base: Base, corpus: list[Label], tmp_path: Path, as_articles: bool, seed: int
) -> None:
    """Of 50 labels 30 % are flipped: not promoted, and at least 60 % of the 20 most doubtful are flipped ones."""
    given, wrong = flipped(rows(50, seed), 0.3, seed)
    labels = new(tmp_path, loose(given) if as_articles else given)
    result = retrain.retrain(base, corpus, labels, CONFIG)
    assert result.verdict == f"the labels of {CUE} contradict each other: look at the doubtful ones"
    numbers = [int(d.place.rpartition(":")[2]) - 1 for d in result.doubts(20)]
    assert len(numbers) == 20 and sum(n in wrong for n in numbers) >= 12


def test_the_same_labels_give_the_same_bytes(base: Base, corpus: list[Label], tmp_path: Path) -> None:
    labels = new(tmp_path, rows(16))
    origin = retraincard.Origin(base, labels, CONFIG)
    first, second = (retraincard.files(retrain.retrain(base, corpus[::60], labels, CONFIG), origin, "m") for _ in range(2))
    assert first == second


def test_labels_of_one_outlet_teach_but_prove_nothing(base: Base, corpus: list[Label], tmp_path: Path) -> None:
    labels = new(tmp_path, rows(20, outlets=1))
    result = retrain.retrain(base, corpus[::60], labels, CONFIG)
    assert result.verdict == "nothing could be measured: the labels are of one outlet, or near-copies" and result.whole is None
    assert "not shown to be better" in retraincard.card(result, retraincard.Origin(base, labels, CONFIG), "m")


def test_without_the_corpus_the_rest_is_not_measured(base: Base, tmp_path: Path) -> None:
    result = retrain.retrain(base, [], new(tmp_path, rows(40, apps=UNHEARD)), CONFIG)
    assert result.rest is None and result.verdict == "the rest was not measured: no corpus of the base is at hand"


def test_what_is_known_already_is_not_called_better(base: Base, corpus: list[Label], tmp_path: Path) -> None:
    """Labels of a wording that the base finds: no difference, no promotion."""
    given = [{**r, "text": r["text"].replace("salottino", "canale")} for r in rows(40)]
    for r in given:
        line = r["text"].rfind("\n")
        if r["spans"]:
            r["text"] = r["text"][:line] + "\nIscriviti al nostro canale Telegram!"
            r["spans"] = [{"label": CUE, "start": line + 1, "end": len(r["text"])}]
    result = retrain.retrain(base, corpus[::10], new(tmp_path, given), CONFIG)
    assert result.verdict == "it is not shown to be better on the new labels"


def test_a_verdict_asks_for_the_rest_too() -> None:
    better = Change("all new labels", 50, 25, 0.4, 0.9, Estimate(0.5, 0.3, 0.6))
    worse = Change("the rest", 500, 90, 0.9, 0.8, Estimate(-0.1, -0.12, -0.08))
    given = cuelabels.examples([NewLabel(Label(Article("a", "Un testo."), (), "g", "real"), frozenset((CUE,)))])
    result = Retrained({}, {}, {}, (), better, worse, None, (), given, np.zeros((1, 14)))
    assert result.verdict == "the rest may lose more than 0.02 of F1"
    assert str(worse).endswith("F1 0.900 -> 0.800  -0.100 [-0.120, -0.080]  worse") and str(better).endswith("better")


def test_a_calibration_moves_only_with_enough_labels_and_not_far() -> None:
    """Twenty labels on each side move the intercept, at most by one; the slope stays."""
    old = {cue: Calibration(1.0, 0.0, 0.5) for cue in CUE_IDS}
    targets = np.full((40, len(CUE_IDS)), -1, np.int8)
    targets[:, K] = np.arange(40) % 2
    margins = np.full((40, len(CUE_IDS)), -3.0)
    moved = retrain.recalibrated(old, targets, margins)
    assert moved[CUE].slope == 1.0 and moved[CUE].threshold == 0.5 and 0.9 < moved[CUE].intercept <= 1.0
    assert all(moved[cue] == old[cue] for cue in CUE_IDS if cue != CUE)
    assert retrain.recalibrated(old, targets[:38], margins[:38]) == old


@pytest.mark.parametrize(
    ("missed", "invented", "expected"),
    [(0.0, 0.0, []), (0.3, 0.3, [CUE]), (0.5, 0.1, []), (0.5, 0.2, [CUE]), (0.9, 0.0, [])],
)
def test_labels_contradict_where_both_sides_are_denied(missed: float, invented: float, expected: list[str]) -> None:
    """A hard cue is missed often; that alone is no contradiction."""
    targets = np.full((40, len(CUE_IDS)), -1, np.int8)
    targets[:, K] = np.arange(40) < 20
    belief = np.zeros((40, len(CUE_IDS)))
    belief[:20, K] = np.arange(20) >= 20 * missed
    belief[20:, K] = np.arange(20) < 20 * invented
    assert retrain.contradicted(targets, belief) == expected
