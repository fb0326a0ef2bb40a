"""A work as it is named on a command line: a key, an identifier, a file, or the reference itself."""

import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core.diagnostics import plain, quoted
from ..core.errors import CannotRun
from .program import tell

if TYPE_CHECKING:
    from ..edit.drafts.requested_works import KnownWork
    from ..library.links import Links

WORK = "a citation key of this library, a DOI, PMID, ISBN or arXiv id, a file, or - to paste BibTeX, RIS or CSL"
_MOST = 4_000_000
"""Bytes of a file with one work that are read."""
_PATH = re.compile(r"[/\\]|\.(?:bib|ris|json|ya?ml|nbib|txt|enw)\Z", re.IGNORECASE)


def linked_library(root: Path) -> "Links":
    """The library as it is, right or wrong: a new note or work may be what fixes it."""
    from ..library.links import resolve_links
    from ..library.reading import read_library

    return resolve_links(read_library(root).library)


def requested_work(links: "Links", given: str, other: "KnownWork | None" = None) -> "KnownWork":
    """The work that an option or an answer names, as `WORK` says; `other` is to be listed beside it."""
    from ..edit.drafts.requested_works import fetch_work, find_identifier, find_work, parse_work, resolve_key
    from ..works.registries.lookups import parse_work_identifier

    given = given.strip()
    if given == "-":
        given = _read_pasted().strip()
    if given in links.sources:
        return resolve_key(links, given)
    if given.startswith(("@", "{", "[", "TY  -", "- id:")) or "\n" in given:
        return find_work(links, parse_work(given), other)
    if _is_file(given):
        return find_work(links, parse_work(_read_file(Path(given))), other)
    if identifier := parse_work_identifier(given):
        known = find_identifier(links, identifier)
        if known is None:
            tell(f"asking {identifier.registry} about {identifier}")
            known = find_work(links, fetch_work(identifier), other)
        return known
    if _PATH.search(given):
        raise CannotRun(f"there is no file {quoted(given)}", "compare the path, or give the work's DOI")
    return resolve_key(links, given)


def is_asked() -> bool:
    """Whether there is a person at a terminal who can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _read_pasted() -> str:
    """What stands on the standard input."""
    if is_asked():
        click.echo("Paste the work, and end with Ctrl-D on a line of its own:", err=True)
    return _decode(sys.stdin.buffer.read(_MOST + 1), "what was pasted")


def _is_file(given: str) -> bool:
    """Whether a text names a file or a pipe. What cannot be the name of any is none."""
    with suppress(OSError, ValueError):
        return Path(given).exists() and not Path(given).is_dir()
    return False


def _read_file(path: Path) -> str:
    with path.open("rb") as file:
        return _decode(file.read(_MOST + 1), plain(str(path)))


def _decode(data: bytes, where: str) -> str:
    if len(data) > _MOST:
        raise CannotRun(f"{where} is larger than {_MOST:,} bytes", "give one work alone")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotRun(f"{where} is not UTF-8: byte {error.start}", "save it with the encoding UTF-8") from None
