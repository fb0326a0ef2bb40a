"""The Markdown of a note or theme: what stands in it, and where; the one reading of prose for checks and for pages.

`parse_body` yields the *body*, which the library keeps: citations, hyperlinks, headings, quotes, and the ranges of
bytes where they stand, from which `prose_tree.py` makes a tree for pages. The tree that was read is dropped.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.model import Body, Citation, Heading, Hyperlink, Quote, Translation
from ..core.places import Places
from ..core.spans import LineTable, Span
from .building import build_tree, trimmed_end
from .citations import FoundCitation
from .citing import bare_target, check_markup, find_citations
from .dialects import (
    check_blank_lines,
    check_code,
    check_conflicts,
    check_definitions,
    check_html,
    check_paragraph,
    check_run,
    foreign_signs,
    has_bullets,
)
from .events import Definition, read_definitions
from .headings import make_anchor, split_anchor
from .missing_attributions import check_remark, unattributed
from .nodes import LITERAL, Node
from .positions import Positions, normalise_lines
from .prose_quotations import find_prose_quotations
from .quoted_markup import check_quoted_code, check_verse, check_words, emphasised_words, is_bare
from .quotes import Attribution, identify
from .quoting import QuoteParts, callout_of, split_quote, without_callout
from .runs import InlineRun
from .tags import TagFault, judge_blocks, judge_inline
from .translations import TranslationAttribution, parse_translation
from .writing_text import write_line, write_text

MAX_NESTING = 16
"""Lists and block quotes within one another."""

_MANY = 100
"""Findings of one kind after which nobody looks for more: to look takes time, and a text with so many is made to."""


class BodyTree(NamedTuple):
    """The tree that a body was read from, for whoever edits its text."""

    root: Node
    positions: Positions
    definitions: Sequence[Definition]
    quotes: dict[int, int]
    """From the byte at which a block quote starts to the quote's index in `Body.quotes`."""


class ParsedBody(NamedTuple):
    body: Body
    tree: BodyTree
    diagnostics: list[Diagnostic]


def parse_body(table: LineTable, start: int, note: str = "") -> ParsedBody:
    """Read the Markdown of `table.text[start:]`; `note` is the id of the note that its quotes belong to."""
    return _Reader(table, start, note).read()


class _Cited(NamedTuple):
    start: int
    end: int
    citation: Citation


