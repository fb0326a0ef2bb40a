"""What pages share: the templates, quotation cards, citations. All of it is HTML with slots for the way to the root."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

from markupsafe import Markup

from ...core.model import Note, Quote, Theme
from ...library.links import Links, resolve_target
from ...works.citing.formatting import Bibliography
from ..addresses import Addresses
from .author_names import Author, authors_of, slugs_of
from .page_files import Contents, GeneratedPage, PageHeading
from .quotation_cards import CardSite


class WorkRow(NamedTuple):
    """A work as one line of a list."""

    title: str
    authors: str
    year: str
    kind: str
    read: str
    """`no`, `abstract` or `yes`."""
    quotes: int
    address: str
    retraction: Markup
    coins: str


_T = TypeVar("_T")


def beside(ordered: Sequence[_T], place: int) -> tuple[_T | None, _T | None]:
    """What stands before and after a place in a list; None at its ends."""
    return ordered[place - 1] if place else None, ordered[place + 1] if place + 1 < len(ordered) else None


class PageSite(CardSite):
    """The linked library as the makers of pages see it: with the HTML that pages share."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        super().__init__(links, bibliography, addresses)
        self._paragraphs: dict[str, list[str]] = {}
        self._work_rows: dict[str, WorkRow] = {}
        self._work_lines: dict[str, Markup] = {}
        self._cares: dict[tuple[tuple[str, ...], int], Markup] = {}
        self.listed_works: dict[tuple[str, bool], Markup] = {}
        """Works as pages list those that they cite, as far as they were made: see `work_entries.py`."""

    @cached_property
    def themes_by_label(self) -> list[Theme]:
        return sorted(self.links.themes.values(), key=lambda theme: (self.words.sort_key(theme.label), theme.id))

    def themes_beside(self, theme: Theme) -> tuple[Theme | None, Theme | None]:
        """The themes before and after a theme in the list by label."""
        return beside(self.themes_by_label, self._theme_places[theme.id])

    @cached_property
    def _theme_places(self) -> dict[str, int]:
        return {theme.id: place for place, theme in enumerate(self.themes_by_label)}

    @cached_property
    def _by_title(self) -> list[Note]:
        return sorted(self.links.notes.values(), key=lambda note: (self.words.sort_key(note.title), note.id))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {note.id: place for place, note in enumerate(self._by_title)}

    def neighbours(self, id_: str) -> tuple[Note | None, Note | None]:
        """The notes before and after a note in the list by title."""
        return beside(self._by_title, self._places[id_])

    def turn(self, label: str, back: str, forth: str, ends: Sequence[tuple[str, str] | None]) -> str:
        """The way to the pages before and after this one; `ends` are their addresses and titles, where they are."""
        previous, following = ends
        return self.template("turn.html").render(label=label, back=back, forth=forth, previous=previous, next=following)

    @cached_property
    def _linking(self) -> dict[str, list[Note | Theme]]:
        found: dict[str, list[Note | Theme]] = {}
        for document in self.links.documents:
            for hyperlink in document.body.hyperlinks:
                target = resolve_target(hyperlink, document.path)
                if target and target.kind in ("note", "theme"):
                    listed = found.setdefault(f"{target.kind}s/{target.id}", [])
                    if document not in listed:
                        listed.append(document)
        return found

    def paragraphs(self, document: Note | Theme, cut: Callable[[Note | Theme, Self], Iterable[str]]) -> list[str]:
        """The paragraphs of a document's prose, which `cut` finds once for all the pages that name it."""
        if document.path not in self._paragraphs:
            self._paragraphs[document.path] = list(cut(document, self))
        return self._paragraphs[document.path]

    def linking_to(self, page: str) -> list[Note | Theme]:
        """The notes and themes whose prose has a hyperlink to a page, such as `notes/x`."""
        return self._linking.get(page, [])

    @cached_property
    def work_keys(self) -> list[str]:
        """All works that have a page, in the order of the bibliography; those without an entry come last."""
        listed = [key for key in self.bibliography.order if key in self.links.cited_by or key in self.links.sources]
        return listed

    @cached_property
    def work_places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.work_keys)}

    @cached_property
    def works_by(self) -> dict[Author, list[str]]:
        """The works of each author, in the order of the bibliography."""
        found: dict[Author, list[str]] = {}
        for key in self.work_keys:
            source = self.links.sources.get(key)
            for author in authors_of(source) if source else ():
                found.setdefault(author, []).append(key)
        return found

    @cached_property
    def author_slugs(self) -> Mapping[Author, str]:
        return slugs_of(self.works_by)

    @cached_property
    def authors(self) -> list[Author]:
        """All authors, by name."""
        return sorted(self.works_by, key=lambda one: (self.words.sort_key(one.sorting), one.label))

    @cached_property
    def author_places(self) -> dict[Author, int]:
        return {author: place for place, author in enumerate(self.authors)}

    def work_row(self, key: str, *, coins: bool = False) -> WorkRow:
        """A work as one line of a list, the same on the pages of its authors and of their other works."""
        if key not in self._work_rows:
            self._work_rows[key] = self._work_row(key)
        row = self._work_rows[key]
        return row._replace(coins=self.context_object(key)) if coins else row

    def _work_row(self, key: str) -> WorkRow:
        source, found = self.links.sources.get(key), self.links.cited_by.get(key)
        names = (
            [name.short for name in (source.names.get("author") or source.names.get("editor", ()))] if source else []
        )
        bases = {note.basis for note in found.summarised} if found else set()
        read = "no" if not self.consulted(key) else "abstract" if bases == {"abstract"} else "yes"
        return WorkRow(
            title=(source.title if source else "") or str(Markup(self.short(key)).striptags()) or f"@{key}",
            authors=", ".join(names[:3]) + (f" {self._('and others')}" if len(names) > 3 else ""),
            year=str(source.year) if source and source.year else "",
            kind=self.kind(key)[0],
            read=read,
            quotes=len(found.quoted) if found else 0,
            address=self.addresses.reference(key),
            retraction=Markup(self.retraction(key)),
            coins="",
        )

    def work_line(self, key: str) -> Markup:
        """The HTML of a work as one line of a list."""
        if key not in self._work_lines:
            self._work_lines[key] = Markup(self.template("work-row.html").render(work=self.work_row(key)))
        return self._work_lines[key]

    # -- pages

    def page(
        self,
        *,
        title: str,
        description: str,
        parts: Sequence[str | PageHeading | Contents],
        kind: str,
        address: str,
        **more: Any,
    ) -> GeneratedPage:
        """A page with what all pages say: its language, its address, the settings that readers have."""
        return GeneratedPage(
            title=title,
            description=description,
            parts=tuple(parts),
            kind=kind,
            canonical=self.canonical(address),
            language=self.words.language,
            direction=self.words.direction,
            settings=self.settings_html,
            link_words=self._("Link to this part"),
            **more,
        )

    @cached_property
    def settings_html(self) -> str:
        settings = self.links.library.settings
        used = {id_ for quote in self.links.quotes for id_ in self.links.notices_of(quote)}
        closing = [(n.id, n.label) for n in settings.notices if n.closed and n.id in used]
        return self.template("settings.html").render(choices=closing, help=settings.help)

    def care(self, quotes: Sequence[Quote], ids: Sequence[str] = ()) -> Markup:
        """One line on what is hard to read on a page: what it speaks of, and how many quotations are closed."""
        noticed = [quote for quote in quotes if quote.notices]
        closed = sum(self.closes(quote) for quote in noticed)
        found = [*ids, *(id_ for quote in noticed for id_ in self.links.notices_of(quote))]
        if not found:
            return Markup("")
        key = (tuple(dict.fromkeys(found)), closed)
        if key not in self._cares:
            speaks, help_ = self.speaks(key[0]), self.links.library.settings.help
            self._cares[key] = Markup(self.template("care.html").render(speaks=speaks, closed=closed, help=help_))
        return self._cares[key]
