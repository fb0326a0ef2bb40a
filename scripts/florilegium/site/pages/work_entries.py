"""A work as pages list it: its entry in the bibliography, its identifiers, and where else it is met."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from ...works.identifiers import doi_url, parse_doi
from .addresses import reference_anchor
from .cards import Site, environment
from .identified import Identified, identifiers_of, web_address

__all__ = ["WorkView", "work_iri", "work_view", "works_list"]


class WorkView(NamedTuple):
    """What a bibliography shows of a work."""

    anchor: str
    entry: Markup
    identifiers: list[Identified]
    consulted: bool
    address: str
    coins: str
    """An OpenURL context object, for reference managers; empty where the page has better for them."""


def work_view(key: str, site: Site, *, coins: bool = True) -> WorkView:
    source = site.links.sources.get(key)
    entry = site.entry(key)
    return WorkView(
        anchor=reference_anchor(key),
        entry=entry,
        identifiers=identifiers_of(source, entry) if source else [],
        consulted=site.consulted(key),
        address=site.addresses.reference(key),
        coins=site.context_object(key) if coins else "",
    )


def works_list(keys: Iterable[str], site: Site, *, coins: bool = True) -> str:
    """The list of works to which the citations of a page lead, with or without context objects (COinS).

    A page whose metadata describe one work has none: reference managers would prefer them, and they say less.
    """
    works = [work_view(key, site, coins=coins) for key in keys]
    return environment().get_template("works.html").render(works=works)


def work_iri(key: str, site: Site) -> str:
    """What names a work: its DOI as an address, or its own address on the web, or that of our entry."""
    source = site.links.sources.get(key)
    doi = parse_doi(source.variables.get("DOI", "")).value if source else ""
    entry = f"references/#{reference_anchor(key)}"
    return doi_url(doi) if doi else web_address(source) or site.permanent(entry)
