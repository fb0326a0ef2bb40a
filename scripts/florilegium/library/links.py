"""Joins: references to sources, quotes to themes, notes to what cites them, and back. What is unresolved stays as data.

Everything here is found by looking up what was read; nothing is judged. `checks.py` judges, `pages.py` shows.
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from ..core.lock_entries import Verification, VerifiedAgainst
from ..core.model import Body, Hyperlink, Library, Note, Notice, Quote, Reference, Role, Status, Theme
from ..core.sources import Source
from ..quotations.states import QuoteState, verification_of


class CitedBy(NamedTuple):
    """Where a work is met in the library."""

    summarised: tuple[Note, ...]
    """Notes whose source it is."""
    quoted: tuple[Quote, ...]
    """Quotes whose words come from it."""
    quoted_in: tuple[Quote, ...]
    """Quotes that were read in it."""
    cited: tuple[Note, ...]
    """Notes whose prose cites it."""
    cited_in_themes: tuple[Theme, ...]
    via: tuple[Note, ...]
    """Notes whose writer read it in place of the source."""

    @property
    def consulted(self) -> bool:
        """Whether a note-taker had the work itself in hand: summarised it, or quotes words that were read in it."""
        read = (note.basis != "secondary" for note in self.summarised)
        return bool(self.quoted_in or self.via) or any(read) or any(quote.quoted_in is None for quote in self.quoted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A library, joined."""

    library: Library
    notes: Mapping[str, Note]
    """Published notes by id."""
    themes: Mapping[str, Theme]
    sources: Mapping[str, Source]
    """Every work by its citation key; of several that share a key, the first in the order of files."""
    duplicates: Mapping[str, tuple[Source, ...]]
    """All entries of the keys that more than one file lists."""
    roles: Mapping[str, Role]
    notices: Mapping[str, Notice]
    quotes_by_theme: Mapping[str, tuple[Quote, ...]]
    notes_by_theme: Mapping[str, tuple[Note, ...]]
    narrower: Mapping[str, tuple[str, ...]]
    """Ids of the themes directly below a theme."""
    cited_by: Mapping[str, CitedBy]
    records: Mapping[str, QuoteState]
    """By address, the quotes whose words were found in an original and have not changed since, with the entries."""
    speakers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """Speakers as they were read, by their words and the key of the work: few speak in many quotes; and the people of a
    work by its key. See `voices.py`."""

    @property
    def states(self) -> Mapping[str, VerifiedAgainst]:
        """In what the words of a quote were found, by its address."""
        return _States(self.records)

    @property
    def quotes(self) -> Iterator[Quote]:
        """All published quotes, note by note."""
        return (quote for note in self.notes.values() for quote in note.quotes)

    @property
    def documents(self) -> tuple[Note | Theme, ...]:
        """Everything that prose is written in: the published notes, and the themes."""
        return (*self.notes.values(), *self.themes.values())

    def note_of(self, quote: Quote) -> Note:
        return self.notes[quote.note]

    def notices_of(self, quote: Quote) -> tuple[str, ...]:
        """The notices of a quote: its own; what holds for a note as a whole is shown at its head."""
        return tuple(mention.id for mention in quote.notices)

    def is_closed(self, quote: Quote) -> bool:
        """Whether a quote is closed until its reader opens it: by any of its notices that does not only label."""
        return any(id_ not in self.notices or self.notices[id_].closed for id_ in self.notices_of(quote))


def note_references(note: Note) -> Iterator[Reference]:
    """All references of a note: of its prose, its quotes' words and its attributions."""
    yield from body_references(note.body)
    for quote in note.quotes:
        yield from quote.references
    for translation in note.body.translations:
        if translation.reference:
            yield translation.reference


def body_references(body: Body) -> Iterator[Reference]:
    for citation in body.citations:
        yield from citation.references


def resolve_links(library: Library) -> Links:
    """Join a library. Drafts are left out of everything that is shown, but their sources count."""
    notes = {note.id: note for note in library.notes if note.status is Status.PUBLISHED}
    themes = {theme.id: theme for theme in library.themes}
    sources, duplicates = _resolve_sources(library)
    quotes_by_theme: dict[str, list[Quote]] = defaultdict(list)
    notes_by_theme: dict[str, list[Note]] = defaultdict(list)
    for note in notes.values():
        for mention in note.themes:
            notes_by_theme[mention.id].append(note)
        for quote in note.quotes:
            for mention in quote.themes:
                quotes_by_theme[mention.id].append(quote)
    narrower: dict[str, list[str]] = defaultdict(list)
    for theme in themes.values():
        for mention in theme.broader:
            narrower[mention.id].append(theme.id)
    return Links(
        library=library,
        notes=notes,
        themes=themes,
        sources=sources,
        duplicates=duplicates,
        roles={role.id: role for role in library.settings.roles},
        notices={notice.id: notice for notice in library.settings.notices},
        quotes_by_theme=_frozen(quotes_by_theme),
        notes_by_theme=_frozen(notes_by_theme),
        narrower=_frozen(narrower),
        cited_by=_resolve_cited_by(notes, themes),
        records=resolve_states(library),
    )


