"""Keys of pages, kept from run to run: after an edit of prose, those stay of which no page shows the changed sentence.

A key depends on the outline of the whole library (its settings, works and themes, and of each note all but its prose),
and on digests of what pages show of the prose of notes. So while the outline is the same, and of the notes that have
changed these digests are known from the last run, it is clear which of them changed, and on which pages they stand.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol

from ...core.model import Note
from ...core.store import Kept, Store, pickled, unpickled
from .note_outlines import outline_of
from .page_inputs import PageInputs, inputs_digest

_KIND = "page keys"


class Keyed(Protocol):
    """A page of which the key may be known."""

    known: str


class _Last(NamedTuple):
    """What the last run has kept."""

    notes: Mapping[str, tuple[str, str, str]]
    """By path: the digest of a note's file, that of its outline, and the basis of what is kept of it."""
    keys: Mapping[str, str]
    """By the path of a page."""


class Given(NamedTuple):
    """Keys that hold, and those that may not."""

    keys: Mapping[str, str]
    """By the path of a page."""
    changed: set[str]
    """The pages of which the keys are to be made again."""


class KeptKeys:
    """The keys of the last run, and the outline for which they hold."""

    def __init__(self, inputs: PageInputs, store: Store) -> None:
        self._inputs = inputs
        self._store = store
        self._kept = store.load(_KIND, [_KIND]).get(_KIND)
        found = unpickled(self._kept.value) if self._kept else None
        self._last = found if isinstance(found, _Last) else _Last({}, {})
        self._outlines: dict[str, str] = {}

    def outline(self, note: Note) -> str:
        """The digest of a note's outline."""
        if note.path not in self._outlines:
            digest, outline, _ = self._last.notes.get(note.path, ("", "", ""))
            self._outlines[note.path] = outline if note.digest and digest == note.digest else outline_of(note)
        return self._outlines[note.path]

    @cached_property
    def outlines(self) -> str:
        """A digest of the outline of the library; empty where how citations are printed cannot be compared."""
        inputs = self._inputs
        links, bibliography = inputs.links, inputs.site.bibliography
        if not bibliography.edition:
            return ""
        records = sorted((address, state.identity) for address, state in links.records.items())
        entries = [(entry.quote, entry.key) for entry in links.library.verifications]
        themes = [(theme.path, theme.digest) for theme in links.themes.values()]
        notes = [(note.path, self.outline(note)) for note in links.notes.values()]
        return inputs_digest(
            [inputs.common, bibliography.edition, list(links.sources), records, entries, themes, notes]
        )

    def given(self) -> "Given | None":
        """The keys of the last run, while the outline is that of then; None where all must be made anew."""
        if not self.outlines or self._kept is None or self._kept.digest != self.outlines:
            return None
        changed: set[str] = set()
        for note in self._inputs.links.notes.values():
            digest, _, basis = self._last.notes[note.path]
            if not note.digest or digest != note.digest:
                found = self._changed_by(note, basis)
                if found is None:
                    return None
                changed.update(found)
        return Given(self._last.keys, changed & self._last.keys.keys())

    def _changed_by(self, note: Note, basis: str) -> set[str] | None:
        """The pages that may show what has changed in a note; None where those cannot be told."""
        pages = {f"notes/{note.id}.md"}
        before = self._inputs.kept.last(note, basis)
        for name, digest in before.items():
            if digest != self._inputs.fact(note, name):
                shown = self._showing(note, *name.split(" ", 1))
                if shown is None:
                    return None
                pages.update(shown)
        return pages if before else None

    def _showing(self, note: Note, about: str, more: str = "") -> Iterable[str] | None:
        """The pages that show something of a note, by its name among the digests; None for all."""
        site = self._inputs.site
        match about:
            case "note" | "about" | "keys":
                return ()
            case "opening":
                return self._of_work(note.source.id) if note.source else ()
            case "linking":
                return (f"notes/{more}.md", f"themes/{more}.md")
            case "citing":
                cited = site.links.cited_by.get(more)
                return (*self._of_work(more), *(f"notes/{one.id}.md" for one in (cited.summarised if cited else ())))
        return None

    def _of_work(self, key: str) -> tuple[str]:
        return (f"works/{self._inputs.site.addresses.work_slug(key)}.md",)

    def keep(self, pages: Mapping[str, Keyed]) -> None:
        """Keep the keys, if all of them are known by now."""
        keys = {path: page.known for path, page in pages.items()}
        if not self.outlines or not all(keys.values()):
            return
        bases, last = self._inputs.kept.bases, self._last.notes
        notes = {
            note.path: (note.digest, self.outline(note), bases.get(note.path) or last.get(note.path, ("", "", ""))[2])
            for note in self._inputs.links.notes.values()
        }
        kept = Kept(self.outlines, pickled(_Last(notes, keys)))
        if kept != self._kept:
            self._store.save(_KIND, {_KIND: kept})
            self._kept = kept
