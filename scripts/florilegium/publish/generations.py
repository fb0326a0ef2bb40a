"""The next site, in a folder of its own: links to published files that did not change, copies of the rest."""

import json
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import system
from .disk_files import (
    FileStatus,
    FolderListing,
    copy_file,
    read_tree,
    read_whole,
    same_bytes,
    stamp,
    status,
    write_whole,
)
from .publish_errors import PublishError, shown
from .publish_targets import MARKER, MARKER_TEXT

FileRecord = tuple[int, ...]
"""A built file's size, times of modification and change (ns) and inode; its published file's time of
modification and inode. While all of them are the same, so are the bytes of both."""

_TEMPORARY = f"{MARKER}.tmp"
_STEP = 2_000_000_000
"""Nanoseconds: the coarsest step of a file system's clock (FAT). What changed within one step before it was
copied could change again without a new time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A folder and what lies in it."""

    folder: str
    tree: FolderListing

    def path(self, name: str) -> str:
        return f"{self.folder}/{name}"


def read_built(folder: str) -> _Side:
    """What the renderer made. Raises `PublishError` for what must not be published."""
    tree = read_tree(folder)
    if tree.others:
        more = f" (and {len(tree.others) - 1} more)" if len(tree.others) > 1 else ""
        raise PublishError(
            f"{shown(f'{folder}/{tree.others[0]}')}{more} is neither a file nor a folder",
            "links, pipes and devices are never published; put the file itself there, or delete it",
        )
    if not tree.files:
        raise PublishError(f"{shown(folder)} holds no file", "the renderer made nothing; see what it says")
    if MARKER in tree.files:
        raise PublishError(
            f"{shown(folder)} holds a file {MARKER}",
            "that name is the tool's own; rename the file, or delete it",
        )
    return _Side(folder=folder, tree=tree)


class _Recalled(NamedTuple):
    """How a file lies of which the records tell."""

    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_ino: int
    st_mode: int = stat.S_IFREG
    st_dev: int = 0


def recall_built(folder: str, records: "Records", written: Collection[str]) -> _Side | None:
    """What lies in a folder that was published, where nothing but these paths was written since; None to look at all.

    Looked at are these, and those of which the records are not sure.
    """
    files: dict[str, FileStatus] = {path: _Recalled(*record[:4]) for path, record in records.files.items()}
    for path in {*written, *records.unsure}:
        found = status(f"{folder}/{path}")
        if found is None:
            files.pop(path, None)
        elif stat.S_ISREG(found.st_mode):
            files[path] = found
        else:
            return None
    folders = _folders_of(files)
    # What was removed may have left a folder that holds nothing.
    if not files or MARKER in files or not folders.issuperset(_folders_of((*records.files, *records.unsure))):
        return None
    ordered = dict.fromkeys(sorted(folders.union(records.bare)))
    return _Side(folder=folder, tree=FolderListing(files=files, folders=ordered, others=()))


def read_site(folder: str, *, exists: bool = True) -> _Side:
    """What is published, without the marker."""
    tree = read_tree(folder) if exists else FolderListing(files={}, folders={}, others=())
    tree.files.pop(MARKER, None)
    return _Side(folder=folder, tree=tree)


# ---------------------------------------------------------------------------------------------------- records


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What was published from what. Only saves time: without it files are compared byte by byte."""

    files: Mapping[str, FileRecord]
    source: str = ""
    """The folder that was published, if it is known here what it holds."""
    unsure: tuple[str, ...] = ()
    """Files of it that had just been built: what is published of them may have the same times and other bytes."""
    bare: tuple[str, ...] = ()
    """Folders of it in which no file lies."""


def read_records(path: str) -> Records:
    """What is known of the last publication: perhaps nothing."""
    try:
        content: Any = json.loads(read_whole(path) or b"")
        files = {name: tuple(record) for name, record in content["files"].items()}
        unsure, bare = tuple(map(str, content["unsure"])), tuple(map(str, content["bare"]))
        return Records(files=files, source=str(content["source"]), unsure=unsure, bare=bare)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Records(files={})


def write_records(path: str, records: Records) -> None:
    # ASCII: a name that is no UTF-8 holds lone surrogates.
    known = {"format": 3, "files": records.files, "source": records.source}
    content = json.dumps({**known, "unsure": records.unsure, "bare": records.bare}, separators=(",", ":"))
    write_whole(path, content.encode("ascii"), f"{path}.tmp")


def _record(built: FileStatus, published: FileStatus) -> FileRecord:
    return (*stamp(built), published.st_mtime_ns, published.st_ino)


def make_records(built: _Side, placed: Mapping[str, FileStatus], now: int) -> Records:
    """The records of a publication that put the files of `built` where `placed` says, at a file system's time in ns."""
    tree = built.tree
    files = {
        path: _record(found, placed[path])
        for path, found in tree.files.items()
        if now - max(found.st_mtime_ns, found.st_ctime_ns) > _STEP
    }
    unsure = tuple(sorted(tree.files.keys() - files.keys()))
    bare = tuple(tree.folders.keys() - _folders_of(tree.files))
    return Records(files=files, source=built.folder, unsure=unsure, bare=bare)


