"""The promise of publishing, held against every fault: each call to the system fails, or is the last one, in turn.

As SQLite is tested: the first call fails, then the second, and so on, until a run comes to its end undisturbed. After
each fault the published folder is the old site or the new one, and a clean run puts everything right.
"""

import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from florilegium.publish import generations, system
from florilegium.publish.exchange import _Places, publish_site, recover_site
from florilegium.publish.locks import hold_lock
from florilegium.publish.publish_errors import PublishError
from florilegium.publish.publish_targets import MARKER, Project
from florilegium.publish.written_pages import Page, SyncResult, sync_pages

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked, and killed by a signal")

Files = dict[str, bytes]

OLD: Files = {
    "index.html": b"old",
    "same.html": b"same",
    "gone.html": b"g",
    "a/index.html": b"a",
    "turns": b"t",
}
NEW: Files = {
    "index.html": b"new",
    "same.html": b"same",
    "turns/b.html": b"b",
    "a/index.html": b"A",
    "c/d": b"",
}

ONCE, FROM_THEN_ON = 0, 1_000_000


READING = {"close_file", "file_status", "list_folder", "path_status", "read_some"}
"""Calls that change nothing: a process killed before one of them leaves what it leaves before the next change."""


class Killed(BaseException):
    """Stands for the end of the process."""


class Faults:
    """Stands between the tool and the system, counts the calls, and strikes at some of them."""

    def __init__(self, patch: pytest.MonkeyPatch, *, exchange: bool = True) -> None:
        self.counted = set(system.OPERATIONS)
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
            self.count += name in self.counted
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

        self.counted -= READING
        self.count, self.first, self.last, self.strike = 0, number, number + FROM_THEN_ON, strike

    def kill(self, number: int) -> None:
        """Let the process be killed, in earnest, at the call of a number."""
        self.counted -= READING
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


def attempt(action: Callable[[], object]) -> bool:
    """Whether something comes to its end; if not, then with the one exception there is, and a remedy."""
    failed: list[PublishError] = []
    try:
        action()
    except PublishError as error:
        failed.append(error)
    assert all(error.message and error.help for error in failed)
    return not failed


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
        left = set(os.listdir(self.state))
        assert left <= {"lock", ".gitignore", "published.json", "renderer.lock", "spare"}
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
def desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # As after a pause: unchanged files are known by their times. With "no spare" the records are gone too, so that
    # files are compared byte by byte.
    monkeypatch.setattr(generations, "_STEP", -1)
    return Desk(folder)


