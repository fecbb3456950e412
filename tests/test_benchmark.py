import json
from pathlib import Path

import numpy as np
import pytest
from words import binary, text

from framing.tasks import benchmark
from framing.training.evaluate import Estimate


def corpus(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def rows(n: int, seed: int, task: str, outlets: int = 12) -> list[dict[str, object]]:
    return [{"id": m.article.id, "text": m.article.text, "outlet": m.article.outlet, "lang": "en", "split": "dev" if k % 3 == 0 else "train",
             "labels": {task: next(iter(m.present))}} for k, m in enumerate(binary(n, seed, outlets=outlets))]  # fmt: skip


def test_hyperpartisan_by_folds_and_on_a_test_part(tmp_path: Path) -> None:
    corpus(tmp_path, "semeval2019_hyperpartisan", rows(60, 1, "hyperpartisan"))
    corpus(tmp_path, "article_bias_prediction", rows(40, 2, "bias", 30))
    corpus(tmp_path, "horne2017", [{**row, "outlet": None} for row in rows(30, 3, "veracity")])
    alone, related = benchmark.hyperpartisan(tmp_path, 1)
    assert (alone.n, alone.metric, alone.split) == (60, "accuracy", "10-fold outlet-disjoint") and related.value.value > 0.9
    corpus(tmp_path, "test", rows(30, 4, "hyperpartisan"))
    figure = benchmark.hyperpartisan_test(tmp_path / "semeval2019_hyperpartisan.jsonl", tmp_path / "test.jsonl", None, 1)
    assert figure.n == 30 and figure.value.value > 0.9


def test_semeval2023_reads_each_subtask_by_its_own_split(tmp_path: Path) -> None:
    random, made = np.random.default_rng(0), []
    for k in range(96):
        label = "xyz"[k % 3]
        part = "dev" if k // 6 % 4 == 0 else "train"
        body = f"{text(random, (label,))}\n\n{text(random, ())}"
        labels = {"genre": label, "frames": [label], "paragraph_techniques": {"1": [label], "3": []}}
        made.append({"id": f"a{k}", "text": body, "lang": ("fr", "de", "it", "pl", "ru", "en")[k % 6], "labels": labels,
                     "split": {"subtask1": part, "subtask2": part, "subtask3": part}})  # fmt: skip
    corpus(tmp_path, "semeval2023_task3", made)
    found = list(benchmark.semeval2023(tmp_path, 1))
    assert len(found) == 18 and [f.n for f in found] == [4] * 12 + [8] * 6
    assert np.mean([f.value.value for f in found if f.name.startswith("frames")]) > 0.8


@pytest.mark.parametrize(("name", "file", "task", "figures"), [
    ("allsides", "article_bias_prediction", "bias", 2), ("spanish", "spanish_fake_news", "veracity", 3), ("solopova", "solopova2023", "stance", 2),
])  # fmt: skip
def test_the_plain_ones_run(tmp_path: Path, name: str, file: str, task: str, figures: int) -> None:
    made = rows(60, 5, task)
    corpus(tmp_path, file, [{**row, "labels": {task: "real" if row["labels"][task] == "true" else "fake"}} for row in made])  # type: ignore[index]
    found = list(benchmark.run(name, tmp_path, 1))
    assert len(found) == figures and all(f.value.value > 0.8 for f in found)


def test_unlp_gives_techniques_and_spans(tmp_path: Path) -> None:
    made = [{"id": f"a{k}", "text": m.article.text, "outlet": "t.me", "lang": "uk", "labels": {"techniques": ["doubt"] if "true" in m.present else [],
             "trigger_spans": [[0, 9]]}} for k, m in enumerate(binary(60))]  # fmt: skip
    corpus(tmp_path, "unlp2025", made)
    assert [f.metric for f in benchmark.unlp2025(tmp_path, 1)] == ["macro-f1", "token-f1"]


def test_a_figure_is_a_row_of_the_table() -> None:
    row = str(benchmark.Figure("t", "dev", 5, "accuracy", Estimate(0.5, 0.25, 0.75), "note"))
    assert row == "| t | dev | 5 | accuracy | 0.500 | 0.250 to 0.750 | note |" and row.count("|") == benchmark.HEADER.splitlines()[0].count("|")
