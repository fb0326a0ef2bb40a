"""The lists of everything: the quotes, the bibliography, the rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from ...core.model import Note, Quote
from ...core.rules import RULES
from ...library.links import CitedBy
from ..identified import Identified
from .cards import PageSite, environment, localise
from .page_files import GeneratedPage, Heading
from .theme_pages import theme_works
from .timeline import timeline
from .work_entries import work_view, works_list

__all__ = ["quotes_list", "references_list", "rules_page"]

# ------------------------------------------------------------------------------------------------------
# quotes


def quotes_list(quotes: Sequence[Quote], number: int, pages: int, total: int, site: PageSite) -> GeneratedPage:
    """One page of all quotes, note by note; the first one can be searched."""
    title = "Quotations" if number == 1 else f"Quotations, page {number}"
    return GeneratedPage(
        title=title,
        description="All quotations of the library.",
        parts=tuple(_quotes(quotes, number, pages, total, site)),
        kind="quotes" if number == 1 else "list",
        canonical=site.canonical(site.addresses.list_page("quotes", number)),
    )


def _quotes(quotes: Sequence[Quote], number: int, pages: int, total: int, site: PageSite) -> Iterator[str | Heading]:
    # A search can find a quote with any notice.
    shown = site.links.notices if number == 1 else {id_ for q in quotes for id_ in site.links.notices_of(q)}
    html = (
        environment()
        .get_template("quotes.html")
        .render(
            cards=[Markup(site.card(quote, context=True)) for quote in quotes],
            number=number,
            pages=pages,
            address=site.addresses.list_page,
            folder="quotes",
            total=total,
            choices=site.notice_choices(list(shown)),
            help=site.links.library.settings.help,
        )
    )
    yield localise(html)
    works = theme_works(None, quotes, site)
    if works:
        yield Heading(level=2, id="works-cited", html="Works cited on this page")
        yield works_list(works, site)


# ------------------------------------------------------------------------------------------------- references

SHOWN_MENTIONS = 12
"""Notes that one entry of the bibliography names in one line; the rest is counted, so that no page grows
for ever.
"""


class _Link(NamedTuple):
    address: str
    text: str
    number: int = 0


class _Mentioned(NamedTuple):
    name: str
    links: list[_Link]
    more: int


class _Entry(NamedTuple):
    anchor: str
    entry: Markup
    identifiers: list[Identified]
    consulted: bool
    coins: str
    mentions: list[_Mentioned]


def references_list(
    keys: Sequence[str], number: int, pages: int, everything: list[str], site: PageSite
) -> GeneratedPage:
    """One page of the bibliography: each work with where it is summarised, quoted and cited."""
    title = "References" if number == 1 else f"References, page {number}"
    return GeneratedPage(
        title=title,
        description="All works that the library knows.",
        parts=tuple(_references(keys, number, pages, everything, site)),
        kind="list",
        canonical=site.canonical(site.addresses.list_page("references", number)),
    )


def _references(
    keys: Sequence[str], number: int, pages: int, everything: list[str], site: PageSite
) -> Iterator[str | Heading]:
    yield (
        environment()
        .get_template("references-head.html")
        .render(number=number, approximate=site.bibliography.approximate)
    )
    chart = timeline(site.links, everything) if number == 1 else None
    yield (
        environment()
        .get_template("references.html")
        .render(
            works=[_entry(key, site) for key in keys],
            number=number,
            pages=pages,
            address=site.addresses.list_page,
            folder="references",
        )
    )
    if chart:
        yield Heading(level=2, id="timeline", html="Timeline")
        yield environment().get_template("timeline.html").render(chart=chart)


def _entry(key: str, site: PageSite) -> _Entry:
    view = work_view(key, site)
    found = site.links.cited_by.get(key)
    return _Entry(
        anchor=view.anchor,
        entry=view.entry,
        identifiers=view.identifiers,
        consulted=view.consulted,
        coins=view.coins,
        mentions=list(_mentions(found, site)) if found else [],
    )


def _mentions(found: CitedBy, site: PageSite) -> Iterator[_Mentioned]:
    for name, notes in (("Noted in", found.summarised), ("Read in its place for", found.via)):
        yield from _mentioned(name, [_note(note, site) for note in notes])
    for name, quotes in (("Quoted in", found.quoted), ("Quotations read in it:", found.quoted_in)):
        counts = Counter(quote.note for quote in quotes)
        yield from _mentioned(name, [_note(site.links.notes[id_], site, n) for id_, n in counts.items()])
    yield from _mentioned("Cited in", [_note(note, site) for note in found.cited])
    themes = [_Link(site.addresses.theme(theme), theme.label) for theme in found.cited_in_themes]
    yield from _mentioned("Cited under", themes)


def _note(note: Note, site: PageSite, number: int = 0) -> _Link:
    return _Link(site.addresses.note(note), note.title, number)


def _mentioned(name: str, links: list[_Link]) -> Iterator[_Mentioned]:
    if links:
        yield _Mentioned(name, links[:SHOWN_MENTIONS], max(0, len(links) - SHOWN_MENTIONS))


# ------------------------------------------------------------------------------------------------------ rules


def rules_page() -> GeneratedPage:
    """Every rule under a heading of its own, so that a message can lead to it."""
    parts: list[str | Heading] = [environment().get_template("rules-head.html").render(rules=list(RULES.values()))]
    for group, rules in groupby(sorted(RULES.values(), key=lambda r: _GROUPS.index(r.group)), key=lambda r: r.group):
        parts.append(Heading(level=2, id=group.lower().replace(" ", "-"), html=group))
        for rule in rules:
            parts.append(Heading(level=3, id=rule.name, html=f"<code>{rule.name}</code>"))
            parts.append(environment().get_template("rule.html").render(rule=rule, code=_code))
    description = "What the library is checked for, why, and what to do about each finding."
    return GeneratedPage(title="Rules", description=description, parts=tuple(parts))


_GROUPS = list(dict.fromkeys(rule.group for rule in RULES.values()))


def _code(text: str) -> Markup:
    """A sentence of a rule, with what stands in backticks as code."""
    pieces = text.split("`")
    marked = [
        Markup("<code>{}</code>").format(piece) if i % 2 else Markup.escape(piece) for i, piece in enumerate(pieces)
    ]
    return Markup("").join(marked)
