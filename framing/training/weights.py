"""A bundle's numbers as arrays: read to be corrected, written back as an ordinary bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from framing import bundle
from framing.cues import UNITS
from framing.lexicon import Lexicon
from framing.model import Calibration, Model
from framing.schema import BundleError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one unit. names: of the rows; rows: (n, 1 + heads), idf and weights; intercept: (heads,)."""

    names: list[str]
    rows: Floats
    intercept: Floats


@dataclass(frozen=True, slots=True)
class Base:
    """A bundle's content. body: of `model.json`; card: its model card, "" where it has none."""

    body: dict[str, Any]
    heads: dict[str, Heads]
    lexicon: Lexicon
    calibrations: dict[str, Calibration]
    card: str

    @property
    def name(self) -> str:
        """Name and version, for cards and messages."""
        return f"{self.body['name']} {self.body['version']}"


def read(folder: Path) -> Base:
    """A bundle with the names of its features. Raises `BundleError` where they are missing or of another bundle."""
    model = Model(folder)
    body = bundle.read_manifest(folder)
    heads = {unit: _heads(folder, unit, body["units"][unit]) for unit in UNITS}
    card = folder / "README.md"
    return Base(body, heads, model.lexicon, model.calibrations, card.read_text(encoding="utf-8") if card.exists() else "")


def _heads(folder: Path, unit: str, part: dict[str, Any]) -> Heads:
    table = bundle.Table(folder / f"{unit}.table", part["sha256"], len(part["heads"]))
    path = folder / f"{unit}.features.txt"
    try:
        names = bundle.names_bytes(folder, unit, part["features_sha256"]).decode("utf-8").split("\n")[:-1]
    except UnicodeDecodeError as problem:
        raise BundleError(path, "cannot be read", "a bundle is corrected by the names of its features; fetch it again") from problem
    if len(names) != table.count or any(table.row(name) != k for k, name in enumerate(names)):
        raise BundleError(path, f"does not name the rows of {unit}.table", "fetch the bundle again")
    return Heads(names, numbers(table), np.array(part["intercepts"], np.float64))


def numbers(table: bundle.Table) -> Floats:
    """A table's idf and weights, (rows, 1 + heads)."""
    count, heads = table.count, table.width - 1
    weights = csr_matrix((table.weights, table.heads, table.starts), (count, heads))
    return np.column_stack([np.array(table.idf, np.float64), weights.toarray().astype(np.float64)])


def files(body: dict[str, Any], heads: Mapping[str, Heads]) -> dict[str, bytes]:
    """The files of a bundle, without its card; `body` has everything but the units."""
    found: dict[str, bytes] = {}
    units = {}
    for unit, each in heads.items():
        names = body["units"][unit]["heads"]
        found[f"{unit}.table"] = bundle.table_bytes(each.names, each.rows.astype(np.float32).tolist(), len(names))
        found[f"{unit}.features.txt"] = "".join(f"{name}\n" for name in each.names).encode()
        digest, of_names = (hashlib.sha256(found[f"{unit}.{kind}"]).hexdigest() for kind in ("table", "features.txt"))
        units[unit] = {"heads": names, "intercepts": each.intercept.tolist(), "sha256": digest, "features_sha256": of_names}
    kept = {key: value for key, value in body.items() if key != "sha256"}
    found[bundle.MANIFEST] = bundle.manifest_bytes({**kept, "units": units})
    return found
