"""Rendering many pages in several processes: first the prose that they show, then the pages."""

import multiprocessing
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from ..model import Note, Theme
from ..prose import RenderedBody
from .cards import Site, render_document

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


def render_in_parallel(
    pages: Sequence[RenderedLater], site: Site, executor: Callable[[], Executor] | None
) -> Iterator[bytes]:
    """The bytes of the pages, in their order.

    A page is a closure over the whole library, which no process could be sent. Processes that are forked
    have it already, and get numbers of pages; where a system cannot fork, all is done in this process.
    """
    if executor is None or len(pages) < _PARALLEL_FROM:
        yield from (page.render() for page in pages)
        return
    render_bodies(site, executor, dict.fromkeys(path for page in pages for path in page.shows))
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from (page.render() for page in pages)
        return
    yield from _render_forked(pages)


def render_bodies(site: Site, executor: Callable[[], Executor] | None, paths: Collection[str]) -> None:
    """Render the prose of the notes and themes at these paths, as far as it is not rendered yet."""
    missing = [d for d in site.links.documents if d.path not in site.bodies and d.path in paths]
    with rendering_bodies(missing, executor) as bodies:
        pass
    site.bodies |= bodies


@contextmanager
def rendering_bodies(
    documents: Sequence[Note | Theme], executor: Callable[[], Executor] | None
) -> Iterator[dict[str, RenderedBody]]:
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


_shared: Sequence[RenderedLater] = ()
"""The pages that forked processes render: theirs by inheritance."""


def _render_forked(pages: Sequence[RenderedLater]) -> Iterator[bytes]:
    global _shared  # noqa: PLW0603
    _shared = pages
    numbers = range(len(pages))
    try:
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_render_number, numbers, chunksize=_CHUNK)
    finally:
        _shared = ()


def _render_number(number: int) -> bytes:
    return _shared[number].render()
