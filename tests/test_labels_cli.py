import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from words import binary, several

from framing.cli import main
from framing.tasks.labels import Mark


def run(*args: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


def write(path: Path, marks: Sequence[Mark], annotator: str = "") -> Path:
    rows = []
    for m in marks:
        said = {"label": "true" in m.present} if m.task == "t" else {"labels": sorted(m.present)}
        rows.append({"id": m.article.id, "text": m.article.text, "outlet": m.article.outlet, "language": m.article.language,
                     "published": m.article.published, "task": m.task, "annotator": annotator, **said})  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """v1 learnt from few labels, v2 from many, bad from many of which 30 % are flipped; `unseen` is of other outlets."""
    root = tmp_path_factory.mktemp("m")
    write(root / "few.jsonl", binary(24, seed=1))
    write(root / "many.jsonl", [*binary(24, seed=1), *binary(150, seed=2)])
    write(root / "bad.jsonl", [*binary(24, seed=1), *binary(150, seed=3, flipped=60)])
    other = [m for m in binary(200, seed=4, outlets=40) if int(str(m.article.outlet)[6:-4]) >= 12]
    write(root / "unseen.jsonl", other)
    for name, labels in (("v1", "few"), ("v2", "many"), ("bad", "bad")):
        done = run("train", "--labels", root / f"{labels}.jsonl", "-o", root / "models" / name, "-j", "1")
        assert done.exit_code == 0, done.output
    return root


def test_train_writes_a_model_a_card_and_doubts(models: Path) -> None:
    card = (models / "models" / "v2" / "README.md").read_text()
    assert "5-fold outlet-disjoint, n = 174: macro-f1" in card and "| true |" in card and "## Limits" in card
    about = json.loads((models / "models" / "v2" / "task.json").read_text())["about"]
    assert about["outlets"] == 12 and about["figure"]["value"] > 0.9 and len(about["corpus_sha256"]) == 64


def test_new_articles_get_the_labels(models: Path) -> None:
    rows = "".join(json.dumps({"id": k, "text": t}) + "\n" for k, t in (("yes", "zaragun zorbek makan zaragun"), ("no", "makan makar tonos")))
    done = run("predict", "-m", models / "models" / "v2", "-i", "jsonl", stdin=rows + "{\n")
    found = {r["id"]: r for r in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 0 and "no valid JSON" in done.stderr
    assert found["yes"]["labels"] == ["true"] and found["no"]["labels"] == []
    assert found["yes"]["probabilities"]["true"] > 0.5 > found["no"]["probabilities"]["true"]


def test_a_better_model_is_promoted_and_a_poisoned_one_refused(models: Path) -> None:
    folder, labels = ("-d", models / "models"), ("--labels", models / "unseen.jsonl")
    assert "promoted v1" in run("models", "promote", "v1", *folder).output
    assert "the new model is better" in run("models", "compare", "v1", "v2", *labels, *folder).output
    assert "was not compared with 'v1'" in run("models", "promote", "v2", *folder).output
    assert "promoted v2 over v1" in run("models", "promote", "v2", *labels, *folder).output
    refused = run("models", "promote", "bad", *labels, *folder)
    assert refused.exit_code == 1 and "is not promoted over 'v2'" in refused.output and "--force" in refused.output
    assert "* v2" in run("models", "list", *folder).output
    assert "promoted bad over v2" in run("models", "promote", "bad", "--force", *folder).output
    assert "rolled back from bad to v2" in run("models", "rollback", *folder).output


def test_labels_that_a_model_has_seen_decide_nothing(models: Path) -> None:
    done = run("models", "compare", "v1", "v2", "--labels", models / "many.jsonl", "-d", models / "models")
    assert done.exit_code == 1 and "leave 0 examples that neither model has seen" in done.output


def test_flipped_labels_are_listed(models: Path) -> None:
    done = run("labels", "doubtful", models / "bad.jsonl", "--against", models / "unseen.jsonl", "-n", "20", "-j", "1")
    lines = [int(line.split("bad.jsonl:")[1].split(":")[0]) for line in done.stdout.splitlines()]
    assert len(lines) == 20 and sum(25 <= n <= 84 for n in lines) >= 12


def test_check_counts_and_shows_conflicts(tmp_path: Path) -> None:
    marks = binary(30)
    first, second = write(tmp_path / "a.jsonl", marks, "ann"), write(tmp_path / "b.jsonl", [*marks[:20], *binary(30, flipped=30)[20:]], "bob")
    done = run("labels", "check", first, second)
    assert done.exit_code == 0 and "Krippendorff's alpha" in done.stderr and "10 with a conflict" in done.stderr
    assert "t (article): 20 labels on 20 articles of 12 outlets" in done.stdout


def test_evaluate_writes_all_three_outputs(tmp_path: Path) -> None:
    labels = write(tmp_path / "l.jsonl", several(60))
    done = run("evaluate", "--labels", labels, "--by", "outlet", "--json", tmp_path / "e.json", "--html", tmp_path / "e.html", "-j", "1")
    assert done.exit_code == 0 and "outlet-disjoint folds (the figure to quote): 60 examples, 12 outlets" in done.stdout
    assert json.loads((tmp_path / "e.json").read_text())["task"] == "s"
    assert (tmp_path / "e.html").read_text().endswith("</html>\n")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("evaluate", "--labels", "none.jsonl"), 1, "none.jsonl: does not exist; check the path"),
        (("evaluate", "--labels", "x", "--by", "moon"), 2, "'moon' is none of outlet"),
        (("train", "-o", "x"), 2, "give CORPUS or --labels FILE"),
        (("benchmark", "none"), 1, "none: is no benchmark; choose one of hyperpartisan"),
        (("benchmark", "allsides", "--data", "nowhere"), 1, "nowhere: holds no article_bias_prediction.jsonl(.gz)"),
        (("benchmark", "hyperpartisan", "--train", "x"), 2, "go together"),
        (("models", "list", "-d", "nowhere"), 1, "nowhere: is no folder of models"),
        (("predict", "-m", "nowhere"), 1, "nowhere: holds no readable task.json"),
    ],
)
def test_wrong_use_is_one_line(args: tuple[str, ...], code: int, says: str) -> None:
    done = run(*args)
    assert done.exit_code == code and says in done.output and "Traceback" not in done.output
