import sqlite3
import sys

import pytest

from framing.batches import sketches
from framing.schema import Article, MissingExtra, Region

WORDS = [f"mot{n}" for n in range(400)]


def clusters() -> sketches.Clusters:
    base = sqlite3.connect(":memory:")
    base.executescript(sketches.TABLES)
    return sketches.Clusters(base)


def sketched(words: list[str]) -> bytes:
    return sketches.sketch(Article("a", " ".join(words)))


def test_a_sketch_estimates_the_shared_runs_and_is_the_same_each_time() -> None:
    whole, most, none = sketched(WORDS), sketched(WORDS[:300]), sketched([f"autre{n}" for n in range(400)])
    assert whole == sketched(WORDS) and sketches.similarity(whole, whole) == 1.0
    assert abs(sketches.similarity(whole, most) - 296 / 396) < 0.12 and sketches.similarity(whole, none) < 0.05


def test_copies_join_the_first_and_others_lead() -> None:
    found = clusters()
    assert found.assign("first", sketched(WORDS)) == "first"
    assert found.assign("copy", sketched([*WORDS[:380], "abonnez", "vous"])) == "first"
    assert found.assign("half", sketched(WORDS[:150])) == "half"
    assert found.assign("other", sketched(["x", "y"])) == "other"
    assert found.assign("short copy", sketched(["x", "y"])) == "other"


def test_one_that_was_in_a_cluster_stays_while_it_is_alike() -> None:
    found = clusters()
    found.assign("a", sketched(WORDS[:300]))
    found.assign("b", sketched(WORDS[150:]))
    assert found.assign("c", sketched(WORDS[60:360])) in ("a", "b", "c")
    assert found.assign("d", sketched(WORDS[:290]), before="b") == "a"
    assert found.assign("e", sketched(WORDS[150:]), before="b") == "b" and found.assign("e", sketched(WORDS[150:]), before="gone") == "b"


def test_the_main_text_counts_not_the_furniture() -> None:
    body = " ".join(WORDS)
    page = Article("p", body + "\nLire aussi " * 300, main=(Region(0, len(body)),))
    assert sketches.similarity(sketches.sketch(page), sketched(WORDS)) == 1.0


def test_without_rensa_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sketches._minhash.cache_clear()
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(MissingExtra, match="--no-clusters"):
        sketches.available()
    monkeypatch.undo()
    sketches._minhash.cache_clear()
