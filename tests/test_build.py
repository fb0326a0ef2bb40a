"""`florilegium build` from end to end: published whole or not at all, from anywhere, and the same bytes each time."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from florilegium.pipeline import STEPS
from florilegium.publish.site_environment import environment_of
from projects import LIBRARY, Project, article_text, make_project, tree

pytestmark = pytest.mark.slow

MARKER = ".florilegium-site"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose site is published; not to be changed."""
    project = make_project(tmp_path_factory.mktemp("published"))
    project.build()
    return project


@pytest.fixture
def project(published: Project, tmp_path: Path) -> Project:
    """A project of one's own, whose site is published."""
    return published.copy_to(tmp_path)


def _cold(project: Project, folder: Path) -> dict[str, bytes]:
    """What a build from nothing makes of the same input, in another folder."""
    inputs = ("annotations", "mkdocs.yml", "scripts", "docs")
    fresh = Project(root=folder / "elsewhere", state=folder / "other-state", environment=project.environment)
    for name in inputs:
        source = project.root / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        fresh.root.mkdir(parents=True, exist_ok=True)
        copy(source, fresh.root / name)
    for name in ("notes", "themes", "quotes", "references", "rules", "index.md"):
        path = fresh.root / "docs" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    fresh.build()
    return tree(fresh.site)


def _differing(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    return sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))


# ------------------------------------------------------------------------------------------------- the site


def test_joins_notes_themes_and_quotes(published: Project) -> None:
    assert "What is gone is gone." in article_text(published.site / "notes/forgetting/index.html")
    assert "What is gone is gone." in article_text(published.site / "themes/amnesia/index.html")
    assert "What is gone is gone." in article_text(published.site / "quotes/index.html")
    assert "The art of forgetting" in article_text(published.site / "works/index.html")
    assert json.loads((published.site / "search-index/index.json").read_text())["quotations"] == 2


def test_every_link_within_the_site_leads_somewhere(published: Project) -> None:
    site = published.site
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html") if path.name != "404.html"}
    ids = {path: set(re.findall(r'\sid="?([^"\s>]+)', text)) for path, text in pages.items()}
    dead = []
    for path, text in pages.items():
        for target in re.findall(r'<a [^>]*?href="([^":]*)"', text):
            address, _, anchor = target.partition("#")
            to = (path.parent / address.partition("?")[0]).resolve() if address else path
            to = to / "index.html" if to.is_dir() else to
            if not to.is_file() or (anchor and to in ids and anchor not in ids[to]):
                dead.append((str(path.relative_to(site)), target))
    assert not dead


def test_without_search_there_is_no_index(project: Project) -> None:
    project.build("--no-search")
    assert not (project.site / "search-index").exists()


# -------------------------------------------------------------------------------------------- same input, same bytes


