"""Small words of attribution in ten languages: "according to", "it was reported", "he", "denied", "but".

Entries are words in a row, as they are written. They are whole forms on purpose: a stem would take in too much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from framing.text import fold, tokens

# Before the source: "according to the ministry". A leading "<" marks those that stand behind it ("dem Bericht zufolge").
_ACCORDING = {
    "fr": "selon|d'après|à en croire|aux dires de|de l'aveu de|citant|cité par|citée par|<dixit",
    "en": "according to|as per|in the words of|citing|cited by|quoted by|told by|in a statement by|as reported by",
    "ru": "по словам|согласно|по данным|по мнению|по сообщению|по сообщениям|по информации|по оценке|по оценкам|по версии|со ссылкой на"
          "|ссылаясь на|как передает|как сообщает|по утверждению|по заявлению",
    "de": "laut|nach angaben|nach ansicht|nach auffassung|nach einschätzung|nach meinung|gemäß|unter berufung auf|nach darstellung"
          "|nach aussage|nach worten|<zufolge",
    "es": "según|de acuerdo con|de acuerdo a|en palabras de|a juicio de|citando a|citado por|en opinión de|conforme a",
    "it": "secondo|a detta di|a detta del|stando a|stando al|stando alle|citando|citato da|per bocca di|a parere di",
    "uk": "за словами|згідно з|за даними|на думку|за повідомленням|за інформацією|за оцінками|за оцінкою|з посиланням на|посилаючись на"
          "|як повідомляє|як передає|за версією|на переконання",
    "pl": "według|zdaniem|w ocenie|w opinii|jak podaje|jak informuje|powołując się na|wedle|wg|słowami",
    "pt": "segundo|de acordo com|conforme|na opinião de|na opinião do|na opinião da|nas palavras de|citando|citado por"
          "|para o|a juízo de",
    "bg": "според|по думите на|по данни на|по информация на|по мнението на|по мнение на|позовавайки се на|цитирайки|по оценки на",
}  # fmt: skip

# Somebody said it, and nobody is named.
_NOBODY = {
    "fr": "il a été rapporté|il est rapporté|on apprend|on rapporte|il a été dit|il a été précisé|il a été indiqué|il a été annoncé"
          "|il se dit|dit-on|il paraît que|le bruit court|des rumeurs",
    "en": "it was reported|it is reported|it has been reported|it was said|it is said|it is believed|it is understood|it was claimed"
          "|it is claimed|it emerged|rumour has it|rumor has it|is said to|are said to|was reportedly|has reportedly|have reportedly",
    "ru": "сообщается|сообщалось|стало известно|как стало известно|отмечается|говорят что|по слухам|ходят слухи|утверждается"
          "|как сообщили сми",
    "de": "es heißt|hieß es|heißt es|es wurde berichtet|wurde berichtet|wird berichtet|wurde bekannt|verlautete"
          "|wie verlautet|angeblich soll"
          "|gerüchten zufolge|es wird gemunkelt",
    "es": "se informó|se informa|se dice|se rumorea|se supo|se afirma|ha trascendido|trascendió|se ha informado|corre el rumor",
    "it": "è stato riferito|viene riferito|si dice|si apprende|è emerso|corre voce|è stato detto|si vocifera|secondo indiscrezioni",
    "uk": "повідомляється|повідомлялося|стало відомо|як стало відомо|зазначається|кажуть що|за чутками|ходять чутки|стверджується",
    "pl": "podano|poinformowano|mówi się|jak się dowiadujemy|krążą pogłoski|wiadomo nieoficjalnie|nieoficjalnie wiadomo"
          "|przekazano|twierdzi się",
    "pt": "foi relatado|foi informado|diz-se|fala-se|corre o boato|sabe-se que|comenta-se|foi noticiado|há rumores",
    "bg": "съобщава се|съобщено е|стана ясно|стана известно|говори се|твърди се|носят се слухове|според слухове|както се съобщава",
}  # fmt: skip

# The speaker of the sentence before goes on.
_PRONOUNS = {
    "fr": "il|elle|ils|elles|celui-ci|celle-ci|lui",
    "en": "he|she|they|the latter",
    "ru": "он|она|они|тот|та",
    "de": "er|sie|dieser|diese",
    "es": "él|ella|ellos|ellas",
    "it": "egli|lui|lei|loro|essi",
    "uk": "він|вона|вони|той",
    "pl": "on|ona|oni|ten|ta",
    "pt": "ele|ela|eles|elas",
    "bg": "той|тя|те|последният",
}

# A reply, a denial or a contrast: what the other side's sentence carries.
_REPLY = {
    "fr": "mais|cependant|toutefois|en revanche|de son côté|pour sa part|dément|démenti|a démenti|rejette|a rejeté|conteste|a contesté"
          "|nie|a nié|réplique|a répliqué|rétorque|a rétorqué|réfute|a réfuté|à l'inverse|répond|a répondu|critique|dénonce|a dénoncé",
    "en": "but|however|by contrast|for his part|for her part|for its part|denied|denies|deny|rejected|rejects|disputed|disputes|refuted"
          "|countered|counters|responded|responds|replied|dismissed|dismisses|disagreed|disagrees|criticised|criticized"
          "|meanwhile|although",
    "ru": "но|однако|впрочем|в свою очередь|между тем|отрицает|отрицают|опроверг|опровергла|опровергли|опровергает|отверг"
          "|отвергла|отвергли"
          "|возразил|возразила|возражает|ответил|ответила|ответили|не согласен|не согласна|не согласились|раскритиковал|зато",
    "de": "aber|jedoch|dagegen|hingegen|allerdings|seinerseits|ihrerseits|dementierte|dementiert|bestreitet|bestritt|wies"
          "|weist|widersprach"
          "|widerspricht|entgegnete|entgegnet|konterte|kritisierte|kritisiert|lehnt|lehnte|erwiderte",
    "es": "pero|sin embargo|no obstante|en cambio|por su parte|niega|negó|ha negado|desmintió|desmiente|rechazó|rechaza"
          "|rechazan|replicó|replica"
          "|respondió|responde|refutó|criticó|critica|contradice",
    "it": "ma|però|tuttavia|invece|al contrario|dal canto suo|da parte sua|nega|ha negato|smentisce|ha smentito|respinge"
          "|ha respinto|contesta"
          "|ha contestato|replica|ha replicato|ribatte|ribattuto|risponde|ha risposto|critica|ha criticato",
    "uk": "але|однак|проте|натомість|зі свого боку|тим часом|заперечує|заперечив|заперечила|заперечили|спростував"
          "|спростувала|спростували"
          "|відкинув|відкинула|відкинули|відповів|відповіла|відповіли|не погоджується|розкритикував",
    "pl": "ale|jednak|natomiast|z kolei|tymczasem|zaprzecza|zaprzeczył|zaprzeczyła|zaprzeczyli|odrzuca|odrzucił|odrzuciła"
          "|odpiera|odparł|odparła"
          "|dementuje|zdementował|odpowiedział|odpowiedziała|skrytykował|skrytykowała|krytykuje",
    "pt": "mas|porém|contudo|no entanto|já o|já a|por sua vez|por seu lado|nega|negou|negaram|desmente|desmentiu|rejeita"
          "|rejeitou|rebateu|rebate"
          "|respondeu|responde|contesta|contestou|criticou|critica",
    "bg": "но|обаче|от своя страна|докато|отрече|отричат|отрича|отрекоха|опроверга|опровергава|отхвърли|отхвърля|отхвърлиха"
          "|възрази|възразява"
          "|отговори|отговаря|отговориха|не е съгласен|разкритикува|критикува|за разлика",
}  # fmt: skip

Phrase = tuple[str, ...]


class Phrases:
    """Entries of one table and language, looked up by their first word."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._by_first: dict[str, list[tuple[Phrase, bool]]] = {}
        for entry in entries:
            words = tuple(tokens(fold(entry.removeprefix("<"))).texts)
            self._by_first.setdefault(words[0], []).append((words, entry.startswith("<")))

    def at(self, words: Sequence[str], index: int) -> tuple[int, bool] | None:
        """The length of the longest entry that begins at a word, and whether its source stands before it."""
        held = self._by_first.get(words[index])
        if not held:
            return None
        found = [(len(p), back) for p, back in held if tuple(words[index : index + len(p)]) == p]
        return max(found, default=None)


class Speech:
    """The tables of one language; empty ones of an unknown language."""

    def __init__(self, language: str) -> None:
        self.according, self.nobody, self.pronouns, self.reply = (
            Phrases([entry for entry in table.get(language, "").split("|") if entry]) for table in _TABLES.values()
        )


_TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"according": _ACCORDING, "nobody": _NOBODY, "pronouns": _PRONOUNS, "reply": _REPLY}
)


@lru_cache(maxsize=32)
def speech(language: str) -> Speech:
    """The small words of a language."""
    return Speech(language)
