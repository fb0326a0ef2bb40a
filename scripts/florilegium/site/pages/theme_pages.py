"""The page of a theme: its definition, and every quotation in full, those of its narrower themes included."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

from ...core.lock_entries import VerifiedAgainst
from ...core.model import Quote, Theme
from ...library.links import Links, body_references
from ..addresses import ROOT, group_anchor
from .cards import PageSite
from .contexts import linking_sentence, mention
from .edit_links import edit_address
from .page_files import Contents, GeneratedJson, GeneratedPage, PageHeading
from .quotation_cards import localise
from .quote_previews import quote_previews
from .theme_trees import below, lead_of
from .work_entries import works_list

MAX_THEME_CARDS = 60
"""Notes that a theme's page names; the rest is counted."""


class Filed(NamedTuple):
    """A quotation and the theme under which it is filed: the page's own, or a narrower one."""

    theme: str
    quote: Quote


def quotes_of(theme: Theme, links: Links) -> list[Quote]:
    """The quotes of a theme, those of one source together, in the order of notes."""
    quotes = links.quotes_by_theme.get(theme.id, ())
    first: dict[str, int] = {}
    for place, quote in enumerate(quotes):
        first.setdefault(source_key(quote), place)
    return sorted(quotes, key=lambda quote: first[source_key(quote)])


def filed_under(theme: Theme, links: Links) -> list[Filed]:
    """A theme's own quotes, then those of its narrower themes, each once."""
    found: dict[str, Filed] = {}
    for id_ in (theme.id, *below(theme.id, links)):
        if id_ in links.themes:
            for quote in quotes_of(links.themes[id_], links):
                found.setdefault(quote.address, Filed(id_, quote))
    return list(found.values())


def source_key(quote: Quote) -> str:
    return quote.reference.key if quote.reference else ""


class WholeTheme(NamedTuple):
    """What every page of a theme says of all its quotations."""

    filed: Sequence[Filed]
    care: Markup
    around: str
    """Clean HTML: the themes around it."""
    narrower: list[tuple[str, str, int]]
    """The narrower themes under which some of them are filed: id, label and how many."""
    works: list[str]


def whole_theme(theme: Theme, filed: Sequence[Filed], site: PageSite) -> WholeTheme:
    quotes = [one.quote for one in filed]
    themes = Counter(one.theme for one in filed)
    return WholeTheme(
        filed=filed,
        care=site.care(quotes, [mention.id for mention in theme.notices]),
        around=_around(theme, site),
        narrower=[(id_, site.theme_label(id_), n) for id_, n in themes.items() if id_ != theme.id],
        works=list(dict.fromkeys(source_key(quote) for quote in quotes)),
    )


def theme_page(
    theme: Theme, filed: Sequence[Filed], number: int, pages: int, whole: Callable[[], WholeTheme], site: PageSite
) -> GeneratedPage:
    """One page of a theme, with these quotations; the first one holds the definition."""
    title = (
        theme.label if number == 1 else site._("%(title)s, page %(number)s") % {"title": theme.label, "number": number}
    )
    return site.page(
        title=title,
        description=site._("What the sources say of %(theme)s, in their own words.") % {"theme": theme.label},
        parts=list(_parts(theme, filed, number, pages, whole(), site)),
        edit=theme.path,
        kind="theme",
        feeds=((site._("%(title)s: notes") % {"title": theme.label}, f"themes/{theme.id}/feed.xml"),),
        address=site.addresses.list_page(f"themes/{theme.id}", number),
    )


def _parts(
    theme: Theme, filed: Sequence[Filed], number: int, pages: int, whole: WholeTheme, site: PageSite
) -> Iterator[str | PageHeading | Contents]:
    yield '<article class="column">'
    yield _head(theme, whole, number, site)
    yield Contents(title=site._("Around this theme"), around=whole.around)
    yield from _quotes(theme, filed, whole, number, pages, site)
    if number == 1:
        yield from _definition(theme, site)
        missing = list(_missing(whole.filed, site))
        if missing:
            yield PageHeading(level=2, id="fl-thin", html=escape(site._("What is thin")))
            yield Markup("<p>{}</p>").format(" ".join(missing))
        yield from _notes(theme, site)
    rest = theme_works(theme if number == 1 else None, [one.quote for one in filed], site)
    if rest:
        yield PageHeading(level=2, id="works-cited", html=escape(site._("Works cited")))
        yield works_list(rest, site)
    yield _turn(theme, site)
    yield "</article>"
    if number == 1:
        yield from quote_previews(theme, site)


