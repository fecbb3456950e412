"""Fits the framing score: a logistic regression over cue profiles, with the signs that theory demands, and its bands.

Furniture has no weight: it is the outlet's dress, not its framing (a legal designation marks who must obey a law, promos and
read-alsos are as common in the quality press). Language and sourcing cues may only raise the score, attribution only lower it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framing import bundle
from framing.cues import FURNITURE
from framing.framingscore import FramingScore, Term
from framing.profile import TERMS
from framing.schema import CorpusError
from framing.training.evaluate import Bools, Estimate, Floats, bootstrap

PENALTY = 0.003  # of the squared weights
EVEN = 0.7  # 1: every corpus, language and side weighs the same; 0: every article does
FEWEST = 30  # articles without the label from which a language has an offset
SMALLEST = 0.005  # a smaller weight is left out
WORDS = 60  # the least that a text must have
FALSE_ALARMS = 0.05  # of the articles without the label, that may be "high"
MISSES = 0.20  # of the articles with the label, that may be "low"
_LOWERS = ("sourcing.named", "sourcing.institution", "sourcing.direct", "sourcing.other_side")


@dataclass(frozen=True, slots=True)
class Example:
    """An article as the fit sees it: its terms, its label, and what the weights and folds go by."""

    terms: tuple[float, ...]  # in the order of TERMS
    positive: bool
    corpus: str
    outlet: str
    language: str
    words: int


def bounds(term: str) -> tuple[float | None, float | None]:
    """The signs that a weight may have."""
    if term.partition(".")[0] in FURNITURE:
        return (0.0, 0.0)
    return (None, 0.0) if term in _LOWERS else (0.0, None)


def weights(examples: Sequence[Example]) -> Floats:
    """Sides even in sum; corpora and languages nearly so."""
    cells = Counter((e.corpus, e.language, e.positive) for e in examples)
    found = np.array([cells[e.corpus, e.language, e.positive] ** -EVEN for e in examples])
    truth = np.array([e.positive for e in examples])
    for side in (truth, ~truth):
        found[side] /= found[side].sum() * 2
    return found


def fit(examples: Sequence[Example], free: bool = False) -> FramingScore:
    """The score without bands. `free` leaves the signs open, for comparison."""
    from scipy.optimize import minimize

    used = [e for e in examples if e.words >= WORDS]
    if len({e.positive for e in used}) < 2:
        raise CorpusError("framing score", "needs articles of both sides", "give corpora with positive and negative labels")
    values, weight = np.array([e.terms for e in used]), weights(used)
    centre = np.average(values, axis=0, weights=weight)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weight)) + 1e-6
    design = np.hstack([(values - centre) / scale, np.ones((len(used), 1))])
    sign = np.where([e.positive for e in used], 1.0, -1.0)
    limits = [(None, None) if free else bounds(term) for term in TERMS]
    start = np.zeros(len(TERMS) + 1)
    found = minimize(_loss(design, sign, weight), start, jac=True, method="L-BFGS-B", bounds=[*limits, (None, None)]).x
    terms = {
        name: Term(float(w), float(c), float(s)) for name, w, c, s in zip(TERMS, found, centre, scale) if abs(w) >= SMALLEST
    }
    score = FramingScore(float(found[-1]), terms, 0.5, 0.5, WORDS, {})
    return score._replace(languages=_offsets(score, used))


def _offsets(score: FramingScore, used: Sequence[Example]) -> dict[str, float]:
    """By how much articles without the label lie above those of all languages, which weigh the same; drawn to 0 where there are few."""
    plain = [e for e in used if not e.positive]
    odds, sizes = _odds(score, plain), Counter(e.language for e in plain)
    means = {code: float(np.mean([o for o, e in zip(odds, plain) if e.language == code])) for code in sizes}
    known = [code for code in sorted(sizes) if sizes[code] >= FEWEST]
    middle = float(np.mean([means[code] for code in known])) if known else 0.0
    return {code: (means[code] - middle) * sizes[code] / (sizes[code] + FEWEST) for code in known}


def _loss(design: Floats, sign: Floats, weight: Floats) -> Callable[[Floats], tuple[float, Floats]]:
    def loss(beta: Floats) -> tuple[float, Floats]:
        z = sign * (design @ beta)
        pull = weight * sign / (1 + np.exp(np.clip(z, -50, 50)))
        value = float((weight * np.logaddexp(0, -z)).sum() + PENALTY * (beta[:-1] ** 2).sum())
        return value, -(design.T @ pull) + 2 * PENALTY * np.append(beta[:-1], 0)

    return loss


def apply(score: FramingScore, examples: Sequence[Example]) -> Floats:
    """The scores of examples (n,), short ones too."""
    offsets = np.array([score.languages.get(e.language, 0.0) for e in examples])
    return np.asarray(1 / (1 + np.exp(-np.clip(_odds(score, examples) - offsets, -60, 60))))


def _odds(score: FramingScore, examples: Sequence[Example]) -> Floats:
    """The log-odds before the language's offset (n,)."""
    numbers = [score.terms.get(name, Term(0.0, 0.0, 1.0)) for name in TERMS]
    weight, centre, scale = (np.array(column) for column in zip(*numbers))
    values = np.array([e.terms for e in examples]).reshape(-1, len(TERMS))
    odds: Floats = score.intercept + ((values - centre) / scale) @ weight
    return odds


