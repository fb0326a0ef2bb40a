"""Readwise's CSV: one highlight a row, under a header that names the columns."""

import csv
import hashlib
import itertools
from collections.abc import Iterator, Mapping

from ...core.diagnostics import quoted
from ...core.rules import Severity
from ...core.spans import LineTable, Span
from .foreign_text import clean_foreign, clean_paragraphs
from .gathered import Gathered
from .highlights import Export, Highlight, HighlightFormat, Work
from .listed_authors import listed_authors

_MAX_CELL = 1_000_000
_MAX_BROKEN = 1_000
"""Broken rows after which nothing more is read."""
_NEEDED = ("Highlight", "Book Title")


def parse_readwise(table: LineTable) -> Export:
    """Read all rows. A row has no id in this export, so that of a highlight is made of its book, place and time."""
    gathered = Gathered(HighlightFormat.READWISE)
    seen: dict[str, int] = {}
    for row, span in _rows(table, gathered):
        _take(row, span, gathered, seen)
    return gathered.export()


def _rows(table: LineTable, gathered: Gathered) -> Iterator[tuple[Mapping[str, str], Span]]:
    # A cell may hold line ends, which `csv` keeps when lines come with theirs.
    lines = [f"{line}\n" for line in table.text.removeprefix("\ufeff").split("\n")]
    csv.field_size_limit(_MAX_CELL)
    header: list[str] = []
    at, broken = 0, 0
    while at < len(lines) and broken < _MAX_BROKEN:
        span = table.line_span(at + 1)
        cells, count, fault = _row(lines, at)
        if not fault and header and cells and len(cells) != len(header):
            fault = f"it has {len(cells)} cells, and the header has {len(header)}"
        if fault:
            message = f"this row cannot be read: {fault}"
            gathered.report(span, message, "look at its commas and quotation marks")
            # An open quotation mark swallows the rows that follow: go on with the next line.
            at, broken = at + 1, broken + 1
            continue
        at += count
        if not header:
            header = [cell.strip() for cell in cells]
            missing = [name for name in _NEEDED if name not in header]
            if missing:
                message = f"the first row names no column {quoted(missing[0])}"
                gathered.report(span, message, "export the highlights from Readwise as CSV")
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


def _take(row: Mapping[str, str], span: Span, gathered: Gathered, seen: dict[str, int]) -> None:
    words = gathered.words(row["Highlight"], span, lines=True, empty=Severity.WARNING)
    if not words:
        return
    kind, place = row.get("Location Type", "").strip().casefold(), row.get("Location", "").strip()
    highlight = Highlight(
        id=_identity(row, words, seen),
        words=words,
        work=_work(row),
        page=place if kind == "page" else "",
        place=f"location {place}" if kind == "location" and place.isdigit() else "",
        comment=clean_paragraphs(row.get("Note", ""), lines=True),
        tags=tuple(tag.strip().lstrip("#.") for tag in row.get("Tags", "").split(",") if tag.strip()),
        colour=row.get("Color", "").strip(),
        span=span,
    )
    gathered.highlights.append(highlight)


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
    return Work(title=clean_foreign(row["Book Title"]).text, people=people)
