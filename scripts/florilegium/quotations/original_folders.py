"""Originals in folders: files named by citation key, or the attachments of an export of Zotero."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from .originals import ORIGINAL_SUFFIXES

_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)
_FILE = re.compile(r"^\s*(?:file|local-url)\s*=\s*[{\"](.*?)[}\"]\s*,?\s*$", re.MULTILINE | re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w.-]+")


def find_originals(folder: Path, keys: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder that belong to keys; of several for one key, those of every kind that can be read."""
    by_stem = {_UNSAFE.sub("-", key).casefold(): key for key in keys}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ORIGINAL_SUFFIXES and path.is_file():
            key = by_stem.get(_UNSAFE.sub("-", path.stem).casefold())
            if key is not None:
                yield key, path
    for export in sorted(folder.glob("*.bib")):
        yield from _attachments(export, keys)


def _attachments(export: Path, keys: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files that an export in BibTeX names: `files/12/Doe 2009.pdf`, alone or between colons."""
    text = export.read_text(encoding="utf-8", errors="replace")
    starts = [*_ENTRY.finditer(text)]
    for entry, following in zip(starts, [*(m.start() for m in starts[1:]), len(text)], strict=True):
        if entry[1] not in keys:
            continue
        for field in _FILE.finditer(text, entry.end(), following):
            for part in re.split(r"(?<!\\)[;:]", field[1]):
                path = export.parent / unquote(part.replace("\\:", ":").replace("\\;", ";").replace("\\_", "_"))
                if path.suffix.lower() in ORIGINAL_SUFFIXES and path.is_file():
                    yield entry[1], path
