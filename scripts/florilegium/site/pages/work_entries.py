"""A work as pages list it: its entry in the bibliography, its identifiers, and where else it is met."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from ...core.model import Note
from ...core.sources import Source
from ...works.citing.numbering import LISTED, SIGN, signed
from ...works.exports.page_metadata import is_better_as_object
from ..identified import ArchivedCopy, Identified, archived_copy, identifiers_of
from ..languages import N_
from .cards import PageSite


class WorkView(NamedTuple):
    """What a bibliography shows of a work."""

    slug: str
    short: str
    entry: Markup
    identifiers: list[Identified]
    copy: ArchivedCopy | None
    consulted: bool
    address: str
    number: Markup
    """The sign of the work's number on the page, for a style that cites by numbers; else empty."""


def lone_object(source: Source | None, site: PageSite) -> str:
    """The context object of the work that a page is about, where it says more than the page's `meta` elements could."""
    if source is None or not is_better_as_object(source):
        return ""
    return _object(source.key, site)


def _object(key: str, site: PageSite) -> Markup:
    """A work as an OpenURL context object, for reference managers."""
    made = site.context_object(key)
    return Markup('<span class="Z3988" title="{}"></span>').format(made) if made else Markup("")


def work_view(key: str, site: PageSite) -> WorkView:
    source = site.links.sources.get(key)
    entry = site.entry(key)
    return WorkView(
        slug=site.addresses.work_slug(key),
        short=str(Markup(site.short(key)).striptags()),
        entry=entry,
        identifiers=identifiers_of(source) if source else [],
        copy=archived_copy(source),
        consulted=site.consulted(key),
        address=site.addresses.reference(key),
        number=Markup(signed(SIGN, key)) if site.bibliography.numeric else Markup(""),
    )


def works_list(keys: Iterable[str], site: PageSite, *, coins: bool = True) -> str:
    """The list of works to which the citations of a page lead, with or without context objects (COinS).

    A page whose metadata describe one work has none: reference managers would prefer them, and they say less.
    """
    works = [_listed(key, site, coins) for key in keys]
    listed = LISTED if site.bibliography.numeric else ""
    return site.template("works.html").render(works=works, listed=listed)


def _listed(key: str, site: PageSite, coins: bool) -> Markup:
    """A work in a list, the same on every page that has it."""
    made = site.listed_works.get((key, coins))
    if made is None:
        if coins:
            made = _listed(key, site, False) + _object(key, site)
        else:
            made = Markup(site.template("listed-work.html").render(work=work_view(key, site)))
        site.listed_works[key, coins] = made
    return made


def basis_words(note: Note, site: PageSite) -> str:
    """What was read for a note, in a few words."""
    if note.basis == "secondary" and note.via:
        return site._("read: %(work)s") % {"work": site.kind(note.via.id)[1]}
    named = {
        "full-text": N_("read: the full text"),
        "abstract": N_("read: the abstract"),
        "secondary": N_("read: another work"),
    }
    return site._(named.get(note.basis or "", N_("not said what was read")))
