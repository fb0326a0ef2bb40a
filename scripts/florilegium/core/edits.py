"""Changes to the files of a library: made by span, shown as a diff, and written all or not at all."""

import difflib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import FlorilegiumError
from .spans import LineTable, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What `span` covers becomes `text`. An empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file before and after. `None` means that there is none."""

    path: str
    """From the library's root, with `/` on every system."""
    before: str | None
    after: str | None


class Changed(FlorilegiumError):
    """A file is not what it was when a change to it was planned."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed in the meantime; nothing was written", "run the command again")
        self.path = path


def apply_edits(table: LineTable, edits: Iterable[Edit]) -> str:
    """The text of `table` with the edits made; all else stays as it is. Raises `ValueError` where two overlap."""
    pieces, position = [], 0
    placed = [(table.offset(edit.span.start), table.offset(edit.span.end), edit.text) for edit in edits]
    # Sorted by place alone: several insertions at one place stay in the order in which they were given.
    for start, end, text in sorted(placed, key=lambda item: item[:2]):
        if start < position:
            raise ValueError(f"{table.path}: two edits overlap at {table.position(start)}")
        pieces += [table.text[position:start], text]
        position = end
    return "".join([*pieces, table.text[position:]])


def render_diff(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of a unified diff, as `git diff` shows it, without line ends."""
    for change in sorted(changes, key=lambda change: change.path):
        if change.before == change.after:
            continue
        before = "/dev/null" if change.before is None else f"a/{change.path}"
        after = "/dev/null" if change.after is None else f"b/{change.path}"
        for line in difflib.unified_diff(_lines(change.before), _lines(change.after), before, after):
            yield line.rstrip("\r\n")
            if line[:1] in "+- " and not line.endswith("\n"):
                yield "\\ No newline at end of file"


def _lines(text: str | None) -> list[str]:
    # `str.splitlines` would also split at form feeds and U+2028.
    return io.StringIO(text or "", newline="\n").readlines()


def read_exactly(root: Path, path: str) -> str | None:
    """A file's text with its line ends as they are; None where there is no file. Raises `UnicodeDecodeError`."""
    try:
        return (root / path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None


def write_changes(root: Path, changes: Iterable[Change]) -> None:
    """Write changed files. Everything that can fail is tried first; raises `Changed` before anything is written.

    Each file is exchanged as a whole, so a reader sees the old one or the new one; a symbolic link is never followed.
    """
    wanted = [change for change in changes if change.before != change.after]
    ready: list[tuple[Path, Path]] = []
    try:
        for change in wanted:
            if _read_plainly(root, change.path) != change.before:
                raise Changed(change.path)
            if change.after is not None:
                ready.append((_write_beside(root / change.path, change.after), root / change.path))
        for temporary, path in ready:
            temporary.replace(path)
        ready = []
        for change in wanted:
            if change.after is None:
                (root / change.path).unlink()
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)


def _read_plainly(root: Path, path: str) -> str | None:
    if any(folder.is_symlink() for folder in [root / path, *(root / path).parents] if folder.is_relative_to(root)):
        raise Changed(path)
    try:
        return (root / path).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _write_beside(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    with os.fdopen(descriptor, "wb") as file:
        # What is no UTF-8, such as a font, is carried as surrogates (PEP 383).
        file.write(text.encode("utf-8", "surrogateescape"))
    mode = path.stat().st_mode & 0o777 if path.exists() else new_file_mode()
    os.chmod(name, mode)
    return Path(name)


def new_file_mode() -> int:
    """The permissions that the system gives to a new file; one from `tempfile` is its owner's alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
