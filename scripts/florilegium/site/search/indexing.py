"""An index that is made while a renderer works on the pages."""

import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ...core.workers import ForkedCall
from ..pages.planned_pages import PagePlan
from .index_writing import FOLDER, IndexResult, index_site

MEMORY = "search-index.sqlite"
"""The file of the state folder that holds what the last index was made from."""


def place_index(folder: Path, site: Path) -> list[str]:
    """Bring the index of a built site in line with `folder`; the files that were written or removed, by their paths.

    A file that is the same keeps its time.
    """
    changed = []
    target = site / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    there = {entry.name: entry.stat() for entry in os.scandir(target)}
    for entry in os.scandir(folder):
        status, old = entry.stat(), there.pop(entry.name, None)
        if old is None or (old.st_size, old.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
            shutil.copy2(entry.path, target / entry.name)
            changed.append(entry.name)
    for name in there:
        (target / name).unlink()
    return [f"{FOLDER}/{name}" for name in (*changed, *there)]


def remove_index(site: Path) -> list[str]:
    """Take away the index of a built site; the files that were removed."""
    there = [f"{FOLDER}/{path.name}" for path in (site / FOLDER).glob("*")]
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    return there


class Indexing:
    """An index in the making. `place` waits for it, and `stop` ends what nobody waits for any more."""

    def __init__(self, folder: Path, work: Callable[[], IndexResult] | None, *, apart: bool = False) -> None:
        """`apart` has it made in a process of its own, which takes the memory of two."""
        self._folder = folder
        self._failure: BaseException | None = None
        self._work = work
        # Elsewhere what was forked might write on for a moment when this process has been killed.
        self._call = ForkedCall(work) if work and apart and sys.platform == "linux" else None
        self._thread = threading.Thread(target=self._run, daemon=True)
        if work and not self._call:
            self._thread.start()

    def _run(self) -> None:
        assert self._work
        try:
            self._work()
        except BaseException as error:
            self._failure = error

    def stop(self) -> None:
        """End the process in which the index is made, if there is one."""
        if self._call:
            self._call.stop()

    def place(self, site: Path) -> list[str]:
        """Put the index into a built site; where none is wanted, take away the one that was there.

        Returns the files that were written or removed, by their paths.
        """
        if self._work is None:
            return remove_index(site)
        if self._call:
            self._call.wait()
        else:
            self._thread.join()
        if self._failure:
            raise self._failure
        return place_index(self._folder, site)


def indexing(plan: PagePlan, state: Path, *, wanted: bool, remember: bool, apart: bool = False) -> Indexing:
    """Begin to make the index of a planned site in the folder `state`, where that of the last run may lie.

    `apart` has it made in a process of its own.
    """

    def key_of(path: str) -> str:
        page = plan.pages.get(path)
        return page.key if page else ""

    def work() -> IndexResult:
        memory = state / MEMORY if remember else None
        return index_site(plan.site, folder, memory=memory, key_of=key_of)

    folder = state / "search-index"
    return Indexing(folder, work if wanted else None, apart=apart)
