import pytest

import framing
from framing.candidates import candidates
from framing.masks import MASK, furniture, masked_tokens, outlet_names, touched
from framing.schema import Article, Evidence, Region
from framing.segment import Stretch
from framing.view import view
from tests.test_framingscore import PLAIN


def hidden(model: framing.Model, text: str, names: frozenset[str] = frozenset()) -> list[str]:
    seen = view(Article("a", text), "text", "en", model.lexicon)
    return [text[seen.tokens.starts[k] : seen.tokens.ends[k]] for k in sorted(masked_tokens(seen, names))]


@pytest.mark.parametrize(
    ("outlet", "url", "names"),
    [
        ("shop.longername.example", None, {"longername"}), (None, "https://www.le-monde.example/a?b", {"lemonde"}), ("Fox News", None, {"foxnews"}),
        ("t.me/Some Channel", None, {"tmesomechannel"}), (None, "http://[bad", set()), ("rt.com", None, set()), (None, None, set()),
    ],
)  # fmt: skip
def test_the_names_of_an_outlet(outlet: str | None, url: str | None, names: set[str]) -> None:
    assert outlet_names(Article("a", "", url=url, outlet=outlet)) == names


def test_names_are_hidden_in_one_word_or_several_and_in_addresses(model: framing.Model) -> None:
    text = "Fox News asked. foxnews replied. See https://foxnews.example/a or @foxnews_live. A fox ran."
    assert hidden(model, text, frozenset({"foxnews"})) == [
        "Fox", "News", "foxnews", "https://foxnews.example/a", "@foxnews_live",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "MOSCOW, 7 May (TASS) — ", "Berlin (dpa) - ", "МОСКВА, 7 мая — РИА Новости. ", "KYIV, Ukraine (AP) — ", "(ANSA) - ",
        "PARIS, 12 mars. — ",
    ],
)  # fmt: skip
def test_a_dateline_is_hidden(model: framing.Model, line: str) -> None:
    found = hidden(model, f"{line}The council met.")
    assert found and "The" not in found and "council" not in found and found[0] in line


@pytest.mark.parametrize("line", ["The council met on 7 May and voted.", "Two men — one of them old — ran.", "He won 3-2 (again) in May."])
def test_plain_openings_are_no_datelines(model: framing.Model, line: str) -> None:
    assert hidden(model, line) == []


def test_furniture_is_its_evidence_and_what_is_outside_the_main_text() -> None:
    article = Article("a", "x" * 100, main=(Region(10, 40), Region(50, 100)))
    shown = [Evidence("social_promo", "text", 60, 70, "", 1.0, "main"), Evidence("scare_quotes", "text", 20, 22, "", 1.0, "main"),
             Evidence("read_also", "title", 0, 5, "", 1.0, "title")]  # fmt: skip
    assert furniture(article, shown) == [Stretch(60, 70), Stretch(0, 10), Stretch(40, 50)]


def test_only_candidates_that_see_a_masked_token_are_judged_again(model: framing.Model) -> None:
    found = candidates(Article("a", PLAIN, "Council votes"), "en", model.lexicon)
    again, numbers = touched(found, {"text": frozenset({12})})
    assert numbers["title"] == [] and len(numbers["sentence"]) == 2 and 0 < len(numbers["word"]) < len(found["word"]) / 5
    assert again["sentence"][0].view.tokens.texts[12] == MASK
    assert [again["word"][k].inner for k in range(len(again["word"]))] == [found["word"][k].inner for k in numbers["word"]]


def test_masking_nothing_changes_nothing_and_masking_hides_the_name(model: framing.Model) -> None:
    """A plain article has the same two scores; with the outlet's name all over it they come from different profiles."""
    bare = model.score_one(Article("a", PLAIN, "Council votes on swimming pool", None, None, "en"))
    assert bare.score == bare.masked_score and bare.dress == 0.0
    named = Article("a", PLAIN.replace("The region", "The “Holmbury Herald” says the region"), "Council votes", None, "Holmbury Herald", "en")
    plain, masked = model.profiles(named)
    assert plain.cues["scare_quotes"].density > masked.cues["scare_quotes"].density
    assert abs(masked.cues["scare_quotes"].density - model.profiles(Article("a", PLAIN, "Council votes", None, None, "en"))[0].cues["scare_quotes"].density) < 0.5


def test_masked_profiles_equal_those_of_rewritten_views(model: framing.Model) -> None:
    """Judging only the touched candidates again gives the margins of judging all of them over the masked view."""
    article = Article("a", PLAIN, "Council votes", None, "Pemberton", "en")
    found = candidates(article, "en", model.lexicon)
    seen = found["sentence"][-1].view
    masked = {"text": masked_tokens(seen, frozenset({"pemberton"}))}
    again, numbers = touched(found, masked)
    everything, _ = touched(found, {"text": frozenset(range(len(seen.tokens.texts)))})
    assert len(everything["sentence"]) == len([c for c in found["sentence"] if c.view.field == "text"])
    margins = model.panels.margins(again)
    for unit, panel in model.panels.items():
        for k, _number in enumerate(numbers[unit]):
            assert [column[k] for column in margins[unit]] == pytest.approx(panel.margins(again[unit][k]), abs=1e-9)
