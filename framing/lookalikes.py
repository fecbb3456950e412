"""Letters that look like others, and the digits and signs that stand for letters."""

from __future__ import annotations

import unicodedata

# Latin letters in other blocks, as stretches of a character class: full-width, mathematical, circled, squared, phonetic, script capitals.
LETTERS = (
    "\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\u24b6-\u24e9\u249c-\u24b5\U0001f110-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
    "\u1d00-\u1d2b\u1d2c-\u1d6a\u1d43-\u1d5b\u02b0-\u02b8\u2090-\u209c\u0250-\u02af\ua730-\ua731\ua7af\u2102\u210a-\u2113\u2115\u2119-\u211d"
    "\u2124\u2128\u212c-\u212d\u212f-\u2134"
)
FOREIGN = "\u0370-\u03ff\u0531-\u058f\u13a0-\u13ff"  # Greek, Armenian, Cherokee: among Latin or Cyrillic letters

_SMALL = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩʋɐɾ", "abcdefghijklmnoprstuvwyzagiuar"))
_BLOCKS = ((0x1F150, 26), (0x1F170, 26), (0x1F130, 26), (0x1F110, 26))


def twins(char: str) -> str:
    """The plain letter behind a letter of another block, the character itself where there is none.

    >>> twins("ⓐ"), twins("𝐛"), twins("ᴄ"), twins("🅳")
    ('a', 'b', 'c', 'D')
    """
    if char in _SMALL:
        return _SMALL[char]
    for first, count in _BLOCKS:
        if first <= ord(char) < first + count:
            return chr(65 + ord(char) - first)
    return unicodedata.normalize("NFKC", char).strip("()") or char


def script(char: str) -> str:
    """L for Latin, C for Cyrillic, O for another alphabet, "" for no letter."""
    code = ord(char)
    if code < 0x250:
        return "L" if char.isalpha() else ""
    if 0x400 <= code < 0x530:
        return "C"
    return "L" if 0x1E00 <= code < 0x1F00 else "O" if char.isalpha() else ""


# A letter and the Latin letter that it looks like; a letter and the Cyrillic one.
_LOOKS_LATIN = (
    "аa АA ВB сc СC ԁd еe ЕE ёë ЁË әə ԍg һh НH іi ІI їï ЇÏ јj ЈJ КK кk ӏI МM оo ОO "
    "рp РP ԛq ѕs ЅS тt ТT уy УY ѵv ԝw хx ХX ҮY ԌG ЗZ ӀI ѡw гr пn αa ΑA ΒB βb εe ΕE "
    "ΖZ ηn ΗH ιi ΙI ΚK κk ΜM νv ΝN οo ΟO ρp ΡP τt ΤT υu ΥY χx ΧX γy ϲc ϹC ωw ϳj օo "
    "սu հh ᎪA ᎬE ᏟC"
)
_LOOKS_CYRILLIC = (
    "aа AА BВ cс CС eе EЕ ëё ËЁ HН iі IІ ïї ÏЇ jј JЈ KК kк MМ oо OО pр PР sѕ SЅ tт "
    "TТ yу YУ xх XХ uи mт nп rг gд vѵ bь αа ΑА ΒВ βв εе ΕЕ ΗН ΙІ ιі ΚК κк ΜМ ΝН οо "
    "ΟО ρр ΡР τт ΤТ ΧХ χх υу ΥУ ϲс ϹС ΓГ γг φф ΦФ πп ΠП λл ΛЛ օо ᎪА ᎬЕ ᏟС"
)
LATIN: dict[str, str] = {pair[0]: pair[1] for pair in _LOOKS_LATIN.split()}
CYRILLIC: dict[str, str] = {pair[0]: pair[1] for pair in _LOOKS_CYRILLIC.split()}

# "1" has two readings, tried in this order.
LEET = {"0": "o", "1": "il", "3": "e", "4": "a", "6": "g", "7": "t", "@": "a", "$": "s", "€": "e"}
LEET_CYRILLIC = {"0": "о", "1": "іл", "3": "з", "4": "ч", "6": "б", "7": "т", "@": "а", "$": "с", "€": "е"}
