"""What a library rests on, and what it lacks: one section for each question that a reviewer asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from ...core.model import Basis, IdMention, Quote, Theme
from ...library.links import CitedBy, Links
from ...library.voices import voices_of
from ...markdown.citations import render_locator
from ...markdown.speakers import Voice
from ...works.csl.csl_checks import RetractionKind, retraction
from .quoted_words import SourceWords, quoted_words

_PARTICIPANTS = frozenset(("participant", "interviewee", "informant", "respondent"))
"""Ids of roles that speak of what they lived through themselves, as studies call them."""


class EntryKind(StrEnum):
    """What an entry is about, and so what its id is."""

    QUOTE = "quote"
    """The id is an address, `note-id/quote-id`."""
    NOTE = "note"
    THEME = "theme"
    WORK = "work"
    """The id is a citation key."""


class CitedWork(NamedTuple):
    """A work that is named in a running text."""

    key: str


class Phrase(NamedTuple):
    """Words of ours, which a site has in its own language; with a number, in the form that it asks for."""

    one: str
    many: str = ""
    number: int | None = None

    @property
    def text(self) -> str:
        if self.number is None:
            return self.one
        return (self.one if self.number == 1 else self.many) % {"num": f"{self.number:,}"}


CoveragePiece = str | CitedWork | Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEntry:
    """One quotation, note, theme or work of a section."""

    kind: EntryKind
    id: str
    about: tuple[CoveragePiece, ...] = ()
    """What to know of it, in pieces of a running text; never words of a quotation."""

    @property
    def text(self) -> str:
        """The same with citation keys: `2 quotations from @doe2009`."""
        return "".join(_text(piece) for piece in self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageSection:
    """The answer to one question."""

    id: str
    title: str
    meaning: str
    """What it means for a reader, and what can be done: one or two sentences."""
    entries: tuple[CoverageEntry, ...]
    of: int
    """How many there could be: all quotations, all themes and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All answers, and how many words of each work are quoted. Drafts count nowhere."""

    notes: int
    themes: int
    quotes: int
    works: int
    sections: tuple[CoverageSection, ...]
    """In the order in which they are shown; those without entries too, unless their question makes no sense here."""
    words: tuple[SourceWords, ...]
    """The most quoted work first."""
    compared: int = 0
    """Quotations that were compared with a work, and …"""
    wrong: int = 0
    """… how many of them were wrong at first: the library's own rate of errors."""
    prose: int = 0
    """Quotations in running prose, and …"""
    prose_unverified: int = 0
    """… how many of them were not found in the work cited beside them, or never compared."""

    @property
    def total_words(self) -> int:
        return sum(entry.words for entry in self.words)

    def section(self, id_: str) -> CoverageSection:
        return next(section for section in self.sections if section.id == id_)


def coverage_of(links: Links) -> Coverage:
    """What a joined library rests on and lacks; entries stand in the order of the library."""
    found = _Finder(links)
    is_wanted = links.library.settings.prose_quotations
    prose = [quote for note in links.notes.values() for quote in note.body.prose_quotes] if is_wanted else []
    return Coverage(
        notes=len(links.notes),
        themes=len(links.themes),
        quotes=len(found.quotes),
        works=len(found.works),
        sections=tuple(found.sections()),
        words=tuple(quoted_words(found.quotes).values()),
        compared=len({entry.quote for entry in links.library.verifications}),
        prose=len(prose),
        prose_unverified=sum(quote.address not in links.records for quote in prose),
        wrong=len({e.quote for e in links.library.verifications if not e.is_found or "corrected" in e.marks}),
    )


