"""`mkdocs build` and `mkdocs serve` without our command: the hook checks the library and writes its pages."""

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from florilegium.check.checking import Options
from florilegium.publish.live.live_site import LiveSite
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from projects import Project, make_project, tree

pytestmark = pytest.mark.slow

REPOSITORY_SETTINGS = "\nrepo_url: https://example.org/lib\nedit_uri: edit/main/docs/\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that mkdocs alone has built, strictly, with links to edit its pages."""
    project = make_project(tmp_path_factory.mktemp("mkdocs"))
    project.write("mkdocs.yml", (project.root / "mkdocs.yml").read_text() + REPOSITORY_SETTINGS)
    result = project.mkdocs("build", "--strict")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


def test_makes_the_site_that_our_command_makes(built: Project, tmp_path: Path) -> None:
    built.build("--site-dir", str(tmp_path / "site"))
    ours = tree(tmp_path / "site")
    assert ours.pop(".florilegium-site")
    assert ours == tree(built.site)


def test_makes_the_site_that_is_shown_while_somebody_writes(built: Project) -> None:
    live = LiveSite(Options(root=built.root, executor=None))
    live.follow()
    pages = tree(built.site)
    differing = []
    for path, data in pages.items():
        answer = live.answer(path)
        assert answer, path
        own = re.compile(rb'<link rel="stylesheet" href="/~florilegium/panel.css"><script [^>]*></script>')
        if answer.status != 200 or own.sub(b"", answer.body) != data:
            differing.append(path)
    live.close()
    # Nobody looks for the map of a site that is not published.
    assert sorted(differing) == ["404.html", "sitemap.xml", "sitemap.xml.gz"]
    assert len(pages) > 100


def test_says_nothing_of_a_clean_library(built: Project) -> None:
    result = built.mkdocs("build", "--strict", "--dirty")
    assert result.returncode == 0
    assert "WARNING" not in result.stderr
    assert "ERROR" not in result.stderr


def test_has_a_search_index(built: Project) -> None:
    # Two notes, the quotations of two notes, two themes, two works.
    assert json.loads((built.site / "search-index/index.json").read_text())["documents"] == 8


def _edit_link(project: Project, page: str) -> str | None:
    found = re.search(r'<a href="([^"]*)"[^>]*rel="edit"', (project.site / page).read_text())
    return found[1] if found else None


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("notes/forgetting/index.html", "annotations/notes/forgetting.md"),
        ("themes/amnesia/index.html", "annotations/themes/amnesia.md"),
        ("about/index.html", "docs/about.md"),
    ],
)
def test_leads_to_the_file_that_people_edit(built: Project, page: str, file: str) -> None:
    assert _edit_link(built, page) == f"https://example.org/lib/edit/main/{file}"


@pytest.mark.parametrize("page", ["notes/index.html", "quotes/index.html", "references/index.html"])
def test_a_list_made_of_many_files_is_not_edited(built: Project, page: str) -> None:
    assert _edit_link(built, page) is None


def test_nothing_generated_is_in_the_automatic_navigation(built: Project) -> None:
    config = load_config(str(built.root / "mkdocs.yml"))
    assert isinstance(config, MkDocsConfig)
    config.nav = None
    files = get_files(config)
    set_exclusions(files, config)
    listed = {page.file.src_uri for page in get_navigation(files, config).pages}
    assert "about.md" in listed
    assert not {path for path in listed if path.startswith(("notes/", "themes/", "quotes/", "references/"))}


