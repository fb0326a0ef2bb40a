"""Checks of citations and of the works that they name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from ...core.diagnostics import Diagnostic, Related, quoted
from ...core.limits import MAX_TITLE
from ...core.model import Locator, Note, Quote, Reference
from ...core.rules import Group, Severity, declare_rule
from ...core.sources import Source
from ...core.spans import Span
from ...library.links import body_references, note_references
from ...works.csl.csl_checks import RetractionKind, check_source, retraction, same_work
from .context import Context, found

declare_rule(
    "unresolved-reference",
    Group.REFERENCES,
    "Every citation key stands for a work that is listed somewhere.",
    "A citation that leads nowhere cannot be followed.",
    "Correct the key, or add the work under `references:` or in `annotations/references/`.",
)


def check_unresolved_reference(context: Context) -> Iterator[Diagnostic]:
    sources = context.links.sources
    missing = [(key, span) for key, span in _mentioned(context) if key not in sources]
    times = Counter((key, span.path) for key, span in missing)
    for key, span in missing:
        count = times[key, span.path]
        message = f"no reference has the key {quoted(key)}{f' ({count} times in this file)' if count > 1 else ''}"
        meant = _by_another_name(key, sources)
        remedy = f"did you mean {quoted(meant)}?" if meant else context.guess(key, sources, _ADD)
        yield found("unresolved-reference", span, message, remedy, about=key)


_ADD = "add the work under references: in this note, or in annotations/references/"


def _by_another_name(key: str, sources: Mapping[str, Source]) -> str:
    """The key of the work whose title or DOI stands where a key should; an empty string for a name of another form."""
    if " " not in key and not key.startswith("10."):
        return ""
    wanted = key.strip().casefold()
    for source in sources.values():
        if wanted in (source.variables.get(name, "").casefold() for name in ("title", "DOI")):
            return source.key
    return ""


def _mentioned(context: Context) -> Iterator[tuple[str, Span]]:
    """Every mention of a citation key, and its place."""
    for note in context.notes:
        for mention in (note.source, note.via):
            if mention is not None:
                yield mention.id, mention.span
        for reference in note_references(note):
            yield reference.key, reference.key_span
    for theme in context.links.themes.values():
        for reference in body_references(theme.body):
            yield reference.key, reference.key_span
    settings = context.links.library.settings
    for key in settings.sensitive_sources:
        yield key, settings.spans[f"sensitive-sources/{key}"]


declare_rule(
    "duplicate-citation-key",
    Group.REFERENCES,
    "A file lists each citation key once.",
    "With two entries it is chance which of them is cited.",
    "Remove one of the two, or give it a key of its own.",
)


def check_duplicate_citation_key(context: Context) -> Iterator[Diagnostic]:
    seen: dict[str, Source] = {}
    for source in context.links.library.sources:
        first = seen.setdefault(source.key, source)
        if first is not source:
            yield found(
                "duplicate-citation-key",
                source.key_span,
                f"the key {quoted(source.key)} is listed in {first.span.path} too",
                "remove one of the two, or give it another key",
                about=source.key,
                related=[Related(message="it is listed here first", span=first.key_span)],
            )


declare_rule(
    "conflicting-reference",
    Group.REFERENCES,
    "A citation key stands for the same work, described alike, wherever it is listed.",
    "Two notes that mean different works by one key would share one entry in the bibliography, and one of them "
    "would be wrong.",
    "Make the two entries alike, or give one work another key.",
)


def check_conflicting_reference(context: Context) -> Iterator[Diagnostic]:
    for key, entries in context.links.duplicates.items():
        first = _usual_entry(entries)
        for other in entries:
            differing = same_work(first, other)
            if differing and other.span.path != first.span.path:
                fields = ", ".join(quoted(name) for name in differing)
                yield found(
                    "conflicting-reference",
                    other.key_span,
                    f"{quoted(key)} is described otherwise in {first.span.path}, in {fields}",
                    "make the two entries alike, or give one work another key",
                    about=key,
                    related=[Related(message="the other description", span=first.key_span)],
                )


def _usual_entry(entries: Sequence[Source]) -> Source:
    """The description on which most files agree: who changed one of many is told, and not the others."""
    groups: list[list[Source]] = []
    for entry in entries:
        same = next((group for group in groups if not same_work(group[0], entry)), None)
        if same is None:
            groups.append([entry])
        else:
            same.append(entry)
    return max(groups, key=len)[0]


declare_rule(
    "duplicate-source",
    Group.REFERENCES,
    "A work has one citation key.",
    "A work under two keys is counted twice, and what is quoted from it is scattered.",
    "Use one key in all notes.",
    severity=Severity.WARNING,
)


def check_duplicate_source(context: Context) -> Iterator[Diagnostic]:
    seen: dict[str, Source] = {}
    for source in context.links.sources.values():
        doi = source.variables.get("DOI", "").casefold()
        if not doi:
            continue
        first = seen.setdefault(doi, source)
        if first is not source:
            yield found(
                "duplicate-source",
                source.spans.get("DOI", source.key_span),
                f"{quoted(source.key)} has the DOI of {quoted(first.key)}",
                "use one key for the work in all notes",
                about=source.key,
                related=[Related(message="the other entry", span=first.key_span)],
            )


declare_rule(
    "unused-reference",
    Group.REFERENCES,
    "Every work that a note lists is cited in it.",
    "An entry that nobody cites is often the trace of a citation that was lost.",
    "Cite the work, or remove the entry.",
    severity=Severity.WARNING,
)


def check_unused_reference(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        used = {reference.key for reference in note_references(note)}
        used |= {mention.id for mention in (note.source, note.via) if mention}
        for source in note.sources:
            if source.key not in used:
                message = f"{quoted(source.key)} is listed here and cited nowhere in the note"
                remedy = "cite the work, or remove the entry"
                yield found("unused-reference", source.key_span, message, remedy, about=source.key)


def check_sources(context: Context) -> Iterator[Diagnostic]:
    """implausible-date and incomplete-reference: what a work's entry says, and does not say."""
    own = (source for note in context.notes for source in note.sources)
    for source in chain(context.links.library.sources, own):
        for problem in check_source(source, context.today):
            yield replace(problem, about=source.key)


