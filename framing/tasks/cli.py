"""The commands around labels: check, train, evaluate, predict, models, benchmark. Found by `framing.cli`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framing import report
from framing.inputs.readers import ReadOptions, read
from framing.schema import Article, FramingError, Skip

if TYPE_CHECKING:
    from framing.tasks.deciding import Examples
    from framing.tasks.fitting import TaskConfig
    from framing.tasks.labels import Mark
    from framing.tasks.measure import Evaluation

FAILED = 1
DESIGNS = ("outlet", "random", "masked", "time", "language")
BATCH = 512  # articles scored at once
PATH = click.Path(path_type=Path)
_labels_option = click.option("--labels", "files", type=PATH, multiple=True, required=True, help="A file or folder of labels; may repeat.")
_task_option = click.option("--task", help="The task, where the labels are of several.")
_format_option = click.option("--label-format", help="Instead of telling it by content: jsonl, csv, label-studio, doccano, prodigy, …")
_jobs_option = click.option("-j", "--jobs", default=2, show_default=True, type=click.IntRange(1, 64))


def marks_of(files: Sequence[Path], form: str | None, task: str | None) -> list[Mark]:
    """The marks of all files, one voice a unit; says how far annotators agreed."""
    from framing.tasks import agreement, imports

    found, agreements = agreement.resolve([mark for path in files for mark in imports.read(path, form, task)])
    for each in agreements:
        if each.alpha is not None:
            click.echo(str(each), err=True)
    return found


def examples_of(files: Sequence[Path], form: str | None, task: str | None) -> Examples:
    """The examples of one task."""
    from framing.tasks import fitting

    marks = marks_of(files, form, task)
    given = fitting.examples(marks, task if task in {m.task for m in marks} else None)
    classes = ", ".join(given.task.classes)
    click.echo(f"{len(given.texts)} labelled texts, task '{given.task.name}' ({given.task.kind}: {classes})", err=True)
    return given


def config_of(given: Examples, jobs: int) -> TaskConfig:
    """The settings for a corpus of this size: what is few is tried in more ways."""
    from framing.tasks.fitting import TaskConfig
    from framing.tasks.heads import SMALL, FeatureSet

    if len(given.texts) > SMALL:
        return TaskConfig(features=(FeatureSet((("words", "pairs"),), (1.0,), bits=22, min_df=3),), folds=3, jobs=jobs)
    return TaskConfig(jobs=jobs)


@click.group("labels")
def labels_group() -> None:
    """Look after labels of your own."""


@labels_group.command("check")
@click.argument("files", type=PATH, nargs=-1, required=True)
@_task_option
@_format_option
def check(files: tuple[Path, ...], task: str | None, label_format: str | None) -> None:
    """Validate FILES: format, spans, conflicts between annotators; count what they hold."""
    found = marks_of(files, label_format, task)
    for (name, level), n in sorted(Counter((m.task, m.level) for m in found).items()):
        own = [m for m in found if (m.task, m.level) == (name, level)]
        classes = Counter(label for m in own for label in m.present)
        said = ", ".join(f"{label} {count}" for label, count in classes.most_common())
        articles, outlets = len({m.article.id for m in own}), len({m.group for m in own})
        click.echo(f"{name} ({level}): {n} labels on {articles} articles of {outlets} outlets: {said}")


@labels_group.command("doubtful")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option("--against", type=PATH, multiple=True, help="More labels to learn from, not to doubt.")
@click.option("-n", "most", default=10, show_default=True, type=click.IntRange(1))
@_task_option
@_format_option
@_jobs_option
def doubtful(
    files: tuple[Path, ...], against: tuple[Path, ...], most: int, task: str | None, label_format: str | None, jobs: int
) -> None:  # fmt: skip
    """List the labels that models which did not see them contradict most."""
    from framing.tasks import doubt, imports

    given = examples_of((*files, *against), label_format, task)
    own = {m.place for path in files for m in imports.read(path, label_format, task)}
    rows = [i for i, place in enumerate(given.places) if place in own]
    for each in doubt.doubtful(given, config_of(given, jobs), most, rows):
        click.echo(str(each))


def train_task(files: Sequence[Path], output: Path, task: str | None, form: str | None, jobs: int) -> None:
    """Train a task's heads, write model and card, list the most doubtful labels."""
    from framing.tasks import doubt, taskcard, taskmodel

    given = examples_of(files, form, task)
    config = config_of(given, jobs)
    trained = taskcard.train(given, config)
    taskmodel.save(trained.model, output, trained.about, taskcard.card(trained, output.name))
    click.echo(f"wrote {output}", err=True)
    for line in taskcard.summary(trained):
        click.echo(line)
    click.echo("the labels most worth a second look:")
    for each in doubt.doubtful(given, config):
        click.echo(f"  {each}")


