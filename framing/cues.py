"""The inventory of cues: id, group, unit that a head judges, meaning in English and French."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Cue(NamedTuple):
    """A named, observable signal in an article's text. `unit` names the panel that judges it."""

    id: str
    group: str
    unit: str
    en: str
    fr: str


CUES: tuple[Cue, ...] = (
    Cue(
        "designation", "furniture", "sentence",
        "A remark in the outlet's own voice that someone or something named in the story stands on a state's list:"
        " terrorist, extremist, banned, undesirable, foreign agent.",
        "Mention, par le média lui-même, qu'une personne, organisation, plateforme ou loi citée figure sur la liste"
        " d'un État : terroriste, extrémiste, interdite, indésirable, agent de l'étranger.",
    ),
    Cue(
        "social_promo", "furniture", "sentence",
        "Asks the reader to follow, join, subscribe, install or sign up.",
        "Invite le lecteur à suivre, rejoindre, s'abonner, installer ou s'inscrire.",
    ),
    Cue(
        "share_appeal", "furniture", "sentence",
        "Asks the reader to spread, like, comment on or vote for the piece.",
        "Demande au lecteur de partager, d'aimer, de commenter ou de noter l'article.",
    ),
    Cue(
        "donation_appeal", "furniture", "sentence",
        "Asks for money or paid support.",
        "Demande de l'argent ou un soutien payant.",
    ),
    Cue(
        "read_also", "furniture", "sentence",
        "Points to another item of the outlet or of a partner.",
        "Renvoie vers un autre contenu du média ou d'un partenaire.",
    ),
    Cue(
        "republication", "furniture", "sentence",
        "Says that the text comes from elsewhere: source, translation, first publication, syndication, agency credit.",
        "Indique que le texte vient d'ailleurs : source, traduction, première parution, reprise, crédit d'agence.",
    ),
    Cue(
        "disavowal", "furniture", "sentence",
        "The outlet declines responsibility for what it prints.",
        "Le média décline sa responsabilité sur ce qu'il publie.",
    ),
    Cue(
        "censorship_claim", "furniture", "sentence",
        "The outlet says that it is blocked, censored, de-ranked or persecuted, or helps readers round a block.",
        "Le média se dit bloqué, censuré, déréférencé ou persécuté, ou aide à contourner un blocage.",
    ),
    Cue(
        "vague_attribution", "sourcing", "sentence",
        "A claim is credited to nobody who can be checked.",
        "Une affirmation est attribuée à une source que personne ne peut vérifier.",
    ),
    Cue(
        "quote_headline", "sourcing", "title",
        "The headline states one speaker's claim as the headline's message.",
        "Le titre reprend l'affirmation d'un seul locuteur comme son message.",
    ),
    Cue(
        "loaded_label", "language", "word",
        "A derogatory or glorifying name, in the outlet's own voice, where a neutral one exists.",
        "Une appellation dépréciative ou élogieuse, assumée par le média, là où un terme neutre existe.",
    ),
    Cue(
        "state_lexicon", "language", "word",
        "A government's own euphemism for a war, an annexation or a repression, used as a plain fact.",
        "L'euphémisme officiel d'un gouvernement pour une guerre, une annexion ou une répression, repris comme un fait.",
    ),
    Cue(
        "scare_quotes", "language", "quote",
        "Distance by quotation marks round a common word, or by 'so-called'.",
        "Mise à distance par des guillemets autour d'un mot courant, ou par « soi-disant ».",
    ),
    Cue(
        "hidden_truth", "language", "sentence",
        "Claims that facts are being concealed, or that only this outlet tells them.",
        "Affirme que des faits sont cachés, ou que seul ce média les révèle.",
    ),
)  # fmt: skip

CUE_IDS: tuple[str, ...] = tuple(cue.id for cue in CUES)
FURNITURE: tuple[str, ...] = tuple(cue.id for cue in CUES if cue.group == "furniture")
UNITS: tuple[str, ...] = ("sentence", "title", "word", "quote", "trigger")  # sentences first: phrases look them up
PHRASES: tuple[str, ...] = ("word", "quote")
UNIT_OF: dict[str, str] = {cue.id: cue.unit for cue in CUES}
# Of a sentence's cue: the word classes (`datasets/classes`) whose words are triggers of it, judged one by one in their context.
TRIGGERS: dict[str, tuple[str, ...]] = {
    "designation": ("listed",),
    "social_promo": ("follow", "platform"),
    "share_appeal": ("share",),
    "donation_appeal": ("donate",),
    "read_also": ("readmore",),
    "republication": ("origin",),
    "disavowal": ("opinion",),
    "censorship_claim": ("censor",),
    "vague_attribution": (
        "say", "said_passive", "source_vague", "according", "quantity_vague", "mainstream", "truth", "conditional",
    ),
    "hidden_truth": ("hide", "truth", "mainstream"),
}  # fmt: skip
LANGUAGES: tuple[str, ...] = ("fr", "en", "ru", "de", "es", "it", "uk", "pl", "pt", "bg")
TRIED: tuple[str, ...] = ("ro",)  # in the corpus with the furniture cues alone: the model abstains


@cache
def heads(unit: str) -> tuple[str, ...]:
    """The cues judged on candidates of one unit, in inventory order.

    Sentences are judged for the phrases' cues too: a phrase's margin takes in its sentence's.
    """
    if unit == "trigger":
        return tuple(TRIGGERS)
    units = ("sentence", *PHRASES) if unit == "sentence" else (unit,)
    return tuple(cue.id for cue in CUES if cue.unit in units)
