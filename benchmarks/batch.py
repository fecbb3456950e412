"""Batches: throughput with one and two local jobs, run in turn, and resident memory over a long batch.

usage: python benchmarks/batch.py speed [ARTICLES [PAIRS]]
       python benchmarks/batch.py memory [ARTICLES [BYTES]]

The articles are strung together from the written passages. Speed: wall clock, and CPU seconds of all processes, which other work on
the machine disturbs less. Memory: the resident set of the reading process and of its largest worker, sampled from /proc: at its
highest within the first thousand articles and from then on.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PASSAGES = sorted((ROOT / "datasets" / "cues").glob("*.jsonl"))


def write_articles(path: Path, count: int, size: int) -> None:
    passages = [json.loads(line)["text"] for file in PASSAGES for line in file.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            start, text = chance.randrange(len(passages)), f"Numéro {number}."
            while len(text.encode()) < size:
                text, start = f"{text}\n{passages[start % len(passages)]}", start + 1
            out.write(json.dumps({"id": str(number), "text": text, "outlet": f"o{number % 50}"}, ensure_ascii=False) + "\n")


def command(path: Path, out: Path, jobs: int) -> list[str]:
    return [str(Path(sys.executable).parent / "framing"), "batch", str(path), "-o", str(out), "--jobs", str(jobs)]


def timed(path: Path, out: Path, jobs: int) -> tuple[float, float]:
    """Wall and CPU seconds of a batch."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(command(path, out, jobs), check=True, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    return wall, after.children_user - before.children_user + after.children_system - before.children_system


def resident(pid: int) -> int:
    """Megabytes of a process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)


def children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def sampled(path: Path, out: Path, jobs: int) -> tuple[tuple[int, int], tuple[int, int]]:
    running = subprocess.Popen(command(path, out, jobs), stderr=subprocess.DEVNULL)
    first, later = (0, 0), (0, 0)
    while running.poll() is None:
        now = (resident(running.pid), max(map(resident, children(running.pid)), default=0))
        scored = len(list(out.with_name(f"{out.name}.parts").glob("0*.jsonl"))) * 64
        if scored < 1000 and later == (0, 0):
            first = max(first[0], now[0]), max(first[1], now[1])
        else:
            later = max(later[0], now[0]), max(later[1], now[1])
        time.sleep(0.5)
    assert running.returncode == 0
    return first, later


def speed(articles: int = 2000, pairs: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        write_articles(path, articles, 3000)
        print(f"{articles} articles of {path.stat().st_size // articles} bytes, {os.cpu_count()} cores")
        runs = []
        for _ in range(pairs):
            load = os.getloadavg()[0]
            runs.append((timed(path, out, 1), timed(path, out, 2)))
            (wall, cpu), (wall2, cpu2) = runs[-1]
            print(f"load {load:.1f}: 1 job {wall:.1f} s wall, {cpu:.1f} s CPU; 2 jobs {wall2:.1f} s wall, {cpu2:.1f} s CPU")
    print(f"articles/s of CPU, one job: {articles / statistics.median(one[1] for one, _ in runs):.1f}")
    print(f"2 jobs to 1, wall: {statistics.median(one[0] / two[0] for one, two in runs):.2f}")
    print(f"2 jobs to 1, on two idle cores by CPU: {statistics.median(2 * one[1] / two[1] for one, two in runs):.2f}")


def memory(articles: int = 20_000, size: int = 3000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        write_articles(path, articles, size)
        first, later = sampled(path, out, 2)
    print(f"{articles} articles of {size} bytes, 2 jobs, resident MB (reader, largest worker): first thousand {first}, later {later}")


if __name__ == "__main__":
    {"speed": speed, "memory": memory}[sys.argv[1]](*map(int, sys.argv[2:]))
