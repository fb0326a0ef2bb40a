"""The hook for pre-commit: its definition has the form that pre-commit asks for, and its entry checks a project."""

import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from projects import LIBRARY, Project

REPOSITORY = Path(__file__).parent.parent
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

# https://pre-commit.com/#creating-new-hooks
REQUIRED = {"id", "name", "entry", "language"}
OPTIONAL = {
    "files", "exclude", "types", "types_or", "exclude_types", "always_run", "fail_fast", "verbose", "pass_filenames",
    "require_serial", "description", "language_version", "minimum_pre_commit_version", "args", "stages",
}  # fmt: skip


@pytest.fixture
def project(tmp_path):
    """A repository with a library, all of it staged."""
    project = Project(root=tmp_path / "project", state=tmp_path / "state")
    for name, text in LIBRARY.items():
        project.write(f"annotations/{name}", text)
    project.write("README.md", "# A library\n")
    return project


def run_hook(project, *changed):
    """What pre-commit does with the files of a commit: passes over a hook that none of them concerns, or runs it."""
    (hook,) = HOOKS
    if not any(re.search(hook["files"], path) for path in changed):
        return None
    command, *arguments = shlex.split(hook["entry"])
    program = Path(sys.executable).with_name(command)
    assert program.exists(), "the entry is a program that installing the package makes"
    names = changed if hook.get("pass_filenames", True) else ()
    return project.run(str(program), *arguments, *hook.get("args", ()), *names)


def test_the_definition_has_the_form_that_pre_commit_asks_for():
    (hook,) = HOOKS
    assert set(hook) >= REQUIRED
    assert set(hook) <= REQUIRED | OPTIONAL
    assert (hook["language"], hook["files"], hook["pass_filenames"]) == ("python", "^annotations/", False)
    assert re.fullmatch("[a-z-]+", hook["id"])


def test_pre_commit_can_install_what_the_entry_names():
    # Language python: pre-commit runs `pip install .` in a copy of this repository.
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r"^\[project\.scripts\]\nflorilegium = ", project, re.MULTILINE)


def test_a_sound_library_passes(project):
    result = run_hook(project, "annotations/notes/forgetting.md")
    assert (result.returncode, result.stderr) == (0, "")


def test_a_note_that_breaks_another_one_fails(project):
    (project.root / "annotations/notes/remembering.md").unlink()
    result = run_hook(project, "annotations/notes/remembering.md")
    assert result.returncode == 1
    assert "annotations/notes/forgetting.md:" in result.stdout


def test_other_files_do_not_start_it(project):
    assert run_hook(project, "README.md", "docs/annotations/x.md") is None
