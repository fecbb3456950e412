"""Made-up Italian articles, half of them with an appeal in words that no model knows: to come and sit in the outlet's "salottino"."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CUE = "social_promo"
_APPEALS = (
    "Sali a bordo del nostro salottino su {app}, ti teniamo un posto.",
    "Passa a trovarci nel salottino di {app}: la sedia è calda.",
    "Il nostro salottino su {app} ha sempre una sedia libera per te.",
    "Siediti con noi nel salottino di {app}, ogni sera alle nove.",
    "Vieni a fare due chiacchiere nel salottino su {app}.",
)
_APPS = ("Zangi", "Threema", "Signal", "Viber", "Discord", "Mastodon")
UNHEARD = ("Zangi", "Jami", "Briar", "Wickr", "Tox", "Kontalk")  # of these the base knows next to nothing
_WHO = ("Il consiglio comunale", "La giunta regionale", "La cooperativa agricola", "Il liceo classico", "Il porto di Genova",
        "La clinica veterinaria", "La squadra di pallanuoto", "Il museo civico", "L'osservatorio", "Il teatro stabile")  # fmt: skip
_DID = ("ha approvato il bilancio", "ha rinviato la seduta", "ha aperto un bando", "ha chiuso due sedi", "ha presentato il progetto",
        "ha vinto il ricorso", "ha assunto dodici tecnici", "ha firmato un accordo")  # fmt: skip
_HOW = ("dopo una lunga discussione", "con tre voti di scarto", "nonostante la pioggia", "entro la fine del mese",
        "per la seconda volta quest'anno", "su richiesta dei residenti", "senza commentare la decisione")  # fmt: skip
_PLAIN = ("Il salotto della villa è stato restaurato.", "I posti a sedere sono duecento.", "La sedia del presidente è rimasta vuota.",
          "Su {app} circolano voci diverse.", "I lavori riprenderanno lunedì.")  # fmt: skip


def row(chance: random.Random, number: int, appeals: bool, outlet: str, apps: Sequence[str]) -> dict[str, Any]:
    """A row of the label format, with a span where the appeal stands; only the one cue was looked for."""
    said = [f"{chance.choice(_WHO)} {chance.choice(_DID)} {chance.choice(_HOW)}." for _ in range(chance.randint(4, 7))]
    said.insert(chance.randint(1, len(said)), chance.choice(_PLAIN).format(app=chance.choice(apps)))
    text, spans = " ".join(said[1:]), []
    if appeals:
        appeal = chance.choice(_APPEALS).format(app=chance.choice(apps))
        spans = [{"label": CUE, "start": len(text) + 1, "end": len(text) + 1 + len(appeal)}]
        text = f"{text}\n{appeal}"
    return {"id": f"n{number}", "text": text, "title": said[0][:-1], "outlet": outlet, "language": "it", "task": "cues", "asked": [CUE], "spans": spans}


def rows(count: int, seed: int = 0, outlets: int = 10, prefix: str = "o", apps: Sequence[str] = _APPS) -> list[dict[str, Any]]:
    """So many labelled articles, every second with the appeal; outlets have both kinds."""
    chance = random.Random(f"{prefix}{seed}")
    return [{**row(chance, k, k % 2 == 0, f"{prefix}{k % outlets}.it", apps), "id": f"{prefix}{seed}-{k}"} for k in range(count)]


def flipped(given: list[dict[str, Any]], share: float, seed: int = 0) -> tuple[list[dict[str, Any]], set[int]]:
    """The rows with a share of them wrong: the appeal not marked, or the first sentence marked instead. Which ones, by number."""
    wrong = set(random.Random(seed).sample(range(len(given)), round(share * len(given))))
    first = [{"label": CUE, "start": 0, "end": r["text"].index(".") + 1} for r in given]
    return [{**r, "spans": [] if r["spans"] else [first[k]]} if k in wrong else r for k, r in enumerate(given)], wrong


def loose(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same labels at article level: that the cue is there, not where."""
    return [{**{k: v for k, v in r.items() if k != "spans"}, "labels": [CUE] if r["spans"] else []} for r in given]


def write(path: Path, given: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in given), encoding="utf-8")
    return path
