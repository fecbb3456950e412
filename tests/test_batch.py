import csv
import errno
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from framing import disk
from framing.batches import batch, pool, writers
from framing.batches.batch import Batch
from framing.batches.writers import SQLITE
from framing.cues import CUE_IDS
from framing.inputs.fetch import FetchConfig, Fetcher
from framing.inputs.rows import ReadOptions
from framing.inputs.snapshot import Snapshot
from framing.schema import Article, FramingError
from tests.children import hears_ctrl_c
from tests.server import Site

TEXTS = (
    "Abonnez-vous à notre chaîne Telegram ! Le conseil du canton a voté le budget de la ville de {}.",
    "Selon des experts, la hausse des prix de {} serait due à la sécheresse, ce que le ministère n’a pas confirmé mardi.",
    "Рада міста {} ухвалила бюджет на наступний рік після довгих дебатів між депутатами обох партій.",
)


class Silent:
    """A progress that keeps what it was told, and can break the batch off."""

    def __init__(self, stop_at: int = 0) -> None:
        self.notes, self.shards, self._stop_at = [], 0, stop_at

    def begin(self, size: int) -> None: ...

    def read(self, size: int) -> None: ...

    def done(self, articles: int, skips: int) -> None:
        self.shards += 1
        if self.shards == self._stop_at:
            raise KeyboardInterrupt

    def note(self, message: str) -> None:
        self.notes.append(message)


def write_rows(path: Path, count: int, bad: bool = True) -> None:
    rows = [json.dumps({"id": f"a{n}", "text": TEXTS[n % 3].format(f"lieu{n}") * (1 + n % 4), "outlet": f"o{n % 2}"}) for n in range(count)]
    if bad:
        rows.insert(count // 2, "{broken")
    path.write_text("\n".join(rows), encoding="utf-8")


def wanted(tmp_path: Path, name: str = "out.jsonl", **rest: object) -> Batch:
    out = tmp_path / name
    known = {"inputs": (str(tmp_path / "in.jsonl"),), "out": out, "form": writers.format_of(out), "options": ReadOptions(), "shard": 4}
    return Batch(**{**known, **rest})


def run(what: Batch, progress: Silent | None = None) -> batch.Outcome:
    return batch.run(what, progress or Silent(), lambda: "2026-11-24T08:00:00+00:00")


def test_each_output_holds_every_article_and_the_skips_stand_beside(tmp_path: Path, model) -> None:
    write_rows(tmp_path / "in.jsonl", 10)
    for name in ("out.jsonl", "out.csv", "out.parquet", "out.db"):
        assert run(wanted(tmp_path, name)) == batch.Outcome(10, 1)
        (skip,) = [json.loads(line) for line in (tmp_path / f"{name}.skips.jsonl").read_text().splitlines()]
        assert skip["where"].endswith("in.jsonl:6") and "no valid JSON" in skip["reason"]
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    expected = [r.as_dict() for r in model.score(Article(f"a{n}", TEXTS[n % 3].format(f"lieu{n}") * (1 + n % 4), outlet=f"o{n % 2}") for n in range(10))]
    assert [{k: v for k, v in row.items() if k not in ("cluster", "published")} for row in rows] == expected
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    flat = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    base = sqlite3.connect(tmp_path / "out.db")
    stored = dict(base.execute("SELECT article, probability FROM scores WHERE cue = 'social_promo'").fetchall())
    for row, columns, cells in zip(rows, table, flat, strict=True):
        assert {cue: columns[cue] for cue in CUE_IDS} == row["cues"] and columns["evidence"] == row["evidence"]
        assert cells["id"] == row["id"] and float(cells["social_promo"]) == row["cues"]["social_promo"] == stored[row["id"]]
        assert columns["cluster"] == row["cluster"] and cells["cluster_size"] == str(row["cluster"]["size"])
    assert base.execute("SELECT count(*) FROM evidence").fetchone() == (sum(len(r["evidence"]) for r in rows),)
    assert base.execute("SELECT articles, skips FROM runs").fetchall() == [(10, 1)]
    assert not list(tmp_path.glob("*.part*"))


def test_scoring_again_replaces_and_never_doubles(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 6, bad=False)
    for _ in range(2):
        run(wanted(tmp_path, "out.db"))
    base = sqlite3.connect(tmp_path / "out.db")
    assert base.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM scores), (SELECT count(*) FROM runs)").fetchone() == (6, 6 * len(CUE_IDS), 2)
    assert base.execute("SELECT sum(size) FROM clusters").fetchone() == (6,)


def test_a_broken_off_batch_goes_on_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 20)
    whole = wanted(tmp_path, "whole.jsonl")
    run(whole)
    for jobs in (1, 2):
        broken = wanted(tmp_path, f"broken{jobs}.jsonl", pool=pool.Pool(jobs))
        with pytest.raises(KeyboardInterrupt):
            run(broken, Silent(stop_at=3))
        assert len(list(broken.parts.glob("0*.jsonl"))) == 3 and not broken.out.exists()
        second = Silent()
        run(broken, second)
        assert second.shards == 3 and "3 finished shards" in second.notes[0]
        assert broken.out.read_bytes() == whole.out.read_bytes()


