"""The lists of everything: the quotes, the bibliography, the rules."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from ..model import Quote
from ..rules import RULES
from .addresses import reference_anchor
from .cards import ROOT, Site, environment
from .files import GeneratedPage, Heading

__all__ = ["quotes_list", "references_list", "rules_page"]

SHOWN_MENTIONS = 12
"""Notes and quotes that one entry of the bibliography names; the rest is counted, so that no page grows for ever."""


def quotes_list(quotes: Sequence[Quote], number: int, pages: int, site: Site) -> GeneratedPage:
    """One page of all quotes, note by note."""
    html = environment().get_template("quotes.html").render(
        cards=[Markup(site.card(quote, context=True)) for quote in quotes],
        root=Markup(ROOT),
        number=number,
        pages=pages,
        address=site.addresses.list_page,
        folder="quotes",
        help=site.links.library.settings.help,
    )
    title = "Quotations" if number == 1 else f"Quotations, page {number}"
    return GeneratedPage(title=title, description="All quotations of the library.", parts=(html,), kind="list")


def references_list(keys: Sequence[str], number: int, pages: int, site: Site) -> GeneratedPage:
    """One page of the bibliography: each work with where it is summarised, quoted and cited."""
    entries = []
    for key in keys:
        found = site.links.cited_by.get(key)
        entries.append((reference_anchor(key), site.entry(key), site.consulted(key), found))
    html = environment().get_template("references.html").render(
        entries=entries,
        shown=SHOWN_MENTIONS,
        approximate=site.bibliography.approximate,
        root=Markup(ROOT),
        number=number,
        pages=pages,
        address=site.addresses,
        list_page=site.addresses.list_page,
        folder="references",
        notes=site.links.notes,
    )
    title = "References" if number == 1 else f"References, page {number}"
    return GeneratedPage(title=title, description="All works that the library knows.", parts=(html,), kind="list")


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
    marked = [Markup("<code>{}</code>").format(piece) if i % 2 else Markup.escape(piece) for i, piece in enumerate(pieces)]
    return Markup("").join(marked)
