"""Part files to the output, its clusters and its file of skips: the last step of a batch, the same each time it is taken."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from framing.batches import sketches
from framing.batches.shards import read_parts
from framing.batches.store import Run, Scored, Store
from framing.batches.writers import SQLITE, WRITERS, Cluster, Row
from framing.disk import OutputError, Replacement

_MEMBERS = "CREATE TABLE members (number INTEGER PRIMARY KEY, cluster TEXT, published TEXT, outlet TEXT);"
_SUMMARY = """
CREATE INDEX members_cluster ON members (cluster);
CREATE TABLE summary AS SELECT cluster, count(*) AS size, min(published) AS first_seen,
  json_group_array(DISTINCT outlet) FILTER (WHERE outlet IS NOT NULL) AS outlets FROM members GROUP BY cluster;
CREATE INDEX summary_cluster ON summary (cluster);
"""
_JOINED = "SELECT m.cluster, size, first_seen, outlets FROM members m LEFT JOIN summary s ON m.cluster = s.cluster ORDER BY number"


class Origin(NamedTuple):
    """What the output says of where it comes from."""

    version: str
    model: str
    inputs: tuple[str, ...]
    now: Callable[[], str]


def merge(out: Path, form: str, parts: list[Path], origin: Origin) -> tuple[int, int]:
    """Write the skips and then, beside them, the output; the numbers of articles and skips."""
    skips = _write_skips(out.with_name(f"{out.name}.skips.jsonl"), parts)
    if form == SQLITE:
        return _into_store(out, parts, origin), skips
    with closing(_working_base(parts)) as base:
        articles = _cluster(base, parts)
        WRITERS[form](out, _rows(base, parts))
    return articles, skips


def _scored(parts: list[Path]) -> Iterator[Scored]:
    return (line.scored for line in read_parts(parts) if line.scored)


def _into_store(out: Path, parts: list[Path], origin: Origin) -> int:
    articles = 0
    with Store(out, origin.now) as store, store.transaction():
        run = store.begin(Run(origin.version, origin.model, json.dumps(origin.inputs)))
        for line in read_parts(parts):
            if line.scored:
                articles += 1
                store.add(run, line.scored)
            elif line.skip:
                store.skip(run, line.skip)
        store.finish(run)
    return articles


def _working_base(parts: list[Path]) -> sqlite3.Connection:
    """A database of this merge only, on disk so that memory does not grow with the batch."""
    path = parts[0].with_name("clusters.db") if parts else Path(":memory:")
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {sketches.TABLES} {_MEMBERS}")
    return base


def _cluster(base: sqlite3.Connection, parts: list[Path]) -> int:
    """Give each article its cluster; the number of articles."""
    clusters, number = sketches.Clusters(base), 0
    try:
        base.execute("BEGIN")
        for number, scored in enumerate(_scored(parts), 1):
            cluster = clusters.assign(scored.record.id, scored.sketch) if scored.sketch else None
            base.execute("INSERT INTO members VALUES (?, ?, ?, ?)", (number, cluster, scored.published, scored.record.outlet))
        base.execute("COMMIT")
        base.executescript(_SUMMARY)
    except sqlite3.Error as problem:
        raise OutputError("clusters", f"cannot be worked out ({problem})", "check the free space") from problem
    return number


def _rows(base: sqlite3.Connection, parts: list[Path]) -> Iterator[Row]:
    found = base.execute(_JOINED)
    for scored, (cluster, size, first_seen, outlets) in zip(_scored(parts), found, strict=True):
        known = Cluster(cluster, size, first_seen, tuple(sorted(json.loads(outlets)))) if cluster else None
        yield Row(scored.record, scored.published, known)


def _write_skips(path: Path, parts: list[Path]) -> int:
    """The skips in the order of the inputs; no file where there are none."""
    count = 0
    with Replacement(path) as file:
        for line in read_parts(parts):
            if line.skip:
                count += 1
                file.write((json.dumps(asdict(line.skip), ensure_ascii=False) + "\n").encode())
    if not count:
        path.unlink()
    return count
