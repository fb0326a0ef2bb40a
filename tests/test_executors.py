"""Where a library is read changes nothing: in this process, in processes of this machine, on a cluster of Dask."""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from florilegium import load
from florilegium.check.checking import Options, check_library
from florilegium.core import executors
from florilegium.core.errors import CannotRun
from florilegium.core.executors import MakeExecutor, parse_executor
from florilegium.site.pages.page_rendering import render_bodies

NOTES = 320


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library large enough to be shared out, with a fault in every tenth note."""
    folder = tmp_path_factory.mktemp("executors")
    (folder / "annotations/notes").mkdir(parents=True)
    (folder / "annotations/themes").mkdir()
    (folder / "annotations/library.yml").write_text("title: L\nroles:\n  - {id: author, label: Author}\n")
    (folder / "annotations/themes/amnesia.md").write_text("---\nlabel: Amnesia\n---\nWhat is lost.\n")
    for number in range(NOTES):
        key = f"doe{number}" if number % 10 else "nobody"
        (folder / f"annotations/notes/note-{number}.md").write_text(
            f"---\ntitle: Note {number}\nsource: doe{number}\nreferences:\n"
            f"  - {{id: doe{number}, type: book, title: Book {number}, issued: {{date-parts: [[2000]]}}}}\n---\n"
            f"Text.\n\n> Words {number}.\n>\n> — the author, in [@{key}, p. 4] #amnesia {{#q-{number}}}\n"
        )
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two workers, each a process of its own, on the loopback address."""
    options: dict[str, Any] = {"dashboard_address": None, "worker_dashboard_address": None, "silence_logs": 50}
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", **options) as cluster:
        yield cluster


def _checked(
    root: Path, executor: MakeExecutor, progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None
) -> bytes:
    """All that was read and found, as bytes."""
    checked = check_library(Options(root=root, remember=False, executor=executor, progress=progress))
    return pickle.dumps((checked.links.library, checked.diagnostics), protocol=5)


def _address(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def serial(root: Path) -> bytes:
    return _checked(root, parse_executor("serial"))


def test_processes_read_the_same(root: Path, serial: bytes) -> None:
    assert pickle.loads(_checked(root, parse_executor("processes"))) == pickle.loads(serial)


@pytest.mark.slow
def test_a_cluster_reads_the_same_though_a_worker_is_killed(root: Path, serial: bytes, cluster: LocalCluster) -> None:
    with Client(cluster) as client:
        (first, *_) = client.run(os.getpid).values()
    killed = []

    def progress(_what: str, done: int, _all: int) -> None:
        """After the first results, in the middle of the work."""
        if done and not killed:
            os.kill(first, signal.SIGKILL)
            killed.append(first)

    found = _checked(root, parse_executor(_address(cluster)), progress)
    assert killed
    assert pickle.loads(found) == pickle.loads(serial)
    documents = check_library(Options(root=root, executor=None)).links.documents
    far = render_bodies(documents, parse_executor(_address(cluster)))
    assert far == render_bodies(documents, None)
    problems = load(root, executor=_address(cluster)).problems
    assert len([problem for problem in problems if problem.rule == "unresolved-reference"]) == NOTES // 10


@pytest.mark.slow
def test_workers_of_another_version_get_no_work(
    root: Path, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version", f"{sys.version}, another one")
    with pytest.raises(CannotRun, match="another version"):
        _checked(root, parse_executor(_address(cluster)))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_named(root: Path) -> None:
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(CannotRun, match="has no worker"),
    ):
        _checked(root, parse_executor(_address(empty)))


def test_a_scheduler_that_does_not_answer_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 1)
    with pytest.raises(CannotRun, match=r"no scheduler of Dask answers at 127\.0\.0\.1:9"):
        _checked(root, parse_executor("dask://127.0.0.1:9"))


def test_without_dask_the_extra_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotRun, match="not installed") as caught:
        _checked(root, parse_executor("dask://127.0.0.1:9"))
    assert "florilegium[cluster]" in caught.value.help


@pytest.mark.parametrize("word", ["", "Serial", "threads", "dask://", "dask://host", "tcp://host:1"])
def test_another_word_is_refused(word: str) -> None:
    with pytest.raises(CannotRun, match="is not an executor"):
        parse_executor(word)
