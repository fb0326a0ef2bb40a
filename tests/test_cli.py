"""The command line: exit codes, formats, where a library is found, and what a terminal or a pipe gets to see."""

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from florilegium import cli
from florilegium.cli import check_commands, progress_line
from florilegium.core.diagnostics import shell_word
from florilegium.core.rules import RULES
from florilegium.library import kept_files, reading

BASE = Path(__file__).parent / "cases" / "base"
HEAD = "---\ntitle: A second note\nsource: doe2009\nbasis: full-text\nthemes: []\n---\n"
NOTE = "annotations/notes/second.md"
CLEAN = "1 note, 1 theme, 1 quote, 3 works: no problems\n"
PROGRAM = [sys.executable, "-m", "florilegium"]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    shutil.copytree(BASE, folder)
    return folder


@pytest.fixture
def run(monkeypatch):
    """Runs the program in this process, from a folder: exit code, output, errors."""

    def run_here(*arguments, folder=None):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2)]
        if folder:
            monkeypatch.chdir(folder)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            with pytest.raises(SystemExit) as leaving:
                cli.main([str(argument) for argument in arguments])
        for stream in streams:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode("utf-8") for stream in streams)
        return leaving.value.code, out, err

    return run_here


def start(*arguments, folder, **more):
    """Runs the program in a process of its own."""
    scripts = Path(cli.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(scripts), **more.pop("environment", {})}
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment,
        timeout=60,
        check=False,
        **({"capture_output": True} | more),
    )


# --------------------------------------------------------------------------------------------------- exit codes


def test_a_clean_library(run, root):
    assert run("check", folder=root) == (0, CLEAN, "")


def test_problems(run, root, write):
    write(root, {NOTE: HEAD + "[@nobody]"})
    code, out, err = run("check", folder=root)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        'annotations/notes/second.md:7:2: error: no reference has the key "nobody" [unresolved-reference]',
        "  7 | [@nobody]",
        "    |  ^^^^^^^",
        "  help: add the work under references: in this note, or in annotations/references/",
        "2 notes, 1 theme, 1 quote, 3 works: 1 error",
    ]


@pytest.mark.parametrize(("option", "code"), [((), 0), (("--strict",), 1)])
def test_warnings_fail_when_strict(option, code, run, root, write):
    write(root, {NOTE: HEAD + "```\nopen"})
    found, out, _ = run("check", *option, folder=root)
    assert found == code
    assert out.endswith("1 warning\n")


def test_remarks_never_fail(run, root, write):
    theme = {"annotations/themes/numbing.md": "---\nlabel: Numbing\n---\n"}
    write(root, {NOTE: HEAD.replace("[]", "[numbing]"), **theme})
    code, out, _ = run("check", "--strict", folder=root)
    assert (code, out.splitlines()[-1]) == (0, "2 notes, 2 themes, 1 quote, 3 works: 1 remark")


def test_severities_and_exceptions_count(run, root, write):
    write(root, {NOTE: HEAD + "[@nobody] [@somebody]"})
    settings = (root / "annotations/library.yml").read_text()
    write(root, {"annotations/library.yml": settings + "rules: {unresolved-reference: warning}\n"})
    assert run("check", folder=root)[0] == 0
    exception = "exceptions: [{rule: unresolved-reference, keys: [nobody], reason: A test.}]\n"
    write(root, {"annotations/library.yml": settings + exception})
    code, out, _ = run("check", folder=root)
    assert code == 1
    assert next(line for line in out.splitlines() if "error" in line).endswith('"somebody" [unresolved-reference]')


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["chek"], 'there is no command "chek"', 'did you mean "check"?'),
        (["publish"], 'there is no command "publish"', "the commands are check, build, serve, verify"),
        (["check", "--formt", "json"], "No such option", "florilegium check --help"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json', 'sarif', 'github'", "check --help"),
        (["check", "here"], "unexpected extra argument (here)", "check --help"),
        (["check", "--root"], "'--root' requires an argument", "florilegium --help"),
        (["check", "--root", "nowhere"], "there is no folder annotations/ in nowhere", "name the folder above it"),
        (["explain", "unresolved-refrence"], 'no rule "unresolved-refrence"', 'did you mean "unresolved-reference"?'),
        (["verify"], "nothing to compare with", "--original KEY=PATH"),
        (["verify", "--original", "doe2009"], "names no key and path", "--original doe2009=doe.txt"),
        (["\x1b[31m"], 'there is no command "\\u{1b}[31m"', "the commands are"),
    ],
)
def test_what_cannot_run(arguments, message, remedy, run, root):
    code, out, err = run(*arguments, folder=root)
    assert (code, out) == (2, "")
    assert message in err
    assert remedy in err.splitlines()[-1]


