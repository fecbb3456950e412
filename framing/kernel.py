"""The optional C extension, or None: not built, or turned off with FRAMING_NATIVE=0. Without it the same records come slower."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


def _load() -> Any:
    if os.environ.get("FRAMING_NATIVE") == "0":
        return None
    try:
        return import_module("framing._native")
    except ImportError:
        return None


native: Any = _load()
