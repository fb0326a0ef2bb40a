"""The page of a work: its entry, what was read of it, every quotation from it, where it is cited, how to cite it."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from ...core.model import Quote
from ...core.sources import Source
from ...library.links import CitedBy
from ...works.exports.page_metadata import page_metadata
from ..identified import archived_copy, formats_of, identifiers_of, web_address
from .author_names import authors_of
from .cards import PageSite, beside
from .contexts import Backlink, mention, mentions_of
from .marked_html import first_paragraph_html, marked, without_citations
from .note_pages import CitedSubject
from .page_files import Contents, GeneratedPage, PageHeading
from .punctuation import smarten
from .theme_pages import facets_of
from .work_entries import lone_object

MAX_WORK_QUOTES = 200
"""Quotations that a work's page shows; the explorer shows all."""
MAX_WORK_CARDS = 100


def work_page(key: str, site: PageSite) -> GeneratedPage:
    source = site.links.sources.get(key)
    name = str(Markup(site.short(key)).striptags()) or f"@{key}"
    title = source.title if source and source.title else name
    return site.page(
        title=f"{name}: {title}" if title != name else name,
        description=site.bibliography.entry_text(key) if source else name,
        parts=list(_parts(key, source, site)),
        kind="work",
        citation_meta=page_metadata(source) if source else (),
        address=site.addresses.reference(key),
    )


def _parts(key: str, source: Source | None, site: PageSite) -> Iterator[str | PageHeading | Contents]:
    found = site.links.cited_by.get(key)
    quoted, passed = (found.quoted, found.quoted_in) if found else ((), ())
    yield '<article class="column">'
    yield _head(key, source, found, site)
    yield lone_object(source, site)
    yield Contents(title=site._("On this page"))
    yield from _quotations(key, quoted, "fl-quotations", "%(num)s quotation", "%(num)s quotations", site)
    passed = tuple(quote for quote in passed if quote not in quoted)
    yield from _quotations(
        key, passed, "fl-passed", "%(num)s quotation was read in it", "%(num)s quotations were read in it", site
    )
    if found and found.summarised:
        yield PageHeading(level=2, id="fl-noted", html=escape(site._("Noted by")))
        rows = [mention(note, _opening(note.id, site), site) for note in found.summarised]
        yield site.template("mentions.html").render(mentions=rows[:MAX_WORK_CARDS], more=len(rows) - MAX_WORK_CARDS)
    cited: list[Backlink] = mentions_of(found, key, site) if found else []
    if cited:
        yield PageHeading(level=2, id="cited-elsewhere", html=escape(site._("Cited in")))
        yield site.template("mentions.html").render(mentions=cited[:MAX_WORK_CARDS], more=len(cited) - MAX_WORK_CARDS)
    yield from _same_authors(key, source, site)
    if source:
        yield PageHeading(level=2, id="cite", html=escape(site._("Cite this work")))
        cite = CitedSubject("", site.entry(key), formats_of(source))
        yield site.template("cite.html").render(cited=[cite])
        if passed or any(quote.quoted_in for quote in quoted):
            yield Markup('<p class="small ui muted">{}</p>').format(
                site._("Who takes over a quotation cites both works: the one quoted, as cited in the one read.")
            )
    yield _turn(key, site)
    yield "</article>"


def _opening(id_: str, site: PageSite) -> Markup:
    """The first sentence of a note."""
    note = site.links.notes[id_]
    pieces = (first_paragraph_html(marked(section.html)) for section in site.rendered(note).sections)
    html = smarten(without_citations(next(filter(None, pieces), "")), site.words.locale.language)
    text = str(Markup(html).striptags())
    return escape(next(iter(site.sentences(text)), ""))


def _head(key: str, source: Source | None, found: CitedBy | None, site: PageSite) -> str:
    authors = authors_of(source) if source else []
    crumbs = [("works/", site._("Works"))]
    crumbs += [
        (site.addresses.author(site.author_slugs[one]), one.label) for one in authors[:1] if one in site.author_slugs
    ]
    quotes = list(found.quoted if found else ())
    via = list(dict.fromkeys(q.quoted_in.key for q in quotes if q.quoted_in))
    via += [note.via.id for note in (found.summarised if found else ()) if note.via and note.via.id not in via]
    counts = found or CitedBy((), (), (), (), (), ())
    return site.template("work-head.html").render(
        crumbs=crumbs,
        title=(source.title if source else "") or str(Markup(site.short(key)).striptags()) or key,
        entry=site.entry(key) if source else "",
        known=source is not None,
        consulted=site.consulted(key),
        read=_read(counts),
        via=[site.read_kind(one) for one in via],
        kind=site.kind(key)[0],
        identifiers=identifiers_of(source) if source else [],
        address=web_address(source),
        copy=archived_copy(source),
        authors=[(site.addresses.author(site.author_slugs[one]), one.label) for one in authors],
        notes=len(counts.summarised),
        quotes=len(counts.quoted),
        cited=len(counts.cited) + len(counts.cited_in_themes),
        care=site.care([*counts.quoted, *counts.quoted_in]),
    )


def _read(found: CitedBy) -> str:
    bases = {note.basis for note in found.summarised}
    return next((basis for basis in ("full-text", "abstract") if basis in bases), "")


def _quotations(
    key: str, quotes: Sequence[Quote], id_: str, one: str, many: str, site: PageSite
) -> Iterator[str | PageHeading]:
    if not quotes:
        return
    yield PageHeading(level=2, id=id_, html=escape(site.words.counted(one, many, len(quotes))))
    facets = (
        [facet for facet in facets_of(quotes, site) if facet[0] == "role"] if len(quotes) <= MAX_WORK_QUOTES else []
    )
    yield site.template("facets.html").render(facets=facets)
    yield "".join(site.card(quote, context=True, work=key) for quote in quotes[:MAX_WORK_QUOTES])
    if len(quotes) > MAX_WORK_QUOTES:
        yield site.template("explorer-link.html").render(source=key)


def _same_authors(key: str, source: Source | None, site: PageSite) -> Iterator[str | PageHeading]:
    others = [k for one in (authors_of(source) if source else []) for k in site.works_by.get(one, ()) if k != key]
    others = site.in_order(dict.fromkeys(others))
    if others:
        yield PageHeading(level=2, id="fl-same", html=escape(site._("By the same author")))
        yield site.template("work-rows.html").render(works=[site.work_line(k) for k in others[:20]])


def _turn(key: str, site: PageSite) -> str:
    around = beside(site.work_keys, site.work_places.get(key, 0))
    ends = [(site.addresses.reference(one), Markup(site.short(one)) or one) if one else None for one in around]
    return site.turn(site._("Other works"), site._("Previous work"), site._("Next work"), ends)