declare_rule(
    "retracted-work",
    Group.REFERENCES,
    "No note summarises a retracted work, and no quotation comes from one.",
    "What the work found does not count any more, and who reads the note must know. Pages and exports say it beside "
    "each of its quotations.",
    "Say in the note why it is kept, and record an exception with the reason in `library.yml`; or remove what rests "
    "on the work.",
    severity=Severity.WARNING,
)


def check_retracted_work(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        reported: set[str] = set()
        for key, span, what in _rests_on(note):
            source = context.links.sources.get(key)
            said = retraction(source) if source else None
            if said and said.kind is RetractionKind.RETRACTED and key not in reported:
                reported.add(key)
                when = f" ({said.date})" if said.date else ""
                message = f"{what} {quoted(key)}, which was retracted{when}"
                remedy = "say so in the note, and record an exception with the reason in library.yml"
                yield found("retracted-work", span, message, remedy, about=key)


def _rests_on(note: Note) -> Iterator[tuple[str, Span, str]]:
    """The works that a note or its quotes stand and fall with, each with its place; a mere citation may argue."""
    for mention in (note.source, note.via):
        if mention is not None:
            yield mention.id, mention.span, "the note rests on"
    for quote in note.quotes:
        if quote.reference is not None:
            yield quote.reference.key, quote.reference.key_span, "the quote comes from"


# --------------------------------------------------------------------------------------------------- locators

_PAGED = frozenset(
    "article-journal article-magazine article-newspaper book chapter paper-conference report thesis".split()
)


declare_rule(
    "missing-locator",
    Group.REFERENCES,
    "A quote from a paged work says on which page it stands.",
    "Without a page nobody can check the words. Where a quote was read in another work, the place in that work counts.",
    "Add the page: `[@key, p. 12]`.",
    severity=Severity.WARNING,
)


def check_missing_locator(context: Context) -> Iterator[Diagnostic]:
    for quote in context.quotes:
        # The place that can be checked is in the work that was read.
        reference = quote.quoted_in or quote.reference
        if reference is None or reference.locator is not None:
            continue
        source = context.links.sources.get(reference.key)
        if source is not None and source.type in _PAGED:
            message = f"the quote does not say where in {quoted(reference.key)} it stands"
            page = _page(context, quote, reference.key)
            written = re.search(r"\d+(?:[-–]\d+)?", reference.suffix)
            remedy = f"add the page: [@{reference.key}, p. {page or '…'}]"
            remedy += "; florilegium check --fix writes it" if page else ""
            remedy = f"write [@{reference.key}, p. {written[0]}]" if written else remedy
            yield found("missing-locator", reference.span, message, remedy, about=reference.key)


def _page(context: Context, quote: Quote, key: str) -> str:
    """Return the page on which the words of a quote were found, if that is known for certain."""
    state = context.links.records.get(quote.address)
    pages = {entry.page for entry in state.entries if entry.key == key and entry.is_placed} if state else set()
    return pages.pop() if len(pages) == 1 else ""


declare_rule(
    "invalid-locator",
    Group.REFERENCES,
    "A locator is a label with a value, its range runs upwards, and it lies within the pages of the work.",
    "A page that the work does not have is a mistyped page.",
    "Compare the page with the work.",
    severity=Severity.WARNING,
)


def check_invalid_locator(context: Context) -> Iterator[Diagnostic]:
    in_notes = chain.from_iterable(note_references(note) for note in context.notes)
    in_themes = chain.from_iterable(body_references(t.body) for t in context.links.themes.values())
    for reference in chain(in_notes, in_themes):
        if reference.locator is not None:
            yield from _locator_faults(context, reference, reference.locator)


declare_rule(
    "too-long",
    Group.LIMITS,
    "A title, a locator, and what stands before or after a key in a citation are at most 300 characters long.",
    "Titles stand in navigation, feeds and search results, citations in the middle of a sentence.",
    "Shorten the title, since the rest can open the note; move what a citation says into a sentence.",
)


def check_too_long(context: Context) -> Iterator[Diagnostic]:
    in_notes = chain.from_iterable(note_references(note) for note in context.notes)
    in_themes = chain.from_iterable(body_references(t.body) for t in context.links.themes.values())
    for reference in chain(in_notes, in_themes):
        locator = reference.locator
        if max(len(reference.prefix), len(reference.suffix), len(locator.value) if locator else 0) <= MAX_TITLE:
            continue
        parts = (
            ("text before the key", reference.prefix, reference.span),
            ("text after the key", reference.suffix, reference.span),
            ("locator", locator.value if locator else "", locator.span if locator else reference.span),
        )
        for name, text, span in parts:
            if len(text) > MAX_TITLE:
                message = f"the {name} has {len(text):,} characters; at most {MAX_TITLE} are allowed"
                yield found("too-long", span, message, "move what is said there into a sentence", about=reference.key)


_RANGE = re.compile(r"(\d{1,9})\s*[-‐‑‒–—]+\s*(\d{1,9})(?![\w.:/])")
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}")


