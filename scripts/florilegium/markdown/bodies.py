"""The Markdown of a note or theme: what stands in it, and where; the one reading of prose for checks and for pages.

`parse_body` yields two things. The *body* is what the library keeps: citations, hyperlinks, headings, quotes. The
*structure* is what a renderer needs besides, and is made again from the same text when a page is rendered.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..core import policy
from ..core.diagnostics import Diagnostic, quoted
from ..core.model import Body, Citation, Heading, Hyperlink, Quote
from ..core.spans import LineTable
from .blocks import MAX_DEPTH, Block, BlockKind, Content, Line, parse_blocks
from .citations import Found, parse_citations
from .inlines import (
    Mark,
    MarkKind,
    Target,
    entity_text,
    mask,
    merge_marks,
    normal_label,
    parse_definitions,
    parse_marks,
    parse_targets,
    plain_text,
)
from .quotes import parse_attribution, parse_quote
from .tables import parse_alignments, split_cells

__all__ = ["Leaf", "ParsedBody", "Structure", "Table", "make_anchor", "parse_body"]


class Leaf(NamedTuple):
    """The content of a paragraph, a heading or a cell, and what in it is no plain prose."""

    content: Content
    start: int
    end: int
    """What is shown is `content.text[start:end]`: without link definitions, without a heading's identifier."""
    marks: Sequence[Mark]
    targets: Sequence[Target]
    citations: Sequence[Citation]
    """Those of the marks of that kind, in their order."""
    first: int
    """Index in `Body.citations` of the first of them."""


class Table(NamedTuple):
    """A table: how its columns are aligned, and its rows of as many cells, of which the first is the header."""

    alignments: tuple[str, ...]
    rows: list[list[Leaf]]


@dataclass(slots=True)
class Structure:
    """What rendering needs of a body besides its values."""

    root: Block
    leaves: dict[int, Leaf] = field(default_factory=dict)
    """By where the block starts."""
    tables: dict[int, Table] = field(default_factory=dict)
    """By where the block starts."""
    quotes: dict[int, int] = field(default_factory=dict)
    """From where a block quote starts to the quote's index in `Body.quotes`."""
    headings: dict[int, int] = field(default_factory=dict)
    """From where a heading starts to its index in `Body.headings`."""
    definitions: dict[str, str] = field(default_factory=dict)
    """From the normal label of a link definition to its address."""
    notes: dict[str, Block] = field(default_factory=dict)
    """From the normal label of a footnote to its definition."""


class ParsedBody(NamedTuple):
    body: Body
    structure: Structure
    diagnostics: list[Diagnostic]


def parse_body(table: LineTable, start: int, note: str = "") -> ParsedBody:
    """Read the Markdown of `table.text[start:]`; `note` is the id of the note that its quotes belong to."""
    return _Parser(table, start, note).parse()


