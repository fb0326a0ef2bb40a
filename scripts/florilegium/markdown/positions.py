"""Ranges of bytes become lines and columns: those of the file, though the text was normalised before it was read."""

import re
from bisect import bisect_right
from itertools import accumulate

from ..core.spans import LineTable, Span

_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ORDINARY = bytes([*b"\t\n", *range(0x20, 0x7F)])


def normalise_lines(text: str) -> str:
    """A text as parsers and browsers agree on it: without byte order mark, its lines ended by LF, and with U+FFFD for
    controls and for what Unicode sets aside for use inside programs.

    pulldown-cmark ends no HTML block at a lone CR and doubles the space of a code span over CR LF; browsers drop NUL.
    Lines and columns stay what they are in the file.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Of most texts little is left without the characters of ASCII, and that is quickly looked through.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY)
    if rest and _FOREIGN.search(rest.decode("utf-8", "surrogatepass")):
        return _FOREIGN.sub("\ufffd", text)
    return text


class Positions:
    """Where the lines of a normalised text start, in bytes. No table of characters: few ranges are ever asked for."""

    __slots__ = ("_ascii", "_column", "_line", "_seen", "_starts", "data", "has_entities", "path")

    def __init__(self, table: LineTable, start: int, data: bytes) -> None:
        """`data` is what `table.text[start:]` is when normalised; `start` begins a line."""
        self.path = table.path
        self.data = data
        self._ascii = data.isascii()
        self.has_entities = b"&" in data
        first = table.position(start)
        self._line = first.line - 1
        # A byte order mark takes a column of the file's first line.
        self._column = first.column + table.text.startswith("\ufeff", start)
        self._seen = (0, 0, 0)
        """The start of a line, a byte in it, and how many characters stand between: most spans follow one another."""
        self._starts = [0, *accumulate([len(line) + 1 for line in data.split(b"\n")])]
        self._starts.pop()

    def span(self, start: int, end: int) -> Span:
        """The span of the bytes from `start` to `end`, in lines and columns of the file."""
        starts = self._starts
        line = bisect_right(starts, start)
        end_line = line if line == len(starts) or end < starts[line] else bisect_right(starts, end)
        shift = self._line
        return Span(self.path, line + shift, self._place(line, start), end_line + shift, self._place(end_line, end))

    def _place(self, line: int, offset: int) -> int:
        """The column of a byte in a line of the text."""
        begin = self._starts[line - 1]
        before = offset - begin if self._ascii or offset == begin else self._characters(begin, offset)
        return before + (self._column if line == 1 else 1)

    def _characters(self, begin: int, offset: int) -> int:
        """How many characters of a line stand before a byte."""
        line, byte, count = self._seen
        if line != begin:
            byte, count = begin, 0
        if byte <= offset:
            count += len(self.data[byte:offset].decode())
        else:
            count -= len(self.data[offset:byte].decode())
        self._seen = (begin, offset, count)
        return count
