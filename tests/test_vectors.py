import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from framing.tasks import vectors

TEXTS = ["Un mot, deux mots; un mot encore.", "mot", "", "Deux mots et un chat noir, chat blanc", "а б слово слово", "!! ?"]
WORDS = ("words", "pairs")


def dense(rows: vectors.Rows, width: int) -> np.ndarray:
    found = np.zeros((len(rows), width))
    for k in range(len(rows)):
        at = slice(rows.indptr[k], rows.indptr[k + 1])
        found[k, rows.columns[at]] += rows.values[at]
    return found


def test_counts_are_those_of_scikit_learn() -> None:
    expected = CountVectorizer(ngram_range=(1, 2)).fit_transform(TEXTS).toarray()
    found = dense(vectors.count(TEXTS, WORDS, 22), 1 << 22)
    found = found[:, found.any(axis=0)]
    assert found.shape == expected.shape
    assert sorted(map(tuple, found.T.tolist())) == sorted(map(tuple, expected.T.tolist()))


def test_weights_are_those_of_scikit_learn() -> None:
    counts = CountVectorizer(ngram_range=(1, 2)).fit_transform(TEXTS)
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(counts).toarray()
    rows = vectors.count(TEXTS, WORDS, 22)
    block = vectors.fit_block(rows, WORDS, 22, 1)
    found = dense(block.weigh(rows), len(block.columns))
    assert np.allclose(found @ found.T, expected @ expected.T, atol=1e-6)


def test_grams_stay_inside_words_and_their_edges() -> None:
    same = [vectors.count([t], ("grams",), 22).columns.tolist() for t in ("ab cd", "ab, cd", "cd  ab")]
    assert same[0] == same[1] == same[2] and len(same[0]) == 6
    assert vectors.count(["a"], ("grams",), 22).columns.size == 1


@given(st.lists(st.text(max_size=60), max_size=6))
def test_a_text_counts_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = vectors.count(texts, ("words", "pairs", "grams"), 20)
    for k, text in enumerate(texts):
        alone = vectors.count([text], ("words", "pairs", "grams"), 20)
        at = slice(together.indptr[k], together.indptr[k + 1])
        assert together.columns[at].tolist() == alone.columns.tolist() and together.values[at].tolist() == alone.values.tolist()


def test_chunks_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = vectors.count(TEXTS * 20, WORDS, 20)
    monkeypatch.setattr(vectors, "CHUNK", 100)
    for jobs in (1, 2):
        parts = vectors.count(TEXTS * 20, WORDS, 20, jobs)
        assert all((getattr(parts, n) == getattr(whole, n)).all() for n in ("indptr", "columns", "values"))


def test_spelling_is_folded() -> None:
    first, second = (vectors.count([t], WORDS, 22).columns.tolist() for t in ("Té\u00adlégramme\u200b 17", "telegramme 42"))
    assert first == second


def test_take_keeps_the_order() -> None:
    rows = vectors.count(TEXTS, WORDS, 10)
    assert (dense(vectors.take(rows, np.array([3, 0])), 1024) == dense(rows, 1024)[[3, 0]]).all()


def test_names_are_found_again() -> None:
    found = vectors.names("Deux mots", ("words", "pairs"), 22)
    assert set(found.values()) == {"deux", "mots", "deux mots"}
    assert set(found) == set(vectors.count(["Deux mots"], WORDS, 22).columns.tolist())


def test_habits_of_a_shout_and_of_nothing() -> None:
    shout, calm = vectors.style(["WHY would WE do THIS? Never!!", "The council met on Monday. It adjourned."])
    at = vectors.HABITS.index
    assert shout[at("question")] > calm[at("question")] and shout[at("capitals")] > calm[at("capitals")] == 0
    assert np.isfinite(vectors.style([""])).all()


def test_no_texts_give_no_rows() -> None:
    assert len(vectors.count([], WORDS, 20)) == 0