def test_no_command_shows_what_there_is(run, root):
    code, out, err = run(folder=root)
    assert (code, out) == (2, "")
    assert re.findall(r"^  (\w+)  ", err, re.MULTILINE)[:3] == ["check", "build", "serve"]


def test_a_fault_of_the_program_is_no_finding(run, root, monkeypatch):
    monkeypatch.setattr(check_commands, "check_quickly", lambda options: 1 / 0)
    code, out, err = run("check", folder=root)
    assert (code, out) == (2, "")
    assert "  | ZeroDivisionError: division by zero\n" in err
    assert "a fault of the program" in err


def test_help_and_version(run, root):
    assert run("--version", folder=root)[:2] == (0, "florilegium, version 0.1.0\n")
    for command in ("check", "build", "verify", "explain"):
        code, out, _ = run(command, "--help", folder=root)
        assert code == 0
        assert out.startswith(f"Usage: florilegium {command}")


def test_explain_needs_no_library(run, tmp_path):
    code, out, _ = run("explain", "missing-locator", folder=tmp_path)
    assert code == 0
    assert out.splitlines()[0] == "missing-locator (warning)"
    assert "\nWhy: " in out
    assert "\nWhat to do: " in out
    assert {line.split()[0] for line in run("explain", folder=tmp_path)[1].splitlines()} == RULES.keys()


# ------------------------------------------------------------------------------------------ where the library is


def test_the_library_above_is_found(run, root):
    assert run("check", folder=root / "annotations" / "notes") == (0, CLEAN, "")


def test_no_library_anywhere(run, tmp_path):
    code, out, err = run("check", folder=tmp_path)
    assert (code, out) == (2, "")
    assert "name it with --root DIR" in err


@pytest.mark.parametrize("name", ["ü 痛", "it's", 'a "b" c', "a;b&c$(d)", "-n", "a\nb"])
def test_a_folder_may_have_any_name(name, run, tmp_path):
    shutil.copytree(BASE, tmp_path / name)
    assert run("check", "--root", tmp_path / name) == (0, CLEAN, "")
    assert run("check", "--root", "annotations/..", folder=tmp_path / name) == (0, CLEAN, "")


def test_the_report_does_not_say_where_the_library_lies(run, root, write, tmp_path):
    write(root, {NOTE: HEAD + "[@nobody]"})
    shutil.copytree(root, tmp_path / "other")
    for form in ("text", "json", "sarif", "github"):
        here = run("check", "--format", form, folder=root)
        assert here == run("check", "--format", form, "--root", tmp_path / "other")
        assert str(tmp_path) not in here[1]


# ------------------------------------------------------------------------------------------------------- formats

HOSTILE = (
    HEAD + "[@{::error::x}] [@{##[error]x}] [@nobody::x]\n\n::error::y [@nobody]\n\n[a](##[z.md)\n\n\x1b[31m\u202e\n"
)


def test_machines_get_one_object(run, root, write):
    write(root, {NOTE: HOSTILE})
    code, out, _ = run("check", "--format", "json", folder=root)
    report = json.loads(out)
    assert code == 1
    assert report["counts"] == {"error": len(report["diagnostics"])}
    code, out, _ = run("check", "--format", "sarif", folder=root)
    assert code == 1
    assert len(json.loads(out)["runs"][0]["results"]) == len(report["diagnostics"])
    assert json.loads(run("check", "--format", "json", "--root", BASE)[1])["diagnostics"] == []


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_line_is_a_command_that_a_note_wrote(form, run, root, write):
    write(root, {NOTE: HOSTILE, "annotations/##[x].txt": "", "annotations/notes/::error::.md": HEAD})
    code, out, _ = run("check", "--format", form, folder=root)
    assert code == 1
    assert "##[" not in out
    assert all(line.isprintable() for line in out.split("\n"))
    commands = [line for line in out.split("\n") if line.lstrip().startswith("::")]
    if form == "github":
        assert all(re.match(r"::(error|warning|notice) file=annotations/[^,]*,line=\d+,", line) for line in commands)
        assert len(commands) == len(out.splitlines())
    else:
        assert commands == []


