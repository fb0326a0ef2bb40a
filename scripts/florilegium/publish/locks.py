"""The lock of a project's state folder: one build at a time, and a build that died holds nothing up.

A renderer writes into the state folder from a process of its own, which may outlive the build that started it. So it
has a lock too, which it holds for as long as it runs; a build begins when both are free.
"""

import errno
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ..core.diagnostics import plain
from . import system
from .disk_files import is_folder, status, write_whole
from .publish_errors import PublishError, reported, shown

_PAUSE = 0.05
"""Seconds between two tries."""
_PATIENCE = 1.0
"""Seconds of waiting before the user is told."""
_UNSUPPORTED = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Proof that this process holds the lock of a state folder, for as long as `hold_lock`'s block lasts."""

    state: Path
    """The state folder: private files of the tool, which may be deleted between two builds."""


@contextmanager
def hold_lock(state: Path, *, wait: bool = True, notify: Callable[[str], None] | None = None) -> Iterator[Lock]:
    """Hold the lock of a state folder, which is made where it is missing.

    While another build, or a renderer that one left behind, is at work: wait, and call `notify` once with who that is
    after a second; with `wait=False` raise `PublishError` at once. The system drops the lock of a process that ends,
    however it ends, so that there is no stale lock.
    """
    with reported(f"lock {shown(state)}"):
        _make_state_folder(str(state))
    with (
        _held(state / "lock", lambda: f"another build of this project is at work{_holder(state)}", wait, notify),
        _courtesies(state),
    ):
        with _held(renderer_lock(state), lambda: _LEFT, wait, notify):
            pass
        yield Lock(state=state)


_LEFT = "a renderer still runs that a stopped build of this project has left"


def renderer_lock(state: Path) -> Path:
    """The file that a renderer locks while it writes into a state folder."""
    return state / "renderer.lock"


@contextmanager
def hold_renderer_lock(path: Path) -> Iterator[None]:
    """Hold a renderer's lock, in the process that renders."""
    with _held(path, lambda: _LEFT, True, None):
        yield


@contextmanager
def _held(path: Path, busy: Callable[[], str], wait: bool, notify: Callable[[str], None] | None) -> Iterator[None]:
    # A worker that is forked meanwhile gives its copy up at once: filelock sees to that.
    lock = FileLock(path, fallback_to_soft=False, thread_local=False)
    start = time.monotonic()
    while not _acquired(lock, path):
        if not wait:
            raise PublishError(busy(), "wait until it has finished, then try again")
        if notify is not None and time.monotonic() - start >= _PATIENCE:
            notify(f"waiting: {busy()}")
            notify = None
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: FileLock, path: Path) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            raise PublishError(
                f"cannot lock {shown(path)}: {plain(error.strerror or str(error))}",
                "this file system does not support locks; move the project to a local disk",
            ) from error
        with reported(f"lock {shown(path)}"):
            raise
    return True


def _make_state_folder(state: str) -> None:
    if not is_folder(state):
        if status(state) is not None:
            raise PublishError(
                f"{shown(state)} is not a folder",
                "move it away: the tool keeps its state in a folder of that name",
            )
        with suppress(FileExistsError):
            system.make_folder(state, 0o755)


@contextmanager
def _courtesies(state: Path) -> Iterator[None]:
    """Tell others who holds the lock, and git what to leave alone: a full disk is no reason not to build."""
    # The one place of the program that looks at a clock. Nothing of it gets into an output.
    now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    holder = {"process": os.getpid(), "host": socket.gethostname(), "since": now}
    path, ignored = str(_holder_file(state)), f"{state}/.gitignore"
    with suppress(OSError):
        write_whole(path, json.dumps(holder).encode(), f"{path}.tmp")
    with suppress(OSError):
        if status(ignored) is None:
            write_whole(ignored, b"*\n", f"{ignored}.tmp")
    try:
        yield
    finally:
        with suppress(OSError):
            system.remove_file(path)


def _holder_file(state: Path) -> Path:
    return state / "lock.json"


def _holder(state: Path) -> str:
    """Who holds the lock, as far as can be told: it may have been taken this very moment."""
    try:
        holder = json.loads(_holder_file(state).read_bytes()[:1000])
        process, host, since = int(holder["process"]), str(holder["host"]), str(holder["since"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return f": process {process} on {plain(host)}, since {plain(since)}"
