"""`framing.combine` over arrays: from the margins of every unit to those of each cue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from framing.cues import CUE_IDS, PHRASES, TRIGGERS, UNIT_OF, heads
from framing.panel import NO_TRIGGER, SENTENCE_SHARE
from framing.training.extract import UnitArrays

Floats = npt.NDArray[np.float64]


def cue_margins(arrays: Mapping[str, UnitArrays], margins: Mapping[str, Floats]) -> dict[str, Floats]:
    """By cue, a margin a candidate of its unit. margins: by unit, (n, heads)."""
    return {cue: _margins(cue, arrays, margins) for cue in CUE_IDS}


def _margins(cue: str, arrays: Mapping[str, UnitArrays], margins: Mapping[str, Floats]) -> Floats:
    unit = UNIT_OF[cue]
    own = np.ascontiguousarray(margins[unit][:, heads(unit).index(cue)])
    if unit in PHRASES and len(own):
        sentence = arrays[unit].sentence
        around = margins["sentence"][sentence, heads("sentence").index(cue)]
        return own + SENTENCE_SHARE * np.where(sentence >= 0, around, 0.0)
    if cue in TRIGGERS:
        return own + _strongest(cue, arrays["trigger"], margins["trigger"], len(own))
    return own


def _strongest(cue: str, words: UnitArrays, margins: Floats, count: int) -> Floats:
    """Of each sentence the largest margin of its trigger words, `NO_TRIGGER` at least."""
    names = {f"y:{kind}" for kind in TRIGGERS[cue]}
    columns = [k for k, name in enumerate(words.names) if name in names]
    mine = np.flatnonzero(words.counts[:, columns].getnnz(axis=1))
    found = np.full(count, NO_TRIGGER)
    np.maximum.at(found, words.sentence[mine], margins[mine, heads("trigger").index(cue)])
    return found
