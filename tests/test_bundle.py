import contextlib
import os
import random
import shutil
import struct
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import framing
from framing import bundle
from framing.cues import CUE_IDS, UNITS, heads
from framing.schema import BundleError, OutputError
from framing.training.weights import numbers

DEFAULT = Path(framing.__file__).parent.parent / "models" / "default"


Resign = Callable[[dict[str, Any]], None]


def small(folder: Path, change: Resign = lambda body: None, tables: dict[str, bytes] | None = None) -> Path:
    """A complete bundle of a few kilobytes; `change` alters the manifest's body before it is sealed."""
    files: dict[str, bytes] = {}
    units: dict[str, Any] = {}
    for unit in UNITS:
        count = len(heads(unit))
        names = [f"w:{word}" for word in ("rejoignez", "canal", "telegram")]
        rows = [[1.0, *(float((row + k) % 5 - 2) for k in range(count))] for row in range(len(names))]
        files[f"{unit}.table"] = (tables or {}).get(unit) or bundle.table_bytes(names, rows, count)
        files[f"{unit}.features.txt"] = "".join(f"{name}\n" for name in names).encode()
        units[unit] = {
            "heads": list(heads(unit)), "intercepts": [-1.5e-05] * count,
            "sha256": sha256(files[f"{unit}.table"]).hexdigest(), "features_sha256": sha256(files[f"{unit}.features.txt"]).hexdigest(),
        }  # fmt: skip
    body = {
        "name": "small", "version": "1", "units": units, "abbreviations": ["etc"], "classes": {"fr": {"say": ["dire"]}},
        "calibration": {cue: [1.0, 0.0, 0.5] for cue in CUE_IDS},
    }  # fmt: skip
    change(body)
    bundle.write_folder(folder, {**files, bundle.MANIFEST: bundle.manifest_bytes(body)})
    return folder


def refused(folder: Path, name: str, content: bytes) -> None:
    """The loader refuses the bundle with this content in the file's place."""
    path = folder / name
    good = path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(BundleError) as caught:
        framing.load(folder)
    assert caught.value.problem and str(folder) in str(caught.value)
    path.write_bytes(good)


def test_each_of_1000_flipped_bytes_is_refused(tmp_path: Path) -> None:
    folder, chance = small(tmp_path), random.Random(8)
    files = sorted(p.name for p in folder.iterdir())
    for number in range(1000):
        name = files[number % len(files)]
        raw = bytearray((folder / name).read_bytes())
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        refused(folder, name, bytes(raw))
    assert framing.load(folder).id.name == "small"


def test_a_flip_in_any_place_of_the_manifest_is_refused(tmp_path: Path) -> None:
    """Also where JSON means the same: a blank for a line end, E for e in a number."""
    folder = small(tmp_path)
    raw = (folder / "model.json").read_bytes()
    assert b"e-05" in raw
    for broken in (raw.replace(b"e-05", b"E-05", 1), raw.replace(b"\n", b" ", 1), raw + b"\n", raw[:-1], raw.replace(b'"1"', b'"\\u0031"')):
        refused(folder, "model.json", broken)
    for at in range(0, len(raw), 7):
        refused(folder, "model.json", raw[:at] + bytes([raw[at] ^ 0x20]) + raw[at + 1 :])


