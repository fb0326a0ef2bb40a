"""Where links lead: the addresses after a link's text, and the definitions that other links refer to."""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from .marks import Mark, MarkKind, mask

__all__ = ["Definition", "Definitions", "Target", "normal_label", "parse_definitions", "parse_targets"]


class Target(NamedTuple):
    """The `](address "title")` of an inline link or image, by indices into a leaf's content."""

    close: int
    """Of the `]`."""
    start: int
    """Where the address begins, its angle bracket included."""
    end: int
    stop: int
    """Behind the `)`."""
    address: str
    """As a browser gets it: escapes and entities resolved."""

    @property
    def mark(self) -> Mark:
        return Mark(MarkKind.DESTINATION, self.start, self.end, self.address)


class Definition(NamedTuple):
    """`[label]: address "title"`."""

    label: str
    """As `normal_label` has it."""
    mark: Mark


class Definitions(NamedTuple):
    """The definitions that open a paragraph, and where the rest of it begins."""

    found: list[Definition]
    stop: int


# Possessive quantifiers: what a part has taken it never gives back, so that no text takes more than linear time.
_GAP = r"(?:[ \t]*+\n?+[ \t]*+)"
_CHARACTERS = r"(?:\\[!-/:-@\[-`{-~]|[^\x00-\x20\x7f()])*+"
_PARENTHESES = rf"\({_CHARACTERS}(?:\({_CHARACTERS}(?:\({_CHARACTERS}\){_CHARACTERS})*+\){_CHARACTERS})*+\)"
_BARE = rf"(?!<){_CHARACTERS}(?:{_PARENTHESES}{_CHARACTERS})*+"
_ANGLED = r"<(?:\\[^\n]|[^<>\n\\])*+>"
_TITLE = r"""(?:"(?:\\[\s\S]|[^"\\])*+"|'(?:\\[\s\S]|[^'\\])*+'|\((?:\\[\s\S]|[^()\\])*+\))"""
_INLINE = re.compile(rf"\]\({_GAP}(?P<to>{_ANGLED}|{_BARE})(?:(?=[ \t\n]){_GAP}{_TITLE})?+{_GAP}\)")
_OPENING = re.compile(r"\]\(")
_DEFINITION = re.compile(
    rf" {{0,3}}\[(?!\^)(?P<label>(?:\\[\s\S]|[^\[\]\\]){{1,999}}+)\]:{_GAP}(?P<to>{_ANGLED}|(?!<)[^\x00-\x20\x7f]++)"
    rf"(?:(?=[ \t\n]){_GAP}{_TITLE}[ \t]*+(?=\n|\Z)|[ \t]*+(?=\n|\Z))"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|(&[#A-Za-z0-9]{1,32};)")


def parse_targets(text: str, marks: Sequence[Mark]) -> list[Target]:
    """Every `](…)` of a leaf's content that is none of its marks' text. Whether a `[` belongs to it is not judged."""
    if "](" not in text:
        return []
    found: list[Target] = []
    position = 0
    for opening in _OPENING.finditer(mask(text, marks)):
        # An address is read as it stands: what begins in it is no mark.
        match = _INLINE.match(text, opening.start())
        if match is not None and opening.start() >= position:
            found.append(Target(match.start(), *match.span("to"), match.end(), _address(match["to"])))
            position = match.end()
    return found


def parse_definitions(text: str) -> Definitions:
    """The link definitions that open a leaf's content; they can stand nowhere else."""
    found: list[Definition] = []
    position = 0
    while match := _DEFINITION.match(text, position):
        label = normal_label(match["label"])
        if not label:
            break
        mark = Mark(MarkKind.DESTINATION, *match.span("to"), _address(match["to"]))
        found.append(Definition(label, mark))
        position = min(match.end() + 1, len(text))
    return Definitions(found, position)


def normal_label(label: str) -> str:
    """A label as it is compared with others: without regard to case and white space."""
    return " ".join(label.split()).casefold()


def _address(written: str) -> str:
    if written.startswith("<"):
        written = written[1:-1]
    return _ESCAPE.sub(lambda match: match[1] or html.unescape(match[2]), written)
