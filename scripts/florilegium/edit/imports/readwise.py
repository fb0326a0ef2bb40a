"""Readwise's CSV: one highlight a row, under a header that names the columns."""

import csv
import hashlib
import itertools
from collections.abc import Iterator, Mapping

from ...core.diagnostics import quoted
from ...core.model import Name
from ...core.rules import Severity
from ...core.spans import LineTable, Position, Span
from .foreign_text import clean_foreign
from .highlights import Export, Highlight, HighlightFormat, ImportFinding, Work
from .listed_authors import listed_authors

_MAX_CELL = 1_000_000
_MAX_BROKEN = 1_000
"""Broken rows after which nothing more is read."""
_NEEDED = ("Highlight", "Book Title")


def parse_readwise(table: LineTable) -> Export:
    """Read all rows. A row has no id in this export, so that of a highlight is made of its book, place and time."""
    findings: list[ImportFinding] = []
    seen: dict[str, int] = {}
    highlights = []
    for row, span in _rows(table, findings):
        highlight = _highlight(row, span, findings, seen)
        if highlight:
            highlights.append(highlight)
    return Export(format=HighlightFormat.READWISE, highlights=tuple(highlights), findings=tuple(findings))


def _rows(table: LineTable, findings: list[ImportFinding]) -> Iterator[tuple[Mapping[str, str], Span]]:
    # A cell may hold line ends, which `csv` keeps when lines come with theirs.
    lines = [f"{line}\n" for line in table.text.removeprefix("\ufeff").split("\n")]
    csv.field_size_limit(_MAX_CELL)
    header: list[str] = []
    at, broken = 0, 0
    while at < len(lines) and broken < _MAX_BROKEN:
        span = _line(table, at + 1)
        cells, count, fault = _row(lines, at)
        if not fault and header and cells and len(cells) != len(header):
            fault = f"it has {len(cells)} cells, and the header has {len(header)}"
        if fault:
            message = f"this row cannot be read: {fault}"
            findings.append(ImportFinding(span=span, message=message, help="look at its commas and quotation marks"))
            # An open quotation mark swallows the rows that follow: go on with the next line.
            at, broken = at + 1, broken + 1
            continue
        at += count
        if not header:
            header = [cell.strip() for cell in cells]
            missing = [name for name in _NEEDED if name not in header]
            if missing:
                message = f"the first row names no column {quoted(missing[0])}"
                findings.append(
                    ImportFinding(span=span, message=message, help="export the highlights from Readwise as CSV")
                )
                return
        elif any(cells):
            yield dict(zip(header, cells, strict=True)), span


def _row(lines: list[str], at: int) -> tuple[list[str], int, str]:
    """The cells of the row that begins in a line, how many lines it has, and why it cannot be read."""
    reader = csv.reader(itertools.islice(lines, at, None), strict=True)
    try:
        return next(reader, []), max(reader.line_num, 1), ""
    except csv.Error as error:
        return [], 1, str(error)


def _line(table: LineTable, number: int) -> Span:
    start = table.offset(Position(number, 1))
    return table.span(start, start + len(table.line(number)))


def _highlight(
    row: Mapping[str, str], span: Span, findings: list[ImportFinding], seen: dict[str, int]
) -> Highlight | None:
    words = clean_foreign(row["Highlight"], lines=True)
    if words.refused:
        message = f"this highlight holds the character {words.refused}, which no note may hold; it is left out"
        findings.append(ImportFinding(span=span, message=message, help="correct it in Readwise"))
        return None
    if not words.text:
        findings.append(ImportFinding(span=span, message="this row has no words", severity=Severity.WARNING))
        return None
    if words.dropped:
        message = f"{', '.join(words.dropped)} was taken out of this highlight"
        findings.append(ImportFinding(span=span, message=message, severity=Severity.INFORMATION))
    kind, place = row.get("Location Type", "").strip().casefold(), row.get("Location", "").strip()
    return Highlight(
        id=_identity(row, words.text, seen),
        words=words.text,
        work=_work(row),
        page=place if kind == "page" else "",
        place=f"location {place}" if kind == "location" and place.isdigit() else "",
        comment=clean_foreign(row.get("Note", ""), lines=True).text,
        tags=tuple(tag.strip().lstrip("#.") for tag in row.get("Tags", "").split(",") if tag.strip()),
        colour=row.get("Color", "").strip(),
        span=span,
    )


def _identity(row: Mapping[str, str], words: str, seen: dict[str, int]) -> str:
    """What stays the same when words are corrected in Readwise: the book, the place and the time."""
    when = row.get("Highlighted at", "").strip()
    names = ("Book Title", "Book Author", "Location Type", "Location")
    parts = [*(row.get(name, "").strip() for name in names), when or words]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _work(row: Mapping[str, str]) -> Work:
    people = listed_authors(clean_foreign(row.get("Book Author", "")).text)
    first = people[0] if people else Name()
    return Work(title=clean_foreign(row["Book Title"]).text, author=first.short, given=first.given, people=people)
