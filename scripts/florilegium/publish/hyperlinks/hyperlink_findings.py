"""The faults of a built site as findings: at the line of the note that wrote the hyperlink, or else on the page."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from ...check.checks.context import Guesses
from ...core.diagnostics import Diagnostic, quoted
from ...core.lock_entries import Permalink
from ...core.model import Note
from ...core.rules import Group, declare_rule
from ...core.spans import LineTable, Span
from ...library.links import Links
from ...site.addresses import Addresses
from ...site.prose_hyperlinks import link_start
from .examination import BrokenHyperlink
from .html_tags import scan_tags, value_of
from .site_places import INDEX, Place, SiteMap

_CORRECT = "correct the link, or remove it"
_BUILD = "build the site again; if it stays, fix the template, or the page under docs/, that writes it"


declare_rule(
    "broken-site-link",
    Group.PROSE,
    "Every hyperlink and every file that a page of the built site names is there.",
    "What no note wrote can break too: a template, a style sheet, a feed, a page of the frame. `florilegium links` "
    "looks at all of them.",
    "Build the site again; if the finding stays, fix the template, or the page under `docs/`, that the message names.",
)


def describe_faults(
    faults: Iterable[BrokenHyperlink], site: SiteMap, folder: Path, shown: str, links: Callable[[], Links]
) -> Iterator[Diagnostic]:
    """The findings, each place of a note once, though several pages may show it.

    `shown` is the site's folder from the root of the library; `links` is asked for the first fault.
    """
    seen = set()
    guess, pages = Guesses(), list(site.pages())
    writers = cache(lambda: _writers(links(), site))
    for fault in sorted(faults, key=lambda fault: (fault.page, fault.use.offset, fault.use.target)):
        written = writers().get(str(fault.place), []) if fault.place else []
        # That of the document whose page it is, or else those of the documents whose words the page shows.
        spans = [span for own, span in written if own == fault.page] or [span for _, span in written]
        words = _words(fault, site)
        remedy = guess(fault.place.path, pages, "") if fault.place and site.file_of(fault.place) is None else ""
        if not spans:
            span = _place_on_page(fault, folder, shown)
            message = f"{quoted(fault.use.where)} leads to {quoted(fault.use.target)}; it {words}"
            yield Diagnostic(rule="broken-site-link", span=span, message=message, help=remedy or _BUILD)
        for span in spans:
            if span not in seen:
                seen.add(span)
                message = f"on the built site this link leads to {quoted(fault.place)}; it {words}"
                yield Diagnostic(rule="broken-internal-link", span=span, message=message, help=remedy or _CORRECT)


def _writers(links: Links, site: SiteMap) -> dict[str, list[tuple[str, Span]]]:
    """The hyperlinks of prose by the place on the site that they name: each with the page of its document."""
    found: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    addresses = Addresses()
    for document in links.documents:
        address = addresses.note(document) if isinstance(document, Note) else addresses.theme(document)
        page = f"{address}{INDEX}"
        for hyperlink in document.body.hyperlinks:
            start = link_start(hyperlink.target, document.path, local=True)
            for tag in scan_tags(start.replace('href="/', f'href="{site.root}').encode()):
                for attribute in tag.attributes:
                    place = site.locate(value_of(attribute), page) if attribute[0] == b"href" else None
                    if isinstance(place, Place):
                        found[str(place)].append((page, hyperlink.span))
    return found


def _words(fault: BrokenHyperlink, site: SiteMap) -> str:
    if fault.reason or fault.place is None:
        return fault.reason
    if site.file_of(fault.place) is None:
        return "is no page or file of the site"
    return f"is a page without a place {quoted(fault.place.fragment)}"


def _place_on_page(fault: BrokenHyperlink, folder: Path, shown: str) -> Span:
    """The tag in the page that holds the address."""
    path = f"{shown}/{fault.page}"
    if fault.page.endswith((".gz", ".inv", ".json")):
        return Span.of_file(path)
    data = (folder / fault.page).read_bytes()
    text = data.decode("utf-8", "replace")
    start = len(data[: fault.use.offset].decode("utf-8", "replace"))
    end = text.find(">", start)
    return LineTable(path, text).span(start, end + 1 if end >= 0 else start)


def describe_vanished(permalink: Permalink, place: Place, site: SiteMap) -> Diagnostic:
    """The finding that a published address is no more."""
    page = site.file_of(place)
    what = f"its page has no place {quoted('#' + place.fragment)}" if page else "the site has no such page"
    return Diagnostic(
        rule="vanished-permalink",
        span=permalink.span,
        message=f"{quoted(permalink.address)} was published, and is gone: {what}",
        help="build the site again; if it stays, restore the page, or add a redirect under redirects: in library.yml",
        about=permalink.address,
    )
