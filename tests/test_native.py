"""The two executions of the features and sums: Python's and the C extension's."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import example as case_of
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.candidates import candidates
from framing.cues import LANGUAGES, UNITS
from framing.features import occurrences
from framing.kernel import native
from framing.layout import plain_case
from framing.lexicon import Lexicon
from framing.model import Model
from framing.panel import Panels
from framing.schema import Article
from framing.text import fold, plain_tokens, tokens
from framing.training import extract

DATASETS = Path(__file__).parent.parent / "datasets"
pytestmark = pytest.mark.no_cover  # hundreds of articles, twice each
compiled = pytest.mark.skipif(native is None, reason="needs the C extension, which is optional (not built, or FRAMING_NATIVE=0)")

PASSAGES = [
    json.loads(line)["text"] for code in LANGUAGES for line in (DATASETS / "cues" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()[::40]
]
ODD = ["\ud800", "ŒUVRE ﷺ ẞ ½", "https://t.me/a?b www.x.fr. http://", "@@a @ _a_", "a\u00ad\u200bé", "((a)[b](c))", "« a » soi-disant b", "👉🏽 1️⃣", "Ǆ ǅ ǆ İ ı"]
# Articles as they are written, as nobody writes them, and mixtures of both.
TEXT = st.one_of(
    st.text(max_size=300),
    st.sampled_from(PASSAGES),
    st.lists(st.one_of(st.sampled_from(PASSAGES + ODD), st.text(max_size=20), st.sampled_from(list("*\"«»()[]\n .!?:1Aa'"))), max_size=12).map("".join),
)
ARTICLE = st.builds(Article, st.just("a"), TEXT, st.one_of(st.none(), st.text(max_size=60), st.sampled_from(PASSAGES)))


@compiled
@settings(max_examples=300, deadline=None)
@given(TEXT)
@case_of("https://" + "a." * 60 + "/b")
@case_of("\u200b\u200b")
def test_tokens_are_the_same(text: str) -> None:
    folded = fold(text)
    assert tokens(folded) == plain_tokens(folded)


@compiled
@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_case_is_the_same(text: str) -> None:
    for some in (text, *text.split(), *text[:50]):
        assert native.case(some) == plain_case(some)


@compiled
@settings(max_examples=150, deadline=None)
@given(ARTICLE, st.sampled_from(LANGUAGES))
def test_features_are_the_same_in_the_same_order(model: Model, article: Article, language: str) -> None:
    kernel = native.Kernel(())
    for found in candidates(article, language, model.lexicon).values():
        for each in found:
            text = kernel.text(each.view.tokens.texts, each.view.classes)
            assert text.features(each) == [o.feature for o in occurrences(each)]


@compiled
@settings(max_examples=150, deadline=None)
@given(ARTICLE, st.sampled_from(LANGUAGES))
def test_margins_are_the_same_to_the_bit(model: Model, article: Article, language: str) -> None:
    """The order of the sums is the same, so not only to 1e-6."""
    found = candidates(article, language, model.lexicon)
    fast, slow = (Panels(model.panels.values(), kernel).margins(found) for kernel in (native, None))
    assert {unit: [list(c) for c in fast[unit]] for unit in UNITS} == {unit: [list(c) for c in slow[unit]] for unit in UNITS}


SCORE = """
import json, sys
import framing
from framing.kernel import native
assert (native is not None) == (sys.argv[1] == "1")
model = framing.load()
for line in sys.stdin:
    row = json.loads(line)
    print(json.dumps(model.score_one(framing.Article(row["id"], row["text"], row.get("title"))).as_dict(), ensure_ascii=False))
