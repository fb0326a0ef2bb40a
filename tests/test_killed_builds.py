"""A build that is killed or told to stop takes its renderer along: nothing old is written into the next one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from florilegium.core.state_folder import state_folder
from florilegium.publish.locks import hold_lock, hold_renderer_lock, renderer_lock
from florilegium.publish.publish_errors import PublishError
from projects import LIBRARY, Project, make_project, tree

pytestmark = pytest.mark.slow

HOOK = """
import os, time
from pathlib import Path

root = Path(__file__).parent.parent

def pause(place):
    if (root / "pause").is_file() and (root / "pause").read_text() == place:
        (root / "reached").write_text(str(os.getpid()))
        while (root / "pause").exists():
            time.sleep(0.02)

def on_page_read_source(page, **_):
    pause(f"read {page.file.src_uri}")

def on_post_page(output, page, **_):
    pause(f"write {page.file.src_uri}")
    return output

def on_post_build(**_):
    pause("end")
"""

PLACES = ("read notes/forgetting.md", "end")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_project(tmp_path_factory.mktemp("killed"))
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.write("mkdocs.yml", settings.replace("hooks: [", "hooks: [scripts/pause_hook.py, "))
    project.write("scripts/pause_hook.py", HOOK)
    project.build("--no-search")
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    (tmp_path / "tmp").mkdir()
    return built.copy_to(tmp_path, environment={"TMPDIR": str(tmp_path / "tmp")})


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


def _state(process: int) -> str:
    """A letter that tells what a process does; see proc(5)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _runs(process: int) -> bool:
    # A process whose parent has not asked for it yet is a zombie.
    return _state(process) not in ("", "Z")


def _paused(project: Project, place: str) -> tuple[subprocess.Popen[str], int]:
    """A build, and the number of its renderer's process, which waits at a place."""
    project.write("pause", place)
    build = project.start(*project.command("build", "--no-search"))
    _wait((project.root / "reached").is_file)
    _wait(lambda: bool((project.root / "reached").read_text()))
    return build, int((project.root / "reached").read_text())


@pytest.mark.parametrize("place", PLACES)
def test_the_renderer_of_a_killed_build_writes_nothing_into_the_next(
    project: Project, tmp_path: Path, place: str
) -> None:
    project.edit("annotations/notes/forgetting.md", "A first sentence", "The words of a killed build")
    build, renderer = _paused(project, place)
    build.kill()
    build.wait()
    project.edit("annotations/notes/forgetting.md", "The words of a killed build", "Other words")
    (project.root / "pause").unlink()
    project.build("--no-search")
    project.build("--no-search")
    assert not _runs(renderer)
    cold = Project(root=project.root, state=tmp_path / "fresh")
    cold.build("--no-search", "--site-dir", str(tmp_path / "cold"))
    assert tree(project.site) == tree(tmp_path / "cold")
    assert "Other words" in (project.site / "notes/forgetting/index.html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a stopped process cannot be ended with its parent")
def test_a_stopped_renderer_is_ended_too(project: Project) -> None:
    build, renderer = _paused(project, "end")
    os.kill(renderer, signal.SIGSTOP)
    build.kill()
    build.wait()
    _wait(lambda: not _runs(renderer))


def test_a_build_that_is_told_to_stop_leaves_nothing_behind(project: Project, tmp_path: Path) -> None:
    before = tree(project.site)
    build, renderer = _paused(project, "write notes/forgetting.md")
    build.terminate()
    output, _ = build.communicate()
    assert build.returncode == 2
    assert output.splitlines()[-1] == "florilegium: stopped"
    assert not _runs(renderer)
    assert tree(project.site) == before
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in project.root.iterdir() if path.name.startswith(".")} == set()


RENDERER = """
import os, signal, sys

folder, text, number = sys.argv[1:]
for n in range(4):
    if n == int(number):
        os.kill(os.getpid(), signal.SIGSTOP)
    with open(f"{folder}/{n}", "w") as file:
        file.write(text)
"""

BUILD = """
import subprocess, sys
from pathlib import Path
from florilegium.publish.locks import hold_lock, renderer_lock
from florilegium.publish.renderer_process import command

state = Path(sys.argv[1])
with hold_lock(state):
    process = subprocess.Popen(command(renderer_lock(state), "a_renderer", sys.argv[2:]))
    print(process.pid, flush=True)
    process.wait()
"""


@pytest.mark.parametrize("at_once", [True, False], ids=["killed with its parent", "left behind"])
def test_every_write_of_a_renderer_may_be_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    (tmp_path / "a_renderer.py").write_text(RENDERER)
    watching = "end_with_parent = lambda *_, **__: None\n" if not at_once else ""
    (tmp_path / "sitecustomize.py").write_text(
        f"import florilegium.core.workers as w\nw.{watching}" if watching else ""
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder = tmp_path / "built"
    folder.mkdir()
    for number in range(4):
        old = [sys.executable, "-c", BUILD, str(tmp_path / "state"), str(folder), "old", str(number)]
        build = subprocess.Popen(old, stdout=subprocess.PIPE, text=True)
        assert build.stdout
        renderer = int(build.stdout.readline())
        _wait(lambda pid=renderer: _state(pid) == "T")
        build.kill()
        build.wait()  # a renderer that is left behind keeps the other end of the pipe open
        build.stdout.close()
        new = [*old[:-2], "new", "-1"]
        if at_once:
            subprocess.run(new, check=True, stdout=subprocess.DEVNULL)
        else:
            with subprocess.Popen(new, stdout=subprocess.DEVNULL) as waiting:
                time.sleep(0.2)
                assert waiting.poll() is None
                os.kill(renderer, signal.SIGCONT)
        assert not _runs(renderer)
        assert {path.read_text() for path in folder.iterdir()} == {"new"}


def test_a_build_waits_for_a_renderer_that_was_left(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with (
        hold_renderer_lock(renderer_lock(state)),
        pytest.raises(PublishError, match="a renderer still runs"),
        hold_lock(state, wait=False),
    ):
        pass
    with hold_lock(state, wait=False), hold_renderer_lock(renderer_lock(state)):
        pass


def test_a_renderer_whose_build_has_ended_does_not_begin(tmp_path: Path) -> None:
    arguments = ["999999", str(tmp_path / "lock"), "this", "x"]
    command = [sys.executable, "-m", "florilegium.publish.renderer_process", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Zen" not in done.stdout


def test_without_a_home_a_library_has_one_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("FLORILEGIUM_STATE", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    folder = state_folder(tmp_path)
    assert folder == state_folder(tmp_path)
    assert folder != state_folder(tmp_path / "tmp")
    assert folder.is_relative_to(tmp_path / "tmp")
    # What somebody else may write to could hold pickles of theirs.
    folder.parent.chmod(0o777)
    assert not state_folder(tmp_path).is_relative_to(folder.parent)


def test_a_relative_state_folder(tmp_path: Path) -> None:
    project = make_project(tmp_path, library=LIBRARY)
    before = set(os.listdir(project.root))
    own = Project(root=project.root, state=project.state, environment={"FLORILEGIUM_STATE": "../elsewhere"})
    own.build("--no-search")
    assert set(os.listdir(project.root)) - before == {"site"}
    assert (tmp_path / "elsewhere/florilegium").is_dir()
