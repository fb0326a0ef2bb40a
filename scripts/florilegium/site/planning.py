"""From a checked library to the plan of its pages: its citations formatted in its style, its pages planned."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from ..check.checking import Checked, Options, given_epoch, kept_in
from ..core.diagnostics import quoted
from ..core.errors import CannotRun
from ..core.ids import ID
from ..core.model import Citation, Note, Theme
from ..core.state_folder import code_stamp, state_folder
from ..core.store import Kept, pickled, unpickled
from ..library.links import Links
from ..library.listing import ANNOTATIONS
from ..works.citing.citation_styles import BibliographyError, read_style, read_style_text
from ..works.citing.cite_items import CslCitation, csl_citation_of, csl_reference_of
from ..works.citing.formatted_cache import CitationCache, read_cache, write_cache
from ..works.citing.formatting import Bibliography, render_bibliography
from ..works.citing.pandoc_process import find_pandoc
from ..works.csl.csl_items import to_csl
from .linked_site import bare_citation
from .pages import plan_pages
from .pages.planned_pages import PagePlan

_KIND = "bibliography"


def format_citations(links: Links, options: Options, cache: CitationCache | None = None) -> Bibliography:
    """All works and citations of a library in its style, from the last run's results where they hold.

    `cache` holds those of this process, where it is not the first time.
    """
    state = state_folder(options.root)
    options.progress("formatting citations", 0, 0)
    items = {key: to_csl(source) for key, source in links.sources.items()}
    works = {key: sha256(json.dumps(item).encode()).hexdigest() for key, item in items.items()}
    store = kept_in(options)
    digest = _digest(links, works, options)
    kept = store.load(_KIND, [_KIND]).get(_KIND)
    before: Bibliography | None = unpickled(kept.value) if kept else None
    if kept and before and kept.digest == digest:
        return replace(before, works=works)
    settings = links.library.settings
    # What was taken from the store as a whole came without its cache.
    given = cache if cache and cache.context else read_cache(state) if options.remember else None
    try:
        bibliography = render_bibliography(
            items,
            citations_of(links.documents),
            style=read_style(settings.citation_style, folder=options.root / ANNOTATIONS),
            language=settings.language,
            cache=given,
        )
    except BibliographyError as error:
        raise _placed(error, links) from None
    bibliography = replace(bibliography, works=works)
    if options.remember and not bibliography.approximate:
        if bibliography.cache is not given:
            write_cache(state, bibliography.cache)
        edition = before.edition if before and _reads_alike(before, bibliography) else digest
        bibliography = replace(bibliography, edition=edition)
        # The cache is kept by itself: it is wanted only where this here does not hold. Warnings are not repeated.
        store.save(_KIND, {_KIND: Kept(digest, pickled(replace(bibliography, cache=CitationCache(), warnings=())))})
    return bibliography


def _digest(links: Links, works: Mapping[str, str], options: Options) -> str:
    """What changes when a work, a citation, the style, the language or the program that formats does."""
    settings, pandoc = links.library.settings, find_pandoc()
    wanted = sorted({citation for document in links.documents for citation in _csl_citations_of(document)})
    style = read_style_text(settings.citation_style, folder=options.root / ANNOTATIONS)
    parts = [settings.language, pandoc and pandoc.version, sorted(works.items()), wanted]
    return sha256(json.dumps(parts).encode() + style).hexdigest()


def _reads_alike(before: Bibliography, after: Bibliography) -> bool:
    """Whether works are the same, with the same entries in the same order, and the citations of both read the same."""
    same = (before.works, before.order, before.entries) == (after.works, after.order, after.entries)
    return same and all(after.citations.get(citation, parts) == parts for citation, parts in before.citations.items())


def _placed(error: BibliographyError, links: Links) -> BibliographyError:
    """The same error behind the place that it is about: where the work is listed, or the citation written."""
    source = links.sources.get(error.key)
    cited = (
        each.span
        for each in citations_of(links.documents)
        if error.citation and csl_citation_of(each) == error.citation
    )
    place = source.key_span if source else next(cited, None)
    return BibliographyError(f"{place}: {error.message}", error.help) if place else error


def _csl_citations_of(document: Note | Theme) -> list[CslCitation]:
    """The same of one document, as they are formatted."""
    found = [csl_citation_of(citation) for citation in document.body.citations]
    for quote in document.quotes if isinstance(document, Note) else ():
        if quote.reference:
            found.append(csl_reference_of(quote.reference))
        if quote.quoted_in:
            found.append(csl_reference_of(quote.quoted_in))
    return found


def citations_of(documents: Iterable[Note | Theme]) -> Iterator[Citation]:
    """Every citation that notes and themes show, in their prose and below their quotations."""
    for document in documents:
        yield from document.body.citations
        for quote in document.quotes if isinstance(document, Note) else ():
            for reference in quote.references:
                yield bare_citation(reference)


def plan_site(checked: Checked, options: Options) -> PagePlan:
    """Format the citations of a checked library, and plan its pages."""
    bibliography = format_citations(checked.links, options)
    return plan_pages(checked.links, bibliography, code_stamp().hex(), kept_in(options))


def check_addresses(links: Links) -> None:
    """Raise `CannotRun` where a note or theme has a name that no address can hold."""
    for document in links.documents:
        # The rule that says so can be turned off; an address cannot hold every sign of a file name.
        if not ID.match(document.id):
            raise CannotRun(f"{quoted(document.path)} cannot have a page", "rename it; florilegium explain invalid-id")


def epoch_of(checked: Checked) -> int:
    """What stands for the time of the build: `SOURCE_DATE_EPOCH`, or the day of the youngest note."""
    given = given_epoch()
    if given is not None:
        return given
    dates = [day for note in checked.links.notes.values() for day in (note.date, note.updated) if day]
    return int(datetime.combine(max(dates, default=date(2000, 1, 1)), datetime.min.time(), UTC).timestamp())
