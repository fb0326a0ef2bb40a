"""Reading a library from disk: walks `annotations/`, reads every file, and refuses what is no plain file of ours."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from enum import StrEnum
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from .characters import find_invisible
from .diagnostics import Diagnostic, Related, quoted
from .limits import MAX_BIBLIOGRAPHY_BYTES, MAX_FILE_BYTES, Exhausted, bounded
from .model import Library, LibrarySettings, Note, Source, Theme, Verification
from .notes import parse_note, parse_theme
from .quotes import ID, MAX_ID_LENGTH, propose_id
from .references import parse_bibliography
from .settings import parse_settings
from .spans import LineTable, Span
from .verification import parse_lock

__all__ = ["ANNOTATIONS", "FileKind", "Listed", "Parsed", "ReadResult", "list_files", "parse_text", "read_library", "read_text"]

ANNOTATIONS = "annotations"
"""The folder of a library below its root."""

SETTINGS = "library.yml"
LOCK = "quotes.lock"
_BIBLIOGRAPHIES = (".yaml", ".yml", ".json", ".bib")
_PARALLEL_FROM = 300
"""Files below which starting processes takes longer than reading in one."""
_CHUNK = 50


class FileKind(StrEnum):
    NOTE = "note"
    THEME = "theme"
    BIBLIOGRAPHY = "bibliography"
    SETTINGS = "settings"
    LOCK = "lock"


class Listed(NamedTuple):
    """A file that belongs to the library, as the walk saw it."""

    path: str
    """From the library's root: `annotations/notes/x.md`."""
    kind: FileKind
    signature: tuple[int, int, int, int]
    """Size in bytes, time of modification and of change in nanoseconds, inode: it changes when the file does."""


class Parsed(NamedTuple):
    """What one file holds. Each kind fills its own field."""

    diagnostics: tuple[Diagnostic, ...] = ()
    note: Note | None = None
    theme: Theme | None = None
    sources: tuple[Source, ...] = ()
    settings: LibrarySettings | None = None
    verifications: tuple[Verification, ...] = ()


class ReadResult(NamedTuple):
    library: Library
    diagnostics: tuple[Diagnostic, ...]
    parsed: Mapping[str, Parsed]
    """By path, for whoever keeps the results until the file changes."""


# ------------------------------------------------------------------------------------------------------- walk


def list_files(root: Path) -> tuple[list[Listed], list[Diagnostic]]:
    """All files of the library below `root`, sorted by path, and what is there that must not be.

    Nothing is opened, and no link is followed.
    """
    diagnostics: list[Diagnostic] = []
    files = list(_walk(root, ANNOTATIONS, diagnostics))
    files.sort(key=lambda listed: listed.path)
    diagnostics += _clashes(files)
    return files, diagnostics


def _problem(rule: str, path: str, message: str, remedy: str = "", related: tuple[Related, ...] = ()) -> Diagnostic:
    return Diagnostic(rule=rule, span=Span.of_file(path), message=message, help=remedy, related=related)


