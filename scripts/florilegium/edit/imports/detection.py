"""Which program a file comes from, told by what is in it; and the file read as what it is."""

import re
from collections.abc import Callable
from dataclasses import replace

from ...core.diagnostics import Diagnostic, quoted
from ...core.sources import Source
from ...core.spans import LineTable, Span
from ...works.reference_files import parse_bibliography
from ...works.ris.database_records import parse_records
from .highlights import Export, HighlightFormat, ImportFinding
from .hypothesis import parse_hypothesis
from .kindle import parse_kindle
from .readwise import parse_readwise
from .refi_reading import parse_codebook, parse_project
from .zotero_json import parse_zotero_json
from .zotero_notes import parse_zotero_note

MAX_EXPORT_BYTES = 256 * 1_048_576
"""Bytes of a file that are read."""
_TITLES = "write sentence case: check --fix does, for a .bib that lies in annotations/references/"
_HEAD = 200_000
"""Characters in which a file shows what it is."""

_SIGNS = (
    (HighlightFormat.RIS, re.compile(r"^TY {1,2}- |^PMID- ?\d|\A\ufeff?\s*FN [A-Z]", re.MULTILINE)),
    (HighlightFormat.KINDLE, re.compile(r"^={10}[ \t]*\r?$", re.MULTILINE)),
    (HighlightFormat.READWISE, re.compile(r"\A\ufeff?[^\r\n]*\bHighlight\b[^\r\n]*,[^\r\n]*\bBook Title\b")),
    (
        HighlightFormat.ZOTERO,
        re.compile(r"\"annotation(?:Text|Type)\"\s*:|zotero://|class=\"zotero-note|data-annotation="),
    ),
    (HighlightFormat.HYPOTHESIS, re.compile(r"\"(?:TextQuoteSelector|rows|annotations)\"")),
    (
        HighlightFormat.REFI_QDA,
        re.compile(r"<(?:\w+:)?(?:CodeBook|Project)\b[^>]*QDA-XML|urn:QDA-XML:(?:codebook|project)"),
    ),
    (HighlightFormat.CSL, re.compile(r"\A\ufeff?\s*(?:\[|\{)|^-?\s*id:|^references:", re.MULTILINE)),
    (HighlightFormat.BIBTEX, re.compile(r"^\s*@[A-Za-z]+\s*[{(]", re.MULTILINE)),
    (HighlightFormat.ZOTERO, re.compile(r"^\s*(?:<p>)?[“\"].*[”\"] \(", re.MULTILINE)),
)


def guess_format(data: bytes) -> HighlightFormat | None:
    """The format of a file's content; None where nothing in it tells."""
    if data.startswith(b"PK"):
        return HighlightFormat.REFI_QDA
    head = data[: _HEAD * 4].decode("utf-8", "replace")[:_HEAD]
    if head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        kinds = (HighlightFormat.ZOTERO, HighlightFormat.HYPOTHESIS, HighlightFormat.CSL)
        return next(kind for kind, sign in _SIGNS if kind in kinds and sign.search(head))
    return next((kind for kind, sign in _SIGNS if sign.search(head)), None)


def parse_export(format: HighlightFormat, name: str, data: bytes) -> Export:
    """Read a file as one of the formats; `name` is what findings call it. What is broken is reported."""
    if format is HighlightFormat.REFI_QDA:
        return parse_project(name, data) if data.startswith(b"PK") else parse_codebook(name, data)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} of the file, 0x{data[error.start]:02x}, is not UTF-8"
        found = ImportFinding(
            span=Span(name, line, 1, line, 1), message=message, help="save or export the file as UTF-8"
        )
        return Export(format=format, findings=(found,))
    table = LineTable(name, text)
    if format in _HIGHLIGHTS:
        return _HIGHLIGHTS[format](table)
    if format is HighlightFormat.ZOTERO:
        is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
        return parse_zotero_json(table) if is_json else parse_zotero_note(table)
    return _works(format, table)


_HIGHLIGHTS: dict[HighlightFormat, Callable[[LineTable], Export]] = {
    HighlightFormat.HYPOTHESIS: parse_hypothesis,
    HighlightFormat.KINDLE: parse_kindle,
    HighlightFormat.READWISE: parse_readwise,
}


def _works(format: HighlightFormat, table: LineTable) -> Export:
    sources, problems = _parse_works(format, table)
    unique = {source.key: source for source in reversed(sources)}
    for source in sources:
        if unique[source.key] is not source:
            message = f"the key {quoted(source.key)} comes twice in this file; the first one counts"
            problems.append(Diagnostic(rule="duplicate-citation-key", span=source.key_span, message=message))
    problems = [replace(p, help=_TITLES) if p.rule == "title-case" else p for p in problems]
    # An address around a DOI is no fault of an export, and is taken off anyway.
    findings = [ImportFinding.of(problem) for problem in problems if problem.rule != "uncanonical-doi"]
    return Export(format=format, sources=tuple(reversed(unique.values())), findings=tuple(findings))


def _parse_works(format: HighlightFormat, table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    if format is HighlightFormat.RIS:
        return parse_records(table)
    is_json = table.text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
    suffix = ".bib" if format is HighlightFormat.BIBTEX else ".json" if is_json else ".yaml"
    sources, problems = parse_bibliography(suffix, table.text, table)
    return list(sources), problems
