"""What the command line's exit codes say: 74 nothing could be written, 75 another run holds the output, 130 Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from test_cli import EXAMPLE, ROOT, run

from tests.children import hears_ctrl_c

ARTICLE = str(EXAMPLE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_standard_output_is_74() -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "framing.cli", "score", ARTICLE, "-f", "jsonl"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 74
    assert b"No space left" in done.stderr and b"Traceback" not in done.stderr


def test_a_folder_in_the_place_of_the_output_is_74_and_stands(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").mkdir()
    done = run("batch", ARTICLE, "-o", str(tmp_path / "out.jsonl"))
    assert done.returncode == 74 and "out.jsonl" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "out.jsonl").is_dir()


def test_a_file_in_the_place_of_the_outputs_folder_is_74(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    done = run("batch", ARTICLE, "-o", str(tmp_path / "file" / "out.jsonl"))
    assert done.returncode == 74 and "Traceback" not in done.stderr
    assert (tmp_path / "file").read_text() == "old"


def test_a_vanished_folder_is_74_and_the_place_is_named(tmp_path: Path) -> None:
    done = run("models", "export", "-f", "joblib", "-o", str(tmp_path / "gone" / "x.joblib"))
    assert done.returncode == 74 and "gone/x.joblib: cannot be written (No such file or directory)" in done.stderr


def test_an_output_that_another_run_holds_is_75_and_stands(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    with FileLock(tmp_path / ".out.jsonl.lock"):
        done = run("batch", ARTICLE, "-o", str(out))
    assert done.returncode == 75 and "is being written by another run" in done.stderr
    assert out.read_text() == "old\n"


def test_ctrl_c_is_130_and_one_line(tmp_path: Path) -> None:
    """The pipe is full and nobody reads: the run is in the middle of its work when it is stopped."""
    (tmp_path / "many.jsonl").write_bytes(b'{"text": "Un article assez long."}\n' * 20000)
    command = [sys.executable, "-m", "framing.cli", "score", str(tmp_path / "many.jsonl"), "-f", "jsonl"]
    unwatched = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}  # coverage can deadlock on an interrupt
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=unwatched, preexec_fn=hears_ctrl_c) as child:
        assert child.stdout and child.stderr and child.stdout.read(1) == b"{"
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130 and said.endswith(b"interrupted\n") and b"Traceback" not in said
