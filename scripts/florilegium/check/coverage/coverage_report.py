"""The report on coverage as text for people, and as JSON for programs."""

from collections.abc import Iterator
from typing import Any

from ... import __version__
from ...core.diagnostics import counted, plain
from ...core.reporters import json_report
from .coverage_sections import CitedWork, Coverage, CoverageEntry, CoverageSection, EntryKind

MAX_ENTRIES = 20
"""Entries of a section that the text shows; the rest is counted."""
_VERSION = 1
"""Of the JSON: a field may be added within a version, none is removed or changes its meaning."""


def text_report(coverage: Coverage, *, most: int | None = MAX_ENTRIES) -> Iterator[str]:
    """The lines of a report; with `most`, so many entries of each section."""
    yield (
        f"{counted(coverage.notes, 'note')}, {counted(coverage.themes, 'theme')}, "
        f"{counted(coverage.quotes, 'quotation')}, {counted(coverage.works, 'work')}"
    )
    for section in coverage.sections:
        if section.entries:
            yield ""
            yield from _section(section, most)
    if coverage.words:
        yield ""
        yield from _words(coverage, most)
    if coverage.compared:
        were = ["was" if number == 1 else "were" for number in (coverage.compared, coverage.wrong)]
        yield ""
        yield (
            f"{counted(coverage.compared, 'quotation')} {were[0]} compared with a work, and {coverage.wrong:,}"
            f" {were[1]} wrong at first ({coverage.wrong / coverage.compared:.0%})"
        )
    if coverage.prose:
        yield ""
        yield (
            f"{counted(coverage.prose, 'quotation')} in running prose, of which {coverage.prose_unverified:,}"
            f" {'was' if coverage.prose_unverified == 1 else 'were'} not verified"
        )
    empty = [section.title for section in coverage.sections if not section.entries]
    if empty:
        yield ""
        yield f"No problems: {'; '.join(title[0].lower() + title[1:] for title in empty)}."


def _section(section: CoverageSection, most: int | None) -> Iterator[str]:
    yield f"{section.title}: {len(section.entries):,} of {section.of:,}"
    for entry in section.entries[:most]:
        about = f"  ({plain(entry.text)})" if entry.about else ""
        yield f"  {plain(_name(entry))}{about}"
    yield from _more(len(section.entries), most)


def _words(coverage: Coverage, most: int | None) -> Iterator[str]:
    yield f"Words quoted of each work: {coverage.total_words:,} in all"
    for entry in coverage.words[:most]:
        share = f"{entry.words / (coverage.total_words or 1):.0%} of them"
        counts = f"{counted(entry.words, 'word')} in {counted(entry.quotes, 'quotation')}"
        yield f"  {plain(f'@{entry.key}')}: {counts}, {share}"
    yield from _more(len(coverage.words), most)


def _more(number: int, most: int | None) -> Iterator[str]:
    if most is not None and number > most:
        yield f"  … and {number - most:,} more; --all lists them"


def _name(entry: CoverageEntry) -> str:
    return f"@{entry.id}" if entry.kind is EntryKind.WORK else entry.id


def _entry(entry: CoverageEntry) -> dict[str, Any]:
    works = [piece.key for piece in entry.about if isinstance(piece, CitedWork)]
    return {"kind": entry.kind.value, "id": entry.id, "about": entry.text, "works": works}


def coverage_json(coverage: Coverage) -> Iterator[str]:
    """All of it as one JSON object. Everything outside ASCII is escaped."""
    report = {
        "version": _VERSION,
        "tool": f"florilegium {__version__}",
        "totals": {
            "notes": coverage.notes,
            "themes": coverage.themes,
            "quotes": coverage.quotes,
            "works": coverage.works,
            "quoted_words": coverage.total_words,
            "compared": coverage.compared,
            "wrong_at_first": coverage.wrong,
            "prose_quotations": coverage.prose,
            "prose_quotations_unverified": coverage.prose_unverified,
        },
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "count": len(section.entries),
                "of": section.of,
                "entries": list(map(_entry, section.entries)),
            }
            for section in coverage.sections
        ],
        "quoted_words": [entry._asdict() for entry in coverage.words],
    }
    yield json_report(report)
