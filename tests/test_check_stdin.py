"""`check --stdin-filename`: a text that an editor has not saved yet, checked as the file that it will be."""

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from florilegium import cli
from florilegium.check.checking import Options, check_library, check_text

BASE = Path(__file__).parent / "cases" / "base"
NOTE = "annotations/notes/forgetting.md"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    shutil.copytree(BASE, folder)
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs `check --stdin-filename` in this process: exit code, output, errors."""

    def run_here(name, text, *arguments, folder):
        monkeypatch.chdir(folder)
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        with pytest.raises(SystemExit) as leaving:
            cli.main(["check", "--stdin-filename", str(name), *arguments])
        captured = capsys.readouterr()
        return leaving.value.code, captured.out, captured.err

    return run_here


def saved(root):
    return (root / NOTE).read_text(encoding="utf-8")


def test_the_text_as_it_is_saved_has_no_problems(run, root):
    assert run(NOTE, saved(root), folder=root) == (0, f"{NOTE}: no problems\n", "")


def test_the_text_is_checked_and_not_the_file(run, root):
    before = saved(root)
    code, out, err = run(NOTE, before.replace("#amnesia", "#amnesa"), folder=root)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        f'{NOTE}:11:43: error: there is no theme "amnesa" [unknown-theme]',
        "  11 | > — a participant, in [@doe2009, p. 514] #amnesa {#forget-the-pain}",
        "     |                                           ^^^^^^",
        '  help: did you mean "amnesia"?',
        f"{NOTE}: 1 error",
    ]
    assert saved(root) == before


def test_what_is_wrong_with_other_files_is_not_reported(run, root):
    (root / "annotations/notes/other.md").write_text("---\n")
    assert run(NOTE, saved(root), folder=root)[0] == 0


def test_what_other_files_say_counts(run, root):
    text = saved(root).replace("[@doe2009, pp. 503-505]", "[@doe2009, pp. 503-505] [@new2020]")
    assert "unresolved-reference" in run(NOTE, text, folder=root)[1]
    works = root / "annotations/references/more.yaml"
    works.write_text("- {id: new2020, type: book, title: T, author: [{family: N}], issued: {date-parts: [[2020]]}}\n")
    assert run(NOTE, text, folder=root)[0] == 0


def test_the_file_need_not_exist(run, root):
    new = "annotations/notes/other.md"
    text = saved(root).replace("I forget the pain", "I lose the pain")
    assert run(new, text, folder=root) == (0, f"{new}: no problems\n", "")
    assert "invalid-id" in run("annotations/notes/An other.md", text, folder=root)[1]
    assert "unexpected-file" in run("annotations/notes/deep/other.md", text, folder=root)[1]
    assert "unexpected-file" in run("annotations/pictures/other.md", text, folder=root)[1]
    assert "clashing-ids" in run("annotations/notes/forgettinG.md", text, folder=root)[1]


def test_a_theme_and_the_settings(run, root):
    assert run("annotations/themes/amnesia.md", "---\nlable: X\n---\n", folder=root)[0] == 1
    settings = root / "annotations/library.yml"
    text = settings.read_text()
    settings.unlink()
    assert run("annotations/library.yml", text, folder=root) == (0, "annotations/library.yml: no problems\n", "")
    assert run("annotations/library.yml", "titel: x\n", folder=root)[0] == 1


def test_settings_of_the_text_hold(root):
    settings = (root / "annotations/library.yml").read_text()
    data = f"{settings}rules: {{malformed-front-matter: 'off'}}\nredirects: {{themes/a: themes/b}}\n".encode()
    found = check_text(Options(root=root, remember=False), "annotations/library.yml", data)
    assert [finding.rule for finding in found] == ["broken-internal-link"]


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_formats_for_programs(form, run, root):
    code, out, _ = run(
        NOTE, saved(root).replace("[@doe2009, p. 514]", "[@doe200, p. 514]"), "--format", form, folder=root
    )
    assert code == 1
    assert "unresolved-reference" in out
    if form == "json":
        assert [d["path"] for d in json.loads(out)["diagnostics"]] == [NOTE]


def test_bytes_and_sizes(run, root):
    assert "not-utf-8" in run(NOTE, b"\xff", folder=root)[1]
    assert "too-large" in run(NOTE, b"x" * 1_100_000, folder=root)[1]


def test_paths_are_taken_from_here_or_from_the_root(run, root):
    for name, folder in (
        ("forgetting.md", root / "annotations/notes"),
        (root / NOTE, root),
        (f"./annotations/../{NOTE}", root),
        (NOTE, root / "annotations/notes"),
    ):
        code, out, _ = run(name, saved(root), folder=folder)
        assert (code, out) == (0, f"{NOTE}: no problems\n")


def test_a_root_behind_a_symbolic_link(run, root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    code, out, _ = run(tmp_path / "link" / NOTE, saved(root), folder=root)
    assert (code, out) == (0, f"{NOTE}: no problems\n")


@pytest.mark.parametrize("name", ["README.md", "../x.md", "annotations", "annotations/../../x.md", "/etc/passwd"])
def test_files_outside_are_refused(name, run, root):
    code, out, err = run(name, "", folder=root)
    assert (code, out) == (2, "")
    assert "does not lie in the folder annotations/" in err


def test_strict_and_fix(run, root):
    text = saved(root) + "\n```\nopen\n"
    assert run(NOTE, text, folder=root)[0] == 0
    assert run(NOTE, text, "--strict", folder=root)[0] == 1
    code, _, err = run(NOTE, text, "--fix", folder=root)
    assert code == 2
    assert "--stdin-filename is about none" in err


def test_nothing_of_the_text_is_remembered(root):
    options = Options(root=root)
    check_text(options, NOTE, b"---\n")
    assert check_library(options).diagnostics == ()
