"""The nouns of a library of annotated literature, frozen, each with the spans it was read from.

What a note holds dozens of is a named tuple, which is made and pickled in a fraction of the time.

Two pairs are kept apart on purpose. A *reference* is one mention of a citation key; a *source* is the literary
work that the key stands for. A *locator* is a place in a work; a *span* is a place in a file.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .lock_entries import Permalink, Verification
from .places import NO_PLACES, Places
from .rules import Severity
from .sources import Source
from .spans import Span
from .values import FrozenValue, light

# ------------------------------------------------------------------------------------------------- references


class CitationMode(StrEnum):
    """How a reference shows its author; the words are Pandoc's."""

    NORMAL = "normal"
    SUPPRESS_AUTHOR = "suppress-author"
    AUTHOR_IN_TEXT = "author-in-text"


@light
class Locator(NamedTuple):
    """A place in a work, as CSL has it: a label such as `page` and a value such as `195-206`."""

    label: str
    value: str
    span: Span


@light
class Reference(NamedTuple):
    """One mention of a citation key."""

    key: str
    span: Span
    """The reference with its prefix, locator and suffix."""
    key_span: Span
    mode: CitationMode = CitationMode.NORMAL
    prefix: str = ""
    suffix: str = ""
    locator: Locator | None = None


@light
class Citation(NamedTuple):
    """One citation in the text: the references between one pair of brackets, or one `@key` in running text."""

    references: tuple[Reference, ...]
    span: Span


@light
class IdMention(NamedTuple):
    """An id that names a theme, a notice or the like, and where it stands."""

    id: str
    span: Span


# ------------------------------------------------------------------------------------------------------ prose


@light
class Heading(NamedTuple):
    level: int
    text: str
    """Without markup."""
    id: str
    """The identifier that the contributor gave, or one made from the text; unique in the body."""
    span: Span


