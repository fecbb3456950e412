"""The bytes of an input: files, standard input, gzip and zstd; folders and globs to the files in them."""

from __future__ import annotations

import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from framing.schema import InputError, MissingExtra

CHUNK = 1 << 16  # bytes
EXPANSION = 250  # times; news compresses 3- to 20-fold, a bomb a thousandfold
FREE = 64 << 20  # bytes that may come out before the expansion is judged
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZSTD_STEP = 1 << 10  # bytes fed at once: 4 bytes can stand for 128 kB
_WINDOW = 1 << 27  # bytes of zstd window, what `zstd --long` uses
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_address(name: str) -> bool:
    """Whether an input is a web address. Raises `InputError` for any other scheme."""
    if name.lower().startswith(("http://", "https://")):
        return True
    if _SCHEME.match(name):
        raise InputError(name, "is neither http nor https", "name a file, a folder, a glob or a web address")
    return False


def chunks(path: str, tick: Callable[[int], object] | None = None) -> Iterator[bytes]:
    """The bytes of a file, `-` for standard input."""
    try:
        if path == "-":
            yield from iter(lambda: sys.stdin.buffer.read(CHUNK), b"")
            return
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                if tick:
                    tick(len(chunk))
                yield chunk
    except IsADirectoryError as problem:
        raise InputError(path, "is a folder", "name its files, for example FOLDER/*.txt") from problem
    except FileNotFoundError as problem:
        raise InputError(path, "does not exist", "check the path") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise InputError(path, f"cannot be read ({reason})", "check the path and its rights") from problem


def chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes with their peeked-at head put back."""
    yield head
    yield from rest


def decompressed(path: str, source: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes, out of gzip or zstd where they begin like it."""
    head = next(source, b"")
    rest = chain(head, source)
    if head.startswith(_GZIP):
        yield from _guarded(path, rest, _gzip_decoder)
    elif head.startswith(_ZSTD):
        yield from _guarded(path, rest, _zstd_decoder)
    else:
        yield from rest


def _gzip_decoder() -> Any:
    return zlib.decompressobj(31)


def _zstd_decoder() -> Any:
    try:
        import zstandard
    except ImportError as problem:
        raise MissingExtra("zstd input", "zstd") from problem
    return zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()


def _zstd_error() -> type[Exception]:
    module = sys.modules.get("zstandard")
    return module.ZstdError if module else zlib.error


def _guarded(path: str, source: Iterator[bytes], decoder: Callable[[], Any]) -> Iterator[bytes]:
    taken, given, stream = 0, 0, _Frames(decoder)
    for chunk in source:
        taken += len(chunk)
        try:
            for piece in stream.pieces(chunk):
                given += len(piece)
                if given > FREE and given > EXPANSION * taken:
                    raise InputError(path, f"expands more than {EXPANSION}-fold", "a compressed file of news expands twentyfold at most")
                yield piece
        except (zlib.error, _zstd_error()) as problem:
            raise InputError(path, f"is damaged: {problem}", "fetch it again") from problem
    if not stream.ended:
        raise InputError(path, "ends before its compressed stream does", "fetch it again; what stands before the end was read")


class _Frames:
    """Gzip members or zstd frames one behind the other, decompressed in pieces of bounded size."""

    def __init__(self, decoder: Callable[[], Any]) -> None:
        self._new, self._state = decoder, decoder()
        self._bounded = decoder is _gzip_decoder  # zstd takes no limit: it is fed little at once

    @property
    def ended(self) -> bool:
        """Whether the last frame is complete."""
        return bool(self._state.eof)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk decompresses to."""
        while chunk:
            if self._state.eof:
                chunk = chunk.lstrip(b"\0")  # padding between members
                if chunk:
                    self._state = self._new()
            elif self._bounded:
                yield self._state.decompress(chunk, CHUNK)
                chunk = self._state.unused_data if self.ended else self._state.unconsumed_tail
            else:
                yield self._state.decompress(chunk[:_ZSTD_STEP])
                chunk = (self._state.unused_data if self.ended else b"") + chunk[_ZSTD_STEP:]


class ChunkFile(io.RawIOBase):
    """Chunks as a file to read, for libraries that want one."""

    def __init__(self, source: Iterator[bytes]) -> None:
        super().__init__()
        self._source, self._rest = source, b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As `io.RawIOBase.readinto`."""
        while not self._rest:
            chunk = next(self._source, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def expand(names: Sequence[str]) -> list[str]:
    """The files and addresses behind the inputs, in the given order, those of a folder or a glob by name.

    Raises `InputError` for a name behind which there is nothing: a typing error shows before the work begins.
    """
    return [path for name in names for path in ([name] if name == "-" or is_address(name) else _files(name))]


def _files(name: str) -> list[str]:
    import glob

    path = Path(name)
    try:
        if path.is_dir():
            inside = (f for f in path.rglob("*") if not any(part.startswith(".") for part in f.relative_to(path).parts))
            found = sorted(str(f) for f in inside if f.is_file())
        elif path.exists():
            return [name]
        else:
            found = sorted(f for f in glob.glob(name, recursive=True) if Path(f).is_file())
    except (OSError, ValueError, re.error) as problem:
        raise InputError(name, f"cannot be looked into ({problem})", "check the path") from problem
    if not found:
        raise InputError(name, "holds no file" if path.is_dir() else "does not exist", "check the path")
    return found
