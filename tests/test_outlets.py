import json
from pathlib import Path

import numpy as np
import pytest

from framing.cues import CUE_IDS
from framing.outlets import page, show, shrink, summary
from framing.outlets.compare import before_after
from framing.outlets.compare import outlets as compared
from framing.outlets.domains import domain, outlet_of
from framing.outlets.ratings import correlations
from framing.outlets.ratings import read as read_ratings
from framing.outlets.results import read
from framing.outlets.shrink import prior, rates
from framing.outlets.tally import HIGH, MEASURES, tally
from framing.outlets.trend import trend
from framing.schema import FramingError, InputError
from tests.outletdata import lines, outlets, record, seen

# --- names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outlet", "url", "name"),
    [
        (None, "https://news.bbc.co.uk/1", "bbc.co.uk"), ("Fox", "http://www.foxnews.com:80/a", "foxnews.com"), ("rt.com", None, "rt.com"),
        ("t.me/BBC News", None, "t.me/BBC News"), (None, "https://t.me/s%20x/12", "t.me/s x"), ("The Herald", None, "The Herald"),
        (None, "https://one.blogspot.com/a", "one.blogspot.com"), (None, "http://127.0.0.1/a", "(unknown)"), (None, None, "(unknown)"), ("localhost", None, "localhost"),
        (None, "http://[bad", "(unknown)"), ("MÜNCHEN.DE", None, "münchen.de"),
    ],
)  # fmt: skip
def test_an_outlet_is_its_registered_domain_or_its_channel(outlet: str | None, url: str | None, name: str) -> None:
    assert outlet_of(outlet, url) == name


def test_a_sentence_is_no_domain() -> None:
    assert domain("a good day.com is") == "" == domain("")


# --- reading ----------------------------------------------------------------------


def test_results_are_read_from_all_three_outputs_of_a_batch_alike(tmp_path: Path) -> None:
    from framing.batches.batch import Batch, run
    from framing.batches.progress import Plain
    from framing.inputs.rows import ReadOptions

    source = tmp_path / "in.jsonl"
    text = "The junta in Korvane has lied again. So-called experts claim that the dam was safe. " * 8
    rows = [{"id": f"a{k}", "text": f"{text} {k}", "url": f"https://news{k}.example/a", "published": "2024-03-05", "language": "en"} for k in range(3)]
    source.write_text(lines(*rows), encoding="utf-8")
    found = []
    for suffix in ("jsonl", "parquet", "db"):
        out = tmp_path / f"out.{suffix}"
        run(Batch((str(source),), out, suffix if suffix != "db" else "sqlite", ReadOptions()), Plain(lambda line: None), lambda: "2024-01-01T00:00:00")
        found.append(list(read(out)))
    assert found[0] == found[1] == found[2]
    assert [s.outlet for s in found[0]] == ["news0.example", "news1.example", "news2.example"]
    assert {s.cluster for s in found[0]} == {"a0"} and found[0][0].day == "2024-03-05" and found[0][0].high is not None
    assert found[0][0].quotes and found[0][0].quotes[0].url == "https://news0.example/a"


def test_rows_that_are_no_records_are_named(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    for content, says in ((lines(record(1)) + '{"a": 1}\n', "r.jsonl:2: is no record"), ("[1]\n", "r.jsonl:1"), ("{", "r.jsonl:1")):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=says):
            list(read(path))
    with pytest.raises(InputError, match="is no file"):
        list(read(tmp_path))


def test_damaged_databases_and_tables_are_input_errors(tmp_path: Path) -> None:
    for name, content in (("a.db", b"SQLite format 3\0" + b"x" * 200), ("a.parquet", b"PAR1" + b"x" * 50)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"cannot be read|no whole Parquet"):
            list(read(tmp_path / name))


# --- counting ---------------------------------------------------------------------


def test_near_duplicates_are_counted_once_an_outlet() -> None:
    given = [seen(1, "a.example", True, cluster="c"), seen(2, "a.example", True, cluster="c"), seen(3, "b.example", False, cluster="c")]
    first, second = tally(given)
    assert (first.articles, first.copies, first.hits[HIGH], second.articles, second.copies) == (1, 1, 1, 1, 0)


def test_duplicates_do_not_narrow_an_interval() -> None:
    base = list(outlets(12, 25))
    copies = [seen(9000 + k, base[0].outlet, base[0].high, base[0].day, cluster=base[0].cluster, cues=dict(base[0].cues)) for k in range(300)]
    plain, doubled = (summary.summarise(tally(rows)).outlets for rows in (base, base + copies))
    assert [(s.outlet, s.rates, s.rank, s.trend) for s in plain] == [(s.outlet, s.rates, s.rank, s.trend) for s in doubled]
    assert next(s for s in doubled if s.outlet == base[0].outlet).copies == 300


