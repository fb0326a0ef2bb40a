"""The files of a library as they lie on the disk: what belongs to it, by its name alone, and what must not be there."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, Related, quoted
from ..core.ids import LIST_ID, is_id, propose_id
from ..core.limits import MAX_BIBLIOGRAPHY_BYTES, MAX_FILE_BYTES
from ..core.rules import Group, declare_rule
from ..core.spans import Span

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
        parent, name = path.rsplit("/", 1)
        message = f"{quoted(name)} is a folder within {parent}/"
        return file_problem("unexpected-file", path, message, f"move what belongs to the library into {parent}/ itself")
    own = f"only {SETTINGS}, {LOCK}, {_PERMALINKS}, {IMPORTS}, notes/, themes/ and references/ belong here"
    folder = "/".join(path.split("/")[:2])
    return file_problem("unexpected-file", path, *_explain(path, folder in _FOLDERS, _FOLDERS.get(folder, own)))


# ---------------------------------------------------------------------------------- what must not be there

# Compiled where a file has such a name.
_LEFT_BY_OTHERS = (
    r"\.DS_Store|\._.*|\.localized|Icon\r|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|\.Trash-.*|\.trash"
    r"|\.obsidian|\.zettlr.*|\.ztr-directory|\.logseq|\.vscode|\.idea|\.stfolder|\.stversions|\.dropbox.*"
    r"|.*\.sw[a-p]|.*~|~\$.*|\.~lock\..*#|\.#.*|#.*#|.*\.tmp|.*\.bak|\.nfs.*|\.gitkeep"
)


declare_rule(
    "unexpected-file",
    Group.FILES,
    "Only notes, themes, reference files, `library.yml` and the files `*.lock` that commands write live under "
    "`annotations/`.",
    "A file that nothing reads is a file that nobody reviews; and what lies there could be published by accident.",
    "Move the file elsewhere, or rename it so that it is a note (`notes/<id>.md`) or a theme (`themes/<id>.md`).",
)

declare_rule(
    "symbolic-link",
    Group.FILES,
    "Everything under `annotations/` is a regular file or a folder.",
    "A link can point at any file of the machine that builds the site, and would publish it. Devices, sockets and "
    "pipes are refused too.",
    "Replace the link by the file itself.",
)

declare_rule(
    "unreadable-file",
    Group.FILES,
    "Every file under `annotations/` can be read.",
    "A note that cannot be read would vanish from the site without a word.",
    "Give the file read permission, or remove it.",
)


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name was made by no person, and so is no part of a library."""
    return re.fullmatch(_LEFT_BY_OTHERS, name, re.IGNORECASE) is not None


_NO_TEXTS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".docx", ".odt", ".epub")
_TEXTS = (".markdown", ".mdown", ".txt", ".qmd", ".mdx")


def _explain(path: str, among_texts: bool, otherwise: str) -> tuple[str, str]:
    """What is wrong with a file that the library has no place for, and the remedy; `otherwise` is the general one."""
    parent, _, name = path.rpartition("/")
    root = path.partition("/")[0]
    stem, _, suffix = name.rpartition(".")
    if parent == root and re.fullmatch(r"(?:readme|license|contributing|index|changelog)\.\w+", name, re.IGNORECASE):
        return f"{quoted(path)} is not a note or a theme", f"move it out of {root}/"
    if parent == root and name in ("library.yaml", "Library.yml", "library.yml.txt"):
        return f"{quoted(name)} is not the file of the settings", "rename it to library.yml"
    if suffix.lower() in ("bib", "ris", "json", "yaml", "yml") and stem:
        return f"{quoted(path)} lies outside the folder of works", f"move it to {root}/references/{name}"
    if name.endswith(".md") and parent == root:
        remedy = f"move it to {root}/notes/{name}, or if it is a theme to {root}/themes/{name}"
        return f"{quoted(path)} lies outside the folder of the notes", remedy
    if among_texts and name.lower().endswith(_NO_TEXTS):
        return f"{quoted(name)} is not a text", f"keep it outside {root}/: a library holds texts alone"
    if among_texts and name.lower().endswith(_TEXTS):
        new = propose_id(stem, otherwise="note", long=True)
        return f"{quoted(name)} does not end with .md", f"rename it to {new}.md"
    if among_texts and (suffix == "MD" or not stem) and parent.count("/") == 1:
        return f"{quoted(name)} does not end with .md", f"rename it to {propose_id(stem or name, long=True)}.md"
    return f"{quoted(path)} is not part of a library", otherwise


# --------------------------------------------------------------------------------------------------- names

_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))
"""Names that Windows keeps for devices, whatever follows after a full stop: libraries are cloned there too. See
https://learn.microsoft.com/windows/win32/fileio/naming-a-file."""


declare_rule(
    "invalid-id",
    Group.FILES,
    "An id is made of lower-case ASCII letters, digits and single hyphens, 64 characters at most.",
    "Ids become addresses of pages, which readers cite, so they are permanent and must be plain.",
    "Rename the file or the quote, for example to `forget-the-pain`.",
)


def id_faults(path: str, kind: FileKind) -> Iterator[Diagnostic]:
    """Whether the file of a note or theme has an id for a name."""
    if kind not in (FileKind.NOTE, FileKind.THEME):
        return
    stem = path.rsplit("/", 1)[1].removesuffix(".md")
    if stem == LIST_ID:
        message = f"the id {quoted(stem)} belongs to the page that lists all {kind}s"
        remedy = "give the file another name"
    elif stem in _DEVICES:
        message = f"{quoted(stem)} is the name of a device on Windows, where no such file can be made"
        remedy = f"rename the file, for example to {stem}-{kind}.md"
    elif not is_id(stem):
        rules = "lower-case letters a-z, digits and single hyphens, at most 64"
        message = f"{quoted(stem)} is not a valid {kind} id: {rules}"
        remedy = f"rename the file to {propose_id(stem, otherwise=kind)}.md"
    else:
        return
    yield file_problem("invalid-id", path, message, remedy)


declare_rule(
    "clashing-ids",
    Group.FILES,
    "No two notes and no two themes have ids that differ only in case.",
    "Some file systems cannot keep the two pages apart.",
    "Rename one of them.",
)


def check_file_names(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Which of the paths differ only in case."""
    seen: dict[str, str] = {}
    for path in paths:
        folded = path.casefold()
        if folded in seen:
            message = f"{quoted(path)} and {quoted(seen[folded])} differ only in case"
            related = (Related(message="the other file", span=Span.of_file(seen[folded])),)
            yield replace(file_problem("clashing-ids", path, message, "rename one of them"), related=related)
        seen.setdefault(folded, path)
