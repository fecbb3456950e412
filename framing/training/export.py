"""A bundle as scikit-learn objects, for those who want to go on there. Loading such a file can run code; a bundle cannot."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from framing.bundle import names_bytes, read_manifest, write_atomic
from framing.cues import UNITS
from framing.model import Model
from framing.panel import Panel
from framing.schema import FramingError, MissingExtra
from framing.training.weights import numbers

FORMATS = ("joblib", "skops")


def fitted(model: Model) -> dict[str, Any]:
    """By unit: a fitted `vectorizer`, which takes lists of the names that `framing.features.occurrences` yields, and `heads` by cue."""
    return {unit: _unit(model, model.panels[unit]) for unit in UNITS}


def _unit(model: Model, panel: Panel) -> dict[str, Any]:
    digest = read_manifest(model.folder)["units"][panel.unit]["features_sha256"]
    names = names_bytes(model.folder, panel.unit, digest).decode().split("\n")[:-1]
    rows = numbers(panel.table)
    if len(names) != len(rows):
        raise FramingError(model.folder, f"names {len(names)} features of '{panel.unit}' and has {len(rows)}", "fetch the model again")
    vectorizer = TfidfVectorizer(analyzer=list, vocabulary={name: row for row, name in enumerate(names)}, sublinear_tf=True)
    vectorizer.idf_ = rows[:, 0]
    heads = {}
    for number, cue in enumerate(panel.heads):
        heads[cue] = head = LogisticRegression()
        head.coef_, head.intercept_ = rows[:, 1 + number][None].copy(), np.array([panel.intercepts[number]])
        head.classes_ = np.array([0, 1])
    return {"vectorizer": vectorizer, "heads": heads}


def packed(model: Model, form: str) -> bytes:
    """The objects as a file of `FORMATS`."""
    if form == "skops":
        try:
            import skops.io
        except ImportError as problem:
            raise MissingExtra("exporting to skops", "skops") from problem
        return bytes(skops.io.dumps(fitted(model)))
    import joblib

    out = io.BytesIO()
    joblib.dump(fitted(model), out, compress=3)
    return out.getvalue()


def write(model: Model, form: str, path: Path) -> None:
    """Write the file as one piece."""
    write_atomic(path, packed(model, form))
