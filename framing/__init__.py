"""framing: finds the cues by which a news article frames its story, shows where each stands, says how sure it is."""

from __future__ import annotations

from pathlib import Path

from framing.model import Model
from framing.schema import Article, BundleError, Evidence, FramingError, Record, Skip

__version__ = "0.1.0"
__all__ = ["Article", "Evidence", "FramingError", "Model", "Record", "Skip", "load"]


def load(model: str | Path = "default") -> Model:
    """Load a model: a folder, or the name of one that ships with the package.

    >>> import framing
    >>> record = framing.load().score_one(framing.Article("a1", "Abonnez-vous à notre chaîne Telegram !"))
    >>> max(record.cues, key=record.cues.get)
    'social_promo'

    Raises `BundleError` for a bundle that is missing, damaged or made by something else.
    """
    if Path(model).is_dir():
        return Model(Path(model))
    here = Path(__file__).parent
    for shipped in (here / "models" / str(model), here.parent / "models" / str(model)):
        if (shipped / "model.json").exists():
            return Model(shipped)
    raise BundleError(model, "is no model folder and no shipped model", "name a folder with --model, or use 'default'")
