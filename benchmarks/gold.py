"""Scores the held-out gold articles with a model and prints the metric of record.

usage: python benchmarks/gold.py SHARED_FOLDER [MODEL]

For reporting only: nothing is trained, tuned or chosen on these articles. Prints the table over all articles and over those
of outlets that no training article comes from.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import framing
from framing.training import corpora

ROOT = Path(__file__).parent.parent


def main(shared: Path, name: str) -> None:
    model = framing.load(name)
    gold_path = shared / "data" / "gold_dev.jsonl.gz"
    with gzip.open(gold_path, "rt", encoding="utf-8") as file:
        gold = [json.loads(line) for line in file]
    records = []
    for row in gold:  # the language is detected, as for a user
        article = framing.Article(row["id"], row["text"], row["title"])
        records.append(model.score_one(article).as_dict())
    seen = {label.group for label in corpora.real(ROOT / "datasets", shared / "data")}
    unseen = {row["id"] for row in gold if row["outlet"] not in seen}
    for title, chosen in (("all articles", {row["id"] for row in gold}), ("outlets unseen in training", unseen)):
        print(f"\n{title}: {len(chosen)}")
        print(measure(shared, [r for r in gold if r["id"] in chosen], [r for r in records if r["id"] in chosen]))


def measure(shared: Path, gold: list[dict], records: list[dict]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("gold.jsonl", "pred.jsonl")]
        for path, rows in zip(paths, (gold, records), strict=True):
            path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
        command = [sys.executable, str(shared / "tools" / "score_gold.py"), *map(str, paths)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "default")
