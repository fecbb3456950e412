"""The cue profile of an article: how strong and how dense each cue is, headline against body, and its sourcing.

Nothing else of the text is in it: no word, no name, no topic. The framing score is a sum over these numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framing.cues import CUE_IDS, UNIT_OF
from framing.schema import Sourcing
from framing.segment import Stretch

FLOOR = 100  # words; a shorter text is taken as this long, or one cue would make it dense
PER = 1000  # words


@dataclass(frozen=True, slots=True)
class Judged:
    """One cue's candidates: (field, start) and probability of each."""

    places: Sequence[tuple[str, int]]
    probability: Sequence[float]
    spans: int  # of evidence

    def split(self, head: tuple[str, Stretch] | None) -> tuple[float, float]:
        """The largest probability in the headline and outside of it; 0 where there is no candidate."""
        inside, outside = 0.0, 0.0
        for (name, start), probability in zip(self.places, self.probability, strict=True):
            if head and name == head[0] and head[1].start <= start < head[1].end:
                inside = max(inside, probability)
            else:
                outside = max(outside, probability)
        return inside, outside


@dataclass(frozen=True, slots=True)
class CueProfile:
    """One cue in one article. density: the sum of its candidates' probabilities per 1,000 words."""

    spans: int
    density: float
    title: float
    body: float

    @property
    def probability(self) -> float:
        """The larger of headline and body."""
        return max(self.title, self.body)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the framing score may see."""

    words: int
    cues: Mapping[str, CueProfile]
    sourcing: Sourcing

    def group(self, cues: Sequence[str]) -> tuple[int, float]:
        """Spans and density of a group of cues together."""
        return sum(self.cues[c].spans for c in cues), sum(self.cues[c].density for c in cues)

    def terms(self) -> dict[str, float]:
        """The named numbers of the regression. Densities are `log(1 + x)`: the second loaded name says less than the first."""
        found: dict[str, float] = {}
        for cue, each in self.cues.items():
            if UNIT_OF[cue] == "title":
                found[f"{cue}.probability"] = each.probability
            else:
                found[f"{cue}.density"] = math.log1p(each.density)
                found[f"{cue}.title"] = each.title
        return {**found, **_sourcing_terms(self.sourcing)}


def _sourcing_terms(sourcing: Sourcing) -> dict[str, float]:
    total = max(1, sourcing.sentences)
    counts = {"named": sourcing.named, "institution": sourcing.institution, "unnamed": sourcing.unnamed, "direct": sourcing.direct}
    shares = {f"sourcing.{name}": count / total for name, count in counts.items()}
    return {**shares, "sourcing.top_share": sourcing.top_share, "sourcing.other_side": float(sourcing.other_side)}


def measure(words: int, judged: Mapping[str, Judged], head: tuple[str, Stretch] | None, sourcing: Sourcing) -> Profile:
    """The profile from the candidates of all cues. head: the field and the stretch of the headline."""
    length = max(words, FLOOR)
    cues = {}
    for cue, each in judged.items():
        title, body = each.split(head)
        cues[cue] = CueProfile(each.spans, PER * sum(each.probability) / length, title, body)
    return Profile(words, cues, sourcing)


TERMS = tuple(
    [name for cue in CUE_IDS for name in ([f"{cue}.probability"] if UNIT_OF[cue] == "title" else [f"{cue}.density", f"{cue}.title"])]
    + [f"sourcing.{name}" for name in ("named", "institution", "unnamed", "direct", "top_share", "other_side")]
)