def theme_works(theme: Theme | None, quotes: Iterable[Quote], site: PageSite) -> list[str]:
    """The keys of the works to which citations on the page lead."""
    quotes = list(quotes)
    keys = {reference.key for quote in quotes for reference in quote.references}
    keys |= {r.key for quote in quotes for citation in quote.citations for r in citation.references}
    if theme:
        keys |= {reference.key for reference in body_references(theme.body)}
    return site.in_order(keys)


def _head(theme: Theme, whole: WholeTheme, number: int, site: PageSite) -> str:
    broader = [(f"themes/{m.id}/", site.theme_label(m.id)) for m in theme.broader if m.id in site.links.themes]
    return site.template("theme-head.html").render(
        theme=theme,
        number=number,
        crumbs=[("themes/", site._("Themes")), *broader],
        lead=lead_of(theme, site) if number == 1 else "",
        more=number == 1 and len(theme.body.text) > len(lead_of(theme, site)) + 40,
        care=whole.care,
        edit=edit_address(site.links.library.settings, theme.path),
    )


def _around(theme: Theme, site: PageSite) -> str:
    together = Counter(
        mention.id
        for quote in site.links.quotes_by_theme.get(theme.id, ())
        for mention in quote.themes
        if mention.id != theme.id and mention.id in site.links.themes
    )
    return site.template("around.html").render(
        theme=theme,
        broader=[(m.id, site.theme_label(m.id)) for m in theme.broader if m.id in site.links.themes],
        narrower=[(id_, site.theme_label(id_)) for id_ in site.links.narrower.get(theme.id, ())],
        related=_related(theme, site),
        together=[(id_, site.theme_label(id_), number) for id_, number in together.most_common(12)],
    )


def _related(theme: Theme, site: PageSite) -> list[tuple[str, str]]:
    """SKOS's `related` holds both ways, whichever theme says so."""
    own = [mention.id for mention in theme.related if mention.id in site.links.themes]
    return [(id_, site.theme_label(id_)) for id_ in dict.fromkeys([*own, *site.related_from.get(theme.id, ())])]


def _missing(everything: Sequence[Filed], site: PageSite) -> Iterator[str]:
    """What a reader might expect under the theme, and does not find."""
    quotes = [one.quote for one in everything]
    if not quotes:
        return
    here = {role.id for quote in quotes for role in site.roles(quote)}
    for role in site.links.roles.values():
        if role.id in site.speaking_roles - here:
            yield site._("No %(role)s is quoted for this theme.") % {"role": site.words.within(role.label)}
    if len({source_key(quote) for quote in quotes}) == 1 and len(quotes) > 1:
        yield site._("All quotations come from one work.")
    states = [site.state(quote).against for quote in quotes]
    if not any(states):
        yield site._("No quotation is verified.")
    elif VerifiedAgainst.SOURCE not in states:
        yield site._("The quotations are verified against works that quote them, and none against its source.")
    if None in states and any(states):
        yield site.words.counted(
            "%(num)s quotation is not verified.", "%(num)s quotations are not verified.", states.count(None)
        )


def _definition(theme: Theme, site: PageSite) -> Iterator[str | PageHeading]:
    body = site.rendered(theme)
    if not body.sections and not body.footnotes:
        return
    yield PageHeading(level=2, id="fl-definition", html=escape(site._("What the theme covers")))
    for section in body.sections:
        if section.level:
            html = site.prose(section.heading, theme)
            yield PageHeading(level=max(3, section.level), id=section.id, html=html)
        yield site.prose(section.html, theme)
    yield site.prose(body.footnotes, theme)


