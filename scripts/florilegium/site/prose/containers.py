"""Blocks as HTML: paragraphs, lists, block quotes, tables, code, and the raw elements that hold paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ...markdown.blocks import Block, BlockKind, Content
from ...markdown.inlines import MarkKind
from .inline_content import LeafWriter, Setting, direction, write_leaf
from .raw_tags import TagStack, is_block_tag
from .slots import escape_text, quote_slot

__all__ = ["Writer"]

_LINE_END = re.compile(r"\r\n|\r|\n")
_PHRASING = ("summary", "dt", "dd")
_PADDING = 1000
"""Cells that a table's short rows are filled up with at most, so that a wide table does not multiply a text."""


class Writer:
    """Writes the blocks of one container. `quotes` gets the words of the quotes that are met, by their index."""

    def __init__(self, source: str, setting: Setting, quotes: dict[int, str]) -> None:
        self.source = source
        self.setting = setting
        self.quotes = quotes
        self.out: list[str] = []
        self.tags = TagStack()

    def write(self, blocks: Sequence[Block], *, tight: bool = False) -> None:
        """Write blocks below what is there. The paragraphs of a tight list's items are bare text."""
        for marker, group in groupby(blocks, key=_list_marker):
            if marker:
                self._list(list(group))
            else:
                for block in group:
                    self._block(block, tight=tight)

    def take(self) -> str:
        """All that was written since the last time, with every raw element closed."""
        html = "".join([*self.out, self.tags.close()])
        self.out.clear()
        return html

    def _nested(self, blocks: Sequence[Block], *, tight: bool = False) -> str:
        writer = Writer(self.source, self.setting, self.quotes)
        writer.write(blocks, tight=tight)
        return writer.take()

    def _block(self, block: Block, *, tight: bool) -> None:
        match block.kind:
            case BlockKind.PARAGRAPH:
                self._paragraph(block, tight)
            case BlockKind.HEADING:
                self._heading(block)
            case BlockKind.QUOTE:
                self._quote(block)
            case BlockKind.TABLE:
                self._table(block)
            case BlockKind.CODE:
                self._code(block)
            case BlockKind.HTML:
                self._html(block)
            case BlockKind.BREAK:
                self.out.append("<hr>\n")

    # -- leaves

    def _paragraph(self, block: Block, tight: bool) -> None:
        leaf = self.setting.structure.leaves[block.start]
        writer = LeafWriter(leaf, self.setting)
        height, position = len(self.tags.opened), leaf.start
        for mark in leaf.marks:
            if mark.kind is MarkKind.TAG and is_block_tag(mark.text):
                self._text(writer, position, mark.start, tight or self._holds_phrases(height))
                self.out.append(self.tags.write(mark.text))
                height, position = min(height, len(self.tags.opened)), mark.end
        self._text(writer, position, leaf.end, tight or self._holds_phrases(height))
        while self.tags.opened and self.tags.opened[-1] in ("summary", "dt"):
            self.out.append(self.tags.close(len(self.tags.opened) - 1))

    def _holds_phrases(self, height: int) -> bool:
        """Whether text stands in an element of this very paragraph that needs no paragraph within."""
        return len(self.tags.opened) > height and self.tags.opened[-1] in _PHRASING

    def _text(self, writer: LeafWriter, start: int, end: int, bare: bool) -> None:
        html = writer.write(start, end)
        if html:
            way = direction(writer.leaf.content.text[start:end])
            self.out.append(html if bare and not way else f"<p{way}>{html}</p>\n")

    def _heading(self, block: Block) -> None:
        """A heading that begins no section, since it stands inside something."""
        leaf = self.setting.structure.leaves[block.start]
        html = write_leaf(leaf, self.setting)
        if html:
            index = self.setting.structure.headings[block.start]
            id_ = f' id="{self.setting.headings[index].id}"' if self.setting.local else ""
            way = direction(leaf.content.text)
            self.out.append(f'<p class="fl-heading"{id_}{way}><strong>{html}</strong></p>\n')

    def _code(self, block: Block) -> None:
        lines = list(block.lines)
        fenced = not lines or lines[0].start > block.start
        while lines and not fenced and not self.source[lines[-1].start : lines[-1].end].strip():
            lines.pop()
        text = "".join(f"{self.source[line.start : line.end]}\n" for line in lines)
        self.out.append(f'<pre tabindex="0"><code>{escape_text(text)}</code></pre>\n')

    def _html(self, block: Block) -> None:
        if block.start in self.setting.structure.leaves:
            self._paragraph(block, tight=False)
        else:
            self.out.append(f"<p>{escape_text(Content(self.source, block.lines).text)}</p>\n")

    def _table(self, block: Block) -> None:
        table = self.setting.structure.tables[block.start]
        spare = _PADDING
        rows = []
        for number, row in enumerate(table.rows):
            cells = [(write_leaf(leaf, self.setting, cell=True), direction(leaf.content.text)) for leaf in row]
            missing = min(len(table.alignments) - len(cells), spare)
            spare -= missing
            cells += [("", "")] * missing
            rows.append(_row("td" if number else "th", cells, table.alignments))
        head, *body = rows
        rest = f"<tbody>{''.join(body)}</tbody>" if body else ""
        self.out.append(
            f'<div class="fl-table" role="group" aria-label="Table" tabindex="0">'
            f"<table><thead>{head}</thead>{rest}</table></div>\n"
        )

    # -- containers

    def _quote(self, block: Block) -> None:
        index = self.setting.structure.quotes.get(block.start)
        if index is None:
            self.out.append(f"<blockquote>{self._nested(block.children)}</blockquote>\n")
            return
        writer = Writer(self.source, replace(self.setting, local=False), self.quotes)
        writer.write(block.children[:-1])
        self.quotes[index] = writer.take().rstrip()
        self.out.append(f"{quote_slot(index)}\n")

    def _list(self, items: list[Block]) -> None:
        tight = not _is_loose(self.source, items)
        number = items[0].info[:-1]
        name = "ol" if number else "ul"
        start = f' start="{int(number)}"' if number and int(number) != 1 else ""
        inner = "".join(f"<li>{self._nested(item.children, tight=tight).rstrip()}</li>\n" for item in items)
        self.out.append(f"<{name}{start}>\n{inner}</{name}>\n")


def _row(name: str, cells: Sequence[tuple[str, str]], alignments: Sequence[str]) -> str:
    """A row of a table; each cell comes as HTML and an attribute for its direction."""
    inner = [
        f'<{name} class="fl-{side}"{way}>{html}</{name}>' if side else f"<{name}{way}>{html}</{name}>"
        for side, (html, way) in zip(alignments, cells, strict=False)
    ]
    return f"<tr>{''.join(inner)}</tr>"


def _list_marker(block: Block) -> str:
    """The character that items of one list have in common; an empty string for what is no item."""
    return block.info[-1] if block.kind is BlockKind.ITEM else ""


def _is_loose(source: str, items: Sequence[Block]) -> bool:
    """Whether blank lines stand between the items of a list, or between the blocks of one of them."""
    return any(
        sum(1 for _ in _LINE_END.finditer(source, before.end, after.start)) > 1 for before, after in _neighbours(items)
    )


def _neighbours(items: Sequence[Block]) -> Iterator[tuple[Block, Block]]:
    yield from pairwise(items)
    for item in items:
        yield from pairwise(item.children)
