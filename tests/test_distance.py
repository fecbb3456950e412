import numpy as np

from framing.lexicon import Lexicon
from framing.schema import Article, Label
from framing.training import distance
from framing.training.extract import UnitArrays, extract


def corpus(count: int, half: str, language: str, rare: int) -> list[Label]:
    """Articles of 50 words: `rare` of them stand in no other article, the rest in all."""
    made = []
    for k in range(count):
        own = [f"{language}{half}q{chr(97 + k % 26)}{chr(97 + k // 26 % 26)}{chr(97 + k // 676)}{chr(97 + j)}" for j in range(rare)]
        words = [*own, *(f"mot{chr(97 + j % 26)}{chr(97 + j // 26)}" for j in range(50 - rare))]
        made.append(Label(Article(f"{half}{k}", " ".join(words) + ".", language=language), (), f"o{k}", half))
    return made


def sentences(labels: list[Label]) -> UnitArrays:
    return extract(labels, Lexicon())["sentence"]


def test_a_bar_is_the_share_of_words_that_other_outlets_have_too() -> None:
    labels = corpus(210, "real", "fr", 10)
    arrays = sentences(labels)
    assert distance.bars(labels, arrays, np.arange(len(arrays.names))) == {"fr": 0.8, "": 0.8}


def test_real_articles_decide_where_they_are_enough_and_a_rare_language_has_no_bar_of_its_own() -> None:
    labels = [*corpus(210, "real", "fr", 10), *corpus(30, "written", "fr", 25), *corpus(20, "real", "de", 5)]
    arrays = sentences(labels)
    assert distance.bars(labels, arrays, np.arange(len(arrays.names))) == {"fr": 0.8, "": 0.5}


def test_words_outside_the_vocabulary_are_unknown_and_short_texts_say_nothing() -> None:
    labels = corpus(3, "written", "fr", 0)
    arrays = sentences(labels)
    assert distance.bars(labels, arrays, np.array([], np.int64)) == {"": 0.0}
    short = [Label(Article("a", "Trois mots ici.", language="fr"), (), "g", "written")]
    assert distance.bars(short, sentences(short), np.array([], np.int64)) == {"": 0.0}


def test_what_only_one_outlet_says_is_not_known() -> None:
    """The words that all articles share are an outlet's own where all are of one outlet."""
    labels = [Label(each.article, (), "one", "real") for each in corpus(210, "real", "fr", 10)]
    arrays = sentences(labels)
    assert distance.bars(labels, arrays, np.arange(len(arrays.names))) == {"fr": 0.0, "": 0.0}
