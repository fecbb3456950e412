"""From an article's candidates and their probabilities to its profile, whole or without what is masked."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import compress

from framing.cues import UNIT_OF
from framing.panel import Margins
from framing.profile import Judged, Profile, measure
from framing.schema import Evidence, Sourcing
from framing.segment import Stretch
from framing.view import Candidate, View, Words

NOTHING = -1e6  # the margin of a candidate that is hidden
Found = Mapping[str, Sequence[Candidate]]
Place = tuple[str, int]  # field, start


def views(found: Found) -> list[View]:
    """The fields that an article's candidates stand in."""
    return list({id(c.view): c.view for c in found["sentence"]}.values())


def profile(
    found: Found, chances: Mapping[str, Sequence[float]], evidence: Sequence[Evidence], aside: Sequence[Stretch], sources: Sourcing
) -> Profile:
    """The profile. chances: by cue, a probability a candidate. aside: stretches of the text that are left out, in `sources` too."""
    out = _outside(aside)
    places = {unit: _places(judged) for unit, judged in found.items()}
    spans = Counter(e.cue for e in evidence if not out((e.field, e.start)))
    kept = {unit: [not out(place) for place in some] for unit, some in places.items()} if aside else {}
    judged = {}
    for cue, chance in chances.items():
        unit = UNIT_OF[cue]
        at = places[unit]
        if aside:
            at, chance = list(compress(at, kept[unit])), list(compress(chance, kept[unit]))
        judged[cue] = Judged(at, chance, spans[cue])
    return measure(_words(found, out if aside else None), judged, _head(found), sources)


def patched(margins: Margins, again: Margins, numbers: Mapping[str, Sequence[int]], emptied: Mapping[str, Sequence[int]]) -> Margins:
    """The margins with those of some candidates in the place of the old ones, and none for the emptied ones."""
    return {
        unit: [_patched(old, new, numbers[unit], emptied.get(unit, ())) for old, new in zip(columns, again[unit], strict=True)]
        for unit, columns in margins.items()
    }


def _patched(old: Sequence[float], new: Sequence[float], numbers: Sequence[int], emptied: Sequence[int]) -> Sequence[float]:
    changed = list(old)
    for number, value in zip(numbers, new, strict=True):
        changed[number] = value
    for number in emptied:
        changed[number] = NOTHING
    return changed


def _outside(aside: Sequence[Stretch]) -> Callable[[Place], bool]:
    """Whether a place stands in one of the stretches, which may overlap."""
    merged: list[list[int]] = []
    for start, end in sorted(aside):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    starts = [start for start, _ in merged]

    def out(place: Place) -> bool:
        at = bisect_right(starts, place[1]) - 1
        return place[0] == "text" and at >= 0 and place[1] < merged[at][1]

    return out


def _places(judged: Sequence[Candidate]) -> list[Place]:
    if isinstance(judged, Words):
        return [(run.view.field, run.view.tokens.starts[k]) for run in judged.runs for k in run.indices]
    return [(c.view.field, c.start) for c in judged]


def _head(found: Found) -> tuple[str, Stretch] | None:
    if not found["title"]:
        return None
    title = found["title"][0]
    return title.view.field, Stretch(title.start, title.end)


def _words(found: Found, out: Callable[[Place], bool] | None) -> int:
    """How many words are not out."""
    total = 0
    for view in views(found):
        words = [word[0].isalpha() for word in view.tokens.texts]
        total += sum(not out((view.field, start)) for start in compress(view.tokens.starts, words)) if out else sum(words)
    return total
