"""The Markdown of a note or theme: what stands in it, and where; the one reading of prose for checks and for pages.

`parse_body` yields two things. The *body* is what the library keeps: citations, hyperlinks, headings, quotes. The
*structure* is what a renderer needs besides, and is made again from the same text when a page is rendered.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from . import policy
from .blocks import MAX_DEPTH, Block, BlockKind, Content, parse_blocks
from .citations import parse_citations
from .diagnostics import Diagnostic, quoted
from .inlines import Mark, MarkKind, mask, parse_destinations, parse_marks, plain_text
from .model import Body, Citation, Heading, Hyperlink, Quote
from .quotes import parse_attribution, parse_quote
from .spans import LineTable

__all__ = ["Leaf", "ParsedBody", "Structure", "make_anchor", "parse_body"]


class Leaf(NamedTuple):
    """A paragraph or heading: its content, and what in it is no plain prose."""

    content: Content
    marks: list[Mark]
    citations: list[Citation]
    """Those of the marks of that kind, in their order."""


@dataclass(slots=True)
class Structure:
    """What rendering needs of a body besides its values."""

    root: Block
    leaves: dict[int, Leaf] = field(default_factory=dict)
    """By where the block starts."""
    quotes: dict[int, int] = field(default_factory=dict)
    """From where a block quote starts to the quote's index in `Body.quotes`."""
    headings: dict[int, int] = field(default_factory=dict)
    """From where a heading starts to its index in `Body.headings`."""


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
        self.open_tags: list[tuple[str, int, int]] = []

    def parse(self) -> ParsedBody:
        root = self.structure.root
        for block in root.children:
            self._block(block)
        for name, start, end in self.open_tags:
            self.report("forbidden-html", start, end, f"<{name}> is never closed", f"add </{name}>")
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

    def _block(self, block: Block, *, quoted_already: bool = False) -> list[Citation]:
        """Read a block and all below it; returns the citations in it."""
        match block.kind:
            case BlockKind.QUOTE if not quoted_already:
                return self._quote(block)
            case BlockKind.PARAGRAPH | BlockKind.HEADING:
                leaf = self._leaf(block)
                if block.kind is BlockKind.HEADING:
                    self._heading(block, leaf)
                return leaf.citations
            case BlockKind.HTML:
                self._html(block)
            case BlockKind.CODE if not block.closed:
                message = "the code block that opens here is never closed"
                end = min(block.end, block.start + 3)
                self.report("unclosed-fence", block.start, end, message, "close it with the same fence")
        return [c for child in block.children for c in self._block(child, quoted_already=quoted_already)]

    def _quote(self, block: Block) -> list[Citation]:
        last = block.children[-1] if block.children else None
        attribution = None
        if last is not None and last.kind is BlockKind.PARAGRAPH:
            content = Content(self.table.text, last.lines)
            attribution = parse_attribution(content, self.table)
        words = block.children if attribution is None else block.children[:-1]
        found = [c for child in words for c in self._block(child, quoted_already=True)]
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
            if re.search(r"^\s*(?:—|--+|–)\s.*\[@", text, re.MULTILINE):
                remedy = 'put an empty line ">" between the words and the attribution'
        elif last is not None and last.kind is BlockKind.ITEM:
            remedy = 'begin the attribution with an em dash "—", not with a hyphen, which makes a list'
        end = min(line, self.table.offset(self.table.span(block.start, block.start).start) + 80)
        self.report("unattributed-quote", block.start, end, "this block quote has no attribution", remedy)

    def _html(self, block: Block) -> None:
        text = self.table.text[block.start : block.end]
        if text.startswith("<!--"):
            if not block.closed:
                end = min(block.end, block.start + 4)
                self.report("forbidden-html", block.start, end, "this comment is never closed", "add -->")
            return
        tag = re.match(r"<[^>\n]*>?", text)
        assert tag is not None
        self._refuse_tag(tag[0], block.start)

    def _heading(self, block: Block, leaf: Leaf) -> None:
        text, anchor = _split_anchor(leaf.content.text)
        label = " ".join(plain_text(text).split())
        taken = {heading.id for heading in self.headings}
        self.structure.headings[block.start] = len(self.headings)
        self.headings.append(
            Heading(
                level=int(block.info),
                text=label,
                id=make_anchor(anchor or label, taken),
                span=self.table.span(block.start, block.end),
            )
        )

    # -- leaves

    def _leaf(self, block: Block) -> Leaf:
        content = Content(self.table.text, block.lines)
        marks = parse_marks(content.text)
        destinations = parse_destinations(content.text, marks)
        if destinations:
            outside = [m for m in marks if not any(d.start <= m.start < d.end for d in destinations)]
            marks = sorted([*outside, *destinations], key=lambda m: m.start)
        for m in marks:
            self._mark(m, content)
        leaf = Leaf(content, marks, [])
        if "@" in content.text:
            leaf = self._cite(leaf)
        self.citations += leaf.citations
        self.structure.leaves[block.start] = leaf
        return leaf

    def _cite(self, leaf: Leaf) -> Leaf:
        content = leaf.content

        def span(start: int, end: int) -> object:
            return self.table.span(content.offset(start), content.offset(end - 1) + 1)

        found = list(parse_citations(content.text, span, mask(content.text, leaf.marks)))  # type: ignore[arg-type]
        if not found:
            return leaf
        outside = [m for m in leaf.marks if not any(f.start <= m.start < f.end for f in found)]
        cited = [Mark(MarkKind.CITATION, f.start, f.end, "") for f in found]
        return Leaf(content, sorted([*outside, *cited], key=lambda m: m.start), [f.citation for f in found])

    def _mark(self, mark: Mark, content: Content) -> None:
        start = content.offset(mark.start)
        match mark.kind:
            case MarkKind.TAG:
                if not self._refuse_tag(mark.text, start):
                    self._balance(mark.text, start)
            case MarkKind.COMMENT if not mark.text.endswith("-->"):
                self.report("forbidden-html", start, start + 4, "this comment is never closed", "add -->")
            case MarkKind.DESTINATION | MarkKind.AUTOLINK:
                span = self.table.span(start, content.offset(mark.end - 1) + 1)
                self.hyperlinks.append(Hyperlink(target=_target(mark), span=span, image=_is_image(mark, content)))

    def _refuse_tag(self, tag: str, start: int) -> bool:
        fault = policy.tag_fault(tag)
        if fault is None:
            return False
        message = f"the tag {quoted(tag)} {fault}"
        self.report(
            "forbidden-html", start, start + len(tag), message, "use Markdown, or write &lt; for a literal <"
        )
        return True

    def _balance(self, tag: str, start: int) -> None:
        name = policy.tag_name(tag)
        if name in policy.VOID_ELEMENTS or tag.endswith("/>"):
            return
        if not tag.startswith("</"):
            self.open_tags.append((name, start, start + len(tag)))
        elif self.open_tags and self.open_tags[-1][0] == name:
            self.open_tags.pop()
        else:
            message = f"{quoted(tag)} closes nothing that is open here"
            self.report("forbidden-html", start, start + len(tag), message, "remove it, or open the element before")


