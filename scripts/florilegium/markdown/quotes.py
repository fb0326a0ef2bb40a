"""Quotes: a block quote and its attribution become a `Quote`. Nothing else finds quotes.

The attribution reads `— SPEAKER, [@key, LOCATOR], quoted in [@key2, LOCATOR] #theme !notice {#quote-id}`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.ids import ID, MAX_ID_LENGTH, free_id, propose_id
from ..core.model import Citation, Mention, Quote, Reference, Speaker
from ..core.spans import LineTable, Span
from .blocks import Block, BlockKind, Content
from .citations import Found, parse_citations
from .inlines import mask, parse_definitions, parse_marks, plain_text
from .tables import split_cells

__all__ = ["ID", "MAX_ID_LENGTH", "Attribution", "free_id", "parse_attribution", "parse_quote", "propose_id"]

_FORM = "the form is: — SPEAKER, [@key, p. 1], quoted in [@key2] #theme !notice {#quote-id}"
_DASH = re.compile(r"(?:—|---?)\s*")
_BETWEEN = re.compile(r"[\s,]*quoted\s+in\s*\Z", re.IGNORECASE)
_IN = re.compile(r"(?:^|[\s,])in\s*\Z")
_TOKEN = re.compile(r"\S+")
_EARLY = re.compile(r"(?<![^\s,])(?:[#!][a-z][\w-]*|\{#[^{}\s]*\})")
_PSEUDONYM = re.compile(r"[\"“„«']([^\"”“»']+)[\"”“»']")


class Attribution(NamedTuple):
    """The last paragraph of a quote, with what was recognised of it."""

    content: Content
    speaker: Speaker | None
    references: list[Reference]
    themes: list[Mention]
    notices: list[Mention]
    ids: list[Mention]
    span: Span
    faults: list[Diagnostic]


def parse_attribution(content: Content, table: LineTable) -> Attribution | None:
    """Read a paragraph as an attribution; None where it does not begin with a dash, as each attribution does."""
    dash = _DASH.match(content.text)
    return _Parser(content, table, dash.end()).parse() if dash else None


class _Parser:
    def __init__(self, content: Content, table: LineTable, start: int) -> None:
        self.content = content
        self.span = content.spans(table)
        self.start = start
        self.text = content.text
        self.faults: list[Diagnostic] = []
        masked = mask(self.text, parse_marks(self.text)) if "@" in self.text else self.text
        self.found = list(parse_citations(self.text, self.span, masked))

    def fault(self, start: int, end: int, message: str, remedy: str = _FORM) -> None:
        self.faults.append(
            Diagnostic(rule="malformed-attribution", span=self.span(start, end), message=message, help=remedy)
        )

    def parse(self) -> Attribution:
        self._check_order()
        themes: list[Mention] = []
        notices: list[Mention] = []
        ids: list[Mention] = []
        lists = {"#": themes, "!": notices, "{": ids}
        for token, mention in self._tail():
            lists[token].append(mention)
        if len(ids) > 1:
            place = ids[1].span
            self.faults.append(
                Diagnostic(
                    rule="malformed-attribution",
                    span=place,
                    message="the quote has two ids",
                    help="keep one: {#quote-id}",
                )
            )
        return Attribution(
            content=self.content,
            speaker=self._speaker(),
            references=self._references(),
            themes=themes,
            notices=notices,
            ids=ids,
            span=self.span(0, len(self.text.rstrip())),
            faults=self.faults,
        )

    def _speaker(self) -> Speaker | None:
        end = self.found[0].start if self.found else self._first_tag()
        raw = self.text[self.start : end]
        cut = _IN.search(raw)
        words = (raw[: cut.start()] if cut else raw).rstrip(" \t\n,")
        if not words.strip():
            self.fault(0, max(end, 1), "the attribution does not say who speaks")
            return None
        name = _PSEUDONYM.search(words)
        return Speaker(
            text=" ".join(words.split()),
            name=name[1] if name else "",
            span=self.span(self.start, self.start + len(words)),
        )

    def _check_order(self) -> None:
        """Report themes, notices and ids that stand before the first work, where they would be the speaker's name."""
        for tag in _EARLY.finditer(self.text, self.start, self.found[0].start if self.found else self.start):
            message = f"{quoted(tag[0])} stands before the work"
            self.fault(*tag.span(), message, "move it to the end: themes, notices and the id come after the last work")

    def _first_tag(self) -> int:
        tag = re.search(r"(?:^|\s)(?:#|!|\{#)\w", self.text)
        return tag.start() if tag else len(self.text)

    def _references(self) -> list[Reference]:
        references = []
        for found in self.found[:2]:
            if len(found.citation.references) > 1:
                message = "one citation of an attribution names one work"
                self.fault(found.start, found.end, message, 'name a second work after "quoted in"')
            references.append(found.citation.references[0])
        if not self.found:
            self.fault(0, len(self.text.rstrip()), "the attribution cites no work")
        if len(self.found) > 1:
            self._between(self.found[0], self.found[1])
        for found in self.found[2:]:
            self.fault(found.start, found.end, "an attribution cites two works at most")
        return references

    def _between(self, first: Found, second: Found) -> None:
        words = self.text[first.end : second.start]
        if not _BETWEEN.match(words):
            shown = quoted(" ".join(words.split()))
            self.fault(first.end, second.start, f'between the two works stands {shown}, not ", quoted in"')

    def _tail(self) -> Iterator[tuple[str, Mention]]:
        """The themes, notices and ids after the last work."""
        start = self.found[-1].end if self.found else self._first_tag()
        for token in _TOKEN.finditer(self.text, start):
            word = token[0]
            if word[0] in "#!" and len(word) > 1:
                yield word[0], self._mention(token.start() + 1, token.end(), word[1:].rstrip(","))
            elif word.startswith("{#") and word.endswith("}"):
                yield "{", self._mention(token.start(), token.end(), word[2:-1])
            elif word.strip(",.;"):
                remedy = f"write {{#{word[1:-1]}}}" if word[0] + word[-1] == "{}" and ID.match(word[1:-1]) else _FORM
                self.fault(token.start(), token.end(), f"{quoted(word)} is no theme, notice or id", remedy)

    def _mention(self, start: int, end: int, id_: str) -> Mention:
        return Mention(id=id_, span=self.span(start, end))