@click.command("evaluate")
@_labels_option
@_task_option
@_format_option
@click.option("--by", "designs", default="outlet,random,masked", show_default=True, help=f"How to part the labels: {', '.join(DESIGNS)}.")
@click.option("-m", "--model", type=PATH, help="Instead of learning the labels: how well this model finds them.")
@click.option("--curve", is_flag=True, help="Also a learning curve: what would 100 more labels give?")
@click.option("--json", "json_path", type=PATH, help="Write the figures as JSON.")
@click.option("--html", "html_path", type=PATH, help="Write one page with plots (needs the extra 'plots').")
@_jobs_option
def evaluate(
    files: tuple[Path, ...], task: str | None, label_format: str | None, designs: str, curve: bool, json_path: Path | None,
    html_path: Path | None, jobs: int, model: Path | None,
) -> None:  # fmt: skip
    """Measure how well labels are learnt, on outlets that were not trained on; or how well a --model finds them."""
    from framing.bundle import write_atomic
    from framing.tasks import evalreport, measure

    wanted = tuple(part.strip() for part in designs.split(",") if part.strip())
    for name in wanted:
        if name not in DESIGNS:
            raise click.BadParameter(f"'{name}' is none of {', '.join(DESIGNS)}", param_hint="--by")
    named = [f"--labels {path}" for path in files] + ([f"--task {task}"] if task else [])
    if model is not None:
        found = _of_model(model, marks_of(files, label_format, task))
        command = f"framing evaluate {' '.join(named)} -m {model}"
    else:
        given = examples_of(files, label_format, task)
        found = measure.evaluate(given, wanted, config_of(given, jobs), curve)
        command = f"framing evaluate {' '.join(named)} --by {designs}"
    click.echo(evalreport.text(found, command), nl=False)
    if json_path:
        write_atomic(json_path, evalreport.as_json(found, command).encode())
    if html_path:
        write_atomic(html_path, evalreport.page(found, command).encode())


def _of_model(model: Path, marks: Sequence[Mark]) -> Evaluation:
    import framing
    from framing.tasks import compare, measure, versions

    folder = versions.resolve(model)
    path = folder if (folder / versions.TASK_MANIFEST).exists() else framing.load(folder).folder
    given = compare.examples(path, marks)
    return measure.of_model(given, *compare.scored(path, given), compare.unseen(path, given))


@click.command("predict")
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option("-m", "--model", type=PATH, required=True, help="A task model's folder, or a folder of versions.")
@click.option("-i", "--input-format", help="text, html or jsonl, instead of telling it by suffix or content.")
@click.option("--strict", is_flag=True, help="Exit with 1 if any row was skipped.")
def predict(paths: tuple[str, ...], model: Path, input_format: str | None, strict: bool) -> int:
    """Give articles the labels of a task model: one JSON object a line."""
    from framing.tasks import taskmodel, versions

    loaded = taskmodel.load(versions.resolve(model))
    batch: list[Article] = []
    refused = given = 0
    for path in paths or ("-",):
        for found in read(path, ReadOptions(input_format)):
            if isinstance(found, Skip):
                refused += 1
                click.echo(report.clean(f"skipped: {found.where}: {found.reason}"), err=True)
                continue
            batch.append(found)
            given += 1
            if len(batch) >= BATCH:
                _echo(loaded, batch)
                batch = []
    _echo(loaded, batch)
    return FAILED if refused and (strict or not given) else 0


def _echo(model: Any, batch: Sequence[Article]) -> None:
    from framing.tasks import fitting

    if not batch:
        return
    probability, found = fitting.predict(model, [fitting.reading(a) for a in batch], [a.language or "" for a in batch])
    for article, p, yes in zip(batch, probability.tolist(), found.tolist(), strict=True):
        row = {"id": article.id, "task": model.task.name, "probabilities": dict(zip(model.task.classes, [round(x, 4) for x in p])),
               "labels": [c for c, given in zip(model.task.classes, yes) if given]}  # fmt: skip
        click.echo(json.dumps(row, ensure_ascii=False))


