"""Paragraphs, headings and cells: their inline content as HTML."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from ...core import policy
from ...core.model import Heading
from ...markdown.bodies import Leaf, Structure
from ...markdown.inlines import (
    SLOT,
    Link,
    Mark,
    MarkKind,
    PhraseKind,
    Target,
    entity_text,
    has_emphasis,
    parse_phrases,
    render_emphasis,
)
from .prose_hyperlinks import link_start
from .raw_tags import TagStack, is_block_tag
from .slots import citation_slot, escape_text

__all__ = ["LeafWriter", "Numbering", "Setting", "direction", "write_leaf"]

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SPECIAL = re.compile(r"[*_~\[\]\n]")
"""Without marks and without any of these, content is nothing but text."""

T = TypeVar("T")


@dataclass(slots=True)
class Numbering:
    """Footnotes are numbered in the order in which the text refers to them first."""

    labels: list[str] = field(default_factory=list)
    """Normal labels, in the order of their numbers."""
    numbers: dict[str, int] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)
    """How many hyperlinks lead to each of them."""

    def number(self, label: str) -> int:
        if label not in self.numbers:
            self.labels.append(label)
            self.numbers[label] = len(self.labels)
        return self.numbers[label]

    def refer(self, label: str) -> str:
        """The identifier of one more hyperlink to a footnote."""
        count = self.references[label] = self.references.get(label, 0) + 1
        return reference_id(self.number(label), count)


def reference_id(number: int, count: int) -> str:
    """The identifier of the count-th hyperlink to a footnote."""
    return f"fnref-{number}" if count == 1 else f"fnref-{number}-{count}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What text is written for."""

    headings: tuple[Heading, ...]
    structure: Structure
    path: str
    notes: Numbering = field(default_factory=Numbering)
    local: bool = True
    """False for the words of a quote, which other pages show too: no identifiers, no links within the page."""


def direction(text: str) -> str:
    """The attribute that lets the browser find out which way a text runs, where any of it runs from right to left."""
    return ' dir="auto"' if not text.isascii() and _RIGHT_TO_LEFT.search(text) else ""


def write_leaf(leaf: Leaf, setting: Setting, *, cell: bool = False) -> str:
    """A leaf's content as HTML. In a cell, code holds `\\|` for a bar."""
    return LeafWriter(leaf, setting, cell=cell).write(leaf.start, leaf.end)


def _mark_start(mark: Mark) -> int:
    return mark.start


def _target_close(target: Target) -> int:
    return target.close


def _between(items: Sequence[T], start: int, end: int, key: Callable[[T], int]) -> Sequence[T]:
    return items[bisect_left(items, start, key=key) : bisect_left(items, end, key=key)]


def _moved(mark: Mark, start: int) -> Mark:
    return mark._replace(start=mark.start - start, end=mark.end - start)


def _moved_target(target: Target, start: int) -> Target:
    return target._replace(close=target.close - start, stop=target.stop - start)


class _Prose(str):
    """Escaped running text, whose emphasis is still to be read. Every other piece of a leaf is HTML."""

    __slots__ = ()


def _join(pieces: Sequence[str]) -> str:
    """The pieces of a leaf as one text, with its emphasis. HTML is hidden from whoever reads that."""
    if not any(isinstance(piece, _Prose) and has_emphasis(piece) for piece in pieces):
        return "".join(pieces)
    html = [piece for piece in pieces if not isinstance(piece, _Prose)]
    source = "".join([piece if isinstance(piece, _Prose) else SLOT for piece in pieces])
    first, *rest = render_emphasis(source).split(SLOT)
    return first + "".join(chain.from_iterable(zip(html, rest, strict=True)))


