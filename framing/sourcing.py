"""Who speaks in an article: attributed statements, their sources by kind, how concentrated they are, whether another side replies.

A surface measure. A statement is a sentence that is (part of) a quotation or holds a word of attribution; its speaker is the
nearest name, body, office or unnamed source. Pronouns and sentences without a subject go on with the speaker before.
Known limits: a country or a town that "says" something counts as named; a namesake is one speaker; irony is not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framing.schema import Sourcing
from framing.segment import Stretch
from framing.speakers import INSTITUTION, NAMED, UNNAMED, Reader, Source, sources_of
from framing.view import Candidate

SPEECH = 4  # words from which a quotation is speech, not a term
NEAR, FAR = 4, 10  # tokens within which a speaker is looked for, first and second try
BEHIND = 6  # tokens behind "according to" within which its source stands
KEPT = 3  # sentences over which a speaker is kept in mind


@dataclass(frozen=True, slots=True)
class Statement:
    """One attributed sentence. `speaker` identifies the source within the article, `""` an unnamed one."""

    start: int
    end: int
    kind: str
    speaker: str
    direct: bool
    reply: bool


@dataclass(slots=True)
class _Memory:
    """The speaker before, and how many sentences ago."""

    kind: str = ""
    key: str = ""
    age: int = 0

    def recall(self) -> tuple[str, str] | None:
        return (self.kind, self.key) if self.kind and self.age <= KEPT else None

    def keep(self, kind: str, key: str) -> None:
        self.kind, self.key, self.age = kind, key, 0


def measure(sentences: Sequence[Candidate], aside: Sequence[Stretch] = ()) -> Sourcing:
    """The profile over an article's sentence candidates. `aside`: stretches of the text that are the outlet's furniture."""
    body = [s for s in sentences if s.view.field == "text" and "in:brackets" not in s.layout and not _within(s, aside)]
    return summary(list(statements(body)), len(body))


def _within(sentence: Candidate, aside: Sequence[Stretch]) -> bool:
    return any(part.start <= sentence.start < part.end for part in aside)


def summary(found: Sequence[Statement], total: int) -> Sourcing:
    """Statements to a profile."""
    kinds = Counter(s.kind for s in found)
    speakers = Counter(s.speaker for s in found if s.speaker)
    top, most = max(speakers.items(), key=lambda pair: pair[1], default=("", 0))
    other = any(s.reply and s.speaker and s.speaker != top for s in found) or _tied_reply(found, speakers, most)
    direct = sum(s.direct for s in found)
    return Sourcing(total, kinds[NAMED], kinds[INSTITUTION], kinds[UNNAMED], direct, len(speakers), most, other)


def _tied_reply(found: Sequence[Statement], speakers: Counter[str], most: int) -> bool:
    """Where two speakers are quoted equally often, either one's reply is the other side."""
    tied = sum(count == most for count in speakers.values()) > 1
    return tied and any(s.reply and speakers.get(s.speaker) == most for s in found)


def statements(sentences: Sequence[Candidate]) -> Iterator[Statement]:
    """The attributed sentences among the sentences of one field, in order."""
    if not sentences:
        return
    reader = Reader(sentences[0].view)
    memory = _Memory()
    found = [_own(reader, s) for s in sentences]
    for number, sentence in enumerate(sentences):
        memory.age += 1
        own, spoken = found[number], _speech(reader, sentence)
        if own is None and spoken:
            own = _continued(reader, sentences, found, number) or memory.recall() or (UNNAMED, "")
        if own == ("", ""):  # a pronoun, or no subject at all
            own = memory.recall() or (None if not spoken else (UNNAMED, ""))
        if own is None:
            continue
        kind, key = own
        if key:
            memory.keep(kind, key)
        yield Statement(sentence.start, sentence.end, kind, key, spoken, _replies(reader, sentence))


Own = tuple[str, str] | None


