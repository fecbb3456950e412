import pytest
from words import binary

import framing
from framing.schema import Article
from framing.tasks import fitting, masking, measure
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import Setting

OUTLET = Article("a", "", url="https://www.le-matin-bleu.example/une", outlet="Le Matin Bleu", language="fr")
PLAIN = "Le conseil municipal a voté le budget hier soir, et le maire a promis une réunion lundi."


@pytest.mark.parametrize("name", ["Le Matin Bleu", "LE MATIN-BLEU", "lematinbleu", "https://lematinbleu.example/x", "@lematinbleu"])
def test_an_outlets_names_are_masked_in_all_their_spellings(model: framing.Model, name: str) -> None:
    assert masking.mask(f"{PLAIN} Selon {name} hier.", OUTLET, model) == f"{PLAIN} Selon {' ' * len(name)} hier."


def test_a_text_without_name_or_furniture_is_left_alone(model: framing.Model) -> None:
    text = f"{PLAIN} Le matin fut bleu."
    assert masking.mask(text, OUTLET, model) == text == masking.mask(text, Article("a", ""), model)


def test_furniture_is_masked_and_the_length_kept(model: framing.Model) -> None:
    text = f"{PLAIN}\n\nAbonnez-vous à notre chaîne Telegram !"
    found = masking.mask(text, OUTLET, model)
    assert len(found) == len(text) and found.startswith(PLAIN) and "Telegram" not in found


def test_masking_is_a_design_beside_the_others() -> None:
    """The folds are those of the outlets; only the texts differ."""
    given = fitting.examples(binary(60))
    kept, fold = measure.design(given, "masked")
    assert (fold == measure.design(given, "outlet")[1]).all() and kept.groups == given.groups
    found = measure.measure(given, "masked", TaskConfig(settings=(Setting(30.0),), folds=3))
    assert found.design == "masked" and found.n == 60
