"""Highlights as quotes of a note: new ones are added, imported ones are brought up to date, and edits by hand stay.

For each field of a quote there are three states: as it was imported, as it is here, as it is in the export. Where only
the export changed, the field is changed by span; where both did, the two are shown and nothing of it is written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...core.diagnostics import quoted
from ...core.edits import Edit, apply_edits
from ...core.ids import ID, free_id, propose_id
from ...core.limits import MAX_FILE_BYTES
from ...core.model import Locator, Note, Quote
from ...core.rules import Severity
from ...core.spans import LineTable, Span
from ...library.frontmatter import parse_front_matter
from ...library.listing import note_path
from ...library.notes import parse_note
from ...markdown.bodies import parse_body
from ...markdown.citations import cite, render_locator
from ..fixes.yaml_lists import edit_list_of
from .comment_paragraphs import Comment, find_comment
from .foreign_text import paragraphs
from .highlights import Highlight, ImportFinding, ImportReport
from .import_state import QuoteEntry, digest

HEADING = "## Highlights"
_PAGE = re.compile(r"\w{1,20}(?:[-–]\w{1,20})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedQuotation:
    """A highlight, and what it becomes in a note."""

    highlight: Highlight
    themes: tuple[str, ...]
    notices: tuple[str, ...]
    entry: QuoteEntry | None
    speaker: str = ""
    """Who speaks, where a tag or code says it."""

    @property
    def locator(self) -> str:
        """What stands after the citation key: `p. 12`, `location 123-125`, or nothing."""
        page = self.highlight.page.strip()
        if _PAGE.fullmatch(page):
            return render_locator(Locator(label="page", value=page, span=self.highlight.span))
        return self.highlight.place

    @property
    def comment(self) -> str:
        return digest(self.highlight.comment) if self.highlight.comment else ""


@dataclass(slots=True, kw_only=True)
class Merge(ImportReport):
    """What becomes of the highlights of one note."""

    note: str
    """Its id."""
    key: str
    """The work that new quotes are from."""
    speaker: str
    """Who speaks in them."""
    is_new: bool = False
    """Whether the note is made by this import."""
    language: str = ""
    """The language that spells the ids of new quotes, as a tag."""
    keep: bool = False
    """Whether conflicts are settled in favour of what stands here."""
    added: int = 0
    updated: int = 0
    kept: int = 0
    conflicts: int = 0
    entries: dict[str, QuoteEntry] = field(default_factory=dict)
    """By the highlight's id, the new entries of the state file."""
    removed: list[str] = field(default_factory=list)
    """Addresses of quotes that were imported once, and are not here any more."""
    words: dict[str, str] = field(default_factory=dict)
    """By quote id, the words that must come out when the note is read again."""

    @property
    def path(self) -> str:
        return note_path(self.note)

    def merge(self, text: str, wanted: Sequence[RequestedQuotation]) -> str:
        """The text of the note with the highlights in it; unchanged where that would break something in it."""
        table = LineTable(self.path, text)
        before = parse_note(self.note, table)
        quotes = {quote.id: quote for quote in before.note.quotes if ID.match(quote.id)}
        by_words: dict[str, list[Quote]] = {}
        for quote in quotes.values():
            by_words.setdefault(digest(quote.words), []).append(quote)
        edits: list[Edit] = []
        new: list[RequestedQuotation] = []
        claimed = {want.entry.address for want in wanted if want.entry}
        for want in wanted:
            known = self._known(want, quotes, by_words, claimed)
            if known is not None:
                edits += _Update(self, table, want, known).edits()
            elif want.entry is None:
                new.append(want)
            else:
                self.removed.append(want.entry.address)
        blocks, themes = self._blocks(new, quotes)
        if blocks:
            edits += [*_theme_edits(table, themes), *_append(table, blocks)]
        after = apply_edits(table, _with_line_ends(text, edits))
        if after == text or (self._fits(after) and self._verified(before.note, after)):
            return after
        self.added = self.updated = 0
        self.entries.clear()
        self.findings = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        return text

    def _known(
        self,
        want: RequestedQuotation,
        quotes: Mapping[str, Quote],
        by_words: Mapping[str, Sequence[Quote]],
        claimed: set[str],
    ) -> Quote | None:
        """The quote that a highlight became, wherever it is now; or one with the same words that was there before."""
        words = want.entry.words if want.entry else digest(want.highlight.words)
        if want.entry:
            note, _, id_ = want.entry.address.partition("/")
            if note == self.note and id_ in quotes:
                return quotes[id_]
        return next((quote for quote in by_words.get(words, ()) if quote.address not in claimed), None)

    # -- new quotes

    def _blocks(self, new: Iterable[RequestedQuotation], quotes: Mapping[str, Quote]) -> tuple[list[str], list[str]]:
        taken = {*quotes, *self.words}
        blocks: list[str] = []
        themes: list[str] = []
        for want in new:
            id_ = free_id(propose_id(want.highlight.words, self.language), taken)
            block = self._render(want, id_)
            if not _reads_back(block, want, id_):
                message = f"the words {quoted(want.highlight.words)} cannot be written as a quote; they are left out"
                self.report(want.highlight.span, message, "copy them by hand")
                continue
            taken.add(id_)
            blocks.append(block)
            themes += want.themes
            self.added += 1
            self.words[id_] = want.highlight.words
            self.entries[want.highlight.id] = QuoteEntry(
                f"{self.note}/{id_}", digest(want.highlight.words), want.locator, want.comment
            )
        return blocks, themes

    def _render(self, want: RequestedQuotation, id_: str) -> str:
        tags = "".join([*(f" #{theme}" for theme in want.themes), *(f" !{notice}" for notice in want.notices)])
        attribution = f"— {want.speaker or self.speaker}, in {cite(self.key, want.locator)}{tags} {{#{id_}}}"
        block = "\n>\n".join(f"> {line}" for line in (*paragraphs(want.highlight.words), attribution))
        return "\n\n".join([block, *paragraphs(want.highlight.comment)])

    def _verified(self, before: Note, after: str) -> bool:
        """Whether the note reads as it did, and each quote that was written says what the highlight says."""
        new = parse_note(self.note, LineTable(self.path, after))
        quotes = {quote.id: quote for quote in new.note.quotes}
        right = all(id_ in quotes and quotes[id_].words == words for id_, words in self.words.items())
        same = len(new.note.body.citations) == len(before.body.citations)
        if right and same and len(new.note.quotes) == len(before.quotes) + self.added:
            return True
        message = f"the highlights cannot be put into {self.path}: something in it is open, or nested too deep"
        self.report(Span.of_file(self.path), message, "florilegium check says what; nothing was written into this note")
        return False

    def _fits(self, after: str) -> bool:
        """Whether the note stays within what a note may have."""
        size = len(after.encode())
        if size <= MAX_FILE_BYTES:
            return True
        message = f"{self.path} would have {size:,} bytes; at most {MAX_FILE_BYTES:,} are read"
        self.report(Span.of_file(self.path), message, "import fewer highlights; nothing was written into this note")
        return False


