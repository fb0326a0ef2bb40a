"""The page of a note: what it summarises, its prose with the quotations, works cited, where it is used."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from ...core.model import Note
from ...core.sources import Date, Name, Source
from ...core.spans import Span
from ...quotations.states import compared_files
from ...works.exports.page_metadata import page_metadata
from ..identified import CopyFormat, formats_of
from ..linked_site import works_of
from .cards import PageSite
from .contexts import Backlink, linking_sentence, mention, mentions_of
from .edit_links import edit_address, line_for_a_quote
from .margin_notes import with_margin_notes
from .page_files import Contents, GeneratedPage, PageHeading
from .quote_previews import quote_previews
from .structured_data import note_structured_data
from .work_entries import lone_object, works_list

MAX_NOTE_CARDS = 100
"""Notes that one list on a page names; the rest is counted."""
_WORDS_A_MINUTE = 230


def note_page(note: Note, site: PageSite) -> GeneratedPage:
    source = site.links.sources.get(note.source.id) if note.source else None
    description = site._("A note on %(work)s") % {"work": site.bibliography.entry_text(source.key)} if source else ""
    return site.page(
        title=note.title,
        description=description or note.title,
        parts=list(_parts(note, source, site)),
        edit=note.path,
        kind="note",
        citation_meta=page_metadata(source) if source else (),
        feeds=((site._("%(title)s: notes") % {"title": site.links.library.settings.title}, "notes/feed.xml"),),
        address=site.addresses.note(note),
        twin=site.addresses.twin(note),
        structured_data=note_structured_data(note, site),
    )


def _parts(note: Note, source: Source | None, site: PageSite) -> Iterator[str | PageHeading | Contents]:
    yield '<article class="column">'
    yield _head(note, source, site)
    yield lone_object(source, site)
    yield Contents(title=site._("On this page"))
    body = site.rendered(note)
    seen: set[str] = set()
    for section in body.sections:
        if section.level:
            # The title is the page's first heading, so a note's own begin below it.
            level = max(2, section.level)
            yield PageHeading(level=level, id=section.id, html=site.prose(section.heading, note))
        yield site.prose(section.html, note, lambda html: with_margin_notes(html, note, site, seen))
    yield site.prose(body.footnotes, note)
    keys = works_of(note, site)
    if keys:
        yield PageHeading(level=2, id="works-cited", html=escape(site._("Works cited")))
        yield works_list(keys, site, coins=source is None)
    files = compared_files(site.state(quote) for quote in note.quotes)
    if files:
        yield site.template("record.html").render(files=[(Markup(site.short(file.key)), file) for file in files])
    mentions = used_in(note, site)
    if mentions:
        yield PageHeading(level=2, id="cited-elsewhere", html=escape(site._("Used in")))
        yield site.template("mentions.html").render(
            mentions=mentions[:MAX_NOTE_CARDS], more=len(mentions) - MAX_NOTE_CARDS
        )
    yield PageHeading(level=2, id="cite", html=escape(site._("Cite this note")))
    yield site.template("cite.html").render(cited=list(_cited(note, source, site)))
    yield _turn(note, site)
    yield "</article>"
    yield from quote_previews(note, site)


def used_in(note: Note, site: PageSite) -> list[Backlink]:
    """Where a note is used: what has a hyperlink to it, and what cites the work that it summarises."""
    linking = [
        mention(document, linking_sentence(document, site.addresses.note(note), site), site)
        for document in site.linking_to(f"notes/{note.id}")
        if document is not note
    ]
    found = site.links.cited_by.get(note.source.id) if note.source else None
    citing = mentions_of(found, note.source.id, site, without=note.id) if found and note.source else []
    others = [mention(other, Markup(""), site) for other in (found.summarised if found else ()) if other is not note]
    return list({one.address: one for one in [*others, *citing, *linking]}.values())


def _head(note: Note, source: Source | None, site: PageSite) -> str:
    settings = site.links.library.settings
    crumbs = [("notes/", site._("Notes"))]
    if source:
        crumbs.append((site.addresses.reference(source.key), _on(source.key, site)))
    words = len(re.findall(r"\w+", note.body.text))
    return site.template("note-head.html").render(
        note=note,
        crumbs=crumbs,
        source=site.entry(source.key) if source else "",
        basis=note.basis or "",
        via=site.read_kind(note.via.id) if note.via else None,
        the=site.kind(source.key)[2] if source else "",
        day=note.updated or note.date,
        minutes=max(1, round(words / _WORDS_A_MINUTE)),
        themes=[(mention.id, site.theme_label(mention.id)) for mention in note.themes],
        care=site.care(note.quotes, [mention.id for mention in note.notices]),
        edit=edit_address(settings, note.path),
        line=line_for_a_quote(note),
    )


def _on(key: str, site: PageSite) -> Markup:
    return Markup("{} {}").format(site._("On"), Markup(site.short(key)))


def _turn(note: Note, site: PageSite) -> str:
    """The notes before and after this one in the list by title."""
    ends = [(site.addresses.note(one), one.title) if one else None for one in site.neighbours(note.id)]
    return site.turn(site._("Other notes"), site._("Previous note"), site._("Next note"), ends)


# ------------------------------------------------------------------------------------------------ citing


class CitedSubject(NamedTuple):
    """A work or note, ready to be cited."""

    what: str
    formatted: Markup
    formats: list[CopyFormat]
    file: str = ""


def _cited(note: Note, source: Source | None, site: PageSite) -> Iterator[CitedSubject]:
    yield CitedSubject(site._("This note"), _note_entry(note, source, site), formats_of(_as_source(note, site)))
    if source:
        yield CitedSubject(site._("The work"), site.entry(source.key), formats_of(source))


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
    when = Markup(" ({})").format(site.words.day(day)) if day else Markup("")
    named = {"work": str(Markup(site.bibliography.short(source.key)).striptags())} if source else {}
    about = Markup(" [{}]").format(site._("Note on %(work)s") % named) if source else ""
    title = Markup("<em>{}</em>").format(note.title)
    lead = Markup("{}{}. {}").format(who, when, title) if who else Markup("{}{}").format(title, when)
    address = site.canonical(site.addresses.note(note))
    end = Markup(' <a href="{}">{}</a>').format(address, address) if address else Markup("")
    return Markup("{}{}. {}.{}").format(lead, about, site.links.library.settings.title.rstrip("."), end)
