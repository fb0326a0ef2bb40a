"""The page that says what the library rests on and what it lacks, so that nobody has to find out alone."""

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from ...check.coverage.coverage_sections import CitedWork, Coverage, CoverageEntry, CoverageSection, EntryKind, Phrase
from ...check.coverage.quoted_words import SourceWords
from .cards import PageSite
from .page_files import Contents, GeneratedPage, PageHeading

MAX_COVERAGE_ROWS = 12
"""Entries of a section that the page names; the rest is counted, so that the page does not grow with the library."""
SHOWN_WORKS = 20
_LONGEST = 120
"""Characters of a name that the page shows."""


class _Row(NamedTuple):
    address: str
    name: Markup
    about: Markup


class SectionView(NamedTuple):
    """What the page shows of a section."""

    id: str
    title: str
    meaning: str
    rows: list[_Row]
    number: int
    of: int


class _Work(NamedTuple):
    address: str
    name: Markup
    words: int
    quotes: int
    share: int
    """Per cent of all words that are quoted."""


class CoverageView(NamedTuple):
    """All that the page shows."""

    sections: list[SectionView]
    works: list[_Work]
    words: int
    quotes: int
    all_works: int


def coverage_view(coverage: Coverage, site: PageSite) -> CoverageView:
    """What the page shows: names and addresses, and never the words of a quotation."""
    return CoverageView(
        sections=[_section(section, site) for section in coverage.sections],
        works=[_work(entry, coverage, site) for entry in coverage.words[:SHOWN_WORKS]],
        words=coverage.total_words,
        quotes=coverage.quotes,
        all_works=len(coverage.words),
    )


def _section(section: CoverageSection, site: PageSite) -> SectionView:
    rows = [_row(entry, site) for entry in section.entries[:MAX_COVERAGE_ROWS]]
    title, meaning = site._(section.title), site._(section.meaning)
    return SectionView(section.id, title, meaning, rows, len(section.entries), section.of)


def _row(entry: CoverageEntry, site: PageSite) -> _Row:
    address, name = _place(entry, site)
    return _Row(address, name, Markup("").join(_piece(piece, site) for piece in entry.about))


def _piece(piece: str | CitedWork | Phrase, site: PageSite) -> Markup:
    if isinstance(piece, CitedWork):
        return _name(piece.key, site)
    if isinstance(piece, Phrase):
        said = site._(piece.one) if piece.number is None else site.words.counted(piece.one, piece.many, piece.number)
        return escape(said)
    return escape(_cut(piece))


def _place(entry: CoverageEntry, site: PageSite) -> tuple[str, Markup]:
    """Where an entry leads, and what it is called there."""
    links = site.links
    match entry.kind:
        case EntryKind.WORK:
            return site.addresses.reference(entry.id), _name(entry.id, site)
        case EntryKind.THEME:
            return site.addresses.theme(entry.id), escape(_cut(links.themes[entry.id].label))
        case EntryKind.NOTE:
            return site.addresses.note(links.notes[entry.id]), escape(_cut(links.notes[entry.id].title))
    note, _, quote = entry.id.partition("/")
    anchor = f"#q-{quote}" if quote else ""
    return f"{site.addresses.note(links.notes[note])}{anchor}", escape(_cut(links.notes[note].title))


def _name(key: str, site: PageSite) -> Markup:
    """A work in a few words; its key where nothing is known of it."""
    name = Markup(site.short(key)) or escape(f"@{key}")
    text = str(name.striptags())
    return name if len(text) <= _LONGEST else escape(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} …"


def _work(entry: SourceWords, coverage: Coverage, site: PageSite) -> _Work:
    share = round(100 * entry.words / (coverage.total_words or 1))
    return _Work(site.addresses.reference(entry.key), _name(entry.key, site), entry.words, entry.quotes, share)


def coverage_page(view: CoverageView, site: PageSite) -> GeneratedPage:
    """The page; its sections without entries are named in one line at the end."""
    return site.page(
        title=site._("Coverage"),
        description=site._("What the library rests on, and what it lacks."),
        parts=list(_parts(view, site)),
        kind="list",
        address="coverage/",
    )


def _parts(view: CoverageView, site: PageSite) -> Iterator[str | PageHeading | Contents]:
    template = site.template("coverage.html").render
    yield '<div class="column">'
    yield template(part="head", view=view)
    yield Contents(title=site._("On this page"))
    for section in view.sections:
        if section.number:
            yield PageHeading(level=2, id=section.id, html=escape(section.title))
            yield template(part="section", section=section, command=Markup("<code>florilegium report --all</code>"))
    if view.works:
        yield PageHeading(level=2, id="quoted-words", html=escape(site._("Words quoted of each work")))
        yield template(part="words", view=view)
    empty = [section.title for section in view.sections if not section.number]
    if empty:
        yield PageHeading(level=2, id="nothing-found", html=escape(site._("No problems")))
        yield template(part="empty", titles=empty)
    yield "</div>"