class _Reader:
    def __init__(self, table: LineTable, start: int, note: str) -> None:
        self.text = normalise_lines(table.text[start:] if start else table.text)
        self.data = data = self.text.encode()
        self.note = note
        self.positions = Positions(table, start, data)
        self.root = build_tree(self.text, data)
        self.has_html = b"<" in data
        self.has_bullets = has_bullets(data)
        foreign = foreign_signs(data)
        self.signs = [*(sign for sign in (b"@", b"://", b"<") if sign in data), *foreign]
        """Without any of these, running text holds nothing to find."""
        self.has_foreign = bool(foreign) or b"[@" in data
        self.diagnostics: list[Diagnostic] = []
        self.cited: list[_Cited] = []
        self.addresses: list[tuple[int, int]] = []
        self.hyperlinks: list[Hyperlink] = []
        self.headings: list[Heading] = []
        self.quotes: list[Quote] = []
        self.quote_places: list[tuple[int, int]] = []
        self.translations: list[Translation] = []
        self.translation_places: list[tuple[int, int]] = []
        self.anchors: dict[str, int] = {}
        self.too_deep = bool(self.root.info)
        self.in_link = False
        self.in_quote = False
        self.prose_quotes: list[Quote] = []
        self.cut_citations = 0
        """How many citations were found that emphasis cuts."""

    def read(self) -> ParsedBody:
        self._blocks(self.root.children, 0, quoted_already=False)
        definitions = self._definitions() if b"]:" in self.data else []
        self.cited.sort(key=_start_of)
        self.hyperlinks.sort(key=_span_of)
        if self.too_deep:
            message = f"lists and block quotes are nested more than {MAX_NESTING} deep"
            self.report("too-deep", 0, 0, message, "flatten the structure")
        self._faults(check_blank_lines(self.root, self.data))
        for fault in check_conflicts(self.data):
            self._hold_back(self.positions.span(fault.start, fault.end))
            self.report(*fault)
        places = Places(
            citations=tuple([(found.start, found.end) for found in self.cited]),
            addresses=tuple(sorted(self.addresses)),
            quotes=tuple(self.quote_places),
            translations=tuple(self.translation_places),
        )
        body = Body(
            text=self.text,
            headings=tuple(self.headings),
            citations=tuple([found.citation for found in self.cited]),
            hyperlinks=tuple(self.hyperlinks),
            quotes=tuple(self.quotes),
            translations=tuple(self.translations),
            prose_quotes=tuple(self.prose_quotes),
            places=places,
        )
        indices = {place[0]: index for index, place in enumerate(self.quote_places)}
        return ParsedBody(body, BodyTree(self.root, self.positions, definitions, indices), self.diagnostics)

    def report(self, rule: str, start: int, end: int, message: str, remedy: str = "", about: str = "") -> None:
        span = self.positions.span(start, end)
        self.diagnostics.append(Diagnostic(rule=rule, span=span, message=message, help=remedy, about=about))

    def _faults(self, faults: Iterable[TagFault]) -> None:
        for fault in faults:
            self.report(*fault)

    def _hold_back(self, span: Span) -> None:
        """Drop the findings that only follow from one at a span."""
        self.diagnostics = [d for d in self.diagnostics if not span.start <= d.span.start <= span.end]

    def _definitions(self) -> list[Definition]:
        """Read the link definitions, which are in no event."""
        definitions = read_definitions(self.text)
        for found in definitions:
            start, end = _destination(self.data, found.start, found.end, b"]:")
            self.hyperlinks.append(Hyperlink(target=found.address, span=self.positions.span(start, end)))
        self._faults(check_definitions(definitions))
        return definitions

    # -- blocks

    def _blocks(self, blocks: Sequence[Node], depth: int, *, quoted_already: bool) -> None:
        """Read the blocks of a container. What a tag opens in it must be closed in it."""
        if self.has_html and any(block.kind == "HtmlBlock" for block in blocks):
            self._faults(judge_blocks(blocks))
        for index, node in enumerate(blocks):
            kind = node.kind
            if kind == "Paragraph" or kind == "Tight" or kind == "TableCell":
                if self.has_bullets:
                    self._faults(check_paragraph(node, in_quote=self.in_quote))
                self._inlines(node, node)
            elif kind == "Heading":
                self._heading(node)
            elif kind == "BlockQuote":
                self._deeper(depth)
                if quoted_already:
                    self._blocks(node.children, depth + 1, quoted_already=True)
                else:
                    self._quote(node, depth + 1, blocks[index + 1] if index + 1 < len(blocks) else None)
            elif kind == "Item" or kind == "FootnoteDefinition":
                self._deeper(depth)
                self._blocks(node.children, depth + 1, quoted_already=quoted_already)
            elif kind == "CodeBlock":
                self._faults(check_code(node, self.data))
            elif kind == "HtmlBlock":
                self._faults(check_html(node))
            elif node.children:
                self._blocks(node.children, depth, quoted_already=quoted_already)

    def _deeper(self, depth: int) -> None:
        self.too_deep |= depth >= MAX_NESTING

    def _heading(self, node: Node) -> None:
        self._inlines(node, node)
        children, anchor = split_anchor(node, self.positions)
        label = write_line(children)
        span = self.positions.span(node.start, trimmed_end(node, self.data))
        id_ = make_anchor(anchor or label, self.anchors)
        self.headings.append(Heading(level=node.info, text=label, id=id_, span=span))

    # -- quotes

    def _quote(self, node: Node, depth: int, following: Node | None) -> None:
        callout = callout_of(node)
        if callout is not None:
            if not callout.is_quotation:
                self._faults(check_remark(node, callout.name, self.positions))
                self._blocks(node.children, depth, quoted_already=True)
                return
            node.children = without_callout(node.children)
        parts = split_quote(node, self.positions)
        before = len(self.cited)
        notes = parts.footnotes
        blocks = sorted([*parts.words, *notes], key=lambda block: block.start) if notes else parts.words
        self.in_quote = True
        self._blocks(blocks, depth, quoted_already=True)
        self.in_quote = False
        within = [c for c in self.cited[before:] if not any(note.start <= c.start < note.end for note in notes)]
        if parts.attribution is None:
            self.report(*unattributed(node, parts.words, following, self.positions))
            return
        if notes or within or not is_bare(parts.words):
            self._faults(check_quoted_code(parts.words))
            self._faults(check_words(parts.words, notes, [found[:2] for found in within]))
            self._faults(check_verse(parts.words))
        run = parts.attribution.run
        translation = parse_translation(run) if run else None
        if translation is not None:
            self._add_translation(node, parts, translation)
            return
        self._add_quote(node, parts.words, parts.attribution, [found.citation for found in within])
        self.quote_places.append((node.start, parts.cut))

    def _add_quote(
        self, node: Node, blocks: Sequence[Node], attribution: Attribution, citations: Sequence[Citation]
    ) -> None:
        words = write_text(blocks)
        problems = list(attribution.faults)
        if not words.strip():
            problems.append(
                Diagnostic(
                    rule="malformed-attribution",
                    span=attribution.span,
                    message="the quote has an attribution but no text",
                    help='write the words before it, then an empty line ">"',
                )
            )
        identifier = identify(attribution, words, problems)
        references = attribution.references
        self.diagnostics += problems
        self.quotes.append(
            Quote(
                id=identifier.id if identifier else "",
                note=self.note,
                words=words,
                speaker=attribution.speaker,
                reference=references[0] if references else None,
                quoted_in=references[1] if len(references) > 1 else None,
                themes=tuple(attribution.themes),
                notices=tuple(attribution.notices),
                span=self.positions.span(node.start, trimmed_end(node, self.data)),
                words_span=self._cover(blocks) if blocks else attribution.span,
                attribution_span=attribution.span,
                id_span=identifier.span if identifier else attribution.span,
                citations=tuple(citations),
                emphasised=emphasised_words(blocks),
            )
        )

    def _add_translation(self, node: Node, parts: QuoteParts, attribution: TranslationAttribution) -> None:
        words = write_text(parts.words)
        if attribution.fault is not None or attribution.of is None:
            self.diagnostics += [attribution.fault] if attribution.fault else []
        elif not words.strip():
            message, remedy = (
                "the translation has no words",
                'write them before its attribution, then an empty line ">"',
            )
            self.report("malformed-translation", node.start, node.end, message, remedy)
        else:
            self.translations.append(
                Translation(
                    number=len(self.translations),
                    words=words,
                    translator=attribution.translator,
                    language=attribution.language,
                    of=attribution.of,
                    reference=attribution.reference,
                    is_published=attribution.is_published,
                    span=self.positions.span(node.start, trimmed_end(node, self.data)),
                    attribution_span=attribution.span,
                )
            )
            self.translation_places.append((node.start, parts.cut))

    def _cover(self, blocks: Sequence[Node]) -> Span:
        first, last = blocks[0], blocks[-1]
        while first.kind in ("List", "Item", "BlockQuote") and first.children:
            first = first.children[0]
        return self.positions.span(first.start, trimmed_end(last, self.data))

    # -- inline nodes

    def _inlines(self, parent: Node, leaf: Node) -> None:
        """Read the children of a node, the deeper ones first; `leaf` is the block that they all stand in."""
        html = literal = False
        before = len(self.cited)
        for child in parent.children:
            kind = child.kind
            if kind == "Text":
                literal = literal or child.info == LITERAL
            elif kind == "InlineHtml":
                html = True
            elif kind == "Link" or kind == "Image":
                self._hyperlink(child)
                if child.info.type not in ("Autolink", "Email"):
                    outer, self.in_link = self.in_link, True
                    self._inlines(child, leaf)
                    self.in_link = outer
            elif child.children:
                self._inlines(child, leaf)
        if literal:
            self._entities(parent)
        if html:
            self._faults(judge_inline(parent.children))
        if self.signs:
            find, start, end = self.data.find, parent.start, parent.end
            for sign in self.signs:
                if find(sign, start, end) >= 0:
                    self._run(parent, leaf, before)
                    break

    def _entities(self, parent: Node) -> None:
        for child in parent.children:
            if child.kind == "Text" and child.info == LITERAL and child.text.startswith("&"):
                message = f"{quoted(child.text)} stands for a character that no reader sees, or that reorders text"
                self.report("invisible-character", child.start, child.end, message, "remove it")

    def _run(self, parent: Node, leaf: Node, before: int) -> None:
        """Read the text of a node's children; `before` is how many citations were found before those within them."""
        run = InlineRun(parent.children, self.positions)
        for start, end in () if self.in_link else run.addresses:
            place = run.offset(start), run.end_offset(end)
            self.addresses.append(place)
            target = bare_target(run.text[start:end]).address
            self.hyperlinks.append(Hyperlink(target=target, span=self.positions.span(*place)))
        citations = find_citations(run)
        if citations and not self.in_quote and self.note:
            self._prose_quotes(run, citations)
        cited = [_Cited(run.offset(f.start), run.end_offset(f.end), f.citation) for f in citations]
        if cited and len(self.cited) > before:
            # Those within its prefix or suffix are part of it.
            starts = [found.start for found in cited]
            inner = self.cited[before:]
            del self.cited[before:]
            for found in inner:
                index = bisect_right(starts, found.start) - 1
                if index < 0 or found.end > cited[index].end:
                    self.cited.append(found)
        self.cited += cited
        if run.open_tags or self.has_foreign:
            self._faults(check_run(run, in_quote=self.in_quote))
        if self.cut_citations < _MANY:
            faults = list(check_markup(run, parent, leaf.end))
            self.cut_citations += len(faults)
            self._faults(faults)

    def _prose_quotes(self, run: InlineRun, citations: list[FoundCitation]) -> None:
        for found in find_prose_quotations(run, citations):
            span = run.span(found.start, found.end)
            self.prose_quotes.append(
                Quote(
                    id=f"~{sha256(found.words.encode('utf-8', 'replace')).hexdigest()[:12]}",
                    note=self.note,
                    words=found.words,
                    speaker=None,
                    reference=found.reference,
                    quoted_in=None,
                    themes=(),
                    notices=(),
                    span=span,
                    words_span=span,
                    attribution_span=span,
                    id_span=span,
                )
            )

    def _hyperlink(self, node: Node) -> None:
        target = node.info
        image = node.kind == "Image"
        if target.type in ("Autolink", "Email"):
            address = f"mailto:{target.address}" if target.type == "Email" else target.address
            place = node.start, node.end
        elif target.type == "Inline":
            address = target.address
            start = node.children[-1].end if node.children else node.start
            place = _destination(self.data, start, node.end, b"](")
        elif image:
            address, place = target.address, (node.start, node.end)
        else:
            return  # The definition has the address.
        self.hyperlinks.append(Hyperlink(target=address, span=self.positions.span(*place), image=image))


def _start_of(found: _Cited) -> int:
    return found.start


def _span_of(hyperlink: Hyperlink) -> Span:
    return hyperlink.span


def _destination(data: bytes, start: int, end: int, opening: bytes) -> tuple[int, int]:
    """Where the address stands after `](` or `]:`, its angle brackets included."""
    at = data.find(opening, start, end)
    if at < 0:
        return start, end
    at += 2
    while at < end and data[at] in b" \t\n":
        at += 1
    if data[at : at + 1] == b"<":
        close = data.find(b">", at, end)
        return (at, close + 1) if close > 0 else (at, end)
    stop = at
    limit = end - 1 if opening == b"](" else end
    while stop < limit and data[stop] not in b" \t\n":
        stop += 1
    return at, stop
