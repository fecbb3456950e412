"""Web archives to pages: the HTML responses of WARC files, as of CC-NEWS."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterator
from typing import Any

from framing.inputs.rows import MAX_FILE, Found, Link, ReadOptions, Unparsed, host
from framing.inputs.streams import ChunkFile
from framing.schema import InputError, MissingExtra, Skip

_PIECE = 1 << 16  # bytes
_HTML = ("text/html", "application/xhtml+xml")


def read_warc(path: str, chunks: Iterator[bytes], options: ReadOptions) -> Found:
    """The pages of a WARC file; other records are no articles and are passed over."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as problem:
        raise MissingExtra("WARC input", "warc") from problem
    source = io.BufferedReader(ChunkFile(chunks), _PIECE)
    records = iter(ArchiveIterator(source))
    number = 0
    while True:
        try:
            record = next(records, None)
            if record is None:
                break
            if record.format != "warc" or not record.rec_type:
                raise ValueError("no WARC record")
            number += 1
            if _is_page(record):
                yield _page(path, number, record)
        except (ArchiveLoadFailed, ValueError, EOFError, zlib.error, LookupError, AttributeError, TypeError) as problem:
            place = f"breaks off at record {number + 1} ({problem})"
            raise InputError(path, place, "fetch it again; what stands before was read") from problem
    if not number:
        raise InputError(path, "holds no WARC record", "check the file")


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if record.rec_type != "response" or headers is None or headers.get_statuscode() != "200":
        return False
    return (headers.get_header("Content-Type") or "").split(";")[0].strip().lower() in _HTML


def _page(path: str, number: int, record: Any) -> Unparsed | Skip:
    where, url = f"{path}#{number}", record.rec_headers.get_header("WARC-Target-URI") or ""
    raw = _body(record.content_stream())
    if len(raw) > MAX_FILE:
        return Skip(where, f"the page has more than {MAX_FILE:,} bytes")
    if getattr(record.raw_stream, "limit", 0) > 0:
        return Skip(where, "the record ends before its declared length")
    charset = charset_of(record.http_headers.get_header("Content-Type") or "")
    about = Link(where, url, url or where, outlet=host(url))
    return Unparsed(where, raw, charset, about)


def _body(stream: Any) -> bytes:
    raw = bytearray()
    while len(raw) <= MAX_FILE and (piece := stream.read(_PIECE)):
        raw += piece
    return bytes(raw)


def charset_of(content_type: str) -> str:
    """The charset that a Content-Type names, if Python knows it.

    >>> charset_of("text/html; charset=Windows-1251")
    'cp1251'
    """
    name = content_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
