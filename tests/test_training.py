import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.feature_selection import chi2

import framing
from framing import nearcopies
from framing.cues import CUE_IDS, UNITS, heads
from framing.lexicon import Lexicon
from framing.schema import Article, CorpusError, Label, Span
from framing.training import card, corpora, extract, measured, train, weights
from framing.training.extract import IGNORED
from framing.training.learn import UnitConfig, strengths
from tests import recount

DATASETS = Path(__file__).parent.parent / "datasets"
KNOWN = Lexicon(frozenset(["dr"]), {"fr": {"say": ("dit", "affirm*")}})
SMALL = train.TrainConfig(folds=3, jobs=1, units={u: UnitConfig(keep=2000) for u in UNITS})


@pytest.fixture(scope="module")
def labels() -> list[Label]:
    return [label for k, label in enumerate(corpora.written(DATASETS)) if k % 9 == 0]


@pytest.fixture(scope="module")
def trained(labels: list[Label]) -> train.Trained:
    return train.train(labels, KNOWN, SMALL)


def test_the_same_corpus_gives_the_same_bytes(labels: list[Label], trained: train.Trained) -> None:
    again = train.train(labels, KNOWN, SMALL)
    assert train.bundle_files(again, "m", "1", "d") == train.bundle_files(trained, "m", "1", "d")
    one, other = (measured.as_json(t.labels, t.truth, t.probability) for t in (again, trained))
    assert one == other == (json.dumps(json.loads(one), sort_keys=True, indent=1) + "\n").encode()


def test_a_saved_model_scores_as_it_was_trained(trained: train.Trained, tmp_path: Path) -> None:
    train.save(trained, tmp_path / "m", "m", "1", "d", card.card(trained, "m", "1"))
    model = framing.load(tmp_path / "m")
    sample = trained.labels[0].article
    for unit in UNITS:
        arrays, fitted = trained.arrays[unit], trained.heads[unit]
        mine = arrays.article == 0
        expected = fitted.margins(arrays.counts[np.flatnonzero(mine)])
        from framing.candidates import candidates

        found = candidates(sample, sample.language or "", model.lexicon)[unit]
        got = np.array([model.panels[unit].margins(c) for c in found]).reshape(expected.shape)
        assert np.abs(got - expected).max(initial=0) < 1e-4
    assert "not measured" in (tmp_path / "m" / "README.md").read_text(encoding="utf-8")


def test_what_was_measured_lies_beside_the_card(trained: train.Trained, tmp_path: Path) -> None:
    """Every figure counted again from the labels' spans and the out-of-fold probabilities, label by label."""
    train.save(trained, tmp_path, "m", "1", "d", "card")
    found = json.loads((tmp_path / "measured.json").read_bytes())
    assert (found["half"], found["outlets"]) == ("written", len({label.group for label in trained.labels}))
    assert found["cues"] == recount.cues(trained.labels, trained.probability.tolist())


def test_a_corpus_without_word_classes_trains(labels: list[Label], tmp_path: Path) -> None:
    """No class, no trigger word: the unit has no feature, and its heads add nothing."""
    train.save(train.train(labels[::7], Lexicon(), SMALL), tmp_path, "m", "1", "d", "card")
    assert (tmp_path / "trigger.features.txt").read_bytes() == b""
    assert weights.read(tmp_path).heads["trigger"].rows.shape == (0, 1 + len(heads("trigger")))
    explained = framing.load(tmp_path).explain(Article("a", "Abonnez-vous à notre chaîne Telegram !"), "social_promo")
    assert explained and explained[0].margin == pytest.approx(explained[0].intercept + sum(c.value for c in explained[0].contributions))


def test_no_group_and_no_near_copy_stands_in_two_folds(labels: list[Label]) -> None:
    copy = Label(labels[0].article, labels[0].spans, "another group", "written", labels[0].meta)
    every = [*labels, copy]
    fold = train.folds(every, SMALL)
    by_group: dict[str, set[int]] = {}
    for label, number in zip(every, fold, strict=True):
        by_group.setdefault(label.group, set()).add(int(number))
    assert all(len(numbers) == 1 for numbers in by_group.values())
    assert fold[-1] == fold[0]


def test_probabilities_come_from_folds_that_never_saw_the_label(trained: train.Trained) -> None:
    assert trained.probability.shape == (len(trained.labels), len(CUE_IDS))
    assert ((trained.probability >= 0) & (trained.probability <= 1)).all()
    positive = trained.probability[trained.truth].mean()
    assert positive > trained.probability[~trained.truth].mean() + 0.1


