"""A whole body as HTML: its sections, the words of its quotes, its footnotes."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...core.model import Body
from ...core.spans import LineTable
from ...markdown.blocks import Block, BlockKind
from ...markdown.bodies import Structure, parse_body
from ...markdown.inlines import normal_label
from .containers import Writer
from .inline_content import Setting, reference_id, write_leaf
from .sanitiser import clean
from .slots import hide_slots

__all__ = ["RenderedBody", "RenderedSection", "render_body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSection:
    """A heading, and what stands below it up to the next one."""

    level: int
    """1 to 6; 0 for what precedes the first heading."""
    id: str
    heading: str
    """HTML of the heading's inline content, with slots."""
    html: str
    """With slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedBody:
    """Clean HTML with slots for citations, quotes and the root of the site, which `fill` fills."""

    sections: tuple[RenderedSection, ...]
    quotes: tuple[str, ...]
    """The words of each quote, by its index in `Body.quotes`."""
    footnotes: str
    """A section of endnotes, or nothing."""


def render_body(body: Body, path: str) -> RenderedBody:
    """The Markdown of the note or theme at `path`, rendered. Never fails: what is not allowed is shown as text.

    Indices in slots are those of `Body.citations` and `Body.quotes`.
    """
    return _Document(hide_slots(body.text), path).render()


class _Document:
    def __init__(self, text: str, path: str) -> None:
        parsed = parse_body(LineTable(path, text), 0)
        self.text = text
        self.body = parsed.body
        self.structure: Structure = parsed.structure
        self.setting = Setting(parsed.body.headings, parsed.structure, path)
        self.quotes: dict[int, str] = {}
        self.writer = Writer(text, self.setting, self.quotes)

    def render(self) -> RenderedBody:
        sections = tuple(self._sections())
        footnotes = clean(self._footnotes())
        quotes = tuple(clean(self.quotes.get(index, "")) for index in range(len(self.body.quotes)))
        return RenderedBody(sections=sections, quotes=quotes, footnotes=footnotes)

    def _sections(self) -> Iterator[RenderedSection]:
        level, id_, heading = 0, "", ""
        pending: list[Block] = []
        for block in self.structure.root.children:
            if block.kind is BlockKind.HEADING:
                self.writer.write(pending)
                pending = []
                if not self.writer.tags.opened:
                    yield from self._section(level, id_, heading)
                    found = self.body.headings[self.structure.headings[block.start]]
                    leaf = self.structure.leaves[block.start]
                    level, id_, heading = found.level, found.id, write_leaf(leaf, self.setting)
                    continue
            pending.append(block)
        self.writer.write(pending)
        yield from self._section(level, id_, heading)

    def _section(self, level: int, id_: str, heading: str) -> Iterator[RenderedSection]:
        html = clean(self.writer.take().rstrip())
        if level or html:
            yield RenderedSection(level=level, id=id_, heading=clean(heading), html=html)

    # -- footnotes

    def _footnotes(self) -> str:
        """Those that are referred to, in that order, then the others: none is lost."""
        blocks = self._footnote_blocks()
        if not blocks:
            return ""
        written: list[str] = []
        self._write_numbered(blocks, written)
        for key in blocks:
            self.setting.notes.number(key)
            self._write_numbered(blocks, written)
        items = "".join(self._item(number, html) for number, html in enumerate(written, 1))
        return f'<section class="fl-footnotes" role="doc-endnotes"><ol>\n{items}</ol></section>'

    def _footnote_blocks(self) -> dict[str, Block]:
        """All definitions by label; a second one with the same label gets a key that nothing refers to."""
        found = dict(self.structure.notes)
        for block in self.structure.root.walk():
            if block.kind is BlockKind.FOOTNOTE and block is not found[normal_label(block.info)]:
                found[f"{block.info} {block.start}"] = block
        return found

    def _write_numbered(self, blocks: dict[str, Block], written: list[str]) -> None:
        """Write the footnotes that have a number and are not written yet; doing so can number more."""
        labels = self.setting.notes.labels
        while len(written) < len(labels):
            self.writer.write(blocks[labels[len(written)]].children)
            written.append(self.writer.take().rstrip())

    def _item(self, number: int, html: str) -> str:
        notes = self.setting.notes
        count = notes.references.get(notes.labels[number - 1], 0)
        ways = "".join(f" {_way_back(number, n)}" for n in range(1, count + 1))
        inner = f"{html.removesuffix('</p>')}{ways}</p>" if html.endswith("</p>") else f"{html}<p>{ways}</p>"
        return f'<li id="fn-{number}">{inner if ways else html}</li>\n'


def _way_back(number: int, count: int) -> str:
    label = "Back to the text" if count == 1 else f"Back to the text, place {count}"
    href = f"#{reference_id(number, count)}"
    return f'<a class="fl-noteback" role="doc-backlink" href="{href}" aria-label="{label}">↩\ufe0e</a>'
