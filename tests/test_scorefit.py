from dataclasses import replace

import numpy as np
import pytest

import framing
from framing import bundle
from framing.profile import TERMS
from framing.schema import CorpusError
from framing.training.scorefit import Example, apply, banded, bounds, fit, held_out, weights, write

LOADED, NAMED, PROMO = (TERMS.index(name) for name in ("loaded_label.density", "sourcing.named", "social_promo.density"))


def examples(n: int = 600, seed: int = 0) -> list[Example]:
    """Labelled articles have more loaded names, less attribution, and in corpus "a" all the promos."""
    random, found = np.random.default_rng(seed), []
    for k in range(n):
        positive, corpus = bool(k % 2), "abc"[k % 3]
        terms = random.normal(0, 1, len(TERMS))
        terms[LOADED] += 1.5 * positive
        terms[NAMED] -= 1.0 * positive
        terms[PROMO] += 3.0 * (positive if corpus == "a" else not positive)
        found.append(Example(tuple(terms), positive, corpus, f"{corpus}{k % 30}", "fr" if k % 5 else "de", 100))
    return found


def test_the_fit_finds_what_tells_and_keeps_to_the_signs() -> None:
    score = fit(examples())
    assert score.terms["loaded_label.density"].weight > 0.5 and score.terms["sourcing.named"].weight < -0.3
    assert "social_promo.density" not in score.terms
    for name, term in score.terms.items():
        low, high = bounds(name)
        assert (low is None or term.weight >= low) and (high is None or term.weight <= high)


def test_with_open_signs_furniture_is_learnt_too() -> None:
    assert fit(examples(), free=True).terms["social_promo.density"].weight < -0.3


def test_held_out_scores_rank_articles_of_unseen_corpora() -> None:
    given = examples()
    scores, truth = held_out(given), np.array([e.positive for e in given])
    assert scores[truth].mean() > scores[~truth].mean() + 0.2


def test_bands_are_put_by_false_alarms_and_misses() -> None:
    given = examples()
    scores = held_out(given)
    score = banded(fit(given), given, scores)
    truth = np.array([e.positive for e in given])
    assert (scores[~truth] >= score.high).mean() == pytest.approx(0.05, abs=0.02)
    assert (scores[truth] < score.low).mean() == pytest.approx(0.20, abs=0.03)
    assert sum(band["articles"] for band in score.measured["bands"].values()) == score.measured["articles"] == 600
    assert score.measured["bands"]["high"]["labelled"][0] > 0.8


def test_ordinary_articles_of_every_language_score_alike() -> None:
    """The heads find more loaded names in German here; the offset takes that back."""
    given = [e if e.language == "fr" else replace(e, terms=tuple(v + (k == LOADED) for k, v in enumerate(e.terms))) for e in examples(1200)]
    score = fit(given)
    means = [apply(score, [e for e in given if e.language == code and not e.positive]).mean() for code in ("de", "fr")]
    assert score.languages["de"] > score.languages["fr"] and abs(means[0] - means[1]) < 0.05


def test_sides_weigh_the_same() -> None:
    given = examples()[:300] + [e for e in examples(seed=1) if e.positive]
    found, truth = weights(given), np.array([e.positive for e in given])
    assert found[truth].sum() == pytest.approx(0.5) and found[~truth].sum() == pytest.approx(0.5)


def test_scores_of_examples_equal_those_of_the_terms() -> None:
    given = examples()[:3]
    score = fit(examples())
    odds = [
        score.intercept - score.languages.get(e.language, 0.0) + sum(t.weight * (dict(zip(TERMS, e.terms))[n] - t.centre) / t.scale for n, t in score.terms.items()) for e in given
    ]
    assert apply(score, given) == pytest.approx(1 / (1 + np.exp(-np.array(odds))))


def test_one_side_alone_is_refused() -> None:
    with pytest.raises(CorpusError, match="both sides"):
        fit([e for e in examples() if e.positive])


def test_a_written_score_is_read_again_and_changes_the_digest(model: framing.Model, tmp_path: object) -> None:
    folder = type(model.folder)(str(tmp_path))
    for path in model.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    given = examples()
    score = banded(fit(given), given, held_out(given))
    write(folder, score)
    again = framing.load(folder)
    assert again.framing is not None and again.framing.as_dict() == score.as_dict()
    assert again.id.sha256 != model.id.sha256 == bundle.read_manifest(model.folder)["sha256"]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.count("## Framing score") == card.count("## Limits") == 1
    assert f"| high | {score.as_dict()['measured']['bands']['high']['articles']} |" in card
