"""What the tests share."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import framing
from tests.server import Site, serving

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "datasets" / "examples" / "article.fr.txt"


# Modules whose tests talk to a server or a cluster on this machine; in all others a socket that reaches out fails the test.
WITH_SOCKETS = {"test_fetch", "test_follow", "test_batch", "test_batch_cli", "test_notebooks", "test_outlets_page"}
REACHING = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto", "socket.sendmsg"}
_watched = {"now": False}


class NetworkUsed(Exception):
    """A test that is not about fetching reached for the network."""


def _watch(event: str, args: tuple[object, ...]) -> None:
    # In the test's own thread only: a cluster's threads live on behind its tests, and one that dies of this is waited for for ever.
    if event in REACHING and _watched["now"] and threading.current_thread() is threading.main_thread():
        raise NetworkUsed(f"{event} {args[1:] or args}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    module = getattr(request, "module", None)
    _watched["now"] = module is not None and module.__name__.split(".")[-1] not in WITH_SOCKETS
    yield
    _watched["now"] = False


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
