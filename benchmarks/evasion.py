"""Measures how many cues are still found when somebody disguises them, and what looking behind disguises costs on clean text.

usage: python benchmarks/evasion.py [MODEL] [--each N] [--clean FOLDER_OF_TEXTS]

Sample: of the written corpus, for each cue and language, N passages in which the model finds the cue. Each disguise is put on the
cue's labelled spans alone; a passage that it leaves as it was does not count. FOLDER_OF_TEXTS: as for `framing train --texts`; on these
articles, how many records change because disguises are looked for.
"""

import argparse
import random
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import framing
from framing.cues import CUE_IDS, LANGUAGES
from framing.schema import Label
from framing.training import corpora

ROOT = Path(__file__).parent.parent
LATIN, CYRILLIC = "aceopxyABCEHIKMOPTX", "асеорхуАВСЕНІКМОРТХ"
TO_CYRILLIC, TO_LATIN = str.maketrans(LATIN, CYRILLIC), str.maketrans(CYRILLIC, LATIN)
TO_GREEK = str.maketrans("oviABEHIKMNOPTXYZоАВЕНІКМОРТХ", "ονιΑΒΕΗΙΚΜΝΟΡΤΧΥΖοΑΒΕΗΙΚΜΟΡΤΧ")
LEET = str.maketrans("aeioаозчб", "4310@0346")
SMALL = str.maketrans("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
EMOJI = {
    "✈️": r"\b(?:t[eé]l[eé]gram|телеграм)\w*", "▶️": r"\b(?:you ?tube|ютуб)\w*", "📷": r"\b(?:instagram|[иі]нстаграм)\w*",
    "📘": r"\b(?:facebook|фейсбук)\w*", "🐦": r"\b(?:twitter|тв[иі]тт?ер|туитър)\w*", "💬": r"\b(?:whatsapp|ватсап|вотсап)\w*",
    "🔔": r"\b(?:abonn|subscri|подпи[шс]|підпи[шс]|subskrybuj|suscr[ií]b|iscriv|abboni|subscrev|абонира)\w*",
    "🔁": r"\b(?:partag|share|teil[et]|compart|condivid|udostępni|podziel|поделит|поширт|сподели|поділіт)\w*",
    "👍": r"\b(?:like|лайк|aime[zr]|харес|gosto|polub)\w*",
    "💰": r"\b(?:don(?:s|ner|nez|ate|ation|ations|ar|azione|azioni|ación|ativo|ativos)|spende\w*|пожертв|донат|дарени|wpłat|darowizn)\w*",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")


def cyrillic(text: str) -> bool:
    return bool(re.search("[а-яіїєґ]", text, re.I))


def each_letter(mark: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"(?<=[^\W\d_])(?=[^\W\d_])", mark, text)


def apart(mark: str, gap: str = " ") -> Callable[[str], str]:
    def change(text: str) -> str:
        return WORD.sub(lambda m: mark.join(m[0]) if len(m[0]) > 3 or mark == " " else m[0], text.replace(" ", gap))

    return change


def homoglyphs(text: str) -> str:
    """All look-alike letters of the other alphabet."""
    return WORD.sub(lambda m: m[0].translate(TO_LATIN if cyrillic(m[0]) else TO_CYRILLIC), text)


def one_homoglyph(text: str) -> str:
    """One look-alike a word."""
    def change(match: re.Match[str]) -> str:
        word = match[0]
        table = TO_LATIN if cyrillic(word) else TO_CYRILLIC
        k = next((k for k, c in enumerate(word) if ord(c) in table), None)
        return word if k is None else word[:k] + word[k].translate(table) + word[k + 1 :]

    return WORD.sub(change, text)


def shifted(upper: int, lower: int, digits: int = 0) -> Callable[[str], str]:
    """Latin letters from another block; Cyrillic ones have none."""
    def change(text: str) -> str:
        plain = unicodedata.normalize("NFD", text)
        return "".join(chr(upper + ord(c) - 65) if "A" <= c <= "Z" else chr(lower + ord(c) - 97) if "a" <= c <= "z" else c for c in plain)

    return change


def piled(text: str) -> str:
    chance = random.Random(len(text))
    return "".join(c + "".join(chr(chance.randrange(0x300, 0x315)) for _ in range(3)) if c.isalpha() else c for c in text)


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def pictures(text: str) -> str:
    for picture, pattern in EMOJI.items():
        text = re.sub(pattern, picture, text, flags=re.IGNORECASE)
    return text


def set_quotes(text: str) -> str:
    return re.sub(r'["«»„“”]', "”", text).replace("'", "’").replace("-", "‑").replace("...", "…")


DISGUISES: dict[str, Callable[[str], str]] = {
    "zero-width between letters": each_letter("\u200b"),
    "soft hyphens": each_letter("\u00ad"),
    "invisible tags": each_letter("\U000e0061"),
    "decomposed accents": lambda text: unicodedata.normalize("NFD", text),
    "missing accents": bare,
    "struck through": lambda text: re.sub(r"([^\W\d_])", "\\1\u0336", text),
    "piled-up accents": piled,
    "one homoglyph a word": one_homoglyph,
    "all homoglyphs": homoglyphs,
    "Greek homoglyphs": lambda text: text.translate(TO_GREEK),
    "full-width": shifted(0xFF21, 0xFF41),
    "mathematical bold": shifted(0x1D400, 0x1D41A),
    "circled": shifted(0x24B6, 0x24D0),
    "small capitals": lambda text: text.translate(SMALL),
    "leet": lambda text: WORD.sub(lambda m: m[0][0] + m[0][1:].translate(LEET) if len(m[0]) > 3 else m[0], text),
    "spaced letters": apart(" ", "   "),
    "dotted letters": apart("."),
    "all capitals": str.upper,
    "quotes, hyphens, fixed blanks": lambda text: set_quotes(text).replace(" ", "\u00a0"),
    "emoji for words": pictures,
}  # fmt: skip


def disguised(label: Label, cue: str, change: Callable[[str], str]) -> framing.Article:
    """The article with the cue's spans changed, last one first."""
    fields = {"text": label.article.text, "title": label.article.title or ""}
    end = {"text": 1 << 60, "title": 1 << 60}
    for span in sorted((s for s in label.spans if s.cue == cue), key=lambda s: -s.start):
        if span.end <= end[span.field]:
            text = fields[span.field]
            fields[span.field] = text[: span.start] + change(text[span.start : span.end]) + text[span.end :]
            end[span.field] = span.start
    return replace(label.article, text=fields["text"], title=fields["title"] if label.article.title else None)


def sample(model: framing.Model, labels: list[Label], each: int) -> list[tuple[str, Label]]:
    found: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        cell = [c for c in {s.cue for s in label.spans} if len(found[c, label.article.language or ""]) < each]
        if cell:
            scores = model.score_one(label.article).cues
            for cue in cell:
                if scores[cue] >= 0.5:
                    found[cue, label.article.language or ""].append(label)
    return [(cue, label) for cue in CUE_IDS for lang in LANGUAGES for label in found[cue, lang]]


def measure(model: framing.Model, chosen: list[tuple[str, Label]]) -> None:
    total = defaultdict(lambda: [0, 0])
    rows = []
    for name, change in DISGUISES.items():
        count, warned = defaultdict(lambda: [0, 0]), 0
        for cue, label in chosen:
            article = disguised(label, cue, change)
            if article == label.article:
                continue
            record = model.score_one(article)
            hit = record.cues[cue] >= 0.5
            warned += any(w.startswith("obfuscated_text") for w in record.warnings)
            for where in (cue, label.article.language, ""):
                for tally in (count[where], total[where]):
                    tally[0] += hit
                    tally[1] += 1
        rows.append((name, count, warned))
    wheres = ["", *CUE_IDS]
    print("| disguise | passages | found | warned | " + " | ".join(CUE_IDS) + " |\n|---|" + "---|" * (3 + len(CUE_IDS)))
    for name, count, warned in rows:
        n = count[""][1]
        print(f"| {name} | {n} | {rate(count[''])} | {warned / max(1, n):.2f} | " + " | ".join(rate(count[w]) for w in wheres[1:]) + " |")
    print(f"| all | {total[''][1]} | {rate(total[''])} | | " + " | ".join(rate(total[w]) for w in wheres[1:]) + " |\n")
    print("| disguise | " + " | ".join(LANGUAGES) + " |\n|---|" + "---|" * len(LANGUAGES))
    for name, count, _ in rows:
        print(f"| {name} | " + " | ".join(rate(count[lang]) for lang in LANGUAGES) + " |")
    print("| all | " + " | ".join(rate(total[lang]) for lang in LANGUAGES) + " |\n")
    shares = [count[""][0] / count[""][1] for _, count, _ in rows if count[""][1]]
    print(f"{len(rows)} disguises: mean {sum(shares) / len(shares):.3f}, least {min(shares):.3f}")


def rate(tally: list[int]) -> str:
    return f"{tally[0] / tally[1]:.2f}" if tally[1] else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="default")
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--clean", type=Path)
    given = parser.parse_args()
    model = framing.load(given.model)
    if given.clean:
        clean(model, [label.article for label in corpora.real(ROOT / "datasets", given.clean)])
        return
    chosen = sample(model, list(corpora.written(ROOT / "datasets")), given.each)
    print(f"{len(chosen)} passages\n")
    measure(model, chosen)


def clean(model: framing.Model, articles: list[framing.Article]) -> None:
    """What looking behind disguises changes on real articles: warnings, cues newly found, cues lost."""
    from framing import model as scoring

    looking, flips, warned = scoring.evasion.undisguised, [0, 0, 0], 0
    for article in articles:
        new = model.score_one(article)
        scoring.evasion.undisguised = lambda article, known: None
        old = model.score_one(article)
        scoring.evasion.undisguised = looking
        warned += any(w.startswith("obfuscated_text") for w in new.warnings)
        for cue in CUE_IDS:
            was, now = old.cues[cue] >= 0.5, new.cues[cue] >= 0.5
            flips[0] += was
            flips[1] += now and not was
            flips[2] += was and not now
    print(f"{len(articles)} real articles: {warned} with obfuscated_text; {flips[0]} cues found, {flips[1]} newly found, {flips[2]} lost")


if __name__ == "__main__":
    sys.exit(main())
