"""What a retrained bundle says of itself: the lines on the terminal, its card, its manifest."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from framing.cues import CUE_IDS
from framing.tasks.compare import seen
from framing.tasks.retrain import CONTRADICTED, LOSS, METRIC, Change, Retrained
from framing.training import adapt, corpora, weights
from framing.training.adapt import AdaptConfig, NewLabel
from framing.training.weights import Base

DOUBTS = 10


@dataclass(frozen=True, slots=True)
class Origin:
    """What a bundle was made of."""

    base: Base
    new: Sequence[NewLabel]
    config: AdaptConfig

    @property
    def digest(self) -> str:
        """Of the base's corpus and the new labels."""
        rows = [self.base.body["corpus_sha256"], corpora.digest(e.label for e in self.new)]
        rows += [f"{sorted(e.known)} {sorted(e.loose)}" for e in self.new]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def files(result: Retrained, origin: Origin, name: str) -> dict[str, bytes]:
    """The files of the bundle, the card among them. Its version is the base's with the labels' digest behind."""
    base, digest = origin.base, origin.digest
    version = f"{base.body['version'].partition('+')[0]}+{digest[:8]}"
    known = base.body.get("seen", [])
    body: dict[str, Any] = {
        **base.body,
        "name": name,
        "version": version,
        "calibration": {cue: list(result.calibrations[cue]) for cue in CUE_IDS},
        "corpus_sha256": digest,
        "base": {key: base.body[key] for key in ("name", "version", "sha256")},
        "adapted": asdict(origin.config),
        "seen": sorted({*known, *seen(result.given)}),
        "figure": _figure(result),
    }
    heads = adapt.corrected(result.panels, result.fitted, base)
    return {**weights.files(body, heads), "README.md": card(result, origin, f"{name} {version}").encode()}


def _figure(result: Retrained) -> dict[str, Any] | None:
    if result.figure is None:
        return None
    return {"metric": METRIC, "split": "outlet-disjoint, new labels", "n": len(result.given.texts), **asdict(result.figure)}


def summary(result: Retrained) -> Iterator[str]:
    """Old against new, the verdict, and the labels most worth a second look."""
    yield from (str(change) for change in _changes(result))
    yield f"the new model is {'better' if result.verdict is None else f'not better: {result.verdict}'}"
    yield "the labels most worth a second look:"
    yield from (f"  {each}" for each in result.doubts(DOUBTS))


def _changes(result: Retrained) -> list[Change]:
    return [*result.cues, *(each for each in (result.whole, result.rest) if each)]


def card(result: Retrained, origin: Origin, name: str) -> str:
    """The card, in Markdown, with the base's behind it."""
    said = Counter(cue for each in origin.new for cue in each.known)
    rows = [
        f"| {c.name} | {c.n} | {c.positives} | {c.old:.3f} | {c.new:.3f} | {c.difference.value:+.3f} [{c.difference.low:+.3f},"
        f" {c.difference.high:+.3f}] |"
        for c in _changes(result)
    ]
    verdict = "better than its base." if result.verdict is None else f"not shown to be better than its base: {result.verdict}."
    moved = [cue for cue in CUE_IDS if result.calibrations[cue] != origin.base.calibrations[cue]]
    return "\n".join([
        f"# Model card: {name}",
        _ABOUT.format(base=origin.base.name, n=len(origin.new), outlets=len(set(result.given.groups)), verdict=verdict,
                      cues=", ".join(f"{cue} ({n})" for cue, n in said.most_common())),
        "| | articles | with it | F1 before | F1 now | difference |\n|---|---|---|---|---|---|",
        *rows,
        _LIMITS.format(moved=", ".join(moved) or "none", loss=LOSS, contradicted=CONTRADICTED, digest=origin.digest[:16]),
        "\n".join(f"#{line}" if line.startswith("#") else line for line in origin.base.card.split("\n")),
    ])  # fmt: skip


_ABOUT = """
The heads of {base}, corrected by {n} new labels of {outlets} outlets: logistic regression with the base's weights as the prior, on the
new labels and a sample of the base's corpus (`framing/training/adapt.py` has formula and sources). Labels say something of: {cues}.
Measured, it is {verdict}

## New labels: before and now

Outlet-disjoint folds; a cue is found at probability 0.5; in brackets the 95 % interval of a bootstrap over outlets, old and new in
pairs. "the rest": texts of the base's corpus that the correction did not see (the base itself has seen them: what counts is the loss).
"""

_LIMITS = """
Calibration: Platt's, the base's slopes; intercepts moved by at most 1.0 on out-of-fold margins: {moved}. Better means: the whole interval
over the new labels above 0, that of the rest above -{loss}, and no cue whose labels contradict each other (shares denied of those present
and of those absent: geometric mean above {contradicted}). The new labels' licence is for the one who gave them to state.
`model.json` keeps short digests of the new texts and outlets, so that later comparisons can leave them out. Rebuild: `framing train --base
BASE --labels FILE -o FOLDER` on labels and corpus of digest {digest}.

The base's own card follows; its figures are the base's.
"""