def _continued(reader: Reader, sentences: Sequence[Candidate], found: Sequence[Own], number: int) -> Own:
    """The speaker of the next sentence, where the same quotation runs on into it."""
    if number + 1 == len(sentences) or not sentences[number].inner or not sentences[number + 1].inner:
        return None
    last, first = sentences[number].inner[-1], sentences[number + 1].inner[0]
    runs_on = last in reader.quoted and reader.quoted.get(last) == reader.quoted.get(first)
    return (found[number + 1] or None) if runs_on and found[number + 1] != ("", "") else None


def _replies(reader: Reader, sentence: Candidate) -> bool:
    return any(i not in reader.quoted and reader.small.reply.at(reader.words, i) for i in sentence.inner)


def _speech(reader: Reader, sentence: Candidate) -> bool:
    """Whether the sentence holds a stretch of quoted speech."""
    sizes = Counter(reader.quoted[i] for i in sentence.inner if i in reader.quoted and reader.words[i][0].isalnum())
    return any(size >= SPEECH for size in sizes.values())


def _own(reader: Reader, sentence: Candidate) -> tuple[str, str] | None:
    """The speaker that a sentence itself names: kind and key; `("", "")` for the one before; None for no attribution."""
    outside = [i for i in sentence.inner if i not in reader.quoted]
    according = [(i, hit) for i in outside if (hit := reader.small.according.at(reader.words, i))]
    said = [i for i in outside if reader.view.classes[i] == "say"]
    colon = any(reader.words[i] == ":" for i in sentence.inner)
    sources = list(sources_of(reader, outside)) if according or said or colon else []  # most sentences attribute nothing
    for index, hit in according:
        if source := _beside(sources, index, *hit):
            return source.kind, source.key
    for index in said:
        if source := _subject(reader, sources, index, sentence):
            return source.kind, source.key
    if any(reader.small.nobody.at(reader.words, i) for i in outside):
        return UNNAMED, ""
    if said and (_speech(reader, sentence) or any(reader.pronoun(i) for i in range(said[0] - 2, said[0] + 3) if i in outside)):
        return "", ""
    return _colon(reader, sources, sentence)


def _colon(reader: Reader, sources: Sequence[Source], sentence: Candidate) -> tuple[str, str] | None:
    """`Name: what he says` at the beginning of a line."""
    if not sources or sources[0].kind != NAMED or sources[0].first - sentence.inner[0] > 2:
        return None
    behind = sources[0].last + 1
    colon = behind < len(reader.words) and reader.words[behind] == ":" and behind < sentence.inner[-1]
    return (sources[0].kind, sources[0].key) if colon else None


def _beside(sources: Sequence[Source], index: int, length: int, back: bool) -> Source | None:
    """The source of an "according to": behind it, or before it where the language puts it so."""
    if back:
        return next((s for s in reversed(sources) if 0 < index - s.last <= BEHIND), None)
    return next((s for s in sources if 0 <= s.first - index - length < BEHIND), None)


def _subject(reader: Reader, sources: Sequence[Source], said: int, sentence: Candidate) -> Source | None:
    """The speaker of a verb of saying: the side away from the quotation first, near before far."""
    left = [s for s in reversed(sources) if s.last < said]
    right = [s for s in sources if s.first > said]
    inverted = said == sentence.inner[0] or not reader.words[said - 1][0].isalnum() or said - 1 in reader.quoted
    first, second = (right, left) if inverted else (left, right)
    for reach, sides in ((NEAR, (first, second)), (FAR, (first,))):
        for side in sides:
            near = next((s for s in side if max(said - s.last, s.first - said) <= reach), None)
            if near and not _pronoun_between(reader, near, said):
                return near
    return None


def _pronoun_between(reader: Reader, source: Source, said: int) -> bool:
    """A pronoun nearer to the verb than the source is its subject."""
    low, high = min(source.last, said), max(source.first, said)
    nearby = range(max(low + 1, said - 2), min(high, said + 3))
    return any(reader.pronoun(i) for i in nearby if i != said)
