"""What all tests share: the option that records expected reports, a state folder of their own, and a library to check."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from florilegium.check.checks import run_checks
from florilegium.check.checks.context import Context
from florilegium.check.checks.severities import apply_severities
from florilegium.core.diagnostics import Diagnostic
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library
from folders import write_files
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from quick import Quick, Times

REPOSITORY = Path(__file__).parent.parent
TODAY = date(2026, 11, 28)


# A shared machine can stall for longer than any test takes; and every run tries the same examples, so that what fails
# in one fails in the next. `HYPOTHESIS_PROFILE=thorough` tries other and many more ones, apart from the suite.
_ALWAYS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", _ALWAYS, derandomize=True, max_examples=50)
settings.register_profile("thorough", _ALWAYS, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", action="store_true", help="write the reports of tests/cases again, to be read in the diff"
    )
    parser.addoption("--quick", action="store_true", help="leave out what is slow and does not belong to what changed")
    parser.addoption(
        "--record-times", action="store_true", help="write the list of slow tests again, by which --quick chooses"
    )


def pytest_configure(config: pytest.Config) -> None:
    # A shell that starts the tests in the background has interruptions ignored, and what tests start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--record-times") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder())


class _Recorder:
    """Hears of each test, whichever process runs it."""

    def __init__(self) -> None:
        self._times = Times()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._times.add(report)

    def pytest_sessionfinish(self) -> None:
        self._times.write()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Say once, of what the processes of the tests found, which tests there was no time for."""
    if names := node.workeroutput.get("too_long"):
        _too_long.update(names)


_too_long: set[str] = set()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _too_long:
        terminalreporter.write_line("These belong to what changed, and take too long for --quick:")
        for name in sorted(_too_long):
            terminalreporter.write_line(f"  scripts/test {name}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--quick`, keep the tests that are fast, and those that belong to files that changed since main.

    What is marked `matrix` is run only where it is asked for: `-m matrix`.
    """
    if "matrix" not in config.getoption("markexpr"):
        whole = [item for item in items if item.get_closest_marker("matrix")]
        config.hook.pytest_deselected(items=whole)
        items[:] = [item for item in items if not item.get_closest_marker("matrix")]
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    if config.getoption("--quick"):
        quick = Quick(REPOSITORY, items)
        if hasattr(config, "workeroutput"):
            config.workeroutput["too_long"] = quick.too_long
        left_out = [item for item in items if not quick.keeps(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if quick.keeps(item)]


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for what runs remember, so that no test reads or leaves anything in that of the user."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("FLORILEGIUM_STATE", str(folder))
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        yield folder


_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process: Playwright's synchronous interface can be started once only."""
    with sync_playwright() as playwright:
        path = os.environ.get("FLORILEGIUM_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def check_library() -> Callable[[Path], tuple[Diagnostic, ...]]:
    """Reads and checks the library of a folder, on one fixed day."""

    def check(root: Path) -> tuple[Diagnostic, ...]:
        result = read_library(root)
        links = resolve_links(result.library)
        return apply_severities(links, (*result.diagnostics, *run_checks(Context(links, TODAY))))

    return check


@pytest.fixture
def write() -> Callable[[Path, Mapping[str, str | bytes]], Path]:
    return write_files


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A temporary folder in memory where there is one: for tests that make thousands of files."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=folder) as name:
        yield Path(name)
