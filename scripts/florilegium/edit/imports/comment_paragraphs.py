"""Where the comment of an imported quote stands: in the paragraphs that follow it."""

from typing import NamedTuple

from ...core.model import Quote
from ...core.spans import LineTable, Span
from ...library.frontmatter import Problem, cut_front_matter
from ...markdown.blocks import Block, BlockKind, Content, parse_blocks
from ...markdown.inlines import plain_text
from .import_state import digest

__all__ = ["Comment", "find_comment"]

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
    following = _following(table, quote)
    if following is None:
        return Comment(None, "")
    end = table.offset(quote.span.end)
    if not imported and not theirs:
        return Comment(None, "", True)
    shown: list[str] = []
    span = table.span(end, end) if not imported else None
    for block in following[:_MAX_PARAGRAPHS]:
        shown.append(plain_text(Content(table.text, block.lines).text))
        found = digest("\n".join(shown))
        if found == theirs:
            return Comment(None, shown[0], True)
        if found == imported:
            span = table.span(end, block.end)
    # Prose that took the place of a comment which is gone there too belongs to the note-taker alone.
    return Comment(span, shown[0] if shown else "", span is None and not theirs)


def _following(table: LineTable, quote: Quote) -> list[Block] | None:
    """The paragraphs right after a quote; None where it is inside something."""
    cut = cut_front_matter(table.text)
    blocks = parse_blocks(table.text, 0 if isinstance(cut, Problem) else cut.body_start).children
    start = table.offset(quote.span.start)
    place = next((index for index, block in enumerate(blocks) if block.start == start), None)
    if place is None:
        return None
    following = []
    for block in blocks[place + 1 :]:
        if block.kind is not BlockKind.PARAGRAPH:
            break
        following.append(block)
    return following
