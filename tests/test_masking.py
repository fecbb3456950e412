from words import binary

import framing
from framing.schema import Article
from framing.tasks import fitting, masking, measure
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import Setting
from framing.text import fold, tokens

OUTLET = Article("a", "", url="https://www.le-matin-bleu.example/une", outlet="Le Matin Bleu", language="fr")


def shown(text: str, article: Article = OUTLET) -> str:
    spans = list(masking.mentions(list(tokens(fold(text)).each()), masking.names(article)))
    return "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(text))


def test_an_outlets_names_are_masked_in_all_their_spellings() -> None:
    text = "Selon Le Matin Bleu, LE MATIN-BLEU et lematinbleu, voir https://lematinbleu.example/x et @lematinbleu : le matin, bleu ciel."
    assert shown(text).split() == ["Selon", ",", "et", ",", "voir", "et", ":", "ciel."]
    assert shown("Le matin fut bleu.") == "Le matin fut bleu."


def test_a_name_too_short_or_none_masks_nothing() -> None:
    assert masking.names(Article("a", "", outlet="X")) == frozenset() and masking.names(Article("a", "")) == frozenset()
    assert shown("X et Y", Article("a", "", outlet="X")) == "X et Y"


def test_furniture_is_masked_and_the_length_kept(model: framing.Model) -> None:
    text = "Le conseil municipal a voté le budget hier soir.\n\nAbonnez-vous à notre chaîne Telegram !"
    found = masking.mask(text, OUTLET, model)
    assert len(found) == len(text) and found.startswith("Le conseil municipal a voté le budget hier soir.") and "Telegram" not in found


def test_masking_is_a_design_beside_the_others() -> None:
    """The folds are those of the outlets; only the texts differ."""
    marks = binary(60)
    given = fitting.examples(marks)
    kept, fold_ = measure.design(given, "masked")
    assert (fold_ == measure.design(given, "outlet")[1]).all() and kept.groups == given.groups
    found = measure.measure(given, "masked", TaskConfig(settings=(Setting(30.0),), folds=3))
    assert found.design == "masked" and found.n == 60
