"""What may stand among the words of a quotation: nothing that hides, moves or adds words.

The words as they are compared are the words as they are shown, searched, copied and exported. Emphasis, code, line
breaks and tables are allowed; everything else is the note-taker's, and belongs after the quotation.
"""

from collections.abc import Iterator, Sequence

from ..core.rules import Group, Severity, declare_rule
from .nodes import Node, walk
from .quotes import DASH
from .tags import TagFault
from .writing_text import write_text

_VERSE = 50
"""Characters of a line that is likely to be broken on purpose: prose is broken further to the right."""

_TAGS = {
    "del": ("words struck out", "leave the words out and write […], or quote them as they stand"),
    "s": ("words struck out", "leave the words out and write […], or quote them as they stand"),
    "ins": ("inserted words", "write what you put in in square brackets"),
    "q": ("quotation marks that a browser adds", "write the quotation marks of the source"),
    "details": ("words that are folded away", "quote the words openly, or leave them out and write […]"),
    "rt": ("a gloss above the line", "leave the gloss out"),
    "rp": ("a gloss above the line", "leave the gloss out"),
    "dl": ("a list of terms", "quote the words as paragraphs"),
}
_KINDS = {
    "FootnoteReference": ("a footnote mark", "put the note after the quotation, or leave the mark out"),
    "FootnoteDefinition": ("the text of a footnote", "move it below the quotation"),
    "Link": ("a hyperlink", "write the words alone; the work's address belongs into its reference"),
    # An image is refused wherever it stands, and that is said already.
    "Strikethrough": ("words struck out", "leave the words out and write […], or quote them as they stand"),
    "Remark": ("a remark", "put it after the quotation"),
}


def check_words(
    words: Sequence[Node], footnotes: Sequence[Node], cited: Sequence[tuple[int, int]]
) -> Iterator[TagFault]:
    """Report what among a quotation's words is not the words of its source; `cited` are the ranges of citations."""
    dashes = [*_dash_lines(words)] if cited else ()
    for start, end in cited:
        # A line that begins with a dash is a second attribution: the check that knows the library's roles says so.
        if not any(first <= start < last for first, last in dashes):
            yield _fault(start, end, "a citation", "put it after the quotation, or into its attribution")
    for note in footnotes:
        yield _fault(note.start, note.end, *_KINDS["FootnoteDefinition"])
    for block in words:
        yield from _below(block)


def is_bare(blocks: Sequence[Node]) -> bool:
    """Whether blocks are paragraphs of text alone, without markup and line breaks."""
    # Loops take half the time of two generators, and every quotation is asked twice.
    for block in blocks:
        if block.kind != "Paragraph":
            return False
        for child in block.children:
            if child.kind != "Text":
                return False
    return True


_EMPHASIS = frozenset(("em", "strong", "i", "b", "u", "mark"))


def emphasised_words(blocks: Sequence[Node]) -> tuple[str, ...]:
    """Return the stretches of text that are emphasised, each outermost one once."""
    if is_bare(blocks):
        return ()
    return tuple(filter(None, (text for block in blocks for text in _emphasised(block))))


def _emphasised(node: Node) -> Iterator[str]:
    opened: list[int] = []
    for place, child in enumerate(node.children):
        if child.kind in ("Emphasis", "Strong"):
            if not opened:
                yield write_text([Node("Paragraph", child.start, child.end, child.children)])
        elif child.kind == "Tag" and child.info.name in _EMPHASIS:
            if not child.info.closes:
                opened.append(place)
            elif opened and not opened[1:]:
                inner = node.children[opened.pop() + 1 : place]
                yield write_text([Node("Paragraph", child.start, child.end, inner)])
            elif opened:
                opened.pop()
        elif not opened:
            yield from _emphasised(child)


declare_rule(
    "verse-without-breaks",
    Group.QUOTES,
    "The line breaks of verse are marked.",
    "Lines that follow each other are shown as one paragraph, as in all Markdown.",
    "End each line with `\\` or with two spaces where the break is the source's; else leave it.",
    severity=Severity.INFORMATION,
)


def check_verse(words: Sequence[Node]) -> Iterator[TagFault]:
    """Report short lines that follow each other, whose breaks no reader sees unless they are marked."""
    for block in words:
        for node in walk(block):
            breaks = [child.kind for child in node.children] if node.kind == "Paragraph" else []
            if breaks.count("SoftBreak") < 2 or "HardBreak" in breaks:
                continue
            lines = write_text([node]).split("\n")
            if max(map(len, lines)) <= _VERSE:
                message = f"{len(lines)} short lines follow each other, and are shown as one"
                remedy = "where the breaks are the source's, end the lines with \\ or two spaces"
                yield TagFault("verse-without-breaks", node.start, node.end, message, remedy)
                return


def check_quoted_code(words: Sequence[Node]) -> Iterator[TagFault]:
    """Report verse that is indented so far that it is shown as code."""
    for block in words:
        if block.kind == "CodeBlock" and block.info is None:
            message = "these lines are indented by four spaces or more, so they are shown as code"
            remedy = "move them to the left, and end lines of verse with \\"
            yield TagFault("indented-quote", block.start, block.end, message, remedy)
            return


def _below(node: Node) -> Iterator[TagFault]:
    if node.kind in _KINDS:
        yield _fault(node.start, node.end, *_KINDS[node.kind])
        return
    if node.kind == "Tag":
        if not node.info.closes and node.info.name in _TAGS:
            yield _fault(node.start, node.end, *_TAGS[node.info.name])
        return
    for child in node.children:
        yield from _below(child)


declare_rule(
    "markup-in-quotation",
    Group.QUOTES,
    "Among the words of a quotation stand no footnote marks, citations, hyperlinks, images, struck or inserted "
    "words, and no second attribution.",
    "The words that are compared with the source are the words that are shown, searched and exported. What hides, "
    "moves or adds words would make them differ.",
    "Put notes and citations after the quotation; write `[…]` for what you leave out, and what you put in in square "
    "brackets.",
)


def _fault(start: int, end: int, what: str, remedy: str) -> TagFault:
    return TagFault("markup-in-quotation", start, end, f"the words of a quotation hold {what}", remedy)


def _dash_lines(words: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """Yield the range of each line among the words that begins with a dash."""
    for block in words:
        for node in walk(block):
            if node.kind != "Paragraph" or not node.children:
                continue
            breaks = [n for n, child in enumerate(node.children) if child.kind in ("SoftBreak", "HardBreak")]
            for place, end in zip([0, *(n + 1 for n in breaks)], [*breaks, len(node.children)], strict=True):
                first = node.children[place] if place < end else None
                if first is not None and first.kind == "Text" and DASH.match(first.text):
                    yield first.start, node.children[end - 1].end
