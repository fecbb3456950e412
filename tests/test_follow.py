import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from framing.batches import follow
from framing.batches.store import Store
from framing.inputs.fetch import FetchConfig, Fetcher
from framing.inputs.rows import ReadOptions
from tests.server import Site

PAGE = "<html><head><title>Titre {0}</title></head><body><article><p>Le conseil a voté le budget numéro {0} après un long débat.</p></article></body></html>"


def rss(site: Site, numbers: range, text: str = "Le conseil a voté le budget numéro {} après un long débat entre élus.") -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>T{n}</title><link>{site.url}/p{n}</link><description>{text.format(n)}</description></item>" for n in numbers
    )
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


class Clock:
    """Time that passes only by sleeping; each sleep may change the world."""

    def __init__(self, *changes) -> None:
        self.now, self._changes = 1e9, list(changes)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if seconds >= 600 and self._changes:
            self._changes.pop(0)()


def run(tmp_path: Path, model, inputs: list[str], rounds: int, clock: Clock, fetch: bool = False) -> list[str]:
    said: list[str] = []
    (tmp_path / "fetched").mkdir(exist_ok=True)
    fetcher = Fetcher(tmp_path / "fetched", FetchConfig(allow_private=True, delay=0, retries=0, timeout=2), clock)
    options = ReadOptions(fetch=fetcher.fetch, follow=fetch)
    plan = follow.Plan(tuple(inputs), tmp_path / "news.db", options, True, 900.0, rounds)
    tools = follow.Tools(model, fetcher, lambda: Store(plan.out, lambda: str(clock.now)), clock, said.append)
    follow.follow(plan, tools)
    assert not list((tmp_path / "fetched").iterdir())
    return said


def rows(tmp_path: Path, query: str) -> list[tuple]:
    return sqlite3.connect(tmp_path / "news.db").execute(query).fetchall()


def test_only_new_items_are_scored_and_an_unchanged_feed_is_not_sent_again(tmp_path: Path, site: Site, model) -> None:
    answered = []

    def feed(handler):
        same = handler.headers.get("If-None-Match") == state["tag"]
        answered.append(304 if same else 200)
        return (304, {}, b"") if same else (200, {"ETag": state["tag"]}, rss(site, state["items"]))

    state = {"tag": '"1"', "items": range(3)}
    site.pages["/feed"] = feed
    clock = Clock(lambda: None, lambda: state.update(tag='"2"', items=range(1, 5)))
    said = run(tmp_path, model, [f"{site.url}/feed"], 3, clock)
    assert answered == [200, 304, 200]
    assert said == ["3 new articles, 0 skips", "0 new articles, 0 skips", "2 new articles, 0 skips"]
    assert rows(tmp_path, "SELECT id, title FROM articles ORDER BY 1") == [(f"127.0.0.1:{n}", f"T{n}") for n in range(5)]
    assert run(tmp_path, model, [f"{site.url}/feed"], 1, Clock()) == ["0 new articles, 0 skips"] and answered[-1] == 304


def test_pages_that_fail_for_now_wait_and_those_that_fail_for_good_are_skipped_once(tmp_path: Path, site: Site, model) -> None:
    site.pages |= {"/feed": (200, {}, rss(site, range(4)))}
    for n in (0, 3):
        site.pages[f"/p{n}"] = (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(n).encode())
    site.pages |= {"/p1": (503, {}, b""), "/p2": (410, {}, b"")}

    def mended() -> None:
        site.pages["/feed"] = (200, {}, rss(site, range(3, 4)))  # the item has dropped out of the feed meanwhile
        site.pages["/p1"] = (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(1).encode())

    said = run(tmp_path, model, [f"{site.url}/feed"], 3, Clock(mended, lambda: None), fetch=True)
    assert said == ["2 new articles, 1 skips", "1 new articles, 0 skips", "0 new articles, 0 skips"]
    assert rows(tmp_path, "SELECT title FROM articles ORDER BY 1") == [("T0",), ("T1",), ("T3",)]
    assert [reason for (reason,) in rows(tmp_path, "SELECT reason FROM skips")] == [f"{site.url}/p2: answers 410"]
    assert rows(tmp_path, "SELECT * FROM pending") == [] and site.asked.count("/p0") == 1