def _reads_back(block: str, want: RequestedQuotation, id_: str) -> bool:
    """Whether a quote by itself is read as what it should say, and nothing else is in it."""
    parsed = parse_body(LineTable("", f"{block}\n"), 0)
    body = parsed.body
    return (
        not parsed.diagnostics
        and not body.citations
        and not body.hyperlinks
        and not body.headings
        and [(q.id, q.words) for q in body.quotes] == [(id_, want.highlight.words)]
        and [m.id for m in body.quotes[0].themes] == list(want.themes)
    )


def _append(table: LineTable, blocks: Sequence[str]) -> list[Edit]:
    """Put blocks at the end of a note, under the heading for highlights."""
    kept = table.text.rstrip()
    has_heading = re.search(rf"^{HEADING}[ \t]*\r?$", table.text, re.MULTILINE) is not None
    text = "\n\n".join(blocks if has_heading else [HEADING, *blocks])
    end = len(kept)
    return [Edit(span=table.span(end, len(table.text)), text=f"\n\n{text}\n")]


def _theme_edits(table: LineTable, themes: Iterable[str]) -> Iterator[Edit]:
    """Add themes to the note's list, as it is written: in brackets, or line by line."""
    mapping = parse_front_matter(table).mapping
    if mapping is not None and mapping.get("themes") is not None:
        yield from edit_list_of(mapping, "themes", themes, table)


