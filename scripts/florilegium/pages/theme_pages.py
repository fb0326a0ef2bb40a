"""The pages of themes: the tree of all, and each with its definition and every quote in full, by source."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from ..links import Links, resolve_role
from ..model import Quote, Theme
from .cards import ROOT, Site, environment
from .files import GeneratedPage, Heading

__all__ = ["first_line", "quotes_of", "theme_page", "theme_tree", "themes_page"]


def quotes_of(theme: Theme, links: Links) -> list[Quote]:
    """The quotes of a theme, those of one source together, in the order of notes."""
    quotes = links.quotes_by_theme.get(theme.id, ())
    first: dict[str, int] = {}
    for place, quote in enumerate(quotes):
        first.setdefault(_source_key(quote), place)
    return sorted(quotes, key=lambda quote: first[_source_key(quote)])


def _source_key(quote: Quote) -> str:
    return quote.reference.key if quote.reference else ""


def top_themes(links: Links) -> list[Theme]:
    """Themes that no other theme is broader than, by label."""
    themes = links.themes.values()
    tops = [theme for theme in themes if not any(m.id in links.themes for m in theme.broader)]
    return sorted(tops, key=lambda theme: theme.label.casefold())


def theme_page(theme: Theme, quotes: Sequence[Quote], number: int, pages: int, site: Site) -> GeneratedPage:
    """One page of a theme; the first one holds the definition."""
    parts: list[str | Heading] = [_head(theme, number, site)]
    if number == 1:
        parts += _definition(theme, site)
    parts += _quotes(theme, quotes, number, pages, site)
    if number == 1:
        parts += _notes(theme, site)
    title = theme.label if number == 1 else f"{theme.label}, page {number}"
    description = f"What the sources say of {theme.label.lower()}, in their own words."
    return GeneratedPage(title=title, description=description, parts=tuple(parts), edit=theme.path, kind="theme")


def _head(theme: Theme, number: int, site: Site) -> str:
    links = site.links
    return environment().get_template("theme-head.html").render(
        theme=theme,
        number=number,
        root=Markup(ROOT),
        broader=[(m.id, site.theme_label(m.id)) for m in theme.broader],
        narrower=[(id_, site.theme_label(id_)) for id_ in links.narrower.get(theme.id, ())],
        related=_related(theme, site),
        together=_together(theme, site),
        quotes=len(links.quotes_by_theme.get(theme.id, ())),
        sources=len({_source_key(quote) for quote in links.quotes_by_theme.get(theme.id, ())}),
        help=links.library.settings.help,
        notices=_notices(theme, site),
    )


def _related(theme: Theme, site: Site) -> list[tuple[str, str]]:
    """SKOS's `related` holds both ways, whichever theme says so."""
    own = [mention.id for mention in theme.related]
    others = [t.id for t in site.links.themes.values() if any(m.id == theme.id for m in t.related)]
    return [(id_, site.theme_label(id_)) for id_ in dict.fromkeys([*own, *others])]


def _together(theme: Theme, site: Site) -> list[tuple[str, str, int]]:
    """Themes that share quotes with this one, and how many."""
    shared = Counter(
        mention.id
        for quote in site.links.quotes_by_theme.get(theme.id, ())
        for mention in quote.themes
        if mention.id != theme.id
    )
    return [(id_, site.theme_label(id_), number) for id_, number in shared.most_common(12)]


def _notices(theme: Theme, site: Site) -> list[str]:
    ids = [mention.id for mention in theme.notices]
    for quote in site.links.quotes_by_theme.get(theme.id, ()):
        ids += site.links.notices_of(quote)
    return [site.notice_label(id_) for id_ in dict.fromkeys(ids)]


def _definition(theme: Theme, site: Site) -> Iterator[str | Heading]:
    body = site.rendered(theme)
    for section in body.sections:
        if section.level:
            html = site.fill(section.heading, theme, local=False)
            yield Heading(level=max(2, section.level), id=section.id, html=html)
        if section.html:
            yield f'<div class="fl-prose">{site.fill(section.html, theme, local=False)}</div>'
    if body.footnotes:
        yield f'<div class="fl-prose">{site.fill(body.footnotes, theme, local=False)}</div>'


