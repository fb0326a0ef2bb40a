"""The lists of all notes: by title, by author and by year, each on pages of its own."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ...core.model import Note
from ..addresses import PAGE_SIZE, page_path, pages_of
from .cards import PageSite, environment
from .edit_links import new_note_address, new_note_template
from .page_files import GeneratedPage

__all__ = ["ORDERS", "NotesPage", "notes_list", "notes_pages"]

ORDERS = {
    "title": ("notes", "title"),
    "author": ("notes/by/author", "author"),
    "year": ("notes/by/year", "year, newest first"),
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

    return {"author": by_author, "year": by_year}.get(order, lambda _: (False, ""))


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


def _row(note: Note, site: PageSite) -> Row:
    names = _authors(note, site)
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    return Row(note, shown, _year(note, site), [(m.id, site.theme_label(m.id)) for m in note.themes])


def notes_list(page: NotesPage, site: PageSite) -> GeneratedPage:
    """One page of the list of all notes."""
    folder, label = ORDERS[page.order]
    settings = site.links.library.settings
    html = (
        environment()
        .get_template("notes.html")
        .render(
            rows=[_row(note, site) for note in page.notes],
            orders=[(name, folder_, label_) for name, (folder_, label_) in ORDERS.items()],
            order=page.order,
            number=page.number,
            pages=page.pages,
            address=site.addresses.list_page,
            folder=folder,
            new_note=new_note_address(settings, new_note_template(settings)) if page.number == 1 else "",
        )
    )
    title = "Notes" if page.order == "title" else f"Notes by {label.partition(',')[0]}"
    return GeneratedPage(
        title=title if page.number == 1 else f"{title}, page {page.number}",
        description="All notes of the library.",
        parts=(html,),
        kind="list",
        feeds=((f"{site.links.library.settings.title}: notes", "notes/feed.xml"),),
    )
