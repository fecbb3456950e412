import math

import pytest

import framing
from framing.cues import CUE_IDS, FURNITURE
from framing.profile import TERMS, Judged, measure
from framing.schema import Article, Sourcing
from framing.segment import Stretch

HEAD = ("title", Stretch(0, 20))


def judged(**given: Judged) -> dict[str, Judged]:
    return {cue: given.get(cue, Judged((), (), 0)) for cue in CUE_IDS}


def test_headline_and_body_are_told_apart_and_density_is_a_sum_per_thousand_words() -> None:
    places = (("title", 3), ("text", 3), ("text", 40))
    found = measure(500, judged(loaded_label=Judged(places, (0.9, 0.2, 0.4), 2)), HEAD, Sourcing())
    each = found.cues["loaded_label"]
    assert (each.title, each.body, each.probability, each.spans) == (0.9, 0.4, 0.9, 2)
    assert each.density == pytest.approx(1000 * 1.5 / 500)
    assert found.group(("loaded_label", "state_lexicon")) == (2, each.density)


def test_terms_have_the_names_of_the_regression_in_its_order() -> None:
    sourcing = Sourcing(10, named=2, institution=1, unnamed=1, direct=3, speakers=2, top=2, other_side=True)
    terms = measure(200, judged(vague_attribution=Judged((("text", 0),), (0.4,), 1)), None, sourcing).terms()
    assert tuple(terms) == TERMS
    assert terms["vague_attribution.density"] == pytest.approx(math.log1p(2.0))
    assert (terms["sourcing.named"], terms["sourcing.direct"], terms["sourcing.top_share"]) == (0.2, 0.3, 2 / 3)
    assert terms["sourcing.other_side"] == 1.0 and terms["quote_headline.probability"] == 0.0


def test_a_short_text_is_no_denser_than_one_of_a_hundred_words() -> None:
    one = judged(scare_quotes=Judged((("text", 0),), (0.5,), 1))
    assert measure(3, one, None, Sourcing()).cues["scare_quotes"].density == measure(100, one, None, Sourcing()).cues["scare_quotes"].density


def test_no_word_of_the_text_is_in_the_profile(model: framing.Model) -> None:
    """Two texts with other names, places and numbers, and the same cues of no probability, have the same sourcing terms."""
    first = Article("a", "Der Rat der Stadt Holmbach tagte am Montag. Anna Reinhold sagte, das Wasser sinke.", "Rat tagt", None, None, "de")
    other = Article("b", "Der Rat der Stadt Welmdorf tagte am Freitag. Paul Terhaag sagte, das Feuer sinke.", "Rat tagt", None, None, "de")
    a, b = (model.profiles(each)[0].terms() for each in (first, other))
    assert {k: v for k, v in a.items() if k.startswith("sourcing.")} == {k: v for k, v in b.items() if k.startswith("sourcing.")}


def test_the_profile_counts_what_the_record_shows(model: framing.Model, example: Article) -> None:
    plain, masked = model.profiles(example)
    record = model.score_one(example)
    for cue in CUE_IDS:
        assert plain.cues[cue].spans == sum(e.cue == cue for e in record.evidence), cue
        assert plain.cues[cue].probability == pytest.approx(record.cues[cue], abs=1e-4), cue
    assert masked.words < plain.words
    assert all(masked.cues[cue].spans == 0 for cue in FURNITURE)