def test_an_error_of_ours_stops_it_and_changes_no_page(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.mkdocs("build").returncode == 0
    docs = tree(project.root / "docs")
    site = tree(project.site)
    project.edit("annotations/notes/forgetting.md", "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    result = project.mkdocs("build")
    assert result.returncode == 1
    assert "ERROR   -  annotations/notes/forgetting.md:16:" in result.stderr
    assert 'did you mean "doe2009"?' in result.stderr
    assert "Traceback" not in result.stderr
    assert (tree(project.root / "docs"), tree(project.site)) == (docs, site)


def test_a_warning_of_ours_stops_a_strict_build_only(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    settings = project.root / "annotations/library.yml"
    project.write("annotations/library.yml", settings.read_text() + "rules: {unresolved-reference: warning}\n")
    project.edit("annotations/notes/forgetting.md", "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    result = project.mkdocs("build")
    assert result.returncode == 0
    assert "WARNING -  annotations/notes/forgetting.md:16:" in result.stderr
    assert project.mkdocs("build", "--strict").returncode == 1


def test_control_characters_of_a_contributor_do_not_reach_the_terminal(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.edit("annotations/notes/forgetting.md", "basis: full-text", 'basis: "\\e[31m\\r::error::\\u202e"')
    result = project.mkdocs("build")
    assert result.returncode == 1
    assert not set("\x1b\r\u202e") & set(result.stderr)


def test_a_folder_without_a_library_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path, library={})
    result = project.mkdocs("build")
    assert result.returncode == 1
    assert "annotations" in result.stderr
    assert "Traceback" not in result.stderr


# ------------------------------------------------------------------------------------------------------ serving


class Server:
    """`mkdocs serve` on a free port."""

    def __init__(self, project: Project) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.project = project
        self.log = project.root.parent / "serve.log"

    def __enter__(self) -> "Server":
        command = [*self.project.command()[:2], "mkdocs", "serve", "-a", f"127.0.0.1:{self.port}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.project.root, env=self.project.settings(), stdout=log, stderr=subprocess.STDOUT
            )
        self.wait(lambda: "Serving on" in self.said())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def builds(self) -> int:
        return self.said().count("Building documentation...")

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def wait(self, condition: Callable[[], bool]) -> None:
        for _ in range(600):
            assert self.process.poll() is None, self.said()
            if condition():
                return
            time.sleep(0.1)
        pytest.fail(self.said())

    def rest(self) -> None:
        """Wait until it has noticed nothing new for some time."""
        before = -1
        while before != len(self.said()):
            before = len(self.said())
            time.sleep(2)  # it looks twice a second, and waits for a quarter of one; a busy machine takes longer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(make_project(tmp_path_factory.mktemp("serve"))) as server:
        server.rest()
        yield server


def test_serving_shows_an_edit_on_every_page_that_quotes_it(server: Server) -> None:
    before = server.builds()
    server.project.edit("annotations/notes/forgetting.md", "What is gone is gone.", "What is gone comes back.")
    # Younger than the youngest note, and yet not of the future.
    server.project.edit("annotations/notes/forgetting.md", "[[2009]]", "[[2025]]")
    pages = ("notes/forgetting/", "themes/amnesia/", "quotes/")
    server.wait(lambda: all("What is gone comes back." in server.page(page) for page in pages))
    server.rest()
    assert server.builds() == before + 1
    assert "implausible-date" not in server.said()


def test_serving_has_a_search_index(server: Server) -> None:
    assert json.loads(server.page("search-index/index.json"))["documents"] == 8


def test_serving_survives_a_broken_edit(server: Server) -> None:
    before = server.builds()
    server.project.edit("annotations/notes/remembering.md", "Roe remembers [@roe2010].", "Roe errs [@roe2011].")
    server.wait(lambda: re.search(r"annotations/notes/remembering\.md:17:\d+: ", server.said()) is not None)
    server.rest()
    assert "Roe remembers" in server.page("notes/remembering/")
    server.project.edit("annotations/notes/remembering.md", "Roe errs [@roe2011].", "Roe is fixed [@roe2010].")
    server.wait(lambda: "Roe is fixed" in server.page("notes/remembering/"))
    server.rest()
    assert server.builds() == before + 2


def test_serving_shows_an_edit_of_what_is_written_by_hand(server: Server) -> None:
    before = server.builds()
    about = server.project.root / "docs/about.md"
    server.project.write("docs/about.md", about.read_text(encoding="utf-8") + "\nA line more.\n")
    server.wait(lambda: "A line more." in server.page("about/"))
    server.rest()
    assert server.builds() == before + 1


def test_serving_shows_a_new_note_and_drops_one_that_is_gone(server: Server) -> None:
    text = (server.project.root / "annotations/notes/remembering.md").read_text(encoding="utf-8")
    new = server.project.write(
        "annotations/notes/third.md", text.replace("On remembering", "A third").replace("#kept", "#third")
    )
    server.wait(lambda: "A third" in server.page("notes/"))
    new.unlink()
    server.wait(lambda: "A third" not in server.page("notes/"))
    with pytest.raises(urllib.error.HTTPError):
        server.page("notes/third/")
