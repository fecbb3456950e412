"""One article, from process start to output: `framing score` against a script that unpickles a scikit-learn pipeline.

usage: python benchmarks/cold_start.py [RUNS]

The peer has the same features, vocabulary and weights as the bundle, saved with joblib, and scores the same candidates; it gives
margins only, no evidence. Prints CPU seconds (user + system) of each, their medians and the ratio, run in turn.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import framing
from framing.cues import UNITS

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "datasets" / "examples" / "article.fr.txt"
PEER = """
import sys, joblib
from pathlib import Path
import sklearn.feature_extraction.text, sklearn.linear_model
from framing.candidates import candidates
from framing.features import occurrences
from framing.schema import Article
pipelines, lexicon = joblib.load(sys.argv[1])
found = candidates(Article("a", Path(sys.argv[2]).read_text(encoding="utf-8")), "fr", lexicon)
for unit, (vectorizer, heads) in pipelines.items():
    names = [[o.feature for o in occurrences(c)] for c in found[unit]]
    if names:
        features = vectorizer.transform(names)
        print(unit, [float(head.decision_function(features).max()) for head in heads])
"""




def pipelines(model: framing.Model) -> dict:
    made = {}
    for unit in UNITS:
        panel = model.panels[unit]
        names = (model.folder / f"{unit}.features.txt").read_text(encoding="utf-8").split("\n")[:-1]
        rows = np.array(panel.table.values, np.float64).reshape(-1, panel.table.width)
        vectorizer = TfidfVectorizer(analyzer=list, vocabulary=names, sublinear_tf=True)
        vectorizer.idf_ = rows[:, 0]
        heads = []
        for k, intercept in enumerate(panel.intercepts):
            head = LogisticRegression()
            head.coef_, head.intercept_, head.classes_ = rows[:, 1 + k][None], np.array([intercept]), np.array([0, 1])
            heads.append(head)
        made[unit] = (vectorizer, heads)
    return made


def cpu(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main(runs: int) -> None:
    model = framing.load()
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "pipelines.joblib"
        joblib.dump((pipelines(model), model.lexicon), saved)
        ours = [str(Path(sys.executable).parent / "framing"), "score", str(EXAMPLE), "--format", "json"]
        peer = [sys.executable, "-c", PEER, str(saved), str(EXAMPLE)]
        pairs = [(cpu(ours), cpu(peer)) for _ in range(runs + 1)][1:]
    ratios = [b / a for a, b in pairs]
    print(f"framing score: median CPU {statistics.median(a for a, _ in pairs):.3f} s")
    print(f"scikit-learn + joblib: median CPU {statistics.median(b for _, b in pairs):.3f} s")
    print(f"ratio: median {statistics.median(ratios):.1f}, {min(ratios):.1f} to {max(ratios):.1f} over {runs} pairs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
