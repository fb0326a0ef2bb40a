"""The files of a library as they lie on the disk: what belongs to it, by its name alone, and what must not be there."""

import os
import re
import stat
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.limits import MAX_BIBLIOGRAPHY_BYTES, MAX_FILE_BYTES
from ..core.spans import Span
from .file_names import check_file_name, check_file_names
from .unexpected_files import explain_folder, explain_unexpected, is_passed_over

ANNOTATIONS = "annotations"
"""The folder of a library below its root."""

SETTINGS = "library.yml"
SETTINGS_PATH = f"{ANNOTATIONS}/{SETTINGS}"
LOCK = "quotes.lock"
IMPORTS = "imports.lock"
_PERMALINKS = "permalinks.lock"
_FOLDERS = {
    f"{ANNOTATIONS}/notes": "notes are files notes/<id>.md, without folders below",
    f"{ANNOTATIONS}/themes": "themes are files themes/<id>.md, without folders below",
    f"{ANNOTATIONS}/references": "reference files end with .yaml, .yml, .json or .bib",
}
"""The folders of a library, and what belongs into each."""
_MARKDOWN = (f"{ANNOTATIONS}/notes/", f"{ANNOTATIONS}/themes/")
_ORDINARY = re.compile(r"[a-z0-9][a-z0-9-]*\.md")
"""Names that no other program leaves behind; most are such."""
_BIBLIOGRAPHIES = (".yaml", ".yml", ".json", ".bib")


def note_path(id_: str) -> str:
    return f"{ANNOTATIONS}/notes/{id_}.md"


def theme_path(id_: str) -> str:
    return f"{ANNOTATIONS}/themes/{id_}.md"


class FileKind(StrEnum):
    NOTE = "note"
    THEME = "theme"
    BIBLIOGRAPHY = "bibliography"
    SETTINGS = "settings"
    LOCK = "lock"
    IMPORTS = "imports"
    """What was imported from where; only `imports/` reads it."""
    PERMALINKS = "permalinks"
    STYLE = "style"
    """A citation style of the library's own, `references/<name>.csl`; `bibliography/` reads it."""


class Listed(NamedTuple):
    """A file that belongs to the library, as the walk saw it."""

    path: str
    """From the library's root: `annotations/notes/x.md`."""
    kind: FileKind
    signature: tuple[int, int, int, int]
    """Size in bytes, times of modification and of change in nanoseconds, inode: it changes with the file."""


def list_files(root: Path) -> tuple[list[Listed], list[Diagnostic]]:
    """All files of the library below `root`, sorted by path, and what is there that must not be.

    Nothing is opened, and no link is followed.
    """
    if (root / ANNOTATIONS).is_symlink():
        return [], [no_file(ANNOTATIONS, stat.S_IFLNK)]
    diagnostics: list[Diagnostic] = []
    files = list(_walk(root, ANNOTATIONS, diagnostics))
    files.sort(key=lambda listed: listed.path)
    diagnostics += check_file_names(listed.path for listed in files)
    return files, diagnostics


def file_problem(rule: str, path: str, message: str, remedy: str = "") -> Diagnostic:
    return Diagnostic(rule=rule, span=Span.of_file(path), message=message, help=remedy)


def _walk(root: Path, folder: str, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        diagnostics.append(unreadable(folder, f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if not _ORDINARY.fullmatch(entry.name) and is_passed_over(entry.name):
            continue
        path = f"{folder}/{entry.name}"
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:  # It may have been deleted since the folder was listed.
            diagnostics.append(unreadable(path, f"the file cannot be read: {error.strerror}"))
            continue
        if stat.S_ISDIR(status.st_mode):
            if path in _FOLDERS or path.startswith(f"{ANNOTATIONS}/references/"):
                yield from _walk(root, path, diagnostics)
            else:
                diagnostics.append(unexpected(path, is_folder=True))
        elif not stat.S_ISREG(status.st_mode):
            diagnostics.append(no_file(path, status.st_mode))
        else:
            yield from _classify(path, status, diagnostics)


def unreadable(path: str, message: str) -> Diagnostic:
    return file_problem("unreadable-file", path, message, "give it read permission, or remove it")


def no_file(path: str, mode: int) -> Diagnostic:
    kinds = ((stat.S_ISLNK, "a symbolic link"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    what = next((name for test, name in kinds if test(mode)), "a device")
    return file_problem("symbolic-link", path, f"{quoted(path)} is {what}, not a file", "replace it by the file itself")


def _classify(path: str, status: os.stat_result, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    kind = kind_of_file(path)
    if kind is None:
        diagnostics.append(unexpected(path))
        return
    diagnostics += id_faults(path, kind)
    if too_large := check_size(path, kind, status.st_size):
        diagnostics.append(too_large)
        return
    yield Listed(path, kind, _signature(status))


def _signature(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_as_listed(root: Path, listed: Listed) -> bool:
    """Whether a file still lies as it was listed."""
    try:
        return _signature(os.lstat(root / listed.path)) == listed.signature
    except OSError:
        return False


def kind_of_file(path: str) -> FileKind | None:
    if path.startswith(_MARKDOWN) and path.endswith(".md") and path.count("/") == 2 and "/." not in path:
        return FileKind.NOTE if path.startswith(_MARKDOWN[0]) else FileKind.THEME
    _, *folders, name = path.split("/")
    suffix = os.path.splitext(name)[1]
    if not folders:
        kinds = {SETTINGS: FileKind.SETTINGS, LOCK: FileKind.LOCK, _PERMALINKS: FileKind.PERMALINKS}
        return {**kinds, IMPORTS: FileKind.IMPORTS}.get(name)
    if folders[0] == "references":
        if suffix == ".csl":
            return FileKind.STYLE
        return FileKind.BIBLIOGRAPHY if suffix in _BIBLIOGRAPHIES else None
    if suffix != ".md" or folders not in (["notes"], ["themes"]):
        return None
    return FileKind.NOTE if folders[0] == "notes" else FileKind.THEME


def check_size(path: str, kind: FileKind, size: int) -> Diagnostic | None:
    most = MAX_FILE_BYTES if kind in (FileKind.NOTE, FileKind.THEME) else MAX_BIBLIOGRAPHY_BYTES
    if size <= most:
        return None
    return file_problem("too-large", path, f"the file has {size:,} bytes; at most {most:,} are read", "split it")


def unexpected(path: str, *, is_folder: bool = False) -> Diagnostic:
    if is_folder and path.count("/") == 2:
        return file_problem("unexpected-file", path, *explain_folder(path))
    own = f"only {SETTINGS}, {LOCK}, {_PERMALINKS}, {IMPORTS}, notes/, themes/ and references/ belong here"
    folder = "/".join(path.split("/")[:2])
    return file_problem(
        "unexpected-file", path, *explain_unexpected(path, folder in _FOLDERS, _FOLDERS.get(folder, own))
    )


def id_faults(path: str, kind: FileKind) -> Iterator[Diagnostic]:
    return check_file_name(path, kind) if kind in (FileKind.NOTE, FileKind.THEME) else iter(())