@pytest.mark.parametrize(
    ("start", "exchange", "lasting", "code"),
    [
        ("old site", True, ONCE, errno.EIO),
        ("old site", False, ONCE, errno.EIO),
        ("old site", True, FROM_THEN_ON, errno.ENOSPC),
        ("old site", False, FROM_THEN_ON, errno.ENOSPC),
        ("no spare", True, ONCE, errno.EACCES),
        ("nothing", True, ONCE, errno.ENOSPC),
        ("empty folder", True, FROM_THEN_ON, errno.EROFS),
    ],
)
def test_every_call_may_fail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, start: str, exchange: bool, lasting: int, code: int
) -> None:
    faults = Faults(monkeypatch, exchange=exchange)
    struck, number, failures = True, 0, 0
    while struck:
        number += 1
        old = desk.prepare(start)
        faults.fail(number, lasting, code)
        succeeded = attempt(desk.publish)
        failures += not succeeded
        struck = faults.stop()
        if not exchange and lasting and old and read_files(desk.target) is None:
            # The disk did not let us rename the old site back either; the next run does, and nothing else before.
            desk.recover()
            assert read_files(desk.target) == old
        desk.check(old, succeeded=succeeded)
        if lasting == ONCE and not succeeded:
            assert set(os.listdir(desk.target.parent)) <= {"site"}, "what is not published is cleared away"
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
def test_every_call_may_be_the_last(desk: Desk, monkeypatch: pytest.MonkeyPatch, exchange: bool, start: str) -> None:
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
    assert number > 30
    assert windows == (0 if exchange or not old else 1), "only between the two renames there is no site"


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two renames"])
def test_processes_that_are_killed_in_earnest(desk: Desk, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    faults = Faults(monkeypatch, exchange=exchange)
    struck, number = True, 0
    while struck:
        number += 3
        old = desk.prepare("old site")
        faults.kill(number)
        struck = killed(desk.publish)
        faults.stop()
        desk.recover()
        desk.check(old, succeeded=not struck)
        desk.check_clean_run()
    assert number > 30


@pytest.mark.parametrize("former", [False, True])
def test_every_call_of_recovering_may_be_the_last(desk: Desk, monkeypatch: pytest.MonkeyPatch, former: bool) -> None:
    faults = Faults(monkeypatch)
    struck, number = True, 0
    while struck:
        number += 1
        old = desk.prepare("old site")
        places = _Places.of(desk.target, desk.state)
        shutil.copytree(desk.target, places.former if former else places.fresh)
        faults.end(number)
        ends(desk.recover)
        struck = faults.stop()
        assert read_files(desk.target) == old
        desk.check_clean_run()
    assert number > 10


# ------------------------------------------------------------------------------------------------- a power cut


def test_a_generation_is_on_disk_before_it_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.prepare("old site")
    names: list[str] = []

    def noted(name: str, call: Callable[..., object]) -> Callable[..., object]:
        return lambda *arguments: (names.append(name), call(*arguments))[1]

    for name in system.OPERATIONS:
        monkeypatch.setattr(system, name, noted(name, getattr(system, name)))
    desk.publish()
    changing = [name for name in names if name not in READING and name != "open_file"]
    swap = changing.index("exchange")
    assert changing[swap - 1] == "sync_filesystem"
    assert changing[swap + 1] == "sync_file", "the exchange itself"


def test_without_a_call_for_the_whole_disk_each_change_is_forced(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.prepare("old site")
    monkeypatch.setattr(system, "sync_filesystem", lambda path: False)
    forced: set[str] = set()

    def sync_file(descriptor: int) -> None:
        forced.add(os.readlink(f"/proc/self/fd/{descriptor}").split("/out/")[1].partition("/")[2])

    monkeypatch.setattr(system, "sync_file", sync_file)
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("no /proc")
    with pytest.raises(IndexError):
        desk.publish()  # The last one is the folder above.
    assert forced == {"", MARKER, "index.html", "turns", "turns/b.html", "a", "a/index.html", "c", "c/d"}


# ------------------------------------------------------------------------------------------------------- pages


class Shelf:
    """Generated pages, set back to an old state again and again."""

    FIRST: ClassVar[Files] = {
        "notes/a.md": b"a1",
        "notes/b.md": b"b1",
        "themes/t.md": b"t1",
        "notes/x": b"file",
    }
    SECOND: ClassVar[Files] = {
        "notes/a.md": b"a2",
        "notes/b.md": b"b1",
        "notes/x/y.md": b"y",
        "quotes/q.md": b"q",
    }
    THIRD: ClassVar[Files] = {"notes/a.md": b"a3", "notes/b.md": b"b3", "notes/x/z.md": b"z"}
    BY_HAND: ClassVar[Files] = {"about.md": b"mine", "notes-by-hand/n.md": b"mine"}

    def __init__(self, root: Path) -> None:
        self.docs, self.manifest = root / "docs", root / "pages.manifest"

    def sync(self, files: Files) -> SyncResult:
        def page(data: bytes) -> Page:
            return Page(key=sha256(data).hexdigest(), render=lambda: data)

        return sync_pages(
            self.docs,
            {path: page(data) for path, data in files.items()},
            self.manifest,
            is_ours=lambda data: False,
            folders=("notes", "themes", "quotes"),
        )

    def prepare(self, lost: bool) -> None:
        write_files(self.docs, self.BY_HAND)
        self.manifest.unlink(missing_ok=True)
        if not lost:
            self.sync(self.FIRST)

    def check_clean_run(self) -> None:
        """Even with other pages than those that the broken run wrote, nothing of it passes for somebody's work."""
        assert self.sync(self.THIRD).conflicts == ()
        assert read_files(self.docs) == self.THIRD | self.BY_HAND
        assert {name.name for name in self.manifest.parent.iterdir()} == {"docs", "pages.manifest"}
        result = self.sync(self.THIRD)
        assert (result.written, result.removed, result.unchanged) == ((), (), len(self.THIRD))


@pytest.fixture
def shelf(folder: Path) -> Shelf:
    return Shelf(folder)


@pytest.mark.parametrize("lost", [False, True], ids=["a manifest", "no manifest"])
@pytest.mark.parametrize(("lasting", "code"), [(ONCE, errno.EIO), (FROM_THEN_ON, errno.ENOSPC)])
def test_every_call_for_pages_may_fail(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, lost: bool, lasting: int, code: int
) -> None:
    faults = Faults(monkeypatch)
    struck, number = True, 0
    while struck:
        number += 1
        shelf.prepare(lost)
        faults.fail(number, lasting, code)
        succeeded = attempt(lambda: shelf.sync(Shelf.SECOND))
        struck = faults.stop()
        if succeeded:
            assert read_files(shelf.docs) == Shelf.SECOND | Shelf.BY_HAND
        shelf.check_clean_run()
    assert number > 40


@pytest.mark.parametrize("lost", [False, True], ids=["a manifest", "no manifest"])
def test_every_call_for_pages_may_be_the_last(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, lost: bool) -> None:
    faults = Faults(monkeypatch)
    struck, number = True, 0
    while struck:
        number += 1
        shelf.prepare(lost)
        faults.end(number)
        ends(lambda: shelf.sync(Shelf.SECOND))
        struck = faults.stop()
        shelf.check_clean_run()
    assert number > 30
