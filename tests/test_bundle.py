import random
import shutil
from pathlib import Path

import pytest

import framing
from framing import bundle
from framing.schema import BundleError

DEFAULT = Path(framing.__file__).parent.parent / "models" / "default"


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "m"
    shutil.copytree(DEFAULT, folder)
    return folder


@pytest.mark.parametrize("name", ["model.json", "title.table"])
def test_flipped_and_cut_files_are_refused(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    raw = (folder / name).read_bytes()
    chance = random.Random(1)
    for k in range(60):
        at = chance.randrange(len(raw))
        broken = raw[:at] if k % 3 == 0 else raw[:at] + bytes([raw[at] ^ (1 << (k % 8))]) + raw[at + 1 :]
        (folder / name).write_bytes(broken)
        with pytest.raises(BundleError):
            framing.load(folder)


def test_a_missing_foreign_or_newer_bundle_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no model folder"):
        framing.load("no-such-model")
    with pytest.raises(BundleError, match=r"model\.json"):
        framing.load(tmp_path)
    for text in ("[]", "{", '{"format": "other"}', '{"format": "framing-model", "format_version": 99}'):
        (tmp_path / "model.json").write_text(text)
        with pytest.raises(BundleError):
            framing.load(tmp_path)


def test_a_table_gives_back_its_rows(tmp_path: Path) -> None:
    import hashlib

    names = [f"w:mot{i}" for i in range(500)]
    raw = bundle.table_bytes(names, [[1.0, float(i)] for i in range(500)], 1)
    (tmp_path / "t").write_bytes(raw)
    table = bundle.Table(tmp_path / "t", hashlib.sha256(raw).hexdigest(), 1)
    assert [table.row(n) for n in names] == list(range(500))
    assert table.row("w:inconnu") == -1
    assert table.values[2 * 7 + 1] == 7.0


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "f"
    bundle.write_atomic(target, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle.os, "fsync", full)
    with pytest.raises(BundleError, match="No space left"):
        bundle.write_atomic(target, b"new")
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]
