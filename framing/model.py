"""The model: scores articles and explains its scores. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from framing import abstain, assess, combine, evasion, language, masks, sourcing
from framing.bundle import Table, names_bytes, read_manifest
from framing.candidates import candidates
from framing.cues import CUE_IDS, LANGUAGES, UNIT_OF, UNITS, heads
from framing.evidence import assemble
from framing.framingscore import FramingScore, Share
from framing.lexicon import Lexicon
from framing.panel import Explanation, Margins, Panel, Panels
from framing.profile import Profile
from framing.schema import Article, BundleError, Evidence, ModelId, Record
from framing.text import fold, letters
from framing.view import Candidate

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

    def probabilities(self, margins: Sequence[float]) -> list[float]:
        """The probabilities of finite margins."""
        slope, intercept, exp = self.slope, self.intercept, math.exp
        return [1.0 / (1.0 + exp(min(60.0, -slope * m - intercept))) for m in margins]


def _numbers(given: Sequence[float], count: int) -> list[float]:
    """So many finite numbers."""
    found = [float(number) for number in given]
    if len(found) != count or not all(map(math.isfinite, found)):
        raise ValueError(f"{count} finite numbers where it has {found}")
    return found


def _lists(classes: dict[str, dict[str, Sequence[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The word lists, all of them strings."""
    return {lang: {name: tuple(map(str, words)) for name, words in lists.items()} for lang, lists in classes.items()}


