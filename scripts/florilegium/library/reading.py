"""Reading a library from disk: walks `annotations/`, reads its files, refuses what is no plain file of ours."""

import hashlib
import os
import pickle
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ..core.characters import check_characters
from ..core.diagnostics import Diagnostic, quoted
from ..core.executors import MakeExecutor
from ..core.limits import MAX_BIBLIOGRAPHY_BYTES, MAX_FILE_BYTES, Exhausted, bounded, uncollected
from ..core.model import Library, LibrarySettings, Note, Permalink, Source, Theme, Verification
from ..core.spans import LineTable, Span
from ..quotations.lock_file import parse_lock
from ..quotations.permalinks import PERMALINKS, parse_permalinks
from ..works.reference_files import parse_bibliography
from .file_names import check_file_name, check_file_names
from .notes import parse_note, parse_theme
from .own_styles import SETTINGS_PATH, check_style, missing_style
from .settings import parse_settings
from .unexpected_files import explain_folder, explain_unexpected, is_passed_over

__all__ = [
    "ANNOTATIONS",
    "FileKind",
    "Listed",
    "Parsed",
    "ReadResult",
    "cache_shard",
    "is_spent",
    "list_files",
    "parse_text",
    "read_library",
    "read_text",
    "replace_files",
]

ANNOTATIONS = "annotations"
"""The folder of a library below its root."""

SETTINGS = "library.yml"
LOCK = "quotes.lock"
IMPORTS = "imports.lock"
_FOLDERS = {
    f"{ANNOTATIONS}/notes": "notes are files notes/<id>.md, without folders below",
    f"{ANNOTATIONS}/themes": "themes are files themes/<id>.md, without folders below",
    f"{ANNOTATIONS}/references": "reference files end with .yaml, .yml, .json or .bib",
}
"""The folders of a library, and what belongs into each."""
_BIBLIOGRAPHIES = (".yaml", ".yml", ".json", ".bib")
_PARALLEL_FROM = 300
"""Files below which starting processes takes longer than reading in one."""
SHELVES = 128
"""How many shards there are. Ten thousand files make eighty in each."""


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


class Parsed(NamedTuple):
    """What one file holds. Each kind fills its own field."""

    diagnostics: tuple[Diagnostic, ...] = ()
    note: Note | None = None
    theme: Theme | None = None
    sources: tuple[Source, ...] = ()
    settings: LibrarySettings | None = None
    verifications: tuple[Verification, ...] = ()
    permalinks: tuple[Permalink, ...] = ()


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
    if (root / ANNOTATIONS).is_symlink():
        return [], [_no_file(ANNOTATIONS, stat.S_IFLNK)]
    diagnostics: list[Diagnostic] = []
    files = list(_walk(root, ANNOTATIONS, diagnostics))
    files.sort(key=lambda listed: listed.path)
    diagnostics += check_file_names(listed.path for listed in files)
    return files, diagnostics


def _problem(rule: str, path: str, message: str, remedy: str = "") -> Diagnostic:
    return Diagnostic(rule=rule, span=Span.of_file(path), message=message, help=remedy)


