from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import framing
from framing.evasion import plain, suspicious, undisguised
from framing.schema import Article, Region

WORDS = {"telegram", "abonnez", "partagez", "канал"}


def known(word: str) -> bool:
    return word.casefold() in WORDS


def read(text: str) -> str:
    found = plain(text, known)
    return text if found is None else found.folded.text


@pytest.mark.parametrize(
    ("disguised", "meant", "kind", "count"),
    [
        ("notre canal T é l é g r a m est", "notre canal Télégram est", "letters apart", 7),
        ("п.о.д.п.и.ш.и.с.ь на канал", "подпишись на канал", "letters apart", 8),
        ("R e j o i g n e z   l e   c a n a l", "Rejoignez le canal", "letters apart", 13),
        ("s-u-b-s-c-r-i-b-e now", "subscribe now", "letters apart", 8),
        ("Te\u200ble\u200bgram", "Telegram", "hidden", 2),
        ("Te\U000e0061legram", "Telegram", "hidden", 1),
        ("T\u00ade\u00adl\u00ade\u00adgram", "Telegram", "hidden", 4),
        ("T\u0336e\u0336legram", "Telegram", "overlaid", 2),
        ("Te\u0316\u0317\u0318legram", "Telegram", "overlaid", 3),
        ("Tеlеgram", "Telegram", "look-alikes", 2),
        ("подпишиcь на кaнaл", "подпишись на канал", "look-alikes", 3),
        ("Τelegram", "Telegram", "look-alikes", 1),
        ("Ｔelegram", "Telegram", "letter forms", 1),
        ("𝐓𝖊legram", "Telegram", "letter forms", 2),
        ("ⓣelegram 🅣", "telegram T", "letter forms", 2),
        ("ᴛᴇʟᴇɢʀᴀᴍ", "telegram", "letter forms", 8),
        ("T3l3gr4m", "Telegram", "digits for letters", 3),
        ("Abonn3z-vous", "Abonnez-vous", "digits for letters", 1),
        ("p@rtagez", "partagez", "digits for letters", 1),
        ("к@нал", "канал", "digits for letters", 1),
    ],
)
def test_a_disguise_is_undone_and_counted(disguised: str, meant: str, kind: str, count: int) -> None:
    found = plain(disguised, known)
    assert found is not None and found.folded.text == meant
    assert found.changed == {kind: count}


@pytest.mark.parametrize(
    "text",
    [
        "Привет из Сан-Франциско: Apple и Google представили iPhone 15 в СССР.",
        "Le « Télégramme » de Brest, l’été 2021–22 ; 1 000 € pour l'U.S.S.R. et la C.E.I.",
        "The C.E.O.s of 3M, H&M and AT&T met at 9 a.m. in Washington, D.C. | Section A",
        "COVID19, G20, B2B, F-16, H1N1, 4x4, mp3, 20minutes, @abonnez1, info@abonnez.fr, https://t.me/abc4def",
        "2 + 2 = 4; a, b, c, d; A/B/C/D; 1 2 3 4 5; y a-t-il",
        "Face\u00adbook Twit\u00adter",
        "αβγ et π, ∑ et №5, ½ m², Σ",
        "Site.ruНовости дня",
        "👩\u200d💻 1️⃣ ✈️ ❤️",
        "т.е. и т.д., з.Б., u.a., z.B. und p. ex.",
    ],
)
def test_honest_text_is_left_alone(text: str) -> None:
    found = plain(text, known)
    assert found is None or not found.changed


def test_typography_that_folding_levels_is_no_disguise() -> None:
    text = "Rejoignez-nous\u00a0: l’« été » d’Émile…"
    assert not suspicious(text) and plain(text, known) is None


def test_words_of_lookalikes_alone_need_mixed_words_beside_them() -> None:
    assert read("Концерт ACDC и MAX в Москве") == "Концерт ACDC и MAX в Москве"
    assert read("Пpисоединяйтесь к нaм: COBA и MAX") == "Присоединяйтесь к нам: СОВА и МАХ"


@pytest.mark.parametrize(
    ("spaced", "words", "meant"),
    [
        ("p a r t a g e z t e l e g r a m m a i n t e n a n t", "partagez telegram maintenant", "partagez telegram maintenant"),
        ("p a r t a g e z t e l e g r a m   m a i n t e n a n t", "partagez telegram maintenant", "partageztelegram maintenant"),
        ("m a i n t e n a n t", "main tenant", "maintenant"),
    ],
)
def test_words_are_told_apart_only_in_long_runs_that_no_wide_gap_parts(spaced: str, words: str, meant: str) -> None:
    found = plain(spaced, words.split().__contains__)
    assert found is not None and found.folded.text == meant


@given(st.text(alphabet=st.sampled_from(list("aTe аТе.\u200b\u0336\u00adＡ𝐀α3@4 \n-é")), max_size=60))
def test_offsets_lead_back_into_the_text_as_given(text: str) -> None:
    found = plain(text, known)
    if found is not None:
        folded = found.folded
        assert len(folded.starts) == len(folded.text) + 1 and list(folded.starts) == sorted(folded.starts)
        for at in range(len(folded.text)):
            start, end = folded.original(at, at + 1)
            assert 0 <= start < end <= len(text)


@given(st.text())
def test_a_text_without_anything_suspicious_is_left_as_it_is(text: str) -> None:
    if not suspicious(text):
        assert plain(text, known) is None


def test_evidence_quotes_the_article_as_given(model: framing.Model) -> None:
    call = "Rejoignez notre chaîne T é l é g r a m et pаrtаgez nos vidéos !"
    text = f"Le budget de la piscine a été voté mardi.\nLes travaux commenceront en mars.\n{call}"
    record = model.score_one(Article("a", text, "Lourmont vote le budget", language="fr"))
    assert record.cues["social_promo"] >= 0.5
    assert any(e.cue == "social_promo" and "T é l é g r a m" in e.quote for e in record.evidence)
    assert all(e.quote == text[e.start : e.end] for e in record.evidence if e.field == "text")
    assert "obfuscated_text: 9 characters removed or replaced (letters apart 7, look-alikes 2)" in record.warnings


def test_a_disguised_title_is_read_and_given_back_as_it_was(model: framing.Model) -> None:
    given_title = "S u b s c r i b e to our Telegram channel"
    record = model.score_one(Article("a", "The bridge will reopen on Monday.", given_title, language="en"))
    assert record.title == given_title
    assert all(e.quote == given_title[e.start : e.end] for e in record.evidence if e.field == "title")


def test_regions_are_those_of_the_page_as_given() -> None:
    article = Article("a", "Te\u200blegram\nTelegram", main=(Region(0, 9),))
    seen = undisguised(article, known)
    assert seen is not None and seen.article == replace(article, text="Telegram\nTelegram", main=())
    assert seen.original("text", 9, 17) == (10, 18) and seen.original("title", 3, 4) == (3, 4)


def test_an_explanation_points_into_the_article_as_given(model: framing.Model) -> None:
    text = "Abonnez-vous à notre chaîne T é l é g r a m !"
    best = model.explain(Article("a", text, language="fr"), "social_promo")[0]
    assert best.contributions and all(0 <= c.start <= c.end <= len(text) for c in best.contributions)
    assert any(text[c.start : c.end] == "T é l é g r a m" for c in best.contributions)


def test_a_clean_article_has_no_warning_of_disguises(model: framing.Model, example: Article) -> None:
    assert not [w for w in model.score_one(example).warnings if w.startswith("obfuscated")]
