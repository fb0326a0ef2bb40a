"""Revisions of Git as sides of a comparison: what is read of them, and what is never run, followed or trusted."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from florilegium.check.changes import revisions
from florilegium.check.changes.comparing import compare
from florilegium.check.changes.revisions import unpacked
from florilegium.check.changes.sides import read_sides
from florilegium.check.checking import Options
from florilegium.core.errors import CannotRun
from projects import LIBRARY, tree

NOTE = "annotations/notes/remembering.md"
PERSON = {f"GIT_{who}_{what}": "someone@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Repository:
    """A Git repository in a folder of its own, which takes no settings of the user."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, data: bytes | None = None) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, input=data, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def commit_tree(self, *entries: tuple[str, str, str]) -> str:
        """A commit of a tree that is given by modes, ids and names, as no work tree would yield it."""
        kinds = {"100": "blob", "120": "blob", "160": "commit", "040": "tree"}
        text = "".join(f"{mode} {kinds[mode[:3]]} {oid}\t{name}\0" for mode, oid, name in entries)
        return self.git("mktree", "-z", "--missing", data=text.encode())

    def blob(self, text: str) -> str:
        return self.git("hash-object", "-w", "--stdin", data=text.encode())


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**PERSON, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "repository")
    found.commit(**{f"annotations/{name}": text for name, text in LIBRARY.items()})
    return found


@pytest.fixture
def diff(repository: Repository) -> Callable[..., object]:
    def compare_sides(base: str, head: str | None = None, root: Path = repository.root, **options: bool) -> object:
        return compare(*read_sides(base, head, Options(root=root, executor=None), **options))

    return compare_sides


def edit(repository: Repository, old: str, new: str) -> None:
    text = (repository.root / NOTE).read_text()
    assert old in text
    repository.write(NOTE, text.replace(old, new))


def test_two_revisions_and_the_working_tree(repository, diff):
    edit(repository, "every word", "hardly a word")
    second = repository.commit()
    edit(repository, "{#kept}", "{#held}")
    assert [change.how for change in diff("main~1", second).quotes] == ["edited"]
    assert not diff("main~1", second).vanished
    found = diff("main")
    assert (found.head, [change.how for change in found.quotes]) == ("the working tree", ["moved"])
    assert diff(second, "main").is_empty


def test_a_library_in_a_subfolder(repository, diff):
    repository.commit(**{f"deep/ü er/annotations/{name}": text for name, text in LIBRARY.items()})
    path = "deep/ü er/annotations/notes/remembering.md"
    repository.write(path, (repository.root / path).read_text().replace("every word", "no word"))
    found = diff("HEAD", root=repository.root / "deep" / "ü er")
    assert [change.how for change in found.quotes] == ["edited"]
    assert not found.notes


def test_a_base_without_a_library(repository, diff, tmp_path):
    repository.git("checkout", "-q", "--orphan", "empty")
    repository.git("rm", "-rqf", ".")
    repository.commit(README="x")
    repository.git("checkout", "-q", "main")
    found = diff("empty", "main")
    assert (len(found.notes), found.problems_before, found.vanished) == (2, {}, ())
    assert len(diff("main", "empty").vanished) == 4


def test_the_commit_where_a_branch_left_the_other(repository, diff):
    repository.git("checkout", "-q", "-b", "own")
    edit(repository, "every word", "no word")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.commit(**{"annotations/themes/new.md": "---\nlabel: New\n---\nWhat is new.\n"})
    assert [change.how for change in diff("main", "own").themes] == ["removed"]
    found = diff("main", "own", from_merge_base=True)
    assert not found.themes
    assert [change.how for change in found.quotes] == ["edited"]
    assert found.base.startswith("main, at ")
    with pytest.raises(CannotRun, match="folders have no commit"):
        diff(str(repository.root), "HEAD", from_merge_base=True)
    with pytest.raises(CannotRun, match="folders have no commit"):
        diff("main", str(repository.root), from_merge_base=True)


# ------------------------------------------------------------------------------------------------- what is not there


def test_revisions_that_are_none(repository, diff, tmp_path):
    for name in ("nobody", "--help", "-x", "main:annotations", "", "main^{tree}"):
        with pytest.raises(CannotRun, match="there is no revision") as raised:
            diff(name)
        assert "fetched first" in raised.value.help
    (tmp_path / "elsewhere" / "annotations").mkdir(parents=True)
    with pytest.raises(CannotRun, match="not in a Git repository"):
        diff("main", root=tmp_path / "elsewhere")


def test_a_shallow_clone(repository, diff, tmp_path):
    repository.commit()
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(tmp_path / "clone"))
    with pytest.raises(CannotRun) as raised:
        diff("HEAD~1", root=tmp_path / "clone")
    assert "fetch-depth: 0" in raised.value.help
    assert diff("HEAD", root=tmp_path / "clone").is_empty


def test_git_is_not_installed(diff, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotRun, match="git is not installed"):
        diff("main")


def test_objects_that_are_not_there(repository, diff):
    blob = repository.git("rev-parse", f"HEAD:{NOTE}")
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(CannotRun, match=r"git cannot list|does not have the object"):
        diff("main", "HEAD")


# ---------------------------------------------------------------------------------------------- folders and revisions


def test_a_folder_cannot_pass_for_a_branch(repository, diff, monkeypatch):
    monkeypatch.chdir(repository.root)
    shutil.copytree(repository.root / "annotations", repository.root / "origin" / "main" / "annotations")
    with pytest.raises(CannotRun, match="there is no revision"):
        diff("origin/main")
    with pytest.raises(CannotRun, match="there is no revision"):
        diff("origin/main", "HEAD")
    shutil.copytree(repository.root / "annotations", repository.root / "main" / "annotations")
    edit(repository, "every word", "no word")
    assert diff("main").quotes, "the branch, not the folder"
    assert diff("./main").quotes
    assert diff("./main", "./origin/main").is_empty
    assert diff("origin/main", "origin/main").is_empty


