"""What `library.yml` makes of the findings, and what holds for all checks at once; each rule's cases are in `cases/`."""

import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from florilegium.check.checks import CHECKS, run_checks
from florilegium.check.checks.context import Context
from florilegium.check.checks.severities import apply_severities
from florilegium.core.rules import RULES, Severity
from florilegium.library.links import resolve_links
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text, read_library

BASE = Path(__file__).parent / "cases" / "base"
HEAD = "---\ntitle: A second note\nsource: doe2009\nbasis: full-text\nthemes: []\n---\n"
FAULTY = HEAD + "Unknown [@x]. Outside [@doe2009, p. 7].\n"


@pytest.fixture
def found(tmp_path, write, check_library):
    """The findings in the small library with a faulty note and these settings, in short."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)

    def find(settings="", note=FAULTY):
        common = (BASE / "annotations/library.yml").read_text()
        write(tmp_path, {"annotations/library.yml": common + settings, "annotations/notes/second.md": note})
        return [f"{d.rule} {d.severity}" for d in check_library(tmp_path)]

    return find


def test_the_severities_are_those_of_the_rules(found):
    assert found() == ["unresolved-reference error", "invalid-locator warning"]


@pytest.mark.parametrize("severity", ["error", "warning", "information"])
def test_a_severity_can_be_set(severity, found):
    settings = f"rules: {{invalid-locator: {severity}, unresolved-reference: {severity}}}\n"
    assert found(settings) == [f"unresolved-reference {severity}", f"invalid-locator {severity}"]


def test_a_rule_can_be_switched_off(found):
    assert found("rules: {unresolved-reference: off}\n") == ["invalid-locator warning"]


@pytest.mark.parametrize(
    ("scope", "excepted"),
    [
        ("paths: [notes/second.md]", True),
        ('paths: ["notes/*.md"]', True),
        ('paths: ["*"]', True),
        ("paths: [notes/forgetting.md, notes/second.md]", True),
        ("keys: [doe2009]", True),
        ("paths: [notes/second.md], keys: [doe2009, roe2013]", True),
        ("paths: []", True),
        ("paths: [notes/forgetting.md]", False),
        ("paths: [annotations/notes/second.md]", False),
        ("paths: [second.md]", False),
        ("keys: [roe2013]", False),
        ("paths: [notes/forgetting.md], keys: [doe2009]", False),
        ("paths: [notes/second.md], keys: [roe2013]", False),
    ],
)
def test_an_exception_holds_where_it_says(scope, excepted, found):
    settings = f"exceptions:\n  - {{rule: invalid-locator, {scope}, reason: A test.}}\n"
    assert ("invalid-locator warning" not in found(settings)) is excepted


def test_an_exception_holds_for_its_rule_alone(found):
    assert found("exceptions: [{rule: unused-theme, reason: A test.}]\n") == found()


def test_every_check_finds_what_a_rule_is_about():
    """Reading finds the rest; what is named after a rule is one."""
    named = {check.__name__.removeprefix("check_").replace("_", "-") for check in CHECKS}
    assert named - RULES.keys() == {"sources", "broken-redirect", "second-attribution"}


def test_the_order_is_total_and_does_not_depend_on_the_order_of_checks(tmp_path):
    library = read_library(BASE).library
    note = parse_text("annotations/notes/second.md", FileKind.NOTE, FAULTY).note
    links = resolve_links(replace(library, notes=(*library.notes, note)))
    diagnostics = list(run_checks(Context(links, date(2026, 11, 23))))
    assert apply_severities(links, diagnostics) == apply_severities(links, reversed(diagnostics))
    assert all(d.severity is Severity.ERROR for d in diagnostics), "a check leaves the severity to the end"


def test_the_future_begins_tomorrow(check_library):
    dated = "- {id: x, type: book, author: [{family: A}], title: T, issued: {date-parts: [[2026, 11, 23]]}}"
    sources = parse_text("annotations/references/x.yaml", FileKind.BIBLIOGRAPHY, dated).sources
    links = resolve_links(replace(read_library(BASE).library, sources=sources))
    rules = {day: {d.rule for d in run_checks(Context(links, date(2026, 11, day)))} for day in (22, 23)}
    assert rules[22] - rules[23] == {"implausible-date"}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[@x{}] ", 1),
        ("[a](x{}.md) ", 1),
        ("[a](#x{}) ", 1),
        ("\n\n> w\n>\n> — someone{}, [@doe2009, p. 501] #t{} !n{} {{#q{}}}", 3),
    ],
    ids=["keys", "links", "anchors", "quotes"],
)
def test_many_faults_take_seconds_not_minutes(text, faults):
    """Guessing what each of twenty thousand words was meant to be would take far longer than all the rest."""
    library = read_library(BASE).library
    body = "".join(text.format(n, n, n, n) for n in range(-(-20_000 // faults)))
    note = parse_text("annotations/notes/second.md", FileKind.NOTE, HEAD + body).note
    known = tuple(replace(library.sources[0], key=f"y{n}") for n in range(2_000))
    links = resolve_links(replace(library, notes=(*library.notes, note), sources=(*library.sources, *known)))
    started = time.process_time()
    assert len(list(run_checks(Context(links, date(2026, 11, 23))))) >= 20_000
    assert time.process_time() - started < 5
