"""The model bundle on disk: `model.json` and one table of numbers a unit. Loading runs no code.

A table maps a feature's 64-bit key to a row of float32: the idf, then one weight a head. It is
memory-mapped; nothing is parsed at start. Layout, little-endian:

    header    8s magic, u32 version, u32 heads, u64 slots (a power of two), u64 rows
    keys      u64 (slots,)    0 marks an empty slot; collisions go to the next slot
    places    u32 (slots,)    the row of each key
    rows      f32 (rows, 1 + heads)

`<unit>.features.txt` lists the names in row order, for readers; scoring does not open it.
Changing any of this means a new `VERSION`, a line in CHANGELOG.md and a refusal of the old one.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

from framing.schema import BundleError

MAGIC = b"FRAMING\0"
VERSION = 1
MANIFEST = "model.json"
_HEADER = struct.Struct("<8sIIQQ")
_REMEDY = "fetch the bundle again or retrain it with `framing train`"
_MASK, _SPREAD = (1 << 64) - 1, 0x9E3779B97F4A7C15


def key(name: str) -> int:
    """The 64-bit key of a feature: two checksums that C has too. Never 0."""
    raw = name.encode("utf-8", "surrogatepass")
    return (zlib.crc32(raw) << 32 | zlib.adler32(raw)) or 1


def first_slot(feature_key: int, slots: int) -> int:
    """Where the search for a key begins (multiplicative hashing: the checksums' low bits are poor)."""
    return (feature_key * _SPREAD & _MASK) >> (65 - slots.bit_length())


class Table:
    """A mapped table. `row(name)` is the feature's row or -1; `values` the rows, flat; `keys`, `places` as on disk."""

    def __init__(self, path: Path, digest: str, width: int) -> None:
        raw = _map(path)
        if hashlib.sha256(raw).hexdigest() != digest:
            raise BundleError(path, "does not match its digest in model.json", _REMEDY)
        if len(raw) < _HEADER.size or raw[:8] != MAGIC:
            raise BundleError(path, "is no table of a framing model", _REMEDY)
        _, version, heads, slots, rows = _HEADER.unpack_from(raw)
        if version != VERSION or sys.byteorder != "little":
            raise BundleError(path, f"has format {version}, this program reads {VERSION} (little-endian)", _REMEDY)
        sizes = (8 * slots, 4 * slots, 4 * rows * (1 + heads))
        if heads != width or slots & (slots - 1) or rows >= slots or len(raw) != _HEADER.size + sum(sizes):
            raise BundleError(path, "has sizes that do not add up", _REMEDY)
        self._raw, self._slots, self.width, self.count = raw, slots, 1 + heads, rows
        self._shift = 65 - slots.bit_length()
        view, at = memoryview(raw), _HEADER.size
        self.keys = view[at : at + sizes[0]].cast("Q")
        self.places = view[at + sizes[0] : at + sizes[0] + sizes[1]].cast("I")
        self.values = view[at + sizes[0] + sizes[1] :].cast("f")

    def vector(self, row: int) -> tuple[float, ...]:
        """The idf and the weights of a row."""
        return tuple(self.values[row * self.width : (row + 1) * self.width])

    def row(self, name: str) -> int:
        """The row of a feature, -1 for one that the model does not know."""
        wanted = key(name)
        slot = (wanted * _SPREAD & _MASK) >> self._shift
        while found := self.keys[slot]:
            if found == wanted:
                place = self.places[slot]
                return place if place < self.count else -1
            slot = (slot + 1) & (self._slots - 1)
        return -1


def _map(path: Path) -> mmap.mmap:
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as problem:
        raise BundleError(path, f"cannot be read ({problem})", _REMEDY) from problem


def read_manifest(folder: Path) -> dict[str, Any]:
    """The checked content of `model.json`, plus its own digest under "sha256"."""
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as problem:
        remedy = "name a model folder with --model, or make one with `framing train`"
        raise BundleError(folder, f"holds no readable {MANIFEST} ({problem.strerror})", remedy) from problem
    try:
        manifest = json.loads(raw)
    except ValueError as problem:
        raise BundleError(path, f"is no valid JSON ({problem})", _REMEDY) from problem
    if not isinstance(manifest, dict) or manifest.get("format") != "framing-model":
        raise BundleError(path, "is not the manifest of a framing model", _REMEDY)
    if manifest.get("format_version") != VERSION:
        problem_text = f"has format {manifest.get('format_version')}, this program reads {VERSION}"
        raise BundleError(path, problem_text, _REMEDY)
    body = json.dumps(manifest.get("body"), sort_keys=True, ensure_ascii=False)
    if hashlib.sha256(body.encode()).hexdigest() != manifest.get("sha256"):
        raise BundleError(path, "does not match its own digest", _REMEDY)
    return {**manifest["body"], "sha256": manifest["sha256"]}


def manifest_bytes(body: dict[str, Any]) -> bytes:
    """The bytes of `model.json` for a body; the same body gives the same bytes."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    manifest = {"format": "framing-model", "format_version": VERSION, "sha256": digest, "body": body}
    return (json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def table_bytes(names: list[str], rows: list[list[float]], heads: int) -> bytes:
    """The bytes of a table. `rows`: (len(names), 1 + heads) finite float32 values."""
    from array import array

    slots = 1 << max(1, math.ceil(math.log2(max(1, len(names)) * 1.6 + 1)))
    keys, places = array("Q", bytes(8 * slots)), array("I", bytes(4 * slots))
    seen: dict[int, str] = {}
    for place, name in enumerate(names):
        wanted = key(name)
        if wanted in seen:
            raise BundleError(name, f"has the key of '{seen[wanted]}'", "drop one of the two features")
        seen[wanted] = name
        slot = first_slot(wanted, slots)
        while keys[slot]:
            slot = (slot + 1) & (slots - 1)
        keys[slot], places[slot] = wanted, place
    values = array("f", [value for row in rows for value in row])
    header = _HEADER.pack(MAGIC, VERSION, heads, slots, len(names))
    return b"".join((header, keys.tobytes(), places.tobytes(), values.tobytes()))


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write a bundle: each file beside its place and renamed, the manifest last.

    A reader sees the old manifest or the new one; a half-written bundle fails its digests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda n: (n == MANIFEST, n)):
        write_atomic(folder / name, files[name])


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place, flush it to disk, rename it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise BundleError(path, f"cannot be written ({problem.strerror})", "check the folder and the free space") from problem
