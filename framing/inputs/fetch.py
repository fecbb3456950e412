"""Polite and safe fetching: robots.txt, a delay a host, retries, limits, no private address.

Each hop's address is judged in `hosts`. Bodies go to files: nothing large stays in memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from framing.disk import Replacement
from framing.inputs import hosts
from framing.inputs.archives import charset_of
from framing.inputs.rows import MAX_FILE, Fetched
from framing.inputs.streams import CHUNK, decompressed
from framing.schema import InputError, MissingExtra

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

MAX_DOWNLOAD = 8 << 30  # bytes of a table or an archive
MAX_ROBOTS = 500_000  # bytes
ROBOTS_SECONDS = 24 * 3600.0  # for which a robots.txt stands (RFC 9309)
MAX_REDIRECTS = 5
MAX_WAIT = 60.0  # seconds a server may ask for
DOWNLOAD_SECONDS = 6 * 3600.0
REFUSED = (401, 403, 404, 405, 406, 410, 451)  # trying again changes nothing
_REDIRECTS = (301, 302, 303, 307, 308)
_STREAMED = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".pq", ".warc")
_ORIGINS = 2048  # whose robots.txt and last visit are remembered
class Clock(Protocol):
    """Time, passed in so that nothing here has to be waited for in a test."""

    def time(self) -> float:
        """Seconds since some moment."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """How to fetch."""

    agent: str = "framing (news analysis; respects robots.txt)"
    delay: float = 1.0  # seconds between two requests to a host
    timeout: float = 15.0  # seconds for connecting and for each read
    deadline: float = 60.0  # seconds for one request in all
    retries: int = 3
    max_bytes: int = MAX_FILE
    allow_private: bool = False


class FetchError(InputError):
    """An address that could not be fetched. `lasting`: trying again later changes nothing."""

    def __init__(self, url: str, problem: str, lasting: bool) -> None:
        super().__init__(url, problem, "" if lasting else "try again later")
        self.lasting = lasting


class Validators(NamedTuple):
    """What a server gave to ask whether a feed has changed."""

    etag: str = ""
    modified: str = ""


class Answer(NamedTuple):
    """An answer with its body in a file, None where nothing has changed since."""

    fetched: Fetched | None
    validators: Validators


@dataclass(slots=True)
class _Origin:
    robots: Any = None
    robots_until: float = 0.0
    free_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Fetcher:
    """Fetches into a folder. One body a URL; `fetch` is what `ReadOptions` wants."""

    def __init__(self, folder: Path, config: FetchConfig, clock: Clock) -> None:
        try:
            import protego  # noqa: F401
            import urllib3  # noqa: F401
        except ImportError as problem:
            raise MissingExtra("fetching", "fetch") from problem
        self.folder, self.config, self._clock = folder, config, clock
        self._origins: OrderedDict[str, _Origin] = OrderedDict()

    def fetch(self, url: str) -> Fetched:
        """The body behind an address. Raises `FetchError`."""
        answer = self.ask(url, Validators())
        if answer.fetched is None:
            raise FetchError(url, "answers 304 unasked", lasting=True)
        return answer.fetched

    def ask(self, url: str, known: Validators) -> Answer:
        """A conditional GET, redirects followed, failures retried with back-off."""
        for attempt in range(self.config.retries + 1):
            try:
                return self._follow(url, known)
            except _Busy as busy:
                if attempt == self.config.retries:
                    raise FetchError(url, busy.problem, lasting=False) from busy
                self._clock.sleep(min(MAX_WAIT, max(busy.wait, 2.0**attempt)))
        raise AssertionError("unreachable")

    def _follow(self, url: str, known: Validators) -> Answer:
        at = url
        for _ in range(MAX_REDIRECTS + 1):
            self._permitted(at)
            with self._get(at, known) as response:
                if response.status not in _REDIRECTS:
                    return self._taken(at, response)
                target = response.headers.get("location")
            if not target:
                raise FetchError(url, "redirects to nowhere", lasting=True)
            at = _joined(at, target)
        raise FetchError(url, f"redirects more than {MAX_REDIRECTS} times", lasting=True)

    def _permitted(self, url: str) -> None:
        """Raises `FetchError` where the host's robots.txt forbids the address; reads it once a host."""
        from protego import Protego

        origin = self._origin(url)
        with origin.lock:
            if origin.robots is None or self._clock.time() > origin.robots_until:
                origin.robots = Protego.parse(self._robots(url))
                origin.robots_until = self._clock.time() + ROBOTS_SECONDS
        if not origin.robots.can_fetch(url, self.config.agent):
            raise FetchError(url, "is forbidden by the site's robots.txt", lasting=True)

    def _robots(self, url: str) -> str:
        at = urljoin(url, "/robots.txt")
        for _ in range(MAX_REDIRECTS + 1):
            with self._get(at, Validators()) as response:
                if response.status == 429 or response.status >= 500:
                    raise _Busy(f"its robots.txt answers {response.status}", _wait(response.headers))
                if response.status == 200:
                    return response.read(MAX_ROBOTS, decode_content=True).decode("utf-8", "replace")
                if response.status not in _REDIRECTS or not response.headers.get("location"):
                    return ""  # none: all is allowed (RFC 9309)
                at = _joined(at, response.headers["location"])
        return ""

    def _origin(self, url: str) -> _Origin:
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}".lower()
        origin = self._origins.setdefault(key, _Origin())
        self._origins.move_to_end(key)
        while len(self._origins) > _ORIGINS:
            self._origins.popitem(last=False)
        return origin

    def _pause(self, url: str) -> None:
        """Wait until the host may be asked again."""
        origin = self._origin(url)
        wanted = origin.robots.crawl_delay(self.config.agent) if origin.robots else None
        delay = max(self.config.delay, min(MAX_WAIT, float(wanted or 0)))
        now = self._clock.time()
        if now < origin.free_at:
            self._clock.sleep(origin.free_at - now)
        origin.free_at = self._clock.time() + delay

    @contextmanager
    def _get(self, url: str, known: Validators) -> Iterator[BaseHTTPResponse]:
        import urllib3

        self._pause(url)
        headers = {"User-Agent": self.config.agent, "Accept-Encoding": "gzip", "Accept": "*/*", "Connection": "close"}
        headers.update({k: v for k, v in (("If-None-Match", known.etag), ("If-Modified-Since", known.modified)) if v})
        try:
            with self._connected(url) as connection:
                target, host = hosts.request_line(url)
                connection.request("GET", target, headers={"Host": host, **headers}, preload_content=False, decode_content=False)
                yield connection.getresponse()
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise _Busy(hosts.reason(problem)) from problem
        except (ValueError, HTTPException) as problem:  # what cannot be sent, and answers that are no HTTP
            raise FetchError(url, f"cannot be asked for ({problem})", lasting=True) from problem

    @contextmanager
    def _connected(self, url: str) -> Iterator[Any]:
        """A connection to a judged address, cut at the deadline whatever the server is doing."""
        connection, late = self._judged(url), threading.Event()
        seconds = DOWNLOAD_SECONDS if _limit(url, self.config) > self.config.max_bytes else self.config.deadline
        alarm = threading.Timer(seconds, hosts.cut, (connection, late))
        alarm.daemon = True
        alarm.start()
        try:
            connection.connect()
            yield connection
        finally:
            alarm.cancel()
            connection.close()
            if late.is_set():  # a body without a declared length would pass for complete
                raise _Busy(f"takes more than {seconds:.0f} s")

    def _judged(self, url: str) -> Any:
        try:
            return hosts.connection(url, self.config.timeout, self.config.allow_private)
        except hosts.BadAddress as problem:
            raise FetchError(url, str(problem), lasting=True) from problem

    def _taken(self, url: str, response: BaseHTTPResponse) -> Answer:
        status, headers = response.status, response.headers
        validators = Validators(headers.get("etag", ""), headers.get("last-modified", ""))
        if status == 304:
            return Answer(None, validators)
        if status == 429 or status >= 500 or status == 408:
            raise _Busy(f"answers {status}", _wait(headers))
        if status != 200:
            raise FetchError(url, f"answers {status}", lasting=status in REFUSED)
        limit = _limit(url, self.config)
        if int(headers.get("content-length") or 0) > limit:
            raise FetchError(url, f"declares a body of more than {limit:,} bytes", lasting=True)
        body = self._written(url, response, limit)
        kind = headers.get("content-type", "")
        return Answer(Fetched(url, body, kind.partition(";")[0].strip().lower(), charset_of(kind)), validators)

    def _written(self, url: str, response: BaseHTTPResponse, limit: int) -> Path:
        """The body, without its transfer compression, in a file that appears when it is complete."""
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding not in ("gzip", "x-gzip", "identity", ""):
            raise FetchError(url, f"answers in an encoding that was not asked for ({encoding})", lasting=True)
        raw = response.stream(CHUNK, decode_content=False)
        target = self.folder / sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
        with Replacement(target) as download:
            for chunk in decompressed(url, raw) if "gzip" in encoding else raw:
                if download.size + len(chunk) > limit:
                    raise FetchError(url, f"sends more than {limit:,} bytes", lasting=True)
                download.write(chunk)
        return target


class _Busy(Exception):
    """A failure that may pass."""

    def __init__(self, problem: str, wait: float = 0.0) -> None:
        super().__init__(problem)
        self.problem, self.wait = problem, wait


def _limit(url: str, config: FetchConfig) -> int:
    path = urlsplit(url).path.lower()
    for packed in (".gz", ".zst", ".zstd"):
        path = path.removesuffix(packed)
    return max(config.max_bytes, MAX_DOWNLOAD) if path.endswith(_STREAMED) else config.max_bytes


def _wait(headers: Mapping[str, str]) -> float:
    asked = headers.get("retry-after", "")
    return min(MAX_WAIT, float(asked)) if asked.isdecimal() else 0.0


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target.strip())
    except ValueError as problem:
        raise FetchError(base, f"redirects to no address ({problem})", lasting=True) from problem
