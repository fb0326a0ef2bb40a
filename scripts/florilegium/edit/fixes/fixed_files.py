"""One file, fixed: every fix in its turn, each on what the one before it left, and the guard over quotations."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ...check.checks.severities import apply_severities
from ...core.edits import apply_edits
from ...core.model import Quote
from ...core.sources import Source
from ...core.spans import LineTable
from ...library.links import Links
from ...library.listing import FileKind
from ...library.reading import parse_text
from .attribution_fixes import (
    fix_dashes,
    fix_detached,
    fix_ids,
    fix_marked_ids,
    fix_order,
    fix_pages,
    fix_text_after,
    fix_unlisted,
)
from .blank_line_fixes import fix_blank_lines
from .fix_drafts import Fix, FixedText, TextKind, parse_fixable
from .letter_fixes import count_left, fix_letters, identities
from .reference_fixes import fix_dois, fix_titles


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFile:
    """What became of a file."""

    text: str
    counts: Counter[TextKind] = field(default_factory=Counter)
    refused: str = ""
    """Why something that could be fixed was left, in a sentence without a full stop; empty where nothing was."""
    left: int = 0
    """Quotations whose words are not in NFC."""


_FIXERS: tuple[Callable[[FixedText], Iterable[Fix]], ...] = (
    fix_text_after,
    fix_detached,
    fix_blank_lines,
    fix_dashes,
    fix_marked_ids,
    fix_ids,
    fix_unlisted,
    fix_order,
    fix_pages,
    lambda document: fix_dois(document.findings, document.table),
)
"""In the order in which one makes work for the next: an attribution that is recognised needs an id."""


def fix_document(path: str, text: str, links: Links) -> FixedFile:
    """Fix a note or theme. Where a quotation's words would change, nothing is."""
    before = document = parse_fixable(path, text, links)
    counts: Counter[TextKind] = Counter()
    for mender in _FIXERS:
        document = _apply(document, mender(document), counts)
    if not keeps_words(before.value.body.quotes, document.value.body.quotes) or _is_broken(before, document):
        return FixedFile(text=text, refused="mending it would change the words of a quotation", left=count_left(before))
    composed_counts: Counter[TextKind] = Counter()
    composed = _apply(document, fix_letters(document), composed_counts)
    if identities(composed) != identities(document):
        message = "in Unicode NFC it would name other things than it does"
        return FixedFile(text=document.table.text, counts=counts, refused=message, left=count_left(document))
    return FixedFile(text=composed.table.text, counts=counts + composed_counts, left=count_left(composed))


def _apply(document: FixedText, fixes: Iterable[Fix], counts: Counter[TextKind]) -> FixedText:
    """The document with fixes made, read again; itself where there are none."""
    found = list(fixes)
    if not found:
        return document
    counts.update(fix.kind for fix in found)
    text = apply_edits(document.table, (edit for fix in found for edit in fix.edits))
    return parse_fixable(document.table.path, text, document.links)


def keeps_words(before: Iterable[Quote], after: Iterable[Quote]) -> bool:
    """Whether every quotation is still there, in its order and with the same words. Others may stand between them."""
    rest = iter(after)
    return all(any(_is_kept(quote, other) for other in rest) for quote in before)


def _is_kept(quote: Quote, other: Quote) -> bool:
    return quote.words == other.words and (quote.id == other.id or not quote.has_own_id)


def _is_broken(before: FixedText, after: FixedText) -> bool:
    """Whether the front matter cannot be read any more."""
    rule = "malformed-front-matter"
    return sum(1 for _ in after.found(rule)) > sum(1 for _ in before.found(rule))


def fix_bibliography(path: str, text: str, links: Links) -> FixedFile:
    """Fix a file of `annotations/references/`: its DOIs, and the case of its titles."""
    table = LineTable(path, text)
    parsed = parse_text(path, FileKind.BIBLIOGRAPHY, text)
    found = apply_severities(links, parsed.diagnostics)
    fixes = [*fix_dois(found, table), *fix_titles(found, table)]
    fixed = apply_edits(table, (edit for fix in fixes for edit in fix.edits))
    again = parse_text(path, FileKind.BIBLIOGRAPHY, fixed)
    if [_identity(source) for source in parsed.sources] != [_identity(source) for source in again.sources]:
        return FixedFile(text=text, refused="mending its DOIs and titles would change other things")
    return FixedFile(text=fixed, counts=Counter(fix.kind for fix in fixes))


def _identity(source: Source) -> tuple[object, ...]:
    """What a work says, whatever the case of the letters in its titles."""
    titles = {name: text.lower() if name.endswith("title") else text for name, text in source.variables.items()}
    return source.key, source.type, titles, source.names, source.dates
