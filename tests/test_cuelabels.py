import pytest

from framing.cues import CUE_IDS
from framing.schema import Article, CorpusError, Span
from framing.tasks import cuelabels
from framing.tasks.labels import Mark

ARTICLE = Article("a", "Abonnez-vous à la chaîne. Le conseil se réunit.", language="fr-FR", outlet="o.example")


def mark(level: str, present: tuple[str, ...], absent: tuple[str, ...] | None = None, task: str = "cues", **at: int) -> Mark:
    return Mark("f:1", ARTICLE, task, level, frozenset(present), None if absent is None else frozenset(absent), **at)


def test_spans_and_article_labels_of_one_article_are_one_label() -> None:
    """What the article is said to carry without a span is loose; a cue that no mark names is unknown."""
    found = cuelabels.new_labels([mark("span", ("social_promo",), start=0, end=25), mark("article", ("read_also", "social_promo"))])
    assert len(found) == 1 and found[0].label.spans == (Span("social_promo", "text", 0, 25),)
    assert found[0].loose == {"read_also"} and found[0].known == {"read_also", "social_promo"}
    assert found[0].label.group == "o.example" and found[0].label.article.language == "fr"
    assert found[0].carries("read_also") and not found[0].carries("disavowal")


def test_a_label_says_nothing_of_what_was_not_asked() -> None:
    other = Mark("f:2", Article("b", "Un autre article, sans langue.", title="Le titre"), "cues", "article", frozenset(("disavowal",)))
    partial, whole = cuelabels.new_labels([mark("span", (), ("social_promo",)), other])
    assert partial.known == {"social_promo"} and whole.known == {"social_promo", "disavowal"}
    assert partial.label.spans == () and whole.label.article.language == "fr"
    targets = cuelabels.examples([partial, whole]).targets
    row = dict(zip(CUE_IDS, targets[0].tolist()))
    assert row["social_promo"] == 0 and row["disavowal"] == -1 and targets[1].tolist().count(-1) == 12


def test_a_yes_or_no_task_named_like_a_cue_is_that_cue() -> None:
    yes, = cuelabels.new_labels([mark("article", ("true",), task="social_promo")])
    no, = cuelabels.new_labels([mark("article", ("false",), task="social_promo")])
    assert (yes.known, yes.loose) == ({"social_promo"}, {"social_promo"}) and (no.known, no.loose) == ({"social_promo"}, frozenset())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (mark("article", ("social_promos",)), "f:1: unknown cue 'social_promos'; did you mean 'social_promo'?"),
        (mark("article", ("xyz",)), "f:1: unknown cue 'xyz'; see `framing cues`"),
        (mark("paragraph", ("social_promo",), start=0, end=9), "labels paragraphs, which no cue's head judges"),
        (mark("article", ()), "labels: name none of the 14 cues"),
    ],
)
def test_other_labels_are_refused(given: Mark, says: str) -> None:
    with pytest.raises(CorpusError) as caught:
        cuelabels.new_labels([given])
    assert says in str(caught.value)
