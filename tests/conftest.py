"""What the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import framing
from tests.server import Site, serving

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "datasets" / "examples" / "article.fr.txt"


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