def test_a_hundred_are_shown_and_the_rest_counted(run, root, write):
    write(root, {NOTE: HEAD + "".join(f"[@x{n}]\n" for n in range(350))})
    code, out, _ = run("check", folder=root)
    assert code == 1
    assert out.count("[unresolved-reference]") == 100
    assert out.splitlines()[-2:] == [
        "… and 250 more. Fix these first, or see all with --format json.",
        "2 notes, 1 theme, 1 quote, 3 works: 350 errors",
    ]


# ---------------------------------------------------------------------------------------- what is not a regular file


def test_a_pipe_among_the_notes_does_not_block(root):
    os.mkfifo(root / "annotations/notes/pipe.md")
    os.mkfifo(root / "annotations/quotes.lock")
    done = start("check", folder=root)
    assert done.returncode == 1
    assert done.stdout.count(b"is a named pipe, not a file [symbolic-link]") == 2


# ------------------------------------------------------------------------------------------- terminals and pipes


def on_terminal(folder, *arguments, **environment):
    """What a terminal shows."""
    leader, follower = pty.openpty()
    done = start(
        *arguments, folder=folder, capture_output=False, stdout=follower, stderr=follower, environment=environment
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            read = os.read(leader, 65536)
        except OSError:
            break
        shown += read
        if not read:
            break
    os.close(leader)
    return done.returncode, shown.decode("utf-8")


@pytest.mark.slow
def test_colours(root, write):
    write(root, {NOTE: HEAD + "[@nobody]"})
    code, shown = on_terminal(root, "check", TERM="xterm", NO_COLOR="")
    assert code == 1
    assert "\x1b[1;31merror\x1b[0m" in shown
    # A run that takes its time erases its line of progress, which is no colour; a terminal that cannot erase has none.
    assert "m" not in re.findall(r"\x1b\[[0-9;]*([A-Za-z])", on_terminal(root, "check", NO_COLOR="1")[1])
    assert "\x1b" not in on_terminal(root, "check", TERM="dumb", NO_COLOR="")[1]
    assert b"\x1b" not in start("check", folder=root, environment={"TERM": "xterm"}).stdout


@pytest.mark.slow
def test_progress_is_for_terminals(root, write):
    write(root, {f"annotations/notes/note-{n}.md": HEAD for n in range(20)})
    done = start("check", "--no-cache", folder=root)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"reading" not in done.stdout


def test_progress_names_the_step_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr(progress_line, "_AFTER", 0.05)
    monkeypatch.setattr(progress_line, "_EVERY", 0.01)
    stream = io.StringIO()
    line = progress_line.ProgressLine(stream)
    line("quick")
    line("reading", 300, 1000)
    while "reading" not in stream.getvalue():
        time.sleep(0.01)
    line("")
    said = stream.getvalue()
    assert said.startswith("\r\x1b[Kreading, 300 of 1,000 … 0 s")
    assert said.endswith("\r\x1b[K")
    assert "quick" not in said


@pytest.mark.slow
def test_the_locale_does_not_matter(root, write):
    write(root, {NOTE: HEAD + "[@zoë] 痛"})
    done = start("check", folder=root, environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert 'no reference has the key "zoë"' in done.stdout.decode("utf-8")
    assert "  7 | [@zoë] 痛" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "name", [b"plain", "bü 痛".encode(), b"it's \\ a $(x)", b"b\xfc\x9b31m", "a\u202eb\nc".encode()]
)
def test_a_printed_name_can_be_pasted_into_a_shell(name):
    for given in (
        Path(os.fsdecode(name)),
        name.decode("ascii", "surrogateescape"),
        name.decode("utf-8", "surrogateescape"),
    ):
        word = shell_word(given)
        assert word.isprintable()
        done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
        assert done.stdout == name


@pytest.mark.slow
def test_printed_commands_can_be_used_in_the_locale_c(tmp_path):
    scripts = Path(cli.__file__).parent.parent
    plainly = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(scripts),
        "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii",
    }  # fmt: skip
    command = [*PROGRAM, "init", "bü 'x' 痛"]
    done = subprocess.run(command, cwd=tmp_path, env=plainly, capture_output=True, check=True)
    (change,) = [line for line in done.stdout.decode("utf-8").splitlines() if line.strip().startswith("cd ")]
    subprocess.run(["bash", "-c", f"{change} && test -d annotations"], cwd=tmp_path, env=plainly, check=True)
    done = subprocess.run([*PROGRAM, "check", "--root", "bü nope"], cwd=tmp_path, env=plainly, capture_output=True)
    assert "there is no folder annotations/ in bü nope" in done.stderr.decode("utf-8")


