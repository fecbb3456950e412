"""Files that stand in their place only once they are complete and on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from framing.schema import LockedError
from framing.schema import OutputError as OutputError


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns the operating system's refusals into `OutputError`."""
    try:
        yield
    except OSError as problem:
        raise OutputError(target, f"cannot be written ({problem.strerror})", "check the folder and the free space") from problem


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Keeps a second run off an output. The lock ends with the process, however that ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(target.with_name(f".{target.name}.lock"))
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as problem:
            raise LockedError(target, "is being written by another run", "wait for it or name another output") from problem
    try:
        yield
        Path(lock.lock_file).unlink(missing_ok=True)
    finally:
        lock.release()


class Replacement:
    """A file written beside its place, flushed to the disk and renamed; an exception leaves what stood there."""

    def __init__(self, target: Path) -> None:
        self._target, self._beside, self.size = target, target.with_name(f".{target.name}.{os.getpid()}.part"), 0

    def __enter__(self) -> Self:
        with writing(self._target):
            self.file: IO[bytes] = open(self._beside, "wb")
        return self

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        with writing(self._target):
            self.size += self.file.write(chunk)

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        try:
            with writing(self._target):
                if kind is None:
                    self.file.flush()
                    os.fsync(self.file.fileno())
                self.file.close()
                if kind is None:
                    os.replace(self._beside, self._target)
                    _sync_folder(self._target.parent)
        finally:
            self._beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """The rename itself on the disk: without it a power loss can bring back the old name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
