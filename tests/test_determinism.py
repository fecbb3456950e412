"""Scores depend on the article and the model, on nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import framing
from framing.schema import Article
from tests.behaviour_suite import cases

ROOT = Path(__file__).parent.parent
ROWS = [
    {"id": case.id, "text": case.text, "title": case.title, "language": language}
    for language in ("fr", "ru", "de", "pl") for case in cases(language)[::9]
]  # fmt: skip


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "articles.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


def run(*args: str, cwd: Path = ROOT, **env: str) -> bytes:
    done = subprocess.run([sys.executable, "-P", "-m", "framing.cli", *args], capture_output=True, env={**os.environ, **env}, cwd=cwd, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def scored(articles: Path) -> bytes:
    return run("score", str(articles), "-f", "jsonl")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "1"}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"}, {"TZ": "Asia/Kabul"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX"}, {"OMP_NUM_THREADS": "1"}, {"OMP_NUM_THREADS": "4"}, {"FRAMING_NATIVE": "0"}, {"PYTHONOPTIMIZE": "2"},
    ],
)  # fmt: skip
def test_the_environment_changes_no_byte(articles: Path, scored: bytes, env: dict[str, str]) -> None:
    assert run("score", str(articles), "-f", "jsonl", **env) == scored


def test_the_working_directory_changes_no_byte_and_runs_no_code_of_its_own(articles: Path, scored: bytes, tmp_path: Path) -> None:
    for name in ("json.py", "click.py", "struct.py", "framing.py"):
        (tmp_path / name).write_text("raise SystemExit('code of the working directory ran')\n")
    assert run("score", str(articles), "-f", "jsonl", cwd=tmp_path) == scored
    command = Path(sys.executable).with_name("framing")
    if command.exists():
        done = subprocess.run([command, "score", str(articles), "-f", "jsonl"], capture_output=True, cwd=tmp_path, check=True)
        assert done.stdout == scored


def test_order_and_company_change_no_record(model: framing.Model) -> None:
    given = [Article(**row) for row in ROWS]
    alone = {article.id: framing.load().score_one(article) for article in given[::7]}
    together = {record.id: record for record in model.score(reversed(given * 2))}
    assert all(together[name] == record for name, record in alone.items())


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_the_number_of_processes_changes_no_byte(articles: Path, scored: bytes, tmp_path: Path, jobs: str) -> None:
    out = tmp_path / "out.jsonl"
    run("batch", str(articles), "-o", str(out), "--jobs", jobs, "--no-clusters")
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    first = tmp_path / "one.jsonl"
    run("batch", str(articles), "-o", str(first), "--jobs", "1", "--no-clusters")
    assert out.read_bytes() == first.read_bytes()
    assert [row["cues"] for row in rows] == [json.loads(line)["cues"] for line in scored.splitlines()]