def _folders_of(paths: Iterable[str]) -> set[str]:
    """The folders in which files lie, and those above them."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def is_as_recorded(site: FolderListing, records: Records, mode: int) -> bool:
    """Whether a published folder is what the records say, as far as they are sure."""
    files = records.files
    return (
        site.files.keys() == files.keys() | set(records.unsure)
        and not site.others
        and all(
            (found := site.files[path]).st_mode == mode
            and (found.st_size, found.st_mtime_ns, found.st_ino) == (record[0], *record[4:])
            for path, record in files.items()
        )
        and site.folders.keys() == _folders_of(site.files) | set(records.bare)
    )


def find_recorded(built: _Side, site: _Side, records: Records, mode: int) -> set[str]:
    """The published files of which the records say that they hold what was built."""
    known, published = records.files, site.tree.files
    return {
        path
        for path, found in built.tree.files.items()
        if path in known
        and (there := published.get(path)) is not None
        and _fits(found, there, mode)
        and known[path] == _record(found, there)
    }


def find_same(built: _Side, site: _Side, known: set[str], mode: int) -> set[str]:
    """The other published files that hold what was built: they are read."""
    return {path for path in built.tree.files.keys() - known if _is_same(path, built, site, mode)}


def is_current(built: FolderListing, site: FolderListing, kept: set[str]) -> bool:
    """Whether what was built is published already, if these files are."""
    return (
        built.files.keys() == site.files.keys() == kept
        and built.folders.keys() == site.folders.keys()
        and not site.others
    )


def _fits(built: FileStatus, published: FileStatus, mode: int) -> bool:
    return built.st_size == published.st_size and published.st_mode == mode


# ---------------------------------------------------------------------------------------------------- filling


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a generation was made of."""

    records: Records
    kept: frozenset[str]
    """Paths of files that are the published ones."""
    copied: tuple[str, ...]
    touched: frozenset[str]
    """Paths of folders with new entries, below the generation; the generation itself is the empty string."""


def write_marker(folder: str) -> os.stat_result:
    """Mark a folder as the tool's own; the marker's status tells this file system's time, and file modes."""
    path = f"{folder}/{MARKER}"
    write_whole(path, MARKER_TEXT, f"{folder}/{_TEMPORARY}")
    return system.path_status(path)


def is_beginning(names: set[str]) -> bool:
    """Whether a folder of these entries is one that a killed run had only just made."""
    return names <= {MARKER, _TEMPORARY}


def fill_generation(folder: str, marker: os.stat_result, built: _Side, site: _Side, kept: set[str]) -> Filled:
    """Bring a marked folder, whatever it holds, in line with what was built.

    The files of the site that are `kept` are linked, and never written to. What was built is copied, and never linked:
    the renderer writes there in place.
    """
    present = read_site(folder)
    in_place = {path for path in kept if _is_in_place(path, present, site)}
    touched = _clear(present, built, in_place)
    for path in kept - in_place:
        if not _link(site.path(path), present.path(path)):
            kept.remove(path)
    placed = {
        path: site.tree.files[path] if path in kept else copy_file(built.path(path), found, present.path(path))
        for path, found in built.tree.files.items()
    }
    return Filled(
        records=make_records(built, placed, marker.st_mtime_ns),
        kept=frozenset(kept),
        copied=tuple(sorted(built.tree.files.keys() - kept)),
        touched=touched.union(os.path.dirname(path) for path in built.tree.files.keys() - in_place),
    )


def _is_same(path: str, built: _Side, site: _Side, mode: int) -> bool:
    found, published = built.tree.files[path], site.tree.files.get(path)
    return (
        published is not None and _fits(found, published, mode) and same_bytes(built.path(path), found, site.path(path))
    )


def _is_in_place(path: str, present: _Side, site: _Side) -> bool:
    found = present.tree.files.get(path)
    there = site.tree.files[path]
    return found is not None and (found.st_ino, found.st_dev) == (there.st_ino, there.st_dev)


def _link(source: str, target: str) -> bool:
    # Some file systems know no links, some systems forbid links to other people's files: a copy is as good.
    try:
        system.link(source, target)
    except OSError:
        return False
    return True


def _clear(present: _Side, built: _Side, in_place: set[str]) -> frozenset[str]:
    """Remove all but what is in place, make the missing folders; the folders whose entries changed."""
    before, after = present.tree.folders, built.tree.folders
    removed = [*present.tree.others, *(path for path in present.tree.files if path not in in_place)]
    for path in removed:
        system.remove_file(present.path(path))
    closed = [path for path in reversed(before) if path not in after]
    for path in closed:
        system.remove_folder(present.path(path))
    opened = [path for path in after if path not in before]
    for path in opened:
        system.make_folder(present.path(path), 0o755)
    parents = {os.path.dirname(path) for path in (*removed, *closed, *opened)}
    return frozenset((parents | set(opened)) - set(closed))
