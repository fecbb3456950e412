"""Files of a model folder, and manifests that carry the digest of their own bytes.

A sealed manifest is a JSON object whose last line but one is `"sha256": "<digest of every byte before that line>"`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, NoReturn

from framing.schema import BundleError

MAX_MANIFEST = 64 << 20  # bytes
NEXT = ".next"  # behind the name of a file that waits for its manifest
REMEDY = "fetch the model again or train it again"
_SEAL = re.compile(rb'(?s)(.*,\n) "sha256": "([0-9a-f]{64})"\n}\n')


def inside(folder: Path, name: str, limit: int) -> Path:
    """The path of a regular file of at most `limit` bytes that stands in the folder itself."""
    path = folder / name
    try:
        real = path.resolve(strict=True)
        if real.parent != folder.resolve(strict=True):
            raise BundleError(path, "is a link out of its folder", REMEDY)
        if not real.is_file():
            raise BundleError(path, "is no regular file", REMEDY)
        if real.stat().st_size > limit:
            raise BundleError(path, f"has more than {limit:,} bytes", REMEDY)
        return real
    except (OSError, RuntimeError) as problem:  # RuntimeError: a loop of links
        raise BundleError(folder, f"holds no readable {name} ({problem})", REMEDY) from problem


def read_file(folder: Path, name: str, limit: int) -> bytes:
    """The bytes of such a file."""
    path = inside(folder, name, limit)
    try:
        with open(path, "rb") as file:
            return file.read(os.fstat(file.fileno()).st_size)  # not `limit`: so much would be allocated first
    except OSError as problem:
        raise BundleError(path, f"cannot be read ({problem})", REMEDY) from problem


def read_digested(folder: Path, name: str, limit: int, digest: str) -> bytes:
    """The bytes of the file that has the digest; it stands under its next name where a write was broken off behind its manifest."""
    if (folder / (name + NEXT)).exists():
        raw = read_file(folder, name + NEXT, limit)
        if hashlib.sha256(raw).hexdigest() == digest:
            return raw
    raw = read_file(folder, name, limit)
    if hashlib.sha256(raw).hexdigest() != digest:
        raise BundleError(folder / name, "does not match its digest in the manifest", REMEDY)
    return raw


def seal(manifest: dict[str, Any]) -> bytes:
    """The bytes of a manifest with its digest; the same manifest gives the same bytes."""
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    head = text.removesuffix("\n}").encode() + b",\n"
    return head + f' "sha256": "{hashlib.sha256(head).hexdigest()}"\n}}\n'.encode()


def sealed(raw: bytes) -> bool:
    """Whether the digest is there and right."""
    found = _SEAL.fullmatch(raw)
    return found is not None and hashlib.sha256(found[1]).hexdigest().encode() == found[2]


def parse(path: Path, raw: bytes) -> dict[str, Any]:
    """The JSON object of a manifest, without numbers that are none."""

    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is no number")

    try:
        found = json.loads(raw, parse_constant=refuse)
    except (ValueError, RecursionError) as problem:
        raise BundleError(path, f"is no valid JSON ({problem})", REMEDY) from problem
    if not isinstance(found, dict):
        raise BundleError(path, "is no JSON object", REMEDY)
    return found
