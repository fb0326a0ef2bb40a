"""Data files on the disk: beside the pages of a built site, or in a folder of the user's, where nothing is lost."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from ...core.diagnostics import quoted
from ...core.edits import new_file_mode
from ...core.errors import FlorilegiumError
from ...core.workers import map_forked
from .data_file import DataFile

R = TypeVar("R")

MANIFEST = ".florilegium-data"
"""Names the files that were exported into a folder, by their digests; `sha256sum -c` reads it too."""


class ExportError(FlorilegiumError):
    """A file cannot be written; nothing was. `help` says what to do."""


class Exported(NamedTuple):
    """What an export did."""

    written: int
    unchanged: int
    removed: int
    """Files of an earlier export that the library has no more."""


# ------------------------------------------------------------------------------------------------ user's folder


def write_data_files(files: Iterable[DataFile], folder: Path, *, everything: bool) -> Exported:
    """Write files by their names into a folder, all or none; it is made where there is none.

    A file that is there is replaced only if it is, byte for byte, what an earlier export wrote: anything else
    raises `ExportError`. With `everything`, what an earlier export wrote and is no more is removed.
    """
    files = list(files)
    _check_folders(files, folder)
    folder.mkdir(parents=True, exist_ok=True)
    known = _read_manifest(folder / MANIFEST)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".florilegium-") as temporary:
        fresh = {file.name: Path(temporary) / str(number) for number, file in enumerate(files)}
        made = _for_each(lambda file: _render(fresh[file.name], file), files, among=len(files))
        digests = {file.name: digest for file, digest in zip(files, made, strict=True)}
        present = {name: _digest(folder / name) for name in digests}
        _check_present(present, digests, known, folder)
        stale = [name for name in known if name not in digests] if everything else []
        # Both are named while files are exchanged: whatever stops it, they are known as ours the next time.
        _write_manifest(folder / MANIFEST, known, digests)
        changed = [name for name in digests if present[name] != digests[name]]
        for name in changed:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh[name], folder / name)
        removed = sum(_remove(folder / name, known[name]) for name in stale)
        kept = {name: found for name, found in known.items() if name not in stale and name not in digests}
        _write_manifest(folder / MANIFEST, kept, digests)
    return Exported(len(changed), len(digests) - len(changed), removed)


def _check_folders(files: Iterable[DataFile], folder: Path) -> None:
    """Refuse names under which something else stands, and what would be written elsewhere than it seems."""
    names = [Path(file.name) for file in files]
    parents = dict.fromkeys(parent for name in names for parent in name.parents)
    in_the_way = [path for name in names if (path := folder / name).is_symlink() or path.is_dir()]
    for parent in parents:
        path = folder / parent
        if (path.is_symlink() and path != folder) or (path.exists() and not path.is_dir()):
            in_the_way.append(path)
    if in_the_way:
        raise ExportError(f"{quoted(str(in_the_way[0]))} is in the way", "move it, or choose another folder")


def _check_present(
    present: Mapping[str, str], digests: Mapping[str, str], known: Mapping[str, frozenset[str]], folder: Path
) -> None:
    for name, found in present.items():
        if found and found != digests[name] and found not in known.get(name, ()):
            message = f"{quoted(str(folder / name))} was not written by an export, or was changed since"
            raise ExportError(message, "move it away, or choose another folder with --output")


def _render(path: Path, file: DataFile) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as stream:
        for piece in file.render():
            digest.update(piece)
            stream.write(piece)
    path.chmod(new_file_mode())
    return digest.hexdigest()


_PARALLEL_FROM = 150
"""Files below which starting processes takes longer than it saves. There is one for each note."""
_LARGE = 20
"""So many come first, and hold the whole library."""


def _for_each(function: Callable[[DataFile], R], files: Sequence[DataFile], *, among: int) -> list[R]:
    """What the function returns for each file; `among` is how many files the library has, of which these may be few."""
    if len(files) < 2 or among < _PARALLEL_FROM:
        return [function(file) for file in files]
    return list(map_forked(function, files, large=_LARGE))


def _digest(path: Path) -> str:
    """The digest of a file, or nothing where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove(path: Path, digests: frozenset[str]) -> bool:
    ours = not path.is_symlink() and _digest(path) in digests
    if ours:
        path.unlink()
    return ours