class _Parser:
    def __init__(self, table: LineTable, start: int, note: str) -> None:
        self.table = table
        self.start = start
        self.note = note
        self.structure = Structure(parse_blocks(table.text, start))
        self.diagnostics: list[Diagnostic] = []
        self.citations: list[Citation] = []
        self.hyperlinks: list[Hyperlink] = []
        self.headings: list[Heading] = []
        self.quotes: list[Quote] = []
        self.anchors: dict[str, int] = {}
        self.open_tags: list[_OpenTag] = []
        self.pictures: list[tuple[Content, str, list[Target]]] = []
        """The contents that may hold images whose address is defined elsewhere, with what is masked of them."""

    def parse(self) -> ParsedBody:
        root = self.structure.root
        self._container(root.children, quoted_already=False)
        self._find_pictures()
        if root.too_deep:
            message = f"lists and block quotes are nested more than {MAX_DEPTH} deep"
            self.report("too-deep", root.start, root.start, message, "flatten the structure")
        body = Body(
            text=self.table.text[self.start :],
            headings=tuple(self.headings),
            citations=tuple(self.citations),
            hyperlinks=tuple(self.hyperlinks),
            quotes=tuple(self.quotes),
        )
        return ParsedBody(body, self.structure, self.diagnostics)

    def report(self, rule: str, start: int, end: int, message: str, remedy: str = "") -> None:
        span = self.table.span(start, end)
        self.diagnostics.append(Diagnostic(rule=rule, span=span, message=message, help=remedy))

    # -- blocks

    def _block(self, block: Block, *, quoted_already: bool = False) -> Sequence[Citation]:
        """Read a block and all below it; returns the citations in it."""
        match block.kind:
            case BlockKind.QUOTE if not quoted_already:
                return self._quote(block)
            case BlockKind.PARAGRAPH:
                return self._paragraph(block)
            case BlockKind.HEADING:
                return self._heading(block)
            case BlockKind.TABLE:
                return self._table(block)
            case BlockKind.HTML:
                return self._html(block)
            case BlockKind.FOOTNOTE:
                self.structure.notes.setdefault(normal_label(block.info), block)
            case BlockKind.CODE if not block.closed:
                message = "the code block that opens here is never closed"
                end = min(block.end, block.start + 3)
                self.report("unclosed-fence", block.start, end, message, "close it with the same fence")
        return self._container(block.children, quoted_already=quoted_already) if block.children else []

    def _container(self, blocks: list[Block], *, quoted_already: bool) -> list[Citation]:
        """Read the blocks of a container. What a tag opens in it must be closed in it."""
        outer, self.open_tags = self.open_tags, []
        found = [c for child in blocks for c in self._block(child, quoted_already=quoted_already)]
        self._report_open_tags("add")
        self.open_tags = outer
        return found

    def _quote(self, block: Block) -> Sequence[Citation]:
        last = block.children[-1] if block.children else None
        attribution = None
        if last is not None and last.kind is BlockKind.PARAGRAPH:
            content = Content(self.table.text, last.lines)
            attribution = parse_attribution(content, self.table)
        words = block.children if attribution is None else block.children[:-1]
        found = self._container(words, quoted_already=True)
        if attribution is None:
            self._unattributed(block, last)
            return found
        quote, problems = parse_quote(block, attribution, tuple(found), self.table, self.note)
        self.diagnostics += problems
        self.structure.quotes[block.start] = len(self.quotes)
        self.quotes.append(quote)
        return found

    def _unattributed(self, block: Block, last: Block | None) -> None:
        line = block.children[0].end if block.children else block.end
        remedy = "end it with a paragraph: — SPEAKER, [@key, p. 1] #theme {#quote-id}"
        if last is not None and last.lines:
            text = Content(self.table.text, last.lines).text
            if re.search(r"^[ \t]*(?:—|--+|–)[ \t].*\[@", text, re.MULTILINE):
                remedy = 'put an empty line ">" between the words and the attribution'
        elif last is not None and last.kind is BlockKind.ITEM:
            remedy = 'begin the attribution with an em dash "—", not with a hyphen, which makes a list'
        end = min(line, self.table.offset(self.table.span(block.start, block.start).start) + 80)
        self.report("unattributed-quote", block.start, end, "this block quote has no attribution", remedy)

    def _html(self, block: Block) -> Sequence[Citation]:
        text = self.table.text[block.start : block.end]
        if text.startswith("<!--"):
            # What follows a comment on its last line is shown, so it is read.
            return self._paragraph(block)
        tag = re.match(r"<[^>\n]*>?", text)
        assert tag is not None
        self._refuse_tag(tag[0], block.start)
        return []

    def _heading(self, block: Block) -> Sequence[Citation]:
        content = Content(self.table.text, block.lines)
        start = self._definitions(content) if self.table.text.startswith("[", block.start) else 0
        if start and start == len(content.text):
            # Nothing was underlined but definitions, which leave nothing behind: the line is on its own.
            block.kind = BlockKind.BREAK if block.info == "2" else BlockKind.PARAGRAPH
            self.structure.leaves[block.start] = self._leaf(content, start)
            return []
        end, anchor = _split_anchor(content.text)
        leaf = self._leaf(content, start, end)
        self.structure.leaves[block.start] = leaf
        label = " ".join(plain_text(content.text[start:end]).split())
        self.structure.headings[block.start] = len(self.headings)
        self.headings.append(
            Heading(
                level=int(block.info),
                text=label,
                id=make_anchor(anchor or label, self.anchors),
                span=self.table.span(block.start, block.end),
            )
        )
        return leaf.citations

    def _table(self, block: Block) -> Sequence[Citation]:
        header, rule, *body = block.lines
        alignments = parse_alignments(self.table.text, *rule)
        assert alignments is not None
        table = Table(alignments, [self._row(line, len(alignments)) for line in (header, *body)])
        self.structure.tables[block.start] = table
        return [c for row in table.rows for leaf in row for c in leaf.citations]

    def _row(self, line: Line, columns: int) -> list[Leaf]:
        cells = split_cells(self.table.text, *line)[:columns]
        return [self._leaf(Content(self.table.text, [Line(*cell)])) for cell in cells]

    # -- leaves

    def _paragraph(self, block: Block) -> Sequence[Citation]:
        content = Content(self.table.text, block.lines)
        leaf = self._leaf(content, self._definitions(content))
        self.structure.leaves[block.start] = leaf
        return leaf.citations

    def _definitions(self, content: Content) -> int:
        """Read the link definitions that open a leaf; returns the index at which its text begins."""
        if not content.text.startswith("["):
            return 0
        definitions = parse_definitions(content.text)
        for definition in definitions.found:
            self.structure.definitions.setdefault(definition.label, definition.mark.text)
            self._mark(definition.mark, content, set())
        return definitions.stop

    def _leaf(self, content: Content, start: int = 0, end: int | None = None) -> Leaf:
        if end is None:
            end = len(content.text)
        if not _SPECIAL.search(content.text):
            return Leaf(content, start, end, (), (), (), len(self.citations))
        marks = [m for m in parse_marks(content.text) if m.start >= start]
        targets = [t for t in parse_targets(content.text, marks) if t.close >= start]
        everything = merge_marks(marks, [t.mark for t in targets]) if targets else marks
        masked = mask(content.text, everything)
        if "![" in masked:
            self.pictures.append((content, masked, targets))
        if everything:
            self._marks(everything, content, _closings_of_images(masked, targets))
        citations: list[Citation] = []
        if "@" in masked:
            found = self._cite(content, masked, start)
            citations = [f.citation for f in found]
            marks = merge_marks(marks, [Mark(MarkKind.CITATION, f.start, f.end, "") for f in found])
        first = len(self.citations)
        self.citations += citations
        return Leaf(content, start, end, marks, targets, citations, first)

    def _cite(self, content: Content, masked: str, start: int) -> list[Found]:
        if start:
            masked = " " * start + masked[start:]
        return list(parse_citations(content.text, content.spans(self.table), masked))

    def _marks(self, marks: list[Mark], content: Content, images: set[int]) -> None:
        outer, self.open_tags = self.open_tags, []
        for mark in marks:
            self._mark(mark, content, images, outer)
        self._report_open_tags("in the same paragraph, add")
        self.open_tags = outer

    def _mark(self, mark: Mark, content: Content, images: set[int], outer: "list[_OpenTag] | None" = None) -> None:
        start = content.offset(mark.start)
        match mark.kind:
            case MarkKind.TAG:
                self._balance(mark.text, start, outer if outer is not None else [])
            case MarkKind.COMMENT if not mark.text.endswith(("-->", "<!-->", "<!--->")):
                self.report("forbidden-html", start, start + 4, "this comment is never closed", "add -->")
            case MarkKind.ENTITY if entity_text(mark.text) == mark.text:
                message = f"{quoted(mark.text)} stands for a character that no reader sees, or that reorders text"
                self.report("invisible-character", start, start + len(mark.text), message, "remove it")
            case MarkKind.DESTINATION | MarkKind.AUTOLINK:
                span = self.table.span(start, content.offset(mark.end - 1) + 1)
                self.hyperlinks.append(Hyperlink(target=_target(mark), span=span, image=mark.start in images))

    def _refuse_tag(self, tag: str, start: int) -> bool:
        fault = policy.tag_fault(tag)
        if fault is None:
            return False
        message = f"the tag {quoted(tag)} {fault}"
        self.report("forbidden-html", start, start + len(tag), message, "use Markdown, or write &lt; for a literal <")
        return True

    def _balance(self, tag: str, start: int, outer: "list[_OpenTag]") -> None:
        """Keep count of open elements: `outer` are those that may hold paragraphs, the others end in their own."""
        name = policy.tag_name(tag)
        opened = outer if name in policy.SPANNING_ELEMENTS else self.open_tags
        closes = tag.startswith("</")
        if closes and opened and opened[-1].name == name:
            opened.pop()  # Where the tag that it belongs to was refused, that is said already.
            return
        refused = self._refuse_tag(tag, start)
        if name in policy.VOID_ELEMENTS or tag.endswith("/>") or (refused and (closes or not name)):
            return
        if not closes:
            opened.append(_OpenTag(name, start, start + len(tag), refused))
            if not refused and len(opened) == MAX_DEPTH + 1:
                message = f"elements are nested more than {MAX_DEPTH} deep"
                self.report("too-deep", start, start + len(tag), message, "flatten the structure")
        else:
            message = f"{quoted(tag)} closes nothing that is open here"
            self.report("forbidden-html", start, start + len(tag), message, "remove it, or open the element before")

    def _report_open_tags(self, remedy: str) -> None:
        for tag in self.open_tags:
            if not tag.refused:
                message = f"<{tag.name}> is never closed"
                self.report("forbidden-html", tag.start, tag.end, message, f"{remedy} </{tag.name}>")

    def _find_pictures(self) -> None:
        """Add the images whose addresses are in link definitions, which may stand anywhere in the text."""
        for content, masked, targets in self.pictures if self.structure.definitions else ():
            for start, end, label in _picture_labels(masked, content.text, {t.close for t in targets}):
                address = self.structure.definitions.get(normal_label(label))
                if address is not None:
                    span = self.table.span(content.offset(start), content.offset(end - 1) + 1)
                    self.hyperlinks.append(Hyperlink(target=address, span=span, image=True))


