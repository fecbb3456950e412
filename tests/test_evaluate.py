import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from framing.schema import Span
from framing.training.evaluate import article_f1, bootstrap, ece, f1, figures, iou, matches, paired, ranked, score_table


def test_f1_of_known_counts() -> None:
    assert f1(2, 4, 3) == pytest.approx(4 / 7)
    assert f1(0, 0, 0) == 0.0


def test_spans_match_at_half_their_union_and_once() -> None:
    gold = [Span("c", "text", 0, 10)]
    assert matches(gold, [Span("c", "text", 0, 20)]) == 1
    assert matches(gold, [Span("c", "text", 0, 21)]) == 0
    assert matches(gold * 2, [Span("c", "text", 0, 10)]) == 1
    assert iou(Span("c", "text", 0, 10), Span("d", "text", 0, 10)) == 0
    assert iou(Span("c", "text", 0, 10), Span("c", "title", 0, 10)) == 0


def test_the_interval_is_over_outlets_and_holds_the_figure() -> None:
    truth = np.tile([True, False, True, True], 30)
    found = np.tile([True, True, True, False], 30)
    few = article_f1(truth, found, ["a", "b", "c", "d"] * 30)
    many = article_f1(truth, found, [str(i) for i in range(120)])
    assert few.low <= few.value <= few.high and many.low <= many.value <= many.high
    assert few.high - few.low > many.high - many.low


def test_the_bootstrap_is_seeded() -> None:
    counts = np.random.default_rng(0).random((20, 3))
    groups = [str(i) for i in range(20)]
    assert bootstrap(groups, counts, lambda s: float(s[0])) == bootstrap(groups, counts, lambda s: float(s[0]))


def test_ece_of_known_bins() -> None:
    truth = np.array([True, False, True, False])
    assert ece(truth, np.array([0.95, 0.05, 0.95, 0.05])) == pytest.approx(0.05)
    assert ece(truth, np.array([0.05, 0.95, 0.05, 0.95])) == pytest.approx(0.95)


def test_auc_and_average_precision_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    truth = random.random(200) < 0.3
    probability = np.round(np.clip(truth * 0.3 + random.random(200) * 0.7, 0, 1), 2)
    auc, precision = ranked(truth, probability, [str(k % 20) for k in range(200)])
    assert auc.value == pytest.approx(roc_auc_score(truth, probability))
    assert precision.value == pytest.approx(average_precision_score(truth, probability))
    assert auc.low < auc.value < auc.high and precision.low < precision.value < precision.high


def test_all_figures_of_a_perfect_score() -> None:
    truth = np.array([True, False] * 10)
    found = figures(truth, truth.astype(float), truth, [str(k) for k in range(20)])
    assert {k: v.value for k, v in found.items()} == {
        "precision": 1, "recall": 1, "f1": 1, "auc": 1, "average_precision": 1, "brier": 0, "ece": 0,
    }  # fmt: skip


def test_the_ece_of_cells_is_the_ece() -> None:
    random = np.random.default_rng(1)
    truth, probability = random.random(300) < 0.5, random.random(300)
    assert figures(truth, probability, probability > 0.5, ["a"] * 300)["ece"].value == pytest.approx(ece(truth, probability))


def test_ranks_of_one_class_are_unknown() -> None:
    assert np.isnan(ranked(np.ones(4, bool), np.arange(4.0), list("abcd"))[0].value)


def test_the_table_of_decisions() -> None:
    targets = np.array([[1, 0], [1, -1], [0, 1]], np.int8)
    found = np.array([[True, False], [False, True], [False, True]])
    values = {k: v.value for k, v in score_table(targets, found, ["a", "b", "c"]).items()}
    assert values == pytest.approx({"micro-f1": 4 / 5, "macro-f1": (2 / 3 + 1) / 2, "accuracy": 2 / 3})


def test_a_paired_difference_is_narrower_than_its_parts() -> None:
    random = np.random.default_rng(0)
    targets = (random.random((300, 1)) < 0.5).astype(np.int8)
    old = (targets == 1) ^ (random.random((300, 1)) < 0.3)
    new = np.where(random.random((300, 1)) < 0.5, targets == 1, old)
    groups = [str(k % 30) for k in range(300)]
    before, after, difference = paired(targets, (old, new), groups, "accuracy")
    assert difference.value == pytest.approx(after - before) and difference.low > 0
    alone = score_table(targets, new, groups)["accuracy"]
    assert difference.high - difference.low < 2 * (alone.high - alone.low)
