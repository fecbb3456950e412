from pathlib import Path

import pytest

from framing.cues import LANGUAGES
from framing.lexicon import NONE, Classes, Lexicon
from framing.schema import Article
from framing.text import fold
from framing.training import corpora
from framing.view import view

DATASETS = Path(__file__).parent.parent / "datasets"


def test_a_word_beats_a_prefix_and_a_long_prefix_a_short_one() -> None:
    known = Classes({"say": ["affirm*", "dit"], "role": ["affirmateur*"], "truth": ["affirmé"]})
    words = ("affirmait", "affirmateurs", fold("affirmé").text, "dit", "dits", "")
    assert [known.of(w) for w in words] == ["say", "role", "truth", "say", NONE, NONE]


def test_an_unknown_language_has_no_classes() -> None:
    assert Lexicon(lists={"fr": {"say": ("dit",)}}).classes("xx").of("dit") == NONE


def test_names_are_capitals_inside_a_sentence_and_numbers_begin_with_a_digit() -> None:
    known = Lexicon(lists={"fr": {"say": ("dit",)}})
    seen = view(Article("a", "Hier Dupont dit 12 fois non. Martin rit."), "text", "fr", known)
    assert seen.classes[:5] == ["", "name", "say", "number", ""]
    assert seen.classes[-3] == "", "a capital after a full stop tells nothing"


def test_invisible_characters_do_not_hide_a_class() -> None:
    seen = view(Article("a", "affir\u00admé"), "text", "fr", Lexicon(lists={"fr": {"say": ("affirmé",)}}))
    assert seen.classes == ["say"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_class_and_no_entry_in_two(language: str) -> None:
    lists = corpora.lexicon(DATASETS).lists
    assert set(lists[language]) == set(lists["fr"])
    entries = [entry for found in lists[language].values() for entry in found]
    assert sorted(entries) == sorted(set(entries))
    assert all(len(found) >= 4 for name, found in lists[language].items() if name != "that")


def test_block_capitals_make_no_names() -> None:
    known = Lexicon(lists={"fr": {"say": ("dit",)}})
    seen = view(Article("a", "Le ministre VOUS CACHE TOUT, dit Emmanuel MACRON devant Paris."), "text", "fr", known)
    found = dict(zip(seen.tokens.texts, seen.classes, strict=True))
    assert [found[w] for w in ("vous", "cache", "tout", "dit", "emmanuel", "macron", "paris")] == ["", "", "", "say", "name", "name", "name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_emoji_stand_for_words_in_each_language(language: str) -> None:
    known = corpora.lexicon(DATASETS).classes(language)
    assert [known.of(fold(sign).text) for sign in ("✈️", "🔔", "🔁", "💰", "🌧")] == ["platform", "follow", "share", "donate", NONE]
