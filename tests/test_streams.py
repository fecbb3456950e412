import gzip
import os
from pathlib import Path

import pytest
import zstandard

from framing.inputs import streams
from framing.schema import InputError


def unpacked(raw: bytes, step: int = 1000) -> bytes:
    return b"".join(streams.decompressed("x", (raw[i : i + step] for i in range(0, len(raw), step))))


def test_gzip_members_and_zstd_frames_are_read_one_behind_the_other() -> None:
    parts = [os.urandom(70_000), b"b" * 100_000, b""]
    assert unpacked(b"".join(map(gzip.compress, parts))) == b"".join(parts)
    pack = zstandard.ZstdCompressor().compress
    assert unpacked(b"".join(map(pack, parts))) == b"".join(parts)
    assert unpacked(gzip.compress(b"one") + b"\0" * 512) == b"one"
    assert unpacked(b"plain") == b"plain" and unpacked(b"") == b""


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_cut_or_damaged_stream_gives_what_stands_before_and_an_error(pack) -> None:
    raw = pack(os.urandom(300_000))
    for broken in (raw[:-5], raw[: len(raw) // 2]):
        got = []
        with pytest.raises(InputError, match="ends before"):
            got.extend(streams.decompressed("x", iter([broken])))
        assert len(b"".join(got)) > 100_000
    with pytest.raises(InputError, match="x: is damaged"):
        unpacked(pack(b"abc" * 1000)[:8] + b"\xff" * 400)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_bomb_is_refused_before_it_fills_anything(pack) -> None:
    with pytest.raises(InputError, match="expands more than"):
        for piece in streams.decompressed("x", iter([pack(bytes(300_000_000))])):
            assert len(piece) <= 200_000_000


def test_folders_and_globs_give_their_files_by_name(tmp_path: Path) -> None:
    for name in ("b.txt", "a.jsonl", ".hidden", "sub/c.txt", ".git/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    inside = [str(tmp_path / name) for name in ("a.jsonl", "b.txt", "sub/c.txt")]
    assert streams.expand([str(tmp_path)]) == inside
    assert streams.expand([str(tmp_path / "**" / "*.txt"), "-", "HTTPS://x.example/"]) == [*inside[1:], "-", "HTTPS://x.example/"]


@pytest.mark.parametrize(("name", "says"), [("none/*.txt", "does not exist"), ("file:///etc/passwd", "neither http"), ("a\0b", "a\0b")])
def test_names_behind_which_there_is_nothing_are_refused(name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        streams.expand([name])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file"):
        streams.expand([str(tmp_path)])
