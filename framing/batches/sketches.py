"""Near-duplicates: MinHash sketches of texts (rensa) and the clusters that they form, in SQLite.

A text belongs to the cluster of the most similar leader, the cluster's first text, or leads a cluster of its own. Leaders only
are indexed, in `BANDS` keys each, so that one text on hundreds of mirror sites costs one look-up a copy, and memory does not grow.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from framing.nearcopies import runs
from framing.schema import Article, MissingExtra

PERMUTATIONS = 128
BANDS, ROWS = 32, 4  # texts that share 60 % of their word runs meet in a band with probability 0.99
SHARE = 0.6  # of the word runs of both texts; the sketch tells it to within 0.04
_SEED = 1
_SKETCH = struct.Struct(f"<{PERMUTATIONS}I")
_KEY = struct.Struct("<q")
TABLES = """
CREATE TABLE IF NOT EXISTS leaders (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, sketch BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bands (band INTEGER NOT NULL, leader INTEGER NOT NULL, PRIMARY KEY (band, leader)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS leaders_cluster ON leaders (cluster);
"""


@lru_cache(maxsize=1)
def _minhash() -> Any:
    try:
        from rensa import RMinHash
    except ImportError as problem:
        raise MissingExtra("near-duplicates (or give --no-clusters)", "batch") from problem
    return RMinHash


def available() -> None:
    """Raises `MissingExtra` where sketches cannot be made: before a batch begins, not in its workers."""
    _minhash()


def sketch(article: Article) -> bytes:
    """The sketch of an article's main text. Mirrors differ in their furniture."""
    main = "\n".join(article.text[m.start : m.end] for m in article.main) or article.text
    made = _minhash()(num_perm=PERMUTATIONS, seed=_SEED)
    made.update(list(runs(main)))
    return _SKETCH.pack(*made.digest())


def similarity(a: bytes, b: bytes) -> float:
    """The estimated share of word runs that two texts have in common (Jaccard)."""
    same = sum(x == y for x, y in zip(_SKETCH.unpack(a), _SKETCH.unpack(b)))
    return float(same / PERMUTATIONS)


def _bands(sketched: bytes) -> Iterator[int]:
    width = 4 * ROWS
    for band in range(BANDS):
        part = sketched[band * width : (band + 1) * width]
        yield _KEY.unpack(blake2b(part, digest_size=8, salt=struct.pack("<Q", band)).digest())[0]


class Clusters:
    """The clusters of a database with `TABLES`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def assign(self, article: str, sketched: bytes, before: str | None = None) -> str:
        """The cluster of an article, named by the id of its first one. One that was in a cluster `before` stays as long as it may."""
        if before is not None:
            leader = self._database.execute("SELECT sketch FROM leaders WHERE cluster = ?", (before,)).fetchone()
            if leader and similarity(sketched, leader[0]) >= SHARE:
                return before
        keys = list(_bands(sketched))
        best, share = None, SHARE
        for cluster, leader in self._candidates(keys):
            found = similarity(sketched, leader)
            if found > share or (best is None and found >= share):
                best, share = cluster, found
        return best if best is not None else self._lead(article, sketched, keys)

    def _candidates(self, keys: list[int]) -> list[tuple[str, bytes]]:
        marks = ",".join("?" * len(keys))
        query = f"SELECT cluster, sketch FROM leaders WHERE id IN (SELECT leader FROM bands WHERE band IN ({marks})) ORDER BY id"
        return self._database.execute(query, keys).fetchall()

    def _lead(self, article: str, sketched: bytes, keys: list[int]) -> str:
        leader = self._database.execute("INSERT INTO leaders (cluster, sketch) VALUES (?, ?)", (article, sketched)).lastrowid
        self._database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(key, leader) for key in keys])
        return article
