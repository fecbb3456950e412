"""The model bundle on disk: `model.json` and one table of numbers a unit. Loading runs no code.

A table maps a feature's 64-bit key to a row: its idf and the weights of the heads that have one. Nine in ten of a sentence's
weights are zero, so only the others are kept. It is used as it stands on disk; nothing is parsed at start. Layout, little-endian:

    header    8s magic, u32 version, u32 heads, u64 slots (a power of two), u64 rows, u64 weights
    keys      u64 (slots,)      0 marks an empty slot; collisions go to the next slot
    places    u32 (slots,)      the row of each key
    starts    u32 (rows + 1,)   where the weights of each row begin; last, how many there are
    idf       f32 (rows,)
    weights   f32 (weights,)
    heads     u16 (weights,)    of which head each weight is, in order in a row

`<unit>.features.txt` lists the names in row order, for readers and exports; scoring does not use it.
A name that ends in `.next` is a file of a write that was broken off (`write_folder`).
Every byte stands under a digest: that of a table and of its names in `model.json`, that of `model.json` on its last line.
The card (`README.md`) and `measured.json` lie beside them for readers: nothing depends on them, no digest covers them.
Changing any of this means a new `VERSION`, a line in CHANGELOG.md and a refusal of the old one.
"""

from __future__ import annotations

import math
import os
import struct
import sys
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.kernel import native
from framing.schema import BundleError, OutputError
from framing.sealed import MAX_MANIFEST, NEXT, parse, read_digested, read_file, seal, sealed

if TYPE_CHECKING:
    from array import array

MAGIC = b"FRAMING\0"
VERSION = 2
MANIFEST = "model.json"
MAX_TABLE = 4 << 30  # bytes
_HEADER = struct.Struct("<8sIIQQQ")
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
    """A table in memory. `row(name)` is the feature's row or -1, `vector(row)` its numbers; the other attributes are as on disk.

    Read, not mapped: what was verified is what is used, and a file cut short later cannot kill the process.
    """

    def __init__(self, path: Path, digest: str, heads: int) -> None:
        raw = read_digested(path.parent, path.name, MAX_TABLE, digest)
        slots, rows, weights = _sizes(path, raw, heads)
        self._slots, self.width, self.count = slots, 1 + heads, rows
        self._shift = 65 - slots.bit_length()
        lengths = (8 * slots, 4 * slots, 4 * (rows + 1), 4 * rows, 4 * weights, 2 * weights)
        ends = list(accumulate(lengths, initial=_HEADER.size))
        parts = [memoryview(raw)[start:end] for start, end in pairwise(ends)]
        self.keys, self.places, self.starts = parts[0].cast("Q"), parts[1].cast("I"), parts[2].cast("I")
        self.idf, self.weights, self.heads = parts[3].cast("f"), parts[4].cast("f"), parts[5].cast("H")
        if not self._sound():
            raise BundleError(path, "has indices out of range", _REMEDY)
        high = raw[ends[3] + 3 : ends[5] : 4]  # the highest byte of each float: 7f and ff hold inf, nan and all from 2 ** 127 on
        if b"\x7f" in high or b"\xff" in high:
            raise BundleError(path, "has weights that are no number, or none of a model", _REMEDY)

    def _sound(self) -> bool:
        """Whether exactly the used slots have keys (an empty one ends a search), and every place, start and head is one."""
        if native:
            return bool(native.sound(self.keys, self.places, self.starts, self.heads, self.count, self.width - 1))
        used = [place for found, place in zip(self.keys.tolist(), self.places.tolist()) if found]
        starts = self.starts.tolist()
        return (
            len(used) == self.count
            and max(used, default=-1) < self.count
            and (starts[0], starts[-1]) == (0, len(self.weights))
            and starts == sorted(starts)
            and max(self.heads.tolist(), default=-1) < self.width - 1
        )

    def vector(self, row: int) -> tuple[float, ...]:
        """The idf and the weights of all heads."""
        found = [self.idf[row]] + [0.0] * (self.width - 1)
        for k in range(self.starts[row], self.starts[row + 1]):
            found[1 + self.heads[k]] = self.weights[k]
        return tuple(found)

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