@pytest.mark.slow
def test_a_file_that_may_not_grow(root):
    command = 'ulimit -f 0; exec "$0" -m florilegium new theme --label Sleep'
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    done = subprocess.run(["bash", "-c", command, sys.executable], cwd=root, env=environment, capture_output=True)
    said = done.stderr.decode("utf-8")
    assert (done.returncode, "Traceback" in said) == (2, False)
    assert "a file would grow larger than the system permits" in said
    assert "ulimit -f" in said


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_pipe_that_is_closed(form, root, write):
    write(
        root,
        {NOTE: HEAD + "".join(f"[@x{n}]\n" for n in range(3000)), "annotations/notes/third.md": HEAD + "y" * 400_000},
    )
    command = f'"$0" -m florilegium check --format {form} | head -1; exit ${{PIPESTATUS[0]}}'
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    done = subprocess.run(
        ["bash", "-c", command, sys.executable], cwd=root, env=environment, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("redirection", "code", "said"), [(">&-", 0, ""), ("2>&-", 0, CLEAN), (">/dev/full", 2, "the disk is full")]
)
def test_output_that_cannot_be_written(redirection, code, said, root):
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    command = ["bash", "-c", f'"$0" -m florilegium check {redirection}', sys.executable]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------------- what is remembered


@pytest.fixture
def reads(monkeypatch):
    """The files that are read."""
    paths, real = [], reading._read_data
    monkeypatch.setattr(reading, "_read_data", lambda root, path: paths.append(path) or real(root, path))
    return paths


@pytest.fixture
def settled(monkeypatch):
    """Lets files count as settled that were written this moment."""
    monkeypatch.setattr(kept_files, "_FRESH_NS", -3_600_000_000_000)


def test_a_second_run_reads_nothing(run, root, reads, settled):
    assert run("check", folder=root) == (0, CLEAN, "")
    assert len(reads) == 4
    reads.clear()
    assert run("check", folder=root) == (0, CLEAN, "")
    assert reads == []
    assert run("check", "--no-cache", folder=root) == (0, CLEAN, "")
    assert len(reads) == 4


def test_an_edit_is_noticed(run, root, write, reads, settled):
    run("check", folder=root)
    write(root, {NOTE: HEAD + "[@nobody]"})
    reads.clear()
    code, out, _ = run("check", folder=root)
    assert code == 1
    assert "nobody" in out
    assert NOTE in reads
    (root / NOTE).unlink()
    assert run("check", folder=root) == (0, CLEAN, "")


def test_an_edit_that_hides_its_time_is_noticed(run, root, settled):
    """Neither size nor time of modification differ; the file system's own time of change does."""
    path = root / "annotations/notes/forgetting.md"
    run("check", folder=root)
    times = path.stat()
    path.write_text(path.read_text().replace("@doe2009, p. 514", "@nobody9, p. 514"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == times.st_size
    assert "nobody9" in run("check", folder=root)[1]


def test_what_was_written_a_moment_ago_is_read_again(run, root, reads):
    """It may change once more within the same tick of the clock, and no time would show it."""
    for _ in range(2):
        reads.clear()
        assert run("check", folder=root) == (0, CLEAN, "")
        assert len(reads) == 4


def test_another_day_is_noticed(run, root, write, settled, monkeypatch):
    dated = "- {id: x, type: book, author: [{family: A}], title: T, issued: {date-parts: [[2026, 11, 24]]}}\n"
    write(root, {"annotations/references/x.yaml": dated})
    for epoch, words in (("1795392000", "1 warning"), ("1795564800", "no problems")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert run("check", folder=root)[1].splitlines()[-1].endswith(words)


def test_damage_of_what_is_remembered_does_no_harm(run, root, settled, state):
    run("check", folder=root)
    for kept in state.rglob("*.pickle"):
        kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert run("check", folder=root) == (0, CLEAN, "")


def test_a_state_folder_that_cannot_be_written_does_no_harm(run, root, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLORILEGIUM_STATE", str(tmp_path / "file"))
    assert run("check", folder=root) == (0, CLEAN, "")


def test_a_command_loads_only_what_it_needs():
    program = "import sys, florilegium.cli\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    rooms = {name.split(".")[1] for name in done.stdout.split() if name.startswith("florilegium.")}
    assert rooms == {"cli", "core"}
    assert not {"yaml", "jinja2", "nh3", "multiprocessing"} & set(done.stdout.split())
