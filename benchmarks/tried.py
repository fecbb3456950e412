"""How well a model finds the furniture cues in a language that is tried: on real articles that nothing was trained on.

usage: python benchmarks/tried.py TEXTS_FOLDER [MODEL]       (`framing.cues.TRIED` names the languages)
"""

import sys
from pathlib import Path

import numpy as np

import framing
from framing.cues import FURNITURE
from framing.training import corpora
from framing.training.evaluate import article_f1

DATASETS = Path(__file__).parent.parent / "datasets"
CUES = sorted(FURNITURE)


def main(texts: Path, model: framing.Model) -> None:
    labels = list(corpora.real(DATASETS, texts, corpora.TRIED))
    scored = [model.score_one(label.article).cues for label in labels]
    truth = np.array([[any(s.cue == cue for s in label.spans) for cue in CUES] for label in labels])
    found = np.array([[cues[cue] >= 0.5 for cue in CUES] for cues in scored])
    print(f"{len(labels)} articles in {', '.join(sorted({str(label.article.language) for label in labels}))}")
    print("| cue | articles with it | found | right | article F1 |\n|---|---|---|---|---|")
    each = [label.article.id for label in labels]
    for name, columns in [*((cue, [k]) for k, cue in enumerate(CUES)), ("all eight", list(range(len(CUES))))]:
        t, f = truth[:, columns], found[:, columns]
        print(f"| {name} | {t.sum()} | {f.sum()} | {(t & f).sum()} | {article_f1(t, f, each)} |")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), framing.load(*sys.argv[2:]))
