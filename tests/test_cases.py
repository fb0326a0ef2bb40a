"""Every rule has a library that breaks it and one that nearly does: folders under `cases/`, made to be read.

A case holds only what differs from the library in `cases/base/`. What is reported of it stands in `expected.txt`;
`pytest --record` writes these files again. A case whose name ends with `-nope` is a near miss: nothing is reported. What
other rules find in a case is left out, so that a new rule changes no case of another; a file `all-rules` in a case asks
for everything. An `original.txt` is the text of the work `doe2009`, with which the quotes are compared.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from florilegium.check.checks.severities import apply_severities
from florilegium.core import reporters
from florilegium.core.diagnostics import Diagnostic
from florilegium.core.rules import RULES
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library, read_text
from florilegium.quotations.originals import read_original
from florilegium.quotations.verification import verify_quotes

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path for path in CASES.glob("*/*/") if path.parent.name != "base")

BUILT_BY_PROGRAMS = {
    # No file of a repository can show these, or only one that is too long to be read.
    "symbolic-link": "test_library.py",
    "unreadable-file": "test_library.py",
    "not-utf-8": "test_library.py",
    "clashing-ids": "test_library.py",
    "too-large": "test_library.py",
    "too-many-references": "test_library.py",
    "too-many-names": "test_library.py",
    "too-slow": "test_library.py",
    # These are found on a built site, or out in the world.
    "wrong-page": "test_originals.py",
    "broken-site-link": "test_hyperlinks.py",
    "dead-link": "test_external.py",
    "unstable-link": "test_external.py",
    "moved-link": "test_external.py",
    "private-link": "test_external.py",
}
"""The rules without a folder here, and the file whose tests are named after them."""


def name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def misquotations(root: Path) -> tuple[Diagnostic, ...]:
    if not (root / "original.txt").exists():
        return ()
    originals = {"doe2009": read_original(root / "original.txt")}
    library = read_library(root).library
    compared = verify_quotes(library, originals, date(2026, 11, 23))
    return apply_severities(resolve_links(library), compared.diagnostics)


def report(root: Path, diagnostics: tuple[Diagnostic, ...]) -> str:
    def read_line(path: str, number: int) -> str:
        return read_text(root, path)[0].splitlines()[number - 1]

    return "".join(f"{line}\n" for line in reporters.text(diagnostics, read_line))


@pytest.mark.parametrize("case", FOLDERS, ids=name)
def test_case(case, tmp_path, check_library, request):
    shutil.copytree(CASES / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(case, tmp_path, dirs_exist_ok=True)
    diagnostics = check_library(tmp_path) + misquotations(tmp_path)
    if not (case / "all-rules").exists():
        diagnostics = tuple(found for found in diagnostics if found.rule == case.parent.name)
    found = report(tmp_path, diagnostics)
    if case.name.endswith("-nope"):
        assert found == ""
        return
    if request.config.getoption("--record"):
        (case / "expected.txt").write_text(found, encoding="utf-8")
    assert found == (case / "expected.txt").read_text(encoding="utf-8")
    assert case.parent.name in {diagnostic.rule for diagnostic in diagnostics}
    assert all(diagnostic.help for diagnostic in diagnostics)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in BUILT_BY_PROGRAMS])
def test_every_rule_has_a_case_and_a_near_miss(rule):
    cases = [case.name for case in FOLDERS if case.parent.name == rule]
    assert [case for case in cases if not case.endswith("-nope")]
    assert [case for case in cases if case.endswith("-nope")]


@pytest.mark.parametrize(("rule", "file"), BUILT_BY_PROGRAMS.items())
def test_every_other_rule_is_tested_by_a_program(rule, file):
    tests = (Path(__file__).parent / file).read_text(encoding="utf-8")
    assert f"def test_{rule.replace('-', '_')}(" in tests
    assert f"def test_{rule.replace('-', '_')}_nope(" in tests


def test_every_folder_is_named_after_a_rule():
    assert {case.parent.name for case in FOLDERS} <= RULES.keys()
    assert not BUILT_BY_PROGRAMS.keys() & {case.parent.name for case in FOLDERS}
