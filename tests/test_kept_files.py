"""What is remembered of files between runs: all of it where nothing changed, and nothing that may be out of date."""

import os
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library, check_quickly
from florilegium.core.limits import Exhausted
from florilegium.core.store import Store
from florilegium.library import kept_files, reading
from florilegium.library.kept_files import KeptFiles
from florilegium.library.listing import list_files
from florilegium.library.reading import read_file, read_library, still_holds

NOTE = "---\ntitle: Title {0}\nsource: doe2009\nbasis: full-text\nthemes: []\n---\nText {0} [@doe2009, p. {0}].\n"


@pytest.fixture
def root(tmp_path, write):
    files = {f"annotations/notes/note-{number}.md": NOTE.format(number) for number in range(20)}
    return age(write(tmp_path / "library", {"annotations/library.yml": "title: Title\n", **files}))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def opened(monkeypatch):
    """The paths of the files that are read in this process."""
    paths = []
    monkeypatch.setattr(reading, "read_file", lambda root, listed: paths.append(listed.path) or read_file(root, listed))
    return paths


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A file's time of change cannot be set, so every file counts as changed a while ago, but for one with a mark."""
    monkeypatch.setattr(KeptFiles, "is_settled", lambda _, listed: listed.signature[1] != FRESH)


FRESH = 1_700_000_000_000_000_000


