"""A batch: inputs to shards to part files to one output, resumed where a run was broken off.

A part file's existence marks its shard as done. The folder of parts holds what makes the shards the same again:
`run.json` (inputs, options, model) and the fetched bodies. Results keep the order of the inputs, so that an interrupted
run and an uninterrupted one end in the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import framing
from framing.batches import merging, pool, shards
from framing.batches.shards import Entry, Job, Part
from framing.bundle import write_atomic
from framing.disk import locked, writing
from framing.inputs import readers, streams
from framing.inputs.rows import Link, ReadOptions
from framing.schema import FramingError, InputError, Skip

PLAN = "run.json"
FETCHED = "fetched"


class Progress(Protocol):
    """Whoever is told how a batch goes."""

    def begin(self, size: int) -> None:
        """The bytes of the local inputs."""
        ...

    def read(self, size: int) -> None:
        """So many bytes more were read."""
        ...

    def done(self, articles: int, skips: int) -> None:
        """A shard is scored."""
        ...

    def note(self, message: str) -> None:
        """Something worth a line."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """What to score and where to."""

    inputs: tuple[str, ...]
    out: Path
    form: str
    options: ReadOptions
    model: str = "default"
    pool: pool.Pool = field(default_factory=pool.Pool)
    strict: bool = False
    resume: bool = True
    clusters: bool = True
    shard: int = shards.ARTICLES

    @property
    def parts(self) -> Path:
        """The folder of part files, beside the output; gone once the output is complete."""
        return self.out.with_name(f"{self.out.name}.parts")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    articles: int
    skips: int


def run(batch: Batch, progress: Progress, now: Callable[[], str]) -> Outcome:
    """Score the inputs into the output. Raises `FramingError`; what is done by then stays done."""
    with locked(batch.out):
        files = streams.expand(batch.inputs)
        job = _job(batch)
        _prepare(batch, files, job, progress)
        progress.begin(sum(_stamp(name)[1] for name in files))
        for part in pool.each(batch.pool, lambda: _tasks(batch, files, job)):
            _keep(batch, part, progress)
        if batch.strict:
            _refuse_skips(_parts(batch))
        origin = merging.Origin(framing.__version__, job.sha256, batch.inputs, now)
        outcome = Outcome(*merging.merge(batch.out, batch.form, _parts(batch), origin))
        shutil.rmtree(batch.parts, ignore_errors=True)
    return outcome


def _job(batch: Batch) -> Job:
    if batch.clusters:
        from framing.batches import sketches

        sketches.available()
    return Job(batch.model, framing.load(batch.model).id.sha256, shards.portable(batch.options), batch.clusters)


def _prepare(batch: Batch, files: list[str], job: Job, progress: Progress) -> None:
    """Keep the parts of a broken-off run of the same plan; drop those of another."""
    plan = json.dumps(
        {
            "version": framing.__version__, "model": job.sha256, "shard": batch.shard, "clusters": batch.clusters,
            "options": _described(batch.options), "inputs": [_stamp(name) for name in files],
        },
        indent=1,
    ).encode()  # fmt: skip
    path = batch.parts / PLAN
    with writing(batch.parts):
        if batch.parts.exists():
            if batch.resume and "-" not in files and path.exists() and path.read_bytes() == plan:
                progress.note(f"going on behind {len(_parts(batch))} finished shards of an earlier run")
                return
            progress.note("an earlier run of other inputs or options was broken off: beginning anew")
            shutil.rmtree(batch.parts)
        batch.parts.mkdir()
        (batch.parts / FETCHED).mkdir()
    write_atomic(path, plan)


def _described(options: ReadOptions) -> list[Any]:
    return [options.format, options.encoding, options.title, options.url, options.language, options.follow]


def _stamp(name: str) -> tuple[str, int, int]:
    """A file's name, size and time of change: another file is another plan."""
    try:
        found = Path(name).stat() if "://" not in name and name != "-" else None
    except OSError:
        found = None
    return (name, found.st_size, found.st_mtime_ns) if found else (name, 0, 0)


def _parts(batch: Batch) -> list[Path]:
    return sorted(path for path in batch.parts.glob("*.jsonl") if path.stem.isdecimal())


def _part(batch: Batch, number: int) -> Path:
    return batch.parts / f"{number:09d}.jsonl"


def _tasks(batch: Batch, files: list[str], job: Job) -> Iterator[tuple[int, list[Entry], Job]]:
    """The shards that have no part file yet."""
    for number, shard in enumerate(shards.cut(_entries(files, batch), batch.shard)):
        if not _part(batch, number).exists():
            yield number, shard, job


def _entries(files: list[str], batch: Batch) -> Iterator[Entry]:
    """What stands in the inputs, in order. An input that cannot be read, or not to its end, is a skip."""
    for path in files:
        try:
            for found in readers.items(path, batch.options):
                if isinstance(found, Link):
                    yield from (each for each in readers.resolve(found, batch.options) if not isinstance(each, Link))
                else:
                    yield found
        except InputError as problem:
            yield Skip(path, str(problem).removeprefix(f"{path}: "))


def _keep(batch: Batch, part: Part, progress: Progress) -> None:
    """Write a part to its place."""
    path = _part(batch, part.number)
    write_atomic(path, part.lines)
    progress.done(part.articles, part.skips)
    if batch.strict and part.skips:
        _refuse_skips([path])


def _refuse_skips(parts: list[Path]) -> None:
    for line in shards.read_parts(parts):
        if line.skip:
            raise FramingError(line.skip.where, line.skip.reason, "mend it, or leave --strict out")
