import csv
import io
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from framing.cues import CUE_IDS

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "datasets" / "examples" / "article.fr.txt"


def run(*args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "framing.cli", *args]
    done = subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **env}, cwd=ROOT, check=False)
    return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_text_view_is_plain_in_a_pipe() -> None:
    done = run("score", str(EXAMPLE))
    assert done.returncode == 0 and done.stderr == ""
    assert "\033" not in done.stdout
    assert "social_promo" in done.stdout and "⟦Suivez-nous sur Telegram" in done.stdout


def test_jsonl_keeps_the_contract() -> None:
    record = json.loads(run("score", str(EXAMPLE), "--format", "jsonl").stdout)
    assert list(record) == [
        "schema", "id", "url", "outlet", "title", "language", "score", "band", "masked_score", "masked_difference", "cues", "sourcing",
        "evidence", "warnings", "model",
    ]  # fmt: skip
    assert set(record["cues"]) == set(CUE_IDS)
    assert {"cue", "field", "start", "end", "quote", "score"} <= set(record["evidence"][0])
    assert set(record["model"]) == {"name", "version", "sha256"}


def test_csv_has_a_header_and_defuses_formulas() -> None:
    row = json.dumps({"id": "=1+1", "text": "Abonnez-vous à notre chaîne Telegram !", "title": "@SUM(A1)"}).encode()
    rows = list(csv.DictReader(io.StringIO(run("score", "-i", "jsonl", "-f", "csv", stdin=row).stdout)))
    assert rows[0]["id"] == "'=1+1" and rows[0]["title"] == "'@SUM(A1)"
    assert 0 <= float(rows[0]["social_promo"]) <= 1


def test_html_view_escapes_and_is_one_page() -> None:
    row = json.dumps({"id": "x", "title": "<script>alert(1)</script>", "text": "Abonnez-vous <b>maintenant</b> à notre chaîne !"}).encode()
    page = run("score", "-i", "jsonl", "-f", "html", stdin=row).stdout
    assert "<script>" not in page and "<b>" not in page and "&lt;script&gt;" in page
    assert page.count("</html>") == 1 and "Content-Security-Policy" in page and "<mark" in page


@pytest.mark.parametrize(
    ("args", "stdin", "code", "says"),
    [
        (("score", "none.txt"), b"", 1, "none.txt: does not exist; check the path"),
        (("score", "tests"), b"", 1, "tests: is a folder"),
        (("score",), b"", 1, "skipped: -: the text has 0 characters"),
        (("score",), b"abc", 1, "skipped: -: the text has 3 characters"),
        (("score",), b"\0\0\0\0", 1, "null bytes"),
        (("score", "-m", "nowhere"), b"x", 1, "nowhere: is no model folder"),
        (("score", "--format", "xml"), b"", 2, "Invalid value"),
        (("nonsense",), b"", 2, "No such command"),
        (("train", "nowhere", "-o", "/tmp/never"), b"", 1, "nowhere: has no folder 'cues'"),
        (("score", "-i", "jsonl", "--strict"), b'{"text": "un texte assez long"}\n{', 1, "skipped: -:2: no valid JSON"),
        (("score", "-i", "jsonl"), b'{"text": "un texte assez long"}\n{', 0, "skipped: -:2: no valid JSON"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(args: tuple[str, ...], stdin: bytes, code: int, says: str) -> None:
    done = run(*args, stdin=stdin)
    assert done.returncode == code
    assert says in done.stderr and "Traceback" not in done.stderr


def test_one_bad_path_does_not_stop_the_others() -> None:
    done = run("score", "none.txt", str(EXAMPLE), "-f", "jsonl")
    assert done.returncode == 1 and len(done.stdout.splitlines()) == 1


def test_cues_are_listed_in_both_languages() -> None:
    both, french = run("cues").stdout, run("cues", "--lang", "fr").stdout
    assert all(cue in both for cue in CUE_IDS) and " en: " in both and " en: " not in french


def test_explain_names_features_and_sums_up_the_score() -> None:
    shown = run("score", str(EXAMPLE), "--explain").stdout
    assert "(intercept)" in shown
    said = re.search(r"framing score ([\d.]+) = 1 / \(1 \+ exp\(-(-?[\d.]+)\)\)", shown)
    terms = [float(n) for n in re.findall(r"^    ([+-][\d.]+)  ", shown, re.MULTILINE)]
    assert said and len(terms) > 5 and sum(terms) == pytest.approx(float(said[2]), abs=0.001)
    assert float(said[1]) == pytest.approx(1 / (1 + math.exp(-float(said[2]))), abs=0.0001)
    assert f"framing score {float(said[1]):.2f}, " in shown


def test_scoring_imports_only_what_it_uses() -> None:
    code = (
        "import sys, runpy; sys.argv = ['framing', 'score', sys.argv[1], '-f', 'json']\n"
        "try: runpy.run_module('framing.cli', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "names = {m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(n for n in names if not n.startswith('_')), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code + "\n", str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stderr.strip().strip("[]").replace("'", "").split(", "))
    assert "framing" in loaded and "click" in loaded
    assert not loaded & {"sklearn", "scipy", "nltk", "numpy", "pandas", "joblib", "requests", "trafilatura", "msgspec"}
