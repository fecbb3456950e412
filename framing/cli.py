"""The command line; the only module that prints and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import framing
from framing import report
from framing.cues import CUES, LANGUAGES
from framing.inputs.readers import READERS, ReadOptions, read
from framing.schema import Article, FramingError, LockedError, OutputError, Record, Skip
from framing.tasks.versions import resolve

if TYPE_CHECKING:
    from framing.model import Model

FAILED = 1
OUTPUT, LOCKED, INTERRUPTED = 74, 75, 130  # as in sysexits.h; 128 + SIGINT


# Commands of their own modules, imported when asked for: scoring a file does not wait for them.
LATER = {
    "batch": "framing.batches.cli",
    "benchmark": "framing.tasks.cli",
    "compare": "framing.outlets.cli",
    "evaluate": "framing.tasks.cli",
    "labels": "framing.tasks.cli",
    "models": "framing.tasks.cli",
    "outlets": "framing.outlets.cli",
    "predict": "framing.tasks.cli",
}


class _Group(click.Group):
    """Turns errors into one line and an exit code, in one place."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(LATER[cmd_name]).COMMANDS[cmd_name]
        return found

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # whatever the locale: records are UTF-8
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.ClickException as problem:
            problem.show()
            sys.exit(problem.exit_code)
        except click.exceptions.Exit as ending:
            sys.exit(ending.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except FramingError as problem:
            click.echo(report.clean(f"error: {problem}"), err=True)
            sys.exit(LOCKED if isinstance(problem, LockedError) else OUTPUT if isinstance(problem, OutputError) else FAILED)
        except OSError as problem:
            click.echo(f"error: output: {problem.strerror}; check the disk and the folder", err=True)
            sys.exit(OUTPUT)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(framing.__version__, prog_name="framing")
def main() -> None:
    """Find the cues by which a news article frames its story, with their places and probabilities."""


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "jsonl", "csv", "html"]), default="text")
@click.option("-i", "--input-format", type=click.Choice(list(READERS)), help="Instead of telling it by suffix or content.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text and HTML files.")
@click.option("--title", help="The headline, where the input has none.")
@click.option("--url", help="The address of the article.")
@click.option("--lang", "language", metavar="CODE", help=f"Its language ({' '.join(LANGUAGES)}); detected if not given.")
@click.option("-m", "--model", default="default", show_default=True, help="A model's folder, one of versions, or a shipped model's name.")
@click.option("--strict", is_flag=True, help="Exit with 1 if any row was skipped.")
@click.option("--explain", is_flag=True, help="Text view: the score term by term, the strongest features behind each evidence.")
def score(
    paths: tuple[str, ...], form: str, input_format: str | None, encoding: str, title: str | None, url: str | None,
    language: str | None, model: str, strict: bool, explain: bool,
) -> int:  # fmt: skip
    """Score articles: plain text, HTML pages or JSONL; standard input where no PATH is given."""
    options = ReadOptions(input_format, encoding, title, url, language)
    loaded = framing.load(resolve(Path(model)))
    render = _explaining(loaded) if explain and form == "text" else _renderer(form)
    scored, refused, failed = 0, 0, 0
    sys.stdout.write(_opening(form, paths))
    for path in paths or ("-",):
        try:
            for found in read(path, options):
                if isinstance(found, Skip):
                    refused += 1
                    click.echo(report.clean(f"skipped: {found.where}: {found.reason}"), err=True)
                else:
                    sys.stdout.write(render(found, loaded.score_one(found)))
                    scored += 1
        except FramingError as problem:
            failed += 1
            click.echo(report.clean(f"error: {problem}"), err=True)
    sys.stdout.write(report.page_end(f"{loaded.id.name} {loaded.id.version}") if form == "html" else "")
    sys.stdout.flush()
    return FAILED if failed or (refused and (strict or not scored)) else 0


def _opening(form: str, paths: tuple[str, ...]) -> str:
    if form == "csv":
        return report.csv_header()
    return report.page_start(", ".join(paths) or "standard input") if form == "html" else ""


def _renderer(form: str) -> Callable[[Article, Record], str]:
    if form != "text":
        return report.FORMATS[form]
    style = _style()
    return lambda article, record: report.text(article, record, style)


