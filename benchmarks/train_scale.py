"""Trains one binary article-level head on many articles by framing and by TfidfVectorizer + LogisticRegression, side by side.

usage: python benchmarks/train_scale.py DATA_FOLDER [ARTICLES] [ROUNDS]

The articles, of 3 kB each, are drawn from FANG-COVID articles of one kind (fake, real), four sentences at a time; the 5,000
held-out ones from articles of which no training sentence comes. It compares two programs, not a task: outlets are not parted.
Same features in both: words and word pairs, sublinear tf-idf, min_df 3, C 10; framing folds accents, case and digits inside the
clock, scikit-learn gets the texts folded before it starts. Each way runs in a process of its own, in turns. Reports seconds, peak
memory and F1.
"""

import gzip
import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SIZE = 3000
HELD = 5000
C = 10.0
MIN_DF = 3


def articles(data: Path, n: int) -> tuple[list[str], np.ndarray, list[str], np.ndarray]:
    """Training texts and labels, held-out texts and labels; the same for the same n."""
    with gzip.open(data / "fang_covid.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random = np.random.default_rng(0)
    held = set(random.permutation(sorted(r["id"] for r in rows))[: len(rows) // 4].tolist())
    parts = []
    for inside, count in ((False, n), (True, HELD)):
        pools = {kind: [s for r in rows if (r["id"] in held) == inside and r["labels"]["veracity"] == kind
                        for s in re.split(r"(?<=[.!?])\s+", r["text"])] for kind in ("fake", "real")}  # fmt: skip
        kinds = random.integers(0, 2, count)
        parts += [[_drawn(pools["real" if kind else "fake"], random) for kind in kinds], kinds]
    return tuple(parts)


def _drawn(pool: list[str], random: np.random.Generator) -> str:
    found, size = [], 0
    while size < SIZE:
        start = int(random.integers(0, len(pool)))
        for sentence in pool[start : start + 4]:
            found.append(sentence)
            size += len(sentence) + 1
    return " ".join(found)[:SIZE]


def by_framing(train: list[str], labels: np.ndarray, held: list[str]) -> np.ndarray:
    from framing.tasks import heads

    features = heads.FeatureSet((("words", "pairs"),), (1.0,), bits=22, min_df=MIN_DF)
    counts = heads.counted(train, features, 2)
    weighing = heads.weighing(counts)
    rows = weighing.rows(counts)
    del counts
    head = heads.fit(rows, labels[:, None].astype(np.int8), heads.Setting(C))
    return heads.margins(weighing.rows(heads.counted(held, features, 2)), head)[:, 0] > 0


def by_sklearn(train: list[str], labels: np.ndarray, held: list[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=MIN_DF)
    model = LogisticRegression(C=C, max_iter=1000).fit(vectorizer.fit_transform(train), labels)
    return model.predict(vectorizer.transform(held)) == 1


WAYS = {"framing": by_framing, "sklearn": by_sklearn}


def child(name: str, data: Path, n: int) -> None:
    import sklearn.feature_extraction.text
    import sklearn.linear_model  # noqa: F401  imports are no part of the time
    from sklearn.metrics import f1_score

    train, labels, held, truth = articles(data, n)
    if name == "sklearn":
        from framing.text import fold

        train, held = ([fold(text).text for text in texts] for texts in (train, held))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, used = time.perf_counter(), time.process_time()
    found = WAYS[name](train, labels, held)
    seconds = time.perf_counter() - start
    used = time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    row = {"seconds": seconds, "cpu": used, "before": before / 2**20, "gib": peak / 2**20, "f1": f1_score(truth, found)}
    print(json.dumps(row))


def main(data: Path, n: int, rounds: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name in WAYS:
            command = [sys.executable, __file__, str(data), str(n), "--child", name]
            row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
            times[name].append(row["seconds"])
            times_shown = f"{name:8} {row['seconds']:7.1f} s ({row['cpu']:.1f} s of processor)"
            print(f"{times_shown}  peak {row['gib']:.2f} GiB (texts {row['before']:.2f})  F1 {row['f1']:.4f}", flush=True)
    ratio = float(np.median(times["framing"]) / np.median(times["sklearn"]))
    print(f"{n:,} articles: framing takes {ratio:.3f} of the time of scikit-learn (medians of {rounds})")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if "--child" in sys.argv:
        child(sys.argv[4], Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
