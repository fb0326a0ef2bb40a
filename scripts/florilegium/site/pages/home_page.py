"""The first page: what the library is, its themes as cards, its newest notes."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from ...core.model import Note, Theme
from ...library.links import Links
from .cards import PageSite, environment
from .page_files import GeneratedPage, Heading
from .theme_pages import first_line, theme_tree

__all__ = ["home_page", "newest_notes", "used_notices"]

CARDS = 48
"""Themes that the first page shows; the page of all themes shows the others."""
NEWEST = 8


class ThemeCard(NamedTuple):
    theme: Theme
    line: Markup
    quotes: int
    sources: int
    narrower: int


def newest_notes(links: Links) -> list[Note]:
    """The notes written or changed last, the newest first."""

    def age(note: Note) -> tuple[date, str]:
        return max((day for day in (note.date, note.updated) if day), default=date.min), note.id

    return sorted(links.notes.values(), key=age, reverse=True)[:NEWEST]


def home_page(site: PageSite) -> GeneratedPage:
    return GeneratedPage(
        title=site.links.library.settings.title,
        description=site.links.library.settings.description,
        parts=tuple(_parts(site)),
        kind="home",
        feeds=((f"{site.links.library.settings.title}: notes", "notes/feed.xml"),),
        canonical=site.links.library.settings.url,
    )


def _parts(site: PageSite) -> Iterator[str | Heading]:
    links = site.links
    settings = links.library.settings
    used = used_notices(links)
    yield (
        environment()
        .get_template("home-head.html")
        .render(
            settings=settings,
            notes=len(links.notes),
            quotes=sum(len(note.quotes) for note in links.notes.values()),
            notices=[notice for notice in settings.notices if notice.id in used],
            choices=[(notice.id, notice.label) for notice in settings.notices if notice.id in used],
        )
    )
    cards = [_card(theme, site) for _, theme in theme_tree(links)][:CARDS]
    if cards:
        yield Heading(level=2, id="themes", html="Themes")
        yield (environment().get_template("home-themes.html").render(cards=cards, more=len(links.themes) - len(cards)))
    newest = newest_notes(links)
    if newest:
        yield Heading(level=2, id="newest", html="Newest notes")
        yield (
            environment()
            .get_template("home-notes.html")
            .render(notes=[(note, site.entry(note.source.id) if note.source else Markup("")) for note in newest])
        )


def _card(theme: Theme, site: PageSite) -> ThemeCard:
    quotes = site.links.quotes_by_theme.get(theme.id, ())
    sources = {quote.reference.key for quote in quotes if quote.reference}
    return ThemeCard(
        theme, first_line(theme, site), len(quotes), len(sources), len(site.links.narrower.get(theme.id, ()))
    )


def used_notices(links: Links) -> set[str]:
    used = {mention.id for note in links.notes.values() for mention in note.notices}
    return used | {mention.id for quote in links.quotes for mention in quote.notices}
