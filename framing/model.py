"""The model: scores articles and explains its scores. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing import language
from framing.bundle import Table, read_manifest
from framing.candidates import candidates
from framing.cues import CUE_IDS, LANGUAGES, PHRASES, UNIT_OF, UNITS, heads
from framing.evidence import assemble
from framing.lexicon import Lexicon
from framing.panel import SENTENCE_SHARE as SENTENCE_SHARE
from framing.panel import Explanation, Margins, Panel, Panels
from framing.schema import Article, BundleError, Evidence, ModelId, Record
from framing.text import letters
from framing.view import Candidate, Words

MIN_LETTERS = 20  # below it a text is no article
SHORT = 200  # letters; below it a warning says that the text is short


class Calibration(NamedTuple):
    """Margin to probability, `1 / (1 + exp(-(slope * margin + intercept)))`, and the evidence threshold."""

    slope: float
    intercept: float
    threshold: float  # margin from which a candidate is evidence

    def probability(self, margin: float) -> float:
        """The calibrated probability of a margin; 0 where there was no candidate."""
        if margin == -math.inf:
            return 0.0
        z = max(-60.0, min(60.0, self.slope * margin + self.intercept))
        return 1.0 / (1.0 + math.exp(-z))


class Model:
    """A loaded bundle. Get one with `framing.load()`."""

    def __init__(self, folder: Path) -> None:
        body = read_manifest(folder)
        self.folder = folder
        self.id = ModelId(body["name"], body["version"], body["sha256"])
        try:
            self.lexicon = Lexicon(frozenset(body["abbreviations"]), body["classes"])
            self.calibrations = {cue: Calibration(*body["calibration"][cue]) for cue in CUE_IDS}
            self.panels = Panels(self._panel(unit, body) for unit in UNITS)
        except (KeyError, TypeError, ValueError) as problem:
            raise BundleError(folder, f"lacks or misspells {problem}", "retrain it with `framing train`") from problem

    def _panel(self, unit: str, body: dict[str, Any]) -> Panel:
        part = body["units"][unit]
        if tuple(part["heads"]) != heads(unit):
            raise BundleError(self.folder, f"has other cues than this program for '{unit}'", "retrain it")
        table = Table(self.folder / f"{unit}.table", part["sha256"], len(part["heads"]))
        return Panel(unit, table, [float(b) for b in part["intercepts"]])

    def score(self, articles: Iterable[Article]) -> Iterator[Record]:
        """One record an article, in order. Any text gives a record; a very short one warns and scores 0."""
        for article in articles:
            yield self.score_one(article)

    def score_one(self, article: Article) -> Record:
        """The record of one article."""
        lang, warnings = self._language(article)
        found = candidates(article, lang or "", self.lexicon)
        margins = self.panels.margins(found)
        best: dict[str, float] = {}
        evidence: list[Evidence] = []
        for cue in CUE_IDS:
            judged = found[UNIT_OF[cue]]
            column = self._column(cue, judged, margins)
            best[cue] = max(column, default=-math.inf)
            if best[cue] >= self.calibrations[cue].threshold:
                evidence.extend(self._evidence(article, cue, judged, column))
        evidence.sort(key=lambda e: (e.field != "title", e.start, e.end, e.cue))
        cues = {cue: round(self.calibrations[cue].probability(margin), 4) for cue, margin in best.items()}
        common = (article.id, article.url, article.outlet, article.title, lang)
        return Record(*common, cues, tuple(evidence), tuple(warnings), self.id)

    def _column(self, cue: str, judged: Sequence[Candidate], margins: Margins) -> Sequence[float]:
        """The margins of one cue; a phrase's takes in its sentence's."""
        unit = UNIT_OF[cue]
        column = margins[unit][self.panels[unit].heads.index(cue)]
        if unit not in PHRASES:
            return column
        around = margins["sentence"][self.panels["sentence"].heads.index(cue)]
        owners = judged.sentences if isinstance(judged, Words) else [c.sentence for c in judged]
        return [m + SENTENCE_SHARE * around[k] if k >= 0 else m for m, k in zip(column, owners, strict=True)]

    def _evidence(self, article: Article, cue: str, judged: Sequence[Candidate], margins: Sequence[float]) -> Iterator[Evidence]:
        calibration, unit = self.calibrations[cue], UNIT_OF[cue]
        strong = [k for k, margin in enumerate(margins) if margin >= calibration.threshold]
        places = [judged[k].place for k in strong]
        for span, margin in assemble(cue, unit, places, [margins[k] for k in strong], calibration.threshold):
            quote = article.field(span.field)[span.start : span.end]
            region = article.region(span.field, span.start)
            yield Evidence(*span, quote, round(calibration.probability(margin), 4), region)

    def explain(self, article: Article, cue: str) -> list[Explanation]:
        """Why each candidate of the article got its margin for a cue, strongest first."""
        lang, _ = self._language(article)
        unit = UNIT_OF[cue]
        found = candidates(article, lang or "", self.lexicon)
        explained = [self.panels[unit].explain(c, cue) for c in found[unit]]
        if unit in PHRASES:
            around = {n: self.panels["sentence"].explain(found["sentence"][n], cue) for n in {c.sentence for c in found[unit]} if n >= 0}
            explained = [e.within(around.get(c.sentence)) for e, c in zip(explained, found[unit], strict=True)]
        return sorted(explained, key=lambda e: -e.margin)

    def _language(self, article: Article) -> tuple[str | None, list[str]]:
        count = letters(article.text[:2000]) + letters(article.title or "")
        warnings = [f"short_text: {count} letters, scores are less sure below {SHORT}"] if count < SHORT else []
        if article.language:
            lang: str | None = article.language.lower().split("-")[0]
        else:
            lang, sure = language.detect(f"{article.title or ''}\n{article.text[: language.SAMPLE]}")
            if lang is None:
                warnings.append("language_unknown: too little text to tell, or none of the known languages")
            elif sure < language.SURE:
                warnings.append(f"language_unsure: {lang} with probability {sure:.2f}")
        if lang and lang not in LANGUAGES:
            warnings.append(f"language_unmeasured: '{lang}' is none of {' '.join(LANGUAGES)}")
        return lang, warnings
