"""Prints the pass rates of the behavioural suite, by cue and by language.

usage: python benchmarks/behaviour.py [MODEL]
"""

import sys
from pathlib import Path

import framing
from framing.cues import CUE_IDS, LANGUAGES

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests import behaviour_suite as suite

KINDS = ("has", "has_not", "pair", "added", "reported", *suite.CHANGES)


def main(name: str) -> None:
    model = framing.load(name)
    found = {**suite.rates(model), **suite.directions(model), **suite.invariances(model)}
    print("| | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for label, where in (
        *((cue, {"cue": cue}) for cue in CUE_IDS),
        *((language, {"language": language}) for language in LANGUAGES),
        ("all", {}),
    ):
        print(f"| {label} | " + " | ".join(shown(suite.share(found, kind, **where)) for kind in KINDS) + " |")


def shown(rate: float) -> str:
    return f"{rate:.2f}" if rate == rate else ""


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
