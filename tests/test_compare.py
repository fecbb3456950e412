from pathlib import Path

import pytest
from words import binary, several

from framing.schema import Article, BundleError, CorpusError
from framing.tasks import compare, fitting, taskmodel
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import Setting
from framing.tasks.labels import Mark
from framing.training.evaluate import Estimate

DEFAULT = Path(__file__).parent.parent / "models" / "default"
PROMO = "Abonnez-vous à notre chaîne Telegram !"


@pytest.mark.parametrize(("low", "high", "says"), [(0.1, 0.3, "better"), (-0.3, -0.1, "worse"), (-0.1, 0.1, "not shown to be better")])
def test_the_verdict_is_said_plainly(low: float, high: float, says: str) -> None:
    verdict = compare.Verdict("macro-f1", 50, 3, 0.5, 0.6, Estimate(0.1, low, high))
    assert str(verdict).endswith(f"on 50 examples, 3 of outlets or texts seen in training left out: the new model is {says}")
    assert verdict.better == (says == "better")


def test_a_model_does_not_beat_itself_and_cue_models_compare_too() -> None:
    marks = [Mark(f"f:{k}", Article(f"a{k}", f"{PROMO} Numéro {k}." if k % 2 else f"Le conseil se réunit à {k} heures.", language="fr"), "cues",
                  "article", frozenset(("social_promo",) if k % 2 else ())) for k in range(24)]  # fmt: skip
    verdict = compare.compare(DEFAULT, DEFAULT, marks)
    assert verdict.n == 24 and verdict.old == verdict.new > 0.3 and not verdict.better


def test_models_of_two_tasks_do_not_compare(tmp_path: Path) -> None:
    config = TaskConfig(settings=(Setting(3.0),), folds=3)
    for name, marks in (("a", binary(30)), ("b", several(30))):
        taskmodel.save(fitting.fit(fitting.examples(marks), config), tmp_path / name, {}, "")
    with pytest.raises(BundleError, match="is of another task"):
        compare.compare(tmp_path / "a", tmp_path / "b", binary(30))
    with pytest.raises(CorpusError, match="leave 10 examples"):
        compare.compare(tmp_path / "a", tmp_path / "a", binary(10))
