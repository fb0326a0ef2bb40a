"""Rendering many pages in several processes: first the prose and the cards that they show, then the pages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeAlias

from ...core.executors import MakeExecutor, local_processes
from ...core.model import Note, Theme
from ...core.spans import Span
from ...core.workers import map_forked
from ..linked_site import render_document
from ..rendered_bodies import RenderedBody
from .cards import PageSite
from .quotation_cards import CardPieces, make_card

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
    documents = [document for document in site.links.documents if document.path in shown]
    if executor is not local_processes:
        site.bodies |= render_bodies([d for d in documents if d.path not in site.bodies], executor)
    site.load_templates()
    _make_cards(site, documents)
    yield from map_forked(_render, pages)


def _render(page: RenderedLater) -> bytes:
    return page.render()


_Made: TypeAlias = tuple[RenderedBody | None, list[tuple[Span, CardPieces]]]
"""The prose of a document, unless it was there already, and the cards of its quotations by their places."""


def _make_cards(site: PageSite, documents: Sequence[Note | Theme]) -> None:
    """Render the prose of documents and their quotations' cards: several pages and the search index show each."""

    def make(document: Note | Theme) -> _Made:
        body = None if document.path in site.bodies else site.rendered(document)
        quotes = document.quotes if isinstance(document, Note) else ()
        return body, [(quote.span, make_card(quote, site)) for quote in quotes]

    for document, (body, cards) in zip(documents, map_forked(make, documents), strict=True):
        if body is not None:
            site.bodies[document.path] = body
        site.card_pieces.update(cards)


def render_bodies(documents: Sequence[Note | Theme], executor: MakeExecutor) -> dict[str, RenderedBody]:
    """The prose of documents by their paths, rendered by an executor; None is this process alone."""
    if executor is None:
        return {document.path: render_document(document) for document in documents}
    with executor() as pool:
        rendered = pool.map(render_document, documents, chunksize=_CHUNK)
        return dict(zip((document.path for document in documents), rendered, strict=True))
