import csv
import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from framing.cli import main
from framing.outlets.domains import _extract
from tests.outletdata import lines, record


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """50 articles of two outlets; all of news1 are high, and read-alsos stand in none of it."""
    path = tmp_path / "r.jsonl"
    rows = [record(k, band="high" if k % 2 else "low", published=f"2024-0{1 + k // 10}-11") for k in range(50)]
    for row in rows[::2]:
        row["cues"] = {**row["cues"], "read_also": 0.9}
    path.write_text(lines(*rows), encoding="utf-8")
    return path


def test_text_names_rank_share_and_interval(results: Path) -> None:
    done = run("outlets", str(results))
    assert done.exit_code == 0 and "no trust rating" in done.output
    first, second = done.output.splitlines()[1:3]
    assert first.split()[0] == "1" and "news1.example" in first and "high 9" in first
    assert "news0.example" in second and "n 25  high 1 % [0, 6]; read_also 99 %" in second


def test_too_few_articles_are_said(results: Path) -> None:
    done = run("outlets", str(results), "--least", "26")
    assert "not enough (fewer than 26 articles): 2 outlets: news0.example (25), news1.example (25)" in done.output


def test_jsonl_and_csv_hold_the_same_rates(results: Path) -> None:
    objects = [json.loads(line) for line in run("outlets", str(results), "-f", "jsonl").output.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run("outlets", str(results), "-f", "csv").output)))
    assert [o["outlet"] for o in objects] == [r["outlet"] for r in rows] == ["news1.example", "news0.example"]
    assert [o["rates"]["high"]["rate"] for o in objects] == [float(r["high"]) for r in rows]
    assert objects[0]["rates"]["high"]["n"] == 25 and objects[0]["evidence"][0]["url"].startswith("https://www.news1.example/")


def test_html_is_written_whole(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run("outlets", str(results), "--html", str(page), "--top", "1").exit_code == 0
    assert page.read_text(encoding="utf-8").endswith("</html>\n")


def test_ratings_stand_below(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("domain,trust\nnews0.example,3\nnews1.example,1\n", encoding="utf-8")
    assert "ratings.csv: no correlation with trust: fewer than 10 rated outlets (2)" in run("outlets", str(results), "--ratings", str(path)).output


def test_compare_two_outlets_and_one_before_and_after(results: Path) -> None:
    two = run("compare", "news0.example", "news1.example", "-r", str(results)).output.splitlines()
    assert two[1].startswith("high") and two[1].endswith("points  *") and len(two) == 17
    parted = run("compare", "news1.example", "--at", "2024-03-01", "-r", str(results)).output
    assert "before 2024-03-01" in parted and "of 10" in parted and "of 15" in parted


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("outlets", "none.jsonl"), 1, "none.jsonl: is no file"), (("outlets",), 2, "Missing argument"),
        (("compare", "a", "-r", "x"), 2, "give two outlets, or one and --at DAY"),
        (("compare", "a", "b"), 2, "--results"), (("compare", "a", "--at", "soon", "-r", "x"), 2, "Invalid value"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_an_exit_code(args: tuple[str, ...], code: int, says: str) -> None:
    done = run(*args)
    assert done.exit_code == code and says in done.output and "Traceback" not in done.output


def test_the_missing_extra_is_named(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from framing.outlets.domains import outlet_of

    monkeypatch.setitem(sys.modules, "tldextract", None)
    _extract.cache_clear()
    outlet_of.cache_clear()
    done = run("outlets", str(results))
    _extract.cache_clear()
    assert done.exit_code == 1 and "pip install 'framing[outlets]'" in done.output
