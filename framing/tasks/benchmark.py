"""Public benchmarks, one function each: linear heads, every setting chosen inside the training part, never on the reported split."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from framing.schema import CorpusError, FramingError
from framing.tasks import fitting, imports
from framing.tasks.deciding import Bools, Examples, Ints
from framing.tasks.fitting import TaskConfig, TaskModel
from framing.tasks.heads import Counted, FeatureSet, Setting
from framing.tasks.labels import Mark, decode, lines
from framing.tasks.measure import design
from framing.training.evaluate import Estimate, score_table

PAIRS = (("words", "pairs"), ("grams",))
SETTINGS = tuple(Setting(c) for c in (3.0, 10.0, 30.0, 100.0, 300.0))
BALANCED = tuple(Setting(c, balanced) for c in (1.0, 10.0, 100.0) for balanced in (False, True))
PLAIN = (FeatureSet(), FeatureSet(PAIRS))
STYLED = (FeatureSet(PAIRS), FeatureSet(PAIRS, style=0.1), FeatureSet(PAIRS, style=0.3))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with what it was measured on."""

    name: str
    split: str
    n: int
    metric: str
    value: Estimate
    note: str = ""

    def __str__(self) -> str:
        v = self.value
        interval = f"{v.value:.3f} | {v.low:.3f} to {v.high:.3f}"
        return f"| {self.name} | {self.split} | {self.n} | {self.metric} | {interval} | {self.note} |"


HEADER = "| task | split | n | metric | figure | 95 % interval | beside it |\n|---|---|---|---|---|---|---|"
Benchmark = Callable[[Path, int], Iterator[Figure]]


