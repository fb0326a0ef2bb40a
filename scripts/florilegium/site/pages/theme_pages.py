"""The page of a theme: its definition, and every quote in full, by source."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from ...core.model import Quote, Theme, VerifiedAgainst
from ...library.links import Links, body_references
from ..addresses import group_anchor, reference_anchor
from ..prose_texts import first_paragraph
from .cards import PageSite, environment, localise
from .edit_links import edit_address
from .page_files import GeneratedJson, GeneratedPage, Heading
from .quote_previews import quote_previews
from .work_entries import works_list

__all__ = [
    "first_line",
    "quotes_of",
    "source_key",
    "theme_page",
    "theme_preview",
    "theme_tree",
    "theme_works",
]


def quotes_of(theme: Theme, links: Links) -> list[Quote]:
    """The quotes of a theme, those of one source together, in the order of notes."""
    quotes = links.quotes_by_theme.get(theme.id, ())
    first: dict[str, int] = {}
    for place, quote in enumerate(quotes):
        first.setdefault(source_key(quote), place)
    return sorted(quotes, key=lambda quote: first[source_key(quote)])


def source_key(quote: Quote) -> str:
    return quote.reference.key if quote.reference else ""


def theme_page(theme: Theme, quotes: Sequence[Quote], number: int, pages: int, site: PageSite) -> GeneratedPage:
    """One page of a theme; the first one holds the definition."""
    title = theme.label if number == 1 else f"{theme.label}, page {number}"
    return GeneratedPage(
        title=title,
        description=f"What the sources say of {theme.label.lower()}, in their own words.",
        parts=tuple(_parts(theme, quotes, number, pages, site)),
        edit=theme.path,
        kind="theme",
        feeds=((f"{theme.label}: notes", f"themes/{theme.id}/feed.xml"),),
        canonical=site.canonical(site.addresses.list_page(f"themes/{theme.id}", number)),
    )


def _parts(theme: Theme, quotes: Sequence[Quote], number: int, pages: int, site: PageSite) -> Iterator[str | Heading]:
    yield _head(theme, number, site)
    if number == 1:
        yield from _definition(theme, site)
    yield from _quotes(theme, quotes, number, pages, site)
    if number == 1:
        yield from _notes(theme, site)
    shown = {source_key(quote) for quote in quotes}
    rest = [key for key in theme_works(theme if number == 1 else None, quotes, site) if key not in shown]
    if rest:
        yield Heading(level=2, id="works-cited", html="Other works cited here")
        yield works_list(rest, site)
    if number == 1:
        yield from quote_previews(theme, site)


def theme_works(theme: Theme | None, quotes: Iterable[Quote], site: PageSite) -> list[str]:
    """The keys of the works to which citations on the page lead."""
    keys = {reference.key for quote in quotes for reference in quote.references}
    keys |= {r.key for quote in quotes for citation in quote.citations for r in citation.references}
    if theme:
        keys |= {reference.key for reference in body_references(theme.body)}
    return site.in_order(keys)


def _head(theme: Theme, number: int, site: PageSite) -> str:
    links = site.links
    quotes = links.quotes_by_theme.get(theme.id, ())
    ids = [id_ for quote in quotes for id_ in links.notices_of(quote)]
    notices = site.notice_choices([*(mention.id for mention in theme.notices), *ids])
    return (
        environment()
        .get_template("theme-head.html")
        .render(
            theme=theme,
            number=number,
            broader=[(m.id, site.theme_label(m.id)) for m in theme.broader],
            narrower=[(id_, site.theme_label(id_)) for id_ in links.narrower.get(theme.id, ())],
            related=_related(theme, site),
            together=_together(theme, site),
            quotes=len(quotes),
            sources=len({source_key(quote) for quote in quotes}),
            help=links.library.settings.help,
            notices=[label for _, label in notices],
            choices=site.notice_choices(ids),
            missing=list(_missing(theme, site)),
            edit=edit_address(links.library.settings, theme.path),
        )
    )


def _related(theme: Theme, site: PageSite) -> list[tuple[str, str]]:
    """SKOS's `related` holds both ways, whichever theme says so."""
    own = [mention.id for mention in theme.related]
    return [(id_, site.theme_label(id_)) for id_ in dict.fromkeys([*own, *site.related_from.get(theme.id, ())])]


def _together(theme: Theme, site: PageSite) -> list[tuple[str, str, int]]:
    """Themes that share quotes with this one, and how many."""
    shared = Counter(
        mention.id
        for quote in site.links.quotes_by_theme.get(theme.id, ())
        for mention in quote.themes
        if mention.id != theme.id
    )
    return [(id_, site.theme_label(id_), number) for id_, number in shared.most_common(12)]


