"""A work as pages list it: its entry in the bibliography, its identifiers, and where else it is met."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from .addresses import reference_anchor
from .cards import Site, environment
from .identified import Identified, identifiers_of

__all__ = ["WorkView", "work_view", "works_list"]


class WorkView(NamedTuple):
    """What a bibliography shows of a work."""

    anchor: str
    entry: Markup
    identifiers: list[Identified]
    consulted: bool
    address: str


def work_view(key: str, site: Site) -> WorkView:
    source = site.links.sources.get(key)
    entry = site.entry(key)
    return WorkView(
        anchor=reference_anchor(key),
        entry=entry,
        identifiers=identifiers_of(source, entry) if source else [],
        consulted=site.consulted(key),
        address=site.addresses.reference(key),
    )


def works_list(keys: Iterable[str], site: Site) -> str:
    """The list of works to which the citations of a page lead."""
    return environment().get_template("works.html").render(works=[work_view(key, site) for key in keys])
