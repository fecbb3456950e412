"""The model: scores articles and explains its scores. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

from framing import abstain, language
from framing.bundle import Table, read_manifest
from framing.candidates import Candidate, candidates
from framing.cues import CUE_IDS, PHRASES, UNIT_OF, UNITS, heads
from framing.evidence import Place, assemble
from framing.features import Occurrence, occurrences
from framing.lexicon import Lexicon
from framing.schema import Article, BundleError, Evidence, ModelId, Record
from framing.text import letters

SENTENCE_SHARE = 0.5  # of its sentence's margin that is added to a phrase's
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


class Contribution(NamedTuple):
    """What one feature occurrence added to a margin."""

    feature: str
    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a candidate has its margin for a cue: contributions + intercept = margin."""

    cue: str
    field: str
    start: int
    end: int
    margin: float
    intercept: float
    contributions: tuple[Contribution, ...]

    def within(self, sentence: Explanation | None) -> Explanation:
        """The explanation of a phrase with the share of its sentence added."""
        if sentence is None:
            return self
        shared = tuple(c._replace(value=SENTENCE_SHARE * c.value) for c in sentence.contributions)
        return replace(
            self,
            margin=self.margin + SENTENCE_SHARE * sentence.margin,
            intercept=self.intercept + SENTENCE_SHARE * sentence.intercept,
            contributions=self.contributions + shared,
        )


class Panel:
    """The heads of one unit over their table."""

    def __init__(self, unit: str, table: Table, intercepts: Sequence[float]) -> None:
        self.unit, self.heads, self.intercepts = unit, heads(unit), tuple(intercepts)
        self._table = table
        self._rows: dict[str, int] = {}

    def _row(self, name: str) -> int:
        row = self._rows.get(name)
        if row is None:
            if len(self._rows) > 1 << 18:
                self._rows.clear()
            row = self._rows[name] = self._table.row(name)
        return row

    def _weights(self, found: Iterable[Occurrence]) -> dict[int, float]:
        """Row -> tf-idf of a candidate, length 1."""
        counts: dict[int, int] = {}
        for occurrence in found:
            row = self._row(occurrence.feature)
            if row >= 0:
                counts[row] = counts.get(row, 0) + 1
        values, width = self._table.values, self._table.width
        weighed = {
            row: values[row * width] * (1.0 + math.log(count) if count > 1 else 1.0) for row, count in counts.items()
        }
        norm = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        return {row: w / norm for row, w in weighed.items()}

    def margins(self, candidate: Candidate) -> list[float]:
        """One margin a head."""
        weighed = self._weights(occurrences(candidate))
        values, width = self._table.values, self._table.width
        rows = [values[r * width + 1 : r * width + width] for r in weighed]
        sums = [0.0] * len(self.heads) if not rows else [sum(map(mul, column, weighed.values())) for column in zip(*rows)]
        return [s + b for s, b in zip(sums, self.intercepts, strict=True)]

    def explain(self, candidate: Candidate, cue: str) -> Explanation:
        """The margin of one head, term by term; a repeated feature's share is split evenly."""
        head = self.heads.index(cue)
        found = [(o, self._row(o.feature)) for o in occurrences(candidate)]
        weighed = self._weights(o for o, _ in found)
        counts: dict[int, int] = {}
        for _, row in found:
            counts[row] = counts.get(row, 0) + 1
        values, width = self._table.values, self._table.width
        terms = tuple(
            Contribution(*o, weighed[row] * values[row * width + 1 + head] / counts[row]) for o, row in found if row >= 0
        )
        intercept = self.intercepts[head]
        margin = self.margins(candidate)[head]
        view = candidate.view
        return Explanation(cue, view.field, candidate.start, candidate.end, margin, intercept, terms)


class Model:
    """A loaded bundle. Get one with `framing.load()`."""

    def __init__(self, folder: Path) -> None:
        body = read_manifest(folder)
        self.folder = folder
        self.id = ModelId(body["name"], body["version"], body["sha256"])
        try:
            self.lexicon = Lexicon(frozenset(body["abbreviations"]), body["classes"])
            self.calibrations = {cue: Calibration(*body["calibration"][cue]) for cue in CUE_IDS}
            self.panels = {unit: self._panel(unit, body) for unit in UNITS}
        except (KeyError, TypeError, ValueError) as problem:
            raise BundleError(folder, f"lacks or misspells {problem}", "retrain it with `framing train`") from problem

    def _panel(self, unit: str, body: dict[str, Any]) -> Panel:
        part = body["units"][unit]
        if tuple(part["heads"]) != heads(unit):
            raise BundleError(self.folder, f"has other cues than this program for '{unit}'", "retrain it")
        table = Table(self.folder / f"{unit}.table", part["sha256"], len(part["heads"]))
        if unit == "sentence":
            self._vocabulary = abstain.Vocabulary(table)
        return Panel(unit, table, [float(b) for b in part["intercepts"]])

    def score(self, articles: Iterable[Article]) -> Iterator[Record]:
        """One record an article, in order. Any text gives a record; `Record.abstains` says why one is no judgement."""
        for article in articles:
            yield self.score_one(article)

    def score_one(self, article: Article) -> Record:
        """The record of one article."""
        lang, warnings = self._language(article)
        found = candidates(article, lang or "", self.lexicon)
        warnings.extend(abstain.by_distance(lang, *self._vocabulary.share(_words(found["sentence"]))))
        best = dict.fromkeys(CUE_IDS, -math.inf)
        evidence: list[Evidence] = []
        margins = {unit: [panel.margins(c) for c in found[unit]] for unit, panel in self.panels.items()}
        for cue in CUE_IDS:
            unit = UNIT_OF[cue]
            column = self._column(cue, found[unit], margins)
            best[cue] = max(column, default=-math.inf)
            evidence.extend(self._evidence(article, cue, [c.place for c in found[unit]], column))
        evidence.sort(key=lambda e: (e.field != "title", e.start, e.end, e.cue))
        cues = {cue: round(self.calibrations[cue].probability(margin), 4) for cue, margin in best.items()}
        common = (article.id, article.url, article.outlet, article.title, lang)
        return Record(*common, cues, tuple(evidence), tuple(warnings), self.id)

    def _column(self, cue: str, judged: Sequence[Candidate], margins: dict[str, list[list[float]]]) -> list[float]:
        """The margins of one cue; a phrase's takes in its sentence's."""
        unit = UNIT_OF[cue]
        head = self.panels[unit].heads.index(cue)
        column = [m[head] for m in margins[unit]]
        if unit not in PHRASES:
            return column
        around = self.panels["sentence"].heads.index(cue)
        sentences = margins["sentence"]
        return [
            m + SENTENCE_SHARE * sentences[c.sentence][around] if c.sentence >= 0 else m
            for m, c in zip(column, judged, strict=True)
        ]

    def _evidence(
        self, article: Article, cue: str, places: Sequence[Place], margins: Sequence[float]
    ) -> Iterator[Evidence]:
        calibration = self.calibrations[cue]
        unit = UNIT_OF[cue]
        for span, margin in assemble(cue, unit, places, margins, calibration.threshold):
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
            lang, sure = language.detect(f"{article.title or ''}\n{article.text}")
            if lang is not None and sure < language.SURE:
                warnings.append(f"language_unsure: {lang} with probability {sure:.2f}")
        return lang, [*warnings, *abstain.by_length(count), *abstain.by_language(lang)]


def _words(sentences: Sequence[Candidate]) -> Iterator[str]:
    """The words of an article in reading order."""
    return (token.text for view in {id(c.view): c.view for c in sentences}.values() for token in view.tokens)
