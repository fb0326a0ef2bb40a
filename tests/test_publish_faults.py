"""The promise of publishing, held against every fault: each call to the system fails, or is the last one, in turn.

As SQLite is tested: the first call fails, then the second, and so on, until a run comes to its end undisturbed. After
each fault the published folder is the old site or the new one, and a clean run puts everything right.
"""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from florilegium.publish import (
    MARKER,
    Page,
    Project,
    PublishError,
    SyncResult,
    hold_lock,
    publish_site,
    recover_site,
    sync_pages,
    system,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked, and killed by a signal")

Files = dict[str, bytes]

OLD: Files = {"index.html": b"old", "same.html": b"same", "gone.html": b"g", "a/index.html": b"a", "turns": b"t"}
NEW: Files = {"index.html": b"new", "same.html": b"same", "turns/b.html": b"b", "a/index.html": b"A", "c/d": b""}

ONCE, FROM_THEN_ON = 0, 1_000_000


class Killed(BaseException):
    """Stands for the end of the process."""


class Faults:
    """Stands between the tool and the system, counts the calls, and strikes at some of them."""

    def __init__(self, patch: pytest.MonkeyPatch, *, exchange: bool = True) -> None:
        self.count = 0
        self.first, self.last = 0, -1
        self.strike: Callable[[], None] = lambda: None
        # Forcing things to disk takes a while, and changes nothing that a process could see.
        calls: dict[str, Callable[..., object]] = {
            "sync_file": lambda descriptor: None,
            "sync_filesystem": lambda path: True,
        }
        if not exchange:
            calls["exchange"] = lambda first, second: False
        for name in system.OPERATIONS:
            patch.setattr(system, name, self._wrap(name, calls.get(name) or getattr(system, name)))

    def _wrap(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: Any) -> object:
            self.count += 1
            if self.first <= self.count <= self.last:
                if name == "write_some" and self.count == self.first:
                    # A disk that gets full takes the first bytes.
                    call(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                if name == "close_file":
                    call(*arguments)
                self.strike()
            return call(*arguments)

        return wrapped

    def fail(self, number: int, lasting: int, code: int) -> None:
        """Let the call of a number fail, and so many after it."""

        def strike() -> None:
            raise OSError(code, os.strerror(code))

        self.count, self.first, self.last, self.strike = 0, number, number + lasting, strike

    def end(self, number: int) -> None:
        """Let the process end at the call of a number: nothing that it does later reaches the disk."""

        def strike() -> None:
            raise Killed

        self.count, self.first, self.last, self.strike = 0, number, number + FROM_THEN_ON, strike

    def kill(self, number: int) -> None:
        """Let the process be killed, in earnest, at the call of a number."""
        self.count, self.first, self.last = 0, number, number
        self.strike = lambda: os.kill(os.getpid(), signal.SIGKILL)

    def stop(self) -> bool:
        """Strike no more; whether there was a strike."""
        struck = self.first <= self.count
        self.first, self.last = 0, -1
        return struck


def write_files(root: Path, files: Files) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def read_files(root: Path) -> Files | None:
    """The files below a folder, the marker aside; None where there is no folder."""
    if not root.is_dir():
        return None
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file() and f.name != MARKER}


def killed(action: Callable[[], object]) -> bool:
    """Run something in a process of its own; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


class Desk:
    """A project whose site is set back to the old one again and again."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root=root, annotations=root / "annotations", docs=root / "docs")
        self.state, self.built, self.target = root / ".state", root / "built", root / "out" / "site"
        for folder in (self.project.annotations, self.project.docs):
            folder.mkdir()

    def publish(self) -> None:
        with hold_lock(self.state) as lock:
            publish_site(self.built, self.target, project=self.project, lock=lock)

    def recover(self) -> None:
        with hold_lock(self.state) as lock:
            recover_site(self.target, project=self.project, lock=lock)

    def prepare(self, start: str) -> Files | None:
        """Set up what was published before, and build the new site."""
        if start in ("nothing", "empty folder"):
            shutil.rmtree(self.target.parent, ignore_errors=True)
            shutil.rmtree(self.state, ignore_errors=True)
            self.target.parent.mkdir()
            if start == "empty folder":
                self.target.mkdir()
        else:
            write_files(self.built, OLD)
            self.publish()
            if start == "no spare":
                shutil.rmtree(self.state)
        write_files(self.built, NEW)
        return read_files(self.target)

    def check(self, old: Files | None, *, succeeded: bool) -> None:
        assert read_files(self.target) in ([NEW] if succeeded else [old, NEW])

    def check_clean_run(self) -> None:
        self.publish()
        assert read_files(self.target) == NEW
        assert (self.target / MARKER).is_file()
        assert os.listdir(self.target.parent) == ["site"]
        assert set(os.listdir(self.state)) <= {"lock", ".gitignore", "published.json", "spare"}
        spare = read_files(self.state / "spare") or {}
        assert spare.items() <= NEW.items(), "what is put away is nothing but links to published files"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A temporary folder in memory where there is one: these tests make thousands of small files."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
def desk(folder: Path) -> Desk:
    return Desk(folder)


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two renames"])
@pytest.mark.parametrize(
    ("start", "lasting", "code"),
    [
        ("old site", ONCE, errno.EIO),
        ("old site", FROM_THEN_ON, errno.ENOSPC),
        ("no spare", ONCE, errno.EACCES),
        ("nothing", ONCE, errno.ENOSPC),
        ("empty folder", FROM_THEN_ON, errno.EROFS),
    ],
)
def test_every_call_may_fail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, exchange: bool, start: str, lasting: int, code: int
) -> None:
    faults = Faults(monkeypatch, exchange=exchange)
    struck, number, failures = True, 0, 0
    while struck:
        number += 1
        old = desk.prepare(start)
        faults.fail(number, lasting, code)
        succeeded = True
        try:
            desk.publish()
        except PublishError as error:
            assert error.help
            succeeded = False
            failures += 1
        struck = faults.stop()
        if not exchange and lasting and old and read_files(desk.target) is None:
            # The disk did not let us rename the old site back either; the next run does, and nothing else before.
            desk.recover()
            assert read_files(desk.target) == old
        desk.check(old, succeeded=succeeded)
        desk.check_clean_run()
    assert number > 80
    assert failures > 40


def ends(action: Callable[[], object]) -> bool:
    """Run something that may be `Killed`; whether it was."""
    try:
        action()
    except Killed:
        return True
    return False


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two renames"])
@pytest.mark.parametrize("start", ["old site", "no spare", "nothing", "empty folder"])
def test_every_call_may_be_the_last(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, exchange: bool, start: str
) -> None:
    faults = Faults(monkeypatch, exchange=exchange)
    struck, number, windows = True, 0, 0
    while struck:
        number += 1
        old = desk.prepare(start)
        faults.end(number)
        succeeded = not ends(desk.publish)
        struck = faults.stop()
        if not exchange and old and read_files(desk.target) is None:
            windows += 1
            desk.recover()
            assert read_files(desk.target) == old
        desk.check(old, succeeded=succeeded)
        desk.check_clean_run()
    assert number > 80
    assert windows == (0 if exchange or not old else 1), "only between the two renames there is no site"


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two renames"])
def test_processes_that_are_killed_in_earnest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    faults = Faults(monkeypatch, exchange=exchange)
    struck, number = True, 0
    while struck:
        number += 4
        old = desk.prepare("old site")
        faults.kill(number)
        struck = killed(desk.publish)
        faults.stop()
        desk.recover()
        desk.check(old, succeeded=not struck)
        desk.check_clean_run()
    assert number > 80
