"""Renders an evaluation: terminal table, JSON, one self-contained HTML page with plots."""

from __future__ import annotations

import html
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from framing.report import clean
from framing.schema import MissingExtra
from framing.tasks.measure import Evaluation, Measured, Row, more_labels
from framing.training.evaluate import Estimate

COLUMNS = ("precision", "recall", "f1", "auc", "average_precision", "brier", "ece")
OVERALL = ("macro-f1", "accuracy", *COLUMNS)
SHOWN_OUTLETS = 30
EXTRA = 100  # labels of the learning curve's question
_HOW = {
    "outlet": "outlet-disjoint folds (the figure to quote)",
    "random": "random folds (outlets on both sides: for comparison only)",
    "masked": "outlet-disjoint folds, outlet names and furniture masked",
    "model": "the model as it is",
    "time": "each stretch of time by what came before it",
    "language": "each language by the others",
}


def text(evaluation: Evaluation, command: str) -> str:
    """The tables for a terminal."""
    lines = [f"task {clean(evaluation.task)} ({evaluation.kind})", f"command: {command}"]
    lines += [f"warning: {each}" for each in evaluation.warnings]
    for each in evaluation.measured:
        lines.append(f"\n{_HOW[each.design]}: {_size(each)}; in brackets 95 % over outlets")
        lines += [f"  {name:18} {_estimate(each.overall[name])}" for name in OVERALL]
        for title, rows in (("class", each.classes), ("language", each.language_rows), ("outlet", each.outlet_rows[:SHOWN_OUTLETS])):
            lines += list(_text_table(title, rows))
    lines += _curve_lines(evaluation)
    return "\n".join(lines) + "\n"


def _size(each: Measured) -> str:
    return f"{each.n} examples, {each.outlets} outlets" + (f", {each.folds} folds" if each.folds > 1 else "")


def _estimate(value: Estimate) -> str:
    if math.isnan(value.value):
        return "not measured (one class)"
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def _text_table(title: str, rows: tuple[Row, ...]) -> Iterator[str]:
    if rows:
        yield f"  {title:24} {'n':>6} {'pos.':>6}  {'P':>5} {'R':>5}  F1"
    for row in rows:
        f = row.figures
        yield (f"  {clean(row.name)[:24]:24} {row.n:>6} {row.positives:>6}  {f['precision'].value:5.2f} {f['recall'].value:5.2f}"
               f"  {_estimate(f['f1'])}")  # fmt: skip


def _curve_lines(evaluation: Evaluation) -> list[str]:
    if not evaluation.curve:
        return []
    lines = ["\nlearning curve, outlet-disjoint", *(f"  {size:>6} training examples  F1 {_estimate(e)}" for size, e in evaluation.curve)]
    expected = more_labels(evaluation.curve, EXTRA)
    return [*lines, f"  with {EXTRA} more labels about {expected:.3f} (a line over the logarithm of the size: a guess)"]


def as_dict(evaluation: Evaluation, command: str) -> dict[str, Any]:
    """The JSON object of an evaluation; a figure that cannot be had (one class) is null."""
    return {
        "task": evaluation.task,
        "kind": evaluation.kind,
        "command": command,
        "warnings": list(evaluation.warnings),
        "designs": [_measured(each) for each in evaluation.measured],
        "learning_curve": [{"training_examples": size, "f1": _numbers(e)} for size, e in evaluation.curve],
    }


def _measured(each: Measured) -> dict[str, Any]:
    tables = {"classes": each.classes, "outlets": each.outlet_rows, "languages": each.language_rows}
    return {
        "design": each.design,
        "n": each.n,
        "outlet_count": each.outlets,
        "folds": each.folds,
        "overall": {name: _numbers(value) for name, value in each.overall.items()},
        **{name: [{"name": r.name, "n": r.n, "positives": r.positives, **{k: _numbers(v) for k, v in r.figures.items()}} for r in rows]
           for name, rows in tables.items()},
    }  # fmt: skip


def _numbers(value: Estimate) -> dict[str, float | None]:
    return {k: None if math.isnan(v) else round(v, 6) for k, v in (("value", value.value), ("low", value.low), ("high", value.high))}


