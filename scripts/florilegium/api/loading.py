"""Loading a library from its folder."""

from dataclasses import dataclass
from itertools import chain
from os import PathLike
from pathlib import Path

from ..check.checking import Options, check_library, find_root
from ..core.diagnostics import Diagnostic
from ..core.errors import CannotRun
from ..core.executors import parse_executor
from ..site.data_files.unformatted import unformatted_site
from ..site.planning import format_citations
from .collection import Collection, Notice, OpenedLibrary, Problem
from .nouns import Note, Quote, Source, Theme


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Library:
    """A library as it was when it was loaded: what was published in it, linked, and what is wrong with it."""

    _opened: OpenedLibrary
    _problems: tuple[Diagnostic, ...]
    root: Path
    """The folder that holds `annotations/`."""

    @property
    def title(self) -> str:
        return self._opened.links.library.settings.title

    @property
    def notes(self) -> Collection[Note]:
        """The notes by id."""
        return Collection(Note(self._opened, note) for note in self._opened.links.notes.values())

    @property
    def themes(self) -> Collection[Theme]:
        """The themes by id."""
        return Collection(Theme(self._opened, theme) for theme in self._opened.links.themes.values())

    @property
    def quotes(self) -> Collection[Quote]:
        """All quotes by id, `note-id/quote-id`, note by note."""
        return Collection(Quote(self._opened, quote) for quote in self._opened.links.quotes)

    @property
    def sources(self) -> Collection[Source]:
        """The works by citation key: all that are listed, cited or not, except those that a draft alone lists."""
        links = self._opened.links
        own = (source for note in links.notes.values() for source in note.sources)
        listed = {source.key for source in chain(links.library.sources, own)} | links.cited_by.keys()
        return Collection(Source(self._opened, source) for key, source in links.sources.items() if key in listed)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The content notices that the library declares."""
        declared = self._opened.links.notices.values()
        return tuple(Notice(notice.id, notice.label, notice.description) for notice in declared)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What `florilegium check` finds."""
        return tuple(
            Problem(*found.span[:3], found.severity.value, found.rule, found.message, found.help)
            for found in self._problems
        )

    def __repr__(self) -> str:
        links = self._opened.links
        quotes = sum(len(note.quotes) for note in links.notes.values())
        return f"<Library {self.title!r}: {len(links.notes):,} notes, {len(links.themes):,} themes, {quotes:,} quotes>"


def load(path: str | PathLike[str] = ".", *, executor: str = "serial") -> Library:
    """Read, link and check the library in the folder `path`, or in one above it.

    A library with errors is loaded all the same: look at `library.problems`. Citations are formatted by Pandoc when
    one is first asked for, which may take a second or two; the results are kept for the next time.

    `executor` says where a large library is read: `serial`, `processes`, or `dask://HOST:PORT` for a cluster of Dask.
    With `processes`, a script needs the guard `if __name__ == "__main__":`.

    Raises `FileNotFoundError` where there is no library, that is, no folder `annotations/`.
    """
    try:
        root = find_root(Path(path).absolute())
    except CannotRun as error:
        raise FileNotFoundError(str(error)) from None
    options = Options(root=root, executor=parse_executor(executor))
    checked = check_library(options)
    site = unformatted_site(checked.links, lambda: format_citations(checked.links, options))
    return Library(OpenedLibrary(site), checked.diagnostics, root)
