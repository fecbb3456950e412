"""Where shards are scored: in this process, in local ones (joblib), or on the Dask cluster behind an address (joblib's backend)."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from framing.batches import shards
from framing.batches.shards import Entry, Job, Part
from framing.schema import FramingError, MissingExtra

STALLED_SECONDS = 900  # without a finished shard: joblib can miss a worker's death and wait for ever
ROUNDS = 3  # in which workers died and no shard was finished
CONNECT_SECONDS = 30
Task = tuple[int, list[Entry], Job]


@dataclass(frozen=True, slots=True)
class Pool:
    """How many local processes, or which cluster."""

    jobs: int = 1
    scheduler: str | None = None


def each(pool: Pool, tasks: Callable[[], Iterable[Task]]) -> Iterator[Part]:
    """The parts as they are finished, in any order.

    `tasks` gives what is still to be done: it is asked again where workers died, by the system's hand or a page's.
    """
    if pool.scheduler is None and pool.jobs == 1:
        yield from (shards.score(*task) for task in tasks())
        return
    with _backend(pool):
        fruitless = 0
        while fruitless < ROUNDS:
            finished = 0
            try:
                for part in _parallel(pool, tasks()):
                    finished += 1
                    yield part
                return
            except _worker_deaths():
                _dismiss(pool)
                fruitless = 0 if finished else fruitless + 1
    remedy = "run it with --jobs 1 to see where, or give more memory"
    raise FramingError("workers", f"died or stalled {ROUNDS} times over the same shards", remedy)


class _Guarded:
    """Tasks whose error is kept for the main thread: joblib reads them in a thread of its own."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = tasks
        self.problem: BaseException | None = None

    def __iter__(self) -> Iterator[Task]:
        try:
            yield from self._tasks
        except BaseException as problem:
            if isinstance(problem, GeneratorExit):
                raise
            self.problem = problem


def _parallel(pool: Pool, tasks: Iterable[Task]) -> Iterator[Part]:
    import joblib

    warnings.filterwarnings("ignore", message=".*tasks which were still being processed")  # said at Ctrl-C, where nothing is lost
    guarded = _Guarded(tasks)
    work = shards.score if pool.scheduler else _locally
    parallel = joblib.Parallel(
        n_jobs=None if pool.scheduler else pool.jobs, return_as="generator_unordered", batch_size=1,
        pre_dispatch="2*n_jobs", timeout=STALLED_SECONDS,
    )  # fmt: skip
    yield from parallel(joblib.delayed(work)(*task) for task in guarded)
    if guarded.problem is not None:
        raise guarded.problem


def _locally(number: int, shard: list[Entry], job: Job) -> Part:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent answers it
    return shards.score(number, shard, job)


@contextmanager
def _backend(pool: Pool) -> Iterator[None]:
    if pool.scheduler is None:
        try:
            yield
        finally:
            _dismiss(pool)
        return
    import joblib

    try:
        distributed: Any = import_module("distributed")
    except ImportError as problem:
        raise MissingExtra("--scheduler", "dask") from problem
    try:
        client = distributed.Client(pool.scheduler, timeout=CONNECT_SECONDS, set_as_default=True)
    except (OSError, ValueError, TypeError) as problem:
        raise FramingError(pool.scheduler, f"is no Dask scheduler that answers ({problem})", "check the address") from problem
    with client, joblib.parallel_config(backend="dask", wait_for_workers_timeout=CONNECT_SECONDS):
        yield


def _dismiss(pool: Pool) -> None:
    """End the local processes, whatever state they are in: they are not shared with a later round or batch."""
    from joblib.externals.loky import get_reusable_executor

    if pool.scheduler is None:
        get_reusable_executor().shutdown(wait=True, kill_workers=True)


def _worker_deaths() -> tuple[type[BaseException], ...]:
    from multiprocessing import TimeoutError as Stalled

    from joblib.externals.loky.process_executor import TerminatedWorkerError

    distributed = sys.modules.get("distributed")
    cluster = (distributed.KilledWorker,) if distributed else ()
    return (TerminatedWorkerError, Stalled, *cluster)
