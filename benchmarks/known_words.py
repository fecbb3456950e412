"""How many of their words the shipped model knows in real articles that it was not trained on, and how many it abstains from.

    python benchmarks/known_words.py FOLDER      the folder of the corpora's texts (<corpus>.jsonl.gz)
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import framing
from framing import abstain, language
from framing.bundle import read_manifest
from framing.text import fold, tokens

REAL = Path(__file__).parent.parent / "datasets" / "real"
MOST = 2500  # articles a corpus
LETTERS = 300  # below it a text is left out


def articles(folder: Path) -> Iterator[str]:
    for path in sorted(REAL.glob("*.jsonl")):
        trained = {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}
        given = 0
        with gzip.open(folder / f"{path.stem}.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                text = row.get("text") or ""
                if row["id"] not in trained and len(text) >= LETTERS and given < MOST:
                    given += 1
                    yield text


def main() -> None:
    model = framing.load()
    vocabulary = abstain.Vocabulary(model.panels["sentence"].table)
    bars = read_manifest(model.folder).get("known", abstain.KNOWN)
    shares = defaultdict(list)
    for text in articles(Path(sys.argv[1])):
        code, sure = language.detect(text[: language.SAMPLE])
        share, words = vocabulary.share(tokens(fold(text[:4000])).texts)
        if sure >= language.SURE and words >= abstain.FEWEST_WORDS:
            shares[code].append(share)
    for code, found in sorted(shares.items(), key=lambda pair: -len(pair[1])):
        bar = bars.get(code, bars[abstain.ELSEWHERE])
        low = f"{abstain.RISK:.1%} {np.quantile(found, abstain.RISK):.3f}  median {np.median(found):.3f}"
        print(f"{code}  n {len(found):>5}  {low}  bar {bar:.2f}, below it {(np.array(found) < bar).mean():.2%}")


if __name__ == "__main__":
    main()
