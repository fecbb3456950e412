import pytest

from framing.schema import Article
from framing.tasks.agreement import alpha, resolve
from framing.tasks.labels import Mark

ARTICLE = Article("a1", "Une ligne.\nUne autre ligne.")


def mark(who: str, *present: str, level: str = "article", span: tuple[int, int] = (0, 0)) -> Mark:
    return Mark("f:1", ARTICLE, "t", level, frozenset(present), None, *span, annotator=who)


def test_the_majority_stands() -> None:
    kept, (agreement,) = resolve([mark("a", "true"), mark("b", "true"), mark("c", "false")])
    assert [(m.present, m.absent) for m in kept] == [({"true"}, None)]
    assert (agreement.units, agreement.conflicts) == (1, 1)


def test_a_tie_leaves_the_label_unknown() -> None:
    assert resolve([mark("a", "true"), mark("b", "false")])[0] == []
    (kept,), _ = resolve([mark("a", "x", "y"), mark("b", "x")])
    assert (kept.present, kept.absent) == ({"x"}, frozenset())


def test_the_last_word_of_an_annotator_counts() -> None:
    (kept,), (agreement,) = resolve([mark("a", "true"), mark("a", "false")])
    assert kept.present == {"false"} and agreement.alpha is None and "one annotator" in str(agreement)


def test_spans_are_voted_by_character() -> None:
    marks = [mark(who, "x", level="span", span=span) for who, span in (("a", (0, 6)), ("b", (4, 9)), ("c", (4, 6)))]
    kept, (agreement,) = resolve(marks)
    assert [(m.start, m.end) for m in kept] == [(4, 6)]
    assert agreement.alpha == 1.0 and agreement.units == 2


def test_an_article_searched_in_vain_by_most_is_kept_empty() -> None:
    kept, _ = resolve([mark("a", "x", level="span", span=(0, 3)), mark("b", level="span"), mark("c", level="span")])
    assert [m.present for m in kept] == [frozenset()]


def test_alpha_of_krippendorffs_example() -> None:
    """Krippendorff 2011, nominal data of two observers: alpha 0.095."""
    first, second = "0100000000", "1110010100"
    ratings = [(who, str(k), frozenset(v)) for who, said in (("a", first), ("b", second)) for k, v in enumerate(said)]
    assert alpha(ratings) == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_sets_and_of_no_pairs() -> None:
    assert alpha([]) is None
    assert alpha([("a", "1", frozenset("x")), ("b", "1", frozenset("x"))]) == 1.0
    mixed = [("a", "1", frozenset("xy")), ("b", "1", frozenset("x")), ("a", "2", frozenset()), ("b", "2", frozenset())]
    assert 0 < (alpha(mixed) or 0) < 1
