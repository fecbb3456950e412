"""`framing batch`: its options, and what it says."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framing.inputs.rows import ReadOptions

if TYPE_CHECKING:
    from framing.batches.batch import Batch
    from framing.inputs.fetch import FetchConfig, Fetcher

FORMATS = ("jsonl", "csv", "parquet", "sqlite")


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as given."""

    inputs: tuple[str, ...]
    output: Path
    form: str | None
    input_format: str | None
    encoding: str
    language: str | None
    model: str
    jobs: int
    scheduler: str | None
    strict: bool
    resume: bool
    clusters: bool
    fetch: bool
    allow_private: bool
    delay: float
    agent: str | None
    follow: bool
    every: float
    rounds: int | None
    shard: int


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="A .jsonl, .csv, .parquet or .db file.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), help="Instead of telling it by the output's suffix.")
@click.option("-i", "--input-format", help="Instead of telling it by suffix or content.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text, table and HTML files.")
@click.option("--lang", "language", metavar="CODE", help="The articles' language; detected if not given.")
@click.option("-m", "--model", default="default", show_default=True, help="A model folder, or a shipped model's name.")
@click.option("-j", "--jobs", default=1, show_default=True, type=click.IntRange(1, 512), help="Local processes.")
@click.option("--scheduler", metavar="tcp://…", help="Score on the Dask cluster behind this address.")
@click.option("--strict", is_flag=True, help="Stop with 1 at the first skip.")
@click.option("--resume/--no-resume", default=True, show_default=True, help="Go on where an earlier run was broken off.")
@click.option("--clusters/--no-clusters", default=True, show_default=True, help="Find near-duplicates.")
@click.option("--fetch", is_flag=True, help="Get the pages and feeds whose addresses stand in the inputs.")
@click.option("--allow-private", is_flag=True, help="Fetch from private and loopback addresses too.")
@click.option("--delay", default=1.0, show_default=True, type=click.FloatRange(0), help="Seconds between two requests to a host.")
@click.option("--agent", help="The User-Agent to fetch with; name yourself and an address.")
@click.option("--follow", is_flag=True, help="Poll the feeds for ever and score new items into the database.")
@click.option("--every", default=900.0, show_default=True, type=click.FloatRange(0), help="Seconds between two polls.")
@click.option("--rounds", type=click.IntRange(1), help="End after so many polls.")
@click.option("--shard", default=64, show_default=True, type=click.IntRange(1), help="Articles scored and saved at once.")
def batch(**chosen: Any) -> int:
    """Score feeds, tables, archives, pages and lists of them: files, folders, globs or addresses. Resumes when run again."""
    asked = Asked(**{f.name: chosen[f.name] for f in fields(Asked)})
    from framing.batches import writers

    form = asked.form or writers.format_of(asked.output)
    if asked.follow:
        if form != writers.SQLITE:
            raise click.UsageError("--follow keeps its state in SQLite: name a .db output")
        return _follow(asked)
    return _batch(asked, form)


def _say(message: str) -> None:
    click.echo(message, err=True)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def _options(asked: Asked) -> ReadOptions:
    from framing.inputs.readers import READERS

    if asked.input_format and asked.input_format not in READERS:
        raise click.UsageError(f"--input-format is one of {', '.join(READERS)}")
    return ReadOptions(asked.input_format, asked.encoding, language=asked.language, follow=asked.fetch)


def _config(asked: Asked) -> FetchConfig:
    from framing.inputs.fetch import FetchConfig

    config = FetchConfig(delay=asked.delay, allow_private=asked.allow_private)
    return replace(config, agent=asked.agent) if asked.agent else config


def _batch(asked: Asked, form: str) -> int:
    from framing.batches import batch as batches
    from framing.batches.pool import Pool
    from framing.batches.progress import progress

    with progress(_say) as shown:
        options = replace(_options(asked), tick=shown.read)
        wanted = batches.Batch(
            asked.inputs, asked.output, form, options, asked.model, Pool(asked.jobs, asked.scheduler), asked.strict, asked.resume,
            asked.clusters, asked.shard,
        )  # fmt: skip
        outcome = batches.run(_fetching(asked, wanted), shown, _now)
    skips = f"; {outcome.skips} skips in {asked.output}.skips.jsonl" if outcome.skips else ""
    _say(f"wrote {asked.output}: {outcome.articles} articles{skips}")
    return 0 if outcome.articles or not outcome.skips else 1


def _fetching(asked: Asked, wanted: Batch) -> Batch:
    """The batch with its fetcher, where addresses are among its inputs or are to be followed."""
    from framing.batches import batch as batches
    from framing.inputs.streams import is_address

    if not asked.fetch and not any(is_address(name) for name in asked.inputs):
        return wanted
    from framing.inputs.snapshot import Snapshot

    snapshot = Snapshot(_fetcher(asked, wanted.parts / batches.FETCHED))
    return replace(wanted, options=replace(wanted.options, fetch=snapshot.fetch))


def _fetcher(asked: Asked, folder: Path) -> Fetcher:
    from framing.inputs.fetch import Fetcher

    return Fetcher(folder, _config(asked), time)


def _follow(asked: Asked) -> int:
    import shutil

    import framing
    from framing import disk
    from framing.batches import follow
    from framing.batches.store import Store

    if not asked.rounds:
        _say(f"polling {len(asked.inputs)} inputs every {asked.every:.0f} s; Ctrl-C ends it, running it again goes on")
    model = framing.load(asked.model)
    folder = asked.output.with_name(f"{asked.output.name}.fetched")
    with disk.locked(asked.output), disk.writing(folder):
        folder.mkdir(exist_ok=True)
        fetcher = _fetcher(asked, folder)
        options = replace(_options(asked), fetch=fetcher.fetch)
        plan = follow.Plan(asked.inputs, asked.output, options, asked.clusters, asked.every, asked.rounds)
        follow.follow(plan, follow.Tools(model, fetcher, lambda: Store(asked.output, _now), time, _say))
        shutil.rmtree(folder, ignore_errors=True)
    return 0




COMMANDS: dict[str, click.Command] = {"batch": batch}
