import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from framing.outlets.page import MAPPED, page
from framing.outlets.results import Quote
from framing.outlets.summary import summarise
from framing.outlets.tally import MEASURES, tally
from tests.outletdata import outlets, seen

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
SIZES = (3, 60, 3000)


@functools.cache
def made(count: int) -> str:
    given = list(outlets(count, 30 if count < 1000 else 22))
    shift = [seen(10**6 + k, "shift.example", k >= 80, f"2024-{1 + k // 20:02}-{1 + k % 20:02}") for k in range(160)]
    return "".join(page(summarise(tally(given + shift + [seen(0, "few.example", True)])), "a <b> & c"))


class Checked(HTMLParser):
    """Tags that are open, ids, links, and what a page must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        assert not any(name.startswith("on") for name in given), given
        if tag not in ("meta", "br", "line", "rect", "circle", "polyline"):
            self.open.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("line", "rect", "circle", "polyline")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("count", SIZES)
def test_the_page_is_whole_and_loads_nothing(count: int) -> None:
    found = Checked()
    found.feed(made(count))
    assert not found.open and len(found.ids) == len(set(found.ids))
    assert not found.tags & {"script", "img", "link", "iframe", "object", "form", "b", "i"}
    assert "default-src 'none'; style-src 'unsafe-inline'" in made(count)
    inner = {link[1:] for link in found.links if link.startswith("#")}
    assert inner <= set(found.ids) and all(link.startswith(("#", "https://")) for link in found.links)


def test_what_texts_say_is_escaped_and_only_web_addresses_are_links() -> None:
    text = made(3)
    assert "<b>" not in text and "&lt;b&gt;junta&lt;/b&gt; &amp; “0”" in text and "a=1&amp;b=&lt;2&gt;" in text
    assert "javascript:" not in text and "&lt;o0&gt;&amp;.example" in text


def test_a_large_page_lists_what_it_does_not_map() -> None:
    text = made(3000)
    assert text.count("<section id=") == MAPPED and f"{3001 - MAPPED:,} further outlets" in text
    assert len(text) < 4_000_000


def test_numbers_stand_beside_every_colour_and_the_change_is_said_in_words() -> None:
    text = made(3)
    assert not re.search(r'<td class="s\d"[^>]*></td>', text)
    assert text.count('scope="col"') == len(MEASURES) + 2
    assert "Changed in the week of" in text and "1 outlets with not enough articles" in text


def test_no_outlet_with_enough_articles_is_said() -> None:
    text = "".join(page(summarise(tally([seen(1, "a.example", True, quotes=(Quote("designation", "q", 1.0, "", ""),))])), "x"))
    assert "No outlet has enough articles" in text and "<table" not in text


_PROBE = """<!DOCTYPE html><title>probe</title><iframe id="f" style="border:0;width:{width}px;height:800px" src="page.html"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").onload = (event) => {{
  const page = event.target.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach((each) => {{ each.open = true; }});
  const reach = [...page.querySelectorAll("a[href], summary, [tabindex='0']")];
  const scrolls = [...page.querySelectorAll("*")].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto");
  let focused = 0;
  for (const each of reach.slice(0, 400)) {{ each.focus(); if (page.activeElement === each) focused += 1; }}
  document.getElementById("out").textContent = JSON.stringify({{
    width: root.clientWidth, over: root.scrollWidth - root.clientWidth, focused: focused, reach: Math.min(reach.length, 400),
    loose: scrolls.filter((e) => e.tabIndex !== 0).length, nodes: page.querySelectorAll("*").length }});
}};
</script>"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed (Debian: apt-get install chromium)")
@pytest.mark.parametrize("width", [380, 1280])
@pytest.mark.parametrize("count", SIZES)
def test_a_browser_shows_the_page_without_overflow_or_errors(served: tuple[Path, str], count: int, width: int) -> None:
    """In a real browser: nothing wider than the window, every link and scrolling region reachable by keyboard, an empty console."""
    folder, address = served
    (folder / "page.html").write_text(made(count), encoding="utf-8")
    (folder / "probe.html").write_text(_PROBE.format(width=width), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width + 40},900", "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", f"{address}/probe.html",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    shown = re.search(r'<pre id="out">(\{.*?\})</pre>', done.stdout)
    assert shown, done.stderr[-2000:]
    found = json.loads(shown[1])
    assert found["over"] <= 0 and found["width"] <= width, found
    assert found["focused"] == found["reach"] > 5 and found["loose"] == 0, found
    assert "CONSOLE" not in done.stderr.replace("favicon.ico", "")