def run(name: str, data: Path, jobs: int) -> Iterator[Figure]:
    """The figures of a benchmark on the corpora in a folder."""
    if name not in BENCHMARKS:
        raise FramingError(name, "is no benchmark", f"choose one of {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name](data, jobs)


def _file(data: Path, corpus: str) -> Path:
    found = next((p for p in (data / f"{corpus}.jsonl.gz", data / f"{corpus}.jsonl") if p.exists()), None)
    if found is None:
        raise CorpusError(data, f"holds no {corpus}.jsonl(.gz)", "name the folder of the corpora with --data")
    return found


def _figure(given: Examples, found: Bools, metric: str) -> Estimate:
    return score_table(given.targets, found, given.groups)[metric]


def _cross_validated(given: Examples, how: str, config: TaskConfig, metric: str) -> tuple[Estimate, Examples, Bools]:
    kept, fold = design(given, how, config.seed)
    _, _, found = fitting.out_of_fold(kept, fold, config)
    return _figure(kept, found, metric), kept, found


# --- hyperpartisan ----------------------------------------------------------------


def hyperpartisan(data: Path, jobs: int) -> Iterator[Figure]:
    """SemEval-2019 task 4, by-article training part, ten outlet-disjoint folds."""
    given = fitting.examples(imports.read(_file(data, "semeval2019_hyperpartisan"), task="hyperpartisan"))
    for related in (None, data):
        value, n = _hyperpartisan_folds(given, related, jobs)
        note = "with margins of heads learnt on AllSides and Horne 2017" if related else "the task's articles alone"
        yield Figure("hyperpartisan", "10-fold outlet-disjoint", n, "accuracy", value, note)


_HYPERPARTISAN = TaskConfig(features=STYLED, settings=tuple(Setting(c) for c in (4.0, 12.0, 36.0)), metric="accuracy")


def _hyperpartisan_folds(given: Examples, related: Path | None, jobs: int) -> tuple[Estimate, int]:
    config = replace(_HYPERPARTISAN, jobs=jobs, features=STYLED if related is None else STYLED[1:])
    fold = fitting.folds(given, 10, config.seed)
    counted = _with_margins(given, fitting.counts(given, config), related, jobs)
    found = np.zeros(given.targets.shape, bool)
    for k in range(10):
        inside, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        found[held] = _decided(fitting.fit(given.take(inside), config, [c.take(inside) for c in counted]), counted, held)
    return _figure(given, found, "accuracy"), len(found)


def _decided(model: TaskModel, counted: Sequence[Counted], held: Ints) -> Bools:
    own = next(c for c in counted if c.features == model.weighing.features)
    return model.decide(model.margins(own.take(held)), [""] * len(held))


def hyperpartisan_test(train: Path, test: Path, related: Path | None, jobs: int) -> Figure:
    """Fitted and chosen on the training part, measured once on the test part."""
    parts = [imports.read(path, "hyperpartisan" if path.suffix != ".gz" and path.suffix != ".jsonl" else None, "hyperpartisan")
             for path in (train, test)]  # fmt: skip
    given = fitting.examples([*(_named(m, "train") for m in parts[0]), *(_named(m, "test") for m in parts[1])])
    inside = np.array([a.id.startswith("train ") for a in given.articles])
    config = replace(_HYPERPARTISAN, jobs=jobs, features=STYLED if related is None else STYLED[1:])
    counted = _with_margins(given, fitting.counts(given, config), related, jobs)
    rows = np.flatnonzero(inside)
    model = fitting.fit(given.take(rows), config, [c.take(rows) for c in counted])
    held = np.flatnonzero(~inside)
    value = _figure(given.take(held), _decided(model, counted, held), "accuracy")
    note = "with related corpora" if related else "the task's articles alone"
    return Figure("hyperpartisan", "by-article test", len(held), "accuracy", value, note)


def _named(mark: Mark, part: str) -> Mark:
    return replace(mark, article=replace(mark.article, id=f"{part} {mark.article.id}"))


def _with_margins(given: Examples, counted: list[Counted], related: Path | None, jobs: int) -> list[Counted]:
    """Adds to the habits the margins of heads learnt on related corpora, whose outlets are none of ours."""
    if related is None:
        return counted
    outlets = set(given.groups)
    columns = []
    for corpus, task in (("article_bias_prediction", "bias"), ("horne2017", "veracity")):
        other = fitting.examples([m for m in imports.read(_file(related, corpus), task=task) if m.group not in outlets])
        config = TaskConfig(features=(FeatureSet(PAIRS),), settings=(Setting(4.0),), folds=2, jobs=jobs)
        columns.append(fitting.fit(other, config).margins(fitting.counts(given, config)[0]))
    extra = np.hstack(columns)
    return [replace(c, habits=np.hstack([c.habits, extra])) for c in counted]


# --- SemEval-2023 task 3 ------------------------------------------------------------

ORGANISERS = {
    "genre": {"fr": 0.479, "de": 0.477, "it": 0.446, "pl": 0.530, "ru": 0.343, "en": 0.252},
    "frames": {"fr": 0.381, "de": 0.506, "it": 0.431, "pl": 0.592, "ru": 0.216, "en": 0.605},
    "techniques": {"fr": 0.293, "de": 0.331, "it": 0.389, "pl": 0.125, "ru": 0.253, "en": 0.161},
}
_SUBTASK = {"genre": "subtask1", "frames": "subtask2", "techniques": "subtask3"}


def semeval2023(data: Path, jobs: int) -> Iterator[Figure]:
    """SemEval-2023 task 3 on dev: one model a subtask, trained on the train parts of all six languages."""
    path = _file(data, "semeval2023_task3")
    for subtask in _SUBTASK:
        given, part = _subtask(path, subtask)
        config = _SEMEVAL[subtask]
        counted = fitting.counts(given, replace(config, jobs=jobs))
        rows = np.flatnonzero(part == "train")
        model = fitting.fit(given.take(rows), replace(config, jobs=jobs), [c.take(rows) for c in counted])
        own = next(c for c in counted if c.features == model.weighing.features)
        for language, baseline in ORGANISERS[subtask].items():
            held = np.flatnonzero((part == "dev") & (given.languages == language))
            found = model.decide(model.margins(own.take(held)), [language] * len(held))
            metric = "macro-f1" if subtask == "genre" else "micro-f1"
            value = _figure(given.take(held), found, metric)
            yield Figure(f"{subtask} {language}", "dev", len(held), metric, value, f"organisers' SVM {baseline:.3f}")


_SEMEVAL = {
    "genre": TaskConfig(features=(FeatureSet(), FeatureSet(PAIRS, style=0.1)), settings=BALANCED),
    "frames": TaskConfig(settings=SETTINGS),
    "techniques": TaskConfig(settings=tuple(Setting(c) for c in (1.0, 4.0, 16.0)), folds=3),
}


def _subtask(path: Path, subtask: str) -> tuple[Examples, np.ndarray]:
    rows = {row["id"]: row for row in (decode(place, raw, dict) for place, raw in lines(path))}
    part = {name: (row["split"] or {}).get(_SUBTASK[subtask]) for name, row in rows.items()}
    if subtask == "techniques":
        marks: Iterable[Mark] = _paragraphs(rows)
    else:
        marks = imports.read(path, "corpus", subtask)
    own = [m for m in marks if part[m.article.id] in ("train", "dev")]
    given = fitting.examples(own, subtask)
    return given, np.array([part[a.id] for a in given.articles])


def _paragraphs(rows: dict[str, dict[str, Any]]) -> Iterator[Mark]:
    for row in rows.values():
        article = imports.as_article(row["id"], row["text"], row, row["id"])
        starts = np.cumsum([0, *(len(line) + 1 for line in row["text"].split("\n"))])
        for number, found in ((row["labels"] or {}).get("paragraph_techniques") or {}).items():
            start, end = int(starts[int(number) - 1]), int(starts[int(number)]) - 1
            yield Mark(row["id"], article, "techniques", "paragraph", frozenset(found), None, start, end)


# --- the others ---------------------------------------------------------------------


def allsides(data: Path, jobs: int) -> Iterator[Figure]:
    """AllSides left, center, right: random folds and outlet-disjoint ones."""
    given = fitting.examples(imports.read(_file(data, "article_bias_prediction"), task="bias"))
    config = TaskConfig(features=(FeatureSet(PAIRS, bits=21),), settings=(Setting(3.0), Setting(30.0)), folds=3, jobs=jobs)
    for how in ("random", "outlet"):
        value, kept, _ = _cross_validated(given, how, config, "macro-f1")
        yield Figure("AllSides bias", f"5-fold {how}", len(kept.texts), "macro-f1", value)


def spanish(data: Path, jobs: int) -> Iterator[Figure]:
    """Spanish fake news: trained on train, measured on dev; and outlet-disjoint folds over both."""
    path = _file(data, "spanish_fake_news")
    part = {row["id"]: row["split"] for row in (decode(place, raw, dict) for place, raw in lines(path))}
    given = fitting.examples(imports.read(path, task="veracity"))
    config = TaskConfig(features=STYLED, settings=SETTINGS[:4], jobs=jobs)
    inside = np.array([part[a.id] == "train" for a in given.articles])
    counted, rows = fitting.counts(given, config), np.flatnonzero(inside)
    model = fitting.fit(given.take(rows), config, [c.take(rows) for c in counted])
    held = np.flatnonzero(~inside)
    for metric in ("macro-f1", "accuracy"):
        yield Figure("Spanish fake news", "dev", len(held), metric, _figure(given.take(held), _decided(model, counted, held), metric))
    value, kept, _ = _cross_validated(given, "outlet", config, "macro-f1")
    yield Figure("Spanish fake news", "5-fold outlet-disjoint", len(kept.texts), "macro-f1", value)


def unlp2025(data: Path, jobs: int) -> Iterator[Figure]:
    """UNLP 2025, ten manipulation techniques of Telegram posts: macro-F1; and the manipulative words: token-F1."""
    from framing.tasks.spantask import token_f1

    path = _file(data, "unlp2025")
    marks = imports.read(path, task="techniques")
    given = fitting.examples([replace(m, article=replace(m.article, outlet=None)) for m in marks])  # the corpus names no channel
    config = TaskConfig(settings=BALANCED[2:], metric="macro-f1", folds=3, jobs=jobs)
    value, kept, _ = _cross_validated(given, "random", config, "macro-f1")
    yield Figure("UNLP 2025 techniques", "5-fold random (channels not given)", len(kept.texts), "macro-f1", value, "winner .49 on test")
    value, n = token_f1([decode(place, raw, dict) for place, raw in lines(path)], jobs)
    yield Figure("UNLP 2025 spans", "5-fold random (channels not given)", n, "token-f1", value, "winner .64 on test")


def solopova(data: Path, jobs: int) -> Iterator[Figure]:
    """Stance, where the label is the outlet: whole outlets held out, random folds beside it."""
    given = fitting.examples(imports.read(_file(data, "solopova2023"), task="stance"))
    config = TaskConfig(features=(FeatureSet(),), settings=(Setting(3.0), Setting(30.0)), folds=3, jobs=jobs)
    for how in ("random", "outlet"):
        value, kept, _ = _cross_validated(given, how, config, "macro-f1")
        note = "mBERT .921 (micro-F1)" if how == "random" else "folds of whole outlets"
        yield Figure("Solopova 2023 stance", f"5-fold {how}", len(kept.texts), "macro-f1", value, note)


BENCHMARKS: dict[str, Benchmark] = {
    "hyperpartisan": hyperpartisan,
    "semeval2023": semeval2023,
    "allsides": allsides,
    "spanish": spanish,
    "unlp2025": unlp2025,
    "solopova": solopova,
}
