"""The lists of all notes: by title, by author and by year, each on pages of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ...core.model import Note
from ..addresses import PAGE_SIZE, page_path, pages_of
from ..languages import N_
from ..linked_site import SOURCE_KINDS
from .cards import PageSite
from .edit_links import new_note_address, new_note_template
from .list_jumps import Jump, jumps_of, sorting_letter
from .page_files import GeneratedPage
from .work_entries import basis_words

ORDERS = {
    "title": ("notes", N_("A–Z")),
    "author": ("notes/by/author", N_("Author")),
    "year": ("notes/by/year", N_("Year of the work")),
    "kind": ("notes/by/kind", N_("Kind of work")),
    "newest": ("notes/by/newest", N_("Newest notes")),
}
"""The folder of each order, and what it is called. No note can have the address of one of these folders."""


class NotesPage(NamedTuple):
    """A page of one of the lists."""

    path: str
    order: str
    notes: Sequence[Note]
    number: int
    pages: int
    jumps: tuple[Jump, ...]


def notes_pages(site: PageSite) -> Iterator[NotesPage]:
    words = site.words
    by_title = sorted(site.links.notes.values(), key=lambda note: (words.sort_key(note.title), note.id))
    for order, (folder, _) in ORDERS.items():
        ordered = sorted(by_title, key=_key(order, site))
        size = PAGE_SIZE["notes"]
        jumps = tuple(jumps_of([_group(order, note, site) for note in ordered], size, folder, site.addresses))
        pages = pages_of(ordered, size)
        for number, page in enumerate(pages, 1):
            yield NotesPage(page_path(folder, number), order, page, number, len(pages), jumps)


def _key(order: str, site: PageSite) -> Callable[[Note], tuple[bool, object]]:
    """What the notes are sorted by; those without it come last."""

    def by_author(note: Note) -> tuple[bool, object]:
        names = _authors(note, site)
        return not names, site.words.sort_key(names[0] if names else "")

    def by_year(note: Note) -> tuple[bool, object]:
        year = _year(note, site)
        return year is None, -(year or 0)

    def by_kind(note: Note) -> tuple[bool, object]:
        return not _kind(note, site), site.words.sort_key(_group("kind", note, site))

    def by_age(note: Note) -> tuple[bool, object]:
        day = max((day for day in (note.date, note.updated) if day), default=date.min)
        return day is date.min, -day.toordinal()

    keys = {"author": by_author, "year": by_year, "kind": by_kind, "newest": by_age}
    return keys.get(order, lambda _: (False, ""))


def _kind(note: Note, site: PageSite) -> str:
    return site.kind_id(note.source.id) if note.source else ""


def _group(order: str, note: Note, site: PageSite) -> str:
    """What a row of the list is found under: a letter, a decade, a kind of work; empty in the order of age."""
    match order:
        case "title":
            return sorting_letter(note.title)
        case "author":
            names = _authors(note, site)
            return sorting_letter(names[0] if names else "")
        case "year":
            return _decade(_year(note, site))
        case "kind":
            return site._(SOURCE_KINDS[_kind(note, site)][3])
    return ""


def _decade(year: int | None) -> str:
    return f"{year - year % 10}–{year - year % 10 + 9}" if year is not None and year > 0 else ""


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
    id: str
    group: str
    kind: str
    decade: str


def _row(note: Note, id_: str, group: str, site: PageSite) -> Row:
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
        id_,
        group,
        site.kind(note.source.id)[0] if note.source else "",
        _decade(_year(note, site)),
    )


def _row_ids(page: NotesPage, site: PageSite) -> list[str]:
    """The ids to which the jumps lead, by the rows of this page."""
    if not page.jumps:
        return [""] * len(page.notes)
    here = {jump.label: jump.address.partition("#")[2] for jump in page.jumps}
    start = site.addresses.list_page(ORDERS[page.order][0], page.number)
    begun: set[str] = {jump.label for jump in page.jumps if jump.address.partition("#")[0] != start}
    ids = []
    for note in page.notes:
        group = _group(page.order, note, site)
        ids.append("" if group in begun else here.get(group, ""))
        begun.add(group)
    return ids


def notes_list(page: NotesPage, site: PageSite) -> GeneratedPage:
    """One page of the list of all notes."""
    folder, label = ORDERS[page.order]
    settings = site.links.library.settings
    ids = _row_ids(page, site)
    rows = [_row(note, id_, _group(page.order, note, site), site) for note, id_ in zip(page.notes, ids, strict=True)]
    read = Counter((row.basis, row.read) for row in rows)
    checked = Counter("yes" if row.checked == row.quotes else "no" for row in rows if row.quotes)
    named = {"yes": site._("all verified"), "no": site._("some not verified")}
    kinds = Counter(row.kind for row in rows if row.kind)
    decades = Counter(row.decade for row in rows if row.decade)
    facets = [
        ("basis", site._("Read"), [(id_, text, n) for (id_, text), n in read.most_common()]),
        ("checked", site._("Quotations"), [(id_, text, checked[id_]) for id_, text in named.items() if checked[id_]]),
        ("kind", site._("Kind of work"), [(kind, kind, n) for kind, n in kinds.most_common()]),
        ("decade", site._("Year of the work"), [(id_, id_, n) for id_, n in sorted(decades.items(), reverse=True)]),
    ]
    html = site.template("notes.html").render(
        groups=[list(group) for _, group in groupby(rows, key=lambda row: row.group if page.order == "kind" else "")],
        jumps=page.jumps,
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
        feeds=((site._("%(title)s: notes") % {"title": site.links.library.settings.title}, "notes/feed.xml"),),
        address=site.addresses.list_page(folder, page.number),
    )
