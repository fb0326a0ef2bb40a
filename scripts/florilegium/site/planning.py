"""From a checked library to the plan of its pages: its citations formatted in its style, its pages planned."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from ..check.checking import Checked, Options, given_epoch
from ..core.cache import code_stamp, state_folder
from ..core.diagnostics import quoted
from ..core.errors import CannotRun
from ..core.ids import ID
from ..core.model import Citation, Note, Theme
from ..library.links import Links
from ..library.reading import ANNOTATIONS
from ..works.citing.citation_styles import BibliographyError, read_style
from ..works.citing.cite_items import csl_citation_of
from ..works.citing.formatted_cache import CitationCache, read_cache, write_cache
from ..works.citing.formatting import Bibliography, render_bibliography
from ..works.csl.csl_items import to_csl
from .linked_site import bare_citation
from .pages import PagePlan, plan_pages

__all__ = ["check_addresses", "citations_of", "epoch_of", "format_citations", "plan_site"]


def format_citations(links: Links, options: Options, cache: CitationCache | None = None) -> Bibliography:
    """All works and citations of a library in its style, from the last run's results where they hold.

    `cache` holds those of this process, where it is not the first time.
    """
    settings = links.library.settings
    path = state_folder(options.root) / "citations.json"
    options.progress("formatting citations", 0, 0)
    try:
        bibliography = render_bibliography(
            {key: to_csl(source) for key, source in links.sources.items()},
            citations_of(links.documents),
            style=read_style(settings.citation_style, folder=options.root / ANNOTATIONS),
            language=settings.language,
            cache=cache or (read_cache(path) if options.remember else None),
        )
    except BibliographyError as error:
        raise _placed(error, links) from None
    if options.remember and not bibliography.approximate and bibliography.cache is not cache:
        write_cache(path, bibliography.cache)
    return bibliography


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


def citations_of(documents: Iterable[Note | Theme]) -> Iterator[Citation]:
    """Every citation that notes and themes show, in their prose and below their quotations."""
    for document in documents:
        yield from document.body.citations
        for quote in document.quotes if isinstance(document, Note) else ():
            for reference in quote.references:
                yield bare_citation(reference)


def plan_site(checked: Checked, options: Options) -> PagePlan:
    """Format the citations of a checked library, and plan its pages."""
    return plan_pages(checked.links, format_citations(checked.links, options), code_stamp().hex())


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
