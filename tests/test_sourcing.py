import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framing
from framing.candidates import candidates
from framing.cues import LANGUAGES
from framing.schema import Article, Sourcing
from framing.segment import Stretch
from framing.sourcing import Statement, measure, statements, summary

CASES = json.loads((Path(__file__).parent / "cases" / "sourcing.json").read_text(encoding="utf-8"))


def profile(model: framing.Model, text: str, language: str, aside: tuple[Stretch, ...] = ()) -> Sourcing:
    return measure(candidates(Article("a", text, "T"), language, model.lexicon)["sentence"], aside)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['language']}: {c['text'][:20]}")
def test_statements_speakers_and_the_other_side_in_ten_languages(model: framing.Model, case: dict[str, object]) -> None:
    found = profile(model, str(case["text"]), str(case["language"])).as_dict()
    assert {name: found[name] for name in case if name in found} == {name: case[name] for name in case if name in found}


def test_every_language_has_its_cases() -> None:
    assert {case["language"] for case in CASES} == set(LANGUAGES)


def test_a_quotation_over_two_sentences_has_the_speaker_of_its_end(model: framing.Model) -> None:
    text = "The dam held. “We waited for hours on the roof. Nobody came to fetch us that night,” said Tom Ashdown."
    sentences = candidates(Article("a", text, "T"), "en", model.lexicon)["sentence"]
    found = list(statements([s for s in sentences if s.view.field == "text"]))
    assert [(s.kind, s.speaker, s.direct) for s in found] == [("named", "ashdo", True)] * 2


def test_furniture_is_no_part_of_the_profile(model: framing.Model) -> None:
    text = "The dam held.\nTom Ashdown said that the water had fallen."
    assert profile(model, text, "en").statements == 1
    assert profile(model, text, "en", (Stretch(14, len(text)),)).as_dict() == Sourcing(sentences=1).as_dict()


def test_an_unknown_language_has_only_its_quotations(model: framing.Model) -> None:
    found = profile(model, "Broen er stengt. «Vi tar ingen sjanser med folk her», sier Kari.", "no")
    assert (found.statements, found.direct, found.speakers) == (1, 1, 0)


def test_of_two_speakers_quoted_equally_often_either_may_reply() -> None:
    a, b = Statement(0, 1, "named", "a", False, True), Statement(2, 3, "named", "b", False, False)
    assert summary([a, b], 4).other_side and summary([b, a], 4).other_side
    assert not summary([a], 4).other_side and not summary([a, b, a], 4).other_side


def test_no_article_has_no_shares() -> None:
    assert (Sourcing().statements, Sourcing().top_share) == (0, 0.0)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab said He «»\".,:;!?\nTom Анна", max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_has_a_profile_with_counts_in_range(model: framing.Model, text: str, language: str) -> None:
    found = profile(model, text, language)
    assert 0 <= found.top <= found.named + found.institution
    assert found.statements <= found.sentences and 0.0 <= found.top_share <= 1.0
