"""`framing train --base`: new labels of the cues on top of a bundle. Called by `framing.cli`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import framing
from framing.bundle import write_folder
from framing.schema import BundleError, Label
from framing.tasks import agreement, cuelabels, imports, retrain, retraincard, versions
from framing.training import corpora, weights
from framing.training.adapt import AdaptConfig

DATASETS = Path("datasets")  # where a clone has the written half


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    base: Path
    files: Sequence[Path]
    output: Path
    corpus: Path | None = None
    texts: Path | None = None
    task: str | None = None
    form: str | None = None
    promote: bool = False
    force: bool = False


def run(request: Request) -> None:
    """Correct the base, write the bundle, say what changed, promote it if asked and better."""
    base_folder = framing.load(versions.resolve(request.base)).folder
    _check_output(request, base_folder)
    base = weights.read(base_folder)
    marks, agreements = agreement.resolve([m for path in request.files for m in imports.read(path, request.form, request.task)])
    for each in agreements:
        if each.alpha is not None:
            click.echo(str(each), err=True)
    new = cuelabels.new_labels(m for m in marks if request.task in (None, m.task))
    corpus = _corpus(request, base_folder)
    click.echo(f"{len(new)} labelled articles on top of {base.name}; {len(corpus)} texts of its corpus at hand", err=True)
    config = AdaptConfig()
    result = retrain.retrain(base, corpus, new, config)
    write_folder(request.output, retraincard.files(result, retraincard.Origin(base, new, config), request.output.name))
    click.echo(f"wrote {request.output}", err=True)
    for line in retraincard.summary(result):
        click.echo(line)
    if request.promote:
        click.echo(_promoted(request, base_folder, result.verdict))


def _check_output(request: Request, base_folder: Path) -> None:
    output = request.output.resolve()
    if output == base_folder.resolve():
        raise BundleError(request.output, "is the base itself", "name another folder with -o")
    if versions.current(output.parent) == output.name and not request.force:
        raise BundleError(request.output, "is the current version, in use", "name another folder with -o, or --force")


def _corpus(request: Request, base_folder: Path) -> list[Label]:
    """The base's corpus: as named, or the one that lies beside the bundle; none elsewhere."""
    if request.corpus is not None:
        return corpora.read(request.corpus.parent if request.corpus.name == corpora.WRITTEN else request.corpus, request.texts)
    beside = [p for p in (DATASETS, base_folder.parent.parent / DATASETS) if (p / corpora.WRITTEN).is_dir()]
    return corpora.read(beside[0], request.texts) if beside else []


def _promoted(request: Request, base_folder: Path, verdict: str | None) -> str:
    folder, name = request.output.parent, request.output.name
    now, home = versions.current(folder), base_folder.parent.resolve() == folder.resolve()
    if verdict and not request.force:
        raise BundleError(request.output, f"is not promoted over its base: {verdict}", "--force promotes it all the same")
    if now is None and home:
        versions.promote(folder, base_folder.name, None)  # so that there is something to roll back to
    elif now not in (None, name) and not (home and now == base_folder.name) and not request.force:
        remedy = f"retrain on --base {folder / str(now)}, or `framing models promote {name} --labels FILE`"
        raise BundleError(request.output, f"was compared with its base, not with '{now}', the current version", remedy)
    return versions.promote(folder, name, None)
