import gzip
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from framing.inputs import hosts
from framing.inputs.fetch import FetchConfig, Fetcher, FetchError, Validators
from framing.inputs.hosts import allowed
from framing.schema import FramingError
from tests.server import Site

PAGE = b"<html><body><p>Le conseil a vot\xc3\xa9.</p></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def fetcher(tmp_path: Path, **config: object) -> Fetcher:
    return Fetcher(tmp_path, FetchConfig(allow_private=True, **config), Clock())


def test_a_page_arrives_with_its_kind_and_the_agent_is_honest(tmp_path: Path, site: Site) -> None:
    site.pages["/a"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE))
    got = fetcher(tmp_path).fetch(f"{site.url}/a")
    assert (got.body.read_bytes(), got.mime, got.charset, got.url) == (PAGE, "text/html", "utf-8", f"{site.url}/a")
    assert site.asked == ["/robots.txt", "/a"] and "framing" in site.headers[1]["User-Agent"]
    assert [p.name for p in tmp_path.iterdir()] == [got.body.name]


def test_robots_are_obeyed_and_asked_once_a_host(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /no\nCrawl-delay: 7"), "/a": (200, HTML, PAGE), "/b": (200, HTML, PAGE)}
    client = fetcher(tmp_path)
    with pytest.raises(FetchError, match=r"robots\.txt") as caught:
        client.fetch(f"{site.url}/no")
    client.fetch(f"{site.url}/a")
    client.fetch(f"{site.url}/b")
    assert caught.value.lasting and site.asked == ["/robots.txt", "/a", "/b"] and client._clock.slept == [1.0, 7.0]


def test_redirects_are_followed_a_few_times_and_within_the_web(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/a": (302, {"Location": "b"}, b""), "/b": (200, HTML, PAGE), "/loop": (301, {"Location": "/loop"}, b""), "/none": (301, {}, b"")}
    site.pages |= {"/file": (302, {"Location": "file:///etc/passwd"}, b""), "/bad": (302, {"Location": "http://[x"}, b"")}
    client = fetcher(tmp_path)
    assert client.fetch(f"{site.url}/a").url == f"{site.url}/b"
    for path, says in (("/loop", "more than 5"), ("/none", "nowhere"), ("/file", "neither http"), ("/bad", "no address")):
        with pytest.raises(FetchError, match=says) as caught:
            client.fetch(site.url + path)
        assert caught.value.lasting


def test_private_addresses_are_refused_before_any_connection(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Fetcher(tmp_path, FetchConfig(), Clock())
    port = site.url.rpartition(":")[2]
    hosts = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "[64:ff9b::7f00:1]")
    for host in hosts:
        with pytest.raises(FetchError, match="private or reserved"):
            client.fetch(f"http://{host}:{port}/a")
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/a"] = (302, {"Location": site.url.replace("127.0.0.1", "localhost") + "/secret"}, b"")
    monkeypatch.setattr(hosts, "allowed", lambda address: address == "127.0.0.1" and len(site.asked) < 2)
    with pytest.raises(FetchError, match="private or reserved"):
        Fetcher(tmp_path, FetchConfig(), Clock()).fetch(f"{site.url}/a")
    assert site.asked == ["/robots.txt", "/a"]


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_asked(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = socket.getaddrinfo, []

    def rebinding(host, *args, **kwargs):
        calls.append(host)
        return real("127.0.0.1", *args, **kwargs)

    site.pages["/a"] = (200, HTML, PAGE)
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    fetcher(tmp_path).fetch(f"http://name.example:{site.url.rpartition(':')[2]}/a")
    assert [c for c in calls if c != "127.0.0.1"] == ["name.example"] * 2  # for robots.txt and for the page
    assert site.headers[1]["Host"].startswith("name.example:")


@pytest.mark.parametrize("address", ["2002:7f00:1::", "fe80::1%eth0", "fc00::1", "100.64.0.1", "192.0.2.1", "255.255.255.255", "::"])
def test_reserved_addresses(address: str) -> None:
    assert not allowed(address)


def test_limits_of_size_declared_sent_and_decompressed(tmp_path: Path, site: Site) -> None:
    def endless(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"x" * 1000)

    site.pages |= {"/declared": (200, {"Content-Length": str(10 << 30)}, b"x"), "/sent": endless, "/nonsense": (200, {"Content-Length": "x"}, b"")}
    site.pages |= {"/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(9_000_000))), "/br": (200, {"Content-Encoding": "br"}, b"x")}
    client = fetcher(tmp_path, max_bytes=100_000, retries=0)
    for path, says in (("/declared", "declares"), ("/sent", "sends more"), ("/bomb", "sends more"), ("/br", "not asked for"), ("/nonsense", "cannot")):
        with pytest.raises(FetchError, match=says):
            client.fetch(site.url + path)
    assert list(tmp_path.iterdir()) == []


def test_a_dripping_server_is_cut_at_the_deadline(tmp_path: Path, site: Site) -> None:
    def drip(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    def headers(handler) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    site.pages |= {"/body": drip, "/headers": headers}
    for path in ("/body", "/headers"):
        with pytest.raises(FetchError, match="takes more than") as caught:
            fetcher(tmp_path, deadline=0.5, retries=0).fetch(site.url + path)
        assert not caught.value.lasting


def test_failures_that_may_pass_are_tried_again_with_back_off(tmp_path: Path, site: Site) -> None:
    answers = [(503, {}, b""), (429, {"Retry-After": "30"}, b""), (200, HTML, PAGE)]
    site.pages["/a"] = lambda handler: answers.pop(0)
    client = fetcher(tmp_path, delay=0)
    assert client.fetch(f"{site.url}/a").body.read_bytes() == PAGE
    assert client._clock.slept == [1.0, 30.0]
    site.pages |= {"/b": (500, {}, b""), "/c": (404, {}, b"")}
    for path, lasting, count in (("/b", False, 4), ("/c", True, 1)):
        with pytest.raises(FetchError) as caught:
            client.fetch(site.url + path)
        assert caught.value.lasting is lasting and site.asked.count(path) == count


def test_a_shortened_body_is_no_page(tmp_path: Path, site: Site) -> None:
    site.pages["/a"] = (200, {"Content-Length": "500", "Connection": "close"}, PAGE)
    with pytest.raises(FetchError, match=r"[Bb]roken|Incomplete|timed out"):
        fetcher(tmp_path, retries=0, timeout=0.5).fetch(f"{site.url}/a")


def test_robots_that_cannot_be_read_forbid_for_now(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/robots.txt": (500, {}, b""), "/a": (200, HTML, PAGE)}
    with pytest.raises(FetchError, match=r"robots\.txt answers 500") as caught:
        fetcher(tmp_path, retries=1).fetch(f"{site.url}/a")
    assert not caught.value.lasting and "/a" not in site.asked


def test_conditional_requests(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = lambda h: (304, {}, b"") if h.headers.get("If-None-Match") == '"1"' else (200, {"ETag": '"1"', "Last-Modified": "x"}, b"<rss/>")
    client = fetcher(tmp_path)
    first = client.ask(f"{site.url}/feed", Validators())
    assert first.validators == Validators('"1"', "x") and client.ask(f"{site.url}/feed", first.validators).fetched is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "http://a:99999/", "ftp://a/", "http:///x", "http://a\ud800b/"])
def test_addresses_that_lead_nowhere(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError):
        fetcher(tmp_path, retries=0, timeout=0.5).fetch(url)


def test_a_full_disk_is_not_taken_for_a_fault_of_the_server(tmp_path: Path, site: Site) -> None:
    site.pages["/a"] = (200, HTML, PAGE)
    target = tmp_path / "gone"
    with pytest.raises(FramingError, match="cannot be written") as caught:
        fetcher(target).fetch(f"{site.url}/a")
    assert not isinstance(caught.value, FetchError)
    assert threading.active_count() < 50 and os.path.isdir(tmp_path)
