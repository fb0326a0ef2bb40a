"""The nodes of the tree that a Markdown text is read into."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

NodeKind: TypeAlias = Literal[
    "Document", "Paragraph", "Heading", "CodeBlock", "Rule", "HtmlBlock", "BlockQuote", "List", "Item", "Tight",
    "Table", "TableHead", "TableRow", "TableCell", "FootnoteDefinition", "Quote", "Translation", "Remark",
    "Text", "Code", "SoftBreak", "HardBreak", "Emphasis", "Strong", "Strikethrough", "Link", "Image", "InlineHtml",
    "Html", "Tag", "FootnoteReference", "TaskListMarker", "Citation",
]  # fmt: skip
"""CommonMark's and GitHub's, and ours: a `Tight` is the bare text of a tight list's item, so that an item holds blocks
only; a `Tag` is raw HTML that is allowed; `Citation`, `Quote`, `Translation` (of a quote, with which it is shown)
and `Remark` (a GitHub alert) are what they say."""

BLOCKS = frozenset(
    """Paragraph Heading CodeBlock Rule HtmlBlock BlockQuote List Item Tight Table TableHead TableRow TableCell
    FootnoteDefinition Quote Translation Remark""".split()
)
INLINES = frozenset("Paragraph Heading Tight TableCell Emphasis Strong Strikethrough Link Image".split())
"""The nodes whose children are inline."""

PLAIN, ESCAPED, LITERAL = 0, 1, 2
"""The `info` of a `Text`: running text; text after a backslash, so that its first character means nothing; raw HTML
that is not allowed, and shown as the text it is."""


class Node:
    """One node, and the range of UTF-8 bytes of the normalised text where it stands.

    Not frozen and no dataclass, since a note has hundreds. Parents are not stored: a cycle would keep the garbage
    collector at work. Trees live as long as the reading of one file.
    """

    __slots__ = ("children", "end", "info", "kind", "start", "text")

    def __init__(
        self, kind: NodeKind, start: int, end: int, children: "Sequence[Node]" = (), text: str = "", info: Any = None
    ) -> None:
        self.kind: NodeKind = kind
        self.start = start
        self.end = end
        self.children = children
        self.text = text
        """What a leaf shows."""
        self.info = info
        """Level of a heading; first number of a list; info string of code; name of an alert; label of a footnote;
        alignments of a table; `Target` of a link; how a `Text` is meant; `RawTag` of a tag; index of a citation or
        quote."""

    def __repr__(self) -> str:
        info = "" if self.info is None else f" {self.info!r}"
        return f"{self.kind}[{self.start}:{self.end}]{info} {self.text or list(self.children)!r}"


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in reading order; the tree's depth is bounded, so is the recursion."""
    yield node
    for child in node.children:
        yield from walk(child)
