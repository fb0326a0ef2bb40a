"""Loading a library from its folder."""

from dataclasses import dataclass
from itertools import chain
from os import PathLike
from pathlib import Path

from ..check.checking import Options, check, find_root
from ..core.diagnostics import Diagnostic
from ..core.errors import CannotRun
from ..site.data_files import unformatted_site
from ..site.planning import format_citations
from .collection import Notice, Problem, Shelf, Things
from .nouns import Note, Quote, Source, Theme

__all__ = ["Library", "load"]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Library:
    """A library as it was when it was loaded: what was published in it, linked, and what is wrong with it."""

    _shelf: Shelf
    _problems: tuple[Diagnostic, ...]
    root: Path
    """The folder that holds `annotations/`."""

    @property
    def title(self) -> str:
        return self._shelf.links.library.settings.title

    @property
    def notes(self) -> Things[Note]:
        """The notes by id."""
        return Things(Note(self._shelf, note) for note in self._shelf.links.notes.values())

    @property
    def themes(self) -> Things[Theme]:
        """The themes by id."""
        return Things(Theme(self._shelf, theme) for theme in self._shelf.links.themes.values())

    @property
    def quotes(self) -> Things[Quote]:
        """All quotes by id, `note-id/quote-id`, note by note."""
        return Things(Quote(self._shelf, quote) for quote in self._shelf.links.quotes)

    @property
    def sources(self) -> Things[Source]:
        """The works by citation key: all that are listed, cited or not, except those that a draft alone lists."""
        links = self._shelf.links
        own = (source for note in links.notes.values() for source in note.sources)
        listed = {source.key for source in chain(links.library.sources, own)} | links.cited_by.keys()
        return Things(Source(self._shelf, source) for key, source in links.sources.items() if key in listed)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The content notices that the library declares."""
        declared = self._shelf.links.notices.values()
        return tuple(Notice(notice.id, notice.label, notice.description) for notice in declared)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What `florilegium check` finds."""
        return tuple(
            Problem(
                found.span.path,
                found.span.line,
                found.span.column,
                found.severity.value,
                found.rule,
                found.message,
                found.help,
            )
            for found in self._problems
        )

    def __repr__(self) -> str:
        links = self._shelf.links
        quotes = sum(len(note.quotes) for note in links.notes.values())
        return f"<Library {self.title!r}: {len(links.notes):,} notes, {len(links.themes):,} themes, {quotes:,} quotes>"


def load(path: str | PathLike[str] = ".") -> Library:
    """Read, link and check the library in the folder `path`, or in one above it.

    A library with errors is loaded all the same: look at `library.problems`. Citations are formatted by Pandoc when
    one is first asked for, which may take a second or two; the results are kept for the next time.

    Raises `FileNotFoundError` where there is no library, that is, no folder `annotations/`.
    """
    try:
        root = find_root(Path(path).absolute())
    except CannotRun as error:
        raise FileNotFoundError(str(error)) from None
    # Processes of one's own would need a guard in every script; reading takes a little longer without.
    options = Options(root=root, executor=None)
    checked = check(options)
    site = unformatted_site(checked.links, lambda: format_citations(checked.links, options))
    return Library(Shelf(site), checked.diagnostics, root)
