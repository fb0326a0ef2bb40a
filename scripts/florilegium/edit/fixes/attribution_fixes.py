"""Attributions put right: their dash, id and page, and the order of their themes; never the words that they follow."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...check.checks.severities import apply_severities
from ...core.diagnostics import Diagnostic, quoted
from ...core.edits import Edit
from ...core.ids import is_id
from ...core.model import Note, Quote, Reference, Speaker
from ...core.spans import LineTable, Span
from ...core.trees import Mapping, Sequence
from ...library.frontmatter import parse_front_matter
from ...library.voices import named_people, role_names
from ...markdown.building import trimmed_end
from ...markdown.missing_attributions import BELOW, detached_pairs
from ...markdown.quotes import DASH
from ...markdown.speakers import SpeakerFault, parse_speaker
from ...markdown.tails import TEXT_AFTER
from ...quotations.matching.normal_form import words_digest
from .fix_drafts import Fix, FixedText, TextKind
from .yaml_lists import add_items

# --------------------------------------------------------------------------------------------------------- dashes


def fix_dashes(document: FixedText) -> Iterator[Fix]:
    """`--` and `---` become an em dash; and so does another dash where it certainly opens an attribution."""
    table = document.table
    for quote in document.value.body.quotes:
        dash = DASH.match(table.slice(quote.attribution_span))
        sign = dash[0].rstrip() if dash else "—"
        if sign == "—" or quote.speaker is None or quote.reference is None:
            continue
        if sign not in ("--", "---") and not _is_sure(document, quote.speaker, quote.references):
            continue
        start = table.offset(quote.attribution_span.start)
        # A hyphen was the sign of a list, which needs no empty line before it.
        parting = _separation(table, table.offset(quote.words_span.end), start) if sign == "-" else ()
        yield Fix(TextKind.DASH, (*parting, Edit(span=table.span(start, start + len(sign)), text="—")))


def _is_sure(document: FixedText, speaker: Speaker | None, references: list[Reference] | tuple[Reference, ...]) -> bool:
    """Whether an attribution is certainly one: its speaker and its works are known."""
    links = document.links
    if speaker is None or not all(reference.key in links.sources for reference in references):
        return False
    source = links.sources[references[0].key] if references else None
    people = tuple(named_people(source, links.roles))
    language = links.library.settings.language
    return not isinstance(parse_speaker(speaker.text, role_names(links.roles), people, language), SpeakerFault)


def _separation(table: LineTable, before: int, start: int) -> Iterator[Edit]:
    """The empty line of a block quote that must stand before its attribution, where there is none."""
    line = table.position(start).line
    if table.position(before).line != line - 1:
        return
    first = table.offset(table.span(start, start)._replace(column=1).start)
    yield Edit(span=table.span(first, first), text=table.text[first:start].rstrip() + table.line_end)


# --------------------------------------------------------------------------------------- where quotations end


def fix_text_after(document: FixedText) -> Iterator[Fix]:
    """Text in the line below an attribution gets a blank line before it."""
    table = document.table
    for finding in document.found("malformed-attribution"):
        if finding.help == TEXT_AFTER and not table.line(finding.span.line)[: finding.span.column - 1].strip():
            place = Span(table.path, finding.span.line, 1, finding.span.line, 1)
            yield Fix(TextKind.BLANK_LINE, (Edit(span=place, text=table.line_end),))


def fix_detached(document: FixedText) -> Iterator[Fix]:
    """An attribution below its block quote becomes the last paragraph of it, if it is certainly one."""
    table, tree = document.table, document.tree
    if not any(finding.help == BELOW for finding in document.found("unattributed-quote")):
        return
    for quote, below, attribution in detached_pairs(tree.root.children, tree.positions):
        if attribution.faults or not _is_sure(document, attribution.speaker, attribution.references):
            continue
        first, last = (
            tree.positions.span(node.start, trimmed_end(node, tree.positions.data)) for node in (quote, below)
        )
        edits = []
        for line in range(first.end_line, last.end_line + 1):
            text = table.line(line)
            if not text.lstrip().startswith(">"):
                place = Span(table.path, line, 1, line, 1)
                edits.append(Edit(span=place, text="> " if text.strip() else ">"))
        yield Fix(TextKind.ATTRIBUTION, tuple(edits))


# ------------------------------------------------------------------------------------------------------------ ids

MARKED_ID = re.compile(r"write \{#([a-z0-9-]+)\}")
"""The remedy for what was meant to be an id."""


def fix_marked_ids(document: FixedText) -> Iterator[Fix]:
    """`{forget-the-pain}` or `(#forget-the-pain)` at the end of an attribution that has no id was meant to be one."""
    taken = {quote.id for quote in document.value.body.quotes if quote.has_own_id}
    faults = _by_line(document.found("malformed-attribution"))
    for quote in document.value.body.quotes:
        for fault in _inside(faults, quote):
            meant = MARKED_ID.fullmatch(fault.help)
            if quote.has_own_id or fault.span.end != quote.attribution_span.end or meant is None:
                continue
            if is_id(meant[1]) and meant[1] not in taken:
                taken.add(meant[1])
                yield Fix(TextKind.QUOTE_ID, (Edit(span=fault.span, text=f"{{#{meant[1]}}}"),))


def fix_ids(document: FixedText) -> Iterator[Fix]:
    """Each quote without an id gets the one that the program uses for it."""
    faults = _by_line(document.found("malformed-attribution"))
    places = {finding.span.start for finding in document.found("missing-quote-id")}
    for quote in document.value.body.quotes:
        if quote.attribution_span.end in places and quote.words.strip() and not any(_inside(faults, quote)):
            at = document.table.offset(quote.attribution_span.end)
            yield Fix(TextKind.QUOTE_ID, (Edit(span=document.table.span(at, at), text=f" {{#{quote.id}}}"),))


def _by_line(findings: Iterable[Diagnostic]) -> dict[int, list[Diagnostic]]:
    lines: dict[int, list[Diagnostic]] = defaultdict(list)
    for finding in findings:
        lines[finding.span.line].append(finding)
    return lines


def _inside(lines: dict[int, list[Diagnostic]], quote: Quote) -> Iterator[Diagnostic]:
    """The findings in a quote's attribution."""
    span = quote.attribution_span
    for line in range(span.line, span.end_line + 1):
        yield from lines.get(line, ())