def test_other_inputs_or_an_explicit_wish_begin_anew(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 12)
    for count, resume in ((13, True), (13, False)):
        with pytest.raises(KeyboardInterrupt):
            run(wanted(tmp_path), Silent(stop_at=2))
        write_rows(tmp_path / "in.jsonl", count)
        again = Silent()
        run(wanted(tmp_path, resume=resume), again)
        assert again.shards == 4 and "anew" in again.notes[0]


def test_strict_stops_at_a_skip_and_writes_no_output(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 10)
    for _ in range(2):
        with pytest.raises(FramingError, match=r"in\.jsonl:6: no valid JSON"):
            run(wanted(tmp_path, strict=True))
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out.csv"])
def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, name: str) -> None:
    write_rows(tmp_path / "in.jsonl", 10)
    run(wanted(tmp_path, f"whole-{name}"))
    (tmp_path / name).write_bytes(b"old")
    real, calls = getattr(os, call), 0

    def full(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls >= allowed:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(os, call, full)
    whole, refused = (tmp_path / f"whole-{name}").read_bytes(), 0
    allowed = 0
    while allowed < 20:
        allowed, calls = allowed + 1, 0
        try:
            run(wanted(tmp_path, name))
            break
        except FramingError as problem:
            refused += 1
            assert "No space left" in str(problem) and "Traceback" not in str(problem)
            assert (tmp_path / name).read_bytes() in (b"old", whole)
    assert refused >= 3 and (tmp_path / name).read_bytes() == whole
    assert not list(tmp_path.glob(".*part"))


def test_a_second_run_on_the_same_output_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 3)
    with disk.locked(tmp_path / "out.jsonl"), pytest.raises(FramingError, match="another run"):
        run(wanted(tmp_path))


def test_copies_on_mirrors_count_once(tmp_path: Path) -> None:
    base = "Le conseil du canton a voté mardi soir le budget de la ville, après un débat de quatre heures sur les écoles et les routes. " * 3
    rows = [{"id": f"m{n}", "text": f"{base}\nVu sur miroir {n}", "outlet": f"m{n}.example", "published": f"2026-11-{24 - n}"} for n in range(5)]
    rows.insert(2, {"id": "other", "text": TEXTS[1].format("Berne") * 3, "outlet": "o"})
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run(wanted(tmp_path))
    clusters = {(r := json.loads(line))["id"]: r["cluster"] for line in (tmp_path / "out.jsonl").read_text().splitlines()}
    assert clusters["m4"] == {"id": "m0", "size": 5, "first_seen": "2026-11-20", "outlets": [f"m{n}.example" for n in range(5)]}
    assert clusters["other"]["size"] == 1
    run(wanted(tmp_path, "out.db"))
    (tmp_path / "in.jsonl").write_text(json.dumps({**rows[0], "id": "later", "outlet": "later.example"}))
    run(wanted(tmp_path, "out.db"))
    store = sqlite3.connect(tmp_path / "out.db")
    assert store.execute("SELECT id, size, first_seen, outlet_count FROM clusters WHERE size > 1").fetchall() == [("m0", 6, "2026-11-20", 6)]
    run(wanted(tmp_path, clusters=False))
    assert json.loads((tmp_path / "out.jsonl").read_text())["cluster"] is None


def test_a_resumed_batch_asks_no_server_twice(tmp_path: Path, site: Site) -> None:
    page = "<html><head><title>T{0}</title></head><body><article><p>Le conseil a voté le budget numéro {0} après un long débat.</p></article></body></html>"
    for n in range(6):
        site.pages[f"/{n}"] = (200, {"Content-Type": "text/html; charset=utf-8"}, page.format(n).encode())
    (tmp_path / "in.urls").write_text("\n".join(f"{site.url}/{n}" for n in range(8)))

    def fetching(name: str) -> Batch:
        what = wanted(tmp_path, name, inputs=(str(tmp_path / "in.urls"),), shard=2)
        snapshot = Snapshot(Fetcher(what.parts / batch.FETCHED, FetchConfig(allow_private=True, delay=0, retries=0), time))
        return Batch(**{**{f: getattr(what, f) for f in what.__slots__}, "options": ReadOptions(fetch=snapshot.fetch, follow=True)})

    with pytest.raises(KeyboardInterrupt):
        run(fetching("out.jsonl"), Silent(stop_at=2))
    asked = list(site.asked)
    site.pages = {path: (200, {"Content-Type": "text/html"}, b"<p>changed since, which must not matter</p>") for path in asked}
    for n in range(4, 6):
        site.pages[f"/{n}"] = (200, {"Content-Type": "text/html; charset=utf-8"}, page.format(n).encode())
    assert run(fetching("out.jsonl")) == batch.Outcome(6, 2)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["title"] for row in rows] == [f"T{n}" for n in range(6)]
    pages = [path for path in site.asked if path != "/robots.txt"]
    assert sorted(pages) == sorted(set(pages))


