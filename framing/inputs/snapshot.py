"""What a batch fetched, kept until the batch is done: a resumed run reads the same bytes and asks no server twice."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from framing.bundle import write_atomic
from framing.inputs.fetch import Fetcher, FetchError
from framing.inputs.rows import Fetched


class Snapshot:
    """A fetcher that remembers its answers, refusals too, in its folder."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def fetch(self, url: str) -> Fetched:
        """The body behind an address, as at the first time. Raises `FetchError`, as at the first time."""
        note = self._fetcher.folder / f"{sha256(url.encode('utf-8', 'replace')).hexdigest()[:32]}.json"
        known = _read(note)
        if known is None:
            known = self._ask(url)
            write_atomic(note, json.dumps(known).encode())
        if "problem" in known:
            raise FetchError(url, known["problem"], known["lasting"] == "yes")
        return Fetched(known["url"], self._fetcher.folder / known["body"], known["mime"], known["charset"])

    def _ask(self, url: str) -> dict[str, str]:
        try:
            got = self._fetcher.fetch(url)
        except FetchError as problem:
            return {"problem": problem.problem, "lasting": "yes" if problem.lasting else "no"}
        return {"url": got.url, "body": got.body.name, "mime": got.mime, "charset": got.charset}


def _read(note: Path) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads(note.read_bytes())
    except FileNotFoundError:
        return None
    return found
