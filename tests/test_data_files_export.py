"""The command `export`, and the data files beside the pages of a site."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from florilegium.site.data_files.data_file import DataFile
from florilegium.site.data_files.data_writing import MANIFEST, ExportError, place_data_files, write_data_files
from projects import LIBRARY, Project, make_project, tree

pytestmark = pytest.mark.slow

OWN = ("library.json", "quotes.csv", "quotes.jsonl", "quotes.parquet", "references.bib", "references.json")


def data_file(name: str, content: bytes, *, needs: str = "") -> DataFile:
    return DataFile(
        name=name, path=f"data/{name}", title=name, media_type="text/plain", render=lambda: [content], needs=needs
    )


# -- writing into a folder of the user's


def test_what_an_export_wrote_is_replaced_and_what_is_the_same_is_left(tmp_path):
    folder = tmp_path / "new" / "data"
    assert write_data_files([data_file("a", b"1"), data_file("b/c", b"2")], folder, everything=True) == (2, 0, 0)
    before = (folder / "a").stat()
    assert write_data_files([data_file("a", b"1"), data_file("b/c", b"3")], folder, everything=True) == (1, 1, 0)
    assert (folder / "a").stat().st_mtime_ns == before.st_mtime_ns
    assert (folder / "b/c").read_bytes() == b"3"
    assert write_data_files([data_file("a", b"1")], folder, everything=True) == (0, 1, 1)
    assert not (folder / "b/c").exists()
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [MANIFEST, "a"]


def test_the_manifest_can_be_checked_by_another_program(tmp_path):
    write_data_files([data_file("a", b"1")], tmp_path, everything=True)
    assert (tmp_path / MANIFEST).read_text() == f"{hashlib.sha256(b'1').hexdigest()}  a\n"


@pytest.mark.parametrize("exported_before", [False, True])
def test_a_file_of_somebody_else_stops_all(tmp_path, exported_before):
    if exported_before:
        write_data_files([data_file("b", b"1")], tmp_path, everything=True)
    (tmp_path / "b").write_bytes(b"mine")
    before = tree(tmp_path)
    with pytest.raises(ExportError, match="not written by an export"):
        write_data_files([data_file("a", b"1"), data_file("b", b"2")], tmp_path, everything=True)
    assert tree(tmp_path) == before


def test_a_file_of_somebody_else_that_is_the_same_is_no_conflict(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    assert write_data_files([data_file("a", b"1")], tmp_path, everything=True) == (0, 1, 0)


def test_what_was_changed_is_not_removed(tmp_path):
    write_data_files([data_file("a", b"1"), data_file("b", b"1")], tmp_path, everything=True)
    (tmp_path / "b").write_bytes(b"mine")
    assert write_data_files([data_file("a", b"1")], tmp_path, everything=True) == (0, 1, 0)
    assert (tmp_path / "b").read_bytes() == b"mine"


def test_one_file_alone_leaves_the_others(tmp_path):
    write_data_files([data_file("a", b"1"), data_file("b", b"1")], tmp_path, everything=True)
    assert write_data_files([data_file("b", b"2")], tmp_path, everything=False) == (1, 0, 0)
    assert write_data_files([data_file("a", b"3")], tmp_path, everything=False) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["link to a file", "link to a folder", "folder", "file for a folder"])
def test_nothing_is_written_through_a_link_or_over_a_folder(tmp_path, kind):
    outside, folder = tmp_path / "outside", tmp_path / "data"
    outside.mkdir()
    folder.mkdir()
    (outside / "c").write_bytes(b"mine")
    if kind == "link to a file":
        (folder / "b").mkdir()
        (folder / "b/c").symlink_to(outside / "c")
    elif kind == "link to a folder":
        (folder / "b").symlink_to(outside)
    elif kind == "folder":
        (folder / "b/c").mkdir(parents=True)
    else:
        (folder / "b").write_bytes(b"mine")
    with pytest.raises(ExportError, match="in the way"):
        write_data_files([data_file("b/c", b"2")], folder, everything=True)
    assert (outside / "c").read_bytes() == b"mine"


def test_a_failure_while_a_file_is_made_leaves_all_as_it_was(tmp_path):
    write_data_files([data_file("a", b"1")], tmp_path, everything=True)
    before = tree(tmp_path)

    def fail():
        yield b"half"
        raise RuntimeError

    broken = DataFile(name="b", path="b", title="", media_type="", render=fail)
    with pytest.raises(RuntimeError):
        write_data_files([data_file("a", b"2"), broken], tmp_path, everything=True)
    assert tree(tmp_path) == before


def test_a_manifest_made_by_a_stranger_names_nothing_outside(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "mine").write_bytes(b"1")
    (folder / MANIFEST).write_text(f"{hashlib.sha256(b'1').hexdigest()}  ../mine\n")
    write_data_files([data_file("a", b"1")], folder, everything=True)
    assert (tmp_path / "mine").exists()


# -- beside the pages


def test_files_are_made_again_only_for_another_key(tmp_path):
    made = []

    def file(name: str, content: bytes) -> DataFile:
        def render():
            made.append(name)
            yield content

        return DataFile(name=name, path=f"data/{name}", title="", media_type="", render=render)

    built, record = tmp_path / "built", tmp_path / "record"

    def place(*files: DataFile, **keys: str) -> None:
        place_data_files(files, built, record=record, key_of=lambda file: keys.get(file.name, ""))

    place(file("a", b"1"), file("b", b"1"), file("c", b"1"), a="1", b="1")
    assert made == ["a", "b", "c"]
    made.clear()
    place(file("a", b"1"), file("b", b"2"), file("c", b"1"), a="1", b="2")
    assert made == ["b", "c"], "one has another key, and one has none"
    assert (built / "data/b").read_bytes() == b"2"
    made.clear()
    stamp = (built / "data/a").stat().st_mtime_ns
    place(file("a", b"1"), a="2")
    assert made == ["a"]
    assert (built / "data/a").stat().st_mtime_ns == stamp, "the bytes are the same"
    assert not (built / "data/b").exists()
    (built / "data/a").unlink()
    place(file("a", b"1"), a="2")
    assert (built / "data/a").read_bytes() == b"1"


def test_a_file_that_was_begun_and_not_made_is_made_the_next_time(tmp_path):
    built, record = tmp_path / "built", tmp_path / "record"

    def broken():
        yield b"1"
        raise RuntimeError

    file = DataFile(name="a", path="data/a", title="", media_type="", render=broken)
    with pytest.raises(RuntimeError):
        place_data_files([file], built, record=record, key_of=lambda _: "1")
    assert not (built / "data/a").exists()
    place_data_files([data_file("a", b"1")], built, record=record, key_of=lambda _: "1")
    assert (built / "data/a").read_bytes() == b"1"


def test_a_file_that_cannot_be_made_is_left_out(tmp_path):
    place_data_files([data_file("a", b"1"), data_file("b", b"1", needs="parquet")], tmp_path)
    assert list(tree(tmp_path)) == ["data/a"]


# -- the command


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("export"))


def test_export_writes_everything_without_a_site(project):
    result = project.florilegium("export")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "new or changed) into" in result.stdout
    assert set(OWN) < {path.name for path in (project.root / "data").iterdir()}
    assert not project.site.exists()
    again = project.florilegium("export")
    assert "(0 new or changed)" in again.stdout


def test_one_file_to_the_standard_output_and_nothing_else(project):
    result = project.florilegium("export", "quotes.csv", "--output", "-")
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.startswith('"id","address","words","notices",')
    assert result.stdout.encode().replace(b"\r\n", b"\n").count(b"\n") == 3


def test_the_list(project):
    result = project.florilegium("export", "--list")
    assert result.returncode == 0
    assert "quotes.csv " in result.stdout
    assert "All quotations, as a table for spreadsheets\n" in result.stdout


def test_whoever_has_an_original_gets_what_surrounds_the_words(project, tmp_path):
    text = tmp_path / "doe.txt"
    text.write_text("As I said to them that day, “What is\ngone is gone. And it was not to be for-\ngotten by me.”")
    result = project.florilegium("export", "quotes.jsonl", "--output", "-", "--original", f"doe2009={text}")
    assert result.returncode == 0, result.stderr
    gone, kept = [json.loads(line)["target"]["selector"] for line in result.stdout.splitlines()]
    assert (gone["prefix"], gone["suffix"]) == ('As I said to them that day, "', " And it was not to be forgotten")
    assert gone["exact"] == "What is gone is gone."
    assert kept == {"type": "TextQuoteSelector", "exact": "I kept every word of it."}
    text.write_text("Something else altogether, which nobody quotes.")
    result = project.florilegium("export", "quotes.jsonl", "--output", "-", "--original", f"doe2009={text}")
    assert "prefix" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quotes.csv", "--original", "nobody=x.txt"], "x.txt"),
        (["quotes.csv", "--original", "x.txt"], "names no key and path"),
        (["quotes.cvs"], 'did you mean "quotes.csv"?'),
        (["--output", "-"], "name it: florilegium export quotes.csv --output -"),
        (["quotes.csv", "library.json", "--output", "-"], "is for one file"),
        (["--output", "annotations/references"], "lies among the notes"),
    ],
)
def test_what_makes_no_sense_is_explained(project, arguments, said):
    result = project.florilegium("export", *arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_of_somebody_else_is_named(project, tmp_path):
    (tmp_path / "quotes.csv").write_text("mine")
    result = project.florilegium("export", "--output", str(tmp_path))
    assert result.returncode == 2
    assert "quotes.csv" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["quotes.csv"]


def test_errors_stop_an_export_and_stay_out_of_the_data(tmp_path):
    project = make_project(
        tmp_path, library={**LIBRARY, "notes/remembering.md": "---\ntitle: Broken\nsource: nobody\n---\n"}
    )
    result = project.florilegium("export", "quotes.csv", "--output", "-")
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Nothing was written." in result.stderr
    assert "error" in result.stderr
    assert project.florilegium("export").returncode == 1
    assert not (project.root / "data").exists()


def test_parquet_without_pyarrow_says_what_to_install(project, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find_spec = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'pyarrow' else find_spec(name, *rest)\n"
    )
    without = Project(
        root=project.root, state=tmp_path / "state", environment={"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": ""}
    )
    result = without.florilegium("export", "quotes.parquet")
    assert result.returncode == 2, result.stdout + result.stderr
    assert "pip install 'florilegium[parquet]'" in result.stderr
    result = without.florilegium("export", "--output", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    assert "quotes.parquet is left out" in result.stderr
    assert not (tmp_path / "out/quotes.parquet").exists()


def test_no_name_of_a_data_file_is_taken(project, tmp_path):
    shutil.copytree(project.root, tmp_path / "project")
    taken = Project(root=tmp_path / "project", state=tmp_path / "state")
    taken.write("docs/data/quotes.csv", "mine\n")
    result = taken.florilegium("build", "--no-search")
    assert result.returncode == 2
    assert "docs/data/quotes.csv has the name of a file that the build makes" in result.stderr


# -- sites


def exported(project: Project, folder: Path) -> dict[str, bytes]:
    assert project.florilegium("export", "--output", str(folder)).returncode == 0
    return {name: content for name, content in tree(folder).items() if name != MANIFEST}


@pytest.mark.slow
def test_what_does_not_change_is_not_written_again(tmp_path):
    """A build without changes leaves every file, one with a change those that are about something else."""
    project = make_project(tmp_path)
    project.build("--no-search")
    before = {path: (project.site / path).stat().st_ino for path in ("data/quotes.csv", "data/themes.jsonld")}
    project.build("--no-search")
    assert before == {path: (project.site / path).stat().st_ino for path in before}
    project.edit("annotations/notes/forgetting.md", "What is gone is gone.", "What is gone stays gone.")
    project.build("--no-search")
    assert "stays gone" in (project.site / "data/quotes.csv").read_text(encoding="utf-8")


def test_plain_mkdocs_makes_them_too(tmp_path):
    project = make_project(tmp_path)
    result = project.mkdocs("build", "--strict")
    assert result.returncode == 0, result.stdout + result.stderr
    files = exported(project, tmp_path / "out")
    for name in OWN:
        assert (project.site / "data" / name).read_bytes() == files[name]


def test_start_up_loads_no_pyarrow():
    code = "import florilegium.cli, florilegium.pipeline, sys; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