class _Finder:
    """A joined library, as the sections are found in it."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.quotes = tuple(links.quotes)
        # Only works that the site meets: those of drafts are listed nowhere.
        self.works = [key for key in links.sources if key in links.cited_by]
        self._participants: dict[tuple[str, str], tuple[Voice, ...]] = {}

    def sections(self) -> Iterator[CoverageSection]:
        quotes, notes, works = len(self.quotes), len(self.links.notes), len(self.works)
        for id_, title, meaning, find, everything in (
            (*_RETRACTED, self._retracted, works),
            (*_UNVERIFIED, self._unverified, quotes),
            (*_NO_LOCATOR, self._without_locator, quotes),
            (*_ONE_SOURCE, self._one_source, len(self.links.themes)),
            (*_ONE_PARTICIPANT, self._one_participant, len(self.links.themes)),
            (*_NO_PARTICIPANT, self._without_participant, len(self.links.themes)),
            (*_NO_QUOTE, self._without_quote, len(self.links.themes)),
            (*_NEVER_QUOTED, self._never_quoted, works),
            (*_NO_NOTE, self._without_note, works),
            (*_ABSTRACT, self._from_abstract, notes),
            (*_SECONDARY, self._from_secondary, notes),
            (*_NO_BASIS, self._without_basis, notes),
        ):
            if id_ in _OF_PARTICIPANTS and not _PARTICIPANTS & self.links.roles.keys():
                continue
            yield CoverageSection(id=id_, title=title, meaning=meaning, entries=tuple(find()), of=everything)

    # -- quotations

    def _unverified(self) -> Iterator[CoverageEntry]:
        return (_quote(quote) for quote in self.quotes if quote.address not in self.links.states)

    def _without_locator(self) -> Iterator[CoverageEntry]:
        return (_quote(q) for q in self.quotes if not any(reference.locator for reference in q.references))

    # -- themes

    def _themes(self) -> Iterator[tuple[Theme, tuple[Quote, ...]]]:
        """The themes that have quotations, and these."""
        for theme in self.links.themes.values():
            if quotes := self.links.quotes_by_theme.get(theme.id):
                yield theme, quotes

    def _one_source(self) -> Iterator[CoverageEntry]:
        for theme, quotes in self._themes():
            keys = {quote.reference.key for quote in quotes if quote.reference}
            if len(keys) == 1:
                counted = Phrase("%(num)s quotation from", "%(num)s quotations from", len(quotes))
                yield CoverageEntry(kind=EntryKind.THEME, id=theme.id, about=(counted, " ", CitedWork(keys.pop())))

    def _one_participant(self) -> Iterator[CoverageEntry]:
        for theme, quotes in self._themes():
            spoken = [quote for quote in quotes if self._is_participant(quote)]
            first = spoken[0] if spoken else None
            if first is None or (len(spoken) > 1 and not all(self._is_same_person(first, other) for other in spoken)):
                continue
            counted = Phrase("%(num)s quotation of", "%(num)s quotations of", len(spoken))
            yield CoverageEntry(kind=EntryKind.THEME, id=theme.id, about=(counted, " ", *_speaker(first)))

    def _without_participant(self) -> Iterator[CoverageEntry]:
        for theme, quotes in self._themes():
            if not any(self._is_participant(quote) for quote in quotes):
                yield CoverageEntry(kind=EntryKind.THEME, id=theme.id, about=(_quotations(len(quotes)),))

    def _without_quote(self) -> Iterator[CoverageEntry]:
        for theme in self.links.themes.values():
            if theme.id not in self.links.quotes_by_theme and theme.id not in self.links.narrower:
                notes = len(self.links.notes_by_theme.get(theme.id, ()))
                yield CoverageEntry(
                    kind=EntryKind.THEME, id=theme.id, about=(Phrase("%(num)s note", "%(num)s notes", notes),)
                )

    def _voices(self, quote: Quote) -> tuple[Voice, ...]:
        """Those who say the words and are participants."""
        key = (quote.speaker.text if quote.speaker else "", quote.reference.key if quote.reference else "")
        if key not in self._participants:
            found = voices_of(self.links, quote)
            self._participants[key] = tuple(voice for voice in found if voice.role in _PARTICIPANTS)
        return self._participants[key]

    def _is_participant(self, quote: Quote) -> bool:
        return bool(self._voices(quote))

    def _is_same_person(self, one: Quote, other: Quote) -> bool:
        """Whether two quotations are surely of one person: names count within a work, and no name proves nothing."""
        if not (one.reference and other.reference and one.reference.key == other.reference.key):
            return False
        mine, theirs = self._voices(one), self._voices(other)
        return len(mine) == 1 and mine == theirs and bool(mine[0].name or mine[0].code)

    # -- works

    @cached_property
    def _met(self) -> dict[str, CitedBy]:
        return {key: self.links.cited_by[key] for key in self.works}

    def _never_quoted(self) -> Iterator[CoverageEntry]:
        return (_work(key, found) for key, found in self._met.items() if not found.quoted and not found.quoted_in)

    def _without_note(self) -> Iterator[CoverageEntry]:
        return (_work(key, found) for key, found in self._met.items() if found.quoted and not found.summarised)

    def _retracted(self) -> Iterator[CoverageEntry]:
        for key, found in self._met.items():
            status = retraction(self.links.sources[key])
            if status is not None and status.kind is not RetractionKind.CORRECTED:
                yield CoverageEntry(kind=EntryKind.WORK, id=key, about=(status.text, "; ", *_uses(found)))

    # -- notes

    def _from_abstract(self) -> Iterator[CoverageEntry]:
        for note in self.links.notes.values():
            if note.basis is Basis.ABSTRACT:
                yield CoverageEntry(kind=EntryKind.NOTE, id=note.id, about=_named(Phrase("on"), note.source))

    def _without_basis(self) -> Iterator[CoverageEntry]:
        for note in self.links.notes.values():
            if note.basis is None:
                yield CoverageEntry(kind=EntryKind.NOTE, id=note.id, about=_named(Phrase("on"), note.source))

    def _from_secondary(self) -> Iterator[CoverageEntry]:
        for note in self.links.notes.values():
            if note.basis is Basis.SECONDARY:
                about = (*_named(Phrase("on"), note.source), ", ", *_named(Phrase("read in"), note.via))
                yield CoverageEntry(kind=EntryKind.NOTE, id=note.id, about=about)


def _quote(quote: Quote) -> CoverageEntry:
    return CoverageEntry(kind=EntryKind.QUOTE, id=quote.address, about=_speaker(quote))


def _text(piece: CoveragePiece) -> str:
    if isinstance(piece, CitedWork):
        return f"@{piece.key}"
    return piece.text if isinstance(piece, Phrase) else piece


def _quotations(number: int) -> Phrase:
    return Phrase("%(num)s quotation", "%(num)s quotations", number)


def _speaker(quote: Quote) -> tuple[CoveragePiece, ...]:
    """Who speaks, and where."""
    speaker: CoveragePiece = quote.speaker.text if quote.speaker else Phrase("nobody named")
    if quote.reference is None:
        return (speaker,)
    locator = quote.reference.locator
    return (speaker, ", ", CitedWork(quote.reference.key), f", {render_locator(locator)}" if locator else "")


def _named(before: Phrase, mention: IdMention | None) -> tuple[CoveragePiece, ...]:
    return (before, " ", CitedWork(mention.id)) if mention else ()


def _work(key: str, found: CitedBy) -> CoverageEntry:
    return CoverageEntry(kind=EntryKind.WORK, id=key, about=_uses(found))


def _uses(found: CitedBy) -> tuple[CoveragePiece, ...]:
    """How a work is used: `summarised in 1 note, cited in 3 places`."""
    cited = len(found.cited) + len(found.cited_in_themes)
    phrases = (
        Phrase("summarised in %(num)s note", "summarised in %(num)s notes", len(found.summarised)),
        Phrase("quoted in %(num)s quotation", "quoted in %(num)s quotations", len(found.quoted)),
        Phrase("read in its place in %(num)s note", "read in its place in %(num)s notes", len(found.via)),
        Phrase("cited in %(num)s place", "cited in %(num)s places", cited),
    )
    used = [phrase for phrase in phrases if phrase.number]
    return tuple(piece for phrase in used for piece in (", ", phrase))[1:]


_RETRACTED = (
    "retracted-works",
    "Retracted works that are used",
    "What was retracted or called into question may be worth reading, but no reader should take it for settled.",
)
_UNVERIFIED = (
    "unverified-quotes",
    "Quotations that were not verified",
    "Nobody has compared these words with the work yet, or they have changed since. It takes the work's text and the "
    "command florilegium verify.",
)
_NO_LOCATOR = (
    "quotes-without-locator",
    "Quotations without a page",
    "They do not say where in the work they stand, so that they take long to look up; a web page has no pages.",
)
_ONE_SOURCE = (
    "themes-of-one-source",
    "Themes that rest on one work",
    "All quotations of the theme come from a single work. Another one may say otherwise.",
)
_ONE_PARTICIPANT = (
    "themes-of-one-participant",
    "Themes in which one participant speaks",
    "What one person lived through stands for nobody else.",
)
_NO_PARTICIPANT = (
    "themes-without-participant",
    "Themes without the voice of a participant",
    "They are spoken of, but nobody who lived through it is quoted.",
)
_OF_PARTICIPANTS = (_ONE_PARTICIPANT[0], _NO_PARTICIPANT[0])
"""Questions that make no sense where no role is that of a participant."""
_NO_QUOTE = (
    "themes-without-quotes",
    "Themes without quotations",
    "Their definitions rest on summaries alone. Themes that have narrower ones are not listed.",
)
_NEVER_QUOTED = (
    "works-never-quoted",
    "Works that are cited, but never quoted",
    "A reader gets to know them by summaries alone.",
)
_NO_NOTE = (
    "quoted-works-without-note",
    "Works that are quoted, but have no note",
    "Their words stand without a summary of what the work says as a whole.",
)
_ABSTRACT = (
    "notes-from-abstract",
    "Notes that rest on an abstract",
    "An abstract leaves out how a result was found, and often its limits.",
)
_SECONDARY = (
    "notes-from-secondary",
    "Notes that rest on another work",
    "The work itself was not at hand: the note repeats what another work says of it.",
)
_NO_BASIS = (
    "notes-without-basis",
    "Notes that do not say what they are based on",
    "A reader cannot tell whether the whole work was read. Add `basis:` to the note.",
)
