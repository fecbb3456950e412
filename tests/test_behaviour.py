"""The behavioural suite's pass rates. The floors lie some points under what the shipped model reached when they were set.

`python benchmarks/behaviour.py` prints the rates; they stand in benchmarks/RESULTS.md.
"""

from functools import cache

import pytest

import framing
from framing.cues import CUE_IDS, LANGUAGES
from tests import behaviour_suite as suite

# kind: over everything, the weakest cue, the weakest language
FLOORS = {
    "has": (0.83, 0.58, 0.75),
    "has_not": (0.83, 0.57, 0.72),
    "pair": (0.96, 0.90, 0.92),
    "added": (0.95, 0.86, 0.92),
    "reported": (0.96, 0.92, 0.92),
    "names": (0.96, 0.92, 0.92),
    "numbers": (0.97, 0.95, 0.95),
    "typography": (0.96, 0.92, 0.92),
    "position": (0.90, 0.75, 0.86),
    "neighbours": (0.91, 0.82, 0.88),
    "length": (0.92, 0.80, 0.85),
}


pytestmark = pytest.mark.no_cover  # thousands of articles: measuring lines would take longer than scoring


@cache
def tally() -> suite.Tally:
    model = framing.load()
    return {**suite.rates(model), **suite.directions(model), **suite.invariances(model)}


def test_every_cue_and_language_has_its_cases() -> None:
    kinds = {(c.lang, c.cue, c.kind) for c in suite.everything()}
    assert kinds == {(lang, cue, kind) for lang in LANGUAGES for cue in CUE_IDS for kind in ("has", "has_not", "pair")}
    assert all(c.span in (c.text if c.span in c.text else c.title or "") for c in suite.everything())


@pytest.mark.parametrize("kind", FLOORS)
def test_pass_rates_stay_above_their_floors(kind: str) -> None:
    rates = tally()
    overall, cue_floor, language_floor = FLOORS[kind]
    assert suite.share(rates, kind) >= overall
    for cue in CUE_IDS:
        assert not suite.share(rates, kind, cue=cue) < cue_floor, cue
    for language in LANGUAGES:
        assert not suite.share(rates, kind, language=language) < language_floor, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cue_is_found_in_fifty_thousand_words(model: framing.Model, language: str) -> None:
    """The first clear case of a language: found alone, found in front of the last line of a very long text."""
    clear = (c for c in suite.cases(language) if c.kind == "has" and suite.probability(model, c, c.text) >= 0.9)
    case = next(clear)
    text = suite.longer(case, 50_000)
    assert len(text.split()) > 49_000
    assert suite.probability(model, case, text) >= suite.FOUND