def test_each_of_200_truncations_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path)
    files = sorted(p.name for p in folder.iterdir())
    for number in range(200):
        name = files[number % len(files)]
        raw = (folder / name).read_bytes()
        refused(folder, name, raw[: len(raw) * number // 200])


@pytest.mark.parametrize("name", ["model.json", "title.table"])
def test_the_shipped_bundle_is_refused_when_damaged(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "m"
    shutil.copytree(DEFAULT, folder)
    raw = (folder / name).read_bytes()
    for at in (0, 9, len(raw) // 3, len(raw) // 2, len(raw) - 70):
        refused(folder, name, raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        refused(folder, name, raw[:at])


def table(change: Callable[[bytearray], None]) -> bytes:
    raw = bytearray(bundle.table_bytes(["w:a"], [[1.0, 2.0]], 1))
    change(raw)
    return bytes(raw)


def put(at: int, form: str, *values: float) -> Callable[[bytearray], None]:
    return lambda raw: struct.pack_into(form, raw, at, *values)


# The table of one name has four slots: 40 bytes of header, then keys, places from 72 on, starts from 88, idf from 96, weights from 100, heads from 104.

@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put(0, "<8s", b"GZIPPED\0"), "no table of a framing model"),
        (put(8, "<I", 7), "has format 7"),
        (put(12, "<I", 2), "sizes that do not add up"),
        (put(16, "<Q", 1 << 62), "sizes that do not add up"),
        (put(16, "<Q", 0), "sizes that do not add up"),
        (put(24, "<Q", 1 << 60), "sizes that do not add up"),
        (put(32, "<Q", 1 << 60), "sizes that do not add up"),
        (lambda raw: raw.extend(b"\0\0\0\0"), "sizes that do not add up"),
        (put(40, "<4Q", 1, 2, 3, 4), "indices out of range"),
        (put(40, "<4Q", 0, 0, 0, 0), "indices out of range"),
        (put(72, "<4I", 2, 2, 2, 2), "indices out of range"),
        (put(88, "<2I", 1, 1), "indices out of range"),
        (put(88, "<2I", 0, 2), "indices out of range"),
        (put(104, "<H", 1), "indices out of range"),
        (put(96, "<f", float("nan")), "weights that are no number"),
        (put(100, "<f", float("-inf")), "weights that are no number"),
    ],
)
def test_a_table_made_to_harm_is_refused_though_its_digest_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[bytearray], None], says: str, plain: bool
) -> None:
    if plain:
        monkeypatch.setattr(bundle, "native", None)
    small(tmp_path, tables={"title": table(change)})
    with pytest.raises(BundleError, match=says):
        framing.load(tmp_path)


def body_with(path: str, value: object) -> Resign:
    def change(body: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        for name in parents:
            body = body[name]
        body[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("calibration/designation", [1.0, 0.0]), ("calibration/designation", "abc"), ("calibration/designation", [10**400, 0, 0]),
        ("units/title/intercepts", [1.0, 2.0]), ("units/title/heads", ["designation"]), ("units/title", None), ("units", []),
        ("classes", ["x"]), ("classes/fr", "x"), ("abbreviations", 5), ("calibration", {}),
    ],
)  # fmt: skip
def test_a_manifest_made_to_harm_is_refused_though_its_digest_is_right(tmp_path: Path, path: str, value: object) -> None:
    small(tmp_path, body_with(path, value))
    with pytest.raises(BundleError):
        framing.load(tmp_path)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_refused_in_the_manifest(tmp_path: Path, number: str) -> None:
    small(tmp_path)
    raw = (tmp_path / "model.json").read_bytes()
    head = raw[: raw.rindex(b' "sha256"')].replace(b"-1.5e-05", number.encode(), 1)
    (tmp_path / "model.json").write_bytes(head + b' "sha256": "' + sha256(head).hexdigest().encode() + b'"\n}\n')
    with pytest.raises(BundleError, match=r"no number|finite"):
        framing.load(tmp_path)