def test_articles_without_a_score_count_for_the_cues_only() -> None:
    found = tally([seen(1, "a.example", None, cues={"read_also": 0.9}), seen(2, "a.example", True)])[0]
    assert (found.trials[HIGH], found.trials["read_also"], found.hits["read_also"]) == (1, 2, 1)


def test_outlets_without_any_framing_score_have_rates_of_the_cues_and_no_rank() -> None:
    overview = summary.summarise(tally([seen(n, "a.example", None, cues={"read_also": 0.9}, language="it") for n in range(30)]))
    (one,) = overview.outlets
    assert one.enough and HIGH not in one.rates and one.rank is None and one.rates["read_also"].hits == 30
    line, row = list(show.text(overview, None))[1], list(show.table(overview))[1]
    assert "high not measured" in line and row.count(",,,,") >= 1
    assert row.count(",") == next(show.table(overview)).count(",")
    assert "high: not measured" in "".join(page.page(overview, "r.jsonl"))


def test_the_strongest_evidence_is_kept() -> None:
    from framing.outlets.results import Quote

    quotes = [Quote("scare_quotes", f"q{k}", k / 10, "", "") for k in (3, 9, 1, 7, 5)]
    found = tally([seen(k, "a.example", True, quotes=(q,)) for k, q in enumerate(quotes)])[0]
    assert [q.text for q in found.evidence()] == ["q9", "q7", "q5"]


# --- rates ------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 20, 100, 500])
def test_ninety_percent_intervals_cover_88_to_92_percent(n: int) -> None:
    """Known rates from four priors, 1,000 outlets each, all with n articles."""
    random, covered = np.random.default_rng(n), []
    for mean, size in ((0.1, 10.0), (0.3, 4.0), (0.05, 30.0), (0.5, 40.0)):
        true = random.beta(mean * size, (1 - mean) * size, 1000)
        hits = random.binomial(n, true).tolist()
        found = rates(hits, [n] * 1000, prior(hits, [n] * 1000))
        covered += [r.low <= p <= r.high for r, p in zip(found, true)]
    assert 0.88 <= np.mean(covered) <= 0.92


def test_intervals_hold_with_few_outlets_of_mixed_sizes_too() -> None:
    """A plug-in of the best prior would be too short here: ten outlets do not tell it."""
    random, covered = np.random.default_rng(1), []
    for _ in range(120):
        true = random.beta(2, 8, 10)
        trials = np.exp(random.uniform(np.log(5), np.log(500), 10)).astype(int)
        hits = random.binomial(trials, true).tolist()
        found = rates(hits, trials.tolist(), prior(hits, trials.tolist()))
        covered += [r.low <= p <= r.high for r, p in zip(found, true)]
    assert 0.87 <= np.mean(covered) <= 0.93


def test_small_outlets_are_drawn_to_the_language_and_large_ones_keep_their_share() -> None:
    hits, trials = [1] * 30 + [3, 300], [10] * 30 + [3, 300]
    small, large = rates(hits, trials, prior(hits, trials))[-2:]
    assert small.value < 0.7 and large.value > 0.95
    assert small.high - small.low > large.high - large.low
    assert (small.hits, small.trials) == (3, 3)


def test_draws_follow_the_rates() -> None:
    hits, trials = [5, 50] * 10, [100, 100] * 10
    given = prior(hits, trials)
    drawn = shrink.draws(hits, trials, given, 4000, np.random.default_rng(0))
    for rate, row in zip(rates(hits, trials, given)[:2], drawn):
        assert row.mean() == pytest.approx(rate.value, abs=0.01)
        assert np.percentile(row, 5) == pytest.approx(rate.low, abs=0.02)


def test_without_any_outlet_the_rate_is_wide_open() -> None:
    only = rates([1], [2], prior([], []))[0]
    assert only.low < 0.15 and only.high > 0.8


# --- summary ----------------------------------------------------------------------


def test_ranks_are_ordered_with_intervals_and_small_outlets_get_none() -> None:
    rows = list(outlets(15, 30)) + [seen(9000 + k, "few.example", True) for k in range(19)]
    overview = summary.summarise(tally(rows))
    known = [s for s in overview.outlets if s.enough]
    assert [s.rank.value for s in known if s.rank] == list(range(1, 16))
    values = [s.rates[HIGH].value for s in known]
    assert values == sorted(values, reverse=True) or max(np.diff(values)) < 0.02
    assert all(s.rank and s.rank.low <= s.rank.value <= s.rank.high for s in known)
    few = overview.outlets[-1]
    assert (few.outlet, few.enough, few.rank, few.scored, dict(few.rates)) == ("few.example", False, None, 19, {})
    assert set(known[0].rates) == set(MEASURES)


