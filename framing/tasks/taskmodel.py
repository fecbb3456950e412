"""A task's heads on disk, and scoring articles with them. Needs numpy; loading runs no code.

`task.json` has the task, settings, calibration, thresholds and the digest of `arrays.npz`; the archive has, of each block b, `columns_b`
int64 (k,) and `idf_b` float32 (k,), then `coef` float32 (classes, d), `intercept`, `slope`, `offset` (classes,), `mean` and `spread`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from framing import sealed
from framing.bundle import write_folder
from framing.schema import BundleError
from framing.tasks.deciding import Task
from framing.tasks.fitting import TaskModel
from framing.tasks.heads import FeatureSet, Setting, Weighing
from framing.tasks.vectors import Block

MANIFEST = "task.json"
FORMAT = "framing-task"
VERSION = 2  # 2: task.json ends in its own digest
MAX_ARRAYS = 4_000_000_000  # bytes, unpacked
_REMEDY = "train it again with `framing train --labels`"


def files(model: TaskModel, about: dict[str, Any]) -> dict[str, bytes]:
    """The files of a model. `about` is what its users must know: name, version, figures, corpus digest."""
    arrays: dict[str, Any] = {"coef": model.coef.astype(np.float32), "intercept": model.intercept, "slope": model.slope,
                              "offset": model.offset, "mean": model.weighing.mean, "spread": model.weighing.spread}  # fmt: skip
    for number, block in enumerate(model.weighing.blocks):
        arrays[f"columns_{number}"], arrays[f"idf_{number}"] = block.columns, block.idf
    packed = _packed(arrays)
    body = {
        "format": FORMAT, "format_version": VERSION, "task": asdict(model.task), "features": asdict(model.weighing.features),
        "setting": asdict(model.setting), "thresholds": {k: v.tolist() for k, v in model.thresholds.items()},
        "arrays_sha256": hashlib.sha256(packed).hexdigest(), "about": about,
    }  # fmt: skip
    return {"arrays.npz": packed, MANIFEST: sealed.seal(body)}


def _packed(arrays: dict[str, Any]) -> bytes:
    """An npz archive; the same arrays give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            inner = io.BytesIO()
            np.save(inner, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), inner.getvalue(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def save(model: TaskModel, folder: Path, about: dict[str, Any], card: str) -> None:
    """Write the model and its card (`write_folder`)."""
    write_folder(folder, {**files(model, about), "README.md": card.encode()}, MANIFEST)


def manifest(folder: Path) -> dict[str, Any]:
    """The checked `task.json`."""
    raw = sealed.read_file(folder, MANIFEST, sealed.MAX_MANIFEST)
    body = sealed.parse(folder / MANIFEST, raw)
    if body.get("format") != FORMAT or body.get("format_version") != VERSION:
        raise BundleError(folder / MANIFEST, f"is no task model of format {VERSION}", _REMEDY)
    if not sealed.sealed(raw):
        raise BundleError(folder / MANIFEST, "does not match its own digest", _REMEDY)
    return body


def load(folder: Path) -> TaskModel:
    """A saved model. Raises `BundleError` for one that is missing, damaged or made by something else."""
    body = manifest(folder)
    try:
        return _model(body, _arrays(sealed.read_digested(folder, "arrays.npz", MAX_ARRAYS, body["arrays_sha256"])))
    except (KeyError, TypeError, ValueError, IndexError, zipfile.BadZipFile) as problem:
        raise BundleError(folder, f"lacks or misspells {problem}", _REMEDY) from problem


def _arrays(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_ARRAYS:
            raise ValueError("a sane size of its arrays")
    with np.load(io.BytesIO(packed), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("numbers that are none")
    return arrays


def _model(body: dict[str, Any], arrays: dict[str, Any]) -> TaskModel:
    given = body["features"]
    features = FeatureSet(tuple(map(tuple, given["blocks"])), tuple(given["weights"]), given["style"], given["bits"], given["min_df"])
    blocks = tuple(Block(kinds, features.bits, arrays[f"columns_{k}"], arrays[f"idf_{k}"]) for k, kinds in enumerate(features.blocks))
    task = Task(body["task"]["name"], body["task"]["kind"], tuple(body["task"]["classes"]))
    weighing = Weighing(features, blocks, arrays["mean"], arrays["spread"])
    width = sum(len(b.columns) for b in blocks) + (len(arrays["mean"]) if features.style else 0)
    coef, intercept, slope, offset = (arrays[name].astype(np.float64) for name in ("coef", "intercept", "slope", "offset"))
    if coef.shape != (len(task.classes), width) or any(a.shape != (len(task.classes),) for a in (intercept, slope, offset)):
        raise ValueError("arrays of the sizes that its features ask for")
    thresholds = {k: np.array(v, float) for k, v in body["thresholds"].items()}
    if "" not in thresholds or any(v.shape != (len(task.classes),) or not np.isfinite(v).all() for v in thresholds.values()):
        raise ValueError("a threshold a class")
    return TaskModel(task, weighing, coef, intercept, slope, offset, thresholds, Setting(**body["setting"]))
