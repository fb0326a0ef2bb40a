"""The first page: what the library is, one voice, figures, where to begin, its biggest themes and newest notes."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from ...core.lock_entries import VerifiedAgainst
from ...core.model import Note, Quote, Theme
from ...library.links import Links
from .cards import PageSite
from .page_files import Contents, GeneratedPage, PageHeading
from .theme_pages import filed_under
from .theme_trees import lead_of

MAX_HOME_THEMES = 8
"""Themes that the first page shows; the page of all themes shows the others."""
NEWEST = 8
_VOICE = 260
"""Characters of the quotation that stands in full on the first page, at most."""


class Excerpt(NamedTuple):
    """A whole sentence that somebody said on a theme."""

    sentence: str
    language: str
    speaker: str
    citation: Markup
    address: str
    whole: bool


class ThemeRow(NamedTuple):
    theme: Theme
    line: str
    quotes: int
    narrower: int
    voice: Excerpt | None


def newest_notes(links: Links) -> list[Note]:
    """The notes written or changed last, the newest first."""

    def age(note: Note) -> tuple[date, str]:
        return max((day for day in (note.date, note.updated) if day), default=date.min), note.id

    return sorted(links.notes.values(), key=age, reverse=True)[:NEWEST]


def longest_note(links: Links) -> Note | None:
    """The note with most quotations, with which a reader can begin."""
    return max(links.notes.values(), key=lambda note: len(note.quotes), default=None)


def home_page(site: PageSite) -> GeneratedPage:
    settings = site.links.library.settings
    return site.page(
        title=settings.title,
        description=settings.description,
        parts=list(_parts(site)),
        kind="home",
        feeds=((site._("%(title)s: notes") % {"title": settings.title}, "notes/feed.xml"),),
        address="",
    )


def voice_of_the_library(site: PageSite) -> Quote | None:
    """A quotation that is not hard to read, short, checked where there is one: the first page shows it in full."""
    fit = [q for q in site.links.quotes if not site.closes(q) and q.words and len(q.words) <= _VOICE]
    fit.sort(key=lambda q: (len(site.links.notices_of(q)), site.links.states.get(q.address) is None))
    return next(iter(fit), None)


def _parts(site: PageSite) -> Iterator[str | PageHeading | Contents]:
    links = site.links
    settings = links.library.settings
    quotes = list(links.quotes)
    voice = voice_of_the_library(site)
    rows = sorted((_row(theme, site) for theme in links.themes.values()), key=lambda row: -row.quotes)
    newest = newest_notes(links)
    used = used_notices(links)
    notices = [notice for notice in settings.notices if notice.id in used]
    checked = [links.states.get(quote.address) for quote in quotes]
    start = longest_note(links)
    yield site.template("home.html").render(
        settings=settings,
        voice=Markup(site.card(voice, context=True, compact=True)) if voice else "",
        notes=len(links.notes),
        quotes=len(quotes),
        checked=len([state for state in checked if state]),
        original=sum(state is VerifiedAgainst.SOURCE for state in checked),
        labels=site.words.listed([site.words.within(n.label) for n in notices if not n.closed]),
        closing=site.words.listed([site.words.within(n.label) for n in notices if n.closed]),
        start=start,
        start_work=Markup(site.short(start.source.id)) if start and start.source else "",
        theme=rows[0] if rows else None,
        newest=newest,
        newest_works=[Markup(site.short(note.source.id)) if note.source else "" for note in newest],
        rows=rows[:MAX_HOME_THEMES],
        themes=len(links.themes),
    )
    yield Markup('<div class="column"><h2 id="fl-sure">{}</h2>').format(site._("How sure are the quotations?"))
    yield site.template("home-sure.html").render(help=settings.help if notices else "")
    yield "</div>"


def _row(theme: Theme, site: PageSite) -> ThemeRow:
    number, own = len(filed_under(theme, site.links)), len(site.links.quotes_by_theme.get(theme.id, ()))
    return ThemeRow(theme, lead_of(theme, site), number, number - own, theme_voice(theme, site))


def theme_voice(theme: Theme, site: PageSite) -> Excerpt | None:
    """What the first page shows of a theme's quotations; nothing where only narrower themes have some."""
    if not site.links.quotes_by_theme.get(theme.id):
        return None
    return next((found for one in filed_under(theme, site.links) if (found := _voice(one.quote, site))), None)


def _voice(quote: Quote, site: PageSite) -> Excerpt | None:
    """The shortest whole sentence of a quotation that is not closed; nothing where words were left out at its edge."""
    if site.closes(quote):
        return None
    sentences = [s for s in site.sentences(quote.words) if 12 < len(s) <= 160 and not s.startswith(("…", "[", "..."))]
    whole = [s for s in sentences if s[:1].isupper() or not s[:1].isascii()]
    if not whole:
        return None
    return Excerpt(
        sentence=whole[0],
        language=site.language_of_quote(quote),
        speaker=site.who(quote),
        citation=Markup(site.short(quote.reference.key)) if quote.reference else Markup(""),
        address=site.addresses.quote(quote),
        whole=whole[0] == " ".join(quote.words.split()),
    )


def used_notices(links: Links) -> set[str]:
    used = {mention.id for note in links.notes.values() for mention in note.notices}
    return used | {mention.id for quote in links.quotes for mention in quote.notices}
