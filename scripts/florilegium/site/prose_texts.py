"""The prose of notes and themes as plain text, citations formatted: for search, exports, feeds and first lines."""

import re

from ..core.model import Note, Theme
from ..markdown.prose_tree import ProseTree
from .linked_site import Site

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def valid_text(text: str) -> str:
    """A text with U+FFFD for each character that XML 1.0 or UTF-8 cannot hold; its length stays."""
    return text if text.isprintable() else _INVALID.sub("\ufffd", text)


def one_line(text: str) -> str:
    """A text with single spaces, for where a line break would end something."""
    return " ".join(valid_text(text).split())


def prose_text(document: Note | Theme, site: Site, separator: str = "\n") -> str:
    """The text of a document with its headings and footnotes, without its quotes."""
    tree = ProseTree(document.body)

    def citation(index: int) -> str:
        return site.citation_text(document.body.citations[index])

    pieces: list[str] = []
    for section in tree.sections():
        if section.heading is not None and section.node is not None:
            pieces.append(tree.line(section.node.children, citation))
        pieces.append(tree.text(section.blocks, citation, separator))
    pieces += [tree.text(note.children, citation, separator) for note in tree.notes]
    return separator.join(piece for piece in pieces if piece)
