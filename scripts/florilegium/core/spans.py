"""Where something stands in a file: positions, spans, and the table that turns offsets into lines and columns.

Lines and columns count from 1; a column counts Unicode code points, so it is what an editor shows for a
text without wide characters. An end is exclusive: the first position after the last character.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from .values import light


class Position(NamedTuple):
    """One place between two characters of a file."""

    line: int
    column: int


@light
class Span(NamedTuple):
    """A stretch of one file. Spans sort by file, then by where they start: the one order of all reports."""

    path: str
    """Path of the file from the library's root, with `/` on every system."""
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> Position:
        return Position(self.line, self.column)

    @property
    def end(self) -> Position:
        return Position(self.end_line, self.end_column)

    @classmethod
    def of_file(cls, path: str) -> "Span":
        """The span for what concerns a file as a whole: its very beginning."""
        return cls(path, 1, 1, 1, 1)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class LineTable:
    """Turns offsets into one file's text into spans, and back.

    A line ends at LF, at CR LF or at a lone CR, which is what YAML, CommonMark and editors agree on.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        # `str.splitlines` would also split at form feeds and U+2028, which are no line ends in Markdown.
        if "\r" not in text:
            starts = [0, *accumulate([len(line) + 1 for line in text.split("\n")])]
            starts.pop()
        else:
            starts = [0]
            for offset, character in enumerate(text):
                if character == "\n" or (character == "\r" and text[offset + 1 : offset + 2] != "\n"):
                    starts.append(offset + 1)
        self._starts = starts

    @property
    def line_end(self) -> str:
        """What ends a line that is added to the file: as its lines end, LF where there is none."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        starts = self._starts
        line = bisect_right(starts, start)
        # Most spans stay on their line: one look-up instead of two.
        if line == len(starts) or end < starts[line]:
            base = starts[line - 1] - 1
            return Span(self.path, line, start - base, line, end - base)
        end_line = bisect_right(starts, end)
        return Span(self.path, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset of a position; one past the end of the text is clamped to it."""
        if position.line > len(self._starts):
            return len(self.text)
        return min(self._starts[position.line - 1] + position.column - 1, len(self.text))

    def slice(self, span: Span) -> str:
        """The text that a span of this file covers."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

    def line(self, number: int) -> str:
        """One line, without its end."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n")

    def line_span(self, number: int) -> Span:
        """Where a line stands, without its end."""
        return Span(self.path, number, 1, number, len(self.line(number)) + 1)