class _OpenTag(NamedTuple):
    """A tag that opens an element, and where it stands."""

    name: str
    start: int
    end: int
    refused: bool
    """Whether it is reported already."""


_SPECIAL = re.compile(r"[\\`<&@:]|\]\(|!\[")
"""Without any of these, content is nothing but text and emphasis."""


def _target(mark: Mark) -> str:
    has_scheme = re.match(r"[a-z][a-z0-9+.-]*:", mark.text, re.I)
    is_mail = mark.kind is MarkKind.AUTOLINK and "@" in mark.text and not has_scheme
    return f"mailto:{mark.text}" if is_mail else mark.text


def _closings_of_images(masked: str, targets: list[Target]) -> set[int]:
    """Where the addresses of images begin."""
    if not targets or "![" not in masked:
        return set()
    places = {target.close: target.start for target in targets}
    opened: list[str] = []
    images = set()
    for bracket in re.finditer(r"!?\[|\]", masked):
        if bracket[0] != "]":
            opened.append(bracket[0])
        elif opened and opened.pop() == "![" and bracket.start() in places:
            images.add(places[bracket.start()])
    return images


_LABEL = re.compile(r"\[((?:\\[\s\S]|[^\[\]\\]){1,999}+)\]")


def _picture_labels(masked: str, text: str, closings: set[int]) -> Iterator[tuple[int, int, str]]:
    """Of each `![words][label]`, `![label][]` and `![label]`: where it begins and ends, and its label."""
    opened: list[re.Match[str]] = []
    for bracket in re.finditer(r"!?\[|\]", masked):
        if bracket[0] != "]":
            opened.append(bracket)
            continue
        opening = opened.pop() if opened else None
        if opening is None or opening[0] != "![" or bracket.start() in closings:
            continue
        label = _LABEL.match(text, bracket.end())
        end = label.end() if label else bracket.end() + 2 * text.startswith("[]", bracket.end())
        yield opening.start(), end, label[1] if label else text[opening.end() : bracket.start()]


_ANCHOR = re.compile(r"\{#([A-Za-z][\w-]*)\}[ \t]*\Z")


def _split_anchor(text: str) -> tuple[int, str]:
    """Where a heading's text ends, and the identifier that Pandoc's `{#id}` gives it, or an empty one."""
    at = text.rfind("{#")
    match = _ANCHOR.match(text, at) if at >= 0 else None
    return (len(text[:at].rstrip()), match[1]) if match else (len(text), "")


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
