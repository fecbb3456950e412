"""How fast scoring is, beside peers that do the same work on the same texts in the same run, and how its cost grows.

usage: python benchmarks/speed.py [ARTICLES [PEERS]]

ARTICLES: how many of 3 kB are scored by each (400). PEERS: a Python that has fasttext-wheel and vowpalwabbit; without it these two
are left out. Everything is measured in seconds of processor, in processes of their own, three times in turn; the medians are printed.

scikit-learn does the same work: same candidates, features, vocabulary and weights, detected language; it gives margins, no evidence.
fastText and Vowpal Wabbit are trained on the same segments with the model's own decisions as labels, and get their segments ready cut:
their figures leave out what finding segments costs. The regex script looks for the forty heaviest words of each cue.
"""

from __future__ import annotations

import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROUNDS = 3
WARM = 40  # articles scored before the clock starts


def seconds(work: Callable[[object], object], things: list) -> float:
    started = time.process_time()
    for thing in things:
        work(thing)
    return time.process_time() - started


def articles(path: str) -> list:
    from framing import Article

    return [Article(row["id"], row["text"]) for row in map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())]


# --- what each process measures -----------------------------------------------------------------------------------


def ours(path: str) -> float:
    import framing

    model, read = framing.load(), articles(path)
    seconds(model.score_one, read[:WARM])
    return seconds(model.score_one, read[WARM:]) / (len(read) - WARM)


def kernel(path: str) -> float:
    """The extension alone: sums over candidates that Python has found."""
    import framing
    from framing.candidates import candidates

    model, read = framing.load(), articles(path)
    found = [candidates(article, "fr", model.lexicon) for article in read]
    seconds(model.panels.margins, found[:WARM])
    return seconds(model.panels.margins, found[WARM:]) / (len(read) - WARM)


def sklearn(path: str) -> float:
    import cold_start

    import framing
    from framing import language
    from framing.candidates import candidates
    from framing.features import occurrences

    model, read = framing.load(), articles(path)
    pipelines = cold_start.pipelines(model)

    def score(article: framing.Article) -> None:
        found = candidates(article, language.detect(article.text)[0] or "", model.lexicon)
        for unit, (vectorizer, heads) in pipelines.items():
            names = [[o.feature for o in occurrences(c)] for c in found[unit]]
            if names:
                features = vectorizer.transform(names)
                for head in heads:
                    head.decision_function(features)

    seconds(score, read[:WARM])
    return seconds(score, read[WARM:]) / (len(read) - WARM)


def regex(path: str) -> float:
    import framing

    model, read = framing.load(), articles(path)
    patterns = []
    for unit, panel in model.panels.items():
        names = (model.folder / f"{unit}.features.txt").read_text(encoding="utf-8").split("\n")[:-1]
        for k, _ in enumerate(panel.heads):
            words = [(panel.table.vector(row)[1 + k], name[2:]) for row, name in enumerate(names) if name.startswith("w:")]
            best = "|".join(re.escape(word) for _, word in sorted(words, reverse=True)[:40])
            patterns.append(re.compile(rf"\b(?:{best})\b", re.IGNORECASE))
    return seconds(lambda a: [[m.span() for m in p.finditer(a.text)] for p in patterns], read[WARM:]) / (len(read) - WARM)


def segments(path: str) -> None:
    """Beside the articles, what the peers learn from: a line a segment, the number of its article, its labels, its text."""
    import framing
    from framing.candidates import candidates

    model = framing.load()
    with open(f"{path}.segments", "w", encoding="utf-8") as out:
        for number, article in enumerate(articles(path)):
            found = candidates(article, "fr", model.lexicon)
            margins = model.panels.margins(found)
            for unit, judged in found.items():
                for k, candidate in enumerate(judged):
                    around = [*reversed(candidate.left), *candidate.inner, *candidate.right] if unit == "word" else candidate.inner
                    words = " ".join(candidate.view.tokens.texts[i] for i in around)
                    labels = [f"{unit}-{cue}" for cue, column in zip(model.panels[unit].heads, margins[unit]) if column[k] > 0]
                    out.write(json.dumps([number, labels or ["none"], words], ensure_ascii=False) + "\n")


def _segments(path: str) -> list:
    return [json.loads(line) for line in Path(f"{path}.segments").read_text(encoding="utf-8").splitlines()]


def fasttext(path: str) -> float:
    import fasttext as engine

    rows = _segments(path)
    with tempfile.TemporaryDirectory() as folder:
        training = Path(folder) / "train.txt"
        training.write_text("".join(" ".join(f"__label__{x}" for x in labels) + f" {text}\n" for _, labels, text in rows), encoding="utf-8")
        model = engine.train_supervised(str(training), dim=16, wordNgrams=2, minn=3, maxn=5, loss="ova", epoch=1, thread=1, verbose=0)
    texts = [text for _, _, text in rows]
    return seconds(lambda some: model.f.predict(some + "\n", -1, 0.0, "strict"), texts) / (rows[-1][0] + 1)


