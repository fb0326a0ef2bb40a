"""Where a library names addresses of other sites: in its prose, in the works it cites, in its settings."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from ...core.model import Hyperlink, Status
from ...core.sources import Source
from ...core.spans import Span
from ...library.links import Links
from ...works.identifiers import check_url, doi_url, parse_doi

_RESOLVERS = ("doi.org", "dx.doi.org", "www.doi.org")
_SAFE = "!$&'()*+,/:;=?@[]~%-._"


class AddressPlace(NamedTuple):
    """One place where an address is written."""

    url: str
    """What is asked: the address in ASCII, with its fragment; for a DOI that of its resolver."""
    text: str
    """The address as it stands in the file."""
    span: Span
    doi: bool
    """Whether it is a DOI, which moves on purpose."""


def find_written(links: Links) -> tuple[AddressPlace, ...]:
    """Every address of another site in everything that is published; addresses that are none are left to the checks."""
    return tuple(sorted({*_settings(links), *_prose(links), *_works(links)}, key=lambda found: (found.span, found.url)))


def _settings(links: Links) -> Iterator[AddressPlace]:
    settings = links.library.settings
    for key, value in (("url", settings.url), ("repository", settings.repository)):
        if value and key in settings.spans:
            yield from _written(value, settings.spans[key])


def _prose(links: Links) -> Iterator[AddressPlace]:
    own = links.library.settings.url
    for document in links.documents:
        hyperlinks: tuple[Hyperlink, ...] = document.body.hyperlinks
        for hyperlink in hyperlinks:
            # The pages of the site itself are followed where they are built.
            if not (own and hyperlink.target.startswith(own)):
                yield from _written(hyperlink.target, hyperlink.span)


def _works(links: Links) -> Iterator[AddressPlace]:
    published = (note for note in links.library.notes if note.status is Status.PUBLISHED)
    for source in (*links.library.sources, *(source for note in published for source in note.sources)):
        yield from _work(source)


def _work(source: Source) -> Iterator[AddressPlace]:
    doi = source.variables.get("DOI", "")
    name = parse_doi(doi).value
    if name:
        yield AddressPlace(doi_url(name), doi, source.spans.get("DOI", source.key_span), True)
    if source.variables.get("URL"):
        yield from _written(source.variables["URL"], source.spans.get("URL", source.key_span))


def _written(text: str, span: Span) -> Iterator[AddressPlace]:
    url = check_url(text.strip(" ")).value
    if not url:
        return
    parts = urlsplit(url)
    if (parts.hostname or "").lower() in _RESOLVERS and (name := parse_doi(url.partition("#")[0]).value):
        yield AddressPlace(doi_url(name), text, span, True)
    elif encoded := encode_address(url):
        yield AddressPlace(encoded, text, span, False)


def encode_address(text: str) -> str:
    """An address as it is asked for: host in IDNA, all else percent-encoded; nothing where it is none of the web."""
    parts = urlsplit(check_url(text).value)
    if not parts.netloc:
        return ""
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    host = f"[{host}]" if ":" in host else host
    place = f"{host}:{parts.port}" if parts.port else host
    path, query, fragment = (quote(part, safe=_SAFE) for part in (parts.path or "/", parts.query, parts.fragment))
    return urlunsplit((parts.scheme.lower(), place, path, query, fragment.partition(":~:")[0]))