def _with_line_ends(text: str, edits: Iterable[Edit]) -> list[Edit]:
    if "\r\n" not in text:
        return list(edits)
    return [Edit(span=edit.span, text=edit.text.replace("\n", "\r\n")) for edit in edits]


# ---------------------------------------------------------------------------------------------------- the next time


class _Update:
    """One imported quote, compared with what its highlight says now."""

    def __init__(self, merge: Merge, table: LineTable, want: RequestedQuotation, quote: Quote) -> None:
        self.merge, self.table, self.want, self.quote = merge, table, want, quote
        # A quote that stood here before the first import is taken for what the export says: nothing in it is changed.
        self.entry = want.entry or QuoteEntry(quote.address, digest(quote.words), want.locator, want.comment)
        self.conflicts: list[ImportFinding] = []
        self.is_corrected = False

    def edits(self) -> list[Edit]:
        edits = [*self.words(), *self.place(), *self.comment()]
        merge, want = self.merge, self.want
        if self.conflicts and not merge.keep:
            merge.findings += self.conflicts
            merge.conflicts += 1
            return []
        if self.is_corrected:
            merge.words[self.quote.id] = want.highlight.words
            message = f"the words of {quoted(self.quote.address)} changed in the export and were brought up to date"
            merge.report(want.highlight.span, message, "verify them again", Severity.INFORMATION)
        merge.updated += bool(edits)
        merge.kept += not edits
        new = QuoteEntry(self.quote.address, digest(want.highlight.words), want.locator, want.comment)
        if want.entry is None or edits or new != self.entry:
            merge.entries[want.highlight.id] = new
        return edits

    def conflict(self, what: str, ours: str, theirs: str) -> list[Edit]:
        diff = tuple(f"{sign} {line}" for sign, text in (("-", ours), ("+", theirs)) for line in text.split("\n"))
        message = f"{what} of {quoted(self.quote.address)} changed here and in the export; yours is kept"
        help_ = "take over by hand what is right (-: here, +: the export); with --keep-mine yours is"
        span = self.want.highlight.span
        self.conflicts.append(ImportFinding(span=span, message=message, help=help_, diff=diff))
        return []

    def words(self) -> list[Edit]:
        theirs = self.want.highlight.words
        if digest(theirs) in (self.entry.words, digest(self.quote.words)):
            return []
        span = self.quote.words_span
        lead = self.table.line(span.line)[: span.column - 1]
        if digest(self.quote.words) != self.entry.words or lead.strip(" >"):
            return self.conflict("the words", self.quote.words, theirs)
        self.is_corrected = True
        text = f"\n{lead.rstrip()}\n{lead}".join(paragraphs(theirs))
        return [Edit(span=span, text=text)]

    def locator(self) -> str:
        reference = self.quote.reference
        if reference is None:
            return ""
        return self.table.slice(_after_key(reference.key_span, reference.span)).strip(" ,")

    def place(self) -> list[Edit]:
        ours, theirs = self.locator(), self.want.locator
        reference = self.quote.reference
        if theirs in (self.entry.locator, ours) or reference is None:
            return []
        if ours != self.entry.locator or reference.key != self.merge.key:
            return self.conflict("the place", ours, theirs)
        text = f", {theirs}" if theirs else ""
        return [Edit(span=_after_key(reference.key_span, reference.span), text=text)]

    def comment(self) -> list[Edit]:
        theirs = self.want.comment
        if theirs == self.entry.comment:
            return []
        found: Comment = find_comment(self.table, self.quote, self.entry.comment, theirs)
        if found.is_theirs:
            return []
        new = "".join(f"\n\n{paragraph}" for paragraph in paragraphs(self.want.highlight.comment))
        if found.span is None:
            return self.conflict("the comment", found.text, self.want.highlight.comment)
        return [Edit(span=found.span, text=new)]


def _after_key(key: Span, reference: Span) -> Span:
    return Span(key.path, *key.end, *max(key.end, reference.end))
