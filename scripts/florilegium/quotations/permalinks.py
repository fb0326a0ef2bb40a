"""Which addresses were published: `permalinks.lock`, and which of them a library has no longer.

Readers cite the address of a note, a quotation or a theme. So each that was ever published is listed, and one that
is gone must lead on to another. The addresses are from the root of the site: `notes/x/`, `notes/x/#q-y`, `themes/z/`.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.lock_entries import Permalink
from ..core.model import Library, Status
from ..core.spans import LineTable, Span
from .lock_file import CONFLICT, malformed

PERMALINKS = "permalinks.lock"
"""The file's name under `annotations/`."""

PERMALINKS_HEADER = (
    "# permalinks.lock: addresses that were published; written by florilegium links --record, not by hand"
)

_ADDRESS = re.compile(r"(notes|themes)/([a-z0-9-]{1,64})/(?:#(q-[a-z0-9-]{1,64}))?")
_AGAIN = "restore the line from the history; florilegium links --record adds what is missing"
_MOST_REDIRECTS = 20


class _Vanished(NamedTuple):
    """A published address that the library has no longer."""

    permalink: Permalink
    end: str
    """The page that the redirects of the library lead to; that of the address itself where there is none."""
    page_exists: bool
    """Whether that page is there, and only the quotation is not."""


def permalinks_of(library: Library) -> Iterator[str]:
    """The permanent addresses of everything that a library publishes: drafts are not."""
    for note in library.notes:
        if note.status is Status.PUBLISHED:
            yield f"notes/{note.id}/"
            yield from (f"notes/{note.id}/#q-{quote.id}" for quote in note.quotes if quote.id)
    yield from (f"themes/{theme.id}/" for theme in library.themes)


def find_vanished(library: Library, current: Container[str] | None = None) -> Iterator[_Vanished]:
    """The published addresses that lead nowhere now, the redirects of `library.yml` followed.

    `current` are the addresses that the library has; without it they are found in its notes.
    """
    if current is None:
        current = frozenset(permalinks_of(library))
    for permalink in library.permalinks:
        page, _, fragment = permalink.address.partition("#")
        end = _follow(page.rstrip("/"), library.settings.redirects)
        if (f"{end}/#{fragment}" if fragment else f"{end}/") not in current:
            yield _Vanished(permalink, end, f"{end}/" in current)


def _follow(page: str, redirects: Mapping[str, str]) -> str:
    for _ in range(_MOST_REDIRECTS):
        if page not in redirects:
            break
        page = redirects[page]
    return page


def render_permalinks(addresses: Iterable[str]) -> str:
    """The text of the file: one address a line, sorted, so that two branches merge line by line."""
    return "\n".join([PERMALINKS_HEADER, *sorted(set(addresses)), ""])


def parse_permalinks(table: LineTable) -> tuple[tuple[Permalink, ...], tuple[Diagnostic, ...]]:
    """Read the file. A line that is no address is reported and left out; one that is there twice counts once."""
    found: dict[str, Permalink] = {}
    problems = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", table.text.removeprefix("\ufeff")), 1):
        if not line.strip() or (number == 1 and line.startswith("#")):
            continue
        span = Span(table.path, number, 1, number, 1 + len(line))
        if CONFLICT.match(line):
            problems.append(malformed("a merge left its conflict in the file", span, _MERGED))
        elif _ADDRESS.fullmatch(line):
            found.setdefault(line, Permalink(address=line, span=span))
        else:
            problems.append(
                malformed(f"{quoted(line)} is not the address of a note, a quotation or a theme", span, _AGAIN)
            )
    return tuple(found.values()), tuple(problems)


_MERGED = "keep the lines of both sides, and delete those with <<<<<<<, ======= and >>>>>>>"
