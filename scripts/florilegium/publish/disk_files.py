"""Whole files and whole trees: read, written, copied, compared and listed, never through a link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from . import system
from .publish_errors import PublishError, shown

_CHUNK = 1 << 20
_ALWAYS = os.O_CLOEXEC | os.O_NOFOLLOW
READ = os.O_RDONLY | _ALWAYS | os.O_NONBLOCK
"""Flags to read with. Without waiting: nobody may ever write to a pipe that lies in a file's place."""
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _ALWAYS


class FileStatus(Protocol):
    """What is asked of how a file lies: the names are those of `os.stat_result`."""

    @property
    def st_mode(self) -> int: ...
    @property
    def st_dev(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...
    @property
    def st_ctime_ns(self) -> int: ...
    @property
    def st_ino(self) -> int: ...


Stamp = tuple[int, int, int, int]
"""Size, time of modification, time of change (both in ns) and inode: while it stays, so do a file's bytes.

The time of change cannot be set by a program, so that a file with a copied time of modification is noticed
too.
"""


def stamp(status: FileStatus) -> Stamp:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def status(path: str) -> os.stat_result | None:
    """What lies at a path (a link, not its target), or None."""
    try:
        return system.path_status(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_folder(path: str) -> bool:
    """Whether a real folder lies there, not a link to one."""
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


@contextmanager
def opened(path: str, flags: int, mode: int = 0o644) -> Iterator[int]:
    """A file descriptor for the length of a block."""
    descriptor = system.open_file(path, flags, mode)
    try:
        yield descriptor
    except BaseException:
        # An error in closing would hide the first one.
        with suppress(OSError):
            system.close_file(descriptor)
        raise
    system.close_file(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[system.write_some(descriptor, rest) :]


def _read_all(descriptor: int) -> Iterator[bytes]:
    while chunk := system.read_some(descriptor, _CHUNK):
        yield chunk


def read_whole(path: str) -> bytes | None:
    """The bytes of a regular file; None where there is no file. A link or a pipe raises `OSError`."""
    try:
        with opened(path, READ) as descriptor:
            if not stat.S_ISREG(system.file_status(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", path)
            return b"".join(_read_all(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_whole(path: str, data: bytes, temporary: str, *, durable: bool = False) -> None:
    """Put a file in its place in one step: readers find the old bytes or the new ones.

    `temporary` is a path in the same folder; a file of that name is a leftover, and replaced.
    """
    with suppress(FileNotFoundError):
        system.remove_file(temporary)
    try:
        with opened(temporary, CREATE) as descriptor:
            write_all(descriptor, data)
            if durable:
                system.sync_file(descriptor)
        system.move(temporary, path)
    except BaseException:
        with suppress(OSError):
            system.remove_file(temporary)
        raise


def make_folders(path: str) -> None:
    """Make a folder and those above it."""
    if path and status(path) is None:
        make_folders(os.path.dirname(path))
        with suppress(FileExistsError):
            system.make_folder(path, 0o755)


def sync_path(path: str) -> None:
    """Force a file, or the entries of a folder, to disk."""
    with opened(path, READ) as descriptor:
        system.sync_file(descriptor)


def _check_unchanged(descriptor: int, path: str, expected: FileStatus) -> None:
    if stamp(system.file_status(descriptor)) != stamp(expected):
        raise PublishError(
            f"{shown(path)} changed while it was being published",
            "let nothing write to that folder meanwhile, and build again",
        )


@contextmanager
def _unchanging(path: str, expected: FileStatus) -> Iterator[int]:
    """A file to read that must be, and stay, the one that was seen before."""
    with opened(path, READ) as descriptor:
        _check_unchanged(descriptor, path, expected)
        yield descriptor
        _check_unchanged(descriptor, path, expected)


def copy_file(source: str, expected: FileStatus, target: str) -> os.stat_result:
    """Copy a file to a path where nothing lies; the status of the copy.

    Raises `PublishError` when the source is no longer what `expected` says.
    """
    with _unchanging(source, expected) as reading, opened(target, CREATE) as writing:
        for chunk in _read_all(reading):
            write_all(writing, chunk)
        return system.file_status(writing)


def same_bytes(source: str, expected: FileStatus, other: str) -> bool:
    """Whether two files of one size hold the same bytes; raises as `copy_file` does."""
    with _unchanging(source, expected) as first, opened(other, READ) as second:
        while chunk := system.read_some(first, _CHUNK):
            if system.read_some(second, len(chunk)) != chunk:
                return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """What lies in a folder. Paths are relative to it, with `/`; a folder comes before what it holds."""

    files: dict[str, FileStatus]
    folders: dict[str, None]
    """In order, as a set that keeps it."""
    others: tuple[str, ...]
    """Links, pipes, sockets and devices."""


def read_tree(root: str) -> FolderListing:
    """List a folder without following a link."""
    files: dict[str, FileStatus] = {}
    folders: dict[str, None] = {}
    others: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in system.list_folder(f"{root}/{prefix}"):
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                folders[path] = None
                waiting.append(f"{path}/")
                continue
            found = system.path_status(entry.path)
            if stat.S_ISREG(found.st_mode):
                files[path] = found
            else:
                others.append(path)
    return FolderListing(files=files, folders=folders, others=tuple(sorted(others)))


def list_site(folder: Path) -> Iterator[str]:
    """The files of a site, by their paths from its root."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        way = Path(parent).relative_to(folder).as_posix()
        yield from (name if way == "." else f"{way}/{name}" for name in names)
