"""Blank lines put in: before what Pandoc would read as part of a paragraph, and round Markdown inside raw HTML."""

import re
from collections.abc import Iterator

from ...core.edits import Edit
from ...core.spans import Position, Span
from ...markdown.dialects import blank_line_places
from ...markdown.nodes import walk
from .fix_drafts import Fix, FixedText, TextKind

_BLANK = re.compile(r"[ \t>]*\Z")


def fix_blank_lines(document: FixedText) -> Iterator[Fix]:
    """One edit for each blank line that is missing; none changes the text of anything."""
    positions = document.tree.positions
    lost = {finding.span.start for finding in document.found("missing-blank-line")}
    for node in blank_line_places(document.tree.root, positions.data):
        place = positions.span(node.start, node.start)
        if place.start in lost:
            yield Fix(TextKind.BLANK_LINE, (_insertion(document, place.line, place.column - 1),))
    yield from _round_markdown(document)


def _insertion(document: FixedText, line: int, indent: int) -> Edit:
    """A blank line before a line, with the signs of its block quotes."""
    table = document.table
    place = Position(line, 1)
    text = table.line(line)[:indent].rstrip() + table.line_end
    return Edit(span=Span(table.path, *place, *place), text=text)


def _round_markdown(document: FixedText) -> Iterator[Fix]:
    """Blank lines round the lines of an HTML block that hold no tag."""
    positions, table = document.tree.positions, document.table
    found = [finding.span for finding in document.found("markdown-in-html")]
    for node in walk(document.tree.root) if found else ():
        if node.kind != "HtmlBlock":
            continue
        place = positions.span(node.start, max(node.end - 1, node.start))
        if not any(place.start <= span.start <= place.end for span in found):
            continue
        first = place.line
        lines = [table.line(number) for number in range(first, place.end_line + 1)]
        plain = ["<" not in line and not _BLANK.match(line) for line in lines]
        if "<!--" in "".join(lines):
            continue  # A comment may go on over lines that look like others.
        for index in range(1, len(lines)):
            if plain[index] != plain[index - 1]:
                sign = re.match(r"[ \t>]*", lines[index])
                yield Fix(TextKind.BLANK_LINE, (_insertion(document, first + index, sign.end() if sign else 0),))