def test_a_language_with_few_outlets_borrows_from_all() -> None:
    rows = list(outlets(8, 30)) + [seen(9000 + k, "solo.example", k % 2 == 0, language="fr") for k in range(30)]
    overview = summary.summarise(tally(rows))
    assert overview.base["fr"][HIGH] < 0.45
    assert json.loads(json.dumps(overview.outlets[0].as_dict()))["rates"][HIGH]["n"] == 30


# --- trend ------------------------------------------------------------------------


def weeks(shares: list[float], n: int, random: np.random.Generator) -> dict[str, list[int]]:
    return {f"2024-{1 + k // 4:02}-{1 + 7 * (k % 4):02}": [int(random.binomial(n, p)), n] for k, p in enumerate(shares)}


def test_a_change_is_found_in_its_week() -> None:
    random = np.random.default_rng(0)
    found = [trend(weeks([0.1] * 12 + [0.5] * 12, 15, random)) for _ in range(40)]
    assert sum(t.change is not None for t in found) >= 38
    assert np.median([abs(sorted(w.monday for w in t.weeks).index(t.change) - 12) for t in found if t.change]) <= 1
    assert all(t.before < t.after for t in found if t.change)


def test_steady_outlets_have_no_change() -> None:
    random = np.random.default_rng(0)
    marked = [trend(weeks([p] * 26, n, random)).change is not None for p in (0.05, 0.3) for n in (4, 20) for _ in range(250)]
    assert np.mean(marked) <= 0.05


def test_few_articles_have_no_change() -> None:
    assert trend({"2024-01-01": [0, 9], "2024-01-08": [9, 9]}).change is None
    assert trend({}).weeks == ()


# --- comparisons ------------------------------------------------------------------


def test_two_outlets_of_different_rates_differ_clearly_and_alike_ones_do_not() -> None:
    rows = [seen(k, f"{name}.example", k % every == 0) for name, every in (("a", 2), ("b", 20), ("c", 20)) for k in range(100)]
    found = {d.measure: d for d in compared(rows, "a.example", "https://www.b.example/x")}
    assert found[HIGH].clear and found[HIGH].gap < -0.25 and found[HIGH].low < found[HIGH].gap < found[HIGH].high
    assert not any(d.clear for d in compared(rows, "b.example", "c.example"))
    assert list(found) == list(MEASURES)


def test_before_and_after_a_day() -> None:
    rows = [seen(k, "a.example", k >= 60, f"2024-0{1 + k // 40}-10") for k in range(120)] + [seen(999, "a.example", True)]
    found = before_after(rows, "a.example", "2024-02-20")[0]
    assert (found.first.trials, found.second.trials, found.second.hits, found.clear) == (80, 40, 40, True)


def test_an_outlet_that_is_not_there_is_named() -> None:
    with pytest.raises(FramingError, match=r"z.example: has no article in the results; name one of its outlets, such as a\.example"):
        compared([seen(1, "a.example", True)], "a.example", "z.example")


# --- ratings ----------------------------------------------------------------------


def rated(count: int = 12) -> list[summary.OutletSummary]:
    rows = [seen(100 * k + n, f"o{k}.example", n < 2 * k) for k in range(count) for n in range(30)]
    return list(summary.summarise(tally(rows)).outlets)


def test_ratings_are_joined_by_domain_and_correlated(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    words = ["high"] * 4 + ["mixed"] * 4 + ["low"] * 4
    path.write_text("Domain,trust,fact,note\n" + "".join(f"https://www.o{k}.example/,{100 - k},{words[k]},x{k}\n" for k in range(12)), encoding="utf-8")
    found = {c.rating: c for c in correlations(rated(), read_ratings(path))}
    assert set(found) == {"trust", "fact"}
    assert found["trust"].value == pytest.approx(-1.0, abs=0.02) and found["trust"].outlets == 12
    assert found["fact"].value is not None and found["fact"].value < -0.8 and found["fact"].low <= found["fact"].value <= found["fact"].high


def test_a_mere_list_is_a_rating_of_being_on_it(tmp_path: Path) -> None:
    path = tmp_path / "r.tsv"
    path.write_text("Threat Actor\tDomain\tName\n" + "".join(f"\thttps://o{k}.example\tn\n" for k in range(7, 12)), encoding="utf-8")
    (found,) = correlations(rated(), read_ratings(path))
    assert found.rating == "listed" and found.value is not None and found.value > 0.8


def test_few_rated_outlets_give_no_correlation(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("domain,trust\no1.example,1\no2.example,2\n", encoding="utf-8")
    (found,) = correlations(rated(), read_ratings(path))
    assert (found.value, found.outlets) == (None, 2)


def test_ratings_without_domains_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    for content in ("a,b\n1,2\n", ""):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="no column of domains"):
            read_ratings(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_ratings(path)


def test_cues_have_no_rating_among_their_measures() -> None:
    assert list(MEASURES) == [HIGH, *CUE_IDS]