def _missing(theme: Theme, site: PageSite) -> Iterator[str]:
    """What a reader might expect under the theme, and does not find."""
    quotes = site.links.quotes_by_theme.get(theme.id, ())
    if not quotes:
        yield "No quotation is filed under this theme yet."
        return
    here = {role.id for quote in quotes for role in site.roles(quote)}
    for role in site.links.roles.values():
        if role.id in site.speaking_roles - here:
            yield f"No {role.label.lower()} is quoted for this theme."
    if len({source_key(quote) for quote in quotes}) == 1 and len(quotes) > 1:
        yield "All quotations come from one work."
    against = {site.state(quote).against for quote in quotes}
    if against == {None}:
        yield "No quotation is verified."
    elif VerifiedAgainst.SOURCE not in against:
        yield "No quotation is verified against its source; works that quote it were compared."


def _definition(theme: Theme, site: PageSite) -> Iterator[str | Heading]:
    body = site.rendered(theme)
    for section in body.sections:
        if section.level:
            html = site.fill(section.heading, theme, local=True)
            yield Heading(level=max(2, section.level), id=section.id, html=html)
        if section.html:
            yield f'<div class="fl-prose">{site.fill(section.html, theme, local=True)}</div>'
    if body.footnotes:
        yield f'<div class="fl-prose">{site.fill(body.footnotes, theme, local=True)}</div>'


def _quotes(theme: Theme, quotes: Sequence[Quote], number: int, pages: int, site: PageSite) -> Iterator[str | Heading]:
    if not quotes:
        return
    yield Heading(level=2, id="quotations", html="Quotations")
    for key, group in groupby(quotes, key=source_key):
        known = key in site.links.sources
        yield localise(
            environment()
            .get_template("source-group.html")
            .render(
                anchor=group_anchor(key),
                reference=reference_anchor(key) if known else "",
                entry=site.entry(key) if known else Markup(""),
                short=Markup(site.short(key)),
                coins=site.context_object(key),
                cards=[Markup(site.card(quote, context=True)) for quote in group],
            )
        )
    if pages > 1:
        yield (
            environment()
            .get_template("pager.html")
            .render(number=number, pages=pages, address=site.addresses.list_page, folder=f"themes/{theme.id}")
        )


def _notes(theme: Theme, site: PageSite) -> Iterator[str | Heading]:
    notes = site.links.notes_by_theme.get(theme.id, ())
    if notes:
        shown = notes[:SHOWN]
        yield Heading(level=2, id="notes", html="Notes on this theme")
        yield (
            environment()
            .get_template("theme-notes.html")
            .render(
                notes=[(note, Markup(site.short(note.source.id)) if note.source else "") for note in shown],
                more=len(notes) - len(shown),
            )
        )


SHOWN = 60
"""Notes that a theme's page names; the rest is counted."""


def theme_preview(theme: Theme, site: PageSite) -> GeneratedJson:
    """What is shown of a theme beside a link to it; less than 4 kB."""
    quotes = site.links.quotes_by_theme.get(theme.id, ())
    line = str(first_line(theme, site).unescape())
    html = (
        environment()
        .get_template("theme-preview.html")
        .render(
            label=theme.label,
            line=line if len(line) <= _LONGEST else f"{line[:_LONGEST].rsplit(' ', 1)[0]} …",
            quotes=len(quotes),
            sources=len({source_key(quote) for quote in quotes}),
        )
    )
    return GeneratedJson(data={"html": html.strip()})


_LONGEST = 600


# ------------------------------------------------------------------------------------------------- the tree


def top_themes(links: Links) -> list[Theme]:
    """Themes that no other theme is broader than, by label."""
    themes = links.themes.values()
    tops = [theme for theme in themes if not any(m.id in links.themes for m in theme.broader)]
    return sorted(tops, key=lambda theme: theme.label.casefold())


def theme_tree(links: Links) -> list[tuple[int, Theme]]:
    """All themes in the order of a printed tree, each once, with its depth; those in a cycle come last."""
    seen: set[str] = set()
    tree = list(_tree(top_themes(links), links, 0, seen))
    return tree + [(0, theme) for theme in links.themes.values() if theme.id not in seen]


def _tree(themes: Sequence[Theme], links: Links, depth: int, seen: set[str]) -> Iterator[tuple[int, Theme]]:
    for theme in themes:
        if theme.id in seen:
            continue
        seen.add(theme.id)
        yield depth, theme
        below = [links.themes[id_] for id_ in links.narrower.get(theme.id, ()) if id_ in links.themes]
        yield from _tree(below, links, depth + 1, seen)


def first_line(theme: Theme, site: PageSite) -> Markup:
    """The first paragraph of a theme's definition, as text."""
    return Markup.escape(first_paragraph(theme, site))
