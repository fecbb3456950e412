"""Models by version in one folder: list, compare, promote, roll back.

    <folder>/<version>/    a model each, as `framing train` wrote it
    <folder>/current.json  the promoted version and those before it, the last one last; replaced as one piece
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.bundle import MANIFEST as CUE_MANIFEST
from framing.bundle import read_manifest, write_atomic
from framing.schema import BundleError

TASK_MANIFEST = "task.json"
STATE = "current.json"


@dataclass(frozen=True, slots=True)
class Version:
    """A model of the folder. `figure` is its own outlet-disjoint figure, None where none was measured."""

    name: str
    kind: str  # "cues" or "task"
    task: str
    trained: str
    corpus: str
    current: bool
    figure: dict[str, Any] | None

    def __str__(self) -> str:
        shown = "not measured"
        if self.figure:
            shown = "{metric} {value:.3f} [{low:.3f}, {high:.3f}] on {n} examples".format(**self.figure)
        return f"{'*' if self.current else ' '} {self.name:<20} {self.task:<16} {shown}  corpus {self.corpus[:8] or '?'}"


def listed(folder: Path) -> list[Version]:
    """The versions of a folder, by name. Raises `BundleError` for a folder that is none."""
    if not folder.is_dir():
        raise BundleError(folder, "is no folder of models", "name one, or train a model into FOLDER/VERSION")
    found = sorted(p for p in folder.iterdir() if (p / CUE_MANIFEST).exists() or (p / TASK_MANIFEST).exists())
    now = current(folder)
    return [_version(path, path.name == now) for path in found]


def _version(path: Path, is_current: bool) -> Version:
    if (path / TASK_MANIFEST).exists():
        body = _json(path / TASK_MANIFEST)
        about = body.get("about") or {}
        task = (body.get("task") or {}).get("name", "?")
        return Version(path.name, "task", task, about.get("trained", ""), about.get("corpus_sha256", ""), is_current, about.get("figure"))
    manifest = read_manifest(path)
    return Version(path.name, "cues", "cues", "", manifest.get("corpus_sha256", ""), is_current, manifest.get("figure"))


def _json(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise BundleError(path, f"cannot be read ({problem})", "restore it, or promote a version again") from problem
    if not isinstance(body, dict):
        raise BundleError(path, "is no JSON object", "restore it, or promote a version again")
    return body


def _state(folder: Path) -> list[str]:
    if not (folder / STATE).exists():
        return []
    history = _json(folder / STATE).get("history")
    remedy = "restore it, or delete it and promote a version again"
    if not isinstance(history, list) or not all(isinstance(name, str) for name in history):
        raise BundleError(folder / STATE, "has no list 'history'", remedy)
    if any(name in ("", ".", "..") or Path(name).name != name or "\\" in name for name in history):
        raise BundleError(folder / STATE, "names a version out of its folder", remedy)
    return history


def current(folder: Path) -> str | None:
    """The promoted version, None before the first promotion."""
    history = _state(folder)
    return history[-1] if history else None


def resolve(path: Path) -> Path:
    """A model folder, or the promoted version of a folder of versions."""
    if (path / TASK_MANIFEST).exists() or (path / CUE_MANIFEST).exists() or not (path / STATE).exists():
        return path
    return path / str(current(path))


def named(folder: Path, name: str) -> Version:
    """One version. Raises `BundleError` for a name that is not there."""
    found = {version.name: version for version in listed(folder)}
    if name not in found:
        raise BundleError(folder, f"has no version '{name}'", f"it has {', '.join(found) or 'none'}")
    return found[name]


def promote(folder: Path, name: str, verdict: str | None) -> str:
    """Make a version the current one. `verdict` says why it is not better; None lets it pass.

    Raises `BundleError` with the verdict, and changes nothing.
    """
    named(folder, name)
    before = _state(folder)
    if before and before[-1] == name:
        return f"{name} is the current version already"
    if before and verdict is not None:
        raise BundleError(folder / name, f"is not promoted over '{before[-1]}': {verdict}", "--force promotes it all the same")
    _write(folder, [*before, name])
    return f"promoted {name}" + (f" over {before[-1]}" if before else "")


def rollback(folder: Path) -> str:
    """Make the version before the current one current again."""
    before = _state(folder)
    if len(before) < 2:
        raise BundleError(folder, "has no version before the current one", "promote one by name")
    named(folder, before[-2])
    _write(folder, before[:-1])
    return f"rolled back from {before[-1]} to {before[-2]}"


def _write(folder: Path, history: list[str]) -> None:
    write_atomic(folder / STATE, (json.dumps({"history": history}, indent=1) + "\n").encode())
