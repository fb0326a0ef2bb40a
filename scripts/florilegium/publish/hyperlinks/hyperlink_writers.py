"""Who wrote a hyperlink of the site: the notes and themes whose prose leads to a place, with line and column."""

from collections import defaultdict
from collections.abc import Iterator

from ...core.model import Note, Theme
from ...core.spans import Span
from ...library.links import Links
from ...site.addresses import Addresses
from ...site.prose_hyperlinks import link_start
from .html_tags import scan_tags, value_of
from .site_places import INDEX, Place, SiteMap


class Writers:
    """The hyperlinks of a library's prose by what they name on the site."""

    def __init__(self, links: Links, site: SiteMap) -> None:
        self._by_place: dict[str, list[tuple[str, Span]]] = defaultdict(list)
        addresses = Addresses()
        for document in links.documents:
            address = addresses.note(document) if isinstance(document, Note) else addresses.theme(document)
            page = f"{address}{INDEX}"
            for place, span in _written(document, page, site):
                self._by_place[str(place)].append((page, span))

    def spans(self, place: Place, page: str) -> list[Span]:
        """Where prose leads to `place`: in the document whose page `page` is, or else in those whose words it shows."""
        written = self._by_place.get(str(place), [])
        return [span for own, span in written if own == page] or [span for _, span in written]


def _written(document: Note | Theme, page: str, site: SiteMap) -> Iterator[tuple[Place, Span]]:
    for hyperlink in document.body.hyperlinks:
        start = link_start(hyperlink.target, document.path, local=True)
        for tag in scan_tags(start.replace('href="/', f'href="{site.root}').encode()):
            for attribute in tag.attributes:
                place = site.locate(value_of(attribute), page) if attribute[0] == b"href" else None
                if isinstance(place, Place):
                    yield place, hyperlink.span
