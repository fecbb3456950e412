import numpy as np
import pytest
from words import binary, choice, several

from framing.schema import Article, CorpusError
from framing.tasks import fitting
from framing.tasks.deciding import BINARY, CHOICE, SEVERAL, accuracy, calibration, macro_f1, micro_f1
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import FeatureSet, Setting
from framing.tasks.labels import Mark

CONFIG = TaskConfig(settings=(Setting(3.0), Setting(30.0)), folds=3)


def test_the_kind_of_a_task_is_told_by_its_labels() -> None:
    assert [fitting.examples(m).task.kind for m in (binary(20), choice(20), several(20))] == [BINARY, CHOICE, SEVERAL]
    assert fitting.examples(binary(20)).task.classes == ("true",) and fitting.examples(choice(20)).task.classes == ("x", "y", "z")


def test_what_nobody_asked_for_is_unknown() -> None:
    article = Article("a", "texte")
    given = fitting.examples([
        Mark("f:1", article, "t", "article", frozenset("a"), frozenset("b")),
        Mark("f:2", Article("b", "autre"), "t", "article", frozenset("c")),
    ])  # fmt: skip
    assert given.targets.tolist() == [[1, 0, -1], [0, 0, 1]]


def test_spans_count_for_their_article_and_paragraphs_stand_alone() -> None:
    article = Article("a", "une ligne\nautre ligne")
    spans = [Mark("f:1", article, "t", "span", frozenset(label), None, 0, 3) for label in ("a", "b")]
    assert fitting.examples(spans).targets.tolist() == [[1, 1]]
    parts = [Mark("f:1", article, "t", "paragraph", frozenset("a"), None, 0, 9), Mark("f:1", article, "t", "paragraph", frozenset(), None, 10, 21)]
    assert fitting.examples(parts).texts == ("une ligne", "autre ligne") and fitting.examples(parts).groups == ("article:a",) * 2


def test_the_title_is_read_once() -> None:
    assert fitting.reading(Article("a", "Titre\ntexte", "Titre")) == "Titre\ntexte"
    assert fitting.reading(Article("a", "texte", "Titre")) == "Titre\ntexte"


@pytest.mark.parametrize(
    ("marks", "name", "says"),
    [
        ([*binary(4), *several(4)], None, "hold the tasks t, s; name one with --task"),
        (binary(4), "u", "hold the tasks t"),
        ([m for m in choice(9) if "x" in m.present], None, "have the one class 'x'"),
    ],
)
def test_unclear_tasks_are_refused(marks: list[Mark], name: str | None, says: str) -> None:
    with pytest.raises(CorpusError) as caught:
        fitting.examples(marks, name)
    assert says in str(caught.value)


@pytest.mark.parametrize("marks", [binary, choice, several])
def test_what_can_be_learnt_is_learnt_on_unseen_outlets(marks: object) -> None:
    given = fitting.examples(marks(150))  # type: ignore[operator]
    fold = fitting.folds(given, 4, 0)
    assert all(len({f for f, g in zip(fold, given.groups) if g == name}) == 1 for name in given.groups)
    _, probability, found = fitting.out_of_fold(given, fold, CONFIG)
    assert micro_f1(given.targets, found) > 0.9
    assert ((probability >= 0) & (probability <= 1)).all()


def test_the_same_labels_give_the_same_numbers() -> None:
    given = fitting.examples(several(60))
    first, second = (fitting.fit(given, CONFIG) for _ in range(2))
    assert (first.coef == second.coef).all() and first.setting == second.setting


def test_a_choice_sums_to_one_and_is_one() -> None:
    given = fitting.examples(choice(80))
    probability, found = fitting.predict(fitting.fit(given, CONFIG), given.texts, ["", "fr"] * 40)
    assert probability.sum(axis=1) == pytest.approx(1) and (found.sum(axis=1) == 1).all()


def test_settings_are_chosen_on_a_part_of_many() -> None:
    given = fitting.examples(binary(120))
    model = fitting.fit(given, TaskConfig(features=(FeatureSet(),), settings=(Setting(3.0),), folds=3, most=60))
    assert micro_f1(given.targets, model.decide(model.margins(fitting.counts(given, CONFIG)[0]), [""] * 120)) > 0.95


def test_one_outlet_cannot_be_parted() -> None:
    with pytest.raises(CorpusError, match="are all of one outlet"):
        fitting.folds(fitting.examples(binary(10, outlets=1)), 5, 0)


def test_metrics_of_known_counts() -> None:
    targets = np.array([[1, 0], [1, -1], [0, 1]], np.int8)
    found = np.array([[True, False], [False, True], [False, True]])
    assert micro_f1(targets, found) == pytest.approx(4 / 5)
    assert macro_f1(targets, found) == pytest.approx((2 / 3 + 1) / 2)
    assert accuracy(targets, found) == pytest.approx(2 / 3)
    assert macro_f1(targets[:, :1], found[:, :1]) == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_calibration_follows_the_data() -> None:
    random = np.random.default_rng(0)
    margins = random.normal(size=(4000, 1)) * 4
    truth = (random.random((4000, 1)) < 1 / (1 + np.exp(-(margins / 2 - 1)))).astype(np.int8)
    slope, offset = calibration(truth, margins)
    assert slope[0] == pytest.approx(0.5, abs=0.05) and offset[0] == pytest.approx(-1, abs=0.15)
    few_slope, few_offset = calibration(truth[:25], margins[:25])
    assert few_offset[0] == 0 and few_slope[0] > 0


def test_classes_of_another_model_become_columns() -> None:
    given = fitting.aligned(fitting.examples(several(10)), ("z", "new"))
    assert given.targets.shape == (10, 2) and not given.targets[:, 1].any()