def _quotes(
    theme: Theme, filed: Sequence[Filed], whole: WholeTheme, number: int, pages: int, site: PageSite
) -> Iterator[str | PageHeading]:
    quotes, works = [one.quote for one in whole.filed], whole.works
    yield site.template("theme-count.html").render(
        theme=theme,
        quotes=len(quotes),
        works=len(works),
        narrower=whole.narrower,
        here={one.theme for one in filed},
        facets=facets_of(quotes, site) if pages == 1 else [],
        pages=pages,
        pair=[(key, Markup(site.short(key)).striptags()) for key in works if key] if pages == 1 else [],
    )
    for id_, group in groupby(filed, key=lambda one: one.theme):
        if id_ != theme.id:
            label = Markup('<a class="quiet" href="{}">{}</a>').format(
                f"{ROOT}{site.addresses.theme(id_)}", site.theme_label(id_)
            )
            yield PageHeading(level=2, id=f"fl-in-{id_}", html=label, listed=False)
        for key, cards in groupby(group, key=lambda one: source_key(one.quote)):
            figures = "".join(site.card(one.quote, context=True, theme=id_) for one in cards)
            anchor = f' id="{group_anchor(key)}"' if id_ == theme.id else ""
            heading = ""
            if len(works) > 1 and key:
                href = f"{ROOT}{site.addresses.reference(key)}"
                heading = Markup('<h3 class="from"><a class="quiet" href="{}">{}</a></h3>').format(
                    href, Markup(site.short(key))
                )
            yield f'<section class="group"{anchor}>{heading}{localise(figures)}</section>'
    if pages > 1:
        yield site.template("pager.html").render(
            number=number, pages=pages, address=site.addresses.list_page, folder=f"themes/{theme.id}"
        )


def facets_of(quotes: Sequence[Quote], site: PageSite) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """By what a list of quotations can be narrowed in place, where that leaves a choice: speaker, work and year."""
    roles = Counter(role.id if (role := site.role(quote)) else "unknown" for quote in quotes)
    works = Counter(source_key(quote) for quote in quotes)
    years = Counter(str(s.year) for quote in quotes if (s := site.source_of(quote.reference)) and s.year)
    named = {role.id: role.label for role in site.links.roles.values()}
    found = [
        ("role", site._("Speaker"), [(id_, named.get(id_, site._("Other")), n) for id_, n in roles.most_common()]),
        (
            "source",
            site._("Work"),
            [(k, str(Markup(site.short(k)).striptags()), n) for k, n in works.most_common() if k],
        ),
        ("year", site._("Year"), [(year, year, n) for year, n in sorted(years.items())]),
    ]
    return [facet for facet in found if len(facet[2]) > 1]


def _notes(theme: Theme, site: PageSite) -> Iterator[str | PageHeading]:
    """The notes filed under the theme, and what else names it, with the sentence that does."""
    filed = list(site.links.notes_by_theme.get(theme.id, ()))
    linking = [one for one in site.linking_to(f"themes/{theme.id}") if one is not theme and one not in filed]
    address = site.addresses.theme(theme)
    mentions = [
        mention(one, linking_sentence(one, address, site), site) for one in (*filed, *linking)[:MAX_THEME_CARDS]
    ]
    if mentions:
        yield PageHeading(level=2, id="fl-notes", html=escape(site._("Notes on this theme")))
        more = len(filed) + len(linking) - MAX_THEME_CARDS
        yield site.template("mentions.html").render(mentions=mentions, more=more)


def _turn(theme: Theme, site: PageSite) -> str:
    ends = [(site.addresses.theme(one), one.label) if one else None for one in site.themes_beside(theme)]
    return site.turn(site._("Other themes"), site._("Previous theme"), site._("Next theme"), ends)


def theme_preview(theme: Theme, site: PageSite) -> GeneratedJson:
    """What is shown of a theme beside a link to it; less than 4 kB."""
    quotes = site.links.quotes_by_theme.get(theme.id, ())
    html = site.template("theme-preview.html").render(
        label=theme.label,
        line=lead_of(theme, site),
        quotes=len(quotes),
        sources=len({source_key(quote) for quote in quotes}),
    )
    return GeneratedJson(data={"html": re.sub(r"\s+", " ", html).strip()})