def age(root: Path, seconds: int = 100) -> Path:
    for path in root.rglob("*.*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - seconds * 1_000_000_000))
    return root


def read(root, store, **options):
    kept = KeptFiles(store)
    result = read_library(root, known=kept.known, keep=kept.keep, **options)
    kept.save(result.parsed)
    return result


def test_nothing_is_read_where_nothing_changed(root, store, opened):
    before = read(root, store)
    assert len(opened) == 21
    del opened[:]
    assert read(root, store) == before
    assert opened == []


def test_one_file_is_read_after_an_edit(root, store, opened):
    read(root, store)
    del opened[:]
    (root / "annotations/notes/note-7.md").write_text(NOTE.format(70))
    result = read(root, store)
    assert opened == ["annotations/notes/note-7.md"]
    assert result == read_library(root)


def test_only_an_edited_file_is_written(root, store):
    read(root, store)
    before = store.load("files")
    (root / "annotations/notes/note-7.md").write_text(NOTE.format(70))
    read(root, store)
    after = store.load("files")
    assert len(after) == 21
    assert [path for path in after if after[path] != before[path]] == ["annotations/notes/note-7.md"]


def test_a_file_that_is_gone_is_forgotten(root, store):
    read(root, store)
    (root / "annotations/notes/note-7.md").unlink()
    assert read(root, store) == read_library(root) == read(root, store)
    assert "annotations/notes/note-7.md" not in store.load("files")


def test_a_file_that_changed_a_moment_ago_is_read_again(root, store, opened):
    fresh = root / "annotations/notes/note-7.md"
    os.utime(fresh, ns=(FRESH, FRESH))
    read(root, store)
    del opened[:]
    read(root, store)
    assert opened == ["annotations/notes/note-7.md"]


def test_what_other_processes_read_is_kept_as_they_sent_it(root, store, monkeypatch, opened):
    monkeypatch.setattr(reading, "_PARALLEL_FROM", 1)
    processes = partial(ProcessPoolExecutor, max_workers=2)
    before = read(root, store, executor=processes)
    assert read(root, store) == before == read_library(root, executor=processes)
    assert opened == []


def test_what_is_damaged_is_read_again(root, store, tmp_path, opened):
    before = read(root, store)
    (tmp_path / "kept.sqlite").write_bytes(b"damaged")
    del opened[:]
    assert read(root, store) == before
    assert len(opened) == 21


def test_without_a_store_nothing_is_remembered(root, tmp_path, opened):
    read(root, Store(None))
    read(root, Store(None))
    assert len(opened) == 42


def test_every_value_comes_back_from_a_pickle_as_it_was(repository):
    parsed = [read_file(repository, listed) for listed in list_files(repository)[0]]
    assert pickle.loads(pickle.dumps(parsed, protocol=5)) == parsed
    assert repr(pickle.loads(pickle.dumps(parsed, protocol=5))) == repr(parsed)


def test_a_library_that_is_checked_again_is_the_same(root):
    first = check_library(Options(root=root, executor=None))
    second = check_library(Options(root=root, executor=None))
    assert second.diagnostics == first.diagnostics
    assert second.links.library == first.links.library


@contextmanager
def spent():
    raise Exhausted("it is not done after 10 seconds")
    yield


@pytest.mark.parametrize("parallel", [False, True])
def test_a_file_that_took_too_long_is_read_again(parallel, root, store, opened, monkeypatch):
    before = read(root, Store(None))
    options = {"executor": ThreadExecutor} if parallel else {}
    with monkeypatch.context() as patch:
        patch.setattr(reading, "bounded", spent)
        patch.setattr(reading, "_PARALLEL_FROM", 0)
        assert {finding.rule for finding in read(root, store, **options).diagnostics} == {"too-slow"}
    assert read(root, store) == before
    del opened[:]
    assert read(root, store) == before
    assert opened == []


class ThreadExecutor(ThreadPoolExecutor):
    """One thread in the place of processes, in which what a test puts into the place of a function holds."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)


def test_findings_of_a_slow_day_are_not_remembered(root, monkeypatch):
    options = Options(root=root, executor=None)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "bounded", spent)
        assert "too-slow" in {finding.rule for finding in check_quickly(options)[0]}
    assert "too-slow" not in {finding.rule for finding in check_quickly(options)[0]}


def test_what_is_read_is_kept_while_others_are_read(root, store, monkeypatch):
    monkeypatch.setattr(kept_files, "_MANY", 5)
    kept = KeptFiles(store)
    files = list_files(root)[0]
    kept.keep(files[:5], [pickle.dumps(read_file(root, listed)) for listed in files[:5]])
    assert read(root, store) == read_library(root)
    assert KeptFiles(store).known(files[0]) == kept.find(files[0]) == read_file(root, files[0])


def test_of_a_file_that_this_process_has_nothing_is_looked_for(root, store):
    files = list_files(root)[0]
    parsed = {listed: read_file(root, listed) for listed in files[1:]}
    read(root, store)
    kept = KeptFiles(store, parsed)
    assert [kept.known(listed) for listed in files] == [read_file(root, listed) for listed in files]
    assert kept.missed == 0


@pytest.mark.parametrize(("seconds", "missed"), [(0, 21), (2, 1)])
def test_a_library_that_was_only_just_copied_is_remembered_once_it_is_no_longer_young(
    root, store, monkeypatch, seconds, missed
):
    monkeypatch.undo()
    clock = [max(path.stat().st_ctime_ns for path in root.rglob("*.*")) + 1]
    monkeypatch.setattr(kept_files.time, "time_ns", lambda: clock[0])
    kept = KeptFiles(store)
    result = read_library(root, known=kept.known, keep=kept.keep)
    kept.save(result.parsed)
    note = root / "annotations/notes/note-7.md"
    note.write_text(note.read_text().replace("Text 7", "Text 8"))
    clock[0] += seconds * 1_000_000_000
    kept.settle(root, result.parsed)
    clock[0] += 5_000_000_000
    again = KeptFiles(store)
    assert read_library(root, known=again.known) == read_library(root)
    assert again.missed == missed


def test_a_file_holds_what_was_read_of_it_while_neither_its_bytes_nor_its_times_change(root):
    path = root / "annotations/notes/note-7.md"
    listed = next(one for one in list_files(root)[0] if one.path.endswith("note-7.md"))
    parsed = read_file(root, listed)
    assert still_holds(root, listed, parsed)
    path.write_text(path.read_text())
    assert not still_holds(root, listed, parsed)
    listed = next(one for one in list_files(root)[0] if one.path.endswith("note-7.md"))
    assert still_holds(root, listed, parsed)
    path.write_text(path.read_text().replace("Text 7", "Text 8"))
    listed = next(one for one in list_files(root)[0] if one.path.endswith("note-7.md"))
    assert not still_holds(root, listed, parsed)
