"""Fits and measures the framing score over the cue profile.

usage: python benchmarks/framing_score.py fit SHARED [MODEL]     profiles of the corpora, the fit, into MODEL/model.json
       python benchmarks/framing_score.py table SHARED [MODEL]   cross-corpus table beside TF-IDF + LR on the text
       python benchmarks/framing_score.py checks SHARED [MODEL]  false alarms by genre, length and outlet; Telegram; masked scores

Profiles are kept in CACHE by the model's heads: scoring the corpora is done once for all three. Only corpora whose licence permits
weights are fitted on (`FITTED`); `MEASURED` ones are read to report. Two processes.
"""

import gzip
import hashlib
import json
import random
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

import framing
from framing import bundle
from framing.cues import LANGUAGES
from framing.profile import TERMS
from framing.schema import Article
from framing.training import scorefit
from framing.training.evaluate import ranked
from framing.training.scorefit import Example

ROOT = Path(__file__).parent.parent
CACHE = Path(tempfile.gettempdir()) / "framing_score"
MOST = 600  # articles of a corpus
LARGER = {"telegram_ru_news": 1400, "solopova2023": 800, "article_bias_prediction": 900, "ppn": 900}
LABELLED = ("solopova2023", "fang_covid", "spanish_fake_news", "semeval2019_hyperpartisan", "fakebr", "horne2017")
FITTED = (*LABELLED, "gilets_jaunes_press", "pages_fundus", "pages_daniel")  # the last three: ordinary articles only
MEASURED = (
    "ppn", "article_bias_prediction", "semeval2023_task3", "semeval2025_task10", "unlp2025", "basil",
    "tass_en_100", "telegram_ru_news",
)  # fmt: skip
# PPN has no mainstream articles: those of the same language, from corpora that the tested fit has not seen.
MAINSTREAM = {"fr": "gilets_jaunes_press", "es": "gilets_jaunes_press", "de": "pages_fundus", "en": "article_bias_prediction",
              "ru": "pages_daniel"}  # fmt: skip


def label(corpus: str, row: dict) -> bool | None:
    """Whether an article is on the side that a high score should find; None where it is on neither."""
    given = row["labels"]
    if corpus == "ppn":
        return True
    if corpus in ("gilets_jaunes_press", "pages_fundus", "pages_daniel"):
        return False
    if corpus == "solopova2023":
        return given["stance"] == "pro-kremlin"
    if corpus in ("fang_covid", "fakebr", "spanish_fake_news", "horne2017"):
        return {"fake": True, "real": False, "true": False}.get(given["veracity"])
    if corpus == "semeval2019_hyperpartisan":
        return str(given["hyperpartisan"]).lower() == "true"
    if corpus == "article_bias_prediction":
        return given["bias"] != "center"
    if corpus == "unlp2025":
        return str(given["manipulative"]).lower() == "true"
    if corpus == "semeval2025_task10":
        return given["narratives"] != ["Other"] if given.get("narratives") else None
    return {"opinion": True, "reporting": False}.get(given.get("genre") or "") if corpus == "semeval2023_task3" else None


def outlet(corpus: str, row: dict) -> str:
    """The outlet, else the smallest known source, else the article."""
    source = row["labels"].get("source_file") if corpus == "solopova2023" else None
    return row["outlet"] if row["outlet"] and corpus != "unlp2025" else f"{corpus}:{source or row['id']}"


