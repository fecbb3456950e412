"""Articles to sparse tf-idf rows in one vectorised pass over their characters: words, word pairs, character n-grams.

A feature is a 64-bit polynomial hash of folded characters, S(end) - S(start) over prefix sums (Karp and Rabin 1987),
reduced to `bits` bits (Weinberger et al. 2009). No string is built for a token, which is what makes it fast; a feature's
name is found again by hashing the words of a text (`names`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from framing.text import fold

Codes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Floats32 = npt.NDArray[np.float32]
KINDS = ("words", "pairs", "grams")
GRAMS = (3, 4, 5)  # lengths of the character n-grams; "_" is a word's edge
CHUNK = 400_000  # characters of one pass: its arrays stay in the processor's cache
_SPACE, _WORD, _NOTHING = 0, 1, 2
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_PAIR = np.uint64(0xD6E8FEB86659FD93)
_SALT = {kind: np.uint64((k + 1) * 0xA0761D6478BD642F & 0xFFFFFFFFFFFFFFFF) for k, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows: `indptr` int64 (n + 1,), `columns` int32 (nnz,) ascending in a row, `values` float32 (nnz,)."""

    indptr: Ints
    columns: npt.NDArray[np.int32]
    values: Floats32

    def __len__(self) -> int:
        return len(self.indptr) - 1


@dataclass(frozen=True, slots=True)
class Block:
    """The idf of one kind of feature. columns: int64 (k,) ascending hashed columns; idf: float32 (k,)."""

    kinds: tuple[str, ...]
    bits: int
    columns: Ints
    idf: Floats32

    def weigh(self, counts: Rows) -> Rows:
        """Sublinear tf times idf of the known columns, rows of length 1."""
        place = np.full(1 << self.bits, -1, np.int32)
        place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        found = place[counts.columns]
        kept = found >= 0
        columns = found[kept]
        values = (1 + np.log(counts.values[kept])) * self.idf[columns]
        ends = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])[counts.indptr]
        return Rows(ends, columns, _unit_length(values.astype(np.float32), ends))


def fit_block(counts: Rows, kinds: tuple[str, ...], bits: int, min_df: int) -> Block:
    """The columns that stand in at least `min_df` rows, with smoothed idf (as `TfidfTransformer` has it)."""
    frequency = np.bincount(counts.columns, minlength=1 << bits)
    columns = np.flatnonzero(frequency >= max(1, min_df))
    idf = np.log((1 + len(counts)) / (1 + frequency[columns])) + 1
    return Block(kinds, bits, columns, idf.astype(np.float32))


def take(rows: Rows, chosen: Ints) -> Rows:
    """The chosen rows, in order."""
    sizes = np.diff(rows.indptr)[chosen]
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    within = np.arange(indptr[-1]) - np.repeat(indptr[:-1], sizes) + np.repeat(rows.indptr[chosen], sizes)
    return Rows(indptr, rows.columns[within], rows.values[within])


def _unit_length(values: Floats32, indptr: Ints) -> Floats32:
    squares = np.concatenate([[0.0], np.cumsum(values.astype(np.float64) ** 2)])
    norms = np.sqrt(np.maximum(squares[indptr[1:]] - squares[indptr[:-1]], 1e-12))
    scaled: Floats32 = (values / np.repeat(norms, np.diff(indptr))).astype(np.float32)
    return scaled


def count(texts: Sequence[str], kinds: tuple[str, ...], bits: int, jobs: int = 1) -> Rows:
    """How often each hashed feature of the given kinds stands in each text: `Rows` (len(texts), 2 ** bits)."""
    chunks = list(_chunks(texts))
    if jobs > 1 and len(chunks) > 1:
        from joblib import Parallel, delayed

        parts = Parallel(n_jobs=jobs, prefer="threads")(delayed(_count_chunk)(c, kinds, bits) for c in chunks)
    else:
        parts = [_count_chunk(chunk, kinds, bits) for chunk in chunks]
    if not parts:
        return Rows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    sizes = np.concatenate([[0], *(np.diff(part.indptr) for part in parts)])
    return Rows(np.cumsum(sizes), np.concatenate([p.columns for p in parts]), np.concatenate([p.values for p in parts]))


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    begin = size = 0
    for number, text in enumerate(texts):
        size += len(text) + 1
        if size >= CHUNK:
            yield texts[begin : number + 1]
            begin, size = number + 1, 0
    if begin < len(texts):
        yield texts[begin:]


def _count_chunk(texts: Sequence[str], kinds: tuple[str, ...], bits: int) -> Rows:
    signs = _Signs(texts)
    found = [_hashes(signs, kind) for kind in kinds]
    row = np.concatenate([rows for rows, _ in found])
    code = np.concatenate([codes for _, codes in found])
    keys = (row.astype(np.uint64) << np.uint64(bits)) | (code >> np.uint64(64 - bits))
    keys.sort()
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
    counts = np.diff(np.append(first, len(keys)))
    unique = keys[first]
    indptr = np.searchsorted(unique, np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(bits))
    columns = (unique & np.uint64((1 << bits) - 1)).astype(np.int32)
    return Rows(indptr.astype(np.int64), columns, counts.astype(np.float32))


def _hashes(signs: _Signs, kind: str) -> tuple[npt.NDArray[np.int32], Codes]:
    """The row and the 64-bit code of every feature of a kind, in the order of the texts."""
    if kind == "grams":
        parts = [signs.grams(n) for n in GRAMS]
        rows = np.concatenate([p[0] for p in parts])
        codes = np.concatenate([p[1] for p in parts])
    else:
        rows, codes = signs.words()
        if kind == "pairs":
            same = rows[1:] == rows[:-1]
            rows, codes = rows[1:][same], (codes[:-1] * _PAIR + codes[1:])[same]
    return rows, _mix(codes ^ _SALT[kind])


