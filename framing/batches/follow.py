"""Following feeds: poll on an interval, score what is new, with the SQLite store as the only state.

An item is stored in one transaction, and a feed's validators only behind its last item: whatever breaks off, the next poll
sees the rest again and what is stored is passed over. A page that cannot be had yet waits in `pending`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection

import framing
from framing.batches.store import Run, Scored, Store
from framing.disk import OutputError
from framing.inputs import readers, streams
from framing.inputs.fetch import Clock, Fetcher, FetchError, Validators
from framing.inputs.rows import Fetched, Link, ReadOptions, Unparsed
from framing.model import Model
from framing.schema import Article, InputError, Skip

TRIES = 20  # polls in which a page may fail before it is given up
Item = Article | Link | Unparsed


@dataclass(frozen=True, slots=True)
class Plan:
    """What to follow."""

    inputs: tuple[str, ...]
    out: Path
    options: ReadOptions
    clusters: bool
    every: float  # seconds
    rounds: int | None  # None: for ever


@dataclass(frozen=True, slots=True)
class Tools:
    """What following needs from outside."""

    model: Model
    fetcher: Fetcher
    store: Callable[[], Store]
    clock: Clock
    say: Callable[[str], object]


def follow(plan: Plan, tools: Tools) -> None:
    """Poll until the rounds are over. A full disk or a lost network costs a round, not an item."""
    names = streams.expand(plan.inputs)
    done = 0
    while plan.rounds is None or done < plan.rounds:
        started = tools.clock.time()
        try:
            with tools.store() as store:
                _round(names, plan, tools, store)
        except OutputError as problem:
            tools.say(f"error: {problem}; what is new waits for the next poll")
        done += 1
        _clear(tools.fetcher.folder)
        if plan.rounds is None or done < plan.rounds:
            tools.clock.sleep(max(0.0, started + plan.every - tools.clock.time()))


def _clear(folder: Path) -> None:
    """Fetched bodies serve one round."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)


def _round(names: list[str], plan: Plan, tools: Tools, store: Store) -> None:
    with store.transaction():
        run = store.begin(Run(framing.__version__, tools.model.id.sha256, " ".join(plan.inputs)))
    poll = _Poll(plan, tools, store, run)
    poll.retry()
    for name in names:
        poll.feed(name)
    with store.transaction():
        counts = store.finish(run)
    tools.say(f"{counts[0]} new articles, {counts[1]} skips")


def _name(found: Item) -> str:
    """The id under which an item is stored, the same at each poll."""
    if isinstance(found, Unparsed):
        return found.about.id or found.where
    return found.id or found.url if isinstance(found, Link) else found.id


class _Poll:
    """One round over the feeds."""

    def __init__(self, plan: Plan, tools: Tools, store: Store, run: int) -> None:
        self._plan, self._tools, self._store, self._run = plan, tools, store, run
        self._base: Connection = store.connection()

    def feed(self, name: str) -> None:
        """The new items of one input."""
        options, validators = self._plan.options, Validators()
        try:
            if streams.is_address(name):
                answer = self._tools.fetcher.ask(name, self._known(name))
                if answer.fetched is None:
                    self._note(name, self._known(name), None)
                    return
                validators, options = answer.validators, replace(options, fetch=self._first(name, answer.fetched))
            for found in self._leaves(name, options):
                self._take(found)
        except InputError as problem:  # the validators stay as they were: the next poll gets all of it again
            self._tools.say(f"{name}: {problem.problem}")
            self._note(name, Validators(), problem.problem)
            return
        self._note(name, validators, None)

    def _first(self, name: str, fetched: Fetched) -> Callable[[str], Fetched]:
        """Gives the body that was just got for the feed itself, and fetches all else."""
        return lambda url: fetched if url == name else self._tools.fetcher.fetch(url)

    def _leaves(self, name: str, options: ReadOptions) -> Iterator[Item | Skip]:
        """What stands in an input, feeds behind a listing opened; pages stay addresses."""
        for found in readers.items(name, options):
            if isinstance(found, Link) and found.listing:
                yield from (each for each in readers.leaves(found, options))
            else:
                yield found

    def _known(self, name: str) -> Validators:
        found = self._base.execute("SELECT etag, modified FROM feeds WHERE url = ?", (name,)).fetchone()
        return Validators(*found) if found else Validators()

    def _note(self, name: str, validators: Validators, problem: str | None) -> None:
        with self._store.transaction():
            values = (name, *validators, self._store.now(), problem)
            self._base.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?)", values)

    def _take(self, found: Item | Skip) -> None:
        """Store an item that is new."""
        if isinstance(found, Skip):
            self._refuse(f"{found.where} {found.reason}", found)
            return
        name = _name(found)
        if not self._stands(name):
            self._resolve(name, found)

    def _stands(self, name: str) -> bool:
        tables = ("articles", "refused", "pending")
        query = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE id = :id" for table in tables)
        return self._base.execute(query, {"id": name}).fetchone() is not None

    def _resolve(self, name: str, found: Item) -> None:
        options = self._plan.options
        if not isinstance(found, Link):
            self._store_one(name, readers.finish(found, options))
        elif not options.follow:
            self._refuse(name, Skip(found.where, f"is only an address ({found.url}); --fetch gets what is there"))
        else:
            self._page(name, found)

    def _page(self, name: str, link: Link) -> None:
        """Fetch a page; what may succeed later waits."""
        try:
            found = [readers.finish(each, self._plan.options) for each in readers.page(link, self._plan.options)]
        except FetchError as problem:
            if problem.lasting:
                self._refuse(name, Skip(link.where, str(problem)))
            else:
                self._wait(name, link, problem.problem)
            return
        except InputError as problem:
            found = [Skip(link.where, str(problem))]
        for each in found[:1] or [Skip(link.where, f"nothing stands at {link.url}")]:
            self._store_one(name, each)

    def _store_one(self, name: str, found: Article | Skip) -> None:
        if isinstance(found, Skip):
            self._refuse(name, found)
            return
        article = replace(found, id=name)
        sketch = b""
        if self._plan.clusters:
            from framing.batches import sketches

            sketch = sketches.sketch(article)
        scored = Scored(self._tools.model.score_one(article), article.published, sketch)
        with self._store.transaction():
            self._base.execute("DELETE FROM pending WHERE id = ?", (name,))
            self._store.add(self._run, scored)

    def _refuse(self, name: str, skip: Skip) -> None:
        """Note a skip once, however often its item is seen."""
        with self._store.transaction():
            self._base.execute("DELETE FROM pending WHERE id = ?", (name,))
            if self._base.execute("INSERT OR IGNORE INTO refused VALUES (?)", (name,)).rowcount:
                self._store.skip(self._run, skip)

    def _wait(self, name: str, link: Link, problem: str) -> None:
        values = (name, link.url, link.where, link.title, link.published, link.outlet, 1, problem)
        with self._store.transaction():
            again = "ON CONFLICT (id) DO UPDATE SET tries = tries + 1, problem = excluded.problem"
            self._base.execute(f"INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, ?, ?) {again}", values)

    def retry(self) -> None:
        """The pages that could not be had before."""
        rows = self._base.execute("SELECT id, url, place, title, published, outlet, tries, problem FROM pending ORDER BY rowid").fetchall()
        for name, url, where, title, published, outlet, tries, problem in rows:
            link = Link(where, url, name, title, published, outlet)
            if tries >= TRIES:
                self._refuse(name, Skip(where, f"{url}: given up after {tries} polls ({problem})"))
            else:
                self._page(name, link)