"""


def records(rows: list[dict[str, str]], switch: str) -> bytes:
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # lines need not be measured here
    environment = {**kept, "FRAMING_NATIVE": switch, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-c", SCORE, switch], input=lines, env=environment, capture_output=True, check=True).stdout


@compiled
def test_records_of_the_shipped_passages_are_the_same_bytes() -> None:
    rows = [{"id": str(k), "text": "\n".join(PASSAGES[k : k + 8])} for k in range(0, len(PASSAGES), 8)]
    assert len(rows) > 20
    assert records(rows, "1") == records(rows, "0")


def real(shared: Path, count: int) -> list[dict[str, str]]:
    """The gold articles and a sample of the other corpora."""
    rows: list[dict[str, str]] = []
    for path in sorted(shared.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
        few = found if path.name.startswith("gold") else random.Random(1).sample(found, min(count, len(found)))
        rows.extend({"id": row["id"], "text": row["text"], "title": row.get("title")} for row in few if row.get("text"))
    return rows


@compiled
def test_records_of_real_articles_are_the_same_bytes(shared: Path) -> None:
    """A third of the gold set and of five articles of each corpus; FRAMING_MANY=130 takes all of 2,000."""
    many = os.environ.get("FRAMING_MANY")
    rows = real(shared, int(many or "5"))[:: 1 if many else 3]
    assert len(rows) > 50
    assert records(rows, "1") == records(rows, "0")


@compiled
def test_threads_share_a_model(model: Model) -> None:
    articles = [Article(str(k), "\n".join(PASSAGES[k : k + 5])) for k in range(40)]
    alone = list(model.score(articles))
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(model.score_one, articles * 3)) == alone * 3


@compiled
def test_words_beyond_the_store_begin_a_new_one(model: Model) -> None:
    """Memory for words is bounded; texts that hold the old store keep it."""
    kernel = native.Kernel(tuple(panel.parts for panel in model.panels.values()))
    held = kernel.text(["paix"], [""])
    before = held.words(2, [0], [("lang:fr",)])
    for k in range(6):
        words = [f"mot{k}x{i}" for i in range(20_000)]
        kernel.text(words, [""] * len(words)).words(2, list(range(len(words))), [()] * len(words))
    assert held.words(2, [0], [("lang:fr",)]) == before


@compiled
def test_what_is_no_candidate_is_refused(model: Model, example: Article) -> None:
    kernel = native.Kernel(tuple(panel.parts for panel in model.panels.values()))
    text = kernel.text(["a", "b"], ["", ""])
    candidate = candidates(example, "fr", model.lexicon)["sentence"][0]
    for wrong, error in (
        (lambda: text.margins(0, [candidate]), IndexError), (lambda: text.margins(9, []), IndexError), (lambda: text.margins(0, [1]), AttributeError),
        (lambda: text.words(2, [2], [()]), IndexError), (lambda: text.words(2, [0], []), ValueError), (lambda: text.words(2, [0], [(1,)]), TypeError),
        (lambda: kernel.text(["a"], []), ValueError), (lambda: kernel.text([1], [""]), TypeError), (lambda: native.Kernel((1,)), TypeError),
        (lambda: native.tokens("ab", [0, 0]), ValueError), (lambda: native.Kernel((("word", *[b""] * 6, (0.0,)),)), ValueError),
    ):  # fmt: skip
        with pytest.raises(error):
            wrong()


def test_zero_turns_the_extension_off() -> None:
    environment = {**os.environ, "FRAMING_NATIVE": "0"}
    said = subprocess.run([sys.executable, "-c", "from framing.kernel import native; print(native)"], env=environment, capture_output=True, check=True)
    assert said.stdout == b"None\n"


@compiled
@settings(max_examples=60, deadline=None)
@given(st.lists(ARTICLE, max_size=3))
def test_columns_counted_for_training_are_the_same(articles: list[Article]) -> None:
    fast, slow = extract._Natively(), extract._Plainly()
    for article in articles:
        for found in candidates(article, "fr", Lexicon()).values():
            for _, some in groupby(found, key=lambda c: id(c.view)):
                judged = list(some)
                assert fast.count(judged) == slow.count(judged)
    assert fast.names() == slow.names()
