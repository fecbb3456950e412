"""From the margins of every unit to those of each cue: units have a say in one another.

A phrase takes in half of its sentence's margin. A sentence takes in that of its strongest trigger word, a word of a class that tells
of the cue (`cues.TRIGGERS`): who says something is said in three words, which a sentence of forty drowns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from framing.cues import CUE_IDS, PHRASES, TRIGGERS, UNIT_OF, heads
from framing.panel import NO_TRIGGER, SENTENCE_SHARE, Explanation, Margins, Panels
from framing.view import Candidate, Words

Found = Mapping[str, Sequence[Candidate]]
Columns = dict[str, Sequence[float]]  # by cue, a margin a candidate of its unit


def columns(found: Found, margins: Margins) -> Columns:
    """The margins of each cue. margins: by unit, a column a head."""
    own = {cue: _own(UNIT_OF[cue], cue, margins) for cue in CUE_IDS}
    return {cue: _with_others(cue, column, found, margins) for cue, column in own.items()}


def _own(unit: str, cue: str, margins: Margins) -> Sequence[float]:
    return margins[unit][heads(unit).index(cue)]


def _with_others(cue: str, column: Sequence[float], found: Found, margins: Margins) -> Sequence[float]:
    if UNIT_OF[cue] in PHRASES:
        around, owners = _own("sentence", cue, margins), _owners(found[UNIT_OF[cue]])
        return [m + SENTENCE_SHARE * around[k] if k >= 0 else m for m, k in zip(column, owners, strict=True)]
    if cue not in TRIGGERS:
        return column
    strongest = [NO_TRIGGER] * len(column)
    words, kinds = found["trigger"], TRIGGERS[cue]
    for kind, owner, margin in zip(_classes(words), _owners(words), _own("trigger", cue, margins), strict=True):
        if kind in kinds and margin > strongest[owner]:
            strongest[owner] = margin
    return [m + best for m, best in zip(column, strongest, strict=True)]


def _owners(judged: Sequence[Candidate]) -> list[int]:
    return judged.sentences if isinstance(judged, Words) else [c.sentence for c in judged]


def _classes(judged: Sequence[Candidate]) -> list[str]:
    return judged.classes if isinstance(judged, Words) else [c.view.classes[c.inner[0]] for c in judged]


def explained(panels: Panels, found: Found, cue: str) -> list[Explanation]:
    """Why each candidate of the cue's unit has the margin that `columns` gives it."""
    unit = UNIT_OF[cue]
    own = [panels[unit].explain(c, cue) for c in found[unit]]
    if unit in PHRASES:
        owners = [c.sentence for c in found[unit]]
        around = {n: panels["sentence"].explain(found["sentence"][n], cue) for n in set(owners) if n >= 0}
        return [e.within(around.get(n)) for e, n in zip(own, owners, strict=True)]
    if cue not in TRIGGERS:
        return own
    strongest: dict[int, Explanation] = {}
    for word, kind in zip(found["trigger"], _classes(found["trigger"]), strict=True):
        if kind in TRIGGERS[cue]:
            each = panels["trigger"].explain(word, cue)
            if word.sentence not in strongest or each.margin > strongest[word.sentence].margin:
                strongest[word.sentence] = each
    return [e.led(strongest.get(n)) for n, e in enumerate(own)]
