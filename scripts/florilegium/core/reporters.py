"""Diagnostics as text for people, as JSON, as SARIF, and as GitHub's annotations: worded once, printed four ways."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

from .. import __version__
from .diagnostics import Diagnostic, printable
from .rules import RULES, Severity
from .spans import Span

_SHOWN = 100
"""Findings that a report for people prints; the rest is counted."""

ReadLine = Callable[[str, int], str]
"""Gives one line of a file, by path and number, for showing it under a finding; empty where there is none."""

_MAX_LINE = 160
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36"}


def summarise(diagnostics: Iterable[Diagnostic]) -> str:
    """The counts in words: `2 errors, 1 warning`; `no problems` where there are none."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "remark"}
    parts = [f"{counts[s]} {name}{'' if counts[s] == 1 else 's'}" for s, name in names.items() if counts[s]]
    return ", ".join(parts) or "no problems"


# ------------------------------------------------------------------------------------------------------- text


def text(diagnostics: Sequence[Diagnostic], read_line: ReadLine, *, colour: bool = False) -> Iterator[str]:
    """A report for a terminal: each finding with the text underlined and the likely remedy."""

    def paint(words: str, code: str) -> str:
        return f"\033[{code}m{words}\033[0m" if colour else words

    for diagnostic in _chosen(diagnostics):
        label = paint(diagnostic.severity.value, f"1;{_COLOURS[diagnostic.severity]}")
        place = paint(_place(diagnostic.span), "1")
        yield f"{place}: {label}: {printable(diagnostic.message)} [{diagnostic.rule}]"
        yield from _excerpt(diagnostic.span, read_line, lambda words: paint(words, "31"))
        for related in diagnostic.related:
            yield f"  note: {_place(related.span)}: {printable(related.message)}"
        if diagnostic.help:
            yield f"  {paint('help', '1;32')}: {printable(diagnostic.help)}"
    if len(diagnostics) > _SHOWN:
        yield _rest(diagnostics)
    counts = Counter(diagnostic.rule for diagnostic in diagnostics)
    if len(diagnostics) >= _COUNTED and len(counts) > 1:
        yield f"by rule: {', '.join(f'{count:,} {rule}' for rule, count in counts.most_common())}"


_COUNTED = 4
"""Findings from which on they are counted by rule."""


def _chosen(diagnostics: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """As many findings as a report holds, in their order: those of a rare rule before the hundredth of another."""
    if len(diagnostics) <= _SHOWN:
        yield from diagnostics
        return
    by_rule: dict[str, list[int]] = {}
    for index, diagnostic in enumerate(diagnostics):
        by_rule.setdefault(diagnostic.rule, []).append(index)
    chosen: list[int] = []
    for place, indexes in enumerate(sorted(by_rule.values(), key=len)):
        chosen += indexes[: (_SHOWN - len(chosen)) // (len(by_rule) - place)]
    yield from (diagnostics[index] for index in sorted(chosen))


def _rest(diagnostics: Sequence[Diagnostic]) -> str:
    return f"… and {len(diagnostics) - _SHOWN:,} more. Fix these first, or see all with --format json."


def _place(span: Span) -> str:
    """Path, line and column; a path that would look like a command to a build service is not printed bare."""
    path = printable(span.path)
    return f"{'./' if path.lstrip().startswith('::') else ''}{path}:{span.line}:{span.column}"


def _excerpt(span: Span, read_line: ReadLine, paint: Callable[[str], str]) -> Iterator[str]:
    line = read_line(span.path, span.line).expandtabs(1) if span != Span.of_file(span.path) else ""
    if not line.strip():
        return
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    cut = max(0, min(start - 40, len(line) - _MAX_LINE))
    shown = line[cut : cut + _MAX_LINE]
    gutter = str(span.line)
    width = max(1, min(end, cut + _MAX_LINE) - start)
    before = _width(shown[: start - cut])
    marked = max(1, _width(shown[start - cut : start - cut + width]))
    yield f"  {gutter} | {printable(shown)}"
    yield f"  {' ' * len(gutter)} | {' ' * before}{paint('^' * marked)}"


def _width(words: str) -> int:
    """The columns of a terminal that words take as they are printed: escapes and ideographs widen a line."""
    shown = printable(words)
    if shown.isascii():
        return len(shown)
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in shown)


# ----------------------------------------------------------------------------------------------- for machines


def _range(span: Span) -> dict[str, Any]:
    return {
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
    }


def json_findings(diagnostics: Sequence[Diagnostic], _read_line: ReadLine) -> Iterator[str]:
    """All findings as one JSON object; lines and columns count from 1, columns in code points."""
    findings = [
        {
            "rule": d.rule,
            "severity": d.severity.value,
            "path": d.span.path,
            "range": _range(d.span),
            "message": d.message,
            "help": d.help,
            "related": [{"path": r.span.path, "range": _range(r.span), "message": r.message} for r in d.related],
        }
        for d in diagnostics
    ]
    counts = Counter(d.severity.value for d in diagnostics)
    report = {"version": 1, "tool": f"florilegium {__version__}", "counts": dict(sorted(counts.items()))}
    yield json_report({**report, "diagnostics": findings})


def json_report(report: dict[str, Any]) -> str:
    """A report as JSON that no build service takes for a command."""
    # ASCII keeps directional characters and the like out of whatever shows the report.
    return json.dumps(report, ensure_ascii=True, indent=1).replace("##[", "#\\u0023[")


_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}