def vowpal(path: str) -> float:
    import vowpalwabbit

    rows = _segments(path)
    ids = {label: k for k, label in enumerate(sorted({label for _, labels, _ in rows for label in labels}))}
    with tempfile.TemporaryDirectory() as folder:
        data, saved = Path(folder) / "data.txt", Path(folder) / "model"
        clean = [(",".join(str(ids[x]) for x in labels), re.sub(r"[|:]", " ", text)) for _, labels, text in rows]
        data.write_text("".join(f"{labels} |w {text}\n" for labels, text in clean), encoding="utf-8")
        vowpalwabbit.Workspace(f"--multilabel_oaa {len(ids)} --ngram 2 --affix +5,-5 -b 20 --quiet -d {data} -f {saved}").finish()
        started = time.process_time()
        vowpalwabbit.Workspace(f"-t -i {saved} --quiet -d {data} -p {folder}/out").finish()
        return (time.process_time() - started) / (rows[-1][0] + 1)


def heads(path: str) -> list[float]:
    """Seconds an article with 14 and with 100 heads in each unit: the rows are lengthened with their own numbers."""
    import framing
    from framing.bundle import sparse
    from framing.candidates import candidates
    from framing.kernel import native

    model, read, found = framing.load(), articles(path)[:200], []
    for count in (14, 100):
        tables = []
        for panel in model.panels.values():
            table = panel.table
            rows = ((idf, *(weights * count)[:count]) for idf, *weights in map(table.vector, range(table.count)))
            tables.append((panel.unit, table.keys, table.places, *sparse(rows), (0.0,) * count))
        wide = native.Kernel(tuple(tables))

        def score(article: framing.Article, kernel: object = wide) -> None:
            judged = candidates(article, "fr", model.lexicon)
            words = judged["word"].runs[0]
            text = kernel.text(words.view.tokens.texts, words.view.classes)
            for number, unit in enumerate(model.panels):
                if unit == "word":
                    text.words(number, words.indices, words.layouts)
                else:
                    text.margins(number, list(judged[unit]))

        seconds(score, read[:WARM])
        found.append(seconds(score, read[WARM:]) / len(read[WARM:]))
    return found


def threads(path: str) -> list[float]:
    """Wall seconds of the sums with one thread and with two."""
    import framing
    from framing.candidates import candidates

    model = framing.load()
    found = [candidates(article, "fr", model.lexicon) for article in articles(path)]
    times = []
    for count in (1, 2):
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(model.panels.margins, found))
            started = time.perf_counter()
            list(pool.map(model.panels.margins, found))
            times.append(time.perf_counter() - started)
    return times


# --- the whole table ------------------------------------------------------------------------------------------------


def run(name: str, path: Path, python: str = sys.executable, native: str = "1") -> float | list[float]:
    environment = {**os.environ, "FRAMING_NATIVE": native, "OMP_NUM_THREADS": "1"}
    said = subprocess.run([python, __file__, "measure", name, str(path)], env=environment, capture_output=True, text=True, check=True)
    return json.loads(said.stdout.splitlines()[-1])


def written(folder: str, count: int, size: int) -> Path:
    import batch

    path = Path(folder) / f"{count}-{size}.jsonl"
    batch.write_articles(path, count, size)
    return path


def peers(path: Path, python: str | None) -> dict[str, float]:
    """Seconds an article."""
    ways: dict[str, Callable[[], float | list[float]]] = {
        "scikit-learn": lambda: run("sklearn", path, native="0"), "framing": lambda: run("ours", path),
        "framing without the extension": lambda: run("ours", path, native="0"), "its sums alone": lambda: run("kernel", path),
        "regex script": lambda: run("regex", path, native="0"),
    }  # fmt: skip
    if python:
        run("segments", path)
        ways["fastText, segments ready cut"] = lambda: run("fasttext", path, python)
        ways["Vowpal Wabbit, segments ready cut"] = lambda: run("vowpal", path, python)
    rounds = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(found[name] for found in rounds) for name in ways}


def slope(points: Iterable[tuple[float, float]]) -> float:
    """Of the straight line through the logarithms."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (statistics.fmean(values) for values in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def main(count: int, python: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, count, 3000)
        print(f"load {os.getloadavg()[0]:.1f}; {count} articles of {path.stat().st_size // count} bytes, ms of processor an article")
        found = peers(path, python)
        for name, took in sorted(found.items(), key=lambda pair: -pair[1]):
            print(f"{name:34} {1000 * took:8.2f} ms {1 / took:8.0f}/s   x scikit-learn {found['scikit-learn'] / took:6.1f}")
        counts = [(n, run("ours", written(folder, n + WARM, 1000)) * n) for n in (250, 1000, 4000)]
        sizes = [(size, run("ours", written(folder, 200, size))) for size in (1000, 10_000, 100_000)]
        print(f"slope of the cost in articles {slope(counts):.3f}, in bytes of an article {slope(sizes):.3f}")
        few, many = run("heads", path)
        print(f"100 heads to 14: x {many / few:.2f}")
        one, two = run("threads", path)
        print(f"sums in two threads to one, wall clock: x {one / two:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(globals()[sys.argv[2]](sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 400, sys.argv[2] if len(sys.argv) > 2 else None)