def as_json(evaluation: Evaluation, command: str) -> str:
    """The evaluation as JSON."""
    return json.dumps(as_dict(evaluation, command), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


# --- HTML -------------------------------------------------------------------------

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>framing: {task}</title><style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1b1b1b; background: #fff; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; }}
td, th {{ text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }}
figure {{ display: inline-block; margin: .5rem 0; max-width: 100%; }} svg {{ max-width: 100%; height: auto; }}
.warning {{ background: #fff3b0; padding: .4rem .8rem; border-left: 4px solid #8a6d00; }} code {{ overflow-wrap: anywhere; }}
</style></head><body>
<h1>{task}</h1><p>{what} <code>{command}</code></p>
{body}</body></html>
"""


_LEARNT = "How well the labels are learnt, on articles that the model of the fold never saw."
_MODEL = "How well a model finds the labels."


def page(evaluation: Evaluation, command: str) -> str:
    """One HTML page that loads nothing. Needs the extra 'plots'."""
    parts = [f'<p class="warning">{html.escape(clean(each))}</p>' for each in evaluation.warnings]
    for each in evaluation.measured:
        parts.append(f"<h2>{html.escape(_HOW[each.design])}</h2><p>{_size(each)};"
                     " intervals: 95 %, bootstrapped over outlets.</p>")  # fmt: skip
        parts.append(_html_table(("figure", "value"), [(name, _estimate(each.overall[name])) for name in OVERALL]))
        parts += [f"<figure>{plot}</figure>" for plot in _plots(each)]
        for title, rows in (("class", each.classes), ("language", each.language_rows), ("outlet", each.outlet_rows)):
            if rows:
                cells = [(r.name, str(r.n), str(r.positives), *(_estimate(r.figures[c]) for c in COLUMNS)) for r in rows]
                parts.append(_html_table((title, "n", "positives", *COLUMNS), cells))
    if evaluation.curve:
        parts.append(f"<h2>Learning curve</h2><figure>{_curve_plot(evaluation)}</figure><p>{html.escape(_curve_lines(evaluation)[-1])}</p>")
    what = _MODEL if evaluation.measured[0].design == "model" else _LEARNT
    return _PAGE.format(task=html.escape(clean(evaluation.task)), what=what, command=html.escape(clean(command)), body="\n".join(parts))


def _html_table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{html.escape(h)}</th>" for h in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(clean(c))}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _figure() -> tuple[Any, Any]:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise MissingExtra("plots", "plots") from problem
    matplotlib.rcParams.update({"svg.hashsalt": "framing", "svg.fonttype": "path"})
    made = Figure(figsize=(4.2, 3.4), layout="constrained")
    return made, made.add_subplot()


def _svg(figure: Any, title: str) -> str:
    """The figure as inline svg; the same figure gives the same bytes."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    return out.getvalue().partition("<svg")[1] + out.getvalue().partition("<svg")[2]


def _plots(each: Measured) -> Iterator[str]:
    yield _reliability(each)
    yield _precision_recall(each)
    if each.outlet_rows:
        yield _dots(each)


def _reliability(each: Measured) -> str:
    figure, axes = _figure()
    where = np.minimum((each.probability * 10).astype(int), 9)
    bins = np.unique(where)
    axes.plot([0, 1], [0, 1], color="#999", linestyle=":")
    axes.plot([each.probability[where == b].mean() for b in bins], [each.truth[where == b].mean() for b in bins], marker="o")
    axes.set(xlabel="mean probability given", ylabel="share that is so", title="Reliability", xlim=(0, 1), ylim=(0, 1))
    return _svg(figure, "Reliability")


def _precision_recall(each: Measured) -> str:
    figure, axes = _figure()
    order = np.argsort(-each.probability, kind="stable")
    hits = np.cumsum(each.truth[order])
    step = max(1, len(order) // 400)
    axes.plot((hits / max(1, hits[-1]))[::step], (hits / np.arange(1, len(hits) + 1))[::step])
    axes.set(xlabel="recall", ylabel="precision", title="Precision and recall", xlim=(0, 1), ylim=(0, 1.02))
    return _svg(figure, "Precision and recall")


def _dots(each: Measured) -> str:
    figure, axes = _figure()
    rows = each.outlet_rows[:SHOWN_OUTLETS]
    axes.scatter([r.figures["f1"].value for r in rows], range(len(rows)), s=[8 + 40 * r.n / rows[0].n for r in rows])
    axes.set_yticks(range(len(rows)), [clean(r.name)[:24].replace("$", r"\$") for r in rows], fontsize=6)
    axes.invert_yaxis()
    axes.set(xlabel="F1", title="Outlets, the largest first", xlim=(-0.02, 1.02))
    return _svg(figure, "Outlets")


def _curve_plot(evaluation: Evaluation) -> str:
    figure, axes = _figure()
    sizes, values = [size for size, _ in evaluation.curve], [e for _, e in evaluation.curve]
    axes.plot(sizes, [e.value for e in values], marker="o")
    axes.fill_between(sizes, [e.low for e in values], [e.high for e in values], alpha=0.2)
    expected = more_labels(evaluation.curve, EXTRA)
    if expected is not None:
        axes.plot([sizes[-1], sizes[-1] + EXTRA], [values[-1].value, expected], linestyle=":", marker=".")
    axes.set(xlabel="training examples", ylabel="F1", title="Learning curve")
    return _svg(figure, "Learning curve")
