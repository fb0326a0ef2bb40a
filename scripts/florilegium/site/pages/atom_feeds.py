"""Atom feeds (RFC 4287) of new and changed notes: one for the library, one for each theme. No quote's words
are in them.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from ...core.model import Note, Theme
from ..addresses import ROOT
from ..languages import Words
from ..linked_site import Site, age_of
from .page_files import GeneratedFeed
from .quotation_cards import environment

_LONGEST = 400
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class _Feed(NamedTuple):
    id: str
    title: str
    updated: str
    self: str
    page: str


class _Entry(NamedTuple):
    id: str
    title: str
    updated: str
    published: str
    address: str
    authors: tuple[str, ...]
    themes: list[tuple[str, str]]
    summary: str


def notes_feed(notes: Sequence[Note], site: Site) -> GeneratedFeed:
    """New and changed notes of the library."""
    title = site.links.library.settings.title
    return _feed(title, "notes/", "notes/feed.xml", [(note, "") for note in notes], site)


def theme_feed(theme: Theme, notes: Sequence[Note], site: Site) -> GeneratedFeed:
    """New and changed notes that are filed under a theme, or have quotes that are."""
    title = f"{site.links.library.settings.title}: {theme.label}"
    pairs = [(note, _counted(theme, note, site.words)) for note in notes]
    return _feed(title, site.addresses.theme(theme), f"themes/{theme.id}/feed.xml", pairs, site)


def _counted(theme: Theme, note: Note, words: Words) -> str:
    number = sum(any(mention.id == theme.id for mention in quote.themes) for quote in note.quotes)
    if not number:
        return ""
    counted = words.counted("%(num)s quotation on", "%(num)s quotations on", number)
    return f"{counted} {theme.label}. "


def _feed(title: str, page: str, path: str, notes: Sequence[tuple[Note, str]], site: Site) -> GeneratedFeed:
    settings = site.links.library.settings
    newest = max((age_of(note) for note, _ in notes), default=date(2000, 1, 1))
    xml = (
        environment()
        .get_template("feed.html")
        .render(
            feed=_Feed(
                id=site.permanent(page),
                title=title,
                updated=_moment(newest),
                self=site.canonical(path),
                page=_address(page, site),
            ),
            author=settings.title,
            language=settings.language,
            entries=[_entry(note, lead, site) for note, lead in notes],
        )
    )
    return GeneratedFeed(xml=_NO_XML.sub(lambda c: c[0] if c[0] in "\ufdd0\ufdd1" else "\ufffd", xml))


def _entry(note: Note, lead: str, site: Site) -> _Entry:
    address = site.addresses.note(note)
    themes = list(dict.fromkeys(m.id for m in (*note.themes, *(m for q in note.quotes for m in q.themes))))
    return _Entry(
        id=site.permanent(address),
        title=note.title,
        updated=_moment(age_of(note)),
        published=_moment(note.date) if note.date else "",
        address=_address(address, site),
        authors=note.contributors,
        themes=[(id_, site.theme_label(id_)) for id_ in themes],
        summary=lead + _summary(note, site),
    )


def _summary(note: Note, site: Site) -> str:
    _ = site.words.gettext
    about = _("A note on %(work)s") % {"work": site.bibliography.entry_text(note.source.id)} if note.source else ""
    about += Markup(site.retraction(note.source.id)).striptags() if note.source else ""
    notices = site.notice_choices([m.id for m in note.notices])
    named = ", ".join(label for _id, label in notices)
    speaks = f" {_('Speaks of %(notices)s') % {'notices': named}}." if notices else ""
    text = f"{about}{speaks}".strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _address(path: str, site: Site) -> str:
    return site.canonical(path) or f"{ROOT}{path}"
