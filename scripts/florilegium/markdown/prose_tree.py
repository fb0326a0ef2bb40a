"""The tree of a body as writers want it: cut where reading found citations, addresses and quotes, footnotes numbered.

It is built again from the text, which takes a fraction of what reading takes, and finds nothing by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from ..core.model import Body, Heading
from ..core.spans import LineTable, Span
from .building import build_tree
from .citing import NewNode, cut_nodes
from .headings import split_anchor
from .nodes import INLINES, Node, walk
from .positions import Positions, normalise_lines
from .quoting import blocks_before, callout_of, without_callout
from .tags import judge_blocks, judge_inline
from .writing_text import raised_text, text_lines, write_line, write_text

_UNTITLED = Heading(level=1, text="", id="section", span=Span.of_file(""))
"""Of a text that was not read as a body."""


class ProseSection:
    """A heading, and the blocks below it up to the next one."""

    __slots__ = ("blocks", "heading", "node")

    def __init__(self, heading: Heading | None, node: Node | None, blocks: list[Node]) -> None:
        self.heading = heading
        """None for what precedes the first heading."""
        self.node = node
        self.blocks = blocks


class ProseTree:
    """A body's tree. `Citation` and `Quote` nodes have the index in the body as their `info`."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.data = body.text.encode()
        self.root = build_tree(body.text, self.data)
        self.quotes: dict[int, Sequence[Node]] = {}
        """The words of each quote, by its index."""
        self.translations: dict[int, Sequence[Node]] = {}
        """The words of each translation, by its index."""
        self.notes: list[Node] = []
        """Footnote definitions, in the order of their numbers."""
        self.numbers: dict[str, int] = {}
        """From the normal label of a footnote to its number, which counts from 1."""
        self._headings = iter(body.headings)
        self.headings: dict[int, Heading] = {}
        """By the byte at which the node starts."""
        self._has_html = b"<" in self.data
        places = body.places
        cuts = [NewNode(*place, "Citation", index) for index, place in enumerate(places.citations)]
        self._cuts = sorted(cuts + [NewNode(*place, "Link", 0) for place in places.addresses])
        self._next = 0
        self._quotes = {start: (index, cut) for index, (start, cut) in enumerate(places.quotes)}
        shown = {translation.number for quote in body.quotes for translation in quote.translations}
        # One that no quote shows stays where it is, as it stands.
        self._translations = {
            start: (index, cut) for index, (start, cut) in enumerate(places.translations) if index in shown
        }
        self.root.children = self._shaped(self.root.children, quoted=False)
        if b"[^" in self.data:
            self._number_notes()

    @cached_property
    def _positions(self) -> Positions:
        return Positions(LineTable("", ""), 0, self.data)

    # -- shaping

    def _shaped(self, blocks: Sequence[Node], *, quoted: bool) -> list[Node]:
        """The blocks of a container, each shaped."""
        if self._has_html and any(block.kind == "HtmlBlock" for block in blocks):
            judge_blocks(blocks)
        return [self._shape(block, quoted) for block in blocks]

    def _shape(self, node: Node, quoted: bool) -> Node:
        kind = node.kind
        if kind in INLINES:
            if kind == "Heading":
                self.headings[node.start] = next(self._headings, _UNTITLED)
                if node.children and node.children[-1].text.endswith("}"):
                    node.children, _ = split_anchor(node, self._positions)
            if self._has_html:
                self._judge(node)
            while self._next < len(self._cuts) and self._cuts[self._next].start < node.start:
                self._next += 1  # What lies before is in an attribution.
            first = self._next
            while self._next < len(self._cuts) and self._cuts[self._next].start < node.end:
                self._next += 1
            if self._next > first:
                self._cut(node, self._cuts[first : self._next])
        elif kind == "BlockQuote":
            self._shape_quote(node, quoted)
        elif kind != "CodeBlock" and kind != "HtmlBlock" and node.children:
            node.children = self._shaped(node.children, quoted=quoted)
        return node

    def _shape_quote(self, node: Node, quoted: bool) -> None:
        callout = None if quoted else callout_of(node)
        if callout is not None and not callout.is_quotation:
            if node.info is None:
                node.children = without_callout(node.children)
            node.kind, node.info = "Remark", callout.name
        elif callout is not None:
            node.children = without_callout(node.children)
        place = None if quoted else self._quotes.get(node.start)
        is_translation = place is None and not quoted and node.start in self._translations
        if is_translation:
            place = self._translations[node.start]
        if place is None:
            node.children = self._shaped(node.children, quoted=True)
            return
        index, cut = place
        notes = [child for child in node.children if child.kind == "FootnoteDefinition"]
        words = blocks_before([child for child in node.children if child.kind != "FootnoteDefinition"], cut)
        ordered = sorted([*words, *notes], key=lambda block: block.start)
        self._shaped(ordered, quoted=True)
        node.kind, node.info = "Translation" if is_translation else "Quote", index
        node.children = ordered
        (self.translations if is_translation else self.quotes)[index] = words

    def _judge(self, parent: Node) -> None:
        html = False
        for child in parent.children:
            if child.kind == "InlineHtml":
                html = True
            elif child.children:
                self._judge(child)
        if html:
            judge_inline(parent.children)

    def _cut(self, parent: Node, cuts: Sequence[NewNode]) -> None:
        """Cut a node's children, and what stands in one of them in that one."""
        own: list[NewNode] = []
        index, count = 0, len(cuts)
        for child in parent.children:
            while index < count and cuts[index].start < child.start:
                own.append(cuts[index])
                index += 1
            if child.children:
                first = index
                while index < count and cuts[index].end <= child.end:
                    index += 1
                if index > first:
                    self._cut(child, cuts[first:index])
        own += cuts[index:]
        if own:
            parent.children = cut_nodes(parent.children, own, self.data)

    # -- footnotes

    def _number_notes(self) -> None:
        """Number footnotes in the order in which the text refers to them; those that nothing refers to come last."""
        found: dict[str, Node] = {}
        for node in walk(self.root):
            if node.kind == "FootnoteDefinition":
                label = normal_label(str(node.info))
                # A second definition with the same label gets a key that nothing refers to.
                found[label if label not in found else f"{label} {node.start}"] = node
        order: dict[str, None] = {}
        pending: list[Node] = [self.root]
        for node in pending:
            for label in _labels(node):
                if label in found and label not in order:
                    order[label] = None
                    pending.append(found[label])
        order |= dict.fromkeys(found)
        self.numbers = {label: number for number, label in enumerate(order, 1)}
        self.notes = [found[label] for label in order]

    def number(self, node: Node) -> int:
        """The number of the footnote that a mark refers to."""
        return self.numbers[normal_label(node.text)]

    # -- reading

    def sections(self) -> Iterator[ProseSection]:
        """The sections of the body. A heading between a raw element's tags begins none."""
        section = ProseSection(None, None, [])
        opened = 0
        for node in self.root.children:
            if node.kind == "Heading" and not opened:
                yield section
                section = ProseSection(self.headings[node.start], node, [])
                continue
            if node.kind == "HtmlBlock":
                tags = [child.info for child in node.children if child.kind == "Tag" and not child.info.is_void]
                opened += sum(-1 if tag.closes else 1 for tag in tags)
            section.blocks.append(node)
        yield section

    def text(self, blocks: Sequence[Node], citation: Callable[[int], str] | None = None, separator: str = "\n") -> str:
        """Blocks as text. `citation` gives the words of a citation by its index; without it they are as written."""
        return write_text(blocks, self._shown(citation), separator)

    def lines(self, blocks: Sequence[Node], citation: Callable[[int], str] | None = None) -> list[str]:
        """Blocks as pieces of text: paragraphs, rows, code."""
        return text_lines(blocks, self._shown(citation))

    def line(self, nodes: Sequence[Node], citation: Callable[[int], str] | None = None) -> str:
        """Inline nodes as one line of text."""
        return write_line(nodes, self._shown(citation))

    def _shown(self, citation: Callable[[int], str] | None) -> Callable[[Node], str]:
        def shown(node: Node) -> str:
            if node.kind == "FootnoteReference":
                return raised_text("sup", str(self.number(node)))
            if node.kind == "Quote":
                return ""
            return citation(node.info) if citation else self.data[node.start : node.end].decode()

        return shown


def normal_label(label: str) -> str:
    """A label as it is compared with others: without regard to case and white space."""
    return " ".join(label.split()).casefold()


def _labels(node: Node) -> Iterator[str]:
    """The labels of the marks below a node, footnotes' own aside."""
    if node.kind == "FootnoteReference":
        yield normal_label(node.text)
    for child in node.children:
        if child.kind != "FootnoteDefinition":
            yield from _labels(child)


def shown_text(markdown: str) -> str:
    """The text of Markdown that is no body of ours: what a reader sees of it."""
    tree = ProseTree(Body(text=normalise_lines(markdown)))
    return tree.text(tree.root.children)
