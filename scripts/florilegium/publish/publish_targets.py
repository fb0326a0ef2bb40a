"""Where a site may be published: the marker of folders that the tool made, and the places it keeps out of."""

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import system
from .disk_files import read_whole, status
from .publish_errors import PublishError, reported, shown

MARKER = ".florilegium-site"
"""Name of the file that tells that the tool made a folder, which it therefore may replace."""

_FIRST_LINE = b"florilegium site, format 1\n"
MARKER_TEXT = _FIRST_LINE + (
    b"This folder is made by florilegium, which replaces it as a whole with every build.\n"
    b"Keep nothing of your own in it. Without this file the folder is never touched.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The folders that hold somebody's work."""

    root: Path
    annotations: Path
    docs: Path


def is_marked(folder: str) -> bool:
    """Whether the tool made this folder."""
    content = read_whole(f"{folder}/{MARKER}")
    return content is not None and content.startswith(_FIRST_LINE)


def is_empty(folder: str) -> bool:
    return not system.list_folder(folder)


def check_target(target: Path, project: Project, state: Path, built: Path | None = None) -> None:
    """Raise `PublishError` for a folder that must not be replaced. Reads, and changes nothing.

    Checked are the place (nothing that holds somebody's work or the tool's state) and the content (nothing,
    or a site that the tool made). `built` is the folder in which the renderer works.
    """
    with reported(f"look at {shown(target)}"):
        _check_place(target, project, state, built)
        _check_content(target)


def _refusal(target: Path, reason: str, help: str = "choose a folder that holds nothing else") -> PublishError:
    return PublishError(f"cannot publish to {shown(target)}: it {reason}", help)


def _check_place(target: Path, project: Project, state: Path, built: Path | None) -> None:
    seen: dict[Path, _Name] = {}
    own = _locate(target, seen)
    kept_out, sources = list(_kept_out(project, state)), list(_sources(project, built))
    for label, path in (*kept_out, *sources):
        if not own.itself.isdisjoint(_locate(path, seen).line):
            raise _refusal(target, f"is {label}, or holds it")
    for label, path in sources:
        if not own.line.isdisjoint(_locate(path, seen).itself):
            raise _refusal(target, f"lies inside {label}")
    if ".git" in Path(os.path.realpath(target)).parts:
        raise _refusal(target, "lies inside git's own folder")


def _kept_out(project: Project, state: Path) -> Iterator[tuple[str, Path]]:
    """What a target may neither be nor hold, and how a message calls it."""
    yield "the root of a file system", Path(Path(os.path.abspath(project.root)).anchor)
    yield from (("your home folder", Path(home)) for home in _homes())
    yield "the project's folder", project.root
    yield "the tool's state folder", state
    with suppress(FileNotFoundError):
        yield "the current folder", Path(os.getcwd())


def _sources(project: Project, built: Path | None) -> Iterator[tuple[str, Path]]:
    """What a target may neither be, hold nor lie in."""
    yield "the folder of the notes", project.annotations
    yield "the folder of the pages' sources", project.docs
    if built is not None:
        yield "the folder that the renderer works in", built


def _homes() -> Iterator[str]:
    yield os.path.expanduser("~")
    # HOME may say anything; and in a container nobody may have a home.
    with suppress(KeyError):
        yield pwd.getpwuid(os.getuid()).pw_dir


_Name = Path | tuple[int, int]
"""A path without links, or device and inode of what lies there. Paths tell of folders that do not exist yet;
devices and inodes see through other spellings: upper and lower case on some systems, mounts."""


@dataclass(frozen=True, slots=True)
class _Location:
    itself: frozenset[_Name]
    line: frozenset[_Name]
    """Itself and all folders above it."""


def _locate(path: Path, seen: dict[Path, _Name]) -> _Location:
    real = Path(os.path.realpath(path))
    line = [real, *real.parents]
    for folder in line:
        if folder not in seen:
            found = status(str(folder))
            seen[folder] = (found.st_dev, found.st_ino) if found else folder
    return _Location(frozenset((real, seen[real])), frozenset((*line, *(seen[folder] for folder in line))))


def _check_content(target: Path) -> None:
    folder = str(target)
    found = status(folder)
    if found is None:
        return
    if stat.S_ISLNK(found.st_mode):
        raise _refusal(
            target, "is a symbolic link", "name the folder itself; a link cannot be replaced with its folder"
        )
    if not stat.S_ISDIR(found.st_mode):
        raise _refusal(target, "is not a folder", "move it away, or choose another name")
    if os.path.ismount(folder):
        raise _refusal(target, "is a mount point, which cannot be replaced", "choose a folder inside of it")
    if not is_empty(folder) and not is_marked(folder):
        raise _refusal(
            target,
            "holds files that this tool did not make",
            f"move them away, or choose another folder; only one with the file {MARKER} in it is replaced",
        )
    if status(f"{folder}/.git") is not None:
        raise _refusal(target, "is a git repository, whose history would be lost", "move the .git folder away")
