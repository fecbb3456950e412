import json
import math
from collections.abc import Callable

import pytest

import framing
from framing import bundle
from framing.cues import CUE_IDS, FURNITURE
from framing.framingscore import BANDS, MEANING, FramingScore, Term
from framing.profile import TERMS, Judged, Profile, measure
from framing.schema import Article, BundleError, Sourcing

GIVEN = FramingScore(-0.5, {"scare_quotes.density": Term(1.0, 0.5, 2.0), "sourcing.named": Term(-0.4, 0.1, 0.2)}, 0.3, 0.6, 60, {})


def profile(probability: float = 0.0, words: int = 100, sourcing: Sourcing | None = None) -> Profile:
    found = {cue: Judged((), (), 0) for cue in CUE_IDS}
    found["scare_quotes"] = Judged((("text", 0),), (probability,), 1)
    return measure(words, found, None, sourcing or Sourcing())


def test_a_score_is_the_logistic_of_its_terms() -> None:
    odds = -0.5 + (math.log1p(9.0) - 0.5) / 2.0 - 0.4 * (0.0 - 0.1) / 0.2
    given = profile(0.9)
    assert GIVEN.odds(given, "fr") == pytest.approx(odds)
    scored = GIVEN.score(given, "fr")
    assert scored is not None and scored.score == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-4) and scored.band == "high"


def test_the_terms_and_the_intercept_add_up() -> None:
    given = profile(0.4, sourcing=Sourcing(10, named=4))
    assert GIVEN.intercept + sum(s.adds for s in GIVEN.explain(given, "fr")) == pytest.approx(GIVEN.odds(given, "fr"))
    assert [s.name for s in GIVEN.explain(given, "fr")] == ["sourcing.named", "scare_quotes.density"]


def test_a_language_has_its_offset() -> None:
    moved = GIVEN._replace(languages={"ru": 0.3})
    given = profile(0.4)
    assert moved.odds(given, "ru") == pytest.approx(GIVEN.odds(given, "ru") - 0.3)
    assert moved.odds(given, "fr") == moved.odds(given, None) == GIVEN.odds(given, None)
    assert ("language.ru", -0.3) in [(share.name, share.adds) for share in moved.explain(given, "ru")]
    assert FramingScore.of(json.loads(json.dumps(moved.as_dict()))) == moved


def test_bands_are_parted_by_the_two_scores() -> None:
    found = [GIVEN.score(profile(p, sourcing=Sourcing(10, named=n)), None) for p, n in ((0.0, 9), (0.1, 0), (0.9, 0))]
    assert [f.band for f in found if f] == list(BANDS) == list(MEANING)


def test_a_short_text_has_no_score() -> None:
    assert GIVEN.score(profile(0.9, words=59), "fr") is None and GIVEN.score(profile(0.9, words=60), "fr") is not None


def test_a_language_without_a_measured_offset_has_no_score() -> None:
    levelled = GIVEN._replace(languages={"fr": 0.1})
    assert levelled.score(profile(0.9), "fr") is not None and levelled.withheld(profile(0.9), "fr") is None
    assert levelled.score(profile(0.9), "it") is None and "'it'" in str(levelled.withheld(profile(0.9), "it"))


def test_the_shipped_score_is_withheld_in_italian(model: framing.Model) -> None:
    record = model.score_one(Article("a", "Il consiglio ha approvato ieri il bilancio del comune dopo una lunga seduta. " * 10, None, None, None, "it"))
    assert (record.score, record.band, record.masked_score) == (None, None, None)
    assert "score_withheld: no ordinary articles were measured in 'it'" in record.warnings


