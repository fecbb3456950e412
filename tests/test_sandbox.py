import os
import signal

import pytest

from framing.inputs import sandbox
from framing.schema import InputError


def test_a_dead_child_costs_one_request_and_is_replaced() -> None:
    assert sandbox.parse("listings", "w", b"<urlset/>") == []
    child = sandbox._shared()._child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert sandbox.parse("listings", "w", b"<urlset/>") == []


def test_a_parser_that_fails_or_overruns_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="limits of time and memory"):
        sandbox.parse("feeds", "w", b"", fragments=[1])
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0)
    with pytest.raises(InputError, match="limits of time and memory"):
        sandbox.parse("pages", "w", b"<p>" * 2_000_000, encoding="")
    monkeypatch.undo()
    with pytest.raises(InputError, match="is neither OPML"):
        sandbox.parse("listings", "w", b"<a/>")


def test_children_are_replaced_before_they_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIFETIME", 2)
    box = sandbox.Sandbox()
    pids = set()
    for _ in range(5):
        assert box.ask({"module": "listings", "about": {}}, b"<urlset/>") == {"found": []}
        pids.add(box._child.pid)
    assert len(pids) == 3
    box.close()
    box.close()