def _target(mark: Mark) -> str:
    is_mail = mark.kind is MarkKind.AUTOLINK and "@" in mark.text and not re.match(r"[a-z+.-]+:", mark.text, re.I)
    return f"mailto:{mark.text}" if is_mail else mark.text


def _is_image(mark: Mark, content: Content) -> bool:
    if mark.kind is not MarkKind.DESTINATION or not content.text.startswith("](", _opening(mark, content)):
        return False
    depth = 0
    for index in range(_opening(mark, content), -1, -1):
        depth += {"]": 1, "[": -1}.get(content.text[index], 0)
        if depth == 0:
            return content.text[index - 1 : index] == "!" and index > 0
    return False


def _opening(mark: Mark, content: Content) -> int:
    return content.text.rfind("](", 0, mark.start + 1)


_ANCHOR = re.compile(r"^(.*?)[ \t]*\{#([A-Za-z][\w-]*)\}[ \t]*$", re.DOTALL)


def _split_anchor(text: str) -> tuple[str, str]:
    """A heading's text and the identifier that Pandoc's `{#id}` gives it, or an empty one."""
    match = _ANCHOR.match(text)
    return (match[1], match[2]) if match else (text, "")


_RESERVED = re.compile(r"(?:q|ref|fn|fnref|cite)(?:-|$)")


def make_anchor(text: str, taken: set[str]) -> str:
    """An identifier for a heading, as GitHub makes it from the text, different from those taken.

    It holds only letters, digits, `_` and hyphens and never begins with `_`, so it can neither meet an identifier of
    the site's frame (`__search`) nor one of our own (`q-…`).
    """
    words = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFC", text).lower())
    anchor = re.sub(r"[\s_]+", "-", words).strip("-") or "section"
    if _RESERVED.match(anchor):
        anchor = f"s-{anchor}"
    candidates = (anchor if n == 0 else f"{anchor}-{n}" for n in _count())
    return next(c for c in candidates if c not in taken)


def _count() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1
