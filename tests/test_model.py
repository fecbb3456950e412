import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framing
from framing.candidates import candidates
from framing.cues import CUE_IDS, UNITS, heads
from framing.features import occurrences
from framing.schema import Article


def test_the_example_shows_its_cues(model: framing.Model, example: Article) -> None:
    record = model.score_one(example)
    assert set(record.cues) == set(CUE_IDS)
    assert record.language == "fr"
    for cue in ("social_promo", "donation_appeal", "read_also"):
        assert record.cues[cue] >= 0.5, cue
        assert any(e.cue == cue for e in record.evidence), cue
    for each in record.evidence:
        assert each.quote == example.field(each.field)[each.start : each.end]


def test_plain_reporting_carries_no_furniture(model: framing.Model) -> None:
    text = (
        "Le conseil municipal de Lourmont a voté mardi le budget de la piscine. Les travaux commenceront en mars, a précisé la maire, "
        "Anne Kervella. La région versera 400 000 euros.\nL’ancien bassin datait de 1974."
    )
    record = model.score_one(Article("a", text, "Lourmont vote le budget de la piscine"))
    assert max(record.cues[c] for c in ("designation", "donation_appeal", "censorship_claim", "disavowal")) < 0.3


def test_contributions_and_intercept_add_up_to_the_margin_for_every_head(model: framing.Model, example: Article) -> None:
    for cue in CUE_IDS:
        explanations = model.explain(example, cue)
        assert explanations or cue == "scare_quotes"
        for each in explanations:
            total = math.fsum(c.value for c in each.contributions) + each.intercept
            assert total == pytest.approx(each.margin, abs=1e-6)


def test_margins_equal_those_of_a_scikit_learn_pipeline(model: framing.Model, example: Article) -> None:
    """TfidfVectorizer + LogisticRegression with the bundle's numbers, on 500 candidates of each of the five units."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from framing.training import corpora
    from framing.training.weights import numbers

    labels = list(corpora.written(Path(__file__).parent.parent / "datasets"))[::3]
    articles = [example, *(label.article for label in labels)]
    for unit in UNITS:
        panel = model.panels[unit]
        names = (model.folder / f"{unit}.features.txt").read_text(encoding="utf-8").split("\n")[:-1]
        rows = numbers(panel.table)
        vectorizer = TfidfVectorizer(analyzer=lambda c: [o.feature for o in occurrences(c)], vocabulary=names, sublinear_tf=True)
        vectorizer.idf_ = rows[:, 0]
        found = [c for a in articles for c in candidates(a, a.language or "fr", model.lexicon)[unit]][:500]
        assert len(found) == 500, unit
        features = vectorizer.transform(found)
        mine = np.array([panel.margins(c) for c in found])
        for k, _ in enumerate(heads(unit)):
            pipeline = LogisticRegression()
            pipeline.coef_, pipeline.intercept_ = rows[:, 1 + k][None], np.array([panel.intercepts[k]])
            pipeline.classes_ = np.array([0, 1])
            assert np.abs(pipeline.decision_function(features) - mine[:, k]).max() < 1e-6


def test_a_footnote_scores_in_a_long_article_as_it_does_alone(model: framing.Model) -> None:
    footnote = "* Organisation terroriste interdite en Russie"
    filler = "Le maire a présenté le budget de la commune devant le conseil. " * 150
    alone = model.score_one(Article("a", f"Le maire présente son budget\n\n{filler[:60]}\n\n{footnote}"))
    long = model.score_one(Article("b", f"Le maire présente son budget\n\n{filler}\n\n{footnote}"))
    assert long.cues["designation"] == pytest.approx(alone.cues["designation"], abs=0.15)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_record_with_spans_in_range(model: framing.Model, text: str) -> None:
    record = model.score_one(Article("a", text))
    assert all(0.0 <= p <= 1.0 for p in record.cues.values())
    for each in record.evidence:
        assert each.quote == text[each.start : each.end]


def test_warnings_name_short_texts_and_other_languages(model: framing.Model) -> None:
    assert any(w.startswith("short_text") for w in model.score_one(Article("a", "Trois mots ici.")).warnings)
    norse = "Regjeringen la fram et nytt forslag til budsjett for neste år, og opposisjonen svarte med kritikk i Stortinget. " * 3
    assert any(w.startswith("language_unmeasured") for w in model.score_one(Article("a", norse)).warnings)
    assert any(w.startswith("language_unknown") for w in model.score_one(Article("a", "123 456 789")).warnings)


def seed_quotes(model: framing.Model, shared: Path) -> dict[str, list[str]]:
    record = model.score_one(Article("seed", (shared / "seed_article.txt").read_text(encoding="utf-8")))
    return {cue: [e.quote for e in record.evidence if e.cue == cue] for cue in CUE_IDS}


def test_the_seed_article_shows_its_cues(model: framing.Model, shared: Path) -> None:
    found = seed_quotes(model, shared)
    assert any("terroriste interdite en F" in q for q in found["designation"])
    assert any(q.startswith("* Organisation") for q in found["designation"])
    assert any(q.startswith("Rejoignez") for q in found["social_promo"])
    assert any(q.startswith("Lire aussi") for q in found["read_also"])


def test_the_seed_article_shows_its_headline(model: framing.Model, shared: Path) -> None:
    assert any(q.startswith("Lavrov") for q in seed_quotes(model, shared)["quote_headline"])


def test_the_seed_article_shows_its_vague_attributions(model: framing.Model, shared: Path) -> None:
    found = seed_quotes(model, shared)
    assert len([q for q in found["vague_attribution"] if "il a été" in q]) == 2
