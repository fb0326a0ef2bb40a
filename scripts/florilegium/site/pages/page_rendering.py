"""Rendering many pages in several processes: first the prose that they show, then the pages."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...core.executors import MakeExecutor
from ...core.model import Note, Theme
from ...core.workers import map_forked
from ..linked_site import render_document
from ..rendered_bodies import RenderedBody
from .cards import PageSite
from .quotation_cards import make_card

__all__ = ["RenderedLater", "render_in_parallel", "rendering_bodies"]

_PARALLEL_FROM = 150
"""Pages below which starting processes takes longer than rendering in one."""
_CHUNK = 40


class RenderedLater(Protocol):
    """A page that can be rendered, and names the documents whose prose it shows."""

    @property
    def render(self) -> Callable[[], bytes]: ...
    @property
    def shows(self) -> tuple[str, ...]: ...


def render_in_parallel(pages: Sequence[RenderedLater], site: PageSite, executor: MakeExecutor) -> Iterator[bytes]:
    """The bytes of the pages, in their order.

    A page is a closure over the whole library, which no process could be sent.
    """
    if executor is None or len(pages) < _PARALLEL_FROM:
        yield from (page.render() for page in pages)
        return
    shown = dict.fromkeys(path for page in pages for path in page.shows)
    render_bodies(site, executor, shown)
    site.load_templates()
    make_cards(site, shown)
    yield from map_forked(_render, pages)


def _render(page: RenderedLater) -> bytes:
    return page.render()


def render_bodies(site: PageSite, executor: MakeExecutor, paths: Collection[str]) -> None:
    """Render the prose of the notes and themes at these paths, as far as it is not rendered yet."""
    missing = [d for d in site.links.documents if d.path not in site.bodies and d.path in paths]
    with rendering_bodies(missing, executor) as bodies:
        pass
    site.bodies |= bodies


def make_cards(site: PageSite, paths: Collection[str]) -> None:
    """Make the cards of the quotations in the notes at these paths: several pages and the search index show each."""
    notes = [note for note in site.links.notes.values() if note.quotes and note.path in paths]
    for made in map_forked(lambda note: [(quote.span, make_card(quote, site)) for quote in note.quotes], notes):
        site.card_pieces.update(made)


@contextmanager
def rendering_bodies(documents: Sequence[Note | Theme], executor: MakeExecutor) -> Iterator[dict[str, RenderedBody]]:
    """Render the prose of documents while the block does other work; the dictionary is whole when it has ended."""
    bodies: dict[str, RenderedBody] = {}
    if executor is None or len(documents) < _PARALLEL_FROM:
        yield bodies
        bodies |= {document.path: render_document(document) for document in documents}
        return
    with executor() as pool:
        rendered = pool.map(render_document, documents, chunksize=_CHUNK)
        yield bodies
        bodies |= zip((document.path for document in documents), rendered, strict=True)