def _locator_faults(context: Context, reference: Reference, locator: Locator) -> Iterator[Diagnostic]:
    about, span = reference.key, locator.span
    if not locator.value:
        message = f"the {locator.label} has no number"
        yield found("invalid-locator", span, message, "write for example p. 12", about=about)
        return
    for start, end in _RANGE.findall(locator.value):
        if _full_end(start, end) < int(start):
            message = f"the range {start}-{end} runs backwards"
            yield found("invalid-locator", span, message, "compare it with the work", about=about)
            return
    if locator.label == "page" and (source := context.links.sources.get(reference.key)):
        yield from _outside(reference, locator, source)


def _full_end(start: str, end: str) -> int:
    """The end of a range, which may leave out the digits that it shares with the start: 195-6 ends at 196."""
    return int(start[: len(start) - len(end)] + end) if len(end) < len(start) else int(end)


@lru_cache(maxsize=100_000)
def _pages(text: str) -> tuple[int, int] | None:
    """The first and the last page of a work, which many cite; None where that is not all that is said."""
    pages = _RANGE.fullmatch(text.strip())
    return (int(pages[1]), _full_end(pages[1], pages[2])) if pages else None


def _outside(reference: Reference, locator: Locator, source: Source) -> Iterator[Diagnostic]:
    pages = _pages(source.variables.get("page", ""))
    if pages is None:
        return
    first, last = pages
    number = _NUMBER.search(locator.value)
    if number is not None and last >= first and not first <= int(number[0]) <= last:
        message = f"page {number[0]} lies outside the pages of {quoted(source.key)}, {first}-{last}"
        remedy = "compare both with the work: the page here, and page: of the reference"
        yield found("invalid-locator", locator.span, message, remedy, about=reference.key)