def test_two_cold_builds_are_the_same(tmp_path: Path) -> None:
    """In another folder, with another seed of hashes, in another time zone."""
    project = make_project(tmp_path)
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.write("mkdocs.yml", f"{settings}\nsite_url: https://example.org/lib/\n")
    project.build()
    assert "<lastmod>2024-03-01</lastmod>" in (project.site / "sitemap.xml").read_text()
    other = Project(root=project.root, state=project.state, environment={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    assert _differing(tree(project.site), _cold(other, tmp_path)) == []


def test_three_shards_make_the_site_of_one_build(published: Project, project: Project) -> None:
    parts = [f"part-{number}" for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        project.build("--shard", f"{number}/3", "--site-dir", part)
    shares = [tree(project.root / part).keys() for part in parts]
    assert all(any(path.startswith(("notes/", "works/")) for path in share) for share in shares)
    missing = project.florilegium("merge", *parts[:2], "--site-dir", "joined")
    assert (missing.returncode, "the shard 3/3 is missing" in missing.stderr) == (2, True)
    assert project.florilegium("merge", *parts, "--site-dir", "joined").returncode == 0
    joined = tree(project.root / "joined")
    assert _differing(joined, tree(published.site)) == []
    # Search answers, themes and counts are in these.
    assert {
        "search-index/index.json",
        "data/library.json",
        "themes/amnesia/index.html",
        "coverage/index.html",
    } <= joined.keys()
    project.edit("annotations/notes/remembering.md", "Roe remembers", "Roe forgets")
    project.build("--shard", "3/3", "--site-dir", "part-3")
    mixed = project.florilegium("merge", *parts, "--site-dir", "joined")
    assert (mixed.returncode, "is a shard of another library than" in mixed.stderr) == (2, True)
    assert tree(project.root / "joined") == joined


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "--shard", "0/3"), '"0/3" names no shard'),
        (("build", "--shard", "4/3"), '"4/3" names no shard'),
        (("build", "--shard", "1/2", "--renderer", "zensical"), "zensical cannot build a part of a site"),
        (("merge", "docs"), "is not a shard of a site"),
    ],
)
def test_what_is_no_shard_is_explained(published: Project, arguments: tuple[str, ...], said: str) -> None:
    result = published.florilegium(*arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert "help:" in result.stderr


def test_a_day_that_is_set_is_the_day_of_the_site(project: Project) -> None:
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.write("mkdocs.yml", f"{settings}\nsite_url: https://example.org/lib/\n")
    Project(root=project.root, state=project.state, environment={"SOURCE_DATE_EPOCH": "86400"}).build()
    assert "<lastmod>1970-01-02</lastmod>" in (project.site / "sitemap.xml").read_text()


_THIRD = LIBRARY["notes/remembering.md"].replace("On remembering", "A third note").replace("#kept", "#third")

EDITS: list[tuple[str, Callable[[Project], object]]] = [
    ("a sentence", lambda p: p.edit("annotations/notes/forgetting.md", "A first sentence", "Another sentence")),
    (
        "a quote more",
        lambda p: p.edit(
            "annotations/notes/remembering.md",
            "> I kept",
            "> A new one.\n>\n> — the author, in [@roe2010, p. 6] #numbing {#new}\n\n> I kept",
        ),
    ),
    ("a note more", lambda p: p.write("annotations/notes/third.md", _THIRD)),
    ("a theme renamed", lambda p: p.edit("annotations/themes/amnesia.md", "label: Amnesia", "label: Forgetfulness")),
    ("a work's title", lambda p: p.edit("annotations/notes/forgetting.md", "The art of", "The craft of")),
    (
        "a work's author",
        lambda p: p.edit("annotations/notes/forgetting.md", "family: Doe, given: Jane", "family: Aaa, given: Bea"),
    ),
    ("a draft", lambda p: p.edit("annotations/notes/third.md", "basis: abstract", "basis: abstract\nstatus: draft")),
    ("a notice's name", lambda p: p.edit("annotations/library.yml", "label: Drug use", "label: Use of drugs")),
    (
        "a page by hand",
        lambda p: p.write(
            "docs/about.md", (p.root / "docs/about.md").read_text(encoding="utf-8") + "\nOne line more.\n"
        ),
    ),
    ("the style sheet", lambda p: p.write("docs/assets/style.css", "p { color: black }\n")),
    (
        "no draft any more",
        lambda p: p.edit("annotations/notes/third.md", "basis: abstract\nstatus: draft", "basis: abstract"),
    ),
    ("a note less", lambda p: (p.root / "annotations/notes/third.md").unlink()),
    ("the site's name", lambda p: p.edit("mkdocs.yml", "site_name: ", "site_name: New ")),
    ("a later day", lambda p: p.edit("annotations/notes/remembering.md", "date: 2024-02-01", "date: 2025-02-01")),
]


def test_a_warm_build_is_as_a_cold_one(project: Project, tmp_path: Path) -> None:
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    # What the navigation does not name, names itself on every page.
    settings = settings.replace("- Notes: notes/index.md", "- notes/index.md").replace("- Commands: ", "- ")
    project.write("mkdocs.yml", f"{settings}\nsite_url: https://example.org/lib/\n")
    project.build()
    for number, (what, edit) in enumerate(EDITS):
        edit(project)
        # Two edits at a time, but for two that undo each other.
        if number % 2 == 0 and what != "no draft any more":
            continue
        before = tree(project.site)
        project.build()
        after = tree(project.site)
        assert after != before, what
        # What a build forgets to make again stays wrong until something else touches it, so not each step is compared.
        if number in (7, len(EDITS) - 1):
            assert _differing(after, _cold(project, tmp_path / str(number))) == [], what


def _times(project: Project) -> dict[Path, int]:
    """When each file of the site was changed last, the marker left aside."""
    files = (path for path in project.site.rglob("*") if path.is_file() and path.name != MARKER)
    return {path: path.stat().st_mtime_ns for path in files}


def test_a_build_without_a_change_changes_nothing(project: Project) -> None:
    before = _times(project)
    result = project.florilegium("build")
    assert "(0 new or changed)" in result.stdout
    assert _times(project) == before


# ------------------------------------------------------------------------------------------- whole, or not at all


def _refuses(project: Project, code: int, *said: str, arguments: tuple[str, ...] = ()) -> None:
    """Insist that a build fails with a message and leaves the site as it was."""
    before = tree(project.site)
    result = project.florilegium("build", *arguments)
    everything = result.stdout + result.stderr
    assert result.returncode == code, everything
    assert "Traceback" not in everything
    for words in said:
        assert words in everything
    assert tree(project.site) == before


def test_a_failed_check_leaves_the_site(project: Project) -> None:
    docs = tree(project.root / "docs")
    project.edit("annotations/notes/forgetting.md", "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    _refuses(project, 1, "annotations/notes/forgetting.md:16:", 'did you mean "doe2009"?', "is as it was")
    assert tree(project.root / "docs") == docs
    project.edit("annotations/notes/forgetting.md", "[@doe2008, p. 3]", "[@doe2009, p. 3]")
    project.build()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("site_name: [", "mkdocs did not finish"),
        ("theme: nowhere\nsite_name: x", "mkdocs did not finish"),
        ("site_name: x\ntheme: material\nplugins: []\nexclude_docs: /notes/forgetting.md\n", "notes/forgetting"),
    ],
)
def test_a_failing_generator_leaves_the_site(project: Project, settings: str, said: str) -> None:
    good = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.write("mkdocs.yml", settings)
    _refuses(project, 2, said, "help:")
    project.write("mkdocs.yml", good)
    project.build()
    assert (project.site / "notes/forgetting/index.html").is_file()


