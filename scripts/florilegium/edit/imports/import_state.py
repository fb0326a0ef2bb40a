"""`imports.lock`: what was imported from where, and how it read then.

So a later import knows on which side something changed. One thing a line, sorted, so that two branches merge line by
line. Ids of other programs are percent-encoded.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

from ...core.errors import CannotRun

IMPORT_STATE = "annotations/imports.lock"
_HEADER = "# imports.lock, version 1: written by florilegium import, not by hand"
_SAFE = ":/@!$&'()*+,;=?~"
_QUOTE = re.compile(r"quote (\S+) (\S+) ([^\s/]+/[^\s/]+) sha256:([0-9a-f]{64}) (\S+) (-|sha256:[0-9a-f]{64})")
_WORK = re.compile(r"work (\S+) (\S+) (\S+) sha256:([0-9a-f]{64})")
_LIBRARY = re.compile(r"library (\S+) ([0-9]{1,15})")


class QuoteEntry(NamedTuple):
    """A quote as it was when it was last imported."""

    address: str
    """`note-id/quote-id`."""
    words: str
    """SHA-256 of the words."""
    locator: str
    """The locator as it stands after the key, or an empty text."""
    comment: str
    """SHA-256 of the comment, or an empty text."""


class WorkEntry(NamedTuple):
    """A work as it was when it was last imported."""

    key: str
    item: str
    """SHA-256 of the CSL item without its key."""


class ImportState(NamedTuple):
    """Entries by the program and its own id."""

    quotes: Mapping[tuple[str, str], QuoteEntry] = {}
    works: Mapping[tuple[str, str], WorkEntry] = {}
    versions: Mapping[str, int] = {}
    """By library of Zotero, the version that was read last."""


def digest(text: str) -> str:
    """SHA-256, in hexadecimal digits, of a text whose white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def parse_import_state(text: str | None) -> ImportState:
    """Read the file; where there is none, nothing was imported.

    Raises `CannotRun` for a line that cannot be read: without it an import could overwrite what was written by hand.
    """
    quotes: dict[tuple[str, str], QuoteEntry] = {}
    works: dict[tuple[str, str], WorkEntry] = {}
    versions: dict[str, int] = {}
    for number, line in enumerate((text or "").removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if found := _QUOTE.fullmatch(line.rstrip()):
            comment = "" if found[6] == "-" else found[6].removeprefix("sha256:")
            locator = "" if found[5] == "-" else unquote(found[5])
            quotes[found[1], unquote(found[2])] = QuoteEntry(found[3], found[4], locator, comment)
        elif found := _WORK.fullmatch(line.rstrip()):
            works[found[1], unquote(found[2])] = WorkEntry(unquote(found[3]), found[4])
        elif found := _LIBRARY.fullmatch(line.rstrip()):
            versions[found[1]] = int(found[2])
        else:
            message = f"line {number} of {IMPORT_STATE} cannot be read"
            raise CannotRun(message, "restore the line from the history, or delete it")
    return ImportState(quotes, works, versions)


def render_import_state(state: ImportState) -> str:
    """The text of the file."""
    lines = [
        f"quote {tool} {quote(id_, safe=_SAFE)} {e.address} sha256:{e.words} {quote(e.locator, safe=_SAFE) or '-'} "
        + (f"sha256:{e.comment}" if e.comment else "-")
        for (tool, id_), e in state.quotes.items()
    ]
    lines += [
        f"work {tool} {quote(id_, safe=_SAFE)} {quote(e.key, safe=_SAFE)} sha256:{e.item}"
        for (tool, id_), e in state.works.items()
    ]
    lines += [f"library {name} {version}" for name, version in state.versions.items()]
    return "\n".join([_HEADER, *sorted(lines), ""])
