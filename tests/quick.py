"""Which tests `scripts/test --quick` runs: the fast ones, and those that belong to what changed since main."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

_DEAR = ("slow", "browser", "hypothesis")


class Quick:
    """A choice of tests for the files that changed in a work tree."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._changed = _changed_files(repository)

    def keeps(self, item: pytest.Item) -> bool:
        """Whether a test is run: it is fast, or its own file or a module that it imports has changed."""
        return not any(map(item.get_closest_marker, _DEAR)) or self._belongs(item.path)

    @cache  # noqa: B019 - one object lives as long as the run
    def _belongs(self, path: Path) -> bool:
        return path in self._changed or bool(_imported(path, self._repository / "scripts") & self._changed)


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


def _imported(path: Path, scripts: Path) -> frozenset[Path]:
    """The files of the package that a test imports by name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("florilegium"):
            module = scripts.joinpath(*(node.module or "").split("."))
            found |= {module.with_suffix(".py"), *(module / f"{alias.name}.py" for alias in node.names)}
    return frozenset(found)
