"""`framing outlets` and `framing compare`: their options, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

FORMATS = ("text", "jsonl", "csv")


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RESULTS…")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--least", default=20, show_default=True, type=click.IntRange(1), help="Scored articles below which an outlet has no rates.")
@click.option("--ratings", type=click.Path(path_type=Path), multiple=True, help="A CSV or TSV of outside ratings by domain; may repeat.")
@click.option("--html", type=click.Path(path_type=Path), help="Write one self-contained page here too.")
@click.option("--top", type=click.IntRange(1), help="Text view: only so many outlets.")
def outlets(
    results: tuple[Path, ...], form: str, least: int, ratings: tuple[Path, ...], html: Path | None, top: int | None
) -> int:
    """Sum up scored articles (outputs of `framing batch`: .jsonl, .parquet, .db) by outlet. What their texts do; no trust rating."""
    from framing.bundle import write_atomic
    from framing.outlets import page, show, summary
    from framing.outlets import ratings as outside
    from framing.outlets.tally import tally

    rated = [outside.read(path) for path in ratings]
    overview = summary.summarise(tally(_articles(results)), least)
    if html:
        write_atomic(html, "".join(page.page(overview, ", ".join(p.name for p in results))).encode("utf-8", "replace"))
        click.echo(f"wrote {html}", err=True)
    if form == "text":
        lines: Iterator[str] = show.text(overview, top)
    else:
        lines = (json.dumps(s.as_dict(), ensure_ascii=False) for s in overview.outlets) if form == "jsonl" else show.table(overview)
    for line in lines:
        click.echo(line)
    for each in rated:
        for line in show.correlations(each.name, list(outside.correlations(overview.outlets, each))):
            click.echo(line, err=form != "text")
    return 0


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="OUTLET [OUTLET]")
@click.option("-r", "--results", "paths", type=click.Path(path_type=Path), multiple=True, required=True, help="A results file; may repeat.")
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="With one OUTLET: before and after this day.")
def compare(names: tuple[str, ...], paths: tuple[Path, ...], day: object) -> int:
    """Compare two outlets of scored results cue by cue, or one before and after a day (--at)."""
    from framing.outlets import compare as comparing
    from framing.outlets import show

    if len(names) != (1 if day else 2):
        raise click.UsageError("give two outlets, or one and --at DAY")
    if day:
        found = comparing.before_after(_articles(paths), names[0], str(day)[:10])
        titles = (f"before {str(day)[:10]}", f"from {str(day)[:10]}")
    else:
        found, titles = comparing.outlets(_articles(paths), *names), (names[0], names[1])
    for line in show.differences(found, titles):
        click.echo(line)
    return 0


def _articles(paths: tuple[Path, ...]) -> Iterator:  # type: ignore[type-arg]
    from framing.outlets.results import read

    return (seen for path in paths for seen in read(path))


COMMANDS: dict[str, click.Command] = {"compare": compare, "outlets": outlets}