def test_a_page_by_hand_with_a_dead_link_fails(project: Project) -> None:
    about = (project.root / "docs/about.md").read_text(encoding="utf-8")
    project.write("docs/about.md", about + "\n[nowhere](nowhere.md)\n")
    _refuses(project, 2, "about.md", "nowhere.md")


def test_no_configuration(project: Project) -> None:
    (project.root / "mkdocs.yml").unlink()
    _refuses(project, 2, "mkdocs.yml", "help:")


def test_a_page_by_hand_where_a_generated_one_belongs(project: Project) -> None:
    project.write("docs/notes/forgetting.md", "Mine.\n")
    _refuses(project, 2, "docs/notes/forgetting.md", "help:")
    assert (project.root / "docs/notes/forgetting.md").read_text() == "Mine.\n"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/", "the root of a file system"),
        ("{home}", "home"),
        (".", "cannot publish"),
        ("..", "cannot publish"),
        ("annotations", "cannot publish"),
        ("annotations/site", "cannot publish"),
        ("docs", "cannot publish"),
        ("docs/site", "cannot publish"),
        ("full", "holds files that this tool did not make"),
        ("mkdocs.yml", "is not a folder"),
        ("link", "is a symbolic link"),
    ],
)
def test_a_target_that_is_somebodys_work_is_refused(project: Project, tmp_path: Path, target: str, said: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    project.write("full/work.txt", "Mine.")
    (project.root / "link").symlink_to(project.site)
    own = Project(root=project.root, state=project.state, environment={"HOME": str(home)})
    _refuses(own, 2, said, "help:", arguments=("--site-dir", target.format(home=home)))
    assert (project.root / "full/work.txt").read_text() == "Mine."
    assert not (tmp_path / MARKER).exists()


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _start(project: Project) -> subprocess.Popen[bytes]:
    """A build in a group of its own with the generators that it starts."""
    return subprocess.Popen(
        project.command("build"),
        cwd=project.root,
        env=project.settings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_killed_build_leaves_the_old_site_or_the_new_one(project: Project, tmp_path: Path) -> None:
    old = tree(project.site)
    project.edit("annotations/notes/forgetting.md", "A first sentence", "Another sentence")
    project.edit("annotations/notes/remembering.md", "I kept every word", "I lost every word")
    new = _cold(project, tmp_path)
    chance = random.Random(1)
    for _ in range(3):
        process = _start(project)
        time.sleep(chance.uniform(0.1, 1.6))
        _kill(process)
        assert not _differing(tree(project.site), old) or not _differing(tree(project.site), new)
    project.build()
    assert _differing(tree(project.site), new) == []
    assert {path.name for path in project.root.iterdir() if path.name.startswith(".")} == set()


def test_two_builds_at_once_make_one_site(project: Project, tmp_path: Path) -> None:
    project.edit("annotations/notes/forgetting.md", "A first sentence", "Another sentence")
    builds = [project.start(*project.command("build")) for _ in range(2)]
    said = [build.communicate(timeout=120)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    assert _differing(tree(project.site), _cold(project, tmp_path)) == []


def test_notes_that_change_during_the_build(project: Project, tmp_path: Path) -> None:
    """Rewritten, half written and removed again and again: each build is of one state, or says what is wrong."""
    note = project.root / "annotations/notes/remembering.md"
    text = note.read_text(encoding="utf-8")
    done = threading.Event()

    def disturb() -> None:
        while not done.is_set():
            note.write_text(text.replace("every word", "no word"), encoding="utf-8")
            time.sleep(0.003)
            note.write_text(text[:200], encoding="utf-8")
            note.unlink()
            time.sleep(0.001)
            note.write_text(text, encoding="utf-8")
            time.sleep(0.005)

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(2):
            before = tree(project.site)
            result = project.florilegium("build")
            assert result.returncode in (0, 1), result.stderr
            assert "Traceback" not in result.stderr
            assert result.returncode == 0 or tree(project.site) == before
    finally:
        done.set()
        thread.join()
    note.write_text(text, encoding="utf-8")
    project.build()
    assert _differing(tree(project.site), _cold(project, tmp_path)) == []


def test_a_state_folder_that_cannot_be_written(project: Project) -> None:
    """What is remembered is a convenience: without it the site is built anew."""
    blocked = project.write("blocked", "a file")
    before = tree(project.site)
    other = Project(root=project.root, state=blocked)
    result = other.florilegium("build")
    assert "Traceback" not in result.stderr
    assert result.returncode == 0, result.stderr
    assert tree(project.site) == before


# ------------------------------------------------------------------------------------------------- from anywhere


def test_a_path_with_everything_in_it(published: Project, tmp_path: Path) -> None:
    folder = tmp_path / """it's "ü 痛" & $HOME #1 {x} [a] %20;"""
    folder.mkdir()
    project = make_project(folder)
    bare = Project(root=project.root, state=project.state, environment={"LC_ALL": "C", "PATH": "/nonexistent"})
    bare.build("--site-dir", "../publié")
    assert "What is gone is gone." in article_text(folder / "publié/notes/forgetting/index.html")
    assert json.loads((folder / "publié/search-index/index.json").read_text())["quotations"] == 2
    assert _differing(tree(folder / "publié"), tree(published.site)) == []


def test_from_a_folder_below_and_from_another_one(project: Project, tmp_path: Path) -> None:
    below = project.florilegium("build", folder=project.root / "annotations/notes")
    assert below.returncode == 0, below.stderr
    elsewhere = project.florilegium("build", "--root", "project", folder=tmp_path)
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert not (tmp_path / "site").exists()
    nowhere = project.florilegium("build", folder=project.state)
    assert nowhere.returncode == 2
    assert "there is no folder annotations/" in nowhere.stderr


def test_the_network_is_not_asked(project: Project) -> None:
    """Python's own sockets are made unusable, in the generator's process too."""
    project.write("blocked/sitecustomize.py", "import socket\ndel socket.socket.connect\n")
    blocked = Project(
        root=project.root,
        state=project.state,
        environment={"PYTHONPATH": os.pathsep.join([str(project.root / "blocked"), os.environ.get("PYTHONPATH", "")])},
    )
    code = "import socket; socket.socket().connect(('127.0.0.1', 1))"
    assert "AttributeError" in blocked.run(sys.executable, "-c", code).stderr or sys.flags.isolated
    blocked.build("--no-cache")


def test_pages_are_built_anew_when_the_theme_or_a_hook_of_the_project_changes(tmp_path: Path) -> None:
    for folder in ("docs", "look", "other"):
        (tmp_path / folder).mkdir()
    settings = 'theme:\n  name: material\n  custom_dir: "look" # ours\nhooks: [mine.py]\n'
    (tmp_path / "mkdocs.yml").write_text(settings)

    def environment() -> str:
        return environment_of(tmp_path, (tmp_path / "mkdocs.yml").read_text())

    before = environment()
    (tmp_path / "other" / "main.html").write_text("near miss")
    assert environment() == before
    (tmp_path / "look" / "main.html").write_text("{% extends 'base.html' %}")
    themed = environment()
    (tmp_path / "mine.py").write_text("")
    assert len({before, themed, environment()}) == 3


def _told(said: str) -> list[list[str]]:
    return [line.split() for line in said.splitlines() if line.split(" ")[0] in {step.name for step in STEPS}]


def test_the_steps_are_told_with_what_they_cost(project: Project) -> None:
    (project.root / "docs" / "notes" / "forgetting.md").unlink()
    said = project.florilegium("build", "--explain").stdout
    rows = _told(said)
    assert [row[0] for row in rows] == [step.name for step in STEPS]
    assert all(float(cpu) >= 0 and float(wall) >= 0 for _, cpu, wall, *_ in rows)
    assert re.search(r"^write .*: 1 written, \d+ unchanged$", said, flags=re.MULTILINE), (
        "a page that is gone is written"
    )


def test_a_build_ends_early_while_the_last_one_stands(project: Project) -> None:
    for path in (*project.root.glob("annotations/**/*"), project.root / "annotations"):
        os.utime(path, ns=(1_700_000_000_000_000_000,) * 2)
    time.sleep(1.1)  # What changed in this second may change again unseen.
    project.florilegium("build")
    said = project.florilegium("build", "--explain").stdout
    assert [row[0] for row in _told(said)] == ["compare"]
    assert "(0 new or changed)" in said
    before = tree(project.site)
    page = project.site / "notes" / "forgetting" / "index.html"
    for harm in (lambda: page.write_text("spoilt"), page.unlink):
        harm()
        assert len(_told(project.florilegium("build", "--explain").stdout)) == len(STEPS)
        assert tree(project.site) == before, "the site is as it was"
    project.write("docs/notes/foreign.md", "Somebody's page.")
    assert project.florilegium("build").returncode != 0, "what lies among generated pages is noticed"