def command(tmp_path: Path, name: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "framing.cli", "batch", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / name), "--shard", "3", *options]


@pytest.mark.parametrize("name", ["out.jsonl", "out.db"])
def test_ten_kills_at_random_moments_lose_nothing_and_double_nothing(tmp_path: Path, name: str) -> None:
    write_rows(tmp_path / "in.jsonl", 150)
    run(wanted(tmp_path, f"whole-{name}", shard=3))
    chance = random.Random(name)
    kills = 0
    for attempt in range(40):
        options = ("-j", "2") if attempt % 2 else ()
        child = subprocess.Popen(command(tmp_path, name, *options), stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            child.wait(chance.uniform(0.3, 1.6) if kills < 10 else 120)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            kills += 1
            continue
        assert child.returncode == 0
        if kills >= 10:
            break
    assert kills == 10
    if name.endswith("db"):
        query = "SELECT a.id, a.outlet, a.cluster, s.cue, s.probability FROM articles a JOIN scores s ON s.article = a.id ORDER BY 1, 4"
        ours, whole = (sqlite3.connect(tmp_path / n).execute(query).fetchall() for n in (name, f"whole-{name}"))
        assert ours == whole and len(ours) == 150 * len(CUE_IDS)
        assert sqlite3.connect(tmp_path / name).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    else:
        assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()
    skips = json.loads((tmp_path / f"{name}.skips.jsonl").read_text())
    assert skips["where"].endswith(":76")


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 4000)
    unwatched = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}  # coverage can deadlock on an interrupt
    for options in ((), ("-j", "2")):
        name = f"out{len(options)}.jsonl"
        child = subprocess.Popen(
            command(tmp_path, name, *options), stderr=subprocess.PIPE, start_new_session=True, text=True, env=unwatched, preexec_fn=hears_ctrl_c
        )
        while not list(tmp_path.glob(f"{name}.parts/0*1.jsonl")):
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGINT)
        _, said = child.communicate(timeout=60)
        assert child.returncode == 130 and "interrupted" in said and "Traceback" not in said
        assert list(tmp_path.glob(f"{name}.parts/0*.jsonl")) and not (tmp_path / name).exists()


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_killed_local_worker_costs_its_shards_only(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 150)
    run(wanted(tmp_path, "whole.jsonl", shard=3))
    child = subprocess.Popen(command(tmp_path, "out.jsonl", "-j", "2"), stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("out.jsonl.parts/0*1.jsonl")):
        time.sleep(0.05)
    workers = [p for p in children(child.pid) if b"loky" in Path(f"/proc/{p}/cmdline").read_bytes() and b"tracker" not in Path(f"/proc/{p}/cmdline").read_bytes()]
    os.kill(workers[-1], signal.SIGKILL)
    _, said = child.communicate(timeout=120)
    assert child.returncode == 0, said
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_killed_cluster_worker_costs_nothing(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    write_rows(tmp_path / "in.jsonl", 150)
    run(wanted(tmp_path, "whole.jsonl", shard=3))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        killed = []

        class Killing(Silent):
            def done(self, articles: int, skips: int) -> None:
                super().done(articles, skips)
                if self.shards == 5:
                    killed.append(cluster.workers[0].pid)
                    os.kill(killed[0], signal.SIGKILL)

        run(wanted(tmp_path, shard=3, pool=pool.Pool(scheduler=cluster.scheduler_address)), Killing())
    assert killed and (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "in.jsonl", 3)
    monkeypatch.setattr(pool, "CONNECT_SECONDS", 1)
    with pytest.raises(FramingError, match="is no Dask scheduler"):
        run(wanted(tmp_path, pool=pool.Pool(scheduler="tcp://127.0.0.1:1")))


def test_an_error_while_reading_reaches_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for jobs in (1, 2):
        with pytest.raises(FramingError, match=r"framing\[parquet\]"):
            run(wanted(tmp_path, inputs=(str(tmp_path / "in.parquet"),), pool=pool.Pool(jobs)))


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", 3)
    base = sqlite3.connect(tmp_path / "out.db")
    base.execute("CREATE TABLE mine (x)")
    base.commit()
    with pytest.raises(FramingError, match="no results database"):
        run(wanted(tmp_path, "out.db"))
    (tmp_path / "text.db").write_text("no database at all, but some text" * 50)
    with pytest.raises(FramingError, match="cannot be used"):
        run(wanted(tmp_path, "text.db"))
    assert base.execute("SELECT name FROM sqlite_schema").fetchall() == [("mine",)] and SQLITE == "sqlite"


def test_an_empty_input_gives_an_empty_output(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("")
    for name in ("out.jsonl", "out.csv", "out.parquet", "out.db"):
        assert run(wanted(tmp_path, name)) == batch.Outcome(0, 0)
        assert (tmp_path / name).exists() and not (tmp_path / f"{name}.skips.jsonl").exists()
