"""What passes between the stages: articles, spans, evidence, records, skips; and the errors.

All offsets are Unicode code points, half-open, into the article's own `text` or `title`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

ABSTENTIONS = ("too_short", "language_unknown", "language_unmeasured", "far_from_training")  # warnings by which a model abstains
RECORD_SCHEMA = 1  # bump when a field of `Record.as_dict` changes its name or meaning


class FramingError(Exception):
    """A problem a user can act on. The message says place, problem and remedy."""

    def __init__(self, place: object, problem: str, remedy: str = "") -> None:
        self.place, self.problem, self.remedy = str(place), problem, remedy
        super().__init__(f"{place}: {problem}" + (f"; {remedy}" if remedy else ""))


class InputError(FramingError):
    """An article, page or file of articles that cannot be read."""


class BundleError(FramingError):
    """A model bundle that is missing, damaged or made by something else."""


class OutputError(FramingError):
    """Something that cannot be written. Not an `OSError`: those of a network are tried again, a full disk is not."""


class LockedError(OutputError):
    """An output that another run is writing."""


class CorpusError(FramingError):
    """A row of a labelled corpus that breaks its format."""


class MissingExtra(FramingError):
    """An optional dependency that is not installed."""

    def __init__(self, place: object, extra: str) -> None:
        super().__init__(
            place, f"needs the extra '{extra}'", f"pip install 'framing[{extra}]'"
        )


class Span(NamedTuple):
    """A labelled stretch of an article's `field` ("text" or "title")."""

    cue: str
    field: str
    start: int
    end: int


class Region(NamedTuple):
    """A stretch of a page's text that the extractor took for the main text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article as given. `main` is empty where the whole text is the article."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    language: str | None = None
    published: str | None = None
    main: tuple[Region, ...] = ()

    def field(self, name: str) -> str:
        """The text of a field, `""` for an absent title."""
        return self.text if name == "text" else self.title or ""

    def region(self, name: str, start: int) -> str:
        """`title`, `main` or `furniture`: where on the page an offset stands."""
        if name == "title":
            return "title"
        inside = not self.main or any(m.start <= start < m.end for m in self.main)
        return "main" if inside else "furniture"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that carries a cue. `quote` is the article's own slice."""

    cue: str
    field: str
    start: int
    end: int
    quote: str
    score: float
    region: str


@dataclass(frozen=True, slots=True)
class ModelId:
    """Which model gave a record."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Who speaks in an article. `sentences` is what shares are of; `speakers` counts the identified ones."""

    sentences: int = 0
    named: int = 0
    institution: int = 0
    unnamed: int = 0
    direct: int = 0  # of the statements: those that hold a quotation
    speakers: int = 0
    top: int = 0  # statements of the most quoted identified speaker
    other_side: bool = False  # another identified speaker replies, denies or contrasts

    @property
    def statements(self) -> int:
        """All attributed statements."""
        return self.named + self.institution + self.unnamed

    @property
    def top_share(self) -> float:
        """The share of the most quoted speaker among the statements of identified speakers; 0 where nobody speaks."""
        return self.top / (self.named + self.institution) if self.top else 0.0

    def as_dict(self) -> dict[str, int | float | bool]:
        """The JSON object of a record."""
        return {
            "sentences": self.sentences, "statements": self.statements, "named": self.named, "institution": self.institution,
            "unnamed": self.unnamed, "direct": self.direct, "speakers": self.speakers, "top_share": round(self.top_share, 4),
            "other_side": self.other_side,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """The result for one article. `cues` maps every cue of the model to its probability.

    `score`, `band` and `masked_score` are None where the text is too short, in no measured language, or the model has no framing score.
    """

    id: str
    url: str | None
    outlet: str | None
    title: str | None
    language: str | None
    cues: dict[str, float]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    model: ModelId
    score: float | None = None
    band: str | None = None
    masked_score: float | None = None  # without furniture, outlet names and datelines
    sourcing: Sourcing | None = None

    @property
    def dress(self) -> float | None:
        """How much of the score is the outlet's dress: the score less the masked one."""
        return None if self.score is None or self.masked_score is None else round(self.score - self.masked_score, 4)

    @property
    def abstains(self) -> tuple[str, ...]:
        """The warnings that make the record no judgement; empty where it is one."""
        return tuple(w for w in self.warnings if w.partition(":")[0] in ABSTENTIONS)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the output contract."""
        return {
            "schema": RECORD_SCHEMA,
            "id": self.id,
            "url": self.url,
            "outlet": self.outlet,
            "title": self.title,
            "language": self.language,
            "score": self.score,
            "band": self.band,
            "masked_score": self.masked_score,
            "masked_difference": self.dress,
            "cues": self.cues,
            "sourcing": self.sourcing.as_dict() if self.sourcing else None,
            "evidence": [asdict(e) for e in self.evidence],
            "warnings": list(self.warnings),
            "model": asdict(self.model),
        }


@dataclass(frozen=True, slots=True)
class Skip:
    """An input row that was refused: where it stands and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Label:
    """An article with its cue spans. `group` keeps together what folds must not part:

    the outlet of a real article, the authoring batch of a written passage.
    """

    article: Article
    spans: tuple[Span, ...]
    group: str
    half: str  # "written" or "real"
    meta: dict[str, str] = field(default_factory=dict)
