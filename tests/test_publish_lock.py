"""One build works at a time, and one that died holds nothing up."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from florilegium.publish import locks
from florilegium.publish.locks import Lock, hold_lock
from florilegium.publish.publish_errors import PublishError

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other links, modes and processes")

HOLD = """
import sys, time
from pathlib import Path
from florilegium.publish.locks import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "state")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_without_waiting_one_is_told_who_holds_it(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(PublishError) as raised, hold_lock(tmp_path / "state", wait=False):
        pass
    assert f"process {holder.pid} on {socket.gethostname()}, since 2" in raised.value.message


def test_waiting_for_a_process_that_is_killed(
    holder: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE", 0.1)
    said: list[str] = []

    def notify(message: str) -> None:
        said.append(message)
        holder.kill()

    with hold_lock(tmp_path / "state", notify=notify) as lock:
        assert lock == Lock(state=tmp_path / "state")
    assert len(said) == 1
    assert said[0].startswith("waiting: another build of this project is at work: process ")


def test_a_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), hold_lock(tmp_path / "state", wait=False):
            raise ZeroDivisionError
    assert (tmp_path / "state/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"process": "x"}', "\x1b[31m"])
def test_a_holder_that_did_not_say_who_it_is(tmp_path: Path, text: str) -> None:
    with hold_lock(tmp_path / "state"):
        (tmp_path / "state/lock.json").write_text(text)
        with (
            pytest.raises(PublishError, match=r"^another build of this project is at work$"),
            hold_lock(tmp_path / "state", wait=False),
        ):
            pass


@posix
def test_a_worker_that_outlives_its_build_holds_nothing(tmp_path: Path) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with hold_lock(tmp_path / "state"):
            worker = os.fork()
            os.write(write, b"%d\n" % worker)
            time.sleep(60)
        os._exit(0)
    os.close(write)
    with open(read, encoding="ascii") as lines:
        said = {int(lines.readline()), int(lines.readline())}
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with hold_lock(tmp_path / "state", wait=False):
        pass
    (worker,) = said - {0}
    os.kill(worker, signal.SIGKILL)


@posix
@pytest.mark.parametrize("name", ["state", "state/lock"])
def test_links_in_the_locks_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    if name == "state/lock":
        (tmp_path / "state").mkdir()
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError), hold_lock(tmp_path / "state"):
        pass
    assert os.listdir(tmp_path / "elsewhere") == []


@posix
def test_a_lock_whose_folder_was_deleted_is_nobodys(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "state"):
        shutil.rmtree(tmp_path / "state")
        with hold_lock(tmp_path / "state", wait=False):
            pass
