"""Which tests `scripts/test --quick` runs: the fast ones, and those that belong to what changed, as far as time allows.

How long tests take is read from `slow_tests.txt`, which `scripts/test --record-times` writes, so that the choice depends
on the files alone and not on how busy a machine is.
"""

import ast
import subprocess
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

_LIST = Path(__file__).with_name("slow_tests.txt")
_SLOW = 0.15
"""Seconds from which on a test is slow; of one with parameters, what each takes on average."""
_UNKNOWN = 2.0
"""Seconds that are reckoned for a test that is marked `slow` or `browser` and was never recorded."""
_ALLOWED = 30.0
"""Seconds, of one processor, for the slow tests that belong to what changed."""
_SHOWN = ("docs/assets/", "scripts/florilegium/site/templates/")
"""Where the files are that only a browser runs: they belong to the tests that open one."""


class Times:
    """How long each test took, with all its parameters, as a run of all tests goes on."""

    def __init__(self) -> None:
        self._seconds = Counter[str]()
        self._runs = Counter[str]()

    def add(self, report: pytest.TestReport) -> None:
        self._seconds[_name(report.nodeid)] += report.duration
        self._runs[_name(report.nodeid)] += report.when == "call"

    def write(self) -> None:
        rows = (
            f"{seconds:5.1f} {name}\n"
            for name, seconds in sorted(self._seconds.items())
            if seconds >= _SLOW * max(self._runs[name], 1)
        )
        _LIST.write_text("".join(rows), encoding="utf-8")


class Quick:
    """A choice of tests for the files that changed in a work tree."""

    def __init__(self, repository: Path, items: Iterable[pytest.Item]) -> None:
        self._repository = repository
        self._changed = _changed_files(repository)
        self._frame = any(path.relative_to(repository).as_posix().startswith(_SHOWN) for path in self._changed)
        recorded = dict(reversed(line.split()) for line in _LIST.read_text(encoding="utf-8").splitlines())
        slow = {_name(item.nodeid): item for item in items if _name(item.nodeid) in recorded or _is_marked(item)}
        belonging = {name: item for name, item in slow.items() if self._belongs(item)}
        self._left_out = slow.keys() - belonging.keys()
        self.too_long: list[str] = []
        """The tests that belong to what changed, and for which there is no time."""
        spent = 0.0
        # Those in files of tests that changed come first, then the faster ones.
        order = [(item.path not in self._changed, float(recorded.get(n, _UNKNOWN)), n) for n, item in belonging.items()]
        for _, seconds, name in sorted(order):
            if spent + seconds <= _ALLOWED:
                spent += seconds
            else:
                self._left_out.add(name)
                self.too_long.append(name)

    def keeps(self, item: pytest.Item) -> bool:
        return _name(item.nodeid) not in self._left_out

    def _belongs(self, item: pytest.Item) -> bool:
        """Whether a test's file has changed, or what it imports, or something in the folder that has its name."""
        return self._file_belongs(item.path) or (self._frame and item.get_closest_marker("browser") is not None)

    @cache  # noqa: B019 - one object lives as long as the run
    def _file_belongs(self, path: Path) -> bool:
        folder = path.with_name(path.stem.removeprefix("test_"))
        needed = {path, *_imported(path, self._repository)}
        return not needed.isdisjoint(self._changed) or any(folder in changed.parents for changed in self._changed)


def _is_marked(item: pytest.Item) -> bool:
    return any(map(item.get_closest_marker, ("slow", "browser")))


def _name(nodeid: str) -> str:
    """A test's file and function, without its parameters."""
    return nodeid.partition("[")[0]


def _changed_files(repository: Path) -> frozenset[Path]:
    """What Git says has changed since the commit where the branch left main, committed or not; none without Git."""
    commands = (
        ("git", "diff", "--name-only", "--merge-base", "main"),
        ("git", "ls-files", "--others", "--exclude-standard"),
    )
    names: list[str] = []
    for command in commands:
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
        names += done.stdout.splitlines()
    return frozenset(repository / name for name in names)


def _imported(path: Path, repository: Path) -> frozenset[Path]:
    """The files of the package, and of what tests share, that a test imports by name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            folder = repository / "scripts" if (node.module or "").startswith("florilegium") else repository / "tests"
            module = folder.joinpath(*(node.module or "").split("."))
            found |= {module.with_suffix(".py"), *(module / f"{alias.name}.py" for alias in node.names)}
            if node.level:
                found.add(path.with_name(f"{node.module}.py"))
    return frozenset(found)
