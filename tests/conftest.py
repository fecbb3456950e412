"""What the tests share."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import framing
from tests.server import Site, serving

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "datasets" / "examples" / "article.fr.txt"


# Modules whose tests talk to a server or cluster on this machine. Nothing in the suite may reach another machine.
ON_THIS_MACHINE = {"test_fetch", "test_follow", "test_batch", "test_batch_cli", "test_notebooks", "test_feeds", "test_listings"}
_here = {"allowed": False}


class NetworkUsed(BaseException):
    """A test reached for the network. No `Exception`: nothing may take it for a failed fetch and go on."""


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        target: object = args[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(args[1], tuple):
        if event == "socket.connect" and getattr(args[0], "type", None) == socket.SOCK_DGRAM:
            return  # sends nothing: how a cluster learns its own address
        target = args[1][0]
    else:
        return
    local = target in (None, "", "127.0.0.1", "::1", "localhost", b"127.0.0.1", b"localhost")
    if not (local and _here["allowed"]):
        raise NetworkUsed(f"{event} {target!r}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Only the tests of fetching may use a socket, and only on this machine."""
    _here["allowed"] = request.module is not None and request.module.__name__.split(".")[-1] in ON_THIS_MACHINE
    yield
    _here["allowed"] = False


@pytest.fixture(scope="session")
def model() -> framing.Model:
    return framing.load()


@pytest.fixture(scope="session")
def example() -> framing.Article:
    return framing.Article("example", EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"needs the real articles in {SHARED.name}/ beside the project")
    return SHARED


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found
