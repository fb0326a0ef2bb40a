"""The commands `diff` and `report` from the door: exit codes, formats, and what is said when they cannot run."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from loaded_program import run_program
from projects import LIBRARY

NOTE = "annotations/notes/remembering.md"
GIT = {
    **{f"GIT_{who}_{what}": "someone@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
}
Run = Callable[..., subprocess.CompletedProcess[str]]


def run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, **GIT}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def root(tmp_path: Path, write: Callable[..., Path]) -> Path:
    folder = write(tmp_path / "library", {f"annotations/{name}": text for name, text in LIBRARY.items()})
    for command in ("init -q -b main", "add -A", "commit -q -m x"):
        assert run_in(folder, "git", *command.split()).returncode == 0
    return folder


@pytest.fixture
def run(root: Path) -> Run:
    def run(*arguments: str, folder: Path = root) -> subprocess.CompletedProcess[str]:
        return run_program(arguments, folder=folder, environment={**os.environ, **GIT})

    return run


def edit(root: Path, old: str, new: str) -> None:
    text = (root / NOTE).read_text(encoding="utf-8")
    assert old in text
    (root / NOTE).write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_changed(run):
    done = run("diff", "main")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "main → the working tree\nNothing changes in meaning.\n"


def test_a_change_in_every_format(run, root):
    edit(root, "every word", "no word")
    done = run("diff", "main")
    assert done.returncode == 0
    assert "[-every-] {+no+}" in done.stdout
    assert "~~every~~ **no**" in run("diff", "main", "--format", "markdown").stdout
    assert json.loads(run("diff", "main", "--format", "json").stdout)["quotes"][0]["change"] == "edited"
    assert len(run("diff", "main", "--format", "markdown", "--max-bytes", "2000").stdout) < 2000


def test_an_address_that_vanishes(run, root):
    edit(root, "{#kept}", "{#held}")
    done = run("diff", "main")
    assert done.returncode == 1
    assert "error: notes/remembering/#q-kept" in done.stdout
    assert run("diff", "main", "HEAD").returncode == 0


def test_it_runs_from_below_and_by_root(run, root, tmp_path):
    edit(root, "every word", "no word")
    below = run("diff", "main", folder=root / "annotations" / "notes")
    assert "[-every-]" in below.stdout
    assert run("diff", "main", "--root", str(root), folder=tmp_path).stdout == below.stdout


def test_folders_need_no_repository(run, root, tmp_path, write):
    write(tmp_path / "other", {f"annotations/{name}": text for name, text in LIBRARY.items()})
    edit(root, "every word", "no word")
    done = run("diff", "other", "library", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "other → library" in done.stdout
    assert "[-every-] {+no+}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), 'there is no revision "nobody"'),
        (("-x",), "No such option"),
        (("--", "--help"), 'there is no revision "--help"'),
        (("main", "--root", "nowhere"), 'there is no folder "nowhere"'),
        (("./nowhere",), 'there is no folder "./nowhere"'),
        ((), "Missing argument"),
    ],
)
def test_it_cannot_run(arguments, said, run):
    done = run("diff", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "help:" in done.stderr


def test_there_is_no_library(run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert run("diff", "main", folder=tmp_path / "empty").returncode == 2
    assert run("diff", "main", "HEAD", folder=tmp_path / "empty").returncode == 2


def test_report(run):
    done = run("report")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Quotations that were not verified: 2 of 2" in done.stdout
    assert json.loads(run("report", "--format", "json").stdout)["totals"]["quotes"] == 2


def test_report_of_a_broken_library(run, root):
    (root / NOTE).write_bytes(b"\xff")
    done = run("report")
    assert done.returncode == 0
    assert "the check finds errors" in done.stderr
