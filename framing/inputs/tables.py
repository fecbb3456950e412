"""Tables to articles: CSV, TSV and Parquet, row by row."""

from __future__ import annotations

import codecs
import csv
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from framing.inputs.rows import MAX_LINE, MAX_TEXT, Found, ReadOptions, article_of, checked, codec, marked
from framing.inputs.streams import EXPANSION, FREE, ChunkFile, chain
from framing.schema import InputError, MissingExtra, Skip

_COLUMNS = ("text", "maintext")
_DELIMITERS = "\t,;|"
_ROWS = 64  # Parquet rows decoded at once


def _marked_bad(problem: UnicodeError) -> tuple[str, int]:
    """Half of a surrogate pair for bytes that the encoding does not have: `surrogateescape` knows single bytes from 0x80 on, no UTF-16."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return "\udcff", problem.end


codecs.register_error("framing.bad", _marked_bad)


def read_csv(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """The rows of a CSV or TSV file with a header; the delimiter is the one that the header has most of."""
    csv.field_size_limit(MAX_TEXT + 1)
    rows = _text_lines(path, chunks, options.encoding)
    first = next(rows, "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_again(first, rows), delimiter=delimiter)
    header = _header(path, reader)
    if not set(header) & set(_COLUMNS):
        raise InputError(path, "has no column 'text' (or 'maintext') in its first row", "name the columns there")
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            yield Skip(f"{path}:{reader.line_num}", f"no valid row ({problem})")
            continue
        if cells is None:
            return
        where = f"{path}:{reader.line_num}"
        if len(cells) == len(header):
            yield checked(where, article_of(where, dict(zip(header, cells))), options)
        elif cells:
            yield Skip(where, f"has {len(cells)} cells, the header has {len(header)}")


def _header(path: str, reader: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip().lower() for name in next(reader, [])]
    except csv.Error as problem:
        raise InputError(path, f"has no valid first row ({problem})", "write it again with line ends of one kind") from problem


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _text_lines(path: str, chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    """Lines with their ends; bytes of another encoding become half of a surrogate pair, which `accept` refuses row by row."""
    head = next(chunks, b"")
    decoder = codecs.getincrementaldecoder(codec(path, marked(head, encoding)))("framing.bad")
    rest = ""
    for chunk in chain(head, chunks):
        *ended, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n" for line in ended)
        if len(rest) > MAX_LINE:  # csv.reader refuses the piece as too long a field
            yield rest
            rest = ""
    rest += decoder.decode(b"", True)
    if rest:
        yield rest


def read_parquet(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """The rows of a Parquet file, a few at a time."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as problem:
        raise MissingExtra("Parquet input", "parquet") from problem
    with _seekable(path, chunks) as file:
        try:
            table = pq.ParquetFile(file)
            names = _wanted(path, table)
            number = 0
            for group in range(table.num_row_groups):
                _refuse_bomb(path, table.metadata.row_group(group))
                for batch in table.iter_batches(_ROWS, row_groups=[group], columns=names):
                    columns = [batch.column(name) for name in names]
                    for row in range(batch.num_rows):
                        number += 1
                        where = f"{path}:{number}"
                        cells = dict(zip(names, (column[row].as_py() for column in columns)))
                        yield checked(where, article_of(where, cells), options)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
            reason = str(problem).split("\n")[0]
            raise InputError(path, f"is no readable Parquet file ({reason})", "write it again") from problem


def _wanted(path: str, table: Any) -> list[str]:
    names = [n for n in table.schema_arrow.names if n in _KNOWN]
    if not set(names) & set(_COLUMNS):
        raise InputError(path, "has no column 'text' (or 'maintext')", "name it so")
    return names


_KNOWN = frozenset(
    ("id", "text", "maintext", "title", "url", "outlet", "source_domain", "language", "published", "date_publish")
)


def _refuse_bomb(path: str, group: Any) -> None:
    for number in range(group.num_columns):
        column = group.column(number)
        size = column.total_uncompressed_size
        if size > FREE and size > EXPANSION * max(1, column.total_compressed_size):
            raise InputError(path, f"has a column that expands more than {EXPANSION}-fold", "write it again")


@contextmanager
def _seekable(path: str, chunks: Iterator[bytes]) -> Iterator[IO[bytes]]:
    """The Parquet file itself, or its bytes in a temporary file: its index stands at the end."""
    plain = Path(path)
    if plain.is_file():
        with open(plain, "rb") as file:
            if file.read(4) == b"PAR1":
                file.seek(0)
                yield file
                return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(ChunkFile(chunks), spooled)
        spooled.seek(0)
        yield spooled