@light
class Hyperlink(NamedTuple):
    """A destination written in the prose: an inline link, a definition, an image or an autolink."""

    target: str
    span: Span
    image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(FrozenValue):
    """The Markdown of a note or theme, and everything in it that links somewhere."""

    text: str = ""
    """The Markdown after the front matter, its lines ended by LF."""
    headings: tuple[Heading, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Of the prose and of the words of quotes, in reading order; attributions are not among them."""
    hyperlinks: tuple[Hyperlink, ...] = ()
    quotes: tuple["Quote", ...] = ()
    translations: tuple["Translation", ...] = ()
    """The block quotes that translate a quote; which one, each says itself."""
    prose_quotes: tuple["Quote", ...] = ()
    """Words in quotation marks beside a citation: compared as quotes are, and without a card."""
    places: Places = NO_PLACES


class Basis(StrEnum):
    """What the note-taker had in hand."""

    FULL_TEXT = "full-text"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"


class Status(StrEnum):
    PUBLISHED = "published"
    DRAFT = "draft"


@light
class Speaker(NamedTuple):
    """Who says the words. Which of the library's roles that is, `links.py` finds out."""

    text: str
    """As written, the article included: `a participant "Dana"`."""
    name: str
    """The pseudonym without its quotation marks, or an empty string."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation(FrozenValue):
    """A quote's words in another language: a block quote that names the quote. It is compared with nothing."""

    number: int
    """Its place in `Body.translations`."""
    words: str
    translator: str
    language: str
    """A tag (BCP 47); empty for the language of the library."""
    of: IdMention
    """The id of the quote."""
    reference: Reference | None
    """The work of the quote, or the one in which the translation was published."""
    is_published: bool
    """Whether it is the latter."""
    span: Span
    attribution_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(FrozenValue):
    """A quotation: a block quote with an attribution."""

    id: str
    """Unique within the note; where the contributor gave none, one that the program proposes."""
    note: str
    """Id of the note."""
    words: str
    """The words without markup: what is compared with the original. Paragraphs are separated by a line feed."""
    speaker: Speaker | None
    reference: Reference | None
    """The work that the words come from."""
    quoted_in: Reference | None
    """The work in which the note-taker read them, when that is another one."""
    themes: tuple[IdMention, ...]
    notices: tuple[IdMention, ...]
    span: Span
    """The whole block quote."""
    words_span: Span
    attribution_span: Span
    id_span: Span
    citations: tuple[Citation, ...] = ()
    """Citations inside the words."""
    gist: str = ""
    """What the note tells of the words before a reader opens them; empty where it says nothing."""
    translations: tuple[Translation, ...] = ()
    emphasised: tuple[str, ...] = ()
    """Those of the words that are emphasised."""

    @property
    def is_prose(self) -> bool:
        """Whether it stands in running prose: then its id is made from its words, and it has no card."""
        return self.id.startswith("~")

    @property
    def has_own_id(self) -> bool:
        """Whether the id is written in the note."""
        return self.id_span != self.attribution_span

    @property
    def address(self) -> str:
        """The quote's name in the library: `note-id/quote-id`."""
        return f"{self.note}/{self.id}"

    @property
    def references(self) -> tuple[Reference, ...]:
        first, second = self.reference, self.quoted_in
        if first is None:
            return () if second is None else (second,)
        return (first,) if second is None else (first, second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(FrozenValue):
    """A summary of one source."""

    id: str
    path: str
    title: str = ""
    source: IdMention | None = None
    """The citation key of the work that is summarised: as written, or the only one that the note lists or cites."""
    basis: Basis | None = None
    via: IdMention | None = None
    themes: tuple[IdMention, ...] = ()
    notices: tuple[IdMention, ...] = ()
    sources: tuple[Source, ...] = ()
    """The works that the note's own `references` list."""
    contributors: tuple[str, ...] = ()
    date: datetime.date | None = None
    updated: datetime.date | None = None
    status: Status = Status.PUBLISHED
    body: Body = Body()
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Where the value of each key of the front matter stands."""
    digest: str = ""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return self.body.quotes

    @property
    def compared_quotes(self) -> tuple[Quote, ...]:
        """Everything that is compared with originals: the quotes, and those in running prose."""
        return (*self.body.quotes, *self.body.prose_quotes)

    def __hash__(self) -> int:
        return hash(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme(FrozenValue):
    """A theme: a SKOS concept with a definition."""

    id: str
    path: str
    label: str
    aliases: tuple[str, ...]
    broader: tuple[IdMention, ...]
    related: tuple[IdMention, ...]
    notices: tuple[IdMention, ...]
    body: Body
    spans: Mapping[str, Span] = field(default_factory=dict)
    digest: str = ""

    def __hash__(self) -> int:
        return hash(self.path)


# ---------------------------------------------------------------------------------------------------- library


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(FrozenValue):
    """A kind of speaker, such as `participant`."""

    id: str
    label: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(FrozenValue):
    """A kind of content notice, such as `drug-use`."""

    id: str
    label: str
    description: str
    span: Span
    closed: bool = True
    """Whether it closes a quotation until its reader opens it, or only labels it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleException(FrozenValue):
    """A place where a rule does not hold, and the reason why."""

    rule: str
    paths: tuple[str, ...]
    """Glob patterns below `annotations/`; empty for every path."""
    keys: tuple[str, ...]
    """Citation keys or ids that the finding must concern; empty for any."""
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySettings(FrozenValue):
    """What `library.yml` says."""

    title: str = "Untitled library"
    description: str = ""
    language: str = "en"
    citation_style: str = "apa"
    help: str = ""
    """Where readers find help; Markdown, one paragraph."""
    url: str = ""
    """Where the site is published, with `/` at the end; empty where nobody said."""
    epub: bool = False
    """Whether the site offers the whole library as an EPUB."""
    repository: str = ""
    """The web address of the repository, without `/` at the end; empty where nobody said."""
    branch: str = "main"
    roles: tuple[Role, ...] = ()
    notices: tuple[Notice, ...] = ()
    sensitive_sources: Mapping[str, tuple[IdMention, ...]] = field(default_factory=dict)
    """Citation keys whose quotes and notes must carry these notices."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    exceptions: tuple[RuleException, ...] = ()
    prose_quotations: bool = True
    """Whether quotations in running prose are compared with the originals too."""
    redirects: Mapping[str, str] = field(default_factory=dict)
    """Old theme or note paths such as `themes/old`, to new ones."""
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library(FrozenValue):
    """Everything under `annotations/`, as read: nothing is joined yet, and nothing is dropped."""

    settings: LibrarySettings
    notes: tuple[Note, ...] = ()
    themes: tuple[Theme, ...] = ()
    sources: tuple[Source, ...] = ()
    """The works of `annotations/references/`; those of the notes are in `Note.sources`."""
    verifications: tuple[Verification, ...] = ()
    permalinks: tuple[Permalink, ...] = ()
