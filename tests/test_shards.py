import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framing
from framing.batches import pool, shards
from framing.batches.pool import Pool
from framing.batches.shards import Job, Line
from framing.batches.store import Scored
from framing.inputs.rows import Link, ReadOptions, Unparsed
from framing.schema import Article, Evidence, FramingError, ModelId, Record, Skip

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
MAYBE = st.none() | TEXT
PROBABILITY = st.floats(0, 1)
EVIDENCE = st.builds(Evidence, TEXT, TEXT, st.integers(0, 99), st.integers(0, 99), TEXT, PROBABILITY, TEXT)
RECORD = st.builds(
    Record, TEXT, MAYBE, MAYBE, MAYBE, MAYBE, st.dictionaries(TEXT, PROBABILITY), st.lists(EVIDENCE, max_size=3).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple), st.builds(ModelId, TEXT, TEXT, TEXT),
)  # fmt: skip
LINE = st.builds(Line, st.builds(Scored, RECORD, MAYBE, st.binary(max_size=8))) | st.builds(Line, st.none(), st.builds(Skip, TEXT, TEXT))


@settings(max_examples=80, deadline=None)
@given(st.lists(LINE, max_size=4))
def test_parts_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, lines: list[Line]) -> None:
    path = tmp_path_factory.mktemp("parts") / "0.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    assert list(shards.read_parts([path])) == lines


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(1, 9))
def test_shards_are_disjoint_and_complete(sizes: list[int], articles: int) -> None:
    entries = [Article(str(n), "x" * size) for n, size in enumerate(sizes)]
    cut = list(shards.cut(entries, articles))
    assert [a for shard in cut for a in shard] == entries and all(0 < len(shard) <= articles for shard in cut)


def test_a_shard_of_pages_ends_by_its_bytes() -> None:
    page = Unparsed("w", bytes(shards.CHARACTERS // 2 + 1), "", Link("w", ""))
    assert [len(shard) for shard in shards.cut([page] * 5)] == [2, 2, 1]


def job(**changes: object) -> Job:
    return Job(**{"model": "default", "sha256": framing.load().id.sha256, "options": ReadOptions(), "clusters": True, **changes})


def test_a_part_has_a_line_for_each_entry_in_order() -> None:
    entries = [Article("a", "Un article assez long."), Skip("w\udcff", "reason"), Unparsed("p", b"<p>x", "", Link("p", ""))]
    part = shards.score(7, entries, job())
    lines = [msgspec.json.decode(line, type=Line) for line in part.lines.splitlines()]
    assert (part.number, part.articles, part.skips) == (7, 1, 2)
    assert [line.skip.where if line.skip else line.scored.record.id for line in lines] == ["a", "w\\udcff", "p"]


def test_a_worker_with_another_model_refuses() -> None:
    with pytest.raises(FramingError, match="another model here"):
        shards.score(0, [], job(sha256="other"))


class Deadly:
    """Kills whichever process unpickles it."""

    def __reduce__(self) -> tuple:
        import os
        import signal

        return (lambda: os.kill(os.getpid(), signal.SIGKILL), ())


def test_shards_that_kill_every_worker_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "STALLED_SECONDS", 30)
    asked = []

    def tasks():
        asked.append(1)
        yield 0, [Deadly()], job()

    with pytest.raises(FramingError, match="died or stalled 3 times"):
        list(pool.each(Pool(2), tasks))
    assert len(asked) == 3


class Endless:
    """Keeps whichever process unpickles it."""

    def __reduce__(self) -> tuple:
        import time

        return (time.sleep, (600,))


def test_workers_that_stall_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "STALLED_SECONDS", 0.5)
    monkeypatch.setattr(pool, "ROUNDS", 1)
    with pytest.raises(FramingError, match="stalled 1 times"):
        list(pool.each(Pool(2), lambda: iter([(0, [Endless()], job())])))