# --------------------------------------------------------------------------------------------------------- themes


def fix_unlisted(document: FixedText) -> Iterator[Fix]:
    """Themes of quotes that exist, and that the note does not list, come at the end of its list."""
    note = document.value
    listed = {mention.id for mention in note.themes} if isinstance(note, Note) else set()
    mapping = parse_front_matter(document.table).mapping
    items = mapping.get("themes") if isinstance(mapping, Mapping) else None
    missing = [
        mention.id
        for quote in note.body.quotes
        for mention in quote.themes
        if mention.id not in listed
        and mention.id in document.links.themes
        and _counts(document, mention.span, mention.id)
    ]
    if isinstance(note, Note) and isinstance(items, Sequence) and missing:
        names = list(dict.fromkeys(missing))
        edit = add_items(items, names, document.table)
        if edit is not None:
            yield from (Fix(TextKind.THEME_LISTED, (edit,) if name == names[0] else ()) for name in names)


def _counts(document: FixedText, span: Span, theme: str) -> bool:
    message = f"the note does not list the theme {quoted(theme)}"
    found = Diagnostic(rule="undeclared-theme", span=span, message=message, about=theme)
    return bool(apply_severities(document.links, [found]))


def themes_in_order(note: Note) -> Iterator[tuple[Quote, list[str], list[str]]]:
    """The ids of each quote's themes: as they are written, and in the order of the note's list."""
    places = {mention.id: place for place, mention in enumerate(note.themes)}
    for quote in note.quotes:
        written = [mention.id for mention in quote.themes]
        yield quote, written, sorted(written, key=lambda id_: places.get(id_, len(places)))


def fix_order(document: FixedText) -> Iterator[Fix]:
    """The themes of an attribution stand in the order of the note's list, which is the source's."""
    if not isinstance(document.value, Note):
        return
    for quote, written, wanted in themes_in_order(document.value):
        if wanted != written:
            starts = [document.table.offset(mention.span.start) for mention in quote.themes]
            yield Fix(
                TextKind.THEME_ORDER,
                tuple(
                    Edit(span=document.table.span(start, start + len(old)), text=new)
                    for start, old, new in zip(starts, written, wanted, strict=True)
                    if old != new
                ),
            )


def fix_pages(document: FixedText) -> Iterator[Fix]:
    """Each work of an attribution that has no place gets the page on which the words were found, if that is sure."""
    if not isinstance(document.value, Note):
        return
    table = document.table
    for quote in document.value.body.quotes:
        reference = quote.quoted_in or quote.reference
        state = document.links.records.get(quote.address)
        if reference is None or reference.locator is not None or reference.suffix or state is None:
            continue
        digest = words_digest(quote.words)
        pages = {e.page for e in state.entries if e.key == reference.key and e.words == digest and e.is_placed}
        at = table.offset(reference.key_span.end)
        at += table.text[at : at + 1] == "}"
        if len(pages) == 1 and (page := pages.pop()) and table.text[at : at + 1] in ("]", ";"):
            yield Fix(TextKind.PAGE, (Edit(span=table.span(at, at), text=f", p. {page}"),))