def _read_manifest(path: Path) -> dict[str, frozenset[str]]:
    """Digests of each file that an export wrote; lines that say nothing of the kind are passed over."""
    known: dict[str, frozenset[str]] = {}
    if path.is_file() and not path.is_symlink():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            digest, _, name = line.partition("  ")
            if not {"..", ""} & set(name.split("/")):
                known[name] = known.get(name, frozenset()) | {digest}
    return known


def _write_manifest(path: Path, known: Mapping[str, frozenset[str]], digests: Mapping[str, str]) -> None:
    lines = {f"{digest}  {name}\n" for name, found in known.items() for digest in found}
    lines |= {f"{digest}  {name}\n" for name, digest in digests.items()}
    temporary = path.with_name(f"{MANIFEST}.tmp")
    temporary.write_text("".join(sorted(lines, key=lambda line: line[66:])), encoding="utf-8")
    temporary.replace(path)


# -------------------------------------------------------------------------------------------------- built site


class Placed(NamedTuple):
    """The files that were put beside the pages."""

    made: list[str]
    kept: int
    removed: list[str]


def place_data_files(
    files: Iterable[DataFile],
    built: Path,
    *,
    record: Path | None = None,
    key_of: Callable[[DataFile], str] = lambda _: "",
) -> Placed:
    """Put the files that can be made beside the pages of a site, in the private folder where that was built.

    `record` is the file that remembers what was put there, and for which key: a file for which `key_of` gives the same
    key as the last time has the same bytes, and is not made again. What the library has no more is removed.
    """
    before = _read_record(record) if record else {}
    wanted = {file.path: (file, key_of(file)) for file in files if not file.needs}
    kept = {path for path, (_, key) in wanted.items() if key and _is_kept(before.get(path), _state(built / path, key))}
    if record and kept != wanted.keys() | before.keys():
        # Whatever stops this, the next time knows what may be there.
        _write_record(record, {path: before[path] if path in kept else [] for path in (*before, *wanted)})
    outdated = [file for path, (file, _) in wanted.items() if path not in kept]
    _for_each(lambda file: _place(file, built), outdated, among=len(wanted))
    gone = before.keys() - wanted.keys()
    for path in gone:
        (built / path).unlink(missing_ok=True)
    if record:
        _write_record(record, {path: _state(built / path, key) for path, (_, key) in wanted.items()})
    return Placed([file.path for file in outdated], len(kept), list(gone))


def _place(file: DataFile, built: Path) -> None:
    """Write a file; one with the same bytes keeps its time, so that it need not be published again."""
    target = built / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    if _render(temporary, file) == _digest(target):
        temporary.unlink()
    else:
        temporary.replace(target)


def _is_kept(before: Sequence[str | int] | None, now: Sequence[str | int]) -> bool:
    # A file that was begun has nothing in the record, and one that is not there has no state.
    return bool(before) and before == now


_Record: TypeAlias = Mapping[str, Sequence[str | int]]
"""For each path the key that it was made for, its size and its time; nothing while it is being made."""


def _state(path: Path, key: str) -> list[str | int]:
    with suppress(OSError):
        status = path.stat()
        return [key, status.st_size, status.st_mtime_ns]
    return []


def _read_record(record: Path) -> _Record:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and not any(".." in path.split("/") for path in found) else {}


def _write_record(record: Path, states: _Record) -> None:
    temporary = record.with_name(f"{record.name}.tmp")
    temporary.write_text(json.dumps(states), encoding="utf-8")
    temporary.replace(record)
