"""Works, quotes, notes and themes, each with what it leads to."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ..core import model, sources
from ..site.data_files.quotation_rows import verification_row
from ..works.csl.csl_checks import Retraction, retraction
from ..works.csl.csl_items import to_csl
from ..works.identifiers import doi_url
from .collection import Collection, Member, Notice, OpenedLibrary


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Source(Member):
    """A literary work that the library knows."""

    _source: sources.Source

    @property
    def id(self) -> str:
        """The citation key."""
        return self._source.key

    @property
    def type(self) -> str:
        """The type in CSL's words, such as `article-journal`."""
        return self._source.type

    @property
    def title(self) -> str:
        return self._source.title

    @property
    def authors(self) -> tuple[str, ...]:
        """The authors' names in full, else the editors'."""
        names = self._source.names
        return tuple(name.full for name in names.get("author", ()) or names.get("editor", ()))

    @property
    def year(self) -> int | None:
        """The year of publication, negative before our era."""
        return self._source.year

    @property
    def doi(self) -> str:
        return self._source.variables.get("DOI", "")

    @property
    def web_address(self) -> str:
        """Where the work itself can be found on the web: its DOI's address, or its URL."""
        return doi_url(self.doi) if self.doi else self._source.variables.get("URL", "")

    @property
    def retraction(self) -> Retraction | None:
        """Whether the work was retracted, corrected or called into question, with date and notice."""
        return retraction(self._source)

    @property
    def csl(self) -> dict[str, object]:
        """The whole description as an item of CSL-JSON."""
        return to_csl(self._source)

    @property
    def citation(self) -> str:
        """The entry of the bibliography as plain text, in the library's citation style."""
        return self._opened.site.bibliography.entry_text(self.id)

    @property
    def short(self) -> str:
        """The work in a few words, such as `Somer, 2009`."""
        return Markup(self._opened.site.short(self.id)).striptags()

    @property
    def url(self) -> str:
        """Where the site lists the work."""
        return self._opened.address(self._opened.site.addresses.reference(self.id))

    @property
    def notes(self) -> "Collection[Note]":
        """The notes that summarise it."""
        found = self._opened.links.cited_by.get(self.id)
        return Collection(Note(self._opened, note) for note in (found.summarised if found else ()))

    @property
    def quotes(self) -> "Collection[Quote]":
        """The quotes whose words come from it."""
        found = self._opened.links.cited_by.get(self.id)
        return Collection(Quote(self._opened, quote) for quote in (found.quoted if found else ()))

    def to_dict(self) -> dict[str, Any]:
        said = self.retraction
        return {
            "id": self.id,
            "type": self.type,
            "title": self.title,
            "authors": "; ".join(self.authors),
            "year": self.year,
            "doi": self.doi,
            "status": said.kind.value if said else "",
            "citation": self.citation,
            "url": self.url,
            "notes": len(self.notes),
            "quotes": len(self.quotes),
        }


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Quote(Member):
    """A quotation, with the notices that belong to its words."""

    _quote: model.Quote

    @property
    def id(self) -> str:
        """Its permanent name in the library: `note-id/quote-id`."""
        return self._quote.address

    @property
    def words(self) -> str:
        """The words alone. Before you show them to anybody, show the `notices`."""
        return self._quote.words

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the words speak of, for readers who would rather not meet it unprepared."""
        return _notices(self._opened, self._opened.links.notices_of(self._quote))

    @property
    def gist(self) -> str:
        """What the note tells of the words before they are opened; empty where it tells nothing."""
        return self._quote.gist

    @property
    def speaker(self) -> str:
        """Who says the words, as the note has it: `a participant "Dana"`."""
        return self._quote.speaker.text if self._quote.speaker else ""

    @property
    def role(self) -> str:
        """The id of the speaker's role, such as `participant`."""
        role = self._opened.site.role(self._quote)
        return role.id if role else ""

    @property
    def source(self) -> Source | None:
        """The work that the words come from."""
        return _source(self._opened, self._quote.reference)

    @property
    def quoted_in(self) -> Source | None:
        """The work in which the note-taker read the words, where that is another one."""
        return _source(self._opened, self._quote.quoted_in)

    @property
    def locator(self) -> str:
        """The place in the work, such as `page 514`."""
        reference = self._quote.reference
        return f"{reference.locator.label} {reference.locator.value}" if reference and reference.locator else ""

    @property
    def citation(self) -> str:
        """The work and the place as the library's style cites them, such as `Somer, 2009, p. 514`."""
        return self._opened.site.reference_text(self._quote.reference) if self._quote.reference else ""

    @property
    def note(self) -> "Note":
        return Note(self._opened, self._opened.links.note_of(self._quote))

    @property
    def themes(self) -> "Collection[Theme]":
        return _themes(self._opened, self._quote.themes)

    @property
    def translations(self) -> tuple[tuple[str, str, str], ...]:
        """The words in other languages: each with the language and who translated."""
        site = self._opened.site
        return tuple((one.words, site.language_of_translation(one), one.translator) for one in self._quote.translations)

    @property
    def verified(self) -> str:
        """The text in which the words were found, `source` or `quoted-in`; empty, which is false, where in none."""
        state = verification_row(self._quote, self._opened.site)
        return "" if state == "none" else state

    @property
    def url(self) -> str:
        """The permanent address; absolute where `library.yml` says where the site is published."""
        return self._opened.address(self._opened.site.addresses.quote(self._quote))

    def to_dict(self) -> dict[str, Any]:
        """The columns of `quotes.csv`, the notices among them."""
        return self._opened.rows[self.id]._asdict()

    def __repr__(self) -> str:
        words = " ".join(self.words.split())
        shown = f"{words[:57]}…" if len(words) > 60 else words
        closed = ", ".join(notice.label for notice in self.notices)
        return f"<Quote {self.id}: {f'content notice: {closed}' if closed else repr(shown)}>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Note(Member):
    """A summary of one work."""

    _note: model.Note

    @property
    def id(self) -> str:
        return self._note.id

    @property
    def path(self) -> str:
        """The file, from the library's root."""
        return self._note.path

    @property
    def title(self) -> str:
        return self._note.title

    @property
    def text(self) -> str:
        """The Markdown below the front matter, quotations included; their notices are at `quotes`."""
        return self._note.body.text

    @property
    def source(self) -> Source | None:
        """The work that is summarised."""
        return _source(self._opened, self._note.source)

    @property
    def basis(self) -> str:
        """What the note-taker had in hand: `full-text`, `abstract` or `secondary`."""
        return str(self._note.basis or "")

    @property
    def via(self) -> Source | None:
        """The work that was read instead, where the basis is `secondary`."""
        return _source(self._opened, self._note.via)

    @property
    def themes(self) -> "Collection[Theme]":
        return _themes(self._opened, self._note.themes)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the note as a whole speaks of; quotes have notices of their own besides."""
        return _notices(self._opened, (mention.id for mention in self._note.notices))

    @property
    def quotes(self) -> Collection[Quote]:
        return Collection(Quote(self._opened, quote) for quote in self._note.quotes)

    @property
    def contributors(self) -> tuple[str, ...]:
        return self._note.contributors

    @property
    def date(self) -> datetime.date | None:
        return self._note.date

    @property
    def url(self) -> str:
        return self._opened.address(self._opened.site.addresses.note(self._note))

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "source": self._note.source.id if self._note.source else "",
            "basis": self.basis,
            "themes": self.themes.ids,
            "notices": tuple(notice.id for notice in self.notices),
            "contributors": self.contributors,
            "date": self.date,
            "quotes": len(self.quotes),
            "url": self.url,
        }


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Theme(Member):
    """A theme that quotes and notes are filed under."""

    _theme: model.Theme

    @property
    def id(self) -> str:
        return self._theme.id

    @property
    def label(self) -> str:
        return self._theme.label

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the theme."""
        return self._theme.aliases

    @property
    def definition(self) -> str:
        """What the theme covers and what it leaves out, in Markdown."""
        return self._theme.body.text

    @property
    def broader(self) -> "Collection[Theme]":
        return _themes(self._opened, self._theme.broader)

    @property
    def narrower(self) -> "Collection[Theme]":
        themes = self._opened.links.themes
        ids = self._opened.links.narrower.get(self.id, ())
        return Collection(Theme(self._opened, themes[id_]) for id_ in ids if id_ in themes)

    @property
    def related(self) -> "Collection[Theme]":
        return _themes(self._opened, self._theme.related)

    @property
    def notes(self) -> Collection[Note]:
        """The notes that list the theme."""
        return Collection(Note(self._opened, note) for note in self._opened.links.notes_by_theme.get(self.id, ()))

    @property
    def quotes(self) -> Collection[Quote]:
        """The quotes that are filed under it, note by note."""
        return Collection(Quote(self._opened, quote) for quote in self._opened.links.quotes_by_theme.get(self.id, ()))

    @property
    def url(self) -> str:
        return self._opened.address(self._opened.site.addresses.theme(self._theme))

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "aliases": self.aliases,
            "broader": self.broader.ids,
            "related": self.related.ids,
            "notes": len(self.notes),
            "quotes": len(self.quotes),
            "url": self.url,
        }


def _source(opened: OpenedLibrary, mention: model.Reference | model.IdMention | None) -> Source | None:
    key = mention.key if isinstance(mention, model.Reference) else mention.id if mention else ""
    found = opened.links.sources.get(key)
    return Source(opened, found) if found else None


def _themes(opened: OpenedLibrary, mentions: Iterable[model.IdMention]) -> Collection[Theme]:
    """The themes that are named; one that the library does not have is among its problems."""
    found = (opened.links.themes.get(mention.id) for mention in mentions)
    return Collection(Theme(opened, theme) for theme in found if theme)


def _notices(opened: OpenedLibrary, ids: Iterable[str]) -> tuple[Notice, ...]:
    """The notices of these ids; one that the library does not declare speaks by its id."""
    known = opened.links.notices
    return tuple(
        Notice(id_, known[id_].label, known[id_].description) if id_ in known else Notice(id_, id_, "")
        for id_ in dict.fromkeys(ids)
    )
