"""One article, from process start to output: `framing score`, a click script that prints a file, a script with a scikit-learn pipeline.

usage: python benchmarks/cold_start.py [RUNS]

The peer has the same features, vocabulary and weights as the bundle, saved with joblib, and scores the same candidates; it gives
margins only, no evidence. Bytecode of all three is written before anything is measured, as an installer does. Prints the medians of CPU
seconds (user + system) and of resident memory, and ratios, of runs in turn.
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
from framing.training.weights import numbers

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
        rows = numbers(panel.table)
        vectorizer = TfidfVectorizer(analyzer=list, vocabulary=names, sublinear_tf=True)
        vectorizer.idf_ = rows[:, 0]
        heads = []
        for k, intercept in enumerate(panel.intercepts):
            head = LogisticRegression()
            head.coef_, head.intercept_, head.classes_ = rows[:, 1 + k][None], np.array([intercept]), np.array([0, 1])
            heads.append(head)
        made[unit] = (vectorizer, heads)
    return made


FLOOR = """
import click, sys
@click.command()
@click.argument("path")
def main(path):
    with open(path, encoding="utf-8") as file:
        click.echo(file.read())
main()
"""


# A process counts as large as the one that started it: so a small one starts what is measured.
STARTER = """
import os, sys
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, used = os.wait4(pid, 0)
assert status == 0
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def measured(command: list[str], bytecode: str) -> tuple[float, float]:
    """CPU seconds and resident megabytes at most. bytecode: the folder of the compiled modules."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
    started = [sys.executable, "-S", "-c", STARTER, *command]
    said = subprocess.run(started, capture_output=True, text=True, check=True, env=environment)
    seconds, megabytes = map(float, said.stdout.split())
    return seconds, megabytes


def main(runs: int) -> None:
    model = framing.load()
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "pipelines.joblib"
        joblib.dump((pipelines(model), model.lexicon), saved)
        ways = {
            "click, reads and prints": [sys.executable, "-c", FLOOR, str(EXAMPLE)],
            "framing score": [str(Path(sys.executable).parent / "framing"), "score", str(EXAMPLE), "--format", "json"],
            "scikit-learn + joblib": [sys.executable, "-c", PEER, str(saved), str(EXAMPLE)],
        }
        rounds = [{name: measured(way, folder) for name, way in ways.items()} for _ in range(runs + 1)][1:]
    for name in ways:
        seconds, megabytes = (statistics.median(found[name][k] for found in rounds) for k in (0, 1))
        print(f"{name:24} {seconds:.3f} s of CPU   {megabytes:.0f} MB resident")
    for name in ("click, reads and prints", "scikit-learn + joblib"):
        ratios = [found["framing score"][0] / found[name][0] for found in rounds]
        print(f"framing to {name}: x {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {runs} rounds)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
