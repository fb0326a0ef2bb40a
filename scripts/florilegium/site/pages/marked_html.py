"""Prose as one string, in which marks that no text can hold stand for citations, quotations and the way to the root."""

import re
from collections.abc import Callable

from ..addresses import ROOT
from ..rendered_bodies import Html

_MARK = re.compile("\ufdd0([cq])([0-9]+)\ufdd1")


def marked(html: Html) -> str:
    """Clean HTML in pieces as one string with marks."""
    return "".join(
        piece if isinstance(piece, str) else ROOT if piece.kind == "r" else f"\ufdd0{piece.kind}{piece.number}\ufdd1"
        for piece in html
    )


def citation_mark(index: int) -> str:
    """What stands for a citation of the body."""
    return f"\ufdd0c{index}\ufdd1"


def filled(html: str, *, citation: Callable[[int], str], quote: Callable[[int], str]) -> str:
    """Put clean HTML in the place of the marks; the way to the root stays a mark."""
    ways = {"c": citation, "q": quote}
    return _MARK.sub(lambda match: ways[match[1]](int(match[2])), html)


def without_citations(html: str) -> str:
    """Prose without its citations and quotations, for a line that stands alone."""
    return re.sub("\\s*\ufdd0[cq][0-9]+\ufdd1", "", html)


def first_paragraph_html(html: str) -> str:
    """The content of the first paragraph of some HTML; empty where there is none."""
    return html.partition("<p>")[2].partition("</p>")[0]