@click.group("models")
def models_group() -> None:
    """Versions of a model in one folder: FOLDER/VERSION."""


_folder_option = click.option("-d", "--folder", type=PATH, default=Path("models"), show_default=True, help="The folder of versions.")


@models_group.command("list")
@_folder_option
def models_list(folder: Path) -> None:
    """List the versions; a star marks the promoted one."""
    from framing.tasks import versions

    for version in versions.listed(folder):
        click.echo(str(version))


@models_group.command("compare")
@click.argument("old")
@click.argument("new")
@_labels_option
@_format_option
@_folder_option
def models_compare(old: str, new: str, files: tuple[Path, ...], label_format: str | None, folder: Path) -> None:
    """Compare two versions on labels of outlets that neither was trained on."""
    from framing.tasks import compare, versions

    for name in (old, new):
        versions.named(folder, name)
    click.echo(str(compare.compare(folder / old, folder / new, marks_of(files, label_format, None))))


@models_group.command("promote")
@click.argument("version")
@click.option("--labels", "files", type=PATH, multiple=True, help="Labels of unseen outlets that decide.")
@_format_option
@click.option("--force", is_flag=True, help="Promote a version that was not shown to be better.")
@_folder_option
def models_promote(version: str, files: tuple[Path, ...], label_format: str | None, force: bool, folder: Path) -> None:
    """Make VERSION the current one, if it beats the one that is."""
    from framing.tasks import compare, versions

    now, verdict = versions.current(folder), None
    versions.named(folder, version)
    if now and now != version and not force:
        if not files:
            raise FramingError(version, f"was not compared with '{now}'", "give --labels of unseen outlets, or --force")
        found = compare.compare(folder / now, folder / version, marks_of(files, label_format, None))
        click.echo(str(found))
        verdict = None if found.better else str(found)
    click.echo(versions.promote(folder, version, verdict))


@models_group.command("rollback")
@_folder_option
def models_rollback(folder: Path) -> None:
    """Make the version before the current one current again."""
    from framing.tasks import versions

    click.echo(versions.rollback(folder))


@models_group.command("export")
@click.option("-m", "--model", default="default", show_default=True, help="A model folder, or a shipped model's name.")
@click.option("-f", "--format", "form", type=click.Choice(["joblib", "skops"]), required=True)
@click.option("-o", "--output", type=PATH, required=True, help="The file to write.")
def models_export(model: str, form: str, output: Path) -> None:
    """Write a cue model as scikit-learn objects. Loading a joblib file runs what is in it: load only your own."""
    import framing
    from framing.training import export

    export.write(framing.load(model), form, output)
    click.echo(f"wrote {output}", err=True)


@click.command("benchmark")
@click.argument("name")
@click.option("--data", type=PATH, default=Path("../shared/data"), show_default=True, help="The folder of the corpora.")
@click.option("--train", type=PATH, help="hyperpartisan: the training part (XML pair or JSONL).")
@click.option("--test", type=PATH, help="hyperpartisan: the test part, read once, to report.")
@click.option("--alone", is_flag=True, help="hyperpartisan: without the related corpora of --data.")
@_jobs_option
def benchmark(name: str, data: Path, train: Path | None, test: Path | None, alone: bool, jobs: int) -> None:
    """Measure a public benchmark: hyperpartisan, semeval2023, allsides, spanish, unlp2025, solopova."""
    from framing.tasks import benchmark as benchmarks

    if (train is None) != (test is None) or (train and name != "hyperpartisan"):
        raise click.UsageError("--train and --test go together, and with hyperpartisan")
    click.echo(benchmarks.HEADER)
    if train and test:
        click.echo(str(benchmarks.hyperpartisan_test(train, test, None if alone else data, jobs)))
        return
    for figure in benchmarks.run(name, data, jobs):
        click.echo(str(figure))


COMMANDS: dict[str, click.Command] = {
    "labels": labels_group,
    "evaluate": evaluate,
    "predict": predict,
    "models": models_group,
    "benchmark": benchmark,
}
