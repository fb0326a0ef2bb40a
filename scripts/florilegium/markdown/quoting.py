"""Quotes in the tree: which block quotes are quotations, what in them is the words, and what the attribution.

The last child of a block quote decides, footnote definitions aside: a paragraph that begins with a dash, a line of it
that does and cites a work, or a list of one item, `- a participant, [@key]`, which is how a hyphen is read.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .citing import find_citations
from .nodes import PLAIN, Node
from .positions import Positions
from .quotes import DASH, Attribution, parse_attribution, parse_usual
from .runs import InlineRun

_QUOTATIONS = ("quote", "cite")
_FOLD = re.compile(r"\A[-+]?[ ]*")
"""Obsidian's sign for a callout that can be folded."""

_CALLOUT = re.compile(r"!([A-Za-z][A-Za-z-]{0,30})\Z")


class QuoteParts(NamedTuple):
    """A block quote taken apart."""

    words: list[Node]
    footnotes: list[Node]
    """Definitions that stand in it, where they are no words."""
    attribution: Attribution | None
    cut: int
    """The byte at which the attribution begins; the end of the words."""


class Callout(NamedTuple):
    """The sign `[!note]` at the beginning of a block quote."""

    name: str
    """In lower case."""

    @property
    def is_quotation(self) -> bool:
        return self.name in _QUOTATIONS


def callout_of(quote: Node) -> Callout | None:
    """Read the sign of a block quote's kind, which GitHub and Obsidian write; None where there is none."""
    if quote.info is not None:
        return Callout(str(quote.info).lower())
    first = quote.children[0] if quote.children else None
    if first is None or first.kind != "Paragraph" or len(first.children) < 3:
        return None
    opening, name, closing = first.children[:3]
    match = _CALLOUT.match(name.text) if name.kind == "Text" and name.info == PLAIN else None
    # pulldown-cmark ends a text at each bracket.
    if match is None or not (_is_sign(opening, "[") and _is_sign(closing, "]")):
        return None
    return Callout(match[1].lower())


def _is_sign(node: Node, sign: str) -> bool:
    return node.kind == "Text" and node.text == sign and node.info == PLAIN


def without_callout(blocks: Sequence[Node]) -> list[Node]:
    """The blocks of a block quote without its sign, and without the line break after it."""
    first, *rest = blocks
    children = list(first.children[3:])
    if children and children[0].kind in ("SoftBreak", "HardBreak"):
        del children[0]
    elif children and children[0].kind == "Text":
        lead = children[0]
        text = _FOLD.sub("", lead.text)
        children[0] = Node("Text", lead.end - len(text.encode()), lead.end, (), text, lead.info)
    return [Node("Paragraph", children[0].start, first.end, children), *rest] if children else rest


def split_quote(quote: Node, positions: Positions) -> QuoteParts:
    """Take a block quote apart; the nodes are those of the tree."""
    footnotes = [child for child in quote.children if child.kind == "FootnoteDefinition"]
    blocks = [child for child in quote.children if child.kind != "FootnoteDefinition"]
    last = blocks[-1] if blocks else None
    if last is not None and last.kind == "Paragraph":
        first = last.children[0] if last.children else None
        if first is not None and _is_dash(first):
            usual = _usual(last, positions)
            if usual is not None:
                return QuoteParts(blocks[:-1], footnotes, usual, first.start)
            attribution = parse_attribution(InlineRun(last.children, positions))
            if attribution is not None:
                return QuoteParts(blocks[:-1], footnotes, attribution, first.start)
        found = _last_line(last, positions)
        if found is not None:
            index, attribution = found
            cut = last.children[index].start
            return QuoteParts(blocks_before(blocks, cut), footnotes, attribution, cut)
    elif last is not None and last.kind == "List" and len(last.children) == 1 and last.info is None:
        attribution = _item(last.children[0], positions)
        if attribution is not None:
            return QuoteParts(blocks[:-1], footnotes, attribution, last.start)
    return QuoteParts(blocks, footnotes, None, quote.end)


def _usual(paragraph: Node, positions: Positions) -> Attribution | None:
    """The attribution that a paragraph is, if it is of the usual form."""
    children = paragraph.children
    for child in children:
        if child.kind != "Text" or child.info != PLAIN:
            return None
    start = children[0].start
    text = "".join([child.text for child in children])
    if positions.data[start : children[-1].end] != text.encode():
        return None
    return parse_usual(text, positions.span(start, start))


def blocks_before(blocks: Sequence[Node], cut: int) -> list[Node]:
    """The blocks before a byte. A paragraph that goes on behind it ends there, without its last line break."""
    words = [block for block in blocks if block.start < cut]
    if words and words[-1].kind == "Paragraph" and words[-1].end > cut:
        children = [child for child in words[-1].children if child.start < cut]
        if children and children[-1].kind in ("SoftBreak", "HardBreak"):
            children.pop()
        words[-1] = Node("Paragraph", words[-1].start, children[-1].end if children else cut, children)
    return words


def _is_dash(node: Node) -> bool:
    return node.kind == "Text" and node.info == PLAIN and DASH.match(node.text) is not None


def _last_line(paragraph: Node, positions: Positions) -> tuple[int, Attribution] | None:
    """The attribution that follows the words without an empty line between; a work must stand in it."""
    children = paragraph.children
    if positions.data.find(b"@", paragraph.start, paragraph.end) < 0:
        return None
    for index in range(len(children) - 1, 0, -1):
        if children[index - 1].kind in ("SoftBreak", "HardBreak") and _is_dash(children[index]):
            run = InlineRun(children[index:], positions)
            return (index, attribution) if find_citations(run) and (attribution := parse_attribution(run)) else None
    return None


def _item(item: Node, positions: Positions) -> Attribution | None:
    """The attribution that a list of one item is, if its sign is a hyphen and a work stands in it."""
    content = item.children[0] if len(item.children) == 1 else None
    if positions.data[item.start] != 0x2D or content is None or content.kind not in ("Tight", "Paragraph"):
        return None
    if not content.children:
        return None
    start = content.children[0].start
    sign = Node("Text", item.start, start, (), f"-{' ' * (start - item.start - 1)}", PLAIN)
    return parse_attribution(InlineRun([sign, *content.children], positions))
