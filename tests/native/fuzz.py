"""Feeds the C extension texts that nobody would write and arguments that nobody should pass. Run by `sanitize.sh`, under ASan and UBSan.

usage: python tests/native/fuzz.py [SECONDS [SEED]]

What the extension finds is compared with Python's; a crash, a leak of the sanitizers' or a difference ends the run.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from framing import Article, load
from framing.candidates import candidates
from framing.features import occurrences
from framing.kernel import native
from framing.layout import plain_case
from framing.panel import Panels
from framing.text import fold, plain_tokens, tokens

PASSAGES = [line for path in sorted((Path(__file__).parent.parent.parent / "datasets" / "cues").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
MARKS = [*"*\"«»„“”'()[]{}<>@#|:;.,!?-–— \t\n\r_", "https://", "www.", "...", "\u200b", "\u00ad", "ﷺ", "½", "\ud83d", "🇫🇷", "\u0301", "x" * 200]


def text(chance: random.Random) -> str:
    pieces = []
    for _ in range(chance.randrange(40)):
        kind = chance.randrange(4)
        if kind == 0:
            passage = chance.choice(PASSAGES)
            start = chance.randrange(len(passage))
            pieces.append(passage[start : start + chance.randrange(80)])
        elif kind == 1:
            pieces.append(chance.choice(MARKS) * chance.randrange(1, 4))
        elif kind == 2:
            pieces.append("".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(12))))
        else:
            pieces.append("".join(chr(chance.randrange(1, 0x110000)) for _ in range(chance.randrange(4))))
    return "".join(pieces)


def nonsense(chance: random.Random, depth: int = 0) -> object:
    made: list[Callable[[], object]] = [
        lambda: None, lambda: chance.randrange(-3, 1 << chance.randrange(1, 70)), lambda: text(chance), lambda: text(chance).encode("utf-8", "replace"), lambda: 0.5,
        lambda: [nonsense(chance, depth + 1) for _ in range(chance.randrange(4))], lambda: tuple(nonsense(chance, depth + 1) for _ in range(chance.randrange(6))),
    ]  # fmt: skip
    return chance.choice(made if depth < 3 else made[:5])()


def compare(chance: random.Random, fast: Panels, slow: Panels) -> None:
    article = Article("a", text(chance), text(chance) if chance.random() < 0.5 else None)
    folded = fold(article.text)
    assert tokens(folded) == plain_tokens(folded), ascii(article)
    assert native.case(article.text) == plain_case(article.text), ascii(article)
    found = candidates(article, chance.choice(("fr", "ru", "de", "")), MODEL.lexicon)
    assert all(list(map(list, fast.margins(found)[unit])) == list(map(list, slow.margins(found)[unit])) for unit in found), ascii(article)
    kernel = native.Kernel(())
    for each in found["sentence"]:
        assert kernel.text(each.view.tokens.texts, each.view.classes).features(each) == [o.feature for o in occurrences(each)], ascii(article)


def misuse(chance: random.Random, kernel: object) -> None:
    some = kernel.text(["a", "b"], ["", "x"])  # type: ignore[attr-defined]
    called = chance.choice((native.Kernel, native.tokens, native.case, kernel.text, some.margins, some.words, some.features))  # type: ignore[attr-defined]
    with suppress(TypeError, ValueError, IndexError, OverflowError, AttributeError, BufferError):
        called(*(nonsense(chance) for _ in range(chance.randrange(4))))


def main(seconds: float, seed: int) -> None:
    chance, rounds, until = random.Random(seed), 0, time.monotonic() + seconds
    fast, slow = Panels(MODEL.panels.values(), native), Panels(MODEL.panels.values(), None)
    kernel = native.Kernel(tuple(panel.parts for panel in MODEL.panels.values()))
    while time.monotonic() < until:
        rounds += 1
        compare(chance, fast, slow)
        for _ in range(50):
            misuse(chance, kernel)
    print(f"{native.__file__}: {rounds} articles, {50 * rounds} misuses, no difference and no crash (seed {seed})")


if __name__ == "__main__":
    if native is None:
        sys.exit("the extension is not built")
    MODEL = load()
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