def _walk(root: Path, folder: str, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        diagnostics.append(_unreadable(folder, f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if is_passed_over(entry.name):
            continue
        path = f"{folder}/{entry.name}"
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:  # It may have been deleted since the folder was listed.
            diagnostics.append(_unreadable(path, f"the file cannot be read: {error.strerror}"))
            continue
        if stat.S_ISDIR(status.st_mode):
            if path in _FOLDERS or path.startswith(f"{ANNOTATIONS}/references/"):
                yield from _walk(root, path, diagnostics)
            else:
                diagnostics.append(_unexpected(path, is_folder=True))
        elif not stat.S_ISREG(status.st_mode):
            diagnostics.append(_no_file(path, status.st_mode))
        else:
            yield from _classify(path, status, diagnostics)


def _unreadable(path: str, message: str) -> Diagnostic:
    return _problem("unreadable-file", path, message, "give it read permission, or remove it")


def _no_file(path: str, mode: int) -> Diagnostic:
    kinds = ((stat.S_ISLNK, "a symbolic link"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    what = next((name for test, name in kinds if test(mode)), "a device")
    return _problem("symbolic-link", path, f"{quoted(path)} is {what}, not a file", "replace it by the file itself")


def _classify(path: str, status: os.stat_result, diagnostics: list[Diagnostic]) -> Iterator[Listed]:
    kind = _kind(path)
    if kind is None:
        diagnostics.append(_unexpected(path))
        return
    diagnostics += _id_faults(path, kind)
    if too_large := _too_large(path, kind, status.st_size):
        diagnostics.append(too_large)
        return
    yield Listed(path, kind, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))


def _kind(path: str) -> FileKind | None:
    _, *folders, name = path.split("/")
    suffix = os.path.splitext(name)[1]
    if not folders:
        kinds = {SETTINGS: FileKind.SETTINGS, LOCK: FileKind.LOCK, PERMALINKS: FileKind.PERMALINKS}
        return {**kinds, IMPORTS: FileKind.IMPORTS}.get(name)
    if folders[0] == "references":
        if suffix == ".csl":
            return FileKind.STYLE
        return FileKind.BIBLIOGRAPHY if suffix in _BIBLIOGRAPHIES else None
    if suffix != ".md" or folders not in (["notes"], ["themes"]):
        return None
    return FileKind.NOTE if folders[0] == "notes" else FileKind.THEME


def _too_large(path: str, kind: FileKind, size: int) -> Diagnostic | None:
    most = MAX_FILE_BYTES if kind in (FileKind.NOTE, FileKind.THEME) else MAX_BIBLIOGRAPHY_BYTES
    if size <= most:
        return None
    return _problem("too-large", path, f"the file has {size:,} bytes; at most {most:,} are read", "split it")


def _unexpected(path: str, *, is_folder: bool = False) -> Diagnostic:
    if is_folder and path.count("/") == 2:
        return _problem("unexpected-file", path, *explain_folder(path))
    own = f"only {SETTINGS}, {LOCK}, {PERMALINKS}, {IMPORTS}, notes/, themes/ and references/ belong here"
    folder = "/".join(path.split("/")[:2])
    return _problem("unexpected-file", path, *explain_unexpected(path, folder in _FOLDERS, _FOLDERS.get(folder, own)))


def _id_faults(path: str, kind: FileKind) -> Iterator[Diagnostic]:
    return check_file_name(path, kind) if kind in (FileKind.NOTE, FileKind.THEME) else iter(())


# ------------------------------------------------------------------------------------------------------- read


def read_text(root: Path, path: str) -> tuple[str, str, list[Diagnostic]]:
    """The text of a regular file, the SHA-256 of its bytes, and what is wrong with its encoding."""
    data = _read_data(root, path)
    return ("", "", [data]) if isinstance(data, Diagnostic) else _decode(path, data)


def _read_data(root: Path, path: str) -> bytes | Diagnostic:
    """The bytes of a regular file, or why they cannot be had."""
    try:
        # O_NONBLOCK: should a pipe have taken the file's place since the walk, opening it must not wait.
        handle = os.open(root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return _no_file(path, os.fstat(handle).st_mode)
            return file.read(MAX_BIBLIOGRAPHY_BYTES + 1)
    except OSError as error:
        return _unreadable(path, f"the file cannot be read: {error.strerror}")


def _decode(path: str, data: bytes) -> tuple[str, str, list[Diagnostic]]:
    digest = hashlib.sha256(data).hexdigest()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", digest, [_bad_byte(path, data, error.start)]
    return text, digest, check_characters(path, text)


def _bad_byte(path: str, data: bytes, offset: int) -> Diagnostic:
    before = data[:offset].decode("utf-8", "replace")
    table = LineTable(path, before)
    span = table.span(len(before), len(before))
    message = f"byte {offset} of the file, 0x{data[offset]:02x}, is not UTF-8"
    return Diagnostic(
        rule="not-utf-8",
        span=span,
        message=message,
        help="save the file with the encoding UTF-8 in your editor",
    )


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
        case FileKind.PERMALINKS:
            permalinks, unknown = parse_permalinks(table)
            return Parsed(tuple(unknown), permalinks=permalinks)
        case FileKind.STYLE:
            return Parsed(tuple(check_style(table)))
        case FileKind.IMPORTS:
            return Parsed()


def read_file(root: Path, listed: Listed) -> Parsed:
    """Read and parse one file."""
    return _parse_data(listed.path, listed.kind, _read_data(root, listed.path))


def _parse_data(path: str, kind: FileKind, data: bytes | Diagnostic) -> Parsed:
    """Parse the bytes of one file, within the bounds of time and memory that hold for a file."""
    if isinstance(data, Diagnostic):
        return Parsed((data,))
    try:
        with bounded():
            text, digest, problems = _decode(path, data)
            if problems and not text:
                return Parsed(tuple(problems))
            parsed = parse_text(path, kind, text, digest)
            return parsed._replace(diagnostics=(*problems, *parsed.diagnostics))
    except Exhausted as error:
        return Parsed((_problem("too-slow", path, f"the file cannot be read: {error}", "simplify it"),))


def is_spent(parsed: Parsed) -> bool:
    """Whether a file took more time or memory than it may: on another day, or another machine, it may not."""
    return any(diagnostic.rule == "too-slow" for diagnostic in parsed.diagnostics)


def cache_shard(path: str) -> int:
    """The number of the shard of a file: those of one shard are read, and remembered, together."""
    return zlib.crc32(os.fsencode(path)) % SHELVES


def _parse_shard(files: list[tuple[str, FileKind, bytes | Diagnostic]]) -> bytes:
    """The pickled list of what files hold: a function of their bytes, for any process and any machine."""
    with uncollected():
        return pickle.dumps([_parse_data(*file) for file in files], protocol=5)


def read_library(
    root: Path,
    *,
    known: Callable[[Listed], Parsed | None] = lambda _: None,
    executor: MakeExecutor = None,
    keep: Callable[[list[Listed], bytes], None] = lambda _files, _parsed: None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadResult:
    """Read everything under `root/annotations`.

    `known` is asked for every file, before any is read, and may give what an unchanged file held before. `executor`
    makes the executor for large libraries; each call on it reads the files of one shard. `keep` gets what it
    returns: a pickled list of `Parsed`, one for each file. `progress` hears of files read and of all files.
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
    for listed, result in _read_all(root, fresh, executor, keep):
        parsed[listed.path] = result
        progress(len(parsed), len(files))
    ordered = {listed.path: parsed[listed.path] for listed in files}
    library = _assemble(ordered)
    if not any(listed.kind is FileKind.SETTINGS for listed in files):
        diagnostics.append(_no_settings())
    # A style that was refused before it was read is there all the same.
    seen = {*ordered, *(diagnostic.span.path for diagnostic in diagnostics)}
    diagnostics += missing_style(library.settings, seen)
    everything = chain(diagnostics, *(result.diagnostics for result in ordered.values()))
    return ReadResult(library, tuple(everything), ordered)


def _no_settings() -> Diagnostic:
    remedy = 'write annotations/library.yml, with at least "title:" and "roles:"'
    return _problem("malformed-front-matter", f"{ANNOTATIONS}/{SETTINGS}", "library.yml is missing", remedy)


def _read_all(
    root: Path,
    files: list[Listed],
    executor: MakeExecutor,
    keep: Callable[[list[Listed], bytes], None],
) -> Iterator[tuple[Listed, Parsed]]:
    if executor is None or len(files) < _PARALLEL_FROM:
        for listed in files:
            yield listed, read_file(root, listed)
        return
    shards: dict[int, list[Listed]] = {}
    for listed in files:
        shards.setdefault(cache_shard(listed.path), []).append(listed)
    with executor() as pool:
        given = ([(one.path, one.kind, _read_data(root, one.path)) for one in shard] for shard in shards.values())
        read = pool.map(_parse_shard, given)
        for shard, parsed in zip(shards.values(), read, strict=True):
            results = pickle.loads(parsed)
            if not any(map(is_spent, results)):
                keep(shard, parsed)
            yield from zip(shard, results, strict=True)


def replace_files(result: ReadResult, contents: Mapping[str, bytes | None]) -> ReadResult:
    """What a library would hold if these files, by path, held these bytes, or None: were not there."""
    own = {path: _parse_bytes(path, data) for path, data in contents.items() if data is not None}
    kept = {path: parsed for path, parsed in result.parsed.items() if path not in contents}
    parsed = dict(sorted({**kept, **own}.items()))
    diagnostics = [
        found
        for found in result.diagnostics
        if found.span.path not in contents and (found.rule, found.span.path) != ("invalid-style", SETTINGS_PATH)
    ]
    library = _assemble(parsed)
    diagnostics += missing_style(library.settings, {*parsed, *(found.span.path for found in diagnostics)})
    diagnostics += chain.from_iterable(p.diagnostics for p in own.values())
    diagnostics += (clash for clash in check_file_names((*kept, *own)) if clash.span.path in contents)
    return ReadResult(library, tuple(diagnostics), parsed)


def _parse_bytes(path: str, data: bytes) -> Parsed:
    kind = _kind(path)
    if kind is None:
        return Parsed((_unexpected(path),))
    if too_large := _too_large(path, kind, len(data)):
        return Parsed((*_id_faults(path, kind), too_large))
    parsed = _parse_data(path, kind, data)
    return parsed._replace(diagnostics=(*_id_faults(path, kind), *parsed.diagnostics))


def _assemble(parsed: Mapping[str, Parsed]) -> Library:
    results = parsed.values()
    settings = next((result.settings for result in results if result.settings), None)
    return Library(
        settings=settings or LibrarySettings(),
        notes=tuple(result.note for result in results if result.note),
        themes=tuple(result.theme for result in results if result.theme),
        sources=tuple(chain.from_iterable(result.sources for result in results)),
        verifications=tuple(chain.from_iterable(result.verifications for result in results)),
        permalinks=tuple(chain.from_iterable(result.permalinks for result in results)),
    )
