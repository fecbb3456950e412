import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner

import framing
from framing import abstain, report
from framing.cli import main
from framing.cues import LANGUAGES
from framing.schema import ABSTENTIONS

NEWS = (
    "The city council approved a new budget on Tuesday after a long debate about schools and roads. The mayor said that the plan would"
    " cost less than last year, and the opposition asked for a public vote. Residents will be able to read the document at the town hall"
    " from Monday, and a second meeting is planned for the end of the month."
)
CODE = "def read(path, options): return parser.tokenize(ctx, argv, kwargs) if isinstance(obj, bytearray) else reraise(exc, tb)\n" * 6


def names(record: framing.Record) -> list[str]:
    return [reason.partition(":")[0] for reason in record.abstains]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (NEWS, None, []),
        ("Three words here.", "en", ["too_short"]),
        ("123 456 789", None, ["too_short", "language_unknown"]),
        ("Regjeringen la fram et nytt forslag til budsjett for neste år, og opposisjonen svarte med kritikk. " * 3, None, ["language_unmeasured"]),
        (CODE, "en", ["far_from_training"]),
        (NEWS, "uk", ["far_from_training"]),
        (CODE, "sv", ["language_unmeasured"]),
    ],
)
def test_the_model_abstains_and_names_each_reason(model: framing.Model, text: str, language: str | None, expected: list[str]) -> None:
    """A language that was never measured is reason enough: its distance is not told beside it."""
    if (text, language) == (NEWS, "uk"):
        text = "zq" + " zq".join(text.split())
    record = model.score_one(framing.Article("a", text, language=language))
    assert names(record) == expected
    assert set(record.cues) == set(framing.load().calibrations) and set(expected) <= set(ABSTENTIONS)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (abstain.by_length(19), ["too_short: 19 letters, 20 are needed"]),
        (abstain.by_length(20), []),
        (abstain.by_distance("fr", 0.479, 40), ["far_from_training: 48 % of its words are known to the model, 48 % are needed in 'fr'"]),
        (abstain.by_distance("fr", 0.48, 40), []),
        (abstain.by_distance("fr", 0.1, 39), []),
        (abstain.by_distance("bg", 0.19, 40), ["far_from_training: 19 % of its words are known to the model, 20 % are needed in 'bg'"]),
        (abstain.by_distance(None, 0.0, 400), []),
        (abstain.by_distance("bg", 0.1, 40, {"fr": 0.5, "": 0.1}), []),
        (abstain.by_language("fr"), []),
    ],
)
def test_the_bars_stand_where_they_are_said_to(found: Sequence[str], expected: list[str]) -> None:
    assert list(found) == expected


def test_every_bar_is_of_a_language_and_none_is_below_the_rest() -> None:
    assert set(abstain.KNOWN) < {*LANGUAGES, abstain.ELSEWHERE} and min(abstain.KNOWN.values()) == abstain.KNOWN[abstain.ELSEWHERE]


def test_the_views_show_the_reason_and_no_figures(model: framing.Model) -> None:
    article = framing.Article("a", f"Join our Telegram channel now!\n{CODE}", "Title", language="en")
    record = model.score_one(article)
    text, page = report.text(article, record, report.Style()), report.page_article(article, record)
    assert "! far_from_training: " in text and text.endswith("the model abstains; its unsure figures stand in --format json\n")
    assert "█" not in text and "The model abstains." in page and "<mark" not in page and "<meter" not in page


def test_the_record_keeps_the_contract(model: framing.Model) -> None:
    """The reasons stand among the warnings; the cues keep their figures."""
    done = CliRunner().invoke(main, ["score", "-", "--lang", "en", "--format", "jsonl"], input=CODE)
    row = json.loads(done.stdout)
    assert [w.partition(":")[0] for w in row["warnings"]] == ["far_from_training"] and len(row["cues"]) == 14
    assert row["score"] is None and row["band"] is None


def test_articles_like_ours_are_judged(model: framing.Model) -> None:
    """The example article and 1,500 words of it alike: length alone is no distance."""
    from conftest import EXAMPLE

    text = EXAMPLE.read_text(encoding="utf-8")
    assert not model.score_one(framing.Article("a", text)).abstains and not model.score_one(framing.Article("a", text * 4)).abstains


def test_a_word_looked_up_twice_is_known_both_times(model: framing.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    from framing.bundle import Table

    monkeypatch.setattr(abstain, "_MAX_CACHED", 1)
    folder = model.folder
    part = json.loads((folder / "model.json").read_text(encoding="utf-8"))["body"]["units"]["sentence"]
    vocabulary = abstain.Vocabulary(Table(folder / "sentence.table", part["sha256"], len(part["heads"])))
    assert vocabulary.share(["the", "zzqqzz", "the", "12", "!"]) == (2 / 3, 3)
    assert vocabulary.share([]) == (0.0, 0)