# ------------------------------------------------------------------------------------------------ nothing is followed


def test_nothing_runs_and_the_work_tree_stays(repository, diff, tmp_path):
    mark = tmp_path / "mark"
    script = f"touch '{mark}'; cat"
    for name in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "diff.evil.command"):
        repository.git("config", name, script)
    repository.git("config", "core.fsmonitor", f"touch '{mark}'")
    hooks = repository.root / ".git" / "hooks"
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        (hooks / name).chmod(0o755)
    blob, note = (
        repository.blob("* filter=evil diff=evil text eol=crlf\n"),
        repository.blob(LIBRARY["notes/remembering.md"]),
    )
    inner = repository.commit_tree(("100644", note, "remembering.md"))
    annotations = repository.commit_tree(("100644", blob, ".gitattributes"), ("040000", inner, "notes"))
    top = repository.commit_tree(("040000", annotations, "annotations"), ("100644", blob, ".gitattributes"))
    commit = repository.git("commit-tree", "-m", "x", top)
    mark.unlink(missing_ok=True)
    before = tree(repository.root / "annotations")
    status = repository.git("-c", "core.fsmonitor=false", "status", "--porcelain")
    mark.unlink(missing_ok=True)
    found = diff("main", commit)
    assert not mark.exists()
    assert [change.present.id for change in found.notes] == ["forgetting"]
    assert tree(repository.root / "annotations") == before
    assert repository.git("-c", "core.fsmonitor=false", "status", "--porcelain") == status


def test_links_and_submodules_are_findings_and_lead_nowhere(repository, diff, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text(LIBRARY["notes/remembering.md"])
    target = repository.blob(str(secret))
    notes = repository.commit_tree(("120000", target, "linked.md"), ("160000", "1" * 40, "module"))
    annotations = repository.commit_tree(("040000", notes, "notes"), ("120000", target, "themes"))
    commit = repository.git("commit-tree", "-m", "x", repository.commit_tree(("040000", annotations, "annotations")))
    with unpacked(repository.root, commit) as root:
        assert os.readlink(root / "annotations" / "notes" / "linked.md") == "nowhere"
        assert (root / "annotations" / "themes").is_symlink()
        assert list((root / "annotations" / "notes" / "module").iterdir()) == []
    assert not root.exists()
    found = diff(commit, "main")
    assert found.problems_before["error"] >= 3
    assert {change.how for change in found.notes} == {"added"}


def test_a_library_that_is_a_link(repository, diff, tmp_path):
    shutil.copytree(repository.root / "annotations", tmp_path / "other")
    top = repository.commit_tree(("120000", repository.blob(str(tmp_path / "other")), "annotations"))
    found = diff(repository.git("commit-tree", "-m", "x", top), "main")
    assert len(found.notes) == 2
    assert found.problems_before["error"] >= 1


def test_names_that_no_folder_holds(repository, tmp_path):
    blob = repository.blob("---\n")
    names = ["a\nb.md", "-x.md", "x" * 300 + ".md", "\u202e.md", " .md", "*.md", "..md"]
    notes = repository.commit_tree(*sorted(("100644", blob, name) for name in names))
    up = repository.commit_tree(("100644", blob, "..")) if _takes_dots(repository, blob) else notes
    annotations = repository.commit_tree(("040000", notes, "notes"), ("040000", up, "themes"))
    commit = repository.git("commit-tree", "-m", "x", repository.commit_tree(("040000", annotations, "annotations")))
    with unpacked(repository.root, commit) as root:
        found = {path.name for path in (root / "annotations" / "notes").iterdir()}
        assert found == {name for name in names if len(name) < 256}
        assert {path.name for path in root.iterdir()} == {"annotations"}


def _takes_dots(repository: Repository, blob: str) -> bool:
    try:
        repository.commit_tree(("100644", blob, ".."))
    except subprocess.CalledProcessError:
        return False
    return True


def test_a_tree_that_lists_a_link_and_a_folder_of_one_name(repository, tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    inner = repository.commit_tree(("100644", repository.blob("x"), "x.md"))
    link = repository.blob(str(target))
    # `mktree` sorts, but does not mind a name that comes twice.
    annotations = repository.commit_tree(("120000", link, "notes"), ("040000", inner, "notes"))
    commit = repository.git("commit-tree", "-m", "x", repository.commit_tree(("040000", annotations, "annotations")))
    with unpacked(repository.root, commit) as root:
        assert not (root / "annotations" / "notes").is_symlink()
    assert list(target.iterdir()) == []


def test_what_is_large_takes_no_room(repository, diff, monkeypatch):
    repository.commit(**{"annotations/notes/large.md": "x" * 2_000_000})
    with unpacked(repository.root, "HEAD") as root:
        status = (root / "annotations/notes/large.md").stat()
        assert (status.st_size, status.st_blocks) == (2_000_000, 0)
    assert diff("HEAD", "HEAD~1").problems_before["error"] == 1
    monkeypatch.setattr(revisions, "_MAX_BYTES", 1_000_000)
    with pytest.raises(CannotRun, match="too large"):
        diff("HEAD", "HEAD~1")
    monkeypatch.setattr(revisions, "_MAX_BYTES", 10_000_000)
    monkeypatch.setattr(revisions, "_MAX_FILES", 3)
    with pytest.raises(CannotRun, match="too large"):
        diff("HEAD", "HEAD~1")
