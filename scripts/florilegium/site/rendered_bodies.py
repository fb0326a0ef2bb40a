"""Prose as clean HTML: sections, the words of quotes, footnotes, with places for what the page or the library knows.

The tree is written as HTML by `markdown/`, and goes through one sanitiser, which knows only what is written there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from ..core.model import Body
from ..markdown.nodes import Node
from ..markdown.prose_tree import ProseTree
from ..markdown.writing_html import HtmlWriter
from .prose_hyperlinks import link_start
from .sanitiser import SLOT, sanitise


class Slot(NamedTuple):
    """A place in HTML for a citation or a quote, by its index in the body, or for the way to the site's root."""

    kind: str
    """`c`, `q` or `r`."""
    number: int


Html = tuple[str | Slot, ...]
"""Clean HTML in pieces, with slots between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSection:
    """A heading, and what stands below it up to the next one."""

    level: int
    """1 to 6; 0 for what precedes the first heading."""
    id: str
    heading: Html
    """The heading's inline content."""
    html: Html


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedBody:
    """Clean HTML with slots, which `fill` fills."""

    sections: tuple[RenderedSection, ...]
    quotes: tuple[Html, ...]
    """The words of each quote, by its index in `Body.quotes`."""
    translations: tuple[Html, ...]
    """The words of each translation, by its index in `Body.translations`."""
    footnotes: Html
    """A section of endnotes, or nothing."""


def render_body(body: Body, path: str) -> RenderedBody:
    """Render the Markdown of the note or theme at `path`. Never fails: what is not allowed is shown as text."""
    return _Renderer(ProseTree(body), path).render()


_SLOT_START, _SLOT_REST = f'<span {SLOT}="', re.compile(r'([cq])([0-9]+)"></span>')
_WITHIN, _WAY = ' href="/', ' href="'
"""How an address within the site begins: its `/` stands for the way to the root."""


def _pieces(html: str) -> Html:
    """HTML as the sanitiser leaves it, cut at its slots."""
    if _SLOT_START not in html and _WITHIN not in html:
        return (html,) if html else ()
    # To split at a text takes a tenth of the time of a pattern.
    first, *others = html.split(_SLOT_START)
    pieces: list[str | Slot] = [*_between(first)]
    for part in others:
        found = _SLOT_REST.match(part)
        if found is None:
            pieces += _between(_SLOT_START + part)
        else:
            pieces += [Slot(found[1], int(found[2])), *_between(part[found.end() :])]
    return tuple(pieces)


def _between(html: str) -> Iterator[str | Slot]:
    """HTML without citations and quotes, cut where an address within the site begins."""
    *before, last = html.split(_WITHIN)
    for part in before:
        yield f"{part}{_WAY}"
        yield Slot("r", 0)
    if last:
        yield last


def _cleaned(fragments: list[str]) -> list[str]:
    """Fragments without everything that is not on the allow-list."""
    # What is written here is clean, so they are looked at together; only if anything is wrong, each by itself.
    whole = "\n".join(fragments)
    return fragments if sanitise(whole) == whole else [sanitise(fragment) for fragment in fragments]


def fill(html: Html, *, root: str, citation: Callable[[int], str], quote: Callable[[int], str]) -> str:
    """Put clean HTML into the slots, and the way to the root, such as `../../`, before addresses within the site."""
    escaped = escape(root)
    ways = {"c": citation, "q": quote}
    return "".join(
        [
            piece if isinstance(piece, str) else escaped if piece.kind == "r" else ways[piece.kind](piece.number)
            for piece in html
        ]
    )


class _Renderer:
    def __init__(self, tree: ProseTree, path: str) -> None:
        self.tree = tree
        self.path = path
        self.local = True
        """False for the words of a quote, which other pages show too: no identifiers, no links within the page."""
        self.marks: dict[int, int] = {}
        """How many hyperlinks lead to each footnote."""
        self.writer = HtmlWriter(tree.data, self._link, self._slot, self._heading_id)

    def render(self) -> RenderedBody:
        sections = list(self.tree.sections())
        titles = [self.writer.write_line(section.node.children) if section.node else "" for section in sections]
        texts = [self.writer.write(section.blocks).rstrip() for section in sections]
        footnotes = self._footnotes() if self.tree.notes else ""
        self.local = False
        words = [
            self.writer.write(blocks.get(index, ())).rstrip()
            for blocks, number in (
                (self.tree.quotes, len(self.tree.body.quotes)),
                (self.tree.translations, len(self.tree.body.translations)),
            )
            for index in range(number)
        ]
        count = len(sections)
        pieces = [_pieces(html) for html in _cleaned([*titles, *texts, footnotes, *words])]
        rendered = [
            RenderedSection(
                level=section.heading.level if section.heading else 0,
                id=section.heading.id if section.heading else "",
                heading=title,
                html=html,
            )
            for section, title, html in zip(sections, pieces[:count], pieces[count : 2 * count], strict=True)
            if section.heading or html
        ]
        split = 2 * count + 1 + len(self.tree.body.quotes)
        return RenderedBody(
            sections=tuple(rendered),
            footnotes=pieces[2 * count],
            quotes=tuple(pieces[2 * count + 1 : split]),
            translations=tuple(pieces[split:]),
        )

    def _link(self, address: str) -> str:
        return link_start(address, self.path, local=self.local)

    def _heading_id(self, node: Node) -> str:
        return self.tree.headings[node.start].id if self.local else ""

    def _slot(self, node: Node) -> str:
        if node.kind == "FootnoteReference":
            return self._mark(self.tree.number(node))
        return f'<span {SLOT}="{"c" if node.kind == "Citation" else "q"}{node.info}"></span>'

    # -- footnotes

    def _mark(self, number: int) -> str:
        if not self.local:
            return f"<sup>{number}</sup>"
        count = self.marks[number] = self.marks.get(number, 0) + 1
        anchor = _mark_id(number, count)
        return f'<sup><a class="fl-noteref" role="doc-noteref" id="{anchor}" href="#fn-{number}">{number}</a></sup>'

    def _footnotes(self) -> str:
        """Those that are referred to, in that order, then the others: none is lost."""
        written = [self.writer.write(note.children).rstrip() for note in self.tree.notes]
        items = "".join([self._item(number, html) for number, html in enumerate(written, 1)])
        return f'<section class="fl-footnotes" role="doc-endnotes"><ol>\n{items}</ol></section>'

    def _item(self, number: int, html: str) -> str:
        ways = "".join([f" {_way_back(number, count)}" for count in range(1, self.marks.get(number, 0) + 1)])
        inner = f"{html.removesuffix('</p>')}{ways}</p>" if html.endswith("</p>") else f"{html}<p>{ways}</p>"
        return f'<li id="fn-{number}">{inner if ways else html}</li>\n'


def _mark_id(number: int, count: int) -> str:
    """The identifier of the count-th hyperlink to a footnote."""
    return f"fnref-{number}" if count == 1 else f"fnref-{number}-{count}"


def _way_back(number: int, count: int) -> str:
    label = "Back to the text" if count == 1 else f"Back to the text, place {count}"
    href = f"#{_mark_id(number, count)}"
    return f'<a class="fl-noteback" role="doc-backlink" href="{href}" aria-label="{label}">↩\ufe0e</a>'