def test_it_reads_what_it_writes() -> None:
    assert FramingScore.of(json.loads(json.dumps(GIVEN.as_dict()))) == GIVEN


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"terms": {"the_word_kremlin": [1, 0, 1]}}, ValueError), ({"terms": {"scare_quotes.density": [1, 0, 0]}}, ValueError),
        ({"intercept": "nan"}, ValueError), ({"terms": {"scare_quotes.density": [1, 0]}}, TypeError),
    ],
)  # fmt: skip
def test_a_damaged_score_is_refused(change: dict[str, object], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        FramingScore.of({**GIVEN.as_dict(), **change})


def test_a_bundle_with_a_damaged_score_is_a_bundle_error(model: framing.Model, tmp_path: object) -> None:
    folder = type(model.folder)(str(tmp_path))
    for path in model.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    body = bundle.read_manifest(model.folder)
    del body["sha256"]
    (folder / bundle.MANIFEST).unlink()
    (folder / bundle.MANIFEST).write_bytes(bundle.manifest_bytes({**body, "score": {"terms": {}}}))
    with pytest.raises(BundleError, match="intercept"):
        framing.load(folder)


def test_the_shipped_score_gives_furniture_no_weight_and_has_the_signs_of_theory(model: framing.Model) -> None:
    assert model.framing is not None
    for name, term in model.framing.terms.items():
        assert name in TERMS and name.partition(".")[0] not in FURNITURE
        lowers = name in ("sourcing.named", "sourcing.institution", "sourcing.direct", "sourcing.other_side")
        assert (term.weight < 0) == lowers, name
    assert 0 < model.framing.low < model.framing.high < 1
    bands = model.framing.measured["bands"]
    assert bands["low"]["labelled"][0] < bands["medium"]["labelled"][0] < bands["high"]["labelled"][0]


LOADED = (
    "The junta in Korvane and its puppets have lied again. The so-called experts of this criminal regime, traitors to a man, now claim that the "
    "dam was never meant to burst. What the mainstream media will not tell you is that the clique of thieves around the minister knew. It was "
    "reported that the bandits had sold the pumps. Sources say the gang will flee. The lackeys of the foreign lobby keep silent, and the "
    "“independent” press keeps silent with them, as it has done through all the years of this rotten regime and its henchmen."
)
PLAIN = (
    "The council of Holmbury met on Tuesday to vote on the budget of the swimming pool. “The works will begin in March,” said the mayor, Alice "
    "Pemberton. The region will pay a third of the cost, its spokeswoman Carol Whitlock said. But Tom Ashdown, who leads the opposition, said "
    "that the plan was too dear. “We asked for two more offers,” he said, “and were refused.” Pemberton replied that the offers had been sent to "
    "all members in May. The old pool was built in 1974 and closed in 2019 after a crack was found in its floor."
)


def test_a_loaded_text_scores_above_a_plain_one(model: framing.Model) -> None:
    loaded = model.score_one(Article("a", LOADED, "The junta lied again", None, None, "en"))
    plain = model.score_one(Article("b", PLAIN, "Council votes on swimming pool", None, None, "en"))
    assert loaded.score is not None and plain.score is not None
    assert loaded.band == "high" and plain.band != "high" and plain.score < 0.5
    assert plain.sourcing is not None and plain.sourcing.other_side


@pytest.mark.parametrize("disguise", [str, lambda text: text.replace("junta", "j\u200bunta").replace("regime", "re\u200bgime")])
def test_the_sum_is_that_of_the_score_disguised_or_not(model: framing.Model, disguise: Callable[[str], str]) -> None:
    article = Article("a", disguise(LOADED), "The junta lied again", None, None, "en")
    shares, intercept = model.explain_score(article)
    odds = intercept + math.fsum(share.adds for share in shares)
    assert model.score_one(article).score == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-4)


def test_it_abstains_on_short_texts_and_in_other_languages(model: framing.Model) -> None:
    short = model.score_one(Article("a", "The council met on Tuesday. It voted.", "Council meets", None, None, "en"))
    norse = model.score_one(Article("a", "Regjeringen la fram et nytt forslag til budsjett. " * 20, None, None, None, "no"))
    assert (short.score, short.band, short.masked_score, short.dress) == (None, None, None, None)
    assert any(w.startswith("score_withheld") for w in short.warnings) and norse.score is None


def test_a_model_without_a_score_gives_none(model: framing.Model, example: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "framing", None)
    record = model.score_one(example)
    assert record.score is None and record.sourcing is not None and not any("withheld" in w for w in record.warnings)
    assert model.explain_score(example) == ([], 0.0)
