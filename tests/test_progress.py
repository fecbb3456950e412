import io
import sys

import pytest

from framing.batches.progress import Bar, Plain, progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_come_every_ten_seconds_and_at_the_end() -> None:
    said, clock = [], Clock()
    with Plain(said.append, clock) as shown:
        shown.begin(1000)
        for size, seconds in ((100, 4.0), (150, 12.0), (150, 13.0)):
            clock.now = seconds
            shown.read(size)
            shown.done(60, 1)
        shown.note("a note")
    assert said == ["120 articles, 2 skips, 10 articles/s, about 36 s left", "a note", "180 articles, 3 skips, 14 articles/s, about 20 s left"]


def test_a_bar_only_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert type(progress(print)) is Plain
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress(lambda message: None) as shown:
        assert isinstance(shown, Bar)
        shown.begin(10)
        shown.read(5)
        shown.done(3, 1)
    assert "3 articles, 1 skips" in sys.stderr.getvalue()
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert type(progress(print)) is Plain
