"""The IRIs by which data files name the things of a library: the same from every build, and from every file."""

from functools import cache, partial

from ...core.model import Note, Quote, Status
from ...core.sources import Source
from ...library.links import Links
from ..addresses import reference_anchor
from ..linked_site import Site, work_iri


def note_iri(note: Note, site: Site) -> str:
    return site.permanent(site.addresses.note(note))


def quote_iri(quote: Quote, site: Site) -> str:
    """The quote's permalink; without `url` in `library.yml`, a UUID that stays."""
    return site.permanent(site.addresses.quote(quote))


def theme_iri(id_: str, site: Site) -> str:
    return site.permanent(site.addresses.theme(id_))


def reference_address(key: str) -> str:
    """The name of a work's entry, from the root: the page of a long bibliography on which it stands may change."""
    return f"references/#{reference_anchor(key)}"


class SiteIris:
    """The IRIs of the themes and works of a site, each found once: quotes name the same ones again and again."""

    def __init__(self, site: Site) -> None:
        self.theme = cache(partial(theme_iri, site=site))
        self.work = cache(partial(work_iri, site=site))


def exported_works(links: Links) -> list[Source]:
    """All works by their key, without those that only a draft lists."""
    drafts = {note.path for note in links.library.notes if note.status is Status.DRAFT}
    found = links.sources.items()
    return [source for key, source in sorted(found) if source.span.path not in drafts or key in links.cited_by]
