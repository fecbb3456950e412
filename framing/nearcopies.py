"""Near-copies of texts: which ones share most of their word runs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

RUN = 5  # words of a run
SHARE = 0.5  # of the shorter text's runs that must stand in the other
_MAX_HOLDERS = 20  # a run in more texts is a stock phrase and tells nothing
_WORD = re.compile(r"\w+")


def runs(text: str) -> set[str]:
    """The word runs of a text; of a text shorter than a run, its words joined."""
    words = _WORD.findall(text.casefold())
    return {" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}


def pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Index pairs of near-copies, the earlier text first."""
    holders: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for number, text in enumerate(texts):
        mine = runs(text)
        sizes.append(len(mine))
        shared = Counter(other for run in sorted(mine) for other in holders[run][:_MAX_HOLDERS])
        for other, count in sorted(shared.items()):
            if count >= SHARE * min(len(mine), sizes[other]):
                yield other, number
        for run in mine:
            holders[run].append(number)


def merge(groups: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The groups, joined where near-copies stand in two of them."""
    parent = {group: group for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for a, b in pairs(texts):
        parent[root(groups[b])] = root(groups[a])
    return [root(group) for group in groups]
