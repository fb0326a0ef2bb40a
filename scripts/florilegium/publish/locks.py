"""The lock of a project's state folder: one build at a time, and a build that died holds nothing up."""

import errno
import json
import os
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..core.diagnostics import plain
from . import system
from .disk_files import is_folder, status, write_all, write_whole
from .publish_errors import PublishError, reported, shown

__all__ = ["Lock", "hold_lock"]

_PAUSE = 0.05
"""Seconds between two tries."""
_PATIENCE = 1.0
"""Seconds of waiting before the user is told."""
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_FAR = 1 << 30
"""Windows locks bytes, which nobody else can read then: one far behind the text is locked."""

_held: set[int] = set()
"""Descriptors of the locks that this process holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Proof that this process holds the lock of a state folder, for as long as `hold_lock`'s block lasts."""

    state: Path
    """The state folder: private files of the tool, which may be deleted between two builds."""


@contextmanager
def hold_lock(state: Path, *, wait: bool = True, notify: Callable[[str], None] | None = None) -> Iterator[Lock]:
    """Hold the lock of a state folder, which is made where it is missing.

    While another process holds it: wait, and call `notify` once with who that is after a second; with
    `wait=False` raise `PublishError` at once. The system drops the lock of a process that ends, however
    it ends, so that there is no stale lock.
    """
    with reported(f"lock {shown(state)}"):
        _make_state_folder(str(state))
        descriptor = _acquire(str(state / "lock"), wait, notify)
    _held.add(descriptor)
    try:
        # Courtesies, to others and to git: a full disk is no reason not to build.
        with suppress(OSError):
            _write_holder(descriptor, _holder())
        with suppress(OSError):
            _keep_out_of_git(str(state))
        yield Lock(state=state)
    finally:
        if descriptor in _held:
            _release(descriptor)


def _release(descriptor: int) -> None:
    _held.remove(descriptor)
    try:
        with suppress(OSError):
            system.truncate_file(descriptor, 0)
    finally:
        os.close(descriptor)


def _make_state_folder(state: str) -> None:
    if not is_folder(state):
        if status(state) is not None:
            raise PublishError(
                f"{shown(state)} is not a folder",
                "move it away: the tool keeps its state in a folder of that name",
            )
        with suppress(FileExistsError):
            system.make_folder(state, 0o755)


def _keep_out_of_git(state: str) -> None:
    path = f"{state}/.gitignore"
    if status(path) is None:
        write_whole(path, b"*\n", f"{path}.tmp")


def _acquire(path: str, wait: bool, notify: Callable[[str], None] | None) -> int:
    start = time.monotonic()
    while (descriptor := _try_to_lock(path)) is None:
        if not wait:
            raise PublishError(_busy(path), "wait until it has finished, then try again")
        if notify is not None and time.monotonic() - start >= _PATIENCE:
            notify(f"waiting: {_busy(path)}")
            notify = None
        time.sleep(_PAUSE)
    return descriptor


def _try_to_lock(path: str) -> int | None:
    """The descriptor of the locked file, or None while another process holds it."""
    descriptor = system.open_file(path, _FLAGS | _SAFE, 0o644)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PublishError(f"{shown(path)} is not a regular file", "delete it and try again")
        if _lock(descriptor, path) and _is_still_there(descriptor, path):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _is_still_there(descriptor: int, path: str) -> bool:
    # Whoever deletes the state folder deletes the lock with it: then the file we hold is nobody's lock.
    found = status(path)
    return found is not None and os.path.samestat(found, os.fstat(descriptor))


def _lock(descriptor: int, path: str) -> bool:
    try:
        _lock_file(descriptor)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise PublishError(
            f"cannot lock {shown(path)}: {plain(error.strerror or str(error))}",
            "this file system knows no locks; move the project to a local disk",
        ) from error
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock_file(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_file(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder() -> dict[str, str | int]:
    # The one place of the program that looks at a clock. Nothing of it gets into an output.
    now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"process": os.getpid(), "host": socket.gethostname(), "since": now}


def _write_holder(descriptor: int, holder: dict[str, str | int]) -> None:
    system.truncate_file(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    write_all(descriptor, json.dumps(holder).encode())


def _busy(path: str) -> str:
    """Who holds the lock, as far as can be told: it may have been taken this very moment."""
    try:
        holder = json.loads(Path(path).read_bytes()[:1000])
        process, host, since = int(holder["process"]), str(holder["host"]), str(holder["since"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return "another build of this project is at work"
    return f"another build of this project is at work: process {process} on {plain(host)}, since {plain(since)}"


def _close_in_child() -> None:
    # A worker that outlives a killed build must not keep its lock.
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
