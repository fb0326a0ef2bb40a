"""Revisions of a Git repository, as folders: the files of a library, taken out of the object store as they lie there.

What a revision holds was written by anybody. So nothing is checked out: Git hands over trees and blobs as they are
stored, without filters, hooks, attributes or submodules, and they are written into a private folder, where a symbolic
link leads nowhere.
"""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from ...core.diagnostics import quoted
from ...core.errors import CannotRun
from ...core.limits import MAX_BIBLIOGRAPHY_BYTES, MAX_FILE_BYTES
from ...library.listing import ANNOTATIONS

_MAX_FILES = 200_000
_MAX_BYTES = 1_073_741_824
"""What a library may hold, in files and in bytes; past it nothing is compared."""

_SAFE = (
    *("--no-optional-locks", "--no-replace-objects", "--literal-pathspecs", "--no-pager"),
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"),
)
_FETCH = "fetch the whole history: git fetch --unshallow; in a workflow, give actions/checkout fetch-depth: 0"


def _environment() -> dict[str, str]:
    """No language, no question, and no fetching of what a partial clone left out."""
    own = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    return {**os.environ, **own}


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", *_SAFE, *arguments]
    try:
        return subprocess.run(
            command, cwd=folder, env=_environment(), capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except FileNotFoundError as error:
        raise CannotRun("git is not installed", "install it, or compare two folders: diff ./before ./after") from error


def _require_repository(folder: Path) -> None:
    result = _git(folder, "rev-parse", "--git-dir")
    if result.returncode == 0:
        return
    said = result.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
    if "dubious ownership" in said:
        remedy = "git does not trust a folder of another user: git config --global --add safe.directory FOLDER"
        raise CannotRun(f"git cannot be used here: {said}", remedy)
    raise CannotRun(
        f"{quoted(str(folder))} is not in a Git repository",
        "go to the repository, name it with --root DIR, or compare two folders: diff ./before ./after",
    )


def find_commit(folder: Path, revision: str) -> str | None:
    """The id of the commit that a revision names; None if there is no such revision."""
    _require_repository(folder)
    if revision.startswith("-"):
        return None
    result = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return result.stdout.decode("ascii").strip() if result.returncode == 0 else None


def require_commit(folder: Path, revision: str) -> str:
    """As `find_commit`; what is not found is said, with what will probably help."""
    commit = find_commit(folder, revision)
    if commit is None:
        remedy = "git branch --all lists the branches; a branch that is not here must be fetched first"
        raise CannotRun(
            f"there is no revision {quoted(revision)} in this repository", _FETCH if _is_shallow(folder) else remedy
        )
    return commit


def _is_shallow(folder: Path) -> bool:
    return _git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def merge_base(folder: Path, base: str, head: str) -> str:
    """The commit from which two others went apart."""
    result = _git(folder, "merge-base", base, head)
    if result.returncode != 0:
        remedy = _FETCH if _is_shallow(folder) else "compare the two as they are, without --merge-base"
        raise CannotRun("the two revisions have no commit in common", remedy)
    return result.stdout.decode("ascii").strip().partition("\n")[0]


# ---------------------------------------------------------------------------------------------------- unpacking


class _Blob(NamedTuple):
    mode: str
    oid: str
    size: int
    path: bytes
    """Below the library's root: `annotations/notes/x.md`."""


@contextmanager
def unpacked(folder: Path, revision: str) -> Iterator[Path]:
    """A private folder that holds the library of `folder` as it was in a revision; it is removed in the end."""
    commit = require_commit(folder, revision)
    with TemporaryDirectory(prefix="florilegium-") as name:
        root = Path(name)
        _unpack(folder, commit, root)
        yield root


def _unpack(folder: Path, commit: str, root: Path) -> None:
    blobs = list(_list_blobs(folder, commit))
    if len(blobs) > _MAX_FILES or sum(blob.size for blob in blobs) > _MAX_BYTES:
        message = f"the library of {quoted(commit)} is too large: {len(blobs):,} files"
        raise CannotRun(message, f"at most {_MAX_FILES:,} files with {_MAX_BYTES:,} bytes are compared")
    regular = [blob for blob in blobs if blob.mode.startswith("100")]
    with _reader(folder) as read:
        for blob in regular:
            _write_file(root, blob, read)
    for blob in blobs:
        _write_other(root, blob)


def _list_blobs(folder: Path, commit: str) -> Iterator[_Blob]:
    """The files below `annotations/`, as a commit lists them; names that no folder can hold are left out."""
    prefix = _git(folder, "rev-parse", "--show-prefix").stdout.rstrip(b"\n")
    where = os.fsdecode(prefix) + ANNOTATIONS
    result = _git(folder, "ls-tree", "-z", "-r", "-l", "--full-tree", commit, "--", where)
    if result.returncode != 0:
        said = result.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise CannotRun(f"git cannot list the files of {quoted(commit)}: {said}", _FETCH)
    for entry in filter(None, result.stdout.split(b"\0")):
        about, _, path = entry.partition(b"\t")
        mode, _, oid, size = about.decode("ascii").split()
        own = path.removeprefix(prefix)
        if all(part not in (b"", b".", b"..") for part in own.split(b"/")):
            yield _Blob(mode, oid, int(size) if size.isdigit() else 0, own)


class _Reader:
    """Asks one process of Git for the content of blobs."""

    def __init__(self, asks: IO[bytes], answers: IO[bytes]) -> None:
        self._asks = asks
        self._answers = answers

    def __call__(self, oid: str) -> bytes:
        self._asks.write(f"{oid}\n".encode("ascii"))
        self._asks.flush()
        head = self._answers.readline().split()
        if len(head) != 3:
            raise CannotRun(f"git does not have the object {oid}, which a file of the library is", _FETCH)
        data = self._answers.read(int(head[2]))
        self._answers.read(1)
        return data


@contextmanager
def _reader(folder: Path) -> Iterator[_Reader]:
    process = subprocess.Popen(
        ["git", *_SAFE, "cat-file", "--batch"],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield _Reader(process.stdin, process.stdout)
    except BrokenPipeError as error:
        raise CannotRun("git ended while it was asked for the files of a revision") from error
    finally:
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        process.wait()


def _write_file(root: Path, blob: _Blob, read: _Reader) -> None:
    """Write a regular file. Of one that is too large to be read only the size is kept, without taking room."""
    most = MAX_FILE_BYTES if blob.path.endswith(b".md") else MAX_BIBLIOGRAPHY_BYTES
    data = b"" if blob.size > most else read(blob.oid)
    with _impossible_names_left_out(), open(_place(root, blob), "xb") as file:
        if data:
            file.write(data)
        else:
            file.truncate(blob.size)


def _write_other(root: Path, blob: _Blob) -> None:
    """Write what is no file as what it is: a link, which leads nowhere, or the empty folder of a submodule."""
    with _impossible_names_left_out():
        if blob.mode == "120000":
            os.symlink("nowhere", _place(root, blob))
        elif blob.mode == "160000":
            os.mkdir(_place(root, blob))


_IMPOSSIBLE = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EILSEQ)


@contextmanager
def _impossible_names_left_out() -> Iterator[None]:
    """Pass over a name that no checkout could hold: one that comes twice, or is too long, or lies below a file."""
    try:
        yield
    except OSError as error:
        if error.errno not in _IMPOSSIBLE:
            raise


def _place(root: Path, blob: _Blob) -> bytes:
    place = os.path.join(os.fsencode(root), blob.path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    return place
