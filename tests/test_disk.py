import os
from pathlib import Path

import pytest

from framing.disk import OutputError, Replacement


def test_a_file_stands_there_only_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "a"
    with Replacement(target) as file:
        file.write(b"new")
        assert not target.exists() and file.size == 3
    assert target.read_bytes() == b"new"
    with pytest.raises(KeyboardInterrupt), Replacement(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"new" and os.listdir(tmp_path) == ["a"]


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="none/a: cannot be written"), Replacement(tmp_path / "none" / "a"):
        pass
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="folder: cannot be written"), Replacement(tmp_path / "folder"):
        pass
    with open("/dev/full", "wb") as full, pytest.raises(OutputError, match="No space left"), Replacement(tmp_path / "b") as file:
        file.file.close()
        file.file = full
        file.write(b"x" * 100_000)
