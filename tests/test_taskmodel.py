import json
from pathlib import Path

import numpy as np
import pytest
from words import several

from framing import sealed
from framing.schema import BundleError
from framing.tasks import fitting, taskmodel
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import FeatureSet, Setting

GIVEN = fitting.examples(several(60))
MODEL = fitting.fit(GIVEN, TaskConfig(features=(FeatureSet(style=0.1),), settings=(Setting(30.0),), folds=3))


def resealed(raw: bytes) -> bytes:
    body = json.loads(raw)
    del body["sha256"]
    return sealed.seal(body)


def test_a_loaded_model_decides_the_same(tmp_path: Path) -> None:
    taskmodel.save(MODEL, tmp_path, {"trained": "x"}, "card")
    probability, found = fitting.predict(MODEL, GIVEN.texts, GIVEN.languages.tolist())
    again, decided = fitting.predict(taskmodel.load(tmp_path), GIVEN.texts, GIVEN.languages.tolist())
    assert np.abs(again - probability).max() < 1e-5 and (decided == found).all()
    assert (tmp_path / "README.md").read_text() == "card"


def test_the_same_model_gives_the_same_bytes() -> None:
    assert taskmodel.files(MODEL, {}) == taskmodel.files(MODEL, {})


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("task.json", lambda raw: b"{", "is no valid JSON"),
        ("task.json", lambda raw: b"[]", "is no JSON object"),
        ("task.json", lambda raw: raw.replace(b'"format_version": 2', b'"format_version": 9'), "is no task model"),
        ("task.json", lambda raw: raw.replace(b'"thresholds"', b'"bars"'), "does not match its own digest"),
        ("task.json", lambda raw: resealed(raw.replace(b'"thresholds"', b'"bars"')), "lacks or misspells 'thresholds'"),
        ("task.json", lambda raw: resealed(raw.replace(b'"x"', b'"x", "w"')), "lacks or misspells arrays of the sizes"),
        ("arrays.npz", lambda raw: raw[:-9] + b"X" + raw[-8:], "does not match its digest"),
        ("arrays.npz", lambda raw: None, "holds no readable arrays.npz"),
        ("task.json", lambda raw: None, "holds no readable task.json"),
    ],
)
def test_a_damaged_model_is_one_error(tmp_path: Path, name: str, change: object, says: str) -> None:
    taskmodel.save(MODEL, tmp_path, {}, "card")
    raw = change((tmp_path / name).read_bytes())  # type: ignore[operator]
    (tmp_path / name).unlink()
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(BundleError) as caught:
        taskmodel.load(tmp_path)
    assert says in str(caught.value)


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    import hashlib

    taskmodel.save(MODEL, tmp_path, {}, "card")
    with open(tmp_path / "arrays.npz", "wb") as file:
        np.savez(file, coef=np.array([{}], object))
    body = json.loads((tmp_path / "task.json").read_text())
    body["arrays_sha256"] = hashlib.sha256((tmp_path / "arrays.npz").read_bytes()).hexdigest()
    (tmp_path / "task.json").write_bytes(resealed(json.dumps(body).encode()))
    with pytest.raises(BundleError, match="allow_pickle"):
        taskmodel.load(tmp_path)


def test_any_flipped_byte_and_any_truncation_is_refused(tmp_path: Path) -> None:
    taskmodel.save(MODEL, tmp_path, {}, "card")
    for name in ("task.json", "arrays.npz"):
        raw = (tmp_path / name).read_bytes()
        for at in range(0, len(raw), max(1, len(raw) // 150)):
            for broken in (raw[:at], raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]):
                (tmp_path / name).write_bytes(broken)
                with pytest.raises(BundleError):
                    taskmodel.load(tmp_path)
        (tmp_path / name).write_bytes(raw)


def test_arrays_of_no_numbers_are_refused(tmp_path: Path) -> None:
    import hashlib

    taskmodel.save(MODEL, tmp_path, {}, "card")
    with np.load(tmp_path / "arrays.npz") as found:
        arrays = {**found, "coef": np.full_like(found["coef"], np.nan)}
    with open(tmp_path / "arrays.npz", "wb") as file:
        np.savez(file, **arrays)
    body = json.loads((tmp_path / "task.json").read_text())
    body["arrays_sha256"] = hashlib.sha256((tmp_path / "arrays.npz").read_bytes()).hexdigest()
    (tmp_path / "task.json").write_bytes(resealed(json.dumps(body).encode()))
    with pytest.raises(BundleError, match="numbers that are none"):
        taskmodel.load(tmp_path)
