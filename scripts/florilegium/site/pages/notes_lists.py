"""The lists of all notes: by title, by author and by year, each on pages of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ...core.model import Note
from ..addresses import PAGE_SIZE, page_path, pages_of
from .cards import PageSite
from .edit_links import new_note_address, new_note_template
from .page_files import GeneratedPage
from .work_entries import basis_words

__all__ = ["ORDERS", "NotesPage", "notes_list", "notes_pages"]

ORDERS = {
    "title": ("notes", "A–Z"),
    "author": ("notes/by/author", "Author"),
    "year": ("notes/by/year", "Year of the work"),
    "newest": ("notes/by/newest", "Newest notes"),
}
"""The folder of each order, and what it is called. No note can have the address of one of these folders."""


class NotesPage(NamedTuple):
    """A page of one of the lists."""

    path: str
    order: str
    notes: Sequence[Note]
    number: int
    pages: int


def notes_pages(site: PageSite) -> Iterator[NotesPage]:
    by_title = sorted(site.links.notes.values(), key=lambda note: (note.title.casefold(), note.id))
    for order, (folder, _) in ORDERS.items():
        ordered = sorted(by_title, key=_key(order, site))
        pages = pages_of(ordered, PAGE_SIZE["notes"])
        for number, page in enumerate(pages, 1):
            yield NotesPage(page_path(folder, number), order, page, number, len(pages))


def _key(order: str, site: PageSite) -> Callable[[Note], tuple[bool, str | int]]:
    """What the notes are sorted by; those without it come last."""

    def by_author(note: Note) -> tuple[bool, str | int]:
        names = _authors(note, site)
        return not names, names[0].casefold() if names else ""

    def by_year(note: Note) -> tuple[bool, str | int]:
        year = _year(note, site)
        return year is None, -(year or 0)

    def by_age(note: Note) -> tuple[bool, str | int]:
        day = max((day for day in (note.date, note.updated) if day), default=date.min)
        return day is date.min, -day.toordinal()

    return {"author": by_author, "year": by_year, "newest": by_age}.get(order, lambda _: (False, ""))


def _year(note: Note, site: PageSite) -> int | None:
    source = site.links.sources.get(note.source.id) if note.source else None
    return source.year if source else None


def _authors(note: Note, site: PageSite) -> list[str]:
    source = site.links.sources.get(note.source.id) if note.source else None
    return [name.short for name in (source.names.get("author") or source.names.get("editor", ()))] if source else []


class Row(NamedTuple):
    note: Note
    authors: str
    year: int | None
    themes: list[tuple[str, str]]
    basis: str
    read: str
    quotes: int
    checked: int
    day: date | None


def _row(note: Note, site: PageSite) -> Row:
    names = _authors(note, site)
    shown = ", ".join(names[:3]) + (f" {site._('and others')}" if len(names) > 3 else "")
    return Row(
        note,
        shown,
        _year(note, site),
        [(m.id, site.theme_label(m.id)) for m in note.themes],
        note.basis or "unknown",
        basis_words(note, site),
        len(note.quotes),
        sum(quote.address in site.links.states for quote in note.quotes),
        note.updated or note.date,
    )


def notes_list(page: NotesPage, site: PageSite) -> GeneratedPage:
    """One page of the list of all notes."""
    folder, label = ORDERS[page.order]
    settings = site.links.library.settings
    rows = [_row(note, site) for note in page.notes]
    read = Counter((row.basis, row.read) for row in rows)
    checked = Counter("yes" if row.checked == row.quotes else "no" for row in rows if row.quotes)
    named = {"yes": site._("all verified"), "no": site._("some not verified")}
    facets = [
        ("basis", site._("Read"), [(id_, text, n) for (id_, text), n in read.most_common()]),
        ("checked", site._("Quotations"), [(id_, text, checked[id_]) for id_, text in named.items() if checked[id_]]),
    ]
    html = site.template("notes.html").render(
        rows=rows,
        total=len(site.links.notes),
        facets=[facet for facet in facets if len(facet[2]) > 1],
        list_orders=[(name, folder_, site._(label_)) for name, (folder_, label_) in ORDERS.items()],
        orders=[],
        order=page.order,
        number=page.number,
        pages=page.pages,
        address=site.addresses.list_page,
        folder=folder,
        new_note=new_note_address(settings, new_note_template(settings)) if page.number == 1 else "",
    )
    title = site._("Notes") if page.order == "title" else f"{site._('Notes')}: {site._(label)}"
    numbered = site._("%(title)s, page %(number)s") % {"title": title, "number": page.number}
    return site.page(
        title=title if page.number == 1 else numbered,
        description=site._("All notes of the library."),
        parts=[html],
        kind="list",
        feeds=((f"{site.links.library.settings.title}: notes", "notes/feed.xml"),),
        address=site.addresses.list_page(folder, page.number),
    )
