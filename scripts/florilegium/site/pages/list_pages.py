"""The lists of everything: the quotes, the bibliography, the rules."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from ...core.model import Quote
from ...core.rules import RULES
from .cards import PageSite
from .page_files import Contents, GeneratedPage, PageHeading
from .quotation_cards import environment, localise
from .theme_pages import theme_works
from .work_entries import works_list

# ------------------------------------------------------------------------------------------------------
# quotes


def quotes_list(quotes: Sequence[Quote], number: int, pages: int, total: int, site: PageSite) -> GeneratedPage:
    """One page of all quotes, note by note; the first one can be searched."""
    title = site._("Quotations")
    return site.page(
        title=title if number == 1 else site._("%(title)s, page %(number)s") % {"title": title, "number": number},
        description=site._("All quotations of the library."),
        parts=list(_quotes(quotes, number, pages, total, site)),
        kind="quotes",
        address=site.addresses.list_page("quotes", number),
    )


def _quotes(
    quotes: Sequence[Quote], number: int, pages: int, total: int, site: PageSite
) -> Iterator[str | PageHeading | Contents]:
    yield '<div class="column">'
    html = site.template("quotes.html").render(
        cards=[Markup(site.card(quote, context=True)) for quote in quotes],
        care=site.care(quotes),
        number=number,
        pages=pages,
        address=site.addresses.list_page,
        folder="quotes",
        total=total,
    )
    yield localise(html)
    works = theme_works(None, quotes, site)
    if works:
        yield PageHeading(level=2, id="works-cited", html=escape(site._("Works cited")))
        yield works_list(works, site)
    yield "</div>"


# ------------------------------------------------------------------------------------------------------ rules


def rules_page() -> GeneratedPage:
    """Every rule under a heading of its own, so that a message can lead to it."""
    parts: list[str | PageHeading | Contents] = [
        environment().get_template("rules-head.html").render(rules=list(RULES.values()))
    ]
    for group, rules in groupby(RULES.values(), key=lambda rule: rule.group):
        parts.append(PageHeading(level=2, id=group.lower().replace(" ", "-"), html=group))
        for rule in rules:
            parts.append(PageHeading(level=3, id=rule.name, html=f"<code>{rule.name}</code>"))
            parts.append(environment().get_template("rule.html").render(rule=rule, code=_code))
    description = "What the library is checked for, why, and what to do about each finding."
    return GeneratedPage(title="Rules", description=description, parts=tuple(parts), written_in="en")


def _code(text: str) -> Markup:
    """A sentence of a rule, with what stands in backticks as code."""
    pieces = text.split("`")
    marked = [
        Markup("<code>{}</code>").format(piece) if i % 2 else Markup.escape(piece) for i, piece in enumerate(pieces)
    ]
    return Markup("").join(marked)
