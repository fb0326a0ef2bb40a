"""An index that is made while a renderer works on the pages."""

import threading
from collections.abc import Callable
from pathlib import Path

from ..pages.page_plan import PagePlan
from .index_writing import IndexResult, index_site, place_index, remove_index

MEMORY = "search-index.sqlite"
"""The file of the state folder that holds what the last index was made from."""


class Indexing:
    """An index in the making. `place` waits for it."""

    def __init__(self, folder: Path, work: Callable[[], IndexResult] | None) -> None:
        self._folder = folder
        self._failure: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        if work:
            self._thread.start()

    def _run(self) -> None:
        assert self._work
        try:
            self._work()
        except BaseException as error:
            self._failure = error

    def place(self, site: Path) -> bool:
        """Put the index into a built site; where none is wanted, take away the one that was there.

        Whether anything changed.
        """
        if self._work is None:
            return remove_index(site)
        self._thread.join()
        if self._failure:
            raise self._failure
        return place_index(self._folder, site)


def indexing(plan: PagePlan, state: Path, *, wanted: bool, remember: bool) -> Indexing:
    """Begin to make the index of a planned site in the folder `state`, where that of the last run may lie."""

    def key_of(path: str) -> str:
        page = plan.pages.get(path)
        return page.key if page else ""

    def work() -> IndexResult:
        memory = state / MEMORY if remember else None
        return index_site(plan.site, folder, memory=memory, key_of=key_of)

    folder = state / "search-index"
    return Indexing(folder, work if wanted else None)