def _style() -> report.Style:
    return report.Style(sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def _explaining(model: Model) -> Callable[[Article, Record], str]:
    style = _style()

    def render(article: Article, record: Record) -> str:
        cues = dict.fromkeys(e.cue for e in record.evidence)
        reasons = (line for cue in cues for line in report.reasons(model.explain(article, cue), record, cue))
        sums = report.summands(*model.explain_score(article)) if record.score is not None else ()
        return report.text(article, record, style) + "".join(f"{line}\n" for line in (*sums, *reasons))

    return render


@main.command()
@click.option("--lang", "language", type=click.Choice(["en", "fr"]), help="Only one language.")
def cues(language: str | None) -> None:
    """List the cues with what each means."""
    for cue in CUES:
        click.echo(f"{cue.id} ({cue.group}, judged by {cue.unit})")
        for code, meaning in (("en", cue.en), ("fr", cue.fr)):
            if language in (None, code):
                click.echo(f"    {code}: {meaning}")


@main.command()
@click.argument("corpus", type=click.Path(path_type=Path), required=False)
@click.option("--labels", "files", type=click.Path(path_type=Path), multiple=True, help="Instead of CORPUS: labels of a task; may repeat.")
@click.option("--task", help="With --labels: the task, where they are of several.")
@click.option("--label-format", help="With --labels: instead of telling it by content.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder of the bundle.")
@click.option("--texts", type=click.Path(path_type=Path), help="Folder of the real articles' texts; without it the written half alone.")
@click.option("--name", default="default", show_default=True)
@click.option("--model-version", default=framing.__version__, show_default=True)
@click.option("-j", "--jobs", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--base", type=click.Path(path_type=Path), help="With --labels of the 14 cues: the model that they correct.")
@click.option("--promote", is_flag=True, help="With --base: make the new model the current version of its folder, if it is better.")
@click.option("--force", is_flag=True, help="With --promote: also if it is not shown to be better.")
def train(
    corpus: Path | None, files: tuple[Path, ...], task: str | None, label_format: str | None, output: Path, texts: Path | None,
    name: str, model_version: str, jobs: int, base: Path | None, promote: bool, force: bool,
) -> None:  # fmt: skip
    """Train on CORPUS (a folder with cues/ and real/), or on --labels of any task; write the model and its card.

    With --base, --labels of the cues correct a trained model in under a minute; CORPUS, if given, is the base's.
    """
    if base is not None:
        from framing.tasks.retraincli import Request, run

        if not files:
            raise click.UsageError("--base goes with --labels FILE")
        run(Request(base, files, output, corpus, texts, task, label_format, promote, force))
        return
    if promote:
        raise click.UsageError("--promote goes with --base; for others `framing models promote`")
    if (corpus is None) == (not files):
        raise click.UsageError("give CORPUS or --labels FILE")
    if corpus is None:
        from framing.tasks.cli import train_task

        train_task(files, output, task, label_format, jobs)
        return
    try:
        from framing.training import card, corpora, train
    except ImportError as problem:
        raise FramingError("training", f"lacks {problem.name}", "pip install framing") from problem
    folder = corpus.parent if corpus.name == "cues" else corpus
    labels = corpora.read(folder, texts)
    click.echo(f"{len(labels)} labelled texts", err=True)
    trained = train.train(labels, corpora.lexicon(folder), train.TrainConfig(jobs=jobs))
    train.save(trained, output, name, model_version, corpora.digest(labels), card.card(trained, name, model_version))
    click.echo(f"wrote {output}", err=True)
    for line in card.summary(trained):
        click.echo(line)


@main.group("corpus")
def corpus_group() -> None:
    """Look after the labelled corpus."""


@corpus_group.command("check")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("datasets"))
def corpus_check(folder: Path) -> int:
    """Lint the corpus: spans, ids, duplicates, near-copies, balance, characters."""
    from framing.training import lint

    problems, tables = lint.check(folder)
    for line in tables:
        click.echo(line)
    for problem in problems:
        click.echo(report.clean(f"error: {problem}"), err=True)
    click.echo(f"{len(problems)} problems")
    return FAILED if problems else 0


if __name__ == "__main__":
    main()
