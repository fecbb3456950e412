import json
from pathlib import Path

import pytest

from framing.schema import BundleError
from framing.tasks import versions


def folder(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).mkdir()
        about = {"figure": {"metric": "macro-f1", "value": 0.7, "low": 0.6, "high": 0.8, "n": 50}, "corpus_sha256": "abcdef0123"}
        (tmp_path / name / "task.json").write_text(json.dumps({"task": {"name": "t"}, "about": about}))
    return tmp_path


def test_versions_are_listed_with_their_figures(tmp_path: Path) -> None:
    root = folder(tmp_path, "v1", "v2")
    versions.promote(root, "v2", None)
    first, second = versions.listed(root)
    assert (first.current, second.current) == (False, True)
    assert str(second) == "* v2                   t                macro-f1 0.700 [0.600, 0.800] on 50 examples  corpus abcdef01"


def test_the_shipped_cue_model_is_a_version() -> None:
    found = versions.listed(Path(__file__).parent.parent / "models")
    assert [(v.name, v.kind) for v in found] == [("default", "cues")]


def test_a_worse_version_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    root = folder(tmp_path, "v1", "v2")
    assert versions.promote(root, "v1", None) == "promoted v1"
    before = (root / "current.json").read_bytes()
    with pytest.raises(BundleError, match="is not promoted over 'v1': worse; --force"):
        versions.promote(root, "v2", "worse")
    assert (root / "current.json").read_bytes() == before
    assert versions.promote(root, "v2", None) == "promoted v2 over v1"
    assert versions.promote(root, "v2", "worse") == "v2 is the current version already"


def test_rollback_goes_one_back(tmp_path: Path) -> None:
    root = folder(tmp_path, "v1", "v2")
    versions.promote(root, "v1", None)
    versions.promote(root, "v2", None)
    assert versions.resolve(root) == root / "v2"
    assert versions.rollback(root) == "rolled back from v2 to v1"
    assert versions.resolve(root) == root / "v1" and versions.resolve(root / "v2") == root / "v2"
    with pytest.raises(BundleError, match="has no version before"):
        versions.rollback(root)


@pytest.mark.parametrize(
    ("content", "says"), [("{", "cannot be read"), ("[]", "is no JSON object"), ('{"history": [1]}', "has no list 'history'")]
)
def test_a_damaged_state_is_one_error(tmp_path: Path, content: str, says: str) -> None:
    root = folder(tmp_path, "v1")
    (root / "current.json").write_text(content)
    with pytest.raises(BundleError, match=says):
        versions.current(root)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="has no version 'v9'; it has v1"):
        versions.promote(folder(tmp_path, "v1"), "v9", None)
    with pytest.raises(BundleError, match="is no folder of models"):
        versions.listed(tmp_path / "none")


@pytest.mark.parametrize("name", ["../outside", "/etc", "..", "", "a/b", "..\\x"])
def test_a_state_that_names_a_version_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "current.json").write_text(json.dumps({"history": [name]}))
    with pytest.raises(BundleError, match="out of its folder"):
        versions.resolve(tmp_path)
