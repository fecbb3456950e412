import json
import sqlite3
from pathlib import Path

import pytest

from tests.server import Site
from tests.test_cli import EXAMPLE, run
from tests.test_follow import PAGE, rss


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("none.jsonl", "-o", "OUT.jsonl"), 1, "none.jsonl: does not exist"),
        ((str(EXAMPLE), "-o", "OUT.xyz"), 1, "has no suffix that names a format"),
        ((str(EXAMPLE), "-o", "OUT.jsonl", "-i", "doc"), 2, "--input-format is one of"),
        ((str(EXAMPLE), "-o", "OUT.jsonl", "--follow"), 2, "--follow keeps its state in SQLite"),
        (("ftp://x.example/", "-o", "OUT.jsonl"), 1, "is neither http nor https"),
        ((str(EXAMPLE), "-o", "none/there/OUT.jsonl", "-m", "nowhere"), 1, "nowhere: is no model folder"),
        ((), 2, "Missing argument"),
        ((str(EXAMPLE), "-o", "/proc/none/OUT.jsonl"), 74, "cannot be written"),
    ],
)
def test_bad_calls_are_one_line_and_an_exit_code(tmp_path: Path, args: tuple[str, ...], code: int, says: str) -> None:
    done = run("batch", *(a.replace("OUT", str(tmp_path / "out")).replace("none/there/", "") for a in args))
    assert done.returncode == code
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_folder_of_everything_in_one_command(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(EXAMPLE.read_text())
    (folder / "b.json").write_text(json.dumps({"maintext": "Un article de news-please.", "source_domain": "n.example", "url": "https://n.example/1"}, indent=1))
    (folder / "c.png").write_bytes(b"\x89PNG\0\0")
    (folder / "d.html").write_text(PAGE.format(7))
    out = tmp_path / "out.jsonl"
    done = run("batch", str(folder), "-o", str(out))
    assert done.returncode == 0 and done.stdout == "" and "3 articles; 1 skips" in done.stderr
    assert [json.loads(line)["outlet"] for line in out.read_text().splitlines()] == [None, "n.example", None]
    assert "c.png" in (tmp_path / "out.jsonl.skips.jsonl").read_text()
    assert run("batch", str(folder), "-o", str(out), "--strict").returncode == 1


def test_standard_input_and_nothing_but_skips(tmp_path: Path) -> None:
    done = run("batch", "-", "-o", str(tmp_path / "out.csv"), "-i", "jsonl", "--no-clusters", stdin=b'{"text": "Un article assez long."}')
    assert done.returncode == 0 and len((tmp_path / "out.csv").read_text().splitlines()) == 2
    assert run("batch", "-", "-o", str(tmp_path / "out.csv"), stdin=b"{}").returncode == 1


def test_a_feed_by_address_and_its_pages(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = (200, {"Content-Type": "application/rss+xml"}, rss(site, range(2)))
    for n in range(2):
        site.pages[f"/p{n}"] = (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(n).encode())
    feed, out = f"{site.url}/feed", tmp_path / "out.jsonl"
    refused = run("batch", feed, "-o", str(out))
    assert refused.returncode == 1 and "--allow-private" in (tmp_path / "out.jsonl.skips.jsonl").read_text()
    for options, text in (((), "entre élus"), (("--fetch",), None)):
        assert run("batch", feed, "-o", str(out), "--allow-private", "--delay", "0", "--agent", "desk (desk@example.org)", *options).returncode == 0
        first, second = (json.loads(line) for line in out.read_text().splitlines())
        assert (first["title"], second["id"], first["url"]) == ("T0", "127.0.0.1:1", f"{site.url}/p0")
        assert ("/p0" in site.asked) is (text is None)
    assert site.headers[-1]["User-Agent"] == "desk (desk@example.org)"


def test_following_from_the_command_line(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = (200, {}, rss(site, range(3)))
    args = ("batch", f"{site.url}/feed", "-o", str(tmp_path / "news.db"), "--follow", "--rounds", "2", "--every", "0", "--allow-private", "--delay", "0")
    done = run(*args)
    assert done.returncode == 0 and done.stderr.splitlines() == ["3 new articles, 0 skips", "0 new articles, 0 skips"]
    assert sqlite3.connect(tmp_path / "news.db").execute("SELECT count(*) FROM articles").fetchone() == (3,)
