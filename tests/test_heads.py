import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from words import binary

from framing.tasks import heads
from framing.tasks.heads import FeatureSet, Setting

TEXTS = [m.article.text for m in binary(60)]
TARGETS = np.array([[int("true" in m.present)] for m in binary(60)], np.int8)


def test_the_rotated_fit_is_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = heads.counted(TEXTS, FeatureSet())
    rows = heads.weighing(counts).rows(counts)
    space = heads.space(rows)
    coef, intercept = heads.fit(space.rows, TARGETS, Setting(3.0))
    plain = LogisticRegression(C=3.0, tol=1e-8, max_iter=2000).fit(rows, TARGETS[:, 0])
    found = heads.margins(rows, (space.weights(coef), intercept))[:, 0]
    assert np.abs(found - plain.decision_function(rows)).max() < 0.02


def test_blocks_have_their_weights() -> None:
    counts = heads.counted(TEXTS, FeatureSet(weights=(3.0, 1.0)))
    rows = heads.weighing(counts).rows(counts)
    words = len(heads.weighing(counts).blocks[0].columns)
    assert rows[:, :words].power(2).sum(axis=1) == pytest.approx(0.75, abs=1e-5)
    assert rows.dtype == np.float32


def test_habits_are_a_block() -> None:
    counts = heads.counted(TEXTS, FeatureSet(style=0.2))
    found = heads.weighing(counts).habits(counts.habits)
    assert found.shape == (60, 15) and np.abs(found).max() <= 3 * (0.2 / 15) ** 0.5 + 1e-6


def test_many_articles_are_fitted_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "SMALL", 10)
    counts = heads.counted(TEXTS, FeatureSet())
    space = heads.space(heads.weighing(counts).rows(counts))
    assert isinstance(space.rows, sp.csr_matrix) and space.turn is None
    several = np.hstack([TARGETS, 1 - TARGETS, TARGETS])
    one, two = (heads.fit(space.rows, several, Setting(30.0), jobs) for jobs in (1, 2))
    assert (one[0] == two[0]).all() and (one[1] == two[1]).all()
    head = heads.fit(space.rows, TARGETS, Setting(30.0))
    assert ((heads.margins(space.rows, head) > 0) == (TARGETS == 1)).all()


def test_a_class_without_examples_is_never_given() -> None:
    rows = np.eye(4)
    targets = np.array([[0, 1, -1], [0, 1, 1], [0, 1, 0], [0, 1, -1]], np.int8)
    coef, intercept = heads.fit(rows, targets, Setting())
    assert intercept[0] == heads.NEVER and intercept[1] == -heads.NEVER and not coef[:2].any()
