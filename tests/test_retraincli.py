"""From fifty labels to a promoted bundle, on the command line."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from newpromo import CUE, UNHEARD, flipped, rows, write

from framing.cli import main

ROOT = Path(__file__).parent.parent


def run(*args: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of versions with the shipped bundle as `default`, beside a tenth of its corpus, and label files."""
    root = tmp_path_factory.mktemp("loop")
    shutil.copytree(ROOT / "models" / "default", root / "models" / "default")
    (root / "datasets" / "cues").mkdir(parents=True)
    for path in sorted((ROOT / "datasets" / "cues").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[::5]
        (root / "datasets" / "cues" / path.name).write_text("".join(lines), encoding="utf-8")
    write(root / "new.jsonl", rows(50, apps=UNHEARD))
    write(root / "bad.jsonl", flipped(rows(50, apps=UNHEARD), 0.3)[0])
    write(root / "unseen.jsonl", rows(30, seed=1, outlets=30, prefix="u", apps=UNHEARD))
    done = train(root, "default", "new", "mine", "--promote")
    assert done.exit_code == 0, done.output
    (root / "said.txt").write_text(done.stdout, encoding="utf-8")
    return root


def train(root: Path, base: str, labels: str, name: str, *more: object) -> Result:
    models = root / "models"
    return run("train", root / "datasets", "--base", models / base, "--labels", root / f"{labels}.jsonl", "-o", models / name, *more)


def test_the_command_says_what_changed_and_which_labels_to_look_at(loop: Path) -> None:
    said = (loop / "said.txt").read_text(encoding="utf-8").splitlines()
    assert said[0].startswith(f"{CUE} ") and said[0].endswith("better") and "50 articles   25 with it  F1 0." in said[0]
    assert [line.split("  ")[0] for line in said[1:3]] == ["all new labels", "the rest"]
    assert said[3] == "the new model is better" and said[4] == "the labels most worth a second look:"
    assert len(said) == 16 and said[-1] == "promoted mine over default"


def test_the_bundle_is_one_of_the_versions(loop: Path) -> None:
    folder = ("-d", loop / "models")
    listed = run("models", "list", *folder).stdout.splitlines()
    assert listed[0].startswith("  default ") and listed[1].startswith("* mine ") and "micro-f1" in listed[1] and "on 50 examples" in listed[1]
    compared = run("models", "compare", "default", "mine", "--labels", loop / "unseen.jsonl", *folder)
    assert compared.exit_code == 0 and "on 30 examples: the new model is better" in compared.stdout
    seen = run("models", "compare", "default", "mine", "--labels", loop / "new.jsonl", *folder)
    assert seen.exit_code == 1 and "leave 0 examples that neither model has seen" in seen.output
    assert run("models", "rollback", *folder).stdout == "rolled back from mine to default\n"
    again = run("models", "promote", "mine", "--labels", loop / "unseen.jsonl", *folder)
    assert "promoted mine over default" in again.stdout


def test_scoring_uses_the_promoted_version(loop: Path) -> None:
    done = run("score", "-m", loop / "models", "--lang", "it", "-f", "jsonl", stdin="Vieni a sederti nel nostro salottino su Jami.")
    row = json.loads(done.stdout)
    assert row["model"]["name"] == "mine" and row["cues"][CUE] > 0.7


def test_poisoned_labels_are_not_promoted(loop: Path) -> None:
    done = train(loop, "mine", "bad", "poor", "--promote")
    assert done.exit_code == 1 and "is not promoted over its base: the labels of social_promo contradict each other" in done.output
    assert "the new model is not better: " in done.stdout and "* mine" in run("models", "list", "-d", loop / "models").stdout


def test_a_base_that_is_not_the_current_version_decides_nothing(loop: Path) -> None:
    done = train(loop, "default", "new", "other", "--promote")
    assert done.exit_code == 1 and "was compared with its base, not with 'mine', the current version" in done.output


@pytest.mark.parametrize(
    ("name", "more", "code", "says"),
    [("mine", (), 1, "is the current version, in use"), ("default", (), 1, "is the base itself")],
)
def test_what_is_in_use_is_not_overwritten(loop: Path, name: str, more: tuple[str, ...], code: int, says: str) -> None:
    done = train(loop, "default", "new", name, *more)
    assert done.exit_code == code and says in done.output


def test_a_bundle_is_measured_on_new_labels(loop: Path) -> None:
    labels = ("--labels", loop / "unseen.jsonl")
    done = run("evaluate", *labels, "-m", "default", "--json", loop / "e.json")
    assert done.exit_code == 0 and "the model as it is: 30 examples, 30 outlets; in brackets" in done.stdout
    assert [row["name"] for row in json.loads((loop / "e.json").read_text())["designs"][0]["classes"]] == [CUE]
    seen = run("evaluate", "--labels", loop / "new.jsonl", "-m", loop / "models" / "mine")
    assert "warning: 50 of 50 examples are of texts or outlets that the model was trained on" in seen.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [(("train", "--base", "default", "-o", "x"), "--base goes with --labels"), (("train", "--labels", "x", "--promote", "-o", "x"), "--promote goes with --base")],
)
def test_wrong_use_is_told(args: tuple[str, ...], says: str) -> None:
    done = run(*args)
    assert done.exit_code == 2 and says in done.output


def test_a_bundle_without_its_names_is_no_base(loop: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(loop / "models" / "default", tmp_path / "models" / "default")
    names = copy / "title.features.txt"
    names.write_text("\n".join(reversed(names.read_text(encoding="utf-8").split("\n"))), encoding="utf-8")
    labels = ("--labels", loop / "new.jsonl")
    assert "title.features.txt: does not match its digest in the manifest" in run("train", "--base", copy, *labels, "-o", tmp_path / "x").output
    names.unlink()
    assert "holds no readable title.features.txt" in run("train", "--base", copy, *labels, "-o", tmp_path / "x").output
