"""Tables in Markdown: which two lines open one, and where the cells of a line stand.

As on GitHub (https://github.github.com/gfm/#tables-extension-): a `|` ends a cell even inside code, unless a backslash
stands before it.
"""

import re
from typing import NamedTuple

__all__ = ["Cell", "is_table_start", "parse_alignments", "split_cells"]

MAX_COLUMNS = 128
"""A line with more cells opens no table: rows are filled up to the header's width, which must not multiply a text."""

_RULE = re.compile(r"[ \t]*(:?)-+(:?)[ \t]*")
_SPACE = " \t"


class Cell(NamedTuple):
    """Offsets of a cell's content, without the white space around it."""

    start: int
    end: int


def split_cells(text: str, start: int, end: int) -> list[Cell]:
    """The cells of the line `text[start:end]`."""
    start, end = _trim(text, start, end)
    if text.startswith("|", start, end):
        start += 1
    if end > start and text[end - 1] == "|" and text[end - 2 : end - 1] != "\\":
        end -= 1
    cells, position = [], start
    while (bar := text.find("|", position, end)) >= 0:
        position = bar + 1
        if text[bar - 1] != "\\" or bar == start:
            cells.append(Cell(*_trim(text, start, bar)))
            start = position
    cells.append(Cell(*_trim(text, start, end)))
    return cells


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _SPACE:
        start += 1
    while end > start and text[end - 1] in _SPACE:
        end -= 1
    return start, end


def parse_alignments(text: str, start: int, end: int) -> tuple[str, ...] | None:
    """What a line of dashes, colons and bars says of each column: `left`, `center`, `right` or nothing.

    None for a line that is something else.
    """
    if "|" not in text[start:end] or text[start:end].strip(" \t|:-"):
        return None
    alignments = []
    for cell in split_cells(text, start, end):
        rule = _RULE.fullmatch(text, *cell)
        if rule is None:
            return None
        alignments.append({(":", ":"): "center", (":", ""): "left", ("", ":"): "right"}.get((rule[1], rule[2]), ""))
    return tuple(alignments)


def is_table_start(text: str, header: tuple[int, int], rule: tuple[int, int]) -> bool:
    """Whether a line and the one below it, by their offsets, are the header of a table and its rule."""
    alignments = parse_alignments(text, *rule)
    return (
        alignments is not None and len(alignments) <= MAX_COLUMNS and len(split_cells(text, *header)) == len(alignments)
    )
