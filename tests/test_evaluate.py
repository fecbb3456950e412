import numpy as np
import pytest

from framing.evaluate import article_f1, bootstrap, ece, f1, iou, matches
from framing.schema import Span


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