def sarif(diagnostics: Sequence[Diagnostic], _read_line: ReadLine) -> Iterator[str]:
    """All findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""
    used = sorted({d.rule for d in diagnostics})
    driver = {
        "name": "florilegium",
        "version": __version__,
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": RULES[name].summary},
                "help": {"text": RULES[name].remedy},
                "defaultConfiguration": {"level": _SARIF_LEVELS[RULES[name].severity]},
            }
            for name in used
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(d, used) for d in diagnostics],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    yield json_report({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _sarif_result(d: Diagnostic, used: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": d.rule,
        "ruleIndex": used.index(d.rule),
        "level": _SARIF_LEVELS[d.severity],
        "message": {"text": f"{d.message}. {d.help}" if d.help else d.message},
        "locations": [_sarif_location(d.span)],
    }
    if d.related:
        result["relatedLocations"] = [{**_sarif_location(r.span), "message": {"text": r.message}} for r in d.related]
    return result


def _sarif_location(span: Span) -> dict[str, Any]:
    from urllib.parse import quote

    region = dict(zip(("startLine", "startColumn", "endLine", "endColumn"), span[1:], strict=True))
    uri = quote(span.path, errors="surrogateescape")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


# ----------------------------------------------------------------------------------------------------- GitHub

_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "notice"}


def github(diagnostics: Sequence[Diagnostic], _read_line: ReadLine) -> Iterator[str]:
    """Findings as workflow commands, which GitHub shows in the changed lines of a pull request."""
    for d in _chosen(diagnostics):
        values = {
            "file": d.span.path,
            "line": str(d.span.line),
            "endLine": str(d.span.end_line),
            "title": d.rule,
        }
        if d.span.line == d.span.end_line:
            values |= {"col": str(d.span.column), "endColumn": str(d.span.end_column)}
        properties = ",".join(f"{key}={_escape(printable(value), True)}" for key, value in values.items())
        words = f"{d.message}\nhelp: {d.help}" if d.help else d.message
        message = "\n".join(printable(line) for line in words.split("\n"))
        yield f"::{_GITHUB_LEVELS[d.severity]} {properties}::{_escape(message, False)}"
    if len(diagnostics) > _SHOWN:
        yield f"::notice ::{_rest(diagnostics)}"


def _escape(words: str, is_property: bool) -> str:
    escaped = words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if is_property else escaped


FORMATS: dict[str, Callable[[Sequence[Diagnostic], ReadLine], Iterator[str]]] = {
    "text": text,
    "json": json_findings,
    "sarif": sarif,
    "github": github,
}
"""The formats of a report, by name; each yields lines."""