def _walk(root: Path, folder: str, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        diagnostics.append(_problem("unreadable-file", folder, f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            if folder == ANNOTATIONS and entry.name in ("notes", "themes", "references"):
                yield from _walk(root, path, diagnostics)
            elif folder != f"{ANNOTATIONS}/references":
                message = f"the folder {quoted(entry.name)} is none of notes, themes and references"
                diagnostics.append(_problem("unexpected-file", path, message, "move it out of annotations/"))
            else:
                yield from _walk(root, path, diagnostics)
        elif not stat.S_ISREG(status.st_mode):
            diagnostics.append(_no_file(path, status.st_mode))
        else:
            yield from _classify(path, status, diagnostics)


def _no_file(path: str, mode: int) -> Diagnostic:
    kinds = ((stat.S_ISLNK, "a symbolic link"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    what = next((name for test, name in kinds if test(mode)), "a device")
    return _problem("symbolic-link", path, f"{quoted(path)} is {what}, not a file", "replace it by the file itself")


def _classify(path: str, status: os.stat_result, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    kind = _kind(path)
    if kind is None:
        diagnostics.append(_unexpected(path))
        return
    most = MAX_FILE_BYTES if kind in (FileKind.NOTE, FileKind.THEME) else MAX_BIBLIOGRAPHY_BYTES
    if status.st_size > most:
        message = f"the file has {status.st_size:,} bytes; at most {most:,} are read"
        diagnostics.append(_problem("too-large", path, message, "split it"))
        return
    if kind in (FileKind.NOTE, FileKind.THEME):
        diagnostics += _id_faults(path, kind)
    yield Listed(path, kind, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))


def _kind(path: str) -> FileKind | None:
    _, *folders, name = path.split("/")
    suffix = os.path.splitext(name)[1]
    if not folders:
        return {SETTINGS: FileKind.SETTINGS, LOCK: FileKind.LOCK}.get(name)
    if folders[0] == "references":
        return FileKind.BIBLIOGRAPHY if suffix in _BIBLIOGRAPHIES else None
    if suffix != ".md" or len(folders) > 1:
        return None
    return FileKind.NOTE if folders[0] == "notes" else FileKind.THEME


def _unexpected(path: str) -> Diagnostic:
    folder = path.split("/")[1]
    expected = {
        "notes": "notes are files notes/<id>.md",
        "themes": "themes are files themes/<id>.md",
        "references": "reference files end with .yaml, .json or .bib",
    }.get(folder, "only library.yml, quotes.lock, notes/, themes/ and references/ belong here")
    return _problem("unexpected-file", path, f"{quoted(path)} is not part of a library", expected)


def _id_faults(path: str, kind: FileKind) -> Iterator[Diagnostic]:
    stem = path.rsplit("/", 1)[1].removesuffix(".md")
    if ID.match(stem) and len(stem) <= MAX_ID_LENGTH:
        return
    message = f"{quoted(stem)} is no id of a {kind}: lower-case letters a-z, digits and single hyphens, at most 64"
    yield _problem("invalid-id", path, message, f"rename the file to {propose_id(stem)}.md")


def _clashes(files: Iterable[Listed]) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for listed in files:
        folded = listed.path.casefold()
        if folded in seen:
            message = f"{quoted(listed.path)} and {quoted(seen[folded])} differ only in case"
            related = (Related(message="the other file", span=Span.of_file(seen[folded])),)
            yield _problem("clashing-ids", listed.path, message, "rename one of them", related)
        seen.setdefault(folded, listed.path)


# ------------------------------------------------------------------------------------------------------- read


def read_text(root: Path, path: str) -> tuple[str, str, list[Diagnostic]]:
    """The text of a regular file, the SHA-256 of its bytes, and what is wrong with its encoding."""
    try:
        # O_NONBLOCK: should a pipe have taken the file's place since the walk, opening it must not wait.
        handle = os.open(root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return "", "", [_no_file(path, os.fstat(handle).st_mode)]
            data = file.read(MAX_BIBLIOGRAPHY_BYTES + 1)
    except OSError as error:
        return "", "", [_problem("unreadable-file", path, f"the file cannot be read: {error.strerror}")]
    digest = hashlib.sha256(data).hexdigest()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", digest, [_bad_byte(path, data, error.start)]
    return text, digest, _invisible(path, text)


def _bad_byte(path: str, data: bytes, offset: int) -> Diagnostic:
    before = data[:offset].decode("utf-8", "replace")
    table = LineTable(path, before)
    span = table.span(len(before), len(before))
    message = f"byte {offset} of the file, 0x{data[offset]:02x}, is not UTF-8"
    return Diagnostic(
        rule="not-utf-8", span=span, message=message, help="save the file with the encoding UTF-8 in your editor"
    )


def _invisible(path: str, text: str) -> list[Diagnostic]:
    if text.isascii() and not any(c in text for c in "\x00\x0b\x0c\x1b\x7f") and text.isprintable():
        return []
    table: LineTable | None = None
    found = []
    for hit in find_invisible(text):
        table = table or LineTable(path, text)
        span = table.span(hit.offset, hit.offset + 1)
        message = f"the invisible character {hit.name} is not allowed"
        found.append(
            Diagnostic(rule="invisible-character", span=span, message=message, help="delete it, or retype the words")
        )
        if len(found) == 100:
            break
    return found


def parse_text(path: str, kind: FileKind, text: str, digest: str = "") -> Parsed:
    """Read the text of one file of the library; nothing of the disk is touched."""
    table = LineTable(path, text)
    name = path.rsplit("/", 1)[1]
    match kind:
        case FileKind.NOTE:
            parsed = parse_note(name.removesuffix(".md"), table, digest)
            return Parsed(parsed.diagnostics, note=parsed.note)
        case FileKind.THEME:
            theme = parse_theme(name.removesuffix(".md"), table, digest)
            return Parsed(theme.diagnostics, theme=theme.theme)
        case FileKind.BIBLIOGRAPHY:
            sources, problems = parse_bibliography(path, text, table)
            return Parsed(tuple(problems), sources=tuple(sources))
        case FileKind.SETTINGS:
            settings, faults = parse_settings(table)
            return Parsed(tuple(faults), settings=settings)
        case FileKind.LOCK:
            verifications, broken = parse_lock(text, table)
            return Parsed(tuple(broken), verifications=tuple(verifications))


def read_file(root: Path, listed: Listed) -> Parsed:
    """Read and parse one file, within the bounds of time and memory that hold for a file."""
    try:
        with bounded():
            text, digest, problems = read_text(root, listed.path)
            if problems and not text:
                return Parsed(tuple(problems))
            parsed = parse_text(listed.path, listed.kind, text, digest)
            return parsed._replace(diagnostics=(*problems, *parsed.diagnostics))
    except Exhausted as error:
        problem = _problem("too-slow", listed.path, f"the file cannot be read: {error}", "simplify it")
        return Parsed((problem,))


def _read_chunk(root: Path, chunk: list[Listed]) -> list[Parsed]:
    return [read_file(root, listed) for listed in chunk]


def read_library(
    root: Path,
    *,
    known: Callable[[Listed], Parsed | None] = lambda _: None,
    executor: Callable[[], Executor] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadResult:
    """Read everything under `root/annotations`.

    `known` may give what an unchanged file held before. `executor` makes the executor for large libraries; each call
    on it reads many files. `progress` hears of files read and of all files.
    """
    files, diagnostics = list_files(root)
    parsed: dict[str, Parsed] = {}
    fresh: list[Listed] = []
    for listed in files:
        before = known(listed)
        if before is None:
            fresh.append(listed)
        else:
            parsed[listed.path] = before
    for listed, result in _read_all(root, fresh, executor):
        parsed[listed.path] = result
        progress(len(parsed), len(files))
    ordered = {listed.path: parsed[listed.path] for listed in files}
    library = _assemble(ordered)
    if not any(listed.kind is FileKind.SETTINGS for listed in files):
        diagnostics.append(_no_settings())
    everything = chain(diagnostics, *(result.diagnostics for result in ordered.values()))
    return ReadResult(library, tuple(everything), ordered)


def _no_settings() -> Diagnostic:
    path = f"{ANNOTATIONS}/{SETTINGS}"
    remedy = 'write annotations/library.yml, with at least "title:" and "roles:"'
    return _problem("malformed-front-matter", path, "library.yml is missing", remedy)


def _read_all(
    root: Path, files: list[Listed], executor: Callable[[], Executor] | None
) -> Iterator[tuple[Listed, Parsed]]:
    if executor is None or len(files) < _PARALLEL_FROM:
        for listed in files:
            yield listed, read_file(root, listed)
        return
    chunks = [files[i : i + _CHUNK] for i in range(0, len(files), _CHUNK)]
    with executor() as pool:
        for chunk, results in zip(chunks, pool.map(partial(_read_chunk, root), chunks), strict=True):
            yield from zip(chunk, results, strict=True)


def _assemble(parsed: Mapping[str, Parsed]) -> Library:
    results = parsed.values()
    settings = next((result.settings for result in results if result.settings), None)
    return Library(
        settings=settings or LibrarySettings(),
        notes=tuple(result.note for result in results if result.note),
        themes=tuple(result.theme for result in results if result.theme),
        sources=tuple(chain.from_iterable(result.sources for result in results)),
        verifications=tuple(chain.from_iterable(result.verifications for result in results)),
    )
