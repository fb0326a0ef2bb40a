"""Reading a library from disk: walks `annotations/`, reads its files, refuses what is no plain file of ours."""

import hashlib
import os
import pickle
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..core.diagnostics import Diagnostic
from ..core.executors import MakeExecutor
from ..core.limits import MAX_BIBLIOGRAPHY_BYTES, Exhausted, bounded, uncollected
from ..core.spans import LineTable
from .listing import (
    SETTINGS_PATH,
    FileKind,
    Listed,
    check_file_names,
    check_size,
    file_problem,
    id_faults,
    is_as_listed,
    kind_of_file,
    list_files,
    no_file,
    unexpected,
    unreadable,
)

if TYPE_CHECKING:
    from ..core.lock_entries import Permalink, Verification
    from ..core.model import Library, LibrarySettings, Note, Theme
    from ..core.sources import Source

# What parses files is loaded where a file is parsed: most runs find every file as they remember it.

_PARALLEL_FROM = 300
"""Files below which starting processes takes longer than reading in one."""
_TASKS = 64
"""How many calls of an executor read a library: to send one takes as long as to read a note."""


class Parsed(NamedTuple):
    """What one file holds. Each kind fills its own field."""

    diagnostics: tuple[Diagnostic, ...] = ()
    note: "Note | None" = None
    theme: "Theme | None" = None
    sources: "tuple[Source, ...]" = ()
    settings: "LibrarySettings | None" = None
    verifications: "tuple[Verification, ...]" = ()
    permalinks: "tuple[Permalink, ...]" = ()


class ReadResult(NamedTuple):
    library: "Library"
    diagnostics: tuple[Diagnostic, ...]
    parsed: Mapping[str, Parsed]
    """By path, for whoever keeps the results until the file changes."""
    problems: bool = False
    """Whether the walk itself found anything wrong: what no file says, and what is in none."""


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
                return no_file(path, os.fstat(handle).st_mode)
            return file.read(MAX_BIBLIOGRAPHY_BYTES + 1)
    except OSError as error:
        return unreadable(path, f"the file cannot be read: {error.strerror}")


def _decode(path: str, data: bytes) -> tuple[str, str, list[Diagnostic]]:
    digest = hashlib.sha256(data).hexdigest()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", digest, [_bad_byte(path, data, error.start)]
    from ..core.characters import check_characters

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
            from .notes import parse_note

            parsed = parse_note(name.removesuffix(".md"), table, digest)
            return Parsed(parsed.diagnostics, note=parsed.note)
        case FileKind.THEME:
            from .notes import parse_theme

            theme = parse_theme(name.removesuffix(".md"), table, digest)
            return Parsed(theme.diagnostics, theme=theme.theme)
        case FileKind.BIBLIOGRAPHY:
            from ..works.reference_files import parse_bibliography

            sources, problems = parse_bibliography(path, text, table)
            return Parsed(tuple(problems), sources=tuple(sources))
        case FileKind.SETTINGS:
            from .settings import parse_settings

            settings, faults = parse_settings(table)
            return Parsed(tuple(faults), settings=settings)
        case FileKind.LOCK:
            from ..quotations.lock_file import parse_lock

            verifications, broken = parse_lock(table)
            return Parsed(tuple(broken), verifications=tuple(verifications))
        case FileKind.PERMALINKS:
            from ..quotations.permalinks import parse_permalinks

            permalinks, unknown = parse_permalinks(table)
            return Parsed(tuple(unknown), permalinks=permalinks)
        case FileKind.STYLE:
            from .own_styles import check_style

            return Parsed(tuple(check_style(table)))
        case FileKind.IMPORTS:
            return Parsed()


def read_file(root: Path, listed: Listed) -> Parsed:
    """Read and parse one file."""
    return _parse_data(listed.path, listed.kind, _read_data(root, listed.path))