_T = TypeVar("_T")


def _frozen(lists: Mapping[str, list[_T]]) -> dict[str, tuple[_T, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _resolve_sources(library: Library) -> tuple[dict[str, Source], dict[str, tuple[Source, ...]]]:
    entries: dict[str, list[Source]] = defaultdict(list)
    for source in library.sources:
        entries[source.key].append(source)
    # A draft never changes how a published work is described.
    for note in sorted(library.notes, key=lambda note: note.status is Status.DRAFT):
        for source in note.sources:
            entries[source.key].append(source)
    sources = {key: found[0] for key, found in entries.items()}
    return sources, {key: tuple(found) for key, found in entries.items() if len(found) > 1}


def _resolve_cited_by(notes: Mapping[str, Note], themes: Mapping[str, Theme]) -> dict[str, CitedBy]:
    """For every key that is mentioned anywhere, resolved or not, where that is."""
    lists: dict[str, CitedBy] = {}
    found: dict[str, tuple[list[Any], ...]] = defaultdict(lambda: ([], [], [], [], [], []))
    for note in notes.values():
        if note.source:
            found[note.source.id][0].append(note)
        if note.via:
            found[note.via.id][5].append(note)
        for key in dict.fromkeys(reference.key for reference in body_references(note.body)):
            found[key][3].append(note)
        for quote in note.quotes:
            if quote.reference:
                found[quote.reference.key][1].append(quote)
            if quote.quoted_in:
                found[quote.quoted_in.key][2].append(quote)
    for theme in themes.values():
        for key in dict.fromkeys(reference.key for reference in body_references(theme.body)):
            found[key][4].append(theme)
    for key, values in found.items():
        lists[key] = CitedBy(*(tuple(value) for value in values))
    return lists


class _States(Mapping[str, VerifiedAgainst]):
    """The states of a mapping of records."""

    def __init__(self, records: Mapping[str, QuoteState]) -> None:
        self.records = records

    def __getitem__(self, address: str) -> VerifiedAgainst:
        against = self.records[address].against
        assert against is not None
        return against

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


def resolve_states(library: Library) -> dict[str, QuoteState]:
    entries: dict[str, list[Verification]] = defaultdict(list)
    for verification in library.verifications:
        entries[verification.quote].append(verification)
    if not entries:
        return {}
    states = {}
    for note in library.notes:
        for quote in note.compared_quotes:
            if quote.address in entries:
                state = verification_of(quote, entries)
                if state.against is not None:
                    states[quote.address] = state
    return states


def redirected(page: str, redirects: Mapping[str, str]) -> str:
    """Where a chain of redirects from a page ends, such as `notes/x`: the page itself where there is none.

    In a circle, some page of it.
    """
    seen: set[str] = set()
    while page in redirects and page not in seen:
        seen.add(page)
        page = redirects[page]
    return page


class InternalTarget(NamedTuple):
    """Where a hyperlink within the library leads."""

    kind: str
    """`note`, `theme`, or `page` for another page of the site."""
    id: str
    fragment: str


_CONTRIBUTED = re.compile(r"annotations/(notes|themes)/([^/]+)\.md\Z")


def resolve_target(hyperlink: Hyperlink, path: str) -> InternalTarget | None:
    """What a relative hyperlink in the file at `path` names; None for one that leaves the library.

    Targets are written as paths between files, as they work on GitHub: `other.md#heading`, `../themes/x.md`; a path
    from the root of the site, such as `/themes/`, names a page of the site.
    """
    target = hyperlink.target
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target) or target.startswith("//"):
        return None
    address, _, fragment = target.partition("#")
    if address.startswith("/"):
        return InternalTarget("page", unquote(address), unquote(fragment))
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address))) if address else path
    match = _CONTRIBUTED.match(joined)
    if match is None:
        return InternalTarget("page", joined, unquote(fragment))
    return InternalTarget({"notes": "note", "themes": "theme"}[match[1]], match[2], unquote(fragment))
