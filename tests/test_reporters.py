"""Reports: how a finding looks to a person, to a program, and to a build service that takes some lines for commands."""

import json
import re

import pytest
from florilegium.core import reporters
from florilegium.core.diagnostics import Diagnostic, Related
from florilegium.core.rules import RULES, Severity
from florilegium.core.spans import Span
from hypothesis import given
from hypothesis import strategies as st

PATH = "annotations/notes/x.md"


def finding(line=1, start=1, end=None, **more):
    values = {"rule": "unknown-theme", "message": 'there is no theme "x"', "help": 'did you mean "y"?'}
    span = Span(more.pop("path", PATH), line, start, more.pop("end_line", line), end or start)
    return Diagnostic(span=span, **(values | more))


def text(*diagnostics, line="", colour=False):
    return list(reporters.text(diagnostics, lambda path, number: line, colour=colour))


# -------------------------------------------------------------------------------------------------- for people


def test_a_finding_is_shown_with_its_place_underlined_and_its_remedy():
    other = Related(message="it stands here already", span=Span(PATH, 3, 5, 3, 6))
    assert text(finding(14, 23, 26, related=(other,)), line="> — a participant #one and the rest") == [
        'annotations/notes/x.md:14:23: error: there is no theme "x" [unknown-theme]',
        "  14 | > — a participant #one and the rest",
        "     |                       ^^^",
        "  note: annotations/notes/x.md:3:5: it stands here already",
        '  help: did you mean "y"?',
    ]


def test_a_finding_about_a_whole_file_has_no_excerpt():
    assert len(text(finding(), line="---")) == 2


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "marks"),
    [
        ("themes: [one]", 10, 13, "themes: [one]", "         ^^^"),
        ("themes: [one]", 14, 14, "themes: [one]", "             ^"),
        ("\tone", 2, 5, " one", " ^^^"),
        ("ab\x1bcd", 4, 6, "ab\\u{1b}cd", "        ^^"),
        ("a\u202eb", 2, 3, "a\\u{202e}b", " ^^^^^^^^"),
        ("日本 one", 4, 7, "日本 one", "     ^^^"),
        ("e\u0301 one", 4, 7, "e\u0301 one", "  ^^^"),
        ("日本", 1, 3, "日本", "^^^^"),
    ],
)
def test_the_marks_stand_under_what_they_mean(line, start, end, shown, marks):
    excerpt = text(finding(7, start, end), line=line)[1:3]
    assert excerpt == [f"  7 | {shown}", f"    | {marks}"]


def test_a_long_line_is_cut_around_the_finding():
    line = "a" * 500 + "HERE" + "b" * 500
    shown, marks = text(finding(7, 501, 505), line=line)[1:3]
    assert len(shown) < 180
    assert shown[marks.index("^") : marks.index("^") + 4] == "HERE"
    assert marks.count("^") == 4


def test_a_finding_of_several_lines_is_marked_to_the_end_of_the_first():
    marks = text(finding(7, 3, 9, end_line=9), line="> I forget")[2]
    assert marks == "    |   ^^^^^^^^"


def test_colours_are_for_terminals():
    plain, coloured = text(finding(), line="x"), text(finding(), line="x", colour=True)
    assert not any("\x1b" in line for line in plain)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain
    assert coloured != plain


def test_a_hundred_findings_are_shown_and_the_rest_counted():
    lines = text(*(finding(n, help="") for n in range(2, 1103)))
    assert len(lines) == 101
    assert lines[-1] == "… and 1,001 more. Fix these first, or see all with --format json."


def test_the_summary_counts_in_words():
    kinds = [Severity.ERROR, Severity.ERROR, Severity.WARNING, Severity.INFORMATION]
    assert reporters.summarise(finding(severity=s) for s in kinds) == "2 errors, 1 warning, 1 remark"
    assert reporters.summarise([]) == "no problems"


# ------------------------------------------------------------------------------------------------- for programs