def _sizes(path: Path, raw: bytes, wanted: int) -> tuple[int, int, int]:
    """The slots, rows and weights of a table whose header and length agree."""
    if len(raw) < _HEADER.size or raw[:8] != MAGIC:
        raise BundleError(path, "is no table of a framing model", _REMEDY)
    _, version, heads, slots, rows, weights = _HEADER.unpack_from(raw)
    if version != VERSION or sys.byteorder != "little":
        raise BundleError(path, f"has format {version}, this program reads {VERSION} (little-endian)", _REMEDY)
    length = _HEADER.size + 12 * slots + 4 * (rows + 1) + 4 * rows + 6 * weights
    if heads != wanted or slots & (slots - 1) or rows >= slots or len(raw) != length:
        raise BundleError(path, "has sizes that do not add up", _REMEDY)
    return slots, rows, weights


def read_manifest(folder: Path) -> dict[str, Any]:
    """The checked content of `model.json`, plus its own digest under "sha256"."""
    path = folder / MANIFEST
    if not path.exists():
        remedy = "name a model folder with --model, or make one with `framing train`"
        raise BundleError(folder, f"holds no readable {MANIFEST}", remedy)
    raw = read_file(folder, MANIFEST, MAX_MANIFEST)
    manifest = parse(path, raw)
    body = manifest.get("body")
    if manifest.get("format") != "framing-model" or not isinstance(body, dict):
        raise BundleError(path, "is not the manifest of a framing model", _REMEDY)
    if manifest.get("format_version") != VERSION:
        problem_text = f"has format {manifest.get('format_version')}, this program reads {VERSION}"
        raise BundleError(path, problem_text, _REMEDY)
    if not sealed(raw):
        raise BundleError(path, "does not match its own digest", _REMEDY)
    return {**body, "sha256": manifest["sha256"]}


def manifest_bytes(body: dict[str, Any]) -> bytes:
    """The bytes of `model.json` for a body; the same body gives the same bytes."""
    return seal({"format": "framing-model", "format_version": VERSION, "body": body})


def names_bytes(folder: Path, unit: str, digest: str) -> bytes:
    """The file of a unit's feature names, checked."""
    return read_digested(folder, f"{unit}.features.txt", MAX_TABLE, digest)


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
    starts, idf, weights, owners = sparse(rows)
    header = _HEADER.pack(MAGIC, VERSION, heads, slots, len(names), len(weights))
    return header + b"".join(part.tobytes() for part in (keys, places, starts, idf, weights, owners))


def sparse(rows: Iterable[Sequence[float]]) -> tuple[array[int], array[float], array[float], array[int]]:
    """The arrays starts, idf, weights and heads of a table, from rows of an idf and a weight a head."""
    from array import array

    starts, idf, weights, owners = array("I", [0]), array("f"), array("f"), array("H")
    for first, *others in rows:
        idf.append(first)
        for head, weight in enumerate(others):
            if weight:
                weights.append(weight)
                owners.append(head)
        starts.append(len(weights))
    return starts, idf, weights, owners


def write_folder(folder: Path, files: dict[str, bytes], manifest: str = MANIFEST) -> None:
    """Write a model's files: under their next names, then the manifest, then each takes its place.

    The manifest decides: after a kill at any moment the folder is the old model or the new one (`read_digested`). Who reads it in the very
    moment of the change may be refused once.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputError(folder, f"cannot be made ({problem.strerror})", "check the path and its rights") from problem
    others = sorted(set(files) - {manifest})
    for name in others:
        write_atomic(folder / (name + NEXT), files[name])
    write_atomic(folder / manifest, files[manifest])
    for name in others:
        _take_place(folder / (name + NEXT), folder / name)


def _take_place(waiting: Path, path: Path) -> None:
    try:
        os.replace(waiting, path)
    except OSError as problem:
        raise OutputError(path, f"cannot be written ({problem.strerror})", "the model is whole; write it again to tidy up") from problem


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
        raise OutputError(path, f"cannot be written ({problem.strerror})", "check the folder and the free space") from problem
