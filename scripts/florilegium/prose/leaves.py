"""Paragraphs, headings and cells: their inline content as HTML."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .. import policy
from ..bodies import Leaf, Structure
from ..inlines import Link, Mark, MarkKind, PhraseKind, entity_text, parse_phrases
from ..model import Heading
from .hyperlinks import link_start
from .slots import citation_slot
from .tags import TagStack, is_block_tag

__all__ = ["Numbering", "Setting", "direction", "write_leaf"]

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MARKUP = frozenset("&<>")


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


def write_leaf(
    leaf: Leaf, setting: Setting, start: int | None = None, end: int | None = None, *, cell: bool = False
) -> str:
    """A leaf's content as HTML, or the part of it between two indices. In a cell, code holds `\\|` for a bar."""
    writer = _Writer(leaf, setting, cell)
    return writer.write(leaf.start if start is None else start, leaf.end if end is None else end)


def _escape(text: str) -> str:
    return text if _MARKUP.isdisjoint(text) else escape(text, quote=False)


class _Writer:
    def __init__(self, leaf: Leaf, setting: Setting, cell: bool) -> None:
        self.leaf = leaf
        self.cell = cell
        self.setting = setting
        self.pieces: list[str] = []
        self.tags = TagStack()
        self.anchor = 0
        """How many pieces stood before the hyperlink that is open; 0 for none. Links within links are none."""
        self.outermost: Link | None = None

    def write(self, start: int, end: int) -> str:
        leaf, structure = self.leaf, self.setting.structure
        text, marks, targets = leaf.content.text[:end], leaf.marks, leaf.targets
        self.citation = leaf.first
        if start or end < len(leaf.content.text):
            self.citation += sum(m.kind is MarkKind.CITATION for m in marks if m.start < start)
            text = text[start:]
            marks = [m._replace(start=m.start - start, end=m.end - start) for m in marks if start <= m.start < end]
            targets = [
                t._replace(close=t.close - start, stop=t.stop - start) for t in targets if start <= t.close < t.stop <= end
            ]
        for kind, value in parse_phrases(text, marks, targets, structure.definitions, structure.notes):
            if kind is PhraseKind.TEXT:
                self.pieces.append(_escape(value))
            else:
                self._phrase(kind, value)
        self.pieces.append(self.tags.close())
        return "".join(self.pieces).strip()

    def _phrase(self, kind: PhraseKind, value: Any) -> None:
        match kind:
            case PhraseKind.MARK:
                self.pieces.append(self._mark(value))
            case PhraseKind.OPEN:
                self.pieces.append(f"<{value}>")
            case PhraseKind.CLOSE:
                self.pieces.append(f"</{value}>")
            case PhraseKind.LINE:
                self.pieces.append("\n")
            case PhraseKind.BREAK:
                self.pieces.append("<br>\n")
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
                return f"<code>{_escape(code)}</code>"
            case MarkKind.ESCAPE:
                return _escape(mark.text)
            case MarkKind.ENTITY:
                return _escape(entity_text(mark.text))
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
            return _escape(tag)
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
        return f"{start}{_escape(address)}</a>" if start else _escape(address)

    def _link(self, link: Link) -> None:
        if self.outermost is None:
            self.outermost = link
            self.pieces.append(self._start(link.address))
            self.anchor = len(self.pieces)

    def _unlink(self, link: Link) -> None:
        if self.outermost is not link:
            return
        if not "".join(self.pieces[self.anchor :]).strip():
            # A hyperlink without words can be neither seen nor heard.
            self.pieces.append(_escape(link.address))
        if self.pieces[self.anchor - 1]:
            self.pieces.append("</a>")
        self.outermost = None