def held_out(examples: Sequence[Example], free: bool = False) -> Floats:
    """Each article's score by a fit on the other corpora, without any outlet of its own corpus."""
    found = np.zeros(len(examples))
    for corpus in sorted({e.corpus for e in examples}):
        inside = np.array([e.corpus == corpus for e in examples])
        outlets = {e.outlet for e in examples if e.corpus == corpus}
        score = fit([e for e in examples if e.corpus != corpus and e.outlet not in outlets], free)
        found[inside] = apply(score, [e for e in examples if e.corpus == corpus])
    return found


def banded(score: FramingScore, examples: Sequence[Example], scores: Floats) -> FramingScore:
    """The score with its bands, put and measured on held-out scores."""
    kept = np.array([e.words >= WORDS for e in examples])
    truth, weight = np.array([e.positive for e in examples]) & kept, weights(examples) * kept
    high = _quantile(scores[kept & ~truth], weight[kept & ~truth], 1 - FALSE_ALARMS)
    low = min(_quantile(scores[truth], weight[truth], MISSES), high)
    low, high = round(low, 4), round(high, 4)
    outlets = [e.outlet for e, use in zip(examples, kept) if use]
    bands = {"low": scores < low, "medium": (scores >= low) & (scores < high), "high": scores >= high}
    measured = {name: _band(truth[kept], inside[kept], weight[kept], outlets) for name, inside in bands.items()}
    return score._replace(low=low, high=high, measured={"articles": int(kept.sum()), "outlets": len(set(outlets)), "bands": measured})


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def _band(truth: Bools, inside: Bools, weight: Floats, outlets: Sequence[str]) -> dict[str, Any]:
    """Share of labelled articles inside a band where both sides are equally common, with its interval over outlets."""
    counts = np.stack([weight * (inside & truth), weight * inside], axis=1)
    share: Estimate = bootstrap(outlets, counts, lambda s: float(s[0] / s[1]) if s[1] else 0.0)
    return {"articles": int(inside.sum()), "labelled": [round(v, 3) for v in (share.value, share.low, share.high)]}


def write(folder: Path, score: FramingScore) -> None:
    """Put a score into the manifest of a bundle, whose digest changes with it, and its section into the card."""
    body = bundle.read_manifest(folder)
    del body["sha256"]
    fitted = score.as_dict()
    bundle.write_atomic(folder / bundle.MANIFEST, bundle.manifest_bytes({**body, "score": fitted}))
    card = folder / "README.md"
    if card.exists():
        before, _, rest = card.read_text(encoding="utf-8").partition(_HEADING)
        plain = before + rest[rest.index("## Limits") :] if rest else before
        bundle.write_atomic(card, plain.replace("## Limits", f"{_HEADING}{section(fitted)}## Limits", 1).encode())


_HEADING = "## Framing score\n\n"


def section(fitted: dict[str, Any]) -> str:
    """What a card says of the framing score: its terms and what each band holds on outlets not seen in the fit."""
    measured = fitted["measured"]
    terms = ", ".join(f"`{name}` {numbers[0]:+.2f}" for name, numbers in fitted["terms"].items())
    rows = (
        f"| {name} | {band['articles']} | {band['labelled'][0]:.2f} [{band['labelled'][1]:.2f}, {band['labelled'][2]:.2f}] |\n"
        for name, band in measured["bands"].items()
    )
    return (
        "A logistic regression over the cue profile of an article: no topic words, no names, no furniture, an offset a language.\n"
        "Its labels are those of the corpora, most of them given by source. It says how an article is framed, not whether it is true.\n\n"
        f"Weights (log-odds a standard deviation): {terms}.\n\n"
        f"Bands on outlets that the fold's fit did not see ({measured['articles']} articles of {measured['outlets']} outlets):\n\n"
        "| band | articles | share with the label of its corpus, both sides made even |\n|---|---|---|\n" + "".join(rows) + "\n"
    )