def rows(shared: Path, corpus: str) -> list[dict]:
    """A sample, as even over outlets and languages as the corpus allows."""
    with gzip.open(shared / "data" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as file:
        found = [row for row in map(json.loads, file) if row["lang"] in LANGUAGES and row["text"].strip()]
    random.Random(1).shuffle(found)
    by: dict[str, list[dict]] = defaultdict(list)
    for row in found:
        single = corpus.startswith(("semeval20", "unlp", "horne")) and corpus != "semeval2019_hyperpartisan"
        by[f"{row['lang']} {'' if single else outlet(corpus, row)}"].append(row)
    chosen: list[dict] = []
    while any(by.values()) and len(chosen) < LARGER.get(corpus, MOST):
        for name in sorted(by):
            if by[name] and len(chosen) < LARGER.get(corpus, MOST):
                chosen.append(by[name].pop())
    return chosen


def profiled(name: str, corpus: str, chunk: list[dict]) -> list[dict]:
    model = framing.load(name)
    found = []
    for row in chunk:
        article = Article(row["id"], row["text"], row.get("title"), row.get("url"), row.get("outlet"), row["lang"])
        plain, masked = model.profiles(article)
        about = {"corpus": corpus, "id": row["id"], "language": row["lang"], "outlet": outlet(corpus, row), "positive": label(corpus, row)}
        sides = {"words": plain.words, "terms": list(plain.terms().values()), "masked": list(masked.terms().values())}
        found.append({**about, **sides, "labels": {k: v for k, v in row["labels"].items() if isinstance(v, str)}})
    return found


def cached(shared: Path, name: str, corpora: tuple[str, ...] = FITTED + MEASURED) -> list[dict]:
    """The profiles of the corpora by a model's heads."""
    body = bundle.read_manifest(framing.load(name).folder)
    heads = {key: value for key, value in body.items() if key not in ("score", "sha256", "version")}
    digest = hashlib.sha256(json.dumps([heads, TERMS], sort_keys=True).encode()).hexdigest()[:16]
    path = CACHE / f"{digest}.jsonl.gz"
    if not path.exists():
        tasks = [(corpus, chosen[k : k + 50]) for corpus in corpora for chosen in [rows(shared, corpus)] for k in range(0, len(chosen), 50)]
        print(f"scoring {sum(len(chunk) for _, chunk in tasks)} articles", file=sys.stderr)
        found = Parallel(n_jobs=2)(delayed(profiled)(name, *task) for task in tasks)
        CACHE.mkdir(exist_ok=True)
        content = "".join(json.dumps(each, ensure_ascii=False) + "\n" for part in found for each in part)
        bundle.write_atomic(path, gzip.compress(content.encode()))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def example(row: dict, side: str = "terms") -> Example:
    return Example(tuple(row[side]), bool(row["positive"]), row["corpus"], row["outlet"], row["language"], row["words"])


def fit(shared: Path, name: str) -> None:
    found = [row for row in cached(shared, name) if row["corpus"] in FITTED and row["positive"] is not None]
    examples = [example(row) for row in found]
    score = scorefit.banded(scorefit.fit(examples), examples, scorefit.held_out(examples))
    folder = framing.load(name).folder
    scorefit.write(folder, score)
    print(json.dumps(score.as_dict(), indent=1))
    print(f"wrote {folder / bundle.MANIFEST}", file=sys.stderr)


# --- table ------------------------------------------------------------------------


def tested(found: list[dict], corpus: str) -> list[dict]:
    """A corpus's labelled articles, PPN's with mainstream ones of the same languages."""
    own = [row for row in found if row["corpus"] == corpus and row["positive"] is not None and row["words"] >= scorefit.WORDS]
    if corpus != "ppn":
        return own
    other = [row for row in found if MAINSTREAM.get(row["language"]) == row["corpus"] and row["positive"] is False]
    return [row for row in own if row["language"] in MAINSTREAM] + other


def trained(found: list[dict], test: list[dict], corpora: tuple[str, ...]) -> list[dict]:
    outlets, ids = {row["outlet"] for row in test}, {row["corpus"] for row in test}
    usable = (row for row in found if row["corpus"] in corpora and row["corpus"] not in ids and row["positive"] is not None)
    return [row for row in usable if row["outlet"] not in outlets and row["words"] >= scorefit.WORDS]


def texts(shared: Path) -> dict[tuple[str, str], str]:
    every = ((corpus, row) for corpus in FITTED + MEASURED for row in rows(shared, corpus))
    return {(corpus, row["id"]): f"{row.get('title') or ''}\n{row['text']}" for corpus, row in every}


class Plain:
    """TF-IDF + logistic regression on the words and word pairs of title and text."""

    def __init__(self, text: dict[tuple[str, str], str]) -> None:
        self.text = text

    def scores(self, train: list[dict], test: list[dict]) -> np.ndarray:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2), max_features=200_000)
        given = words.fit_transform([self.text[r["corpus"], r["id"]] for r in train])
        weight = scorefit.weights([example(r) for r in train]) * len(train)
        head = LogisticRegression(C=10, max_iter=1000).fit(given, [bool(r["positive"]) for r in train], sample_weight=weight)
        return head.decision_function(words.transform([self.text[r["corpus"], r["id"]] for r in test]))


