import json
from dataclasses import replace

import numpy as np
import pytest
from words import binary, several

from framing.schema import CorpusError
from framing.tasks import evalreport, fitting, measure
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import Setting
from framing.tasks.labels import Mark
from framing.training.evaluate import Estimate

CONFIG = TaskConfig(settings=(Setting(30.0),), folds=3)
GIVEN = fitting.examples(binary(120))


def leaking(n: int = 120) -> list[Mark]:
    """The label is the outlet, and the outlet's name stands in the text; nothing else tells."""
    random, found = np.random.default_rng(0), []
    for k, mark in enumerate(binary(n, outlets=40)):
        outlet = k % 40
        article = replace(mark.article, text=f"zoutlet{'abcdefghijklmnopqrstuvwxyz'[outlet % 26] * (2 + outlet // 26)} " * 8
                          + " ".join(random.permutation(["mot", "deux", "trois", "quatre"])))  # fmt: skip
        found.append(replace(mark, article=article, present=frozenset(("true" if outlet % 3 else "false",))))
    return found


def test_no_outlet_is_in_two_folds_and_all_are_tested() -> None:
    kept, fold = measure.design(GIVEN, "outlet")
    assert all(len({f for f, g in zip(fold, kept.groups) if g == name}) == 1 for name in kept.groups)
    rows, *_ = measure.cross_validate(kept, "outlet", fold, CONFIG)
    assert sorted(rows) == list(range(120))


def test_random_folds_part_outlets() -> None:
    kept, fold = measure.design(GIVEN, "random")
    assert any(len({f for f, g in zip(fold, kept.groups) if g == name}) > 1 for name in kept.groups)


def test_time_is_tested_by_what_came_before() -> None:
    kept, fold = measure.design(GIVEN, "time")
    days = [str(a.published) for a in kept.articles]
    assert fold.min() == -1 and fold.max() == 4
    for k in range(5):
        assert max(d for d, f in zip(days, fold) if f < k) <= min(d for d, f in zip(days, fold) if f == k)
    rows, *_ = measure.cross_validate(kept, "time", fold, CONFIG)
    assert set(rows) == set(np.flatnonzero(fold >= 0))


def test_languages_are_held_out_whole() -> None:
    kept, fold = measure.design(GIVEN, "language")
    assert [set(kept.languages[fold == k]) for k in (0, 1)] == [{"de"}, {"fr"}]


@pytest.mark.parametrize(("how", "says"), [("time", "have 0 dated articles"), ("language", "not of two languages"), ("moon", "is no way")])
def test_a_design_that_cannot_be_had_is_refused(how: str, says: str) -> None:
    bare = replace(GIVEN, articles=tuple(replace(a, published=None, language=None) for a in GIVEN.articles))
    with pytest.raises(CorpusError, match=says):
        measure.design(bare, how)


def test_labels_that_follow_the_outlet_are_warned_of() -> None:
    found = measure.evaluate(fitting.examples(leaking()), ("outlet", "random"), CONFIG)
    assert any("points on unseen outlets" in w for w in found.warnings)
    assert found.measured[1].overall["macro-f1"].value > found.measured[0].overall["macro-f1"].value + 0.1


def test_honest_labels_are_not() -> None:
    assert measure.evaluate(GIVEN, ("outlet", "random"), CONFIG).warnings == ()


def test_the_three_outputs_hold_the_same_figures() -> None:
    found = measure.evaluate(fitting.examples(several(90)), ("outlet",), CONFIG, curve=True)
    said = json.loads(evalreport.as_json(found, "framing evaluate"))
    design = said["designs"][0]
    assert design["n"] == 90 and design["overall"]["f1"]["value"] > 0.9
    assert {r["name"] for r in design["classes"]} == {"x", "y", "z"} and {r["name"] for r in design["languages"]} == {"fr", "de"}
    assert len(design["outlets"]) == 12 and len(said["learning_curve"]) == 4
    text = evalreport.text(found, "framing evaluate")
    assert f"{design['overall']['f1']['value']:.3f}" in text and "with 100 more labels about" in text
    page = evalreport.page(found, "framing evaluate <script>")
    assert page == evalreport.page(found, "framing evaluate <script>")
    assert page.count("<svg") == 4 and "<script>" not in page and "http-equiv" in page and f"{design['overall']['f1']['value']:.3f}" in page


def test_one_class_has_no_auc() -> None:
    row = measure.measure(GIVEN, "outlet", CONFIG).language_rows[0]
    nothing = replace(row, figures={k: Estimate(float("nan"), float("nan"), float("nan")) for k in row.figures})
    assert evalreport._estimate(nothing.figures["auc"]) == "not measured (one class)"
    assert evalreport._numbers(nothing.figures["auc"]) == {"value": None, "low": None, "high": None}


def test_more_labels_follow_the_curve() -> None:
    curve = tuple((n, Estimate(0.5 + 0.1 * np.log(n / 100), 0, 1)) for n in (100, 200, 400))
    assert measure.more_labels(curve, 100) == pytest.approx(0.5 + 0.1 * np.log(5))
    assert measure.more_labels(curve[:1], 100) is None
