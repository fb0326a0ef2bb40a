"""Headings: the identifier that a contributor gives one, as Pandoc has it, or the one that is made from its text."""

import re
import unicodedata
from collections.abc import Sequence

from .citing import NewNode, cut_nodes
from .nodes import Node
from .positions import Positions
from .runs import InlineRun

_ANCHOR = re.compile(r"[ \t]*\{#([A-Za-z][\w-]*)\}[ \t]*\Z")


def split_anchor(heading: Node, positions: Positions) -> tuple[Sequence[Node], str]:
    """The nodes of a heading's text without `{#id}` at its end, and that id, or an empty string."""
    children = heading.children
    if not children or children[-1].kind != "Text" or not children[-1].text.endswith("}"):
        return children, ""
    run = InlineRun(children, positions)
    match = _ANCHOR.search(run.masked)
    if match is None:
        return children, ""
    if match.start() == 0:
        return [], match[1]
    end = run.end_offset(match.start())
    cut = cut_nodes(children, [NewNode(end, heading.end, "Citation", 0)], positions.data)
    return cut[:-1], match[1]


_SIGNS = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[\s_]+")
_RESERVED = re.compile(r"(?:q|ref|fn|fnref|cite|fl)(?:-|$)|(?:works-cited|cited-elsewhere)$")


def make_anchor(text: str, taken: dict[str, int]) -> str:
    """An identifier for a heading, as GitHub makes it from the text, different from those taken, and added to them.

    It holds only letters, digits, `_` and hyphens and never begins with `_`, so it can neither meet an identifier of
    the site's frame (`__search`) nor one of our own (`q-…`). `taken` holds with each one the number to try next.
    """
    words = _SIGNS.sub("", unicodedata.normalize("NFC", text).lower())
    anchor = _GAPS.sub("-", words).strip("-") or "section"
    if _RESERVED.match(anchor):
        anchor = f"s-{anchor}"
    found, number = anchor, taken.get(anchor, 0)
    while found in taken:
        found, number = f"{anchor}-{number}", number + 1
    taken[anchor] = max(number, 1)
    taken.setdefault(found, 1)
    return found