def test_json_holds_everything():
    other = Related(message="the other", span=Span(PATH, 3, 5, 3, 6))
    report = json.loads("".join(reporters.json_findings([finding(2, 3, 4, related=(other,))], lambda *_: "")))
    assert report["counts"] == {"error": 1}
    assert report["diagnostics"] == [
        {
            "rule": "unknown-theme",
            "severity": "error",
            "path": PATH,
            "range": {"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 4}},
            "message": 'there is no theme "x"',
            "help": 'did you mean "y"?',
            "related": [
                {
                    "path": PATH,
                    "range": {"start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 6}},
                    "message": "the other",
                }
            ],
        }
    ]


def test_json_is_not_cut():
    report = json.loads("".join(reporters.json_findings([finding(n) for n in range(1, 502)], lambda *_: "")))
    assert len(report["diagnostics"]) == 501


def test_sarif_has_the_form_that_code_scanning_reads():
    findings = [
        finding(2, 3, 4),
        finding(3, rule="unused-theme", severity=Severity.WARNING, path="annotations/notes/ü 痛#.md"),
    ]
    log = json.loads("".join(reporters.sarif(findings, lambda *_: "")))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["unknown-theme", "unused-theme"]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    first, second = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert first["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 4}
    assert second["artifactLocation"]["uri"] == "annotations/notes/%C3%BC%20%E7%97%9B%23.md"


def test_github_commands():
    odd = finding(2, 3, 4, path="annotations/notes/a,b:c%.md", message="100% wrong", help="two\nlines")
    lines = list(reporters.github([odd, finding(2, 3, 4, end_line=5, severity=Severity.INFORMATION)], lambda *_: ""))
    assert lines[0] == (
        "::error file=annotations/notes/a%2Cb%3Ac%25.md,line=2,endLine=2,title=unknown-theme,col=3,endColumn=4"
        "::100%25 wrong%0Ahelp: two%0Alines"
    )
    assert lines[1].startswith(f"::notice file={PATH},line=2,endLine=5,title=unknown-theme::")


def test_github_shows_a_hundred():
    assert len(list(reporters.github([finding(n) for n in range(1, 502)], lambda *_: ""))) == 101


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_reported_in_every_format(rule):
    for severity in (Severity.ERROR, Severity.WARNING, Severity.INFORMATION):
        for form in reporters.FORMATS.values():
            assert list(form([finding(rule=rule, severity=severity)], lambda *_: ""))


# ----------------------------------------------------------------------------------------- what others can write

HOSTILE = st.text(max_size=40) | st.sampled_from(
    (
        "::error::x",
        "##[error]x",
        " ::set-env name=A::b",
        "###[group]",
        "\n::stop-commands::t",
        "\r::x",
        "\u2028::x",
        "\x1b[2J",
    )
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_words_of_a_contributor_become_a_command(message, remedy, path, line):
    other = Related(message=message, span=Span(path or "x", 1, 1, 1, 1))
    diagnostic = finding(7, 1, 3, message=message, help=remedy, path=path or "x", related=(other,))
    for name, form in reporters.FORMATS.items():
        lines = "\n".join(form([diagnostic], lambda *_: line)).split("\n")
        assert not any("##[" in shown for shown in lines)
        assert all(shown.isprintable() for shown in lines)
        commands = [shown for shown in lines if shown.lstrip().startswith("::")]
        assert len(commands) == (name == "github")


@given(HOSTILE, HOSTILE, HOSTILE)
def test_reports_for_programs_keep_the_words(message, remedy, path):
    diagnostic = finding(7, 1, 3, message=message, help=remedy, path=path)
    kept = json.loads("".join(reporters.json_findings([diagnostic], lambda *_: "")))["diagnostics"][0]
    assert (kept["message"], kept["help"], kept["path"]) == (message, remedy, path)
    json.loads("".join(reporters.sarif([diagnostic], lambda *_: "")))
