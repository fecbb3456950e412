"""Results in SQLite: articles, scores, evidence, skips, runs, clusters, and the state of followed feeds.

One transaction is a whole batch, or one item of a followed feed: a kill or a full disk leaves the last complete one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from framing.batches import sketches
from framing.disk import OutputError
from framing.schema import Record, Skip

VERSION = 2  # of the tables; kept in `PRAGMA user_version`
APPLICATION = 0x46524D47  # marks the file as ours
_TABLES = """
CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, version TEXT NOT NULL, model TEXT NOT NULL,
  inputs TEXT NOT NULL, articles INTEGER NOT NULL DEFAULT 0, skips INTEGER NOT NULL DEFAULT 0);
CREATE TABLE articles (id TEXT PRIMARY KEY, url TEXT, outlet TEXT, title TEXT, language TEXT, published TEXT, cluster TEXT,
  seen TEXT NOT NULL, warnings TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs (id), score REAL, band TEXT, masked_score REAL);
CREATE TABLE scores (article TEXT NOT NULL REFERENCES articles (id), cue TEXT NOT NULL, probability REAL NOT NULL,
  PRIMARY KEY (article, cue)) WITHOUT ROWID;
CREATE TABLE evidence (id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES articles (id), cue TEXT NOT NULL, field TEXT NOT NULL,
  start INTEGER NOT NULL, end INTEGER NOT NULL, quote TEXT NOT NULL, score REAL NOT NULL, region TEXT NOT NULL);
CREATE TABLE skips (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), place TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE feeds (url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, checked TEXT NOT NULL, problem TEXT);
CREATE TABLE pending (id TEXT PRIMARY KEY, url TEXT NOT NULL, place TEXT NOT NULL, title TEXT, published TEXT, outlet TEXT,
  tries INTEGER NOT NULL, problem TEXT NOT NULL);
CREATE TABLE refused (id TEXT PRIMARY KEY);
CREATE INDEX articles_cluster ON articles (cluster);
CREATE INDEX articles_outlet ON articles (outlet);
CREATE INDEX evidence_article ON evidence (article);
CREATE VIEW clusters AS SELECT cluster AS id, count(*) AS size, min(coalesce(published, seen)) AS first_seen,
  count(DISTINCT outlet) AS outlet_count, group_concat(DISTINCT outlet) AS outlets FROM articles WHERE cluster IS NOT NULL GROUP BY cluster;
"""


@dataclass(frozen=True, slots=True)
class Scored:
    """A record with what only its article knew. Without clusters the sketch is empty."""

    record: Record
    published: str | None
    sketch: bytes


class Run(NamedTuple):
    """What `runs` says of a run at its start."""

    version: str
    model: str
    inputs: str


class Store:
    """A results database. Use it as a context manager."""

    def __init__(self, path: Path, now: Callable[[], str]) -> None:
        self._path, self.now = path, now
        with self._refusals():
            self._database = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._database.execute("PRAGMA foreign_keys = OFF")
            self._prepare()
        self._clusters = sketches.Clusters(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._database.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            remedy = "check the free space and that the file is a database of `framing batch`"
            raise OutputError(self._path, f"cannot be used ({problem})", remedy) from problem

    def _prepare(self) -> None:
        """Make the tables in a new file; refuse a file that is somebody else's."""
        base = self._database
        version, application = (base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
        if (application, version) != (APPLICATION, VERSION):
            if application or version or base.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                remedy = "name another output"
                raise OutputError(self._path, f"is no results database of version {VERSION}", remedy)
            marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
            base.executescript(f"BEGIN; {_TABLES} {sketches.TABLES} {marks} COMMIT;")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or nothing."""
        with self._refusals():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def begin(self, run: Run) -> int:
        """A new row of `runs`."""
        columns = (self.now(), *run)
        return self._insert("INSERT INTO runs (started, version, model, inputs) VALUES (?, ?, ?, ?)", columns)

    def _insert(self, statement: str, values: tuple[object, ...]) -> int:
        with self._refusals():
            return self._database.execute(statement, values).lastrowid or 0

    def finish(self, run: int) -> tuple[int, int]:
        """Note the run's end; its numbers of articles and skips."""
        counts = "articles = (SELECT count(*) FROM articles WHERE run = :run), skips = (SELECT count(*) FROM skips WHERE run = :run)"
        with self._refusals():
            self._database.execute(f"UPDATE runs SET finished = :now, {counts} WHERE id = :run", {"now": self.now(), "run": run})
            found = self._database.execute("SELECT articles, skips FROM runs WHERE id = ?", (run,)).fetchone()
        return found[0], found[1]

    def add(self, run: int, scored: Scored) -> None:
        """An article with all that is said of it, in the place of what was said before."""
        record, base = scored.record, self._database
        seen, before = base.execute("SELECT seen, cluster FROM articles WHERE id = ?", (record.id,)).fetchone() or (self.now(), None)
        cluster = self._clusters.assign(record.id, scored.sketch, before) if scored.sketch else None
        about = (record.id, record.url, record.outlet, record.title, record.language, scored.published, cluster)
        rest = (seen, json.dumps(record.warnings), run, record.score, record.band, record.masked_score)
        base.execute(f"INSERT OR REPLACE INTO articles VALUES ({', '.join('?' * 13)})", (*about, *rest))
        base.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?)", [(record.id, *score) for score in record.cues.items()])
        base.execute("DELETE FROM evidence WHERE article = ?", (record.id,))
        rows = [(record.id, e.cue, e.field, e.start, e.end, e.quote, e.score, e.region) for e in record.evidence]
        columns = "article, cue, field, start, end, quote, score, region"
        base.executemany(f"INSERT INTO evidence ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def skip(self, run: int, skip: Skip) -> None:
        """A refused row."""
        self._insert("INSERT INTO skips (run, place, reason) VALUES (?, ?, ?)", (run, skip.where, skip.reason))

    def connection(self) -> sqlite3.Connection:
        """The database, for the state of followed feeds."""
        return self._database


