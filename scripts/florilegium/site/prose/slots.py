"""Slots: places in clean HTML that are filled later, since what belongs there depends on the page or the library.

They are written with code points that Unicode sets aside for use inside programs, which no text can hold: `hide_slots`
takes them out of it first.
"""

import html
import re
from collections.abc import Callable

__all__ = ["ROOT", "citation_slot", "escape_text", "fill", "hide_slots", "quote_slot", "show_ampersands"]

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
ROOT = "\ufdd2"
"""Stands in an address for the way from the page to the root of the site."""

_AND = "\ufdd3"
"""Stands for `&amp;` until the HTML is clean: sanitisers take quadratic time for a text full of those."""

_SLOT = re.compile(f"{_OPEN}([cq])([0-9]+){_CLOSE}|{ROOT}")
_MARKUP = frozenset("&<>")
_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def citation_slot(index: int) -> str:
    """The place of a citation, by its index in `Body.citations`."""
    return f"{_OPEN}c{index}{_CLOSE}"


def quote_slot(index: int) -> str:
    """The place of a quote, by its index in `Body.quotes`."""
    return f"{_OPEN}q{index}{_CLOSE}"


def hide_slots(text: str) -> str:
    """A text with U+FFFD for what could pass for a slot, and for controls and surrogates; its length stays."""
    return _FOREIGN.sub("\ufffd", text)


def escape_text(text: str) -> str:
    """Text as HTML, for `show_ampersands` to complete."""
    if _MARKUP.isdisjoint(text):
        return text
    return text.replace("&", _AND).replace("<", "&lt;").replace(">", "&gt;")


def show_ampersands(html: str) -> str:
    """HTML with its ampersands."""
    return html.replace(_AND, "&amp;")


def fill(template: str, *, root: str, citation: Callable[[int], str], quote: Callable[[int], str]) -> str:
    """Put clean HTML into the slots of a template, and the way to the root, such as `../../`, before its addresses."""
    escaped = html.escape(root)

    def filling(match: re.Match[str]) -> str:
        if match[1] is None:
            return escaped
        return (citation if match[1] == "c" else quote)(int(match[2]))

    return _SLOT.sub(filling, template)
