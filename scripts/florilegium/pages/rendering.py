"""Rendering many pages in several processes: first the prose that they show, then the pages."""

import multiprocessing
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Protocol

from .cards import Site, render_document

__all__ = ["RenderedLater", "render_bodies", "render_in_parallel"]

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


def render_bodies(site: Site, executor: Callable[[], Executor] | None, paths: Collection[str] | None = None) -> None:
    """Render the prose of the notes and themes at these paths, or of all, as far as it is not rendered
    yet.
    """
    everything = site.links.documents
    missing = [d for d in everything if d.path not in site.bodies and (paths is None or d.path in paths)]
    if executor is None or len(missing) < _PARALLEL_FROM:
        site.bodies |= {document.path: render_document(document) for document in missing}
        return
    with executor() as pool:
        for document, body in zip(missing, pool.map(render_document, missing, chunksize=_CHUNK), strict=True):
            site.bodies[document.path] = body


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
