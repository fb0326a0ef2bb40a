"""Emphasis and links: a leaf's content as a sequence of text, marks, and where phrases open and close.

The algorithm is that of the CommonMark specification's appendix (delimiter stack, bracket stack), with GitHub's `~~`
and with footnotes. Each run of delimiters is looked at a bounded number of times.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from .marks import Mark, MarkKind
from .targets import Target, normal_label

__all__ = ["Link", "Phrase", "PhraseKind", "parse_phrases"]


class PhraseKind(StrEnum):
    """What comes next; in brackets, what a phrase's value is."""

    TEXT = "text"
    """Running text (str)."""
    MARK = "mark"
    """A mark (Mark)."""
    OPEN = "open"
    """Emphasis begins (the HTML element: `em`, `strong` or `del`)."""
    CLOSE = "close"
    """Emphasis ends (the same)."""
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

_TOKEN = re.compile(r"\*+|_+|~+|!?\[|\]|\\?\n")
_SPECIAL = re.compile(r"[*_~\[\]\n]")
_NOTE = re.compile(r"\[\^([^\s\[\]]{1,200})\]")
_LABEL = re.compile(r"\[((?:\\[\s\S]|[^\[\]\\]){0,999}+)\]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
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


_SPACE, _SIGN, _LETTER = range(3)


@lru_cache(maxsize=4096)
def _sort(character: str) -> int:
    """White space, the edge of the text included; punctuation; or anything else."""
    if not character or character.isspace():
        return _SPACE
    if character in _PUNCTUATION or unicodedata.category(character)[0] in "PS":
        return _SIGN
    return _LETTER


class _Run:
    """A run of `*`, `_` or `~`, and what becomes of it: closings, what is left as text, openings."""

    __slots__ = ("can_close", "can_open", "character", "closings", "count", "index", "openings", "total")

    def __init__(self, run: str, index: int, before: int, after: int) -> None:
        self.character = run[0]
        self.count = self.total = len(run)
        self.index = index
        self.closings: list[str] = []
        self.openings: list[str] = []
        left = after == _LETTER or (after == _SIGN and before != _LETTER)
        right = before == _LETTER or (before == _SIGN and after != _LETTER)
        # Within a word `_` is a letter: snake_case.
        strict = self.character == "_"
        self.can_open = left and not (strict and right and before != _SIGN)
        self.can_close = right and not (strict and left and after != _SIGN)

    def fits(self, closer: "_Run") -> bool:
        """Whether this run can open what another one closes."""
        if self.character != closer.character:
            return False
        if not (self.can_close or closer.can_open) or self.character == "~":
            return True
        return (self.total + closer.total) % 3 != 0 or (self.total % 3 == 0 and closer.total % 3 == 0)

    def phrases(self) -> list[Phrase]:
        found = [(PhraseKind.CLOSE, name) for name in self.closings]
        if self.count:
            found.append((PhraseKind.TEXT, self.character * self.count))
        return found + [(PhraseKind.OPEN, name) for name in self.openings]


class _Bracket(NamedTuple):
    """A `[` or `![` that may open a link."""

    index: int
    image: bool
    runs: int
    """How many runs stand before it."""
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
        self.items: list[Phrase | _Run] = []
        self.runs: list[_Run] = []
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
        _match_runs(self.runs)
        return self._flat()

    def _flat(self) -> list[Phrase]:
        phrases: list[Phrase] = []
        for item in self.items:
            if isinstance(item, _Run):
                phrases += item.phrases()
            else:
                phrases.append(item)
        return phrases

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
            elif sign == "]":
                position = self._close_bracket(start)
            else:
                self._run(sign, start, stop)
                position = stop
        return position

    def _line(self, start: int, end: int, *, hard: bool) -> None:
        line = self.text[start:end].rstrip(" \t")
        if line:
            self.items.append((PhraseKind.TEXT, line))
        spaces = self.text[start + len(line) : end]
        self.items.append(_BREAK if hard or spaces.endswith("  ") else _LINE)

    def _run(self, run: str, start: int, stop: int) -> None:
        if run[0] == "~" and len(run) != 2:
            self._text(start, stop)
            return
        before, after = _sort(self.text[start - 1 : start]), _sort(self.text[stop : stop + 1])
        found = _Run(run, len(self.items), before, after)
        self.items.append(found)
        if found.can_open or found.can_close:
            self.runs.append(found)

    # -- brackets

    def _open_bracket(self, sign: str, start: int, stop: int, end: int) -> int:
        if sign == "[" and self.notes:
            note = _NOTE.match(self.text, start, end)
            if note is not None and normal_label(note[1]) in self.notes:
                self.items.append((PhraseKind.NOTE, normal_label(note[1])))
                return note.end()
        self.brackets.append(_Bracket(len(self.items), sign == "![", len(self.runs), stop, self.opened))
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
        _match_runs(self.runs[bracket.runs :])
        del self.runs[bracket.runs :]
        if self.cited < bracket.index:
            link = Link(address, bracket.image)
            self.items[bracket.index] = (PhraseKind.LINK, link)
            self.items.append((PhraseKind.UNLINK, link))
        else:
            self.items[bracket.index] = (PhraseKind.TEXT, "")
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


_ELEMENTS = {("*", 1): "em", ("*", 2): "strong", ("_", 1): "em", ("_", 2): "strong", ("~", 2): "del"}


def _match_runs(runs: Sequence[_Run]) -> None:
    """Pair openers and closers: the specification's "process emphasis"."""
    openers: list[_Run] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for closer in runs:
        while closer.can_close and closer.count:
            kind = (closer.character, closer.can_open, closer.total % 3)
            opener = _find_opener(openers, closer, bottoms.get(kind, -1))
            if opener is None:
                bottoms[kind] = closer.index
                break
            width = 2 if opener.count >= 2 and closer.count >= 2 else 1
            name = _ELEMENTS[closer.character, width]
            opener.openings.insert(0, name)
            closer.closings.append(name)
            opener.count -= width
            closer.count -= width
            if not opener.count:
                openers.pop()
        if closer.count and closer.can_open:
            openers.append(closer)


def _find_opener(openers: list[_Run], closer: _Run, bottom: int) -> _Run | None:
    """The nearest opener that fits; those above it open nothing any more and are dropped."""
    for height in range(len(openers) - 1, -1, -1):
        if openers[height].index < bottom:
            return None
        if openers[height].fits(closer):
            del openers[height + 1 :]
            return openers[height]
    return None
