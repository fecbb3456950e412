"""The work grows with the text, whatever the text: executed lines are counted, not seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys

COUNT = """
import json, sys
from framing.candidates import candidates
from framing.lexicon import Lexicon
from framing.schema import Article

def work(text):
    candidates(Article("a", text), "fr", Lexicon())

def executed(text):
    count = 0
    def trace(frame, event, _):
        nonlocal count
        count += event == "line"
        return trace
    sys.settrace(trace)
    work(text)
    sys.settrace(None)
    return count

sizes = (3000, 24000)
for name, piece in json.load(sys.stdin).items():
    texts = [(piece * (size // len(piece) + 1))[:size] for size in sizes]
    work(texts[0])
    print(name, *map(executed, texts))
"""
HOSTILE = {
    "one word": "a", "one blank": "\u00a0", "quotes": '"a" ', "bare quotes": '""', "guillemets": "« ", "apostrophes": "'a", "asterisks": "*",
    "starred lines": "* a\n", "brackets": "(a)", "opened": "[(", "closed": ")", "stops": "A. ", "closers": '.")"', "distance": "soi-disant « a » ",
    "pseudo": "pseudo-abc ", "addresses": "https://a.b ", "nothing to see": "\u200b", "ligatures": "ﷺ",
}  # fmt: skip


def test_eight_times_the_text_is_eight_times_the_work() -> None:
    """The features of a candidate are bounded by its words. A quadratic step adds to that. Windows of fixed width (a sentence, a quotation) leave some play."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    environment["FRAMING_NATIVE"] = "0"
    said = subprocess.run([sys.executable, "-c", COUNT], input=json.dumps(HOSTILE).encode(), capture_output=True, check=True, env=environment)
    ratios = {}
    for line in said.stdout.decode().splitlines():
        name, small, large = line.rsplit(" ", 2)
        ratios[name] = int(large) / int(small)
    assert len(ratios) == len(HOSTILE)
    assert {name: ratio for name, ratio in ratios.items() if ratio > 8.8} == {}
