"""A note or theme while it is fixed: its text, what was read from it, and what counts as wrong with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ...check.checks.severities import apply_severities
from ...core.diagnostics import Diagnostic, counted
from ...core.edits import Edit
from ...core.model import Note, Theme
from ...core.spans import LineTable
from ...library.frontmatter import FileDivision, cut_front_matter
from ...library.links import Links
from ...library.notes import parse_note, parse_theme
from ...markdown.bodies import BodyTree, parse_body
from ...markdown.nodes import Node


class TextKind(Enum):
    """What is fixed, in the words of the report, for one of them and for many."""

    ATTRIBUTION = "attribution that stood below its block quote", "attributions that stood below their block quotes"
    DASH = "dash of an attribution", "dashes of attributions"
    QUOTE_ID = "quote id", "quote ids"
    THEME_LISTED = "theme that a note did not list", "themes that notes did not list"
    THEME_ORDER = "order of an attribution's themes", "orders of attributions' themes"
    DOI = "DOI", "DOIs"
    TITLE = "title in sentence case", "titles in sentence case"
    BLANK_LINE = "blank line", "blank lines"
    PAGE = "page of a quotation", "pages of quotations"
    ENTRY = "entry of quotes.lock, which follows its quotation", "entries of quotes.lock, which follow their quotations"
    LETTERS = "stretch of letters that was not in Unicode NFC", "stretches of letters that were not in Unicode NFC"

    def counted(self, count: int) -> str:
        """So many of them: `2 quote ids`."""
        return counted(count, *self.value)


class Fix(NamedTuple):
    """One thing that is put right."""

    kind: TextKind
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedText:
    """A note or theme, read from a text that may never be written."""

    table: LineTable
    value: Note | Theme
    tree: BodyTree
    findings: tuple[Diagnostic, ...]
    """Those of its form that count: `library.yml` neither turns them off nor excepts them."""
    links: Links
    """The library as it is on disk."""

    def found(self, rule: str) -> Iterator[Diagnostic]:
        """The findings of one rule."""
        return (finding for finding in self.findings if finding.rule == rule)

    def block_quotes(self) -> Iterator[Node]:
        """The block quotes that lie in no other one."""
        return _outer(self.tree.root.children)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the file of a range of bytes of the tree."""
        span = self.tree.positions.span(start, end)
        return self.table.offset(span.start), self.table.offset(span.end)


def _outer(blocks: Iterable[Node]) -> Iterator[Node]:
    for block in blocks:
        if block.kind == "BlockQuote":
            yield block
        else:
            yield from _outer(block.children)


def parse_fixable(path: str, text: str, links: Links) -> FixedText:
    """Read the text of a note or theme as if it stood in the file at `path`."""
    table = LineTable(path, text)
    name = path.rsplit("/", 1)[1].removesuffix(".md")
    value: Note | Theme
    if path.split("/")[1] == "notes":
        value, findings = parse_note(name, table)
    else:
        value, findings = parse_theme(name, table)
    cut = cut_front_matter(text)
    start = cut.body_start if isinstance(cut, FileDivision) else len(text)
    tree = parse_body(table, start, name).tree
    return FixedText(table=table, value=value, tree=tree, findings=apply_severities(links, findings), links=links)
