"""The prose of notes and themes as plain text: paragraphs, with citations formatted and quotes where they stand."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape

from ...core.model import Note, Theme
from ..linked_site import Site
from ..prose import RenderedSection, fill
from .html_trees import BLOCKS, Element, Node, parse_html

__all__ = ["TextWriter", "filled", "one_line", "plain_text", "sections_of", "valid_text"]

_SLOT = re.compile("\ufdd0([0-9]+)\ufdd1")
"""The place of a quote among blocks; no text of a note can hold these code points."""

_SPACE = re.compile("[ \t\r\n\f][ \t\r\n\f]+|[\t\r\n\f]")
"""White space of HTML that is not one space already; a space that must not break is none."""

_BREAK = "\ufdd4"
"""Stands for a line break until a paragraph is whole."""

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def valid_text(text: str) -> str:
    """A text with U+FFFD for each character that XML 1.0 or UTF-8 cannot hold; its length stays."""
    return _INVALID.sub("\ufffd", text)


def one_line(text: str) -> str:
    """A text with single spaces, for where a line break would end something."""
    return " ".join(valid_text(text).split())


def sections_of(document: Note | Theme, site: Site) -> Iterator[RenderedSection]:
    """The sections of a document, its footnotes last as one without a heading."""
    body = site.rendered(document)
    yield from body.sections
    if body.footnotes:
        yield RenderedSection(level=0, id="", heading="", html=body.footnotes)


def filled(html: str, document: Note | Theme, site: Site, root: str = "") -> str:
    """Prose with its citations formatted. Quotes stay places, which a `TextWriter` fills."""
    return fill(
        html,
        root=root,
        citation=lambda index: site.citation(document.body.citations[index]),
        quote=lambda index: f"\ufdd0{index}\ufdd1",
    ).replace("\ufdd0root\ufdd1", escape(root))


def plain_text(html: str) -> str:
    """A fragment of clean HTML as paragraphs of plain text, without the quotes in it."""
    return TextWriter(lambda _: "").write(html)


class TextWriter:
    """Writes clean HTML as plain text. Blocks are parted by empty lines; every paragraph is one line."""

    def __init__(self, quote: Callable[[int], str]) -> None:
        self.quote = quote
        """What stands for a quote, by its index in the body; it is a block, and empty for none."""

    def write(self, html: str) -> str:
        return "\n\n".join(self.blocks(parse_html(html).children))

    def line(self, html: str) -> str:
        """A fragment without blocks, such as a heading, as one line."""
        return " ".join(self.lines(parse_html(html).children))

    # -- blocks

    def blocks(self, nodes: Sequence[Node]) -> list[str]:
        """The blocks that a container holds; what stands between two of them is a paragraph."""
        found: list[str] = []
        run: list[Node] = []
        for node in nodes:
            if isinstance(node, str) and _SLOT.search(node):
                found += self._around_quotes(run, node)
            elif isinstance(node, Element) and node.name in BLOCKS:
                found += [self.paragraph(run), *self.block(node)]
                run = []
            else:
                run.append(node)
        return [block for block in [*found, self.paragraph(run)] if block.strip()]

    def _around_quotes(self, run: list[Node], text: str) -> Iterator[str]:
        """Ends the paragraph `run` at each quote in `text`, and leaves in it what follows the last."""
        pieces = _SLOT.split(text)
        for before, index in zip(pieces[::2], pieces[1::2], strict=False):
            yield self.paragraph([*run, before])
            yield self.quote(int(index))
            run.clear()
        run.append(pieces[-1])

    def block(self, element: Element) -> list[str]:
        """An element that is no part of a paragraph, as blocks."""
        match element.name:
            case "pre":
                return [self.code_block(element.text)]
            case "ul" | "ol":
                return [self.list(element)]
            case "table":
                return [self.table(element)]
            case "blockquote":
                return [self.quotation(self.blocks(element.children))]
            case "hr":
                return [self.rule()]
            case "dt" | "summary":
                return [self.term(element)]
        return self.blocks(element.children)

    def paragraph(self, nodes: Sequence[Node]) -> str:
        return "\n".join(self.lines(nodes))

    def lines(self, nodes: Sequence[Node]) -> list[str]:
        """The lines of a paragraph, of which each but the last was broken on purpose."""
        text = _SPACE.sub(" ", "".join(map(self.inline, nodes))).strip(" ")
        return [line.strip(" ") for line in text.split(_BREAK)] if text else []

    def code_block(self, code: str) -> str:
        return code.rstrip("\n")

    def list(self, element: Element) -> str:
        first = int(element.attributes.get("start", "1"))
        marks = [f"{first + n}." if element.name == "ol" else "-" for n in range(len(element.elements))]
        items = [self.item(mark, item) for mark, item in zip(marks, element.elements, strict=True)]
        loose = any("\n\n" in item for item in items)
        return ("\n\n" if loose else "\n").join(items)

    def item(self, mark: str, element: Element) -> str:
        return f"{mark} " + "\n\n".join(self.blocks(element.children))

    def table(self, element: Element) -> str:
        rows = [row for part in element.elements for row in part.elements]
        return "\n".join("\t".join(self.cell(cell) for cell in row.elements) for row in rows)

    def cell(self, element: Element) -> str:
        return " ".join(self.lines(element.children))

    def quotation(self, blocks: Sequence[str]) -> str:
        return "\n\n".join(blocks)

    def rule(self) -> str:
        return ""

    def term(self, element: Element) -> str:
        return self.paragraph(element.children)

    # -- what a paragraph consists of

    def inline(self, node: Node) -> str:
        if isinstance(node, str):
            return self.text(node)
        if node.name == "br":
            return _BREAK
        if "fl-noteback" in node.classes:
            return ""
        return self.element(node, "".join(map(self.inline, node.children)))

    def text(self, text: str) -> str:
        return text

    def element(self, element: Element, inner: str) -> str:
        """An element within a paragraph, whose content is written already."""
        if "fl-noteref" in element.classes:
            return f"[{inner}]"
        return f"“{inner}”" if element.name == "q" else inner
