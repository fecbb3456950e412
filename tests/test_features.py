from hypothesis import given, settings
from hypothesis import strategies as st

from framing.candidates import candidates
from framing.features import grams, occurrences
from framing.lexicon import Lexicon
from framing.schema import Article

FRENCH = "Le ministre parle.\n« Paix » (interdite en Iran) et soi-disant experts.\nSuivez-nous sur Telegram !"


def test_each_unit_has_its_candidates() -> None:
    found = candidates(Article("a", FRENCH), "fr", Lexicon())
    texts = {unit: [FRENCH[c.start : c.end] for c in each] for unit, each in found.items()}
    assert texts["title"] == ["Le ministre parle."]
    assert "(interdite en Iran)" in texts["sentence"]
    assert set(texts["quote"]) == {"« Paix »", "soi-disant experts"}
    assert "Telegram" in texts["word"]


def test_a_sentence_does_not_see_the_words_of_its_bracket() -> None:
    found = candidates(Article("a", FRENCH), "fr", Lexicon())["sentence"]
    sentence = next(c for c in found if FRENCH[c.start] == "«")
    names = {o.feature for o in occurrences(sentence)}
    assert "w:interdite" not in names and "x:has:bracket" in names


def test_the_title_in_the_body_is_judged_once_and_in_the_body() -> None:
    found = candidates(Article("a", "Un titre net\nLe corps.", "Un titre net"), "fr", Lexicon())
    assert [(c.view.field, c.start) for c in found["title"]] == [("text", 0)]
    apart = candidates(Article("a", "Le corps.", "Un titre net"), "fr", Lexicon())
    assert [c.view.field for c in apart["title"]] == ["title"]


def test_typography_does_not_change_the_words() -> None:
    def words(text: str) -> list[str]:
        found = candidates(Article("a", text), "fr", Lexicon())["sentence"]
        return [o.feature for c in found for o in occurrences(c) if o.feature[0] in "wpc"]

    assert words("Rejoignez Té\u00adlé\u200bgram") == words("Rejoignez Te\u0301le\u0301gram") == words("rejoignez telegram")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_every_occurrence_lies_in_its_field(text: str, title: str | None) -> None:
    article = Article("a", text, title)
    for each in candidates(article, "", Lexicon()).values():
        for candidate in each:
            size = len(article.field(candidate.view.field))
            assert 0 <= candidate.start < candidate.end <= size
            assert all(0 <= o.start < o.end <= size for o in occurrences(candidate))


def test_grams_are_bounded() -> None:
    assert grams("ok") == ("c:_ok", "c:ok_", "c:_ok_")
    assert grams("x" * 41) == () and grams("—") == ()


def test_an_untitled_article_has_its_first_line_as_headline_or_the_first_sentence_of_a_long_one() -> None:
    lead = "La maire annonce un pont. " + "Les travaux commenceront en mars sur la rive gauche du fleuve. " * 4
    short, long = "Un pont à Lourmont  La maire a parlé mardi devant le conseil.", lead
    heads = [candidates(Article("a", text), "fr", Lexicon())["title"][0] for text in (short, long)]
    assert [text[h.start : h.end] for text, h in zip((short, long), heads, strict=True)] == [
        "Un pont à Lourmont",
        "La maire annonce un pont.",
    ]


def test_a_phrase_knows_the_sentence_that_it_stands_in() -> None:
    text = "Rien. Le maire (dit « fantoche ») parle."
    found = candidates(Article("a", text, "Un titre"), "fr", Lexicon())
    held = {text[w.start : w.end]: found["sentence"][w.sentence] for w in found["word"] if w.view.field == "text"}
    assert {w: text[s.start : s.end] for w, s in held.items()} == {
        "Rien": "Rien.", "maire": "Le maire (dit « fantoche ») parle.", "dit": "(dit « fantoche »)",
        "fantoche": "(dit « fantoche »)", "parle": "Le maire (dit « fantoche ») parle.",
    }  # fmt: skip
    assert found["sentence"][found["quote"][0].sentence].start == text.index("(")


def test_word_classes_are_features_alone_and_behind_the_class_before() -> None:
    known = Lexicon(lists={"fr": {"role": ("ministre*",), "say": ("affirme",)}})
    found = candidates(Article("a", "Le ministre, hier, affirme que non."), "fr", known)["sentence"][0]
    names = {o.feature: (o.start, o.end) for o in occurrences(found) if o.feature.startswith("y:")}
    assert set(names) == {"y:role", "y:^>role", "y:say", "y:role>say"}
    assert names["y:role>say"] == (3, 26)