class Model:
    """A loaded bundle. Get one with `framing.load()`."""

    def __init__(self, folder: Path) -> None:
        body = read_manifest(folder)
        self.folder = folder
        try:
            self.id = ModelId(str(body["name"]), str(body["version"]), body["sha256"])
            self.lexicon = Lexicon(frozenset(map(str, body["abbreviations"])), _lists(body["classes"]))
            self.calibrations = {cue: Calibration(*_numbers(body["calibration"][cue], 3)) for cue in CUE_IDS}
            self.panels = Panels(self._panel(unit, body) for unit in UNITS)
            self._vocabulary = abstain.Vocabulary(self.panels["sentence"].table)
            self._bars = {str(lang): float(bar) for lang, bar in dict(body.get("known", abstain.KNOWN)).items()}
            self.framing = FramingScore.of(body["score"]) if "score" in body else None
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
            raise BundleError(folder, f"lacks or misspells {problem}", "retrain it with `framing train`") from problem

    def _panel(self, unit: str, body: dict[str, Any]) -> Panel:
        part = body["units"][unit]
        if tuple(part["heads"]) != heads(unit):
            raise BundleError(self.folder, f"has other cues than this program for '{unit}'", "retrain it")
        table = Table(self.folder / f"{unit}.table", part["sha256"], len(part["heads"]))
        names_bytes(self.folder, unit, part["features_sha256"])
        return Panel(unit, table, _numbers(part["intercepts"], len(part["heads"])))

    def score(self, articles: Iterable[Article]) -> Iterator[Record]:
        """One record an article, in order. Any text gives a record; `Record.abstains` says why one is no judgement."""
        for article in articles:
            yield self.score_one(article)

    def score_one(self, article: Article) -> Record:
        """The record of one article."""
        seen = evasion.undisguised(article, self._knows)
        if seen is None:
            return self._scored(article)
        record = self._scored(seen.article)
        evidence = tuple(self._as_given(article, seen, each) for each in record.evidence)
        return replace(record, title=article.title, evidence=evidence, warnings=(*record.warnings, *seen.warnings))

    def _knows(self, word: str) -> bool:
        """Whether a word is among the sentences' features."""
        return self.panels["sentence"].table.row(f"w:{fold(word).text}") >= 0

    @staticmethod
    def _as_given(article: Article, seen: evasion.Undisguised, found: Evidence) -> Evidence:
        """Evidence of the article as people read it, as a span of the article as given."""
        start, end = seen.original(found.field, found.start, found.end)
        quote, region = article.field(found.field)[start:end], article.region(found.field, start)
        return replace(found, start=start, end=end, quote=quote, region=region)

    def _scored(self, article: Article) -> Record:
        lang, warnings = self._language(article)
        found = candidates(article, lang or "", self.lexicon)
        warnings.extend(abstain.by_distance(lang, *self._vocabulary.share(_words(found["sentence"])), self._bars))
        margins = self.panels.margins(found)
        columns = combine.columns(found, margins)
        evidence = self._all_evidence(article, found, columns)
        best = {cue: max(column, default=-math.inf) for cue, column in columns.items()}
        cues = {cue: round(self.calibrations[cue].probability(margin), 4) for cue, margin in best.items()}
        plain = self._profile(found, columns, evidence)
        score = self.framing.score(plain, lang) if self.framing and lang in LANGUAGES else None
        masked = self.framing.score(self._masked(article, evidence, found, margins, plain), lang) if self.framing and score else None
        if self.framing and lang in LANGUAGES and score is None:
            warnings.append(f"score_withheld: {self.framing.withheld(plain, lang)}")
        common = (article.id, article.url, article.outlet, article.title, lang)
        value, band = score or (None, None)
        bare = masked.score if masked else None
        record = Record(*common, cues, tuple(evidence), tuple(warnings), self.id, value, band, bare, plain.sourcing)
        return replace(record, score=None, band=None, masked_score=None) if record.abstains else record

    def profiles(self, article: Article) -> tuple[Profile, Profile]:
        """The cue profile of one article, whole and masked: what its framing scores are made of."""
        article = self._as_read(article)
        found = candidates(article, self._language(article)[0] or "", self.lexicon)
        margins = self.panels.margins(found)
        columns = combine.columns(found, margins)
        evidence = self._all_evidence(article, found, columns)
        plain = self._profile(found, columns, evidence)
        return plain, self._masked(article, evidence, found, margins, plain)

    def explain_score(self, article: Article) -> tuple[list[Share], float]:
        """What each term adds to the log-odds of the framing score, and the intercept; nothing where the model has no score."""
        if self.framing is None:
            return [], 0.0
        lang, _ = self._language(self._as_read(article))
        return self.framing.explain(self.profiles(article)[0], lang), self.framing.intercept

    def _as_read(self, article: Article) -> Article:
        """The article without disguise."""
        seen = evasion.undisguised(article, self._knows)
        return seen.article if seen else article

    def _profile(self, found: assess.Found, columns: combine.Columns, evidence: Sequence[Evidence]) -> Profile:
        return assess.profile(found, self._chances(columns), evidence, (), sourcing.measure(found["sentence"]))

    def _chances(self, columns: combine.Columns) -> dict[str, list[float]]:
        return {cue: self.calibrations[cue].probabilities(column) for cue, column in columns.items()}

    def _masked(self, article: Article, evidence: Sequence[Evidence], found: assess.Found, margins: Margins, plain: Profile) -> Profile:
        """The profile without furniture, outlet names and datelines; the plain one where there is nothing to mask."""
        aside = masks.furniture(article, evidence)
        names = masks.outlet_names(article)
        masked = {view.field: masks.masked_tokens(view, names) for view in assess.views(found)}
        if not aside and not any(masked.values()):
            return plain
        if any(masked.values()):
            again, numbers = masks.touched(found, masked)
            margins = assess.patched(margins, self.panels.margins(again), numbers, masks.emptied(found, masked))
        columns = combine.columns(found, margins)
        sources = sourcing.measure(found["sentence"], aside) if aside else plain.sourcing
        return assess.profile(found, self._chances(columns), self._all_evidence(article, found, columns), aside, sources)

    def _all_evidence(self, article: Article, found: assess.Found, columns: combine.Columns) -> list[Evidence]:
        evidence: list[Evidence] = []
        for cue, column in columns.items():
            if max(column, default=-math.inf) >= self.calibrations[cue].threshold:
                evidence.extend(self._evidence(article, cue, found[UNIT_OF[cue]], column))
        return sorted(evidence, key=lambda e: (e.field != "title", e.start, e.end, e.cue))

    def _evidence(self, article: Article, cue: str, judged: Sequence[Candidate], margins: Sequence[float]) -> Iterator[Evidence]:
        calibration, unit = self.calibrations[cue], UNIT_OF[cue]
        strong = [k for k, margin in enumerate(margins) if margin >= calibration.threshold]
        places = [judged[k].place for k in strong]
        for span, margin in assemble(cue, unit, places, [margins[k] for k in strong], calibration.threshold):
            quote = article.field(span.field)[span.start : span.end]
            region = article.region(span.field, span.start)
            yield Evidence(*span, quote, round(calibration.probability(margin), 4), region)

    def explain(self, article: Article, cue: str) -> list[Explanation]:
        """Why each candidate of the article got its margin for a cue, strongest first. Of a disguised article, the undisguised one's."""
        seen = evasion.undisguised(article, self._knows)
        if seen is not None:
            return [e.moved(seen.original) for e in self._explained(seen.article, cue)]
        return self._explained(article, cue)

    def _explained(self, article: Article, cue: str) -> list[Explanation]:
        lang, _ = self._language(article)
        explained = combine.explained(self.panels, candidates(article, lang or "", self.lexicon), cue)
        return sorted(explained, key=lambda e: -e.margin)

    def _language(self, article: Article) -> tuple[str | None, list[str]]:
        count = letters(article.text[:2000]) + letters(article.title or "")
        warnings = [f"short_text: {count} letters, scores are less sure below {SHORT}"] if count < SHORT else []
        if article.language:
            lang: str | None = article.language.lower().split("-")[0]
        else:
            lang, sure = language.detect(f"{article.title or ''}\n{article.text[: language.SAMPLE]}")
            if lang is not None and sure < language.SURE:
                warnings.append(f"language_unsure: {lang} with probability {sure:.2f}")
        return lang, [*warnings, *abstain.by_length(count), *abstain.by_language(lang)]


def _words(sentences: Sequence[Candidate]) -> Iterator[str]:
    """The words of an article in reading order."""
    return (word for view in {id(c.view): c.view for c in sentences}.values() for word in view.tokens.texts)
