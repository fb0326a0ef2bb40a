"""The page of a note: what it summarises, on what basis, its prose with the quotes, its works, what cites
it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from ...core.model import Date, Name, Note, Source
from ...core.spans import Span
from ...works.exports import citation_metadata, item_type_metadata
from ..identified import Format, formats_of, identifiers_of
from ..linked_site import BASES, works_of
from .cards import PageSite, environment
from .edit_links import edit_address, line_for_a_quote
from .page_files import GeneratedPage, Heading
from .quote_previews import quote_previews
from .structured_data import note_structured_data
from .work_entries import works_list

__all__ = ["note_page"]


def note_page(note: Note, site: PageSite) -> GeneratedPage:
    source = site.links.sources.get(note.source.id) if note.source else None
    return GeneratedPage(
        title=note.title,
        description=f"A note on {site.bibliography.entry_text(source.key)}" if source else note.title,
        parts=tuple(_parts(note, source, site)),
        edit=note.path,
        kind="note",
        citation_meta=(*citation_metadata(source), *item_type_metadata(source)) if source else (),
        feeds=((f"{site.links.library.settings.title}: notes", "notes/feed.xml"),),
        canonical=site.canonical(site.addresses.note(note)),
        twin=site.addresses.twin(note),
        structured_data=note_structured_data(note, site),
    )


def _parts(note: Note, source: Source | None, site: PageSite) -> Iterator[str | Heading]:
    body = site.rendered(note)
    yield _head(note, source, site)
    for section in body.sections:
        if section.level:
            # The title is the page's first heading, so a note's own begin below it.
            level = max(2, section.level)
            yield Heading(level=level, id=section.id, html=site.fill(section.heading, note, local=True))
        if section.html:
            yield _prose(site.fill(section.html, note, local=True))
    if body.footnotes:
        yield _prose(site.fill(body.footnotes, note, local=True))
    keys = works_of(note, site)
    if keys:
        yield Heading(level=2, id="works-cited", html="Works cited")
        yield works_list(keys, site, coins=source is None)
    yield from _elsewhere(note, site)
    yield Heading(level=2, id="cite", html="Cite")
    yield environment().get_template("cite.html").render(cited=list(_cited(note, source, site)))
    yield from quote_previews(note, site)


def _prose(html: str) -> str:
    return f'<div class="fl-prose">{html}</div>'


def _head(note: Note, source: Source | None, site: PageSite) -> str:
    settings = site.links.library.settings
    ids = [mention.id for mention in note.notices]
    for quote in note.quotes:
        ids += site.links.notices_of(quote)
    entry = site.entry(note.source.id) if note.source and source else Markup("")
    return (
        environment()
        .get_template("note-head.html")
        .render(
            note=note,
            source=entry,
            identifiers=identifiers_of(source, entry) if source else [],
            basis=BASES[note.basis or ""],
            via=site.entry(note.via.id) if note.via else None,
            themes=[(mention.id, site.theme_label(mention.id)) for mention in note.themes],
            notices=[label for _, label in site.notice_choices(ids)],
            choices=site.notice_choices([id_ for quote in note.quotes for id_ in site.links.notices_of(quote)]),
            help=settings.help,
            edit=edit_address(settings, note.path),
            line=line_for_a_quote(note),
        )
    )


def _elsewhere(note: Note, site: PageSite) -> Iterator[str | Heading]:
    """Other notes and themes that cite the work that this note summarises."""
    found = site.links.cited_by.get(note.source.id) if note.source else None
    if found is None:
        return
    notes = list(dict.fromkeys(other for other in (*found.summarised, *found.cited) if other.id != note.id))
    if notes or found.cited_in_themes:
        yield Heading(level=2, id="cited-elsewhere", html="Where else this work is met")
        yield (
            environment()
            .get_template("elsewhere.html")
            .render(notes=notes[:SHOWN], themes=found.cited_in_themes[:SHOWN], more=max(0, len(notes) - SHOWN))
        )


SHOWN = 100
"""Notes that one list on a page names; the rest is counted."""


# ------------------------------------------------------------------------------------------------ citing


class _Cited(NamedTuple):
    summary: str
    what: str
    formatted: Markup
    formats: list[Format]


def _cited(note: Note, source: Source | None, site: PageSite) -> Iterator[_Cited]:
    yield _Cited("Cite this note", "This note", _note_entry(note, source, site), formats_of(_as_source(note, site)))
    if source:
        yield _Cited("Cite the work", "The work", site.entry(source.key), formats_of(source))


def _as_source(note: Note, site: PageSite) -> Source:
    """The note as a work of its own."""
    settings = site.links.library.settings
    texts = {
        "title": note.title,
        "container-title": settings.title,
        "URL": site.canonical(site.addresses.note(note)),
    }
    day = note.updated or note.date
    nowhere = Span.of_file(note.path)
    return Source(
        key=note.id,
        type="webpage",
        variables={name: text for name, text in texts.items() if text},
        names={"author": tuple(Name(literal=name) for name in note.contributors)} if note.contributors else {},
        dates={"issued": Date(parts=((day.year, day.month, day.day),))} if day else {},
        span=nowhere,
        key_span=nowhere,
    )


def _note_entry(note: Note, source: Source | None, site: PageSite) -> Markup:
    """The note's own entry, plainly: no citation style knows what a note of this kind is."""
    who = escape(", ".join(note.contributors))
    day = note.updated or note.date
    when = Markup(" ({})").format(day.isoformat()) if day else Markup("")
    about = Markup(" [Note on {}]").format(Markup(site.bibliography.short(source.key)).striptags()) if source else ""
    title = Markup("<em>{}</em>").format(note.title)
    lead = Markup("{}{}. {}").format(who, when, title) if who else Markup("{}{}").format(title, when)
    address = site.canonical(site.addresses.note(note))
    end = Markup(' <a href="{}">{}</a>').format(address, address) if address else Markup("")
    return Markup("{}{}. {}.{}").format(lead, about, site.links.library.settings.title.rstrip("."), end)
