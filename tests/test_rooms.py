"""The rooms of the program: a file imports only what stands above it in this list, for its types too."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "scripts" / "florilegium"

GROUPS = {
    "Words": "__init__ forked spans edits rules diagnostics characters policy limits values model",
    "Read": """trees yaml_trees json_trees frontmatter tables blocks inlines citations quotes bodies identifiers
    csl_vocabulary csl_dates csl_checks csl latex bibtex_csl bibtex ris references crossref settings matching originals
    verification permalinks notes library""",
    "Resolve": "links",
    "Check": "checks coverage",
    "Write": """prose raw_blocks bibliography exports pages data_files reporters publish cache renderers index_files search
    staging shelves""",
    "Doors": "checking changes hyperlinks external starters drafts fixes renames imports forms retractions pipeline api cli",
}
"""The rooms in their order; a folder is one room."""

ROOMS = [room for rooms in GROUPS.values() for room in rooms.split()]
FORBIDDEN = {"utils", "util", "helpers", "common", "types", "constants", "misc"}
MAX_LINES = 430

FILES = sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[Path]:
    """The files of the package that a file imports, wherever in it, for its types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
    assert room(path) in ROOMS, "every room is in the list above"
    for other in imported(path):
        above = room(other) == room(path) or ROOMS.index(room(other)) < ROOMS.index(room(path))
        assert above, f"{name(path)} imports {name(other)}, which is below it"


def test_no_files_import_each_other():
    TopologicalSorter({path: set(imported(path)) for path in FILES}).prepare()


def test_every_room_of_the_list_exists():
    assert sorted(ROOMS) == sorted({room(path) for path in FILES})


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short_opens_with_what_it_holds_and_has_a_telling_name(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES, "make it a folder, split by noun"
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert docstring.split("\n\n")[0].rstrip().endswith("."), "the first paragraph is a sentence"
    assert not FORBIDDEN & set(path.relative_to(PACKAGE).with_suffix("").parts)