def _mix(codes: Codes) -> Codes:
    """Spread the entropy to the high bits, of which the column is made (Steele et al. 2014)."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))


class _Signs:
    """The folded characters of some texts in one row, with prefix sums of their hash."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "".join(f" {text} \0" for text in (t.replace("\0", " ") for t in texts))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        kind, value = _ALPHABET.look_up(codes)
        shown = kind != _NOTHING
        if not shown.all():
            codes, kind, value = codes[shown], kind[shown], value[shown]
        self._word = kind == _WORD
        self._row = np.cumsum(codes == 0, dtype=np.int32)
        powers, self._inverse = _powers(1 << max(16, len(codes).bit_length()))
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(value * powers[: len(codes)], dtype=np.uint64)])

    def _codes(self, start: Ints, end: Ints | int) -> Codes:
        found: Codes = (self._sums[end] - self._sums[start]) * self._inverse[start]
        return found

    def words(self) -> tuple[npt.NDArray[np.int32], Codes]:
        """Words of two characters and more."""
        edge = np.flatnonzero(self._word[1:] != self._word[:-1]) + 1
        start, end = edge[::2], edge[1::2]
        long = end - start > 1
        start, end = start[long], end[long]
        return self._row[start], self._codes(start, end)

    def grams(self, n: int) -> tuple[npt.NDArray[np.int32], Codes]:
        """Runs of n characters whose inner ones are of one word; the first and the last may be its edge."""
        inside = np.concatenate([[0], np.cumsum(self._word, dtype=np.int32)])
        last = len(self._word) - n + 1
        start = np.flatnonzero(inside[n - 1 : n - 1 + last] - inside[1 : last + 1] == n - 2)
        return self._row[start], self._codes(start, start + n)


class _Alphabet:
    """What each character folds to, worked out once per distinct character."""

    def __init__(self) -> None:
        self._kind = np.full(0x110000, 255, np.uint8)
        self._value = np.zeros(0x110000, np.uint64)

    def look_up(self, codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint8], Codes]:
        """Kind and hash value of each character."""
        kind = self._kind[codes]
        new = kind == 255
        if new.any():
            for code in np.unique(codes[new]).tolist():
                self._learn(code)
            kind = self._kind[codes]
        return kind, self._value[codes]

    def _learn(self, code: int) -> None:
        folded = fold(chr(code)).text
        if not folded:  # a combining mark or a sign that shows nothing
            self._kind[code] = _NOTHING
            return
        word = folded[0].isalnum() or folded[0] == "_"
        name = folded if word else " "
        seed = sum(ord(c) * 0x100000001B3**k for k, c in enumerate(name)) & 0xFFFFFFFFFFFFFFFF
        self._value[code] = _mix(np.array([seed], np.uint64) * _BASE)[0]
        self._kind[code] = _WORD if word else _SPACE


_ALPHABET = _Alphabet()


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Codes, Codes]:
    return tuple(  # type: ignore[return-value]
        np.multiply.accumulate(np.concatenate([[np.uint64(1)], np.full(size, base, np.uint64)])) for base in (_BASE, _INVERSE)
    )


HABITS = ("length", "sentence", "line", "word", "question", "exclamation", "quotation", "colon", "bracket", "dash", "capitals",
          "upper", "digit", "variety", "person")  # fmt: skip
_PERSON = frozenset((
    "i", "we", "you", "us", "our", "my", "your", "je", "nous", "vous", "notre", "votre", "nos", "ich", "wir", "uns",
    "unser", "euch", "yo", "nosotros", "nuestro", "io", "noi", "nostro", "я", "мы", "вы", "нас", "нам", "наш", "ваш",
    "ми", "ви", "ja", "wy", "nas", "eu", "nós", "nosso", "аз", "ние", "вие",
))  # fmt: skip


def style(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """How a text is written, not what of: float64 (n, len(HABITS)), each a rate a sentence or a word."""
    return np.array([_habits(text) for text in texts], float).reshape(-1, len(HABITS))


def _habits(text: str) -> list[float]:
    words = re.findall(r"\w+", text)
    count = max(1, len(words))
    marks = {name: sum(map(text.count, signs)) for name, signs in _MARKS.items()}
    sentences = max(1, marks["stop"] + marks["question"] + marks["exclamation"])
    rates = [marks[name] / sentences for name in ("question", "exclamation", "quotation", "colon", "bracket", "dash")]
    shouted = sum(w.isupper() and len(w) > 2 for w in words) / count
    sizes = [math.log(count), count / sentences, count / max(1, text.count("\n")) / 100, sum(map(len, words)) / count]
    shares = [sum(w[0].isdigit() for w in words) / count, len(set(words)) / count**0.5]
    person = sum(w.casefold() in _PERSON for w in words) / count
    return [*sizes, *rates, shouted, sum(w[0].isupper() for w in words) / count, *shares, person]


_MARKS = {"stop": ".…", "question": "?", "exclamation": "!", "quotation": '"«»„“”', "colon": ":;", "bracket": "([", "dash": "—–"}


def names(text: str, kinds: tuple[str, ...], bits: int) -> dict[int, str]:
    """Hashed column -> a readable name, for the words and pairs of one text; n-grams are named by their word."""
    from framing.text import tokens

    words = tokens(fold(text)).texts
    found: dict[int, str] = {}
    for kind in kinds:
        named: Iterable[str] = (f"{a} {b}" for a, b in pairwise(words)) if kind == "pairs" else dict.fromkeys(words)
        for name in named:
            for column in count([name], (kind,), bits).columns.tolist():
                found.setdefault(column, name)
    return found
