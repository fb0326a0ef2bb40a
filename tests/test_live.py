"""`florilegium serve`: an edit shows at once, what is wrong stands on the page, and nothing that is saved ends it."""

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from florilegium.check.checking import Options
from florilegium.publish.live.live_site import LiveSite
from playwright.sync_api import Browser
from projects import Project, make_project

NOTE = "annotations/notes/forgetting.md"


class Live:
    """A site that is followed by hand."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.site = LiveSite(Options(root=project.root, executor=None))

    def page(self, address: str) -> str:
        answer = self.site.answer(address)
        assert answer
        return answer.body.decode()

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.page("~florilegium/state")))

    def rules(self) -> list[str]:
        return [finding["rule"] for finding in self.state()["findings"]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(make_project(tmp_path_factory.mktemp("live")))
    found = live.site.follow()
    assert found
    assert found.problem is None
    yield live
    live.site.close()


def test_an_edit_shows_on_every_page_and_in_the_search_and_the_data(live: Live) -> None:
    before = live.state()["site"]
    live.project.edit(NOTE, "What is gone is gone.", "What is gone comes back.")
    assert live.site.follow()
    for address in ("notes/forgetting/", "themes/amnesia/", "quotes/", "data/quotes.csv"):
        assert "What is gone comes back." in live.page(address), address
    assert "> What is gone comes back." in live.page("notes/forgetting.md")
    assert json.loads(live.page("search-index/index.json"))["documents"] == 8
    assert live.state()["site"] == before + 1
    assert live.site.follow() is None


def test_what_is_wrong_stands_over_the_last_whole_site_until_it_is_mended(live: Live) -> None:
    live.project.edit(NOTE, "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    found = live.site.follow()
    assert found
    assert not found.shown
    state = live.state()
    (finding,) = state["findings"]
    assert finding["place"].startswith(f"{NOTE}:16:")
    assert (finding["severity"], finding["rule"]) == ("error", "unresolved-reference")
    assert 'did you mean "doe2009"?' in finding["help"]
    assert state["stale"].startswith("The pages show the library as it was at ")
    assert "A first sentence of the note" in live.page("notes/forgetting/")
    live.project.edit(NOTE, "[@doe2008, p. 3]", "[@doe2009, p. 3]")
    live.site.follow()
    assert live.state()["findings"] == []


@pytest.mark.parametrize(
    "name", ["annotations/notes/.forgetting.md.swp", "annotations/notes/forgetting.md~", "docs/4913"]
)
def test_the_files_of_an_editor_are_no_edit(live: Live, name: str) -> None:
    path = live.project.write(name, b"b0VIM \x00\xff")
    assert live.site.follow() is None
    path.unlink()
    assert live.site.follow() is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (NOTE, b""),
        (NOTE, b"---\ntitle: On forg"),
        (NOTE, b"\xff\xfe\x00"),
        ("annotations/library.yml", b"title: ["),
        ("annotations/library.yml", b""),
        ("mkdocs.yml", b"site_name: ["),
        ("mkdocs.yml", b"theme: {name: none-such}\nsite_name: x\n"),
    ],
)
def test_what_is_half_saved_never_ends_it(live: Live, name: str, text: bytes) -> None:
    whole = (live.project.root / name).read_bytes()
    live.project.write(name, text)
    assert live.site.follow()
    assert live.state()["findings"]
    assert "On forgetting" in live.page("notes/forgetting/")
    live.project.write(name, whole)
    found = live.site.follow()
    assert found
    assert found.problem is None
    assert live.state()["findings"] == []


def test_a_note_without_which_others_stand_is_gone_and_back(live: Live) -> None:
    path, frame = live.project.root / "annotations/notes/third.md", live.site.frame
    text = (live.project.root / "annotations/notes/remembering.md").read_text(encoding="utf-8")
    path.write_text(text.replace("On remembering", "A third").replace("#kept", "#third"), encoding="utf-8")
    live.site.follow()
    assert "A third" in live.page("notes/third/")
    path.unlink()
    live.site.follow()
    answer = live.site.answer("notes/third/")
    assert answer
    assert answer.status == 404
    # The navigation and the templates, which these pages do not concern, are not read again.
    assert live.site.frame is frame


def test_pages_written_by_hand_come_and_change_without_a_restart(live: Live) -> None:
    page = live.project.write("docs/new.md", "# A new page\n\nSee [the note](notes/forgetting.md).\n")
    live.site.follow()
    assert 'href="../notes/forgetting/"' in live.page("new/")
    before = live.state()["site"]
    page.write_text("# A new page\n\nAnother text.\n", encoding="utf-8")
    live.site.follow()
    assert "Another text." in live.page("new/")
    assert live.state()["site"] == before + 1
    page.unlink()
    live.site.follow()
    answer = live.site.answer("new/")
    assert answer
    assert answer.status == 404


def test_pages_written_by_hand_have_a_frame_in_the_language_of_the_library(live: Live) -> None:
    assert '<html lang="en"' in live.page("about/")
    live.project.edit("annotations/library.yml", "language: en", "language: de")
    assert live.site.follow()
    assert all('<html lang="de"' in live.page(address) for address in ("about/", "no-such-page/", "notes/forgetting/"))
    live.project.edit("annotations/library.yml", "language: de", "language: en")
    assert live.site.follow()
    assert '<html lang="en"' in live.page("about/")


def test_the_day_of_the_checks_is_that_of_the_clock(live: Live) -> None:
    # A work younger than the youngest note is not of the future; that of the next century is.
    live.project.edit(NOTE, "[[2009]]", "[[2025]]")
    for sentence in ("Once.", "Twice."):
        live.project.edit(NOTE, "A first sentence", f"{sentence} A first sentence")
        live.site.follow()
        assert live.rules() == []
    live.project.edit(NOTE, "[[2025]]", "[[2125]]")
    live.site.follow()
    assert live.rules() == ["implausible-date"]
    live.project.edit(NOTE, "[[2125]]", "[[2009]]")
    live.site.follow()
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_library_that_begins_with_an_error_shows_it(tmp_path: Path) -> None:
    live = Live(make_project(tmp_path))
    live.project.edit(NOTE, "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    live.site.follow()
    assert "~florilegium/panel.js" in live.page("notes/forgetting/")
    assert live.rules() == ["unresolved-reference"]
    live.site.close()


# ------------------------------------------------------------------------------------------------------- the server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, str]]:
    """The real program on a free port of the loopback address."""
    project = make_project(tmp_path_factory.mktemp("serve"))
    process = project.start(*project.command("serve", "-a", "127.0.0.1:0"))
    assert process.stdout
    address = ""
    while not address:
        line = process.stdout.readline()
        assert line, "the server ended"
        found = re.search(r"Serving on (http://127\.0\.0\.1:\d+/)", line)
        address = found[1] if found else ""
    yield project, address
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()


def _get(address: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_the_server_answers(server: tuple[Project, str]) -> None:
    _, address = server
    status, kind, page = _get(f"{address}notes/forgetting")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert "On forgetting" in page
    assert _get(f"{address}none-such/")[0] == 404
    assert _get(f"{address}assets/style.css")[:2] == (200, "text/css")
    assert _get(f"{address}notes/feed.xml")[0] == 200
    assert _get(f"{address}../mkdocs.yml")[0] == 404
    assert _get(f"{address}~florilegium/live_site.py")[0] == 404


def test_a_browser_sees_an_edit_and_what_is_wrong(server: tuple[Project, str], chromium: Browser) -> None:
    project, address = server
    page = chromium.new_page()
    page.goto(f"{address}notes/forgetting/")
    panel = page.locator("#florilegium-findings")
    project.edit(NOTE, "A first sentence", "Another sentence")
    page.get_by_text("Another sentence").wait_for(timeout=20_000)
    project.edit(NOTE, "[@doe2009, p. 3]", "[@doe2008, p. 3]")
    panel.wait_for(timeout=20_000)
    assert re.search(rf"{NOTE}:16:\d+ error: .*doe2008.*\[unresolved-reference\]", panel.inner_text())
    assert 'did you mean "doe2009"?' in panel.inner_text()
    project.edit(NOTE, "[@doe2008, p. 3]", "[@doe2009, p. 3]")
    panel.wait_for(state="detached", timeout=20_000)
    page.close()


def test_a_port_that_is_taken_is_named(server: tuple[Project, str]) -> None:
    project, address = server
    result = subprocess.run(
        project.command("serve", "-a", address.removeprefix("http://").rstrip("/")),
        cwd=project.root, env=project.settings(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert "choose another port" in result.stderr
