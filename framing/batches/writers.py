"""Results to files: JSONL, CSV and Parquet, each complete or not there at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from framing.cues import CUES
from framing.disk import Replacement
from framing.report import CSV_FIELDS, csv_cells, csv_line, inert
from framing.schema import FramingError, MissingExtra, Record

ROWS = 1000  # of a Parquet row group


@dataclass(frozen=True, slots=True)
class Cluster:
    """The near-duplicates that an article belongs to, itself among them."""

    id: str
    size: int
    first_seen: str | None
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the results."""

    record: Record
    published: str | None
    cluster: Cluster | None

    def as_dict(self) -> dict[str, Any]:
        """The record's object, with what a batch knows beyond the record."""
        cluster = asdict(self.cluster) if self.cluster else None
        return {**self.record.as_dict(), "published": self.published, "cluster": cluster}


def write_jsonl(out: Path, rows: Iterator[Row]) -> None:
    """One object a line."""
    with Replacement(out) as file:
        for row in rows:
            file.write((json.dumps(row.as_dict(), ensure_ascii=False) + "\n").encode())


def write_csv(out: Path, rows: Iterator[Row]) -> None:
    """One line an article; cells that a spreadsheet would take for formulas are made inert."""
    extra = ("published", "cluster", "cluster_size")
    with Replacement(out) as file:
        file.write(csv_line((*CSV_FIELDS, *extra)).encode())
        for row in rows:
            cluster = (inert(row.cluster.id), str(row.cluster.size)) if row.cluster else ("", "")
            file.write(csv_line((*csv_cells(row.record), inert(row.published or ""), *cluster)).encode())


def write_parquet(out: Path, rows: Iterator[Row]) -> None:
    """The objects of the JSONL as columns; each cue is a column of its own."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as problem:
        raise MissingExtra("Parquet output", "parquet") from problem
    schema = _schema(pa)
    with Replacement(out) as file, pq.ParquetWriter(_Through(file), schema, compression="zstd") as table:
        pending: list[dict[str, Any]] = []
        for row in rows:
            pending.append(_flat(row))
            if len(pending) == ROWS:
                table.write_table(pa.Table.from_pylist(pending, schema))
                pending.clear()
        if pending:
            table.write_table(pa.Table.from_pylist(pending, schema))


class _Through:
    """The file as pyarrow wants it; what the disk refuses stays an `OutputError`."""

    def __init__(self, file: Replacement) -> None:
        self._file, self.closed = file, False

    def write(self, chunk: Any) -> int:
        self._file.write(bytes(chunk))
        return len(chunk)

    def tell(self) -> int:
        return self._file.size

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def _flat(row: Row) -> dict[str, Any]:
    found = row.as_dict()
    return {**found, **found.pop("cues")}


def _schema(pa: Any) -> Any:
    text, real, whole = pa.string(), pa.float64(), pa.int64()
    spans = [("cue", text), ("field", text), ("start", whole), ("end", whole), ("quote", text), ("score", real), ("region", text)]
    cluster = [("id", text), ("size", whole), ("first_seen", text), ("outlets", pa.list_(text))]
    model = [("name", text), ("version", text), ("sha256", text)]
    counts = [(name, whole) for name in ("sentences", "statements", "named", "institution", "unnamed", "direct", "speakers")]
    sourcing = [*counts, ("top_share", real), ("other_side", pa.bool_())]
    columns = [
        ("schema", whole), *((name, text) for name in ("id", "url", "outlet", "title", "language", "published")), ("score", real),
        ("band", text), ("masked_score", real), ("masked_difference", real), *((cue.id, real) for cue in CUES),
        ("sourcing", pa.struct(sourcing)),
        ("evidence", pa.list_(pa.struct(spans))), ("warnings", pa.list_(text)),
        ("model", pa.struct(model)), ("cluster", pa.struct(cluster)),
    ]  # fmt: skip
    return pa.schema(columns)


Write = Callable[[Path, Iterator[Row]], None]
WRITERS: dict[str, Write] = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}
SQLITE = "sqlite"
_SUFFIXES = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".db": SQLITE, ".sqlite": SQLITE,
    ".sqlite3": SQLITE,
}  # fmt: skip


def format_of(out: Path) -> str:
    """The format that an output's suffix names."""
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise FramingError(out, "has no suffix that names a format", f"choose one of {' '.join(_SUFFIXES)}, or give --format")
    return found
