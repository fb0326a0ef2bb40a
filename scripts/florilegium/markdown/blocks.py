"""The block structure of Markdown, as CommonMark has it, with the offsets that nothing else keeps.

Only structure is found here: where paragraphs, code, lists and block quotes begin and end. It is what tells a
quotation from a line of code. Footnote definitions (Pandoc, GitHub) are containers like list items; raw HTML is
paragraph text, as in Pandoc, but for comments, script-like elements and declarations, which may hold blank lines.
See https://spec.commonmark.org/0.31.2/.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ..core.spans import LineTable, Span
from .tables import is_table_start

__all__ = ["MAX_DEPTH", "Block", "BlockKind", "Content", "Line", "parse_blocks"]

MAX_DEPTH = 16
"""Containers within containers; deeper ones are read as text and reported by the caller."""


class BlockKind(StrEnum):
    """What a block is; the words are CommonMark's."""

    DOCUMENT = "document"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    """GitHub's and Pandoc's; its first line is the header, its second the rule."""
    HEADING = "heading"
    CODE = "code"
    HTML = "html"
    BREAK = "thematic-break"
    QUOTE = "block-quote"
    ITEM = "list-item"
    FOOTNOTE = "footnote-definition"


_CONTAINERS = (BlockKind.QUOTE, BlockKind.ITEM, BlockKind.FOOTNOTE)


class Line(NamedTuple):
    """Offsets of one line's content: after the markers of its containers, before its line end."""

    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Block:
    """A node of the block structure. Offsets are into the text that was parsed."""

    kind: BlockKind
    start: int
    end: int = 0
    lines: list[Line] = field(default_factory=list)
    """A leaf's content, line by line."""
    children: list["Block"] = field(default_factory=list)
    info: str = ""
    """Level of a heading, info string of a fence, marker of an item, label of a footnote."""
    indent: int = 0
    """Columns that the content of an item stands in from its container's edge."""
    closed: bool = True
    """False for a fence, a comment or the like that the text's end cut off."""
    too_deep: bool = False
    """Whether containers deeper than `MAX_DEPTH` were read as text in here."""

    def walk(self) -> Iterator["Block"]:
        """This block and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Content:
    """A leaf's lines joined by line feeds, and the way back from an index in them to an offset in the file."""

    __slots__ = ("_indices", "_lines", "text")

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._lines = lines
        self.text = "\n".join([text[line.start : line.end] for line in lines])
        self._indices = [0]
        for line in lines[:-1]:
            self._indices.append(self._indices[-1] + line.end - line.start + 1)

    def offset(self, index: int) -> int:
        """The offset in the file of the character at an index; the index of a line's end gives that end."""
        number = bisect_right(self._indices, index) - 1
        return self._lines[number].start + index - self._indices[number]

    def spans(self, table: LineTable) -> Callable[[int, int], Span]:
        """The function that turns two indices, of a start and an end, into a span of the file."""
        if len(self._lines) != 1:
            return lambda a, b: table.span(self.offset(a), self.offset(max(b - 1, a)) + (b > a))
        # Most contents are one line, and most spans are made here.
        path, (line, column) = table.path, table.position(self._lines[0].start)
        return lambda a, b: Span(path, line, column + a, line, column + max(a, b))


_FENCE = re.compile(r"(`{3,})([^`\n]*)$|(~{3,})([^\n]*)$")
_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_ITEM = re.compile(r"(?:([-+*])|(\d{1,9})([.)]))(?=[ \t]|$)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*")
_RAW = "script|pre|style|textarea"
_HTML = (
    (re.compile(rf"<(?:{_RAW})(?=[\s>]|$)", re.I), re.compile(rf"</(?:{_RAW})>", re.I)),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
)
_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_OPENERS = frozenset(" \t>#`~<*-+_=[|:0123456789")
"""What the first character of a line must be among for it to be anything but text."""