def profile_scores(train: list[dict], test: list[dict], free: bool = False, side: str = "terms") -> np.ndarray:
    return scorefit.apply(scorefit.fit([example(r) for r in train], free), [example(r, side) for r in test])


def auc(test: list[dict], scores: np.ndarray) -> str:
    found, _ = ranked(np.array([bool(r["positive"]) for r in test]), scores, [r["outlet"] for r in test])
    return str(found)


def gain(test: list[dict], ours: np.ndarray, theirs: np.ndarray, rounds: int = 500) -> str:
    """AUC of ours minus theirs over the same resampled outlets."""
    from sklearn.metrics import roc_auc_score

    truth = np.array([bool(r["positive"]) for r in test])
    names, which = np.unique([r["outlet"] for r in test], return_inverse=True)
    random_ = np.random.default_rng(0)
    draws = []
    while len(draws) < rounds:
        weight = random_.multinomial(len(names), np.full(len(names), 1 / len(names)))[which]
        if weight[truth].sum() and weight[~truth].sum():
            draws.append(roc_auc_score(truth, ours, sample_weight=weight) - roc_auc_score(truth, theirs, sample_weight=weight))
    value = roc_auc_score(truth, ours) - roc_auc_score(truth, theirs)
    return f"{value:+.2f} [{np.percentile(draws, 2.5):+.2f}, {np.percentile(draws, 97.5):+.2f}]"


def table(shared: Path, name: str) -> None:
    found, plain = cached(shared, name), Plain(texts(shared))
    # Corpora of one side only would teach words the corpus and nothing else: neither of the two is trained on them here.
    print("## Tested on a corpus of other sources, trained on all other corpora with both sides, no outlet in both\n")
    print("| tested on | n | outlets | profile | signs free | profile, masked | TF-IDF + LR | profile - TF-IDF | TF-IDF + profile |")
    print("|---|---|---|---|---|---|---|---|---|")
    for corpus in TESTED:
        test = tested(found, corpus)
        print(row_of(corpus, test, trained(found, test, LABELLED), plain), flush=True)
    print("\n## One corpus on another of the same language\n")
    print("| trained on | tested on | n | profile | TF-IDF + LR | profile - TF-IDF |\n|---|---|---|---|---|---|")
    for a, b, language in PAIRS:
        own = {r["outlet"] for r in found if r["corpus"] in a}
        test = [r for r in tested(found, b) if r["language"] == language and r["outlet"] not in own]
        train = [r for r in trained(found, test, a) if r["language"] == language]
        ours, theirs = profile_scores(train, test), plain.scores(train, test)
        cells = (len(test), auc(test, ours), auc(test, theirs), gain(test, ours, theirs))
        print(f"| {' + '.join(a)} ({language}) | {b} | {' | '.join(map(str, cells))} |", flush=True)
    print("\n## Inside a corpus\n")
    print("| corpus | profile, random folds | profile, outlets disjoint | TF-IDF, random | TF-IDF, disjoint |\n|---|---|---|---|---|")
    for corpus in LABELLED:
        print(inside(corpus, tested(found, corpus), plain), flush=True)


TESTED = (*LABELLED, "ppn", "article_bias_prediction", "semeval2023_task3", "semeval2025_task10", "unlp2025")
PAIRS = (
    (("solopova2023",), "ppn", "ru"), (("semeval2019_hyperpartisan",), "ppn", "en"), (("horne2017",), "ppn", "en"),
    (("spanish_fake_news",), "ppn", "es"), (("fang_covid",), "ppn", "de"), (("semeval2019_hyperpartisan",), "horne2017", "en"),
    (("horne2017",), "semeval2019_hyperpartisan", "en"), (("semeval2019_hyperpartisan", "horne2017"), "solopova2023", "en"),
    (("solopova2023",), "semeval2019_hyperpartisan", "en"), (("solopova2023",), "unlp2025", "ru"), (("solopova2023",), "unlp2025", "uk"),
)  # fmt: skip