def still_holds(root: Path, listed: Listed, parsed: Parsed) -> bool:
    """Whether a file holds what was read of it, and lies as it did then."""
    data = _read_data(root, listed.path)
    document = parsed.note or parsed.theme
    if isinstance(data, Diagnostic):
        return False
    if document:
        same = hashlib.sha256(data).hexdigest() == document.digest
    else:
        same = _parse_data(listed.path, listed.kind, data) == parsed
    return same and is_as_listed(root, listed)


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
        return Parsed((file_problem("too-slow", path, f"the file cannot be read: {error}", "simplify it"),))


def is_spent(parsed: Parsed) -> bool:
    """Whether a file took more time or memory than it may: on another day, or another machine, it may not."""
    return any(diagnostic.rule == "too-slow" for diagnostic in parsed.diagnostics)


def _parse_batch(files: list[tuple[str, FileKind, bytes | Diagnostic]]) -> list[bytes]:
    """What each of some files holds, pickled: a function of their bytes, for any process and any machine."""
    with uncollected():
        return [pickle.dumps(_parse_data(*file), protocol=5) for file in files]


def read_library(
    root: Path,
    *,
    listing: tuple[Sequence[Listed], Sequence[Diagnostic]] | None = None,
    known: Callable[[Listed], Parsed | None] = lambda _: None,
    executor: MakeExecutor = None,
    keep: Callable[[list[Listed], list[bytes]], None] = lambda _files, _parsed: None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadResult:
    """Read everything under `root/annotations`.

    `listing` is what `list_files` gave a moment ago. `known` is asked for every file, before any is read, and may give
    what an unchanged file held before. `executor` makes the executor for large libraries; each call on it reads a batch
    of files. `keep` gets what it returns: for each file a pickled `Parsed`. `progress` hears of files read and of all
    files.
    """
    files, found = listing or list_files(root)
    diagnostics, problems = [*found], bool(found)
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
    from .own_styles import missing_style

    diagnostics += missing_style(library.settings, seen)
    everything = chain(diagnostics, *(result.diagnostics for result in ordered.values()))
    return ReadResult(library, tuple(everything), ordered, problems)


def _no_settings() -> Diagnostic:
    remedy = 'write annotations/library.yml, with at least "title:" and "roles:"'
    return file_problem("malformed-front-matter", SETTINGS_PATH, "library.yml is missing", remedy)


def _read_all(
    root: Path,
    files: list[Listed],
    executor: MakeExecutor,
    keep: Callable[[list[Listed], list[bytes]], None],
) -> Iterator[tuple[Listed, Parsed]]:
    if executor is None or len(files) < _PARALLEL_FROM:
        for listed in files:
            yield listed, read_file(root, listed)
        return
    size = len(files) // _TASKS + 1
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    import_module(".notes", __package__)  # Processes that are forked need not load it, each for itself.
    with executor() as pool:
        given = ([(one.path, one.kind, _read_data(root, one.path)) for one in batch] for batch in batches)
        for batch, parsed in zip(batches, pool.map(_parse_batch, given), strict=True):
            results = [pickle.loads(data) for data in parsed]
            if not any(map(is_spent, results)):
                keep(batch, parsed)
            yield from zip(batch, results, strict=True)


def replace_files(result: ReadResult, contents: Mapping[str, bytes | None]) -> ReadResult:
    """What a library would hold if these files, by path, held these bytes, or None: were not there."""
    from .own_styles import missing_style

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
    kind = kind_of_file(path)
    if kind is None:
        return Parsed((unexpected(path),))
    if too_large := check_size(path, kind, len(data)):
        return Parsed((*id_faults(path, kind), too_large))
    parsed = _parse_data(path, kind, data)
    return parsed._replace(diagnostics=(*id_faults(path, kind), *parsed.diagnostics))


def _assemble(parsed: Mapping[str, Parsed]) -> "Library":
    from ..core.model import Library, LibrarySettings

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
