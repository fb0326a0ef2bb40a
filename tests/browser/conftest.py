"""The shipped library as a site in a subfolder, and Chromium, in which any error or request to another host is a fault."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from florilegium.cli import program
from florilegium.site.addresses import FOLDERS
from playwright.sync_api import Browser, Page
from projects import make_project

from .libraries import LIBRARIES
from .serving import serve


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, repository: Path, worker_id: str) -> Path:
    """The folder of the built site. It is built once, whichever worker comes first, from a copy of the repository.

    `FLORILEGIUM_SITE` names a built site to be tested instead.
    """
    if given := os.environ.get("FLORILEGIUM_SITE"):
        return Path(given)
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    site = shared / "built-site"
    with open(shared / "built-site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.exists():
            _build(repository, shared / "built-from", site)
    return site


def _build(repository: Path, project: Path, site: Path) -> None:
    project.mkdir()
    shutil.copy(repository / "mkdocs.yml", project)
    shutil.copytree(repository / "annotations", project / "annotations")
    docs = repository / "docs"
    generated = {*FOLDERS, "index.md"}
    shutil.copytree(docs, project / "docs", ignore=lambda folder, _: generated if Path(folder) == docs else set())
    (project / "scripts").symlink_to(repository / "scripts")
    before = Path.cwd()
    os.chdir(project)
    try:
        result = CliRunner().invoke(program, ["build", "--site-dir", str(site)])
    finally:
        os.chdir(before)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    """The address of the site, which ends in `/companion/`."""
    with serve(built) as address:
        yield address


@pytest.fixture(scope="session")
def site_in(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The address of the site in a language: the shipped one in English, small ones in others, built when asked for."""
    found = {"en": site}
    with ExitStack() as open_sites:

        def address(language: str) -> str:
            if language not in found:
                project = make_project(tmp_path_factory.mktemp(language), library=LIBRARIES[language])
                assert project.florilegium("build").returncode == 0
                found[language] = open_sites.enter_context(serve(project.site))
            return found[language]

        yield address


class Faults(list[str]):
    """What went wrong in the pages of a test. A test says beforehand which errors are its purpose."""

    def __init__(self) -> None:
        super().__init__()
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Take errors that match a regular expression for what they should be."""
        self._expected.append(pattern)

    def add(self, fault: str) -> None:
        if not any(re.search(pattern, fault) for pattern in self._expected):
            self.append(fault)


@pytest.fixture
def faults() -> Iterator[Faults]:
    found = Faults()
    yield found
    assert not found, "\n".join(found)


OpenPage = Callable[..., Page]


class Tabs:
    """Pages of the browser that are used again: a new one, with its process, takes longer than most tests.

    Each has a context of its own. What a test left in it is cleared before the next one has it: cookies, what the site
    stored, routes, other pages that were opened from it.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: list[Page] = []

    def take(self) -> Page:
        return self._idle.pop() if self._idle else self.open({})

    def open(self, options: dict[str, Any]) -> Page:
        context = self._browser.new_context(service_workers="block", **options)
        context.set_default_timeout(10_000)
        return context.new_page()

    def give_back(self, page: Page) -> None:
        context = page.context
        if page.is_closed():
            context.close()
            return
        for other in context.pages:
            if other is not page:
                other.close()
        for routed in (page, context):
            routed.unroute_all(behavior="ignoreErrors")
        if page.url.startswith("http"):
            page.evaluate("sessionStorage.clear()")
            session = context.new_cdp_session(page)
            origin = page.evaluate("origin")
            page.goto("about:blank")
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            session.detach()
        context.clear_cookies()
        self._idle.append(page)


@pytest.fixture(scope="session")
def tabs(chromium: Browser) -> Tabs:
    return Tabs(chromium)


@pytest.fixture
def open_page(tabs: Tabs, site_in: Callable[[str], str], faults: Faults) -> Iterator[OpenPage]:
    """Opens a page of the site: `open_page("notes/", width=320, scheme="dark")`.

    More arguments go to a context, which is then a new one; without any, `alone=True` makes a new one too.
    The test fails on any error in the console and on any request to another host.
    """
    opened: list[tuple[Page, bool]] = []
    with ExitStack() as watching:

        def watch(page: Page, host: str) -> None:
            def listen(event: str, hear: Callable[[Any], None]) -> None:
                page.on(event, hear)
                watching.callback(page.remove_listener, event, hear)

            listen("console", lambda m: faults.add(f"console: {m.text} ({m.location})") if m.type == "error" else None)
            listen("pageerror", lambda error: faults.add(f"script: {error}"))
            listen(
                "request",
                lambda r: None if r.url.startswith((host, "data:", "blob:")) else faults.add(f"asked {r.url}"),
            )

        def open_page(
            path: str,
            *,
            width: int = 1440,
            height: int = 900,
            scheme: str = "light",
            language: str = "en",
            alone: bool = False,
            **options: Any,
        ) -> Page:
            site = site_in(language)
            page = tabs.open(options) if alone or options else tabs.take()
            opened.append((page, bool(alone or options)))
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, media="null", reduced_motion="null", forced_colors="null")
            host = site.removesuffix("companion/")

            def watch_other(other: Page) -> None:
                watch(other, host)

            page.context.on("page", watch_other)
            watching.callback(page.context.remove_listener, "page", watch_other)
            watch(page, host)
            page.goto(path if "://" in path else site + path)
            return page

        yield open_page
    for page, alone in opened:
        if alone:
            page.context.close()
        else:
            tabs.give_back(page)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The first page of the site, 1440 px wide, in light colours."""
    return open_page("")


class Violations(Protocol):
    def __call__(self, page: Page, *, but: str = "", both_schemes: bool = False) -> list[str]:
        """What axe-core finds on a page as it is, rule and element; `but` names a rule to leave out.

        With `both_schemes`, contrast, which alone depends on the colours, is looked at in the other scheme too.
        """
        ...


_CONTRAST = "color-contrast"
_PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="session")
def violations() -> Violations:
    axe = Axe()

    def run(page: Page, options: dict[str, Any]) -> list[str]:
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(axe.axe_script)
        found = page.evaluate(
            "(options) => axe.run(options).then((all) => all.violations)", {"resultTypes": ["violations"], **options}
        )
        return [
            f"{page.url} {violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for violation in found
            for node in violation["nodes"]
        ]

    def find(page: Page, *, but: str = "", both_schemes: bool = False) -> list[str]:
        found = run(page, {"rules": {but: {"enabled": False}}} if but else {})
        if both_schemes:
            paper = page.evaluate(_PAPER)
            page.emulate_media(color_scheme="dark")
            assert page.evaluate(_PAPER) != paper
            found += run(page, {"runOnly": [_CONTRAST]})
            page.emulate_media(color_scheme="light")
        return found

    return find
