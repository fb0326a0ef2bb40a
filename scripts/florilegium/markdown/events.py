"""What pulldown-cmark finds in Markdown, event by event: the only file that knows the package `pyromark`.

CommonMark 0.31.2 (https://spec.commonmark.org/0.31.2/) with GitHub's tables, footnotes, strikethrough, task lists and
alerts. Another parser would replace this file and nothing else; `tests/test_events.py` holds what it must yield.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyromark

LEAF, OPEN, CLOSE = 0, 1, 2
"""What an event is: a node without children, the beginning of a node with children, its end."""

_OPTIONS = pyromark.Options
# Each of the others changes or swallows words: HEADING_ATTRIBUTES takes `{x}` out of headings, SMART_PUNCTUATION
# exchanges quotation marks, MATH, SUPERSCRIPT, SUBSCRIPT, DEFINITION_LIST and WIKILINKS read signs as markup.
_MARKDOWN = pyromark.Markdown(
    options=_OPTIONS.ENABLE_TABLES
    | _OPTIONS.ENABLE_FOOTNOTES
    | _OPTIONS.ENABLE_STRIKETHROUGH
    | _OPTIONS.ENABLE_TASKLISTS
    | _OPTIONS.ENABLE_GFM
)


class Target(NamedTuple):
    """Where a link leads, or where an image is."""

    type: str
    """`Inline`, `Reference`, `Collapsed`, `Shortcut`, `Autolink` or `Email`; ours is `Bare`."""
    address: str
    """Escapes and entities resolved; without `mailto:` for a mail address."""
    title: str
    label: str
    """Of the definition that the link refers to."""


class Definition(NamedTuple):
    """A link definition, `[label]: address "title"`, and the range of bytes where it stands."""

    label: str
    address: str
    start: int
    end: int


def read_events(text: str) -> Iterator[tuple[int, int, int, Any, Any]]:
    """Yield what the event is (`LEAF`, `OPEN`, `CLOSE`), a range of UTF-8 bytes, the node's kind, and its value.

    The value is the text of a leaf; of an opening the heading's level, the list's first number, the fenced code's info
    string, the link's `Target`, the alert's name, the footnote's label or the table's alignments; else None.
    """
    event: Any
    place: Any
    for event, place in _MARKDOWN.events_with_range(text):
        start, end = place.values()
        if event.__class__ is str:
            yield LEAF, start, end, event, None
            continue
        # Each dictionary has one entry, and this is the quickest way to it.
        name, value = event.popitem()
        if name == "Start":
            if value.__class__ is str:
                yield OPEN, start, end, value, None
            else:
                kind, info = value.popitem()
                if info.__class__ is dict:
                    info = _info(kind, info)
                elif kind == "CodeBlock":
                    info = None  # It is indented.
                yield OPEN, start, end, kind, info
        elif name == "End":
            yield CLOSE, start, end, "", None
        else:
            yield LEAF, start, end, name, value


def _info(kind: str, info: dict[str, Any]) -> object:
    if kind == "Heading":
        return int(info["level"][1])
    if kind == "CodeBlock":
        return info["Fenced"]
    return Target(info["link_type"], info["dest_url"], info["title"], info["id"])


def read_definitions(text: str) -> list[Definition]:
    """Read the link definitions of a text, in their order; of two with one label the first."""
    found: Any = _MARKDOWN.reference_definitions(text)
    definitions = [
        Definition(label, value["dest"], value["span"]["start"], value["span"]["end"]) for label, value in found.items()
    ]
    return sorted(definitions, key=lambda definition: definition.start)
