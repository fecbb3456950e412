import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.text import fold, is_ignorable, letters, mended, tokens


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("Té\u00adlé\u200bgram", "telegram"),
        ("Ｔｅｌｅｇｒａｍ", "telegram"),
        ("Te\u0301le\u0301gram", "telegram"),
        ("«\u00a0paix\u00a0»", '" paix "'),
        ("l’été", "l'ete"),
        ("2021–22", "0000-00"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ёж", "еж"),
        ("İstanbul", "istanbul"),
        ("𝐅𝐨𝐥𝐥𝐨𝐰", "follow"),
    ],
)
def test_odd_typography_folds_to_the_plain_word(given: str, folded: str) -> None:
    assert fold(given).text == folded


@given(st.text())
def test_offsets_index_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.starts) == len(folded.text) + 1
    assert list(folded.starts) == sorted(folded.starts)
    for token in tokens(folded).each():
        assert 0 <= token.start < token.end <= len(text)
        assert fold(text[token.start : token.end]).text.strip()


def test_a_token_spans_its_hidden_characters() -> None:
    text = "x Té\u00adlégram!"
    token = list(tokens(fold(text)).each())[1]
    assert text[token.start : token.end] == "Té\u00adlégram"


def test_an_address_is_one_token_named_by_its_host() -> None:
    found = tokens(fold("voir https://t.me/abc?d=1 et www.site.fr/x."))
    assert found.texts == ["voir", "url:t.me", "et", "url:site.fr"]


def test_letters_counts_what_can_be_read() -> None:
    assert letters("a1 -\u200b") == 2
    assert is_ignorable("\u200b") and not is_ignorable("a")


def test_marks_read_in_the_wrong_charset_are_mended_in_place() -> None:
    """Windows-1252 read as Latin-1: the quotation marks come back, nothing moves, other text stays as it is."""
    broken = "Dizem que \x93tudo\x94 mudou \x96 já"
    assert mended(broken) == "Dizem que “tudo” mudou – já"
    assert mended("é «plain» …") == "é «plain» …"
    assert mended("\x81") == "\x81"