def test_an_item_without_text_is_noted_once_wherever_it_stands(tmp_path: Path, site: Site, model) -> None:
    bare = f"<rss version='2.0'><channel><title>T</title>%s<item><title>B</title><link>{site.url}/b</link></item></channel></rss>"
    site.pages["/feed"] = (200, {}, (bare % "").encode())

    def moved() -> None:
        site.pages["/feed"] = (200, {}, (bare % f"<item><title>A</title><link>{site.url}/a</link></item>").encode())

    run(tmp_path, model, [f"{site.url}/feed"], 2, Clock(moved))
    assert rows(tmp_path, "SELECT place FROM skips") == [(f"{site.url}/feed#{site.url}/{name}",) for name in "ba"]


def test_a_lost_network_costs_rounds_not_items(tmp_path: Path, site: Site, model) -> None:
    site.pages["/feed"] = (503, {}, b"")

    def back() -> None:
        site.pages["/feed"] = (200, {"ETag": "x"}, rss(site, range(2)))

    said = run(tmp_path, model, [f"{site.url}/feed", f"{site.url}/other"], 2, Clock(back))
    assert f"{site.url}/feed: answers 503" in said and "2 new articles, 0 skips" in said
    assert rows(tmp_path, "SELECT url, problem FROM feeds ORDER BY 1") == [(f"{site.url}/feed", None), (f"{site.url}/other", "answers 404")]


def test_a_full_disk_costs_rounds_not_items(tmp_path: Path, site: Site, model) -> None:
    text = "Le conseil numéro {} a débattu." + " La motion sur les écoles du canton est rejetée." * 60
    site.pages["/feed"] = (200, {"ETag": "x"}, rss(site, range(40), text))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def freed() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    resource.setrlimit(resource.RLIMIT_FSIZE, (260_000, hard))  # the operating system refuses what would make a file longer
    try:
        said = run(tmp_path, model, [f"{site.url}/feed"], 3, Clock(freed, lambda: None))
    finally:
        freed()
    assert "waits for the next poll" in said[0] and said[-1] == "0 new articles, 0 skips"
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT id) FROM articles") == [(40, 40)]
    assert rows(tmp_path, "SELECT count(*) FROM scores") == [(40 * 14,)] and rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_listings_and_files_are_followed_too(tmp_path: Path, site: Site, model) -> None:
    site.pages |= {"/a": (200, {}, rss(site, range(2))), "/b": (200, {}, rss(site, range(2, 4)))}
    for n in range(4):
        site.pages[f"/p{n}"] = (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(n).encode())
    (tmp_path / "feeds.opml").write_text(f'<opml><body><outline xmlUrl="{site.url}/a"/><outline xmlUrl="{site.url}/b"/></body></opml>')
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "r", "text": "Le conseil a voté le budget."}) + "\n{bad\n")
    inputs = [str(tmp_path / "feeds.opml"), str(tmp_path / "rows.jsonl")]
    assert run(tmp_path, model, inputs, 2, Clock(), fetch=True) == ["5 new articles, 1 skips", "0 new articles, 0 skips"]


def test_kills_at_random_moments_lose_and_double_no_item(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = (200, {"ETag": "x"}, rss(site, range(60)))
    out = tmp_path / "news.db"
    command = [
        sys.executable, "-m", "framing.cli", "batch", f"{site.url}/feed", "-o", str(out), "--follow", "--rounds", "1", "--allow-private", "--delay", "0",
    ]  # fmt: skip
    chance = random.Random(5)
    kills = 0
    while kills < 10:
        child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            _, said = child.communicate(timeout=chance.uniform(0.3, 1.0))
            assert child.returncode == 0, said
            out.unlink()  # it was faster than the knife: from the beginning
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.communicate()
            kills += 1
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT id) FROM articles") == [(60, 60)]
    assert rows(tmp_path, "SELECT count(*) FROM scores") == [(60 * 14,)]