def parse_blocks(text: str, start: int = 0) -> Block:
    """The document that stands in `text[start:]`. Never fails: any text is some document."""
    return _Parser(text, start).parse()


class _Parser:
    """The algorithm of the CommonMark specification's appendix: match open containers, open new ones, then the leaf."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.root = Block(kind=BlockKind.DOCUMENT, start=start, end=len(text))
        self.stack = [self.root]
        self.leaf: Block | None = None
        self.html_end: re.Pattern[str] | None = None
        self.fence = ""

    def parse(self) -> Block:
        for line in self._lines():
            self._line(*line)
        if self.leaf is not None and (self.fence or self.html_end):
            self.leaf.closed = False
        return self.root

    def _lines(self) -> Iterator[Line]:
        for line in _LINE.finditer(self.text, self.root.start):
            if line.start() < len(self.text):
                yield Line(*line.span(1))

    def _line(self, start: int, end: int) -> None:
        leaf = self.leaf
        # Most lines are blank, or running text, outside every container.
        if len(self.stack) == 1 and (leaf is None or leaf.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE)):
            if start == end:
                return self._blank(1)
            if self.text[start] not in _OPENERS:
                return self._text(start, end, 1)
        position, column, matched = self._match_containers(start, end)
        everything = matched == len(self.stack)
        if leaf is not None and everything and self._continue_leaf(leaf, position, column, end):
            return
        if leaf is not None and not everything and leaf.kind in (BlockKind.CODE, BlockKind.HTML):
            leaf.closed = not (self.fence or self.html_end)
            self._close_leaf()
        self._open_blocks(position, column, end, matched)

    # -- containers

    def _indentation(self, position: int, column: int, end: int) -> tuple[int, int]:
        """Columns of white space from a position on, and the offset of what follows it."""
        text, first = self.text, column
        while position < end:
            if text[position] == " ":
                column += 1
            elif text[position] == "\t":
                column += 4 - column % 4
            else:
                break
            position += 1
        return column - first, position

    def _skip(self, position: int, column: int, end: int, columns: int) -> tuple[int, int]:
        """The place after so many columns of white space; a tab that is cut in two counts as passed."""
        goal = column + columns
        while position < end and column < goal and self.text[position] in " \t":
            column += 1 if self.text[position] == " " else 4 - column % 4
            position += 1
        return position, column

    def _match_containers(self, start: int, end: int) -> tuple[int, int, int]:
        position, column, matched = start, 0, 1
        for container in self.stack[1:]:
            indent, after = self._indentation(position, column, end)
            if container.kind is BlockKind.QUOTE:
                if indent > 3 or after >= end or self.text[after] != ">":
                    break
                position, column = self._skip(after + 1, column + indent + 1, end, 1)
            elif after == end:
                if not container.children and container.start < start and self.leaf is None:
                    break  # An item may begin with one blank line at most.
                position, column = after, column + indent
            elif indent >= container.indent:
                position, column = self._skip(position, column, end, container.indent)
            else:
                break
            matched += 1
        return position, column, matched

    def _push(self, container: Block, matched: int) -> int:
        """Close what was not matched and open a container below; returns the new depth."""
        self._close_unmatched(matched)
        self.stack[-1].children.append(container)
        self.stack.append(container)
        return len(self.stack)

    def _close_unmatched(self, matched: int) -> None:
        self._close_leaf()
        del self.stack[matched:]

    def _touch(self, end: int) -> None:
        for container in self.stack[1:]:
            container.end = end

    # -- leaves

    def _close_leaf(self) -> None:
        self.leaf, self.fence, self.html_end = None, "", None

    def _add_leaf(self, kind: BlockKind, start: int, end: int, info: str = "") -> Block:
        leaf = Block(kind=kind, start=start, end=end, info=info)
        self.stack[-1].children.append(leaf)
        self._touch(end)
        return leaf

    def _extend(self, leaf: Block, start: int, end: int) -> None:
        leaf.lines.append(Line(start, end))
        leaf.end = end
        self._touch(end)

    def _continue_leaf(self, leaf: Block, position: int, column: int, end: int) -> bool:
        """Whether the line belongs to an open code or HTML block, whatever stands in it."""
        if self.fence:
            return self._continue_fence(leaf, position, column, end)
        if self.html_end:
            self._extend(leaf, position, end)
            if self.html_end.search(self.text, position, end):
                self._close_leaf()
            return True
        if leaf.kind is BlockKind.CODE:
            indent, after = self._indentation(position, column, end)
            if indent < 4 and after < end:
                self._close_leaf()
                return False
            self._extend_code(leaf, position, column, end)
            return True
        return False

    def _continue_fence(self, leaf: Block, position: int, column: int, end: int) -> bool:
        indent, after = self._indentation(position, column, end)
        run = self.text[after:end].rstrip(" \t")
        if indent <= 3 and len(run) >= len(self.fence) and not run.strip(self.fence[0]):
            leaf.end = end
            self._touch(end)
            self._close_leaf()
            return True
        position, _ = self._skip(position, column, end, min(indent, leaf.indent))
        self._extend(leaf, position, end)
        return True

    def _extend_code(self, leaf: Block, position: int, column: int, end: int) -> None:
        position, _ = self._skip(position, column, end, 4)
        leaf.lines.append(Line(position, end))
        if self.text[position:end].strip():
            leaf.end = end
            self._touch(end)

    # -- opening

    def _open_blocks(self, position: int, column: int, end: int, matched: int) -> None:
        while True:
            indent, after = self._indentation(position, column, end)
            everything = matched == len(self.stack)
            paragraph = self.leaf is not None and self.leaf.kind is BlockKind.PARAGRAPH
            if after >= end:
                self._blank(matched)
                return
            if indent >= 4:
                if not paragraph:
                    self._close_unmatched(matched)
                    self.leaf = self._add_leaf(BlockKind.CODE, after, end)
                    self._extend_code(self.leaf, position, column, end)
                    return
                break
            if self.text[after] not in _OPENERS:
                break
            opened = self._open_container(after, column, indent, end, matched, paragraph and everything)
            if opened is None:
                if self._open_leaf(after, indent, end, matched, paragraph and everything):
                    return
                break
            position, column = opened
            matched = len(self.stack)
        self._text(after, end, matched)

    def _blank(self, matched: int) -> None:
        if matched < len(self.stack):
            self._close_unmatched(matched)
        elif self.leaf is not None and self.leaf.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE):
            self._close_leaf()

    def _text(self, start: int, end: int, matched: int) -> None:
        leaf, everything = self.leaf, matched == len(self.stack)
        # A line of text also continues a paragraph whose containers it does not mark: CommonMark's laziness.
        if leaf is not None and leaf.kind is BlockKind.PARAGRAPH:
            header = leaf.lines[-1]
            if everything and self.text[start] in "|:-" and is_table_start(self.text, header, (start, end)):
                leaf = self._open_table(leaf)
            self._extend(leaf, start, end)
        elif leaf is not None and leaf.kind is BlockKind.TABLE and everything:
            self._extend(leaf, start, end)
        else:
            self._close_unmatched(matched)
            self.leaf = self._add_leaf(BlockKind.PARAGRAPH, start, end)
            self._extend(self.leaf, start, end)

    def _open_table(self, paragraph: Block) -> Block:
        """Make the last line of a paragraph the header of a table."""
        header = paragraph.lines.pop()
        if paragraph.lines:
            paragraph.end = paragraph.lines[-1].end
        else:
            self.stack[-1].children.pop()
        self.leaf = self._add_leaf(BlockKind.TABLE, header.start, header.end)
        self.leaf.lines.append(header)
        return self.leaf

    def _open_container(
        self, after: int, column: int, indent: int, end: int, matched: int, in_paragraph: bool
    ) -> tuple[int, int] | None:
        """Open the container whose marker stands at an offset, `indent` columns in; returns its content's place."""
        text = self.text
        column += indent
        if text[after] == ">":
            if self._refuse_depth(matched):
                return None
            self._push(Block(kind=BlockKind.QUOTE, start=after, end=end), matched)
            return self._skip(after + 1, column + 1, end, 1)
        if text[after] == "[":
            match = _FOOTNOTE.match(text, after, end)
            if match is None or in_paragraph or self._refuse_depth(matched):
                return None
            self._push(Block(kind=BlockKind.FOOTNOTE, start=after, end=end, info=match[1], indent=4), matched)
            return match.end(), column + match.end() - after
        return self._open_item(after, column, indent, end, matched, in_paragraph)

    def _open_item(
        self, after: int, column: int, outer: int, end: int, matched: int, in_paragraph: bool
    ) -> tuple[int, int] | None:
        match = _ITEM.match(self.text, after, end)
        if match is None or _BREAK.match(self.text, after, end):
            return None
        indent, content = self._indentation(match.end(), column + match.end() - after, end)
        empty = content >= end
        if in_paragraph and (empty or (match[2] is not None and int(match[2]) != 1)):
            return None
        if self._refuse_depth(matched):
            return None
        width = match.end() - after
        # Five columns and more after the marker are one column and indented code.
        padding = 1 if empty or indent > 4 else indent
        reach = outer + width + padding
        self._push(Block(kind=BlockKind.ITEM, start=after, end=end, info=match[0], indent=reach), matched)
        return self._skip(match.end(), column + width, end, padding)

    def _refuse_depth(self, matched: int) -> bool:
        if matched <= MAX_DEPTH:
            return False
        self.root.too_deep = True
        return True

    def _open_leaf(self, after: int, indent: int, end: int, matched: int, in_paragraph: bool) -> bool:
        """Whether a heading, fence, HTML block or break stands at an offset; if so it is opened."""
        text = self.text
        first = text[after]
        if in_paragraph and first in "=-" and _SETEXT.match(text, after, end):
            assert self.leaf is not None
            self.leaf.kind, self.leaf.info = BlockKind.HEADING, "1" if first == "=" else "2"
            self.leaf.end = end
            self._touch(end)
            self._close_leaf()
            return True
        if first == "#" and (match := _ATX.match(text, after, end)):
            self._close_unmatched(matched)
            heading = self._add_leaf(BlockKind.HEADING, after, end, str(len(match[1])))
            heading.lines.append(self._heading_content(match.end(), end))
            return True
        if first in "`~" and (match := _FENCE.match(text, after, end)):
            self._close_unmatched(matched)
            self.leaf = self._add_leaf(BlockKind.CODE, after, end, (match[2] or match[4] or "").strip())
            self.leaf.indent = indent
            self.fence = match[1] or match[3]
            return True
        if first in "*-_" and _BREAK.match(text, after, end):
            self._close_unmatched(matched)
            self._add_leaf(BlockKind.BREAK, after, end)
            return True
        return first == "<" and self._open_html(after, end, matched)

    def _heading_content(self, start: int, end: int) -> Line:
        """The text between the number signs that open a heading and those that may close it."""
        content = self.text[start:end].rstrip(" \t")
        opened = content.rstrip("#")
        if not opened or opened[-1] in " \t":
            content = opened.rstrip(" \t")
        return Line(start, start + len(content))

    def _open_html(self, after: int, end: int, matched: int) -> bool:
        for begin, finish in _HTML:
            match = begin.match(self.text, after, end)
            if match is None:
                continue
            self._close_unmatched(matched)
            self.leaf = self._add_leaf(BlockKind.HTML, after, end)
            self.leaf.lines.append(Line(after, end))
            self.html_end = finish
            if finish.search(self.text, match.end(), end):
                self._close_leaf()
            return True
        return False
