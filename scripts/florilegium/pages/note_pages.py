"""The page of a note: what it summarises, on what basis, its prose with the quotes, its works, what cites it."""

from collections.abc import Iterator

from markupsafe import Markup

from ..links import note_references
from ..model import Note
from .addresses import reference_anchor
from .cards import BASES, ROOT, Site, environment
from .files import GeneratedPage, Heading

__all__ = ["note_page", "notes_list", "works_of"]


def works_of(note: Note, site: Site) -> list[str]:
    """The citation keys of a note's list of works, in the order of the bibliography."""
    keys = {reference.key for reference in note_references(note)}
    keys |= {mention.id for mention in (note.source, note.via) if mention}
    return [key for key in site.bibliography.order if key in keys]


def note_page(note: Note, site: Site) -> GeneratedPage:
    body = site.rendered(note)
    parts: list[str | Heading] = [_head(note, site)]
    for section in body.sections:
        if section.level:
            # The title is the page's first heading, so a note's own begin below it.
            level = max(2, section.level)
            parts.append(Heading(level=level, id=section.id, html=site.fill(section.heading, note, local=True)))
        if section.html:
            parts.append(_prose(site.fill(section.html, note, local=True)))
    if body.footnotes:
        parts.append(_prose(site.fill(body.footnotes, note, local=True)))
    parts += _works(note, site)
    parts += _elsewhere(note, site)
    return GeneratedPage(
        title=note.title,
        description=f"A note on {site.bibliography.entry_text(note.source.id)}" if note.source else note.title,
        parts=tuple(parts),
        edit=note.path,
        kind="note",
    )


def _prose(html: str) -> str:
    return f'<div class="fl-prose">{html}</div>'


def _head(note: Note, site: Site) -> str:
    settings = site.links.library.settings
    return environment().get_template("note-head.html").render(
        note=note,
        root=Markup(ROOT),
        source=site.entry(note.source.id) if note.source else Markup(""),
        basis=BASES[note.basis or "full-text"],
        via=site.entry(note.via.id) if note.via else None,
        themes=[(mention.id, site.theme_label(mention.id)) for mention in note.themes],
        notices=[site.notice_label(mention.id) for mention in note.notices],
        help=settings.help,
    )


def _works(note: Note, site: Site) -> Iterator[str | Heading]:
    keys = works_of(note, site)
    if keys:
        yield Heading(level=2, id="works-cited", html="Works cited")
        yield environment().get_template("works.html").render(
            works=[
                (reference_anchor(key), site.entry(key), site.consulted(key), site.addresses.reference(key))
                for key in keys
            ],
            root=Markup(ROOT),
        )


def _elsewhere(note: Note, site: Site) -> Iterator[str | Heading]:
    """Other notes and themes that cite the work that this note summarises."""
    found = site.links.cited_by.get(note.source.id) if note.source else None
    if found is None:
        return
    notes = [other for other in (*found.summarised, *found.cited) if other.id != note.id]
    if notes or found.cited_in_themes:
        yield Heading(level=2, id="cited-elsewhere", html="Where else this work is met")
        yield environment().get_template("elsewhere.html").render(
            notes=list(dict.fromkeys(notes)), themes=found.cited_in_themes, root=Markup(ROOT)
        )


def notes_list(notes: list[Note], number: int, pages: int, site: Site) -> GeneratedPage:
    """One page of the list of all notes."""
    rows = [
        (
            note,
            site.links.sources.get(note.source.id) if note.source else None,
            [(m.id, site.theme_label(m.id)) for m in note.themes],
        )
        for note in notes
    ]
    html = environment().get_template("notes.html").render(
        rows=rows, root=Markup(ROOT), number=number, pages=pages, address=site.addresses.list_page, folder="notes"
    )
    return GeneratedPage(title=_numbered("Notes", number), description="All notes of the library.", parts=(html,), kind="list")


def _numbered(title: str, number: int) -> str:
    return title if number == 1 else f"{title}, page {number}"
