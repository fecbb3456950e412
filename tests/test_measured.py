"""Exact figures of a few articles, counted by hand."""

import json
from typing import Any

import numpy as np
import pytest

from framing.cues import CUE_IDS
from framing.schema import Article, Label
from framing.training.measured import as_json, chosen_of

# One cue: labelled, probability. Six French articles with it and two without, two English ones.
ROWS = [
    ("fr", True, 1.0), ("fr", True, 0.95), ("fr", True, 0.9), ("fr", True, 0.55), ("fr", True, 0.45), ("fr", True, 0.05),
    ("fr", False, 0.5), ("fr", False, 0.0), ("en", True, 0.75), ("en", False, 0.05),
]  # fmt: skip


def label(number: int, language: str, half: str) -> Label:
    return Label(Article(str(number), "Un texte.", language=language), (), f"outlet {number % 4}", half, {})


def measured(others: dict[str, list[int]] | None = None, written: int = 0) -> dict[str, Any]:
    """`measured.json` of ROWS for the first cue; others: cue -> rows that are labelled with it; written: passages behind them."""
    size = len(ROWS) + written
    labels = [label(n, lang, "real") for n, (lang, _, _) in enumerate(ROWS)]
    labels += [label(100 + n, "fr", "written") for n in range(written)]
    truth, probability = np.zeros((size, len(CUE_IDS)), bool), np.zeros((size, len(CUE_IDS)))
    truth[: len(ROWS), 0] = [yes for _, yes, _ in ROWS]
    probability[: len(ROWS), 0] = [p for _, _, p in ROWS]
    for cue, rows in (others or {}).items():
        truth[rows, CUE_IDS.index(cue)] = True
    found: dict[str, Any] = json.loads(as_json(labels, truth, probability))
    return found


def of_first(**given: Any) -> dict[str, Any]:
    found: dict[str, Any] = measured(**given)["cues"][CUE_IDS[0]]
    return found


def test_the_bins_hold_their_lower_edge_and_the_last_one_holds_1() -> None:
    assert of_first()["reliability"] == [
        {"n": 3, "probability": 0.0333, "share": 0.3333},
        {"n": 1, "probability": 0.45, "share": 1.0},
        {"n": 2, "probability": 0.525, "share": 0.5},
        {"n": 1, "probability": 0.75, "share": 1.0},
        {"n": 3, "probability": 0.95, "share": 1.0},
    ]


def test_ece_is_the_mean_gap_of_the_bins() -> None:
    # Gaps of the bins times their articles: 0.9, 0.55, 0.05, 0.25, 0.15.
    assert of_first()["ece"] == 0.19


def test_the_curve_counts_from_each_threshold_on() -> None:
    curve = {row["threshold"]: row for row in of_first()["curve"]}
    assert list(curve) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert curve[0.5] == {"threshold": 0.5, "found": 6, "precision": 0.8333, "recall": 0.7143}
    assert curve[0.9] == {"threshold": 0.9, "found": 3, "precision": 1.0, "recall": 0.4286}


def test_a_language_with_few_articles_of_the_cue_has_no_figures() -> None:
    by_language = of_first()["by_language"]
    # Found in 5 French articles, 4 of them rightly, of 6; gaps of the bins times their articles: .95, .55, .05, .15.
    assert by_language["fr"] == {"articles": 8, "with_cue": 6, "precision": 0.8, "recall": 0.6667, "f1": 0.7273, "ece": 0.2125}
    assert by_language["en"] == {"articles": 2, "with_cue": 1, "precision": None, "recall": None, "f1": None, "ece": None}
    assert by_language["bg"] == {"articles": 0, "with_cue": 0, "precision": None, "recall": None, "f1": None, "ece": None}


def test_what_divides_by_nothing_is_null() -> None:
    nowhere = measured()["cues"]["hidden_truth"]
    assert nowhere["curve"][4] == {"threshold": 0.5, "found": 0, "precision": None, "recall": None}
    assert (nowhere["with_cue"], nowhere["ece"], nowhere["false_alarms"], nowhere["neighbours"]) == (0, 0.0, 0, [])


def test_neighbours_are_what_false_alarms_carry_most() -> None:
    """Row 6 is the false alarm: of four cues labelled there, the inventory's first three; labels of other rows do not count."""
    found = of_first(others={"hidden_truth": [6], "read_also": [6, 7], "share_appeal": [6], "disavowal": [6], "scare_quotes": [0, 1]})
    assert found["false_alarms"] == 1
    assert found["neighbours"] == [{"cue": cue, "articles": 1} for cue in ("share_appeal", "read_also", "disavowal")]


def test_real_articles_alone_are_measured_where_there_are_any() -> None:
    found = measured(written=7)
    assert (found["half"], found["outlets"], found["cues"]["designation"]["articles"]) == ("real", 4, 10)
    assert found == measured()


@pytest.mark.parametrize(("halves", "chosen"), [(["written", "real", "real"], [1, 2]), (["written", "written"], [0, 1])])
def test_the_measured_articles(halves: list[str], chosen: list[int]) -> None:
    assert chosen_of([label(n, "fr", half) for n, half in enumerate(halves)]) == chosen
