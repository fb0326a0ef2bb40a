"""Links and line breaks: a leaf's content as a sequence of text, marks, and where links open and close.

The algorithm is that of the CommonMark specification's appendix (bracket stack), with footnotes. Emphasis stays in the
text, for `emphasis.py`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from .marks import Mark, MarkKind
from .targets import Target, normal_label

__all__ = ["Link", "Phrase", "PhraseKind", "parse_phrases"]


class PhraseKind(StrEnum):
    """What comes next; in brackets, what a phrase's value is."""

    TEXT = "text"
    """Running text with its emphasis (str)."""
    MARK = "mark"
    """A mark (Mark)."""
    LINK = "link"
    """A link's text begins (Link)."""
    UNLINK = "unlink"
    """It ends (the same Link)."""
    NOTE = "note"
    """A footnote is referred to (its normal label)."""
    BREAK = "break"
    """A line break to be shown (empty)."""
    LINE = "line"
    """A line ends in the file (empty)."""


class Link(NamedTuple):
    """Where a link leads, or where an image is."""

    address: str
    image: bool


Phrase = tuple[PhraseKind, Any]
"""One item of the sequence: its kind and its value. A bare tuple, since a library has millions of them."""

_TOKEN = re.compile(r"!?\[|\]|\\?\n")
_SPECIAL = re.compile(r"[\[\]\n]")
_NOTE = re.compile(r"\[\^([^\s\[\]]{1,200})\]")
_LABEL = re.compile(r"\[((?:\\[\s\S]|[^\[\]\\]){0,999}+)\]")
_LINE: Phrase = (PhraseKind.LINE, "")
_BREAK: Phrase = (PhraseKind.BREAK, "")


def parse_phrases(
    text: str,
    marks: Sequence[Mark],
    targets: Sequence[Target] = (),
    definitions: Mapping[str, str] | None = None,
    notes: Collection[str] = (),
) -> list[Phrase]:
    """A leaf's content, taken apart.

    `definitions` leads from normal labels to addresses; `notes` holds the normal labels of footnotes. A link that
    holds a citation is none: that one is a link itself.
    """
    if not marks and not _SPECIAL.search(text):
        return [(PhraseKind.TEXT, text)] if text else []
    return _Parser(text, targets, definitions or {}, notes).parse(marks)


class _Bracket(NamedTuple):
    """A `[` or `![` that may open a link."""

    item: int
    image: bool
    inner: int
    """Where the link's text begins."""
    number: int
    """How many brackets were opened before it in all."""


class _Parser:
    def __init__(
        self, text: str, targets: Sequence[Target], definitions: Mapping[str, str], notes: Collection[str]
    ) -> None:
        self.text = text
        self.targets = {target.close: target for target in targets}
        self.definitions = definitions
        self.notes = notes
        self.items: list[Phrase] = []
        self.brackets: list[_Bracket] = []
        self.opened = 0
        self.inactive = 0
        """Brackets below this height are those before a link, and open no other one: links hold no links."""
        self.cited = -1
        """Index of the last citation among the items."""

    def parse(self, marks: Sequence[Mark]) -> list[Phrase]:
        position = 0
        for mark in marks:
            if mark.start < position:
                continue  # It stood in a link's address or title.
            position = self._prose(position, mark.start)
            if position > mark.start:
                continue
            if mark.kind is MarkKind.CITATION:
                self.cited = len(self.items)
            self.items.append((PhraseKind.MARK, mark))
            position = mark.end
        self._prose(position, len(self.text))
        return self.items

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self.items.append((PhraseKind.TEXT, self.text[start:end]))

    def _prose(self, position: int, end: int) -> int:
        """Read text without marks; returns where to go on, which is behind `end` if a link's address reaches there."""
        text = self.text
        while position < end:
            token = _TOKEN.search(text, position, end)
            if token is None:
                self._text(position, end)
                return end
            start, stop = token.span()
            sign = token[0]
            if sign[-1] == "\n":
                self._line(position, start, hard=len(sign) == 2)
                position = stop
                continue
            self._text(position, start)
            if sign[-1] == "[":
                position = self._open_bracket(sign, start, stop, end)
            else:
                position = self._close_bracket(start)
        return position

    def _line(self, start: int, end: int, *, hard: bool) -> None:
        line = self.text[start:end].rstrip(" \t")
        if line:
            self.items.append((PhraseKind.TEXT, line))
        spaces = self.text[start + len(line) : end]
        self.items.append(_BREAK if hard or spaces.endswith("  ") else _LINE)

    # -- brackets

    def _open_bracket(self, sign: str, start: int, stop: int, end: int) -> int:
        if sign == "[" and self.notes:
            note = _NOTE.match(self.text, start, end)
            if note is not None and normal_label(note[1]) in self.notes:
                self.items.append((PhraseKind.NOTE, normal_label(note[1])))
                return note.end()
        self.brackets.append(_Bracket(len(self.items), sign == "![", stop, self.opened))
        self.opened += 1
        self._text(start, stop)
        return stop

    def _close_bracket(self, at: int) -> int:
        if not self.brackets:
            self._text(at, at + 1)
            return at + 1
        bracket = self.brackets.pop()
        active = bracket.image or len(self.brackets) >= self.inactive
        self.inactive = min(self.inactive, len(self.brackets))
        found = self._target(bracket, at) if active else None
        if found is None:
            self._text(at, at + 1)
            return at + 1
        address, stop = found
        if self.cited < bracket.item:
            link = Link(address, bracket.image)
            self.items[bracket.item] = (PhraseKind.LINK, link)
            self.items.append((PhraseKind.UNLINK, link))
        else:
            self.items[bracket.item] = (PhraseKind.TEXT, "")
        if not bracket.image:
            self.inactive = len(self.brackets)
        return stop

    def _target(self, bracket: _Bracket, at: int) -> tuple[str, int] | None:
        """Where the link leads whose text ends at `at`, and where all of it ends."""
        if target := self.targets.get(at):
            return target.address, target.stop
        if not self.definitions:
            return None
        label = _LABEL.match(self.text, at + 1)
        stop = label.end() if label else at + 1
        if label is not None and label[1]:
            name = label[1]
        elif bracket.number + 1 == self.opened and at - bracket.inner < 1000:
            name = self.text[bracket.inner : at]
        else:
            return None  # A label holds no brackets.
        address = self.definitions.get(normal_label(name))
        return None if address is None else (address, stop)
