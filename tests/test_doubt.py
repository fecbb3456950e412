from dataclasses import replace
from pathlib import Path

import numpy as np
from words import binary

from framing.tasks import fitting, imports
from framing.tasks.doubt import doubtful
from framing.tasks.fitting import TaskConfig
from framing.tasks.heads import Setting

CONFIG = TaskConfig(settings=(Setting(3.0),), folds=4)


def test_flipped_labels_lead_the_list() -> None:
    """60 new labels of which 30 % are flipped, beside 200 good ones: at least 60 % of the 20 most doubtful are flipped ones."""
    new, flipped = binary(60, seed=1, flipped=18), {f"f1:{k + 1}" for k in range(18)}
    given = fitting.examples([*binary(200), *new])
    rows = [k for k, place in enumerate(given.places) if place.startswith("f1:")]
    found = doubtful(given, CONFIG, 20, rows)
    assert len(found) == 20 and sum(d.place in flipped for d in found) >= 12


def test_flipped_labels_lead_even_without_good_ones() -> None:
    given = fitting.examples(binary(150, seed=1, flipped=45))
    assert sum(int(d.place[3:]) <= 45 for d in doubtful(given, CONFIG, 20)) >= 12


def test_a_doubt_says_what_and_where() -> None:
    found = doubtful(fitting.examples(binary(60, flipped=1)), CONFIG, 1)[0]
    assert found.place == "f0:1" and str(found).startswith("f0:1: article a0 has")


def test_flipped_labels_of_real_articles_lead_the_list(shared: Path) -> None:
    """100 hyperpartisan labels of which 30 are flipped, beside 500 good ones."""
    marks = imports.read(shared / "semeval2019_hyperpartisan.jsonl.gz", task="hyperpartisan")
    marks = [marks[k] for k in np.random.default_rng(0).permutation(len(marks))[:600]]
    wrong = [replace(m, present=frozenset(("false" if "true" in m.present else "true",))) for m in marks[:30]]
    given = fitting.examples([*wrong, *marks[30:]])
    new, flipped = {m.place for m in marks[:100]}, {m.place for m in wrong}
    rows = [k for k, place in enumerate(given.places) if place in new]
    found = doubtful(given, TaskConfig(settings=(Setting(30.0),)), 20, rows)
    assert sum(d.place in flipped for d in found) >= 12