def _quotes(theme: Theme, quotes: Sequence[Quote], number: int, pages: int, site: Site) -> Iterator[str | Heading]:
    yield Heading(level=2, id="quotations", html="Quotations")
    if not quotes:
        yield '<p class="fl-missing">No quotation is filed under this theme yet.</p>'
    for key, group in groupby(quotes, key=_source_key):
        yield environment().get_template("source-group.html").render(
            entry=site.entry(key) if key in site.links.sources else Markup(""),
            cards=[Markup(site.card(quote, context=True)) for quote in group],
        )
    if missing := _missing_roles(theme, site):
        yield environment().get_template("missing.html").render(roles=missing)
    if pages > 1:
        yield environment().get_template("pager.html").render(
            root=Markup(ROOT), number=number, pages=pages, address=site.addresses.list_page, folder=f"themes/{theme.id}"
        )


def _missing_roles(theme: Theme, site: Site) -> list[str]:
    """The roles that speak elsewhere in the library, but not under this theme."""
    roles = site.links.roles

    def speaking(quotes: Sequence[Quote]) -> set[str]:
        found = (resolve_role(roles, quote.speaker) for quote in quotes if quote.speaker)
        return {role.id for role in found if role}

    here = speaking(site.links.quotes_by_theme.get(theme.id, ()))
    anywhere = site.speaking_roles
    return [role.label for role in roles.values() if role.id in anywhere - here] if here else []


def _notes(theme: Theme, site: Site) -> Iterator[str | Heading]:
    notes = site.links.notes_by_theme.get(theme.id, ())
    if notes:
        shown = notes[:100]
        yield Heading(level=2, id="notes", html="Notes on this theme")
        yield environment().get_template("theme-notes.html").render(
            notes=[(note, site.entry(note.source.id) if note.source else Markup("")) for note in shown],
            more=len(notes) - len(shown),
            root=Markup(ROOT),
        )


def themes_page(site: Site) -> GeneratedPage:
    """The tree of themes, and how many quotes each source has under each."""
    links = site.links
    keys = Counter(_source_key(quote) for quotes in links.quotes_by_theme.values() for quote in quotes)
    columns = [key for key, _ in keys.most_common(MATRIX_SOURCES) if key in links.sources]
    counts = {id_: Counter(map(_source_key, quotes)) for id_, quotes in links.quotes_by_theme.items()}
    tree = theme_tree(links)
    html = environment().get_template("themes.html").render(
        tree=[(depth, theme, len(links.quotes_by_theme.get(theme.id, ())), first_line(theme, site)) for depth, theme in tree],
        rows=[theme for _, theme in tree],
        columns=[(key, Markup(site.bibliography.short(key))) for key in columns],
        more=len(keys) - len(columns),
        cell=lambda theme, key: counts.get(theme.id, Counter())[key],
        address=site.addresses,
        root=Markup(ROOT),
    )
    return GeneratedPage(title="Themes", description="All themes of the library.", parts=(html,), kind="list")


def theme_tree(links: Links) -> list[tuple[int, Theme]]:
    """All themes in the order of a printed tree, each once, with its depth; those in a cycle come last."""
    seen: set[str] = set()
    tree = list(_tree(top_themes(links), links, 0, seen))
    return tree + [(0, theme) for theme in links.themes.values() if theme.id not in seen]


MATRIX_SOURCES = 30
"""Sources that the matrix shows, those with most quotations first."""


def _tree(themes: Sequence[Theme], links: Links, depth: int, seen: set[str]) -> Iterator[tuple[int, Theme]]:
    """The themes in the order of a printed tree, each once, with their depth."""
    for theme in themes:
        if theme.id in seen:
            continue
        seen.add(theme.id)
        yield depth, theme
        below = [links.themes[id_] for id_ in links.narrower.get(theme.id, ()) if id_ in links.themes]
        yield from _tree(below, links, depth + 1, seen)


def first_line(theme: Theme, site: Site) -> Markup:
    """The first paragraph of a theme's definition, as text."""
    body = site.rendered(theme)
    html = body.sections[0].html if body.sections else ""
    paragraph = html.partition("</p>")[0]
    return Markup(Markup(site.fill(paragraph, theme, local=False)).striptags())
