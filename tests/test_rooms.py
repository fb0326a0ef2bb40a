"""The rooms of the program: a file imports only what stands above it in this list, for its types too."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "scripts" / "florilegium"
PAGE = REPOSITORY / "docs" / "architecture.md"

ROOMS = (
    "core", "markdown", "works", "quotations", "library", "check", "site", "publish", "edit",
    "pipeline", "api", "cli",
)  # fmt: skip
"""The rooms in their order. What each holds is the first sentence of its docstring."""

VERSION, START = "__init__", "__main__"
"""Two files beside the rooms: the version, which every room may import, and `python -m florilegium`."""

FORBIDDEN = {"utils", "util", "helpers", "common", "types", "constants", "misc"}
MAX_LINES = 430

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def module_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def first_sentence(path: Path) -> str:
    docstring = ast.get_docstring(module_of(path))
    assert docstring, name(path)
    return docstring.split("\n\n")[0].replace("\n", " ").rstrip(".")


@cache
def imported(path: Path) -> frozenset[Path]:
    """The files of the package that a file imports, wherever in it, for its types too."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(module_of(path)):
        if isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] == "florilegium" for alias in node.names), "import relatively"
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            yield from filter(None, (_module(base / alias.name) or _module(base) for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] != "florilegium", "import relatively"


def _module(base: Path) -> Path | None:
    return next((p for p in (base.with_name(f"{base.name}.py"), base / "__init__.py") if p.is_file()), None)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_imports_only_what_is_above_it(path):
    order = [VERSION, *ROOMS, START]
    assert room(path) in order, "every room is in the list above"
    for other in imported(path):
        above = order.index(room(other)) <= order.index(room(path))
        assert above, f"{name(path)} imports {name(other)}, which is below it"


@pytest.mark.slow
def test_no_files_import_each_other():
    TopologicalSorter({path: imported(path) for path in FILES}).prepare()


def test_every_room_of_the_list_exists():
    assert sorted(ROOMS) == sorted({room(path) for path in FILES} - {VERSION, START})


def test_no_two_files_share_a_name():
    counts = Counter(path.name for path in FILES if path.name != "__init__.py")
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short_opens_with_what_it_holds_and_has_a_telling_name(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES, "make it a folder, split by noun"
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert docstring.split("\n\n")[0].rstrip().endswith("."), "the first paragraph is a sentence"
    assert not FORBIDDEN & set(path.relative_to(PACKAGE).with_suffix("").parts)


def test_the_page_on_the_architecture_shows_this_list(request):
    """The page's table is written from the list: `pytest --record tests/test_rooms.py`."""
    start, end = "<!-- rooms -->\n", "<!-- end of rooms -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(start)
    shown, _, after = rest.partition(end)
    table = "".join(f"| {row} |\n" for row in ("room | what it holds", "--- | ---", *_rows()))
    if request.config.getoption("--record"):
        PAGE.write_text(f"{before}{start}{table}{end}{after}", encoding="utf-8")
    else:
        assert shown == table


def _rows() -> Iterator[str]:
    for room in ROOMS:
        folder = PACKAGE / room / "__init__.py"
        shown = f"`{room}/`" if folder.is_file() else f"`{room}.py`"
        yield f"{shown} | {first_sentence(folder if folder.is_file() else PACKAGE / f'{room}.py')}"


NOUNS = {"Library", "Note", "Notice", "Quote", "Source", "Theme"}
"""What `from florilegium import load` gives has the nouns of the model, on purpose."""


def test_no_public_name_is_defined_twice():
    counts = Counter(
        name
        for path in FILES
        if path.parent.name != "cli"  # the function of a command has the command's word
        for name in set(public_names(module_of(path)))
    )
    assert {name for name, count in counts.items() if count > 1} <= NOUNS


def public_names(module: ast.Module) -> Iterator[str]:
    """The classes, functions and values that a file defines for others."""
    for node in module.body:
        names = []
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        yield from (name for name in names if not name.startswith("_"))
