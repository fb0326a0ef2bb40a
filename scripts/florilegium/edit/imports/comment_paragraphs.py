"""Where the comment of an imported quote stands: in the paragraphs that follow it."""

from typing import NamedTuple

from ...core.model import Quote
from ...core.spans import LineTable, Span
from ...library.frontmatter import HeadProblem, cut_front_matter
from ...markdown.bodies import BodyTree, parse_body
from ...markdown.building import trimmed_end
from ...markdown.nodes import Node
from ...markdown.writing_text import write_text
from .import_state import digest

_MAX_PARAGRAPHS = 50


class Comment(NamedTuple):
    span: Span | None
    """From the end of the quote to that of its comment; nothing where the comment is not as it was imported."""
    text: str
    """What stands there: one paragraph, as a reader sees it."""
    is_theirs: bool = False
    """Whether what stands there is what the export says already."""


def find_comment(table: LineTable, quote: Quote, imported: str, theirs: str) -> Comment:
    """Find the comment with the digest `imported`, of which an empty one stands for none."""
    cut = cut_front_matter(table.text)
    tree = parse_body(table, 0 if isinstance(cut, HeadProblem) else cut.body_start).tree
    following = _following(tree, quote)
    if following is None:
        return Comment(None, "")
    if not imported and not theirs:
        return Comment(None, "", True)
    shown: list[str] = []
    start = quote.span.end
    span = Span(table.path, *start, *start) if not imported else None
    for block in following[:_MAX_PARAGRAPHS]:
        shown.append(write_text([block]))
        found = digest("\n".join(shown))
        if found == theirs:
            return Comment(None, shown[0], True)
        if found == imported:
            end = tree.positions.span(block.start, trimmed_end(block, tree.positions.data)).end
            span = Span(table.path, *start, *end)
    # Prose that took the place of a comment which is gone there too belongs to the note-taker alone.
    return Comment(span, shown[0] if shown else "", span is None and not theirs)


def _following(tree: BodyTree, quote: Quote) -> list[Node] | None:
    """The paragraphs right after a quote; None where it is inside something."""
    blocks = tree.root.children
    places = (tree.positions.span(block.start, block.start).start for block in blocks)
    place = next((index for index, start in enumerate(places) if start == quote.span.start), None)
    if place is None:
        return None
    following = []
    for block in blocks[place + 1 :]:
        if block.kind != "Paragraph":
            break
        following.append(block)
    return following
