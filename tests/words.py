"""A made-up corpus: what the labels mean is known, so what must be learnt is too."""

from __future__ import annotations

import numpy as np

from framing.schema import Article
from framing.tasks.labels import Mark

PLAIN = tuple(f"{a}{b}{c}" for a in ("ma", "to", "ri", "se", "lu") for b in ("ka", "no", "pi", "du") for c in ("n", "r", "s", "t", "l"))
TELLING = {"x": ("zaragun", "zorbek"), "y": ("quibbe", "qualmo"), "z": ("wexil", "wummet")}


def text(random: np.random.Generator, labels: tuple[str, ...]) -> str:
    words = [PLAIN[i] for i in random.integers(0, len(PLAIN), 40)]
    for label in labels:
        words += [TELLING[label][i] for i in random.integers(0, 2, 3)]
    return " ".join(random.permutation(words).tolist()) + "."


def article(random: np.random.Generator, number: int, labels: tuple[str, ...], outlets: int = 12) -> Article:
    language, day = ("fr", "de")[number % 2], f"20{10 + number % 10}-01-{1 + number % 28:02}"
    return Article(f"a{number}", text(random, labels), None, None, f"outlet{number % outlets}.org", language, day)


def binary(n: int, seed: int = 0, flipped: int = 0, outlets: int = 12) -> list[Mark]:
    """Articles with or without the words of x; the labels of the first `flipped` are wrong."""
    random, found = np.random.default_rng(seed), []
    for k in range(n):
        yes = bool(random.integers(0, 2))
        said = not yes if k < flipped else yes
        made = article(random, 1000 * seed + k, ("x",) if yes else (), outlets)
        found.append(Mark(f"f{seed}:{k + 1}", made, "t", "article", frozenset(("true" if said else "false",))))
    return found


def several(n: int, seed: int = 0) -> list[Mark]:
    random, found = np.random.default_rng(seed), []
    for k in range(n):
        labels = tuple(label for label in TELLING if random.random() < 0.4)
        found.append(Mark(f"s:{k + 1}", article(random, k, labels), "s", "article", frozenset(labels)))
    return found


def choice(n: int, seed: int = 0) -> list[Mark]:
    random, found = np.random.default_rng(seed), []
    for k in range(n):
        label = ("x", "x", "x", "y", "z")[int(random.integers(0, 5))]
        found.append(Mark(f"c:{k + 1}", article(random, k, (label,)), "c", "article", frozenset((label,))))
    return found
