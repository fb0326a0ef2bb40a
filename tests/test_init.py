"""`florilegium init`: a library of one's own that builds at once, and whose frame can be brought up to date."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import yaml
from florilegium import load
from florilegium.cli import main
from florilegium.core.edits import Change
from florilegium.edit.starters import starter_files
from florilegium.edit.starters.starter_files import is_outdated, plan_library, plan_update
from florilegium.edit.starters.vendored_program import WHEEL, pack_wheel
from florilegium.site.addresses import FOLDERS
from projects import Project, article_text, tree

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parent.parent
TITLE = 'Say "hello": a library of @SIGNS@'


@pytest.fixture
def florilegium(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as leaving:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return leaving.value.code, said.out, said.err

    return run


@pytest.fixture
def own(tmp_path, florilegium):
    """A new library."""
    assert florilegium("init", tmp_path / "own", "--title", TITLE)[0] == 0
    return tmp_path / "own"


def test_it_builds_at_once(tmp_path, florilegium):
    code, said, _ = florilegium("init", tmp_path / "my own", "--title", TITLE)
    assert code == 0
    assert re.search(r"^wrote \d+ files into ", said)
    assert f"cd '{tmp_path}/my own'" in said
    assert "florilegium build " in said
    project = Project(root=tmp_path / "my own", state=tmp_path / "state")
    checked = project.florilegium("check", "--strict")
    assert checked.stdout == "1 note, 1 theme, 2 quotes, 1 work: no problems\n"
    project.build()
    assert "It is a truth universally acknowledged" in article_text(
        project.site / "notes/pride-and-prejudice/index.html"
    )
    home = (project.site / "index.html").read_text()
    assert "<title>Say &#34;hello&#34;: a library of @SIGNS@</title>" in home
    for name in re.findall(r'(?:href|src)="\.?/?(assets/[^"#?]+)', home):
        assert (project.site / name).is_file()
    ignored = project.run("git", "init", "-q").returncode == 0 and project.run("git", "status", "--porcelain", "-uall")
    assert not re.search(r"docs/(notes|themes|quotes|references|rules|index\.md)|site/", ignored.stdout)
    # `mkdocs serve` finds the hook and writes the pages by itself.
    shutil.rmtree(project.root / "docs/notes")
    assert project.mkdocs("build", "--strict").returncode == 0


def test_what_one_writes_next_fits_in(own, florilegium, monkeypatch):
    monkeypatch.chdir(own)
    (own / "x.bib").write_text("@book{x, title={Emma}, author={Austen, Jane}, year=1815, publisher={John Murray}}")
    code, _, err = florilegium("new", "note", "--source", "x.bib", "--basis", "full-text", "--theme", "marriage")
    assert code == 0, err
    path = own / "annotations/notes/emma.md"
    path.write_text(re.sub(r"TODO:.*?(?=\[)", "Emma is about ", path.read_text().split("<!--")[0]))
    assert florilegium("check", "--root", own)[0] == 0


def test_the_settings_are_in_step_with_those_of_this_site(own):
    ours, theirs = (
        yaml.load(path.read_text(), yaml.BaseLoader) for path in (REPOSITORY / "mkdocs.yml", own / "mkdocs.yml")
    )
    assert ours["theme"] == theirs["theme"] | {"custom_dir": "scripts/florilegium/site/templates/theme"}
    for key in ("extra_css", "extra_javascript", "plugins", "markdown_extensions", "validation", "use_directory_urls"):
        assert ours.get(key) == theirs.get(key), key
    pages = re.findall(r"([a-z]+)/index\.md", (own / "mkdocs.yml").read_text())
    assert sorted(pages) == sorted({*FOLDERS} - {"authors", "references"})
    ignored = (own / ".gitignore").read_text().splitlines()
    assert {f"/docs/{folder}/" for folder in FOLDERS} <= set(ignored)


@pytest.fixture
def example(tmp_path, florilegium):
    """The example, and what `init` says of it."""
    code, said, _ = florilegium("init", tmp_path / "example", "--title", "Readings on memory", "--example")
    assert code == 0
    assert "florilegium verify --originals originals " in said
    return Project(root=tmp_path / "example", state=tmp_path / "state")


def test_the_example_stands_word_for_word_in_the_texts_beside_it(example):
    counted = "4 notes, 3 themes, 12 quotes, 5 works"
    assert example.florilegium("check", "--strict").stdout == f"{counted}: no problems\n"
    verified = example.florilegium("verify", "--originals", "originals")
    assert "12 of 12 quotations found word for word" in verified.stdout
    assert example.florilegium("check", "--strict").stdout == f"{counted}: no problems\n"
    assert {quote.verified for quote in load(example.root).quotes} == {"source"}
    note = "annotations/notes/james-talks-to-teachers.md"
    example.edit(note, "We are different for having once learned", "We are better for having once learned")
    assert f"{note}:40:3: error:" in example.florilegium("check").stdout


def test_an_edition_that_prints_other_words_is_not_taken_for_the_same(example):
    other = "shakespeare1609=originals/shakespeare1609-standard-ebooks.html"
    compared = example.florilegium("verify", "--check", "--original", other)
    assert compared.returncode == 1
    assert "1 of 2 quotations found word for word" in compared.stdout
    assert "drown an eye[-, unused-]{+ (unused+} to flow" in compared.stdout


def test_the_example_has_a_dialogue_verse_an_omission_and_a_translation(example):
    quotes = {quote.id.partition("/")[2]: quote for quote in load(example.root).quotes}
    assert quotes["a-poor-sort-of-memory"].speaker == 'a character, "Alice", and a character, "the Queen"'
    assert quotes["remembrance-of-things-past"].words.count("\n") == 2
    assert "[…]" in quotes["a-heroic-little-investigation"].words
    assert [quotes[id_].source.id for id_ in ("lata-praetoria", "spacious-palaces")] == ["augustine400", "pusey1838"]


def test_everything_of_the_frame_that_a_page_needs_is_copied(own):
    for place in ("docs/assets", "scripts/florilegium/site/templates/theme"):
        target = own / ("frame/theme" if place.endswith("theme") else place)
        wanted = [path.relative_to(REPOSITORY / place) for path in (REPOSITORY / place).rglob("*") if path.is_file()]
        missing = {str(path) for path in wanted if not (target / path).is_file()}
        assert all(path.startswith("screenshots/") for path in missing)
    assert (own / "frame/mkdocs_hook.py").read_bytes() == (REPOSITORY / "scripts/mkdocs_hook.py").read_bytes()


def test_nothing_of_this_library_or_machine_is_in_it(own):
    # The program comes along as a packed file, in whose bytes anything may stand.
    others = ("frame/", "docs/assets/", "vendor/")
    text = b"\n".join(content for name, content in tree(own).items() if not name.startswith(others))
    for word in (b"somer", b"opioid", str(REPOSITORY).encode(), str(Path.home()).encode() + b"/"):
        assert word not in text.lower()
    # What is compressed may hold such signs by chance.
    plain = b"\n".join(content for name, content in tree(own).items() if not name.endswith((".whl", ".woff2")))
    assert not re.search(rb"@[A-Z]+@(?<!@SIGNS@)", plain)


def test_the_workflows_name_every_action_by_its_digest(own):
    for path in (own / ".github/workflows").iterdir():
        for action in re.findall(r"uses: (\S+)", path.read_text()):
            assert re.fullmatch(r"[a-z-]+/[a-z-]+@[0-9a-f]{40}", action)
    zizmor = Path(sys.executable).with_name("zizmor")
    if zizmor.exists():
        result = subprocess.run([zizmor, "--offline", "--no-progress", own], capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_list_of_the_frame_is_one_that_sha256sum_reads(own):
    lines = (own / "frame/SHA256SUMS").read_text().splitlines()
    assert len(lines) > 30
    for line in lines:
        digest, path = line.split("  ")
        assert hashlib.sha256((own / path).read_bytes()).hexdigest() == digest


# ------------------------------------------------------------------------------------------------ where it goes


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path, florilegium):
    (tmp_path / "mine.txt").write_text("mine")
    before = tree(tmp_path)
    code, _, err = florilegium("init", tmp_path)
    assert code == 2
    assert "is not empty; nothing was written" in err
    assert tree(tmp_path) == before


def test_a_repository_with_a_readme_and_a_license_is_as_good_as_an_empty_folder(tmp_path, florilegium):
    for name, text in {"README.md": "# Mine\n", "LICENSE": "MIT\n", ".gitignore": "*.log\n", ".DS_Store": ""}.items():
        (tmp_path / name).write_text(text)
    code, said, _ = florilegium("init", tmp_path)
    assert (code, "LIBRARY.md says what to change first" in said) == (0, True)
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
    assert (tmp_path / "LICENSE").read_text() == "MIT\n"
    assert (tmp_path / ".gitignore").read_text().startswith("*.log\n\n# Pages written")
    assert ".venv/bin/florilegium check" in (tmp_path / "LIBRARY.md").read_text()


def test_the_program_that_a_library_carries_asks_for_what_it_needs():
    with zipfile.ZipFile(io.BytesIO(pack_wheel())) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        asked = message_from_bytes(archive.read(name)).get_all("Requires-Dist")
        assert "florilegium/frame/mkdocs_hook.py" in archive.namelist()
    wanted = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(wanted) <= set(asked)


def test_the_program_can_be_named(tmp_path, florilegium):
    assert florilegium("init", tmp_path / "x", "--program", "https://example.org/f.whl")[0] == 0
    assert (tmp_path / "x/requirements.txt").read_text().splitlines()[-1] == "https://example.org/f.whl"
    assert not (tmp_path / "x/vendor").exists()


def test_an_update_brings_the_workflows_and_the_guide_along(own, florilegium):
    for name in (".github/workflows/check.yml", "docs/format.md"):
        (own / name).unlink()
    said = florilegium("init", "--update", own)[1]
    assert "wrote .github/workflows/check.yml" in said
    assert "wrote docs/format.md" in said
    with (own / "docs/format.md").open("a") as file:
        file.write("Ours.\n")
    code, said, _ = florilegium("init", "--update", own)
    assert (code, "    -Ours." in said) == (1, True)


def test_a_file_is_no_folder(tmp_path, florilegium):
    (tmp_path / "x").write_text("")
    assert "is a file" in florilegium("init", tmp_path / "x")[2]


def test_an_empty_folder_and_a_fresh_repository_will_do(tmp_path, florilegium):
    (tmp_path / "a").mkdir()
    (tmp_path / "b/.git").mkdir(parents=True)
    assert florilegium("init", tmp_path / "a")[0] == 0
    assert florilegium("init", tmp_path / "b")[0] == 0
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_link_to_an_empty_folder_will_do(tmp_path, florilegium):
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert florilegium("init", tmp_path / "link")[0] == 0
    assert (tmp_path / "a/mkdocs.yml").is_file()


def test_a_title_that_is_empty_is_told(tmp_path, florilegium):
    assert "--title" in florilegium("init", tmp_path / "a", "--title", "  ")[2]
    assert not (tmp_path / "a").exists()


# ------------------------------------------------------------------------------------------------------- update


@pytest.fixture
def older(own):
    """The library as an older version of the program had started it."""
    css, js, gone = own / "docs/assets/style.css", own / "docs/assets/pages.js", own / "frame/theme/gone.html"
    css.write_text("/* older */")
    js.write_text("// older")
    gone.write_text("older")
    (own / "docs/schemas/note-1.json").unlink()
    lines = [line for line in (own / "frame/SHA256SUMS").read_text().splitlines() if "/note-1.json" not in line]
    old = {"docs/assets/style.css": css, "docs/assets/pages.js": js, "frame/theme/gone.html": gone}
    lines = [line for line in lines if line.split("  ")[1] not in old]
    lines += [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}" for name, path in old.items()]
    (own / "frame/SHA256SUMS").write_text("".join(f"{line}\n" for line in sorted(lines)))
    return own


def test_an_update_brings_the_frame_to_this_version(older, florilegium, tmp_path):
    (older / "annotations/notes/pride-and-prejudice.md").write_text("mine")
    (older / "mkdocs.yml").write_text("mine")
    code, said, _ = florilegium("init", "--update", older)
    assert code == 0
    assert said.splitlines() == [
        "wrote docs/assets/pages.js",
        "wrote docs/assets/style.css",
        "wrote docs/schemas/note-1.json",
        "wrote frame/SHA256SUMS",
        "removed frame/theme/gone.html",
    ]
    florilegium("init", tmp_path / "fresh")
    frames = [
        {name: text for name, text in tree(root).items() if name.startswith(("frame/", "docs/assets", "docs/schemas"))}
        for root in (older, tmp_path / "fresh")
    ]
    assert frames[0] == frames[1]
    assert (
        (older / "mkdocs.yml").read_text() == (older / "annotations/notes/pride-and-prejudice.md").read_text() == "mine"
    )
    assert florilegium("init", "--update", older)[:2] == (0, "The frame is up to date.\n")


def test_a_build_tells_of_an_older_frame(older, florilegium, tmp_path):
    assert is_outdated(older)
    project = Project(root=older, state=tmp_path / "state")
    built = project.florilegium("build", "--no-search")
    assert built.returncode == 0, built.stderr
    assert "florilegium init --update ." in built.stderr
    florilegium("init", "--update", older)
    assert not is_outdated(older)
    assert not is_outdated(REPOSITORY)
    assert "init" not in project.florilegium("build", "--no-search").stderr


def test_an_update_keeps_what_somebody_has_changed(older, florilegium):
    (older / "docs/assets/style.css").write_text("/* mine */")
    (older / "frame/theme/gone.html").write_text("mine")
    (older / "docs/assets/own.css").write_text("mine too")
    for _ in range(2):
        code, said, _ = florilegium("init", "--update", older)
        assert code == 1
        assert "kept docs/assets/style.css, which was changed here" in said
        assert "-/* mine */" in said
        assert (older / "docs/assets/style.css").read_text() == "/* mine */"
        assert (older / "frame/theme/gone.html").read_text() == "mine"
        assert (older / "docs/assets/own.css").read_text() == "mine too"
    (older / "docs/assets/style.css").unlink()
    assert "wrote docs/assets/style.css" in florilegium("init", "--update", older)[1]


@pytest.mark.parametrize(
    "line", ["../mine.txt", "frame/../../mine.txt", "annotations/library.yml", "/etc/passwd", "docs/about.md\n"]
)
def test_a_list_that_was_tampered_with_removes_nothing_else(own, line, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    (own / "frame/SHA256SUMS").write_text(f"{digest}  {line}\nnonsense\n")
    update = plan_update(own)
    assert [change.path for change in update.changes if change.after is None] == []


def test_an_update_needs_a_frame(tmp_path, florilegium):
    code, _, err = florilegium("init", "--update", tmp_path)
    assert code == 2
    assert "has no folder frame/" in err


def test_a_frame_that_is_no_text_is_told(own, florilegium):
    (own / "docs/assets/style.css").write_bytes(b"\xff")
    assert florilegium("init", "--update", own)[0] == 2


# -------------------------------------------------------------------------------------- where the program is from


@pytest.mark.parametrize(
    ("recorded", "line"),
    [
        (None, "florilegium==0.1.0"),
        (
            {"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"florilegium @ git+https://example.org/x.git@{'a' * 40}",
        ),
        (
            {"url": "file:///home/somebody/x", "dir_info": {"editable": True}},
            "./vendor/florilegium-0.1.0-py3-none-any.whl",
        ),
    ],
)
def test_the_requirements_say_where_the_program_comes_from(monkeypatch, recorded, line):
    class Installed:
        def read_text(self, _name):
            return None if recorded is None else json.dumps(recorded)

    monkeypatch.setattr(starter_files, "distribution", lambda _name: Installed())
    monkeypatch.setattr(starter_files, "__version__", "0.1.0")
    texts = {change.path: change.after for change in plan_library("x")}
    assert texts["requirements.txt"].splitlines()[-1] == line


def test_the_plan_is_the_same_each_time():
    plan = plan_library("x")
    assert plan == plan_library("x")
    assert all(isinstance(change, Change) and change.before is None for change in plan)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The program as a wheel installs it, in an environment that has no checkout."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("installed")
    copied = folder / "source"
    shutil.copytree(REPOSITORY / "scripts", copied / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "docs", copied / "docs", ignore=shutil.ignore_patterns(*FOLDERS))
    for name in ("LICENSE", "README.md", "pyproject.toml", ".gitignore"):
        shutil.copy(REPOSITORY / name, copied / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=copied, check=True, capture_output=True)
    shutil.rmtree(copied)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    shutil.unpack_archive(wheel, site, "zip")
    (site / "libraries.pth").write_text(str(Path(pytest.__file__).parent.parent))
    return folder / "venv" / "bin" / "python"


def test_an_installed_program_starts_the_same_library_and_builds_it(installed, own, tmp_path):
    project = Project(root=tmp_path / "theirs", state=tmp_path / "state")
    where = project.run(str(installed), "-c", "import florilegium; print(florilegium.__file__)", folder=tmp_path)
    assert where.stdout.startswith(str(installed.parent.parent))
    started = project.run(str(installed), "-m", "florilegium", "init", "theirs", "--title", TITLE, folder=tmp_path)
    assert started.returncode == 0, started.stderr
    ours, theirs = tree(own), tree(project.root)
    assert theirs.pop("requirements.txt").startswith(b"# Where the program comes from")
    del ours["requirements.txt"]
    # This one came from no registry, so a library carries it along.
    assert ours.pop(f"vendor/{WHEEL}") == pack_wheel()
    assert theirs == ours
    built = project.run(str(installed), "-m", "florilegium", "build")
    assert built.returncode == 0, built.stdout + built.stderr
    assert (project.site / "notes/pride-and-prejudice/index.html").is_file()