class LeafWriter:
    """Writes a leaf as HTML, in one piece or in several, from left to right."""

    def __init__(self, leaf: Leaf, setting: Setting, *, cell: bool = False) -> None:
        self.leaf = leaf
        self.setting = setting
        self.cell = cell
        self.citation = leaf.first
        self.pieces: list[str] = []
        self.tags = TagStack()
        self.anchor = 0
        """How many pieces stood before the hyperlink that is open."""
        self.outermost: Link | None = None
        """The hyperlink that is open. Those within it are none."""

    def write(self, start: int, end: int) -> str:
        """What stands between two indices of the content."""
        leaf, structure = self.leaf, self.setting.structure
        text, marks, targets = leaf.content.text, leaf.marks, leaf.targets
        if start or end < len(text):
            text = text[start:end]
            marks = [_moved(m, start) for m in _between(marks, start, end, _mark_start)]
            targets = [_moved_target(t, start) for t in _between(targets, start, end, _target_close) if t.stop <= end]
        if not marks and not _SPECIAL.search(text):
            return escape_text(text).strip()
        self.pieces = []
        for kind, value in parse_phrases(text, marks, targets, structure.definitions, structure.notes):
            if kind is PhraseKind.TEXT:
                self.pieces.append(_Prose(escape_text(value)))
            else:
                self._phrase(kind, value)
        if unclosed := self.tags.close():
            self.pieces.append(unclosed)
        return _join(self.pieces).strip()

    def _phrase(self, kind: PhraseKind, value: Any) -> None:
        match kind:
            case PhraseKind.MARK:
                self.pieces.append(self._mark(value))
            case PhraseKind.LINE:
                self.pieces.append(_Prose("\n"))
            case PhraseKind.BREAK:
                self.pieces += [_Prose("\n"), "<br>", _Prose("\n")]
            case PhraseKind.LINK:
                self._link(value)
            case PhraseKind.UNLINK:
                self._unlink(value)
            case PhraseKind.NOTE:
                self.pieces.append(self._note(value))

    def _mark(self, mark: Mark) -> str:
        match mark.kind:
            case MarkKind.CODE:
                code = mark.text.replace("\\|", "|") if self.cell else mark.text
                return f"<code>{escape_text(code)}</code>"
            case MarkKind.ESCAPE:
                return escape_text(mark.text)
            case MarkKind.ENTITY:
                return escape_text(entity_text(mark.text))
            case MarkKind.CITATION:
                self.citation += 1
                return citation_slot(self.citation - 1)
            case MarkKind.AUTOLINK:
                return self._autolink(mark.text)
            case MarkKind.TAG:
                return self._tag(mark.text)
            case _:
                return ""

    def _tag(self, tag: str) -> str:
        if policy.tag_fault(tag) is not None or is_block_tag(tag):
            return escape_text(tag)
        return self.tags.write(tag)

    def _note(self, label: str) -> str:
        number = self.setting.notes.number(label)
        if self.outermost is not None or not self.setting.local:
            return f"<sup>{number}</sup>"
        anchor = self.setting.notes.refer(label)
        return f'<sup><a class="fl-noteref" role="doc-noteref" id="{anchor}" href="#fn-{number}">{number}</a></sup>'

    # -- hyperlinks

    def _start(self, target: str) -> str:
        return link_start(target, self.setting.path, local=self.setting.local)

    def _autolink(self, address: str) -> str:
        is_mail = "@" in address and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address)
        start = self._start(f"mailto:{address}" if is_mail else address) if self.outermost is None else ""
        return f"{start}{escape_text(address)}</a>" if start else escape_text(address)

    def _link(self, link: Link) -> None:
        inner = self.outermost is not None
        self.pieces.append("" if inner else self._start(link.address))
        if not inner:
            self.outermost = link
            self.anchor = len(self.pieces)

    def _unlink(self, link: Link) -> None:
        if self.outermost is not link:
            self.pieces.append("")
            return
        if not "".join(self.pieces[self.anchor :]).strip():
            # A hyperlink without words can be neither seen nor heard.
            self.pieces.append(escape_text(link.address))
        self.pieces.append("</a>" if self.pieces[self.anchor - 1] else "")
        self.outermost = None