def row_of(corpus: str, test: list[dict], train: list[dict], plain: Plain) -> str:
    ours, theirs = profile_scores(train, test), plain.scores(train, test)
    both = standard(np.log(ours / (1 - ours))) + standard(theirs)
    cells = [auc(test, s) for s in (ours, profile_scores(train, test, free=True), profile_scores(train, test, side="masked"), theirs)]
    outlets = len({r["outlet"] for r in test})
    return f"| {corpus} | {len(test)} | {outlets} | {' | '.join(cells)} | {gain(test, ours, theirs)} | {auc(test, both)} |"


def standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() + 1e-9)


def inside(corpus: str, test: list[dict], plain: Plain, folds: int = 5) -> str:
    cells = []
    for scorer in (profile_scores, plain.scores):
        for disjoint in (False, True):
            names = [r["outlet"] if disjoint else f"{k}" for k, r in enumerate(test)]
            order = {name: k % folds for k, name in enumerate(np.random.default_rng(0).permutation(sorted(set(names))))}
            fold = np.array([order[name] for name in names])
            scores = np.zeros(len(test))
            for k in range(folds):
                train = [r for r, f in zip(test, fold) if f != k]
                held = [r for r, f in zip(test, fold) if f == k]
                if held and len({r["positive"] for r in train}) == 2:
                    scores[fold == k] = scorer(train, held)
            cells.append(auc(test, scores))
    return f"| {corpus} | {' | '.join(cells)} |"


# --- checks -----------------------------------------------------------------------


def checks(shared: Path, name: str) -> None:
    """Where the shipped score is high, and what the mask takes away."""
    found = cached(shared, name)
    score = framing.load(name).framing
    if score is None:
        sys.exit("the model has no framing score: run `fit` first")
    plain, masked = (scorefit.apply(score, [example(r, side) for r in found]) for side in ("terms", "masked"))
    lines = [(r, p, m) for r, p, m in zip(found, plain, masked) if r["words"] >= score.words]
    sizes = Counter((r["corpus"], r["outlet"]) for r, _, _ in lines)
    for title, key in (
        ("corpus and side", lambda r: f"{r['corpus']} {side_of(r)}"),
        ("language, articles without the label", lambda r: r["language"] if r["positive"] is False else None),
        ("genre (semeval2023)", lambda r: f"{r['labels'].get('genre')} {r['language']}" if r["corpus"] == "semeval2023_task3" else None),
        ("satire (horne2017)", lambda r: r["labels"].get("veracity") if r["corpus"] == "horne2017" else None),
        ("length in words, articles without the label", lambda r: length(r["words"]) if r["positive"] is False else None),
        ("outlet's articles, without the label", lambda r: size(sizes[r["corpus"], r["outlet"]]) if r["positive"] is False else None),
        ("AllSides side", lambda r: r["labels"].get("bias") if r["corpus"] == "article_bias_prediction" else None),
        ("Telegram channel", lambda r: r["outlet"] if r["corpus"] == "telegram_ru_news" else None),
    ):  # fmt: skip
        print(f"\n## By {title}\n\n| | n | mean score | high | low | designation | less masked score |\n|---|---|---|---|---|---|---|")
        groups: dict[str, list[tuple[dict, float, float]]] = defaultdict(list)
        for line in lines:
            if key(line[0]):
                groups[key(line[0])].append(line)
        for group, members in sorted(groups.items()):
            if len(members) >= 10:
                print(f"| {group} | {len(members)} | {summary(members, score)} |")


def side_of(row: dict) -> str:
    return {True: "labelled", False: "not labelled", None: "neither"}[row["positive"]]


def length(words: int) -> str:
    return next(f"{low:5}+" for low in (2000, 1000, 500, 250, 120, 0) if words >= low)


def size(articles: int) -> str:
    return next(f"{low:5}+" for low in (21, 6, 2, 1) if articles >= low)


def summary(members: list[tuple[dict, float, float]], score: framing.framingscore.FramingScore) -> str:
    values, bare = (np.array([m[k] for m in members]) for k in (1, 2))
    marked = np.mean([m[0]["terms"][TERMS.index("designation.density")] > 0.5 for m in members])
    shares = f"{(values >= score.high).mean():.2f} | {(values < score.low).mean():.2f} | {marked:.2f}"
    return f"{values.mean():.2f} | {shares} | {(values - bare).mean():+.3f} (largest {np.abs(values - bare).max():.2f})"


if __name__ == "__main__":
    commands = {"fit": fit, "table": table, "checks": checks}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "default")