def parse_quote(
    block: Block, attribution: Attribution, citations: tuple[Citation, ...], table: LineTable, note: str
) -> tuple[Quote, list[Diagnostic]]:
    """The quote that a block quote is; `citations` are those inside its words."""
    problems = list(attribution.faults)
    leaves = [leaf for child in block.children[:-1] for leaf in child.walk() if leaf.lines]
    words = "\n".join(_leaf_words(leaf, table.text) for leaf in leaves)
    if not words.strip():
        problems.append(
            Diagnostic(
                rule="malformed-attribution",
                span=attribution.span,
                message="the attribution stands alone: the quote has no words",
                help='write the words before it, then an empty line ">"',
            )
        )
    identifier = _identifier(attribution, words, problems)
    references = attribution.references
    quote = Quote(
        id=identifier.id if identifier else "",
        note=note,
        words=words,
        speaker=attribution.speaker,
        reference=references[0] if references else None,
        quoted_in=references[1] if len(references) > 1 else None,
        themes=tuple(attribution.themes),
        notices=tuple(attribution.notices),
        span=table.span(block.start, block.end),
        words_span=_cover(leaves, table) if leaves else attribution.span,
        attribution_span=attribution.span,
        id_span=identifier.span if identifier else attribution.span,
        citations=citations,
    )
    return quote, problems


def _leaf_words(leaf: Block, text: str) -> str:
    """What a reader sees of a leaf: code as it stands, a table cell by cell, and no link definitions."""
    if leaf.kind is BlockKind.TABLE:
        rows = [split_cells(text, *line) for line in (leaf.lines[0], *leaf.lines[2:])]
        return "\n".join(" ".join(plain_text(text[cell.start : cell.end]) for cell in row) for row in rows)
    content = Content(text, leaf.lines).text
    if leaf.kind is BlockKind.CODE:
        return content.rstrip("\n")
    return plain_text(content[parse_definitions(content).stop :] if content.startswith("[") else content)


def _cover(leaves: list[Block], table: LineTable) -> Span:
    return table.span(leaves[0].lines[0].start, leaves[-1].lines[-1].end)


def _identifier(attribution: Attribution, words: str, problems: list[Diagnostic]) -> Mention | None:
    if not attribution.ids:
        end = attribution.span.end
        place = Span(attribution.span.path, *end, *end)
        remedy = f"add {{#{propose_id(words)}}}"
        problems.append(Diagnostic(rule="missing-quote-id", span=place, message="the quote has no id", help=remedy))
        return None
    found = attribution.ids[0]
    if not ID.match(found.id) or len(found.id) > MAX_ID_LENGTH:
        message = f"{quoted(found.id)} is no id: lower-case letters a-z, digits and single hyphens, at most 64"
        remedy = f"write {{#{propose_id(found.id)}}}"
        problems.append(Diagnostic(rule="invalid-id", span=found.span, message=message, help=remedy))
    return found
