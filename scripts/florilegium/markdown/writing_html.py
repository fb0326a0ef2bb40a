"""The tree as HTML. All text is escaped here; what a sanitiser finds in it was put there by this file.

What depends on the page or the library (citations, quotes, where hyperlinks lead) is asked of whoever calls.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .nodes import Node, walk
from .writing_text import callout_title

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ASCII = bytes(range(0x80))
_NO_WIDTH = "\u200b"
_PADDING = 1000
"""Cells that the short rows of a table are filled up with at most."""

_SIMPLE = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "del"}


def escape_text(text: str) -> str:
    """Write text as HTML."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


@dataclass(slots=True)
class HtmlWriter:
    """Writes the nodes of one tree."""

    data: bytes
    """The text that the tree was read from."""
    link: Callable[[str], str]
    """The tag that opens a hyperlink to an address, or nothing where it may not lead there."""
    slot: Callable[[Node], str]
    """What stands for a citation, a quote or a footnote's mark."""
    heading_id: Callable[[Node], str]
    """The identifier of a heading that begins no section, or nothing."""
    _linked: bool = False
    _has_other_way: bool | None = None
    """Whether anything in the text runs from right to left; None before that was asked."""

    def write(self, blocks: Sequence[Node]) -> str:
        """Write blocks; each ends with a line feed."""
        out: list[str] = []
        for block in blocks:
            self._block(block, out)
        return "".join(out)

    def write_line(self, nodes: Sequence[Node]) -> str:
        """Write inline nodes."""
        if len(nodes) == 1 and nodes[0].kind == "Text":
            return escape_text(nodes[0].text).strip()
        out: list[str] = []
        self._inlines(nodes, out)
        return "".join(out).strip()

    def direction(self, node: Node) -> str:
        """The attribute that lets the browser find out which way a text runs, where any runs from right to left."""
        if self._has_other_way is None:
            rare = self.data.translate(None, _ASCII).decode("utf-8", "replace")
            self._has_other_way = _RIGHT_TO_LEFT.search(rare) is not None
        source = self.data[node.start : node.end] if self._has_other_way else b""
        if not source or not _RIGHT_TO_LEFT.search(source.decode("utf-8", "replace")):
            return ""
        return ' dir="auto"'

    # -- blocks

    def _block(self, node: Node, out: list[str]) -> None:
        kind = node.kind
        if kind == "Paragraph":
            html = self.write_line(node.children)
            if html:
                out.append(f"<p{self.direction(node)}>{html}</p>\n")
        elif kind == "Tight":
            html, way = self.write_line(node.children), self.direction(node)
            out.append(f"<p{way}>{html}</p>\n" if way else f"{html}\n")
        elif kind == "Heading":
            self._heading(node, out)
        elif kind == "CodeBlock":
            code = "".join([child.text for child in node.children])
            out.append(f'<pre tabindex="0"><code>{escape_text(code)}</code></pre>\n')
        elif kind == "Rule":
            out.append("<hr>\n")
        elif kind == "HtmlBlock":
            self._html(node, out)
        elif kind == "Quote":
            out.append(f"{self.slot(node)}\n")
        elif kind == "List":
            self._list(node, out)
        elif kind == "Table":
            self._table(node, out)
        elif kind == "Remark":
            title = escape_text(callout_title(node))
            out.append(f'<div class="fl-remark" role="note"><p class="fl-remark-title">{title}</p>\n')
            out.append(f"{self.write(node.children)}</div>\n")
        elif kind == "BlockQuote":
            out.append(f"<blockquote>\n{self.write(node.children)}</blockquote>\n")
        elif kind != "FootnoteDefinition" and kind != "Translation":
            out.append(self.write(node.children))

    def _heading(self, node: Node, out: list[str]) -> None:
        """Write a heading that begins no section, since it stands inside something."""
        html = self.write_line(node.children)
        if html:
            name = self.heading_id(node)
            id_ = f' id="{name}"' if name else ""
            out.append(f'<p class="fl-heading"{id_}{self.direction(node)}><strong>{html}</strong></p>\n')

    def _html(self, node: Node, out: list[str]) -> None:
        written: list[str] = []
        self._inlines(node.children, written)
        html = "".join(written).strip("\n")
        if html.strip():
            blocks = any(child.kind == "Tag" and child.info.is_block for child in node.children)
            out.append(f"{html}\n" if blocks else f"<p{self.direction(node)}>{html}</p>\n")

    def _list(self, node: Node, out: list[str]) -> None:
        name = "ul" if node.info is None else "ol"
        start = f' start="{node.info}"' if node.info is not None and node.info != 1 else ""
        items = "".join([f"<li>{self.write(item.children).rstrip()}</li>\n" for item in node.children])
        out.append(f"<{name}{start}>\n{items}</{name}>\n")

    def _table(self, node: Node, out: list[str]) -> None:
        head, *body = node.children
        spare = _PADDING
        written = []
        for row in body:
            missing = min(len(node.info) - len(row.children), spare)
            spare -= missing
            written.append(self._row("td", row, node.info, missing))
        rows = "".join(written)
        rest = f"<tbody>\n{rows}</tbody>" if body else ""
        out.append(
            f'<div class="fl-table" role="group" aria-label="Table" tabindex="0">'
            f"<table><thead>\n{self._row('th', head, node.info)}</thead>{rest}</table></div>\n"
        )

    def _row(self, name: str, row: Node, alignments: Sequence[str], missing: int = 0) -> str:
        cells = []
        empty = Node("TableCell", 0, 0)
        for cell, side in zip([*row.children, *[empty] * missing], alignments, strict=False):
            class_ = f' class="fl-{side.lower()}"' if side in ("Left", "Center", "Right") else ""
            html = self.write_line(cell.children).replace("\n", " ")
            cells.append(f"<{name}{class_}{self.direction(cell)}>{html}</{name}>")
        # The space keeps the words of two cells apart in the text of the HTML.
        return f"<tr>{' '.join(cells)}</tr>\n"

    # -- inline nodes

    def _inlines(self, nodes: Sequence[Node], out: list[str]) -> None:
        for place, node in enumerate(nodes):
            kind = node.kind
            if kind == "Text":
                out.append(escape_text(node.text))
            elif kind == "SoftBreak":
                # A browser takes away a line break beside a space that has no width, and no space beside one.
                after = nodes[place + 1].text[:1] if place + 1 < len(nodes) else ""
                is_thin = after == _NO_WIDTH or (bool(out) and out[-1].endswith((_NO_WIDTH, "<wbr>")))
                out.append(" " if is_thin else "\n")
            elif kind == "HardBreak":
                out.append("<br>\n")
            elif kind == "Code":
                out.append(f"<code>{escape_text(node.text)}</code>")
            elif kind == "Citation" or kind == "FootnoteReference":
                out.append(self.slot(node))
            elif kind == "Link" or kind == "Image":
                self._link(node, out)
            elif kind == "Tag":
                tag = node.info
                out.append(f"{tag.html}\n" if tag.name == "br" or tag.is_block else tag.html)
            elif kind == "TaskListMarker":
                out.append("☑ " if node.info else "☐ ")
            elif kind in _SIMPLE:
                name = _SIMPLE[kind]
                out.append(f"<{name}>")
                self._inlines(node.children, out)
                out.append(f"</{name}>")
            else:
                self._inlines(node.children, out)

    def _link(self, node: Node, out: list[str]) -> None:
        address = node.info.address
        if node.info.type == "Email":
            address = f"mailto:{address}"
        # A citation is a hyperlink itself, and none may hold another.
        inner = self._linked or any(below.kind in ("Citation", "FootnoteReference") for below in walk(node))
        start = "" if inner else self.link(address)
        before = len(out)
        outer, self._linked = self._linked, self._linked or bool(start)
        self._inlines(node.children, out)
        self._linked = outer
        html = "".join(out[before:])
        del out[before:]
        if not html.strip():
            html = escape_text(node.info.address)
        out.append(f"{start}{html}</a>" if start else html)
