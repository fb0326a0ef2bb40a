"""Digests of what pages show of each note and theme, kept from run to run by document.

A document's digests hold while its file is the same, and everything that they consult outside it: how its citations
are printed, what is known of its works and of the states of its quotations, and the settings of the library.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from ...core.model import Note, Theme
from ...core.store import Kept, Store, pickled, unpickled

_KIND = "digests"
_VIEWS = "gathered digests"
_T = TypeVar("_T", str, list[str])


class KeptDigests:
    """Digests by document and name; each is made when it is asked for and not kept."""

    def __init__(
        self, store: Store, quick: Callable[[Note | Theme], str], thorough: Callable[[Note | Theme], str]
    ) -> None:
        """`quick` and `thorough` give a digest of all that bears on a document's digests.

        The first is cheap, and says of the same things that they changed where only something else did; it may be
        empty, and then says nothing.
        """
        self._store = store
        self._quick = quick
        self._thorough = thorough
        self._kept = store.load(_KIND)
        self.bases: dict[str, str] = {}
        """By path, what the digests of the documents that were asked for depend on."""
        self._outdated: dict[str, Kept] = {}
        self._found: dict[str, dict[str, Any]] = {}
        self._changed: set[str] = set()
        self._views = store.load(_VIEWS)
        self._new_views: dict[str, Kept] = {}

    def get(self, document: Note | Theme, name: str, make: Callable[[], _T]) -> _T:
        """One of a document's digests, or a list of them."""
        found = self._found.get(document.path)
        if found is None:
            found = self._found[document.path] = self._load(document)
        if name not in found:
            self._changed.add(document.path)
            found[name] = make()
        value: _T = found[name]
        return value

    def last(self, document: Note | Theme, basis: str) -> dict[str, Any]:
        """The digests of a document that the last run kept, if they had that basis; nothing where they still hold."""
        kept = self._kept.get(document.path) or self._outdated.get(document.path)
        found = unpickled(kept.value) if kept and kept.digest == basis else None
        return found if isinstance(found, dict) else {}

    def gathered(self, name: str, basis: str, make: Callable[[], str]) -> str:
        """A digest that is gathered from the whole library, which takes long: made where its basis has changed."""
        kept = self._views.get(name)
        if kept is None or kept.digest != basis:
            kept = self._views[name] = Kept(basis, make().encode())
            self._new_views[name] = kept
        return kept.value.decode()

    def _load(self, document: Note | Theme) -> dict[str, Any]:
        kept = self._kept.pop(document.path, None)
        quick = self._quick(document)
        before, _, thorough = kept.digest.partition(" ") if kept else ("", "", "")
        if not quick or quick != before:
            now = self._thorough(document)
            if kept and now != thorough:
                self._outdated[document.path] = kept
                kept = None
            thorough = now
            self._changed.add(document.path)
        self.bases[document.path] = f"{quick} {thorough}"
        found = unpickled(kept.value) if kept else None
        return found if isinstance(found, dict) else {}

    def keep(self) -> None:
        """Keep what is new. What was not asked for in this run is kept no more where its document changed."""
        changed = {path: Kept(self.bases[path], pickled(self._found[path])) for path in self._changed}
        if changed:
            self._store.save(_KIND, changed)
        if self._new_views:
            self._store.save(_VIEWS, self._new_views)
        self._changed.clear()
        self._new_views.clear()
