import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.segment import MAX_SENTENCE, Stretch, brackets, lines, quotes, sentences
from framing.training import corpora

ROOT = Path(__file__).parent
CASES = json.loads((ROOT / "cases" / "sentences.json").read_text(encoding="utf-8"))
KNOWN = corpora.lexicon(ROOT.parent / "datasets").abbreviations
MARKS = st.text(alphabet="ab A.!?…«»„“”\"'’()[]*-—\n\r\u00a0\u200b1é", max_size=200)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:20])
def test_sentences_of_ten_languages(case: dict[str, object]) -> None:
    text = str(case["text"])
    found = [text[s.start : s.end] for line in lines(text) for s in sentences(text, line, KNOWN)]
    assert found == case["sentences"]


def test_lines_end_at_every_kind_of_line_break() -> None:
    text = "a\r\n\r\n  b \u2028* c\rd"
    assert [text[a:b] for a, b in lines(text)] == ["a", "b", "* c", "d"]


def test_two_blanks_before_a_new_sentence_are_a_lost_line_break() -> None:
    text = "Kiew: „Nein“  Der Minister sprach.\u00a0\u00a0Foto: dpa  und mehr"
    assert [text[a:b] for a, b in lines(text)] == ["Kiew: „Nein“", "Der Minister sprach.", "Foto: dpa  und mehr"]


@given(MARKS)
def test_sentences_cover_the_text_in_order_and_without_overlap(text: str) -> None:
    end = 0
    for line in lines(text):
        for s in sentences(text, line, KNOWN):
            assert end <= s.start < s.end <= line.end
            assert not text[end : s.start].strip(" \n\r\u00a0\u200b")
            end = s.end


def test_a_long_line_is_cut_into_bounded_sentences() -> None:
    text = "mot " * 5000
    found = sentences(text, lines(text)[0], KNOWN)
    assert len(found) > 30 and max(s.end - s.start for s in found) <= MAX_SENTENCE


def test_quotes_are_found_in_every_style() -> None:
    text = "Die „Reform“, la « paix », the ‘deal’, \"plan\", »so« und l'homme d'hier."
    found = [text[a:b] for a, b in quotes(text, Stretch(0, len(text)))]
    assert found == ["„Reform“", "« paix »", "‘deal’", '"plan"', "»so«"]


def test_brackets_are_outermost_and_balanced() -> None:
    closed = "x (a (b) c) y [d]"
    assert [closed[a:b] for a, b in brackets(closed, Stretch(0, len(closed)))] == ["(a (b) c)", "[d]"]


@given(MARKS)
def test_quotes_and_brackets_stay_inside(text: str) -> None:
    whole = Stretch(0, len(text))
    for a, b in [*quotes(text, whole), *brackets(text, whole)]:
        assert 0 <= a < b <= len(text)
