"""The manifest of generated pages: which files the tool wrote, made from what, and what they held.

A file of lines, each a JSON array. A page's record has its path, the digest of what it was made from, the
SHA-256 of its bytes and the file's stamp; an *intent*, of path and SHA-256 alone, is appended before a page
is written. So after a run that was killed in the middle every file that it wrote is still known as the tool's
own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import system
from .disk_files import APPEND, read_whole, write_all, write_whole

_RESERVED = frozenset('\\:*?"<>|')
_NO_NAMES = frozenset(("", ".", ".."))
_RECORD = (str, str, str, int, int, int, int)
_INTENT = (str, str)
"""The types of what stands in a line."""
_HEADER = '["florilegium pages",1]'


@dataclass(frozen=True, slots=True)
class ManifestRecord:
    """What is known of one page as it was last written."""

    key: str
    digest: str
    """SHA-256 of the bytes."""
    stamp: tuple[int, ...]
    """See `files.Stamp`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    records: Mapping[str, ManifestRecord]
    intents: Mapping[str, frozenset[str]]
    """Path → digests of a run that did not come to its end."""
    lost: bool
    """Whether there was no manifest, or none that can be read."""

    def has_written(self, path: str, digest: str) -> bool:
        """Whether the tool wrote a file of these bytes there."""
        record = self.records.get(path)
        return (record is not None and record.digest == digest) or digest in self.intents.get(path, ())


def is_page_path(path: str) -> bool:
    """Whether a path stays below its root and means one file on every system."""
    parts = path.split("/")
    return path.isprintable() and _RESERVED.isdisjoint(path) and _NO_NAMES.isdisjoint(parts)


def read_manifest(path: str) -> Manifest:
    """Read a manifest. Never trusts it: a path that leads out of the root is as good as not there.

    Raises `OSError`: what cannot be read is not lost, and without it the tool's pages pass for somebody's.
    """
    lines = (read_whole(path) or b"").decode("ascii", "replace").split("\n")
    records: dict[str, ManifestRecord] = {}
    intents: dict[str, frozenset[str]] = {}
    lost = _HEADER not in lines[:1]
    for line in _parse_lines(lines):
        if not isinstance(line, list) or tuple(map(type, line)) not in (_RECORD, _INTENT) or not is_page_path(line[0]):
            continue
        page, key, *more = line
        if more:
            records[page] = ManifestRecord(key, more[0], tuple(more[1:]))
        else:
            intents[page] = intents.get(page, frozenset()) | {key}
    return Manifest(records=records, intents=intents, lost=lost)


def _parse_lines(lines: list[str]) -> list[Any]:
    try:
        # One call for twenty thousand lines.
        parsed = json.loads(f"[{','.join(line for line in lines if line)}]")
        return parsed if isinstance(parsed, list) else []
    except (ValueError, RecursionError):
        return [value for line in lines for value in _parse_line(line)]


def _parse_line(line: str) -> list[Any]:
    # A line that was being written when the run was killed is cut short.
    try:
        return [json.loads(line)]
    except (ValueError, RecursionError):
        return []


def write_manifest(path: str, records: Mapping[str, ManifestRecord]) -> None:
    lines = (_line(name, record.key, record.digest, *record.stamp) for name, record in sorted(records.items()))
    content = "".join(f"{line}\n" for line in (_HEADER, *lines))
    write_whole(path, content.encode("ascii"), f"{path}.tmp")


def _line(*values: str | int) -> str:
    return json.dumps(values, separators=(",", ":"))


class Journal:
    """Appends intents to a manifest, opened with the first: a run without changes writes nothing."""

    __slots__ = ("_descriptor", "_path")

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None

    def announce(self, page: str, digest: str) -> None:
        """Say what is about to be written, so that it is known as ours whatever happens next."""
        if self._descriptor is None:
            self._descriptor = system.open_file(self._path, APPEND, 0o644)
            # The last line of a killed run may lack its end.
            write_all(self._descriptor, b"\n")
        write_all(self._descriptor, f"{_line(page, digest)}\n".encode())

    def close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            system.close_file(descriptor)