def test_too_small_a_corpus_is_refused() -> None:
    one = Label(Article("a", "Un texte.", language="fr"), (), "g", "written", {})
    with pytest.raises(CorpusError, match="fewer than 3"):
        train.train([one], Lexicon(), SMALL)


def test_near_copies_are_pairs_that_share_most_runs() -> None:
    text = "le conseil municipal a voté hier soir le budget de la commune après un long débat"
    assert list(nearcopies.pairs([text, "autre chose que voici pour finir la journée au bord", text + " houleux"])) == [(0, 2)]
    assert nearcopies.merge(["a", "b", "c"], [text, "tout autre texte", text]) == ["a", "b", "a"]


def corpus(folder: Path, row: dict[str, object]) -> Path:
    (folder / "cues").mkdir(parents=True)
    base = {
        "id": "x", "lang": "fr", "title": None, "text": "Suivez-nous !", "spans": [], "topic": "t", "register": "r",
        "author_batch": "b", "license": "CC-BY-4.0",
    }  # fmt: skip
    (folder / "cues" / "fr.jsonl").write_text(json.dumps({**base, **row}) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"spans": [{"cue": "promo", "field": "text", "start": 0, "end": 3}]}, "unknown cue 'promo'"),
        ({"spans": [{"cue": "social_promo", "field": "text", "start": 0, "end": 99}]}, "lies outside"),
    ],
)
def test_broken_corpus_rows_are_named(tmp_path: Path, row: dict[str, object], says: str) -> None:
    with pytest.raises(CorpusError, match=says) as caught:
        corpora.read(corpus(tmp_path, row), None)
    assert "fr.jsonl:1" in str(caught.value)


def test_standoff_labels_join_only_the_text_that_was_labelled(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "d", {})
    (folder / "real").mkdir()
    text = "Rejoignez notre chaîne."
    row = {
        "corpus": "c", "id": "1", "field": "text", "sha1": corpora.sha1(text), "lang": "fr", "annotator": "a", "reviewed": False,
        "spans": [{"cue": "social_promo", "field": "text", "start": 0, "end": 23}],
    }  # fmt: skip
    (folder / "real" / "c.jsonl").write_text(json.dumps(row), encoding="utf-8")
    texts = tmp_path / "texts"
    texts.mkdir()
    with pytest.raises(CorpusError, match=r"holds no c\.jsonl"):
        corpora.read(folder, texts)
    (texts / "c.jsonl").write_text(json.dumps({"id": "1", "text": text, "outlet": "o.example"}), encoding="utf-8")
    found = corpora.read(folder, texts)[-1]
    assert (found.group, found.spans) == ("o.example", (Span("social_promo", "text", 0, 23),))
    (texts / "c.jsonl").write_text(json.dumps({"id": "1", "text": "Un autre."}), encoding="utf-8")
    with pytest.raises(CorpusError, match="missing or another one"):
        corpora.read(folder, texts)
    shutil.rmtree(texts)


def test_the_number_of_jobs_does_not_change_what_is_extracted(labels: list[Label], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "CHUNK", 7)
    alone, together = (extract.extract(labels[:40], KNOWN, jobs) for jobs in (1, 2))
    for unit in UNITS:
        one, other = alone[unit], together[unit]
        assert one.names == other.names and one.places == other.places
        assert (one.counts != other.counts).nnz == 0 and (one.targets == other.targets).all()
        assert (one.article == other.article).all() and (one.sentence == other.sentence).all()


def test_a_base_rate_is_not_moved_where_more_than_half_of_what_is_found_would_be_wrong() -> None:
    """100 articles carry the cue, of 2,000: the next 60 with the cue stand among 240 without it, so a shift that takes them in would be wrong too often."""
    truth = np.repeat([True, True, False, False], [40, 60, 240, 1660])
    logits = np.repeat([1.0, -0.5, -0.5, -4.0], [40, 60, 240, 1660])
    assert train._shift(logits, truth, np.ones(2000, bool)) == 0.0
    kept = np.r_[0:100, 300:2000]  # without 200 of the 240: 100 right of 140
    assert train._shift(logits[kept], truth[kept], np.ones(len(kept), bool)) == 0.5


def test_features_are_ranked_as_by_chi_squared() -> None:
    chance = np.random.default_rng(0)
    features = sp.random(400, 60, 0.1, random_state=0, format="csr")
    targets, weights = chance.choice([IGNORED, 0, 0, 1], (400, 3)).astype(np.int8), chance.random(400)
    targets[:, 2] = np.minimum(targets[:, 2], 0)
    found = strengths(features, targets, weights)
    for strength, target in zip(found[:2], targets.T):
        used = target != IGNORED
        assert strength == pytest.approx(chi2((sp.diags(weights) @ features)[used], target[used])[0])
    assert not found[2].any()
