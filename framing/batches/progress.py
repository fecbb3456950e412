"""How a batch goes, on standard error: a bar in a terminal (rich), plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

LINE_SECONDS = 10.0


class Plain:
    """A line every `LINE_SECONDS` and at the end."""

    def __init__(self, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._size = self._read = self._articles = self._skips = 0
        self._started = self._said = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._articles or self._skips:
            self._line()

    def begin(self, size: int) -> None:
        """The bytes of the local inputs."""
        self._size, self._started = size, self._clock()

    def read(self, size: int) -> None:
        """So many bytes more were read."""
        self._read += size

    def done(self, articles: int, skips: int) -> None:
        """A shard is scored."""
        self._articles, self._skips = self._articles + articles, self._skips + skips
        if self._clock() - self._said >= LINE_SECONDS:
            self._line()

    def note(self, message: str) -> None:
        """Something worth a line."""
        self._say(message)

    def status(self) -> str:
        """The counts, the rate, and what is left by the share of bytes read."""
        seconds = max(0.001, self._clock() - self._started)
        share = self._read / self._size if self._size else 0.0
        left = f", about {seconds / share - seconds:.0f} s left" if 0 < share < 1 else ""
        return f"{self._articles} articles, {self._skips} skips, {self._articles / seconds:.0f} articles/s{left}"

    def _line(self) -> None:
        self._said = self._clock()
        self._say(self.status())


class Bar(Plain):
    """The same as a bar."""

    def __init__(self, bar: Any, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(say, clock)
        self._bar = bar
        self._task = bar.add_task("scoring", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()
        super().__exit__(kind, problem, trace)

    def done(self, articles: int, skips: int) -> None:
        """A shard is scored."""
        self._articles, self._skips = self._articles + articles, self._skips + skips
        self._bar.update(self._task, completed=self._read, total=self._size or None, description=self.status())


def progress(say: Callable[[str], object]) -> Plain:
    """What fits standard error: the bar only in a terminal that has rich."""
    if not sys.stderr.isatty():
        return Plain(say)
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
    except ImportError:
        return Plain(say)
    return Bar(Progress(BarColumn(), TextColumn("{task.description}", markup=False), console=Console(stderr=True)), say)