@pytest.mark.parametrize("name", ["model.json", "title.table", "title.features.txt"])
def test_links_out_of_the_folder_and_things_that_are_no_files_are_refused(tmp_path: Path, name: str) -> None:
    folder = small(tmp_path / "m")
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(BundleError, match="link out of its folder"):
        framing.load(folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(BundleError, match="no regular file"):
        framing.load(folder)
    (folder / name).unlink()
    (folder / name).symlink_to(folder / name)
    with pytest.raises(BundleError):
        framing.load(folder)


def test_a_folder_reached_through_a_link_loads(tmp_path: Path) -> None:
    folder = small(tmp_path / "v1")
    (tmp_path / "latest").symlink_to(folder)
    assert framing.load(tmp_path / "latest").id == framing.load(folder).id


def test_a_file_changed_after_loading_changes_no_score(tmp_path: Path) -> None:
    model = framing.load(small(tmp_path))
    article = framing.Article("a", "Rejoignez notre canal Telegram !", language="fr")
    before = model.score_one(article)
    for path in tmp_path.glob("*.table"):
        path.write_bytes(b"")
    assert framing.Model.score_one(model, article) == before


def test_deep_and_huge_manifests_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small(tmp_path)
    refused(folder, "model.json", b"[" * 100_000)
    monkeypatch.setattr(bundle, "MAX_MANIFEST", 100)
    with pytest.raises(BundleError, match="more than 100 bytes"):
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
    names = [f"w:mot{i}" for i in range(500)]
    raw = bundle.table_bytes(names, [[1.0, float(i)] for i in range(500)], 1)
    (tmp_path / "t").write_bytes(raw)
    table = bundle.Table(tmp_path / "t", sha256(raw).hexdigest(), 1)
    assert [table.row(n) for n in names] == list(range(500))
    assert table.row("w:inconnu") == -1
    assert table.vector(7) == (1.0, 7.0)


def test_weights_of_zero_are_not_kept_and_come_back(tmp_path: Path) -> None:
    raw = bundle.table_bytes(["w:a", "w:b", "w:c"], [[2.0, 0.0, 1.5, 0.0], [1.0, 0.0, 0.0, 0.0], [3.0, -1.0, 0.0, 4.0]], 3)
    (tmp_path / "t").write_bytes(raw)
    table = bundle.Table(tmp_path / "t", sha256(raw).hexdigest(), 3)
    assert [table.vector(k) for k in range(3)] == [(2.0, 0.0, 1.5, 0.0), (1.0, 0.0, 0.0, 0.0), (3.0, -1.0, 0.0, 4.0)]
    assert table.heads.tolist() == [1, 0, 2] and table.starts.tolist() == [0, 1, 1, 3]
    assert numbers(table).tolist() == [list(table.vector(k)) for k in range(3)]


@pytest.mark.parametrize("plain", [False, True])
def test_weights_in_disorder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: bool) -> None:
    """Starts that run backwards would make a row of weights that are another's."""
    if plain:
        monkeypatch.setattr(bundle, "native", None)
    raw = bytearray(bundle.table_bytes(["w:a", "w:b", "w:c"], [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], 1))
    at = raw.index(struct.pack("<4I", 0, 1, 2, 3))
    struct.pack_into("<4I", raw, at, 0, 2, 1, 3)
    (tmp_path / "t").write_bytes(raw)
    with pytest.raises(BundleError, match="indices out of range"):
        bundle.Table(tmp_path / "t", sha256(raw).hexdigest(), 1)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "f"
    bundle.write_atomic(target, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle.os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        bundle.write_atomic(target, b"new")
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("moment", range(22))
def test_a_write_broken_off_at_any_moment_leaves_the_old_model_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    article = framing.Article("a", "Rejoignez notre canal Telegram !", language="fr")
    count = len(heads("sentence"))
    other = bundle.table_bytes(["w:rejoignez", "w:canal", "w:telegram"], [[1.0] + [3.0] * count] * 3, count)
    old, new = small(tmp_path / "old"), small(tmp_path / "new", tables={"sentence": other})
    known = {framing.load(folder).id: framing.load(folder).score_one(article) for folder in (old, new)}
    first, last = known
    assert known[first].cues != known[last].cues
    done, rename = 0, os.replace

    def replace(source: Path, target: Path) -> None:
        nonlocal done
        if done == moment:
            raise KeyboardInterrupt
        done += 1
        rename(source, target)

    with monkeypatch.context() as broken, contextlib.suppress(KeyboardInterrupt):
        broken.setattr(os, "replace", replace)
        bundle.write_folder(old, {path.name: path.read_bytes() for path in new.iterdir()})
    found = framing.load(old)
    assert done == min(moment, 21) and found.id == (last if moment > 10 else first)
    assert found.score_one(article) == known[found.id]
    bundle.write_folder(old, {path.name: path.read_bytes() for path in new.iterdir()})
    assert sorted(p.name for p in old.iterdir()) == sorted(p.name for p in new.iterdir())
