"""The choice of `scripts/test --quick`: all fast tests, and of the slow ones those that belong to what changed."""

from types import SimpleNamespace

import pytest
import quick
from quick import Quick, Times

TESTS = {
    "tests/test_note.py": "from florilegium.library.notes import parse_note\nfrom shared import made\n",
    "tests/test_site.py": "from florilegium.site.planning import plan_site\n",
    "tests/test_cases.py": "import json\n",
}
ITEMS = {
    "tests/test_note.py::test_fast[a]": (),
    "tests/test_note.py::test_slow[a]": (),
    "tests/test_note.py::test_slower": (),
    "tests/test_site.py::test_marked": ("slow",),
    "tests/test_site.py::test_in_a_browser": ("browser",),
    "tests/test_cases.py::test_slow": (),
}


@pytest.fixture
def chosen(tmp_path, write, monkeypatch):
    """The names of the tests that are run when a file has changed, and of those for which there is no time."""
    write(tmp_path, TESTS)
    listed = tmp_path / "slow_tests.txt"
    listed.write_text(
        " 20.0 tests/test_note.py::test_slow\n 25.0 tests/test_note.py::test_slower\n  1.0 tests/test_cases.py::test_slow\n"
    )
    monkeypatch.setattr(quick, "_LIST", listed)

    def choose(*changed):
        monkeypatch.setattr(quick, "_changed_files", lambda _: frozenset(tmp_path / name for name in changed))
        items = [
            SimpleNamespace(
                nodeid=name, path=tmp_path / name.partition("::")[0], get_closest_marker=dict.fromkeys(marks, True).get
            )
            for name, marks in ITEMS.items()
        ]
        choice = Quick(tmp_path, items)
        names = {item.nodeid.rpartition("/")[2] for item in items if choice.keeps(item)}
        return names - {"test_note.py::test_fast[a]"}, [name.rpartition("::")[2] for name in choice.too_long]

    return choose


@pytest.mark.parametrize(
    ("changed", "names", "too_long"),
    [
        ((), set(), []),
        (("README.md",), set(), []),
        # Half a minute is enough for the faster one of two.
        (("tests/test_note.py",), {"test_note.py::test_slow[a]"}, ["test_slower"]),
        (("scripts/florilegium/library/notes.py",), {"test_note.py::test_slow[a]"}, ["test_slower"]),
        (("tests/shared.py",), {"test_note.py::test_slow[a]"}, ["test_slower"]),
        (("scripts/florilegium/library/themes.py",), set(), []),
        (
            ("scripts/florilegium/site/planning.py",),
            {"test_site.py::test_marked", "test_site.py::test_in_a_browser"},
            [],
        ),
        (("docs/assets/find.js",), {"test_site.py::test_in_a_browser"}, []),
        (("tests/cases/rule/case/expected.txt",), {"test_cases.py::test_slow"}, []),
        (("tests/cases.py",), set(), []),
    ],
)
def test_slow_tests_run_where_they_belong_to_what_changed(chosen, changed, names, too_long):
    assert chosen(*changed) == (names, too_long)


def test_what_is_slow_on_average_is_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(quick, "_LIST", tmp_path / "list")
    times = Times()
    for name, seconds in (("b.py::slow[1]", 0.3), ("b.py::slow[2]", 0.1), ("a.py::fast[1]", 0.2), ("a.py::fast[2]", 0)):
        times.add(SimpleNamespace(nodeid=name, when="setup", duration=0))
        times.add(SimpleNamespace(nodeid=name, when="call", duration=seconds))
    times.write()
    assert (tmp_path / "list").read_text() == "  0.4 b.py::slow\n"
