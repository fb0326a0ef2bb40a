"""What may stand among the words of a quotation: nothing that hides, moves or adds words.

The words as they are compared are the words as they are shown, searched, copied and exported. Emphasis, code, line
breaks and tables are allowed; everything else is the note-taker's, and belongs after the quotation.
"""

from collections.abc import Iterator, Sequence

from .nodes import Node, walk
from .quotes import DASH
from .tags import Fault

__all__ = ["check_words"]

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


def check_words(words: Sequence[Node], footnotes: Sequence[Node], cited: Sequence[tuple[int, int]]) -> Iterator[Fault]:
    """Report what among a quotation's words is not the words of its source; `cited` are the ranges of citations."""
    second = _second_attribution(words, cited)
    if second is not None:
        yield _fault(second.start, second.end, "a second attribution", "part the two quotations with an empty line")
    for start, end in cited:
        if second is None or not second.start <= start < second.end:
            yield _fault(start, end, "a citation", "put it after the quotation, or into its attribution")
    for note in footnotes:
        yield _fault(note.start, note.end, *_KINDS["FootnoteDefinition"])
    for block in words:
        yield from _below(block)


def _below(node: Node) -> Iterator[Fault]:
    if node.kind in _KINDS:
        yield _fault(node.start, node.end, *_KINDS[node.kind])
        return
    if node.kind == "Tag":
        if not node.info.closes and node.info.name in _TAGS:
            yield _fault(node.start, node.end, *_TAGS[node.info.name])
        return
    for child in node.children:
        yield from _below(child)


def _fault(start: int, end: int, what: str, remedy: str) -> Fault:
    return Fault("markup-in-quotation", start, end, f"the words of a quotation hold {what}", remedy)


def _second_attribution(words: Sequence[Node], cited: Sequence[tuple[int, int]]) -> Node | None:
    """A paragraph among the words that begins with a dash and cites a work."""
    for block in words:
        for node in walk(block):
            first = node.children[0] if node.kind == "Paragraph" and node.children else None
            dash = first is not None and first.kind == "Text" and DASH.match(first.text)
            if dash and any(node.start <= start < node.end for start, _ in cited):
                return node
    return None
