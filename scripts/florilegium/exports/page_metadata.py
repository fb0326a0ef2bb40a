"""What a reference manager's button in a browser looks for: `citation_*` metadata, and COinS.

The names are those that Google Scholar's guidelines for webmasters list; a chapter has the title of its
book under both of the names in use, since one program knows the one and one the other. COinS: OpenURL
context objects (ANSI/NISO Z39.88) in the title of an empty `span`, formats `journal`, `book`,
`dissertation` and `dc`.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from ..model import Date, Name, Source

__all__ = ["citation_metadata", "context_object"]

_ARTICLES = frozenset(("article", "article-journal", "article-magazine", "article-newspaper", "review", "review-book"))
_PARTS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"))
MAX_AUTHORS = 100
"""Authors that are named: some works have thousands."""


def citation_metadata(source: Source) -> list[tuple[str, str]]:
    """Names and contents of the `meta` elements that describe a work."""
    return [(f"citation_{name}", " ".join(value.split())) for name, value in _metadata(source) if value.strip()]


def _metadata(source: Source) -> Iterator[tuple[str, str]]:
    variables = source.variables
    yield "title", source.title
    for name in source.names.get("author", ())[:MAX_AUTHORS]:
        yield "author", _inverted(name)
    if source.type in _PARTS or (source.type == "book" and "author" not in source.names):
        for name in source.names.get("editor", ())[:MAX_AUTHORS]:
            yield "editor", _inverted(name)
    yield "publication_date", _day(source.dates.get("issued"))
    container = variables.get("container-title", "")
    for name_ in _container_names(source.type):
        yield name_, container
    yield from _places(source)
    for name_, variable in _PLAIN:
        yield name_, variables.get(variable, "")


_PLAIN = (
    ("doi", "DOI"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
    ("pmid", "PMID"),
    ("publisher", "publisher"),
    ("language", "language"),
    ("public_url", "URL"),
)


def _container_names(kind: str) -> tuple[str, ...]:
    if kind in _ARTICLES:
        return ("journal_title",)
    if kind in _PARTS:
        return ("inbook_title", "book_title")
    return ("conference_title",) if kind == "paper-conference" else ()


def _places(source: Source) -> Iterator[tuple[str, str]]:
    variables = source.variables
    yield "volume", variables.get("volume", "")
    yield "issue", variables.get("issue", "")
    first, last = _page_ends(variables.get("page", ""))
    yield "firstpage", first
    yield "lastpage", last
    if source.type == "thesis":
        yield "dissertation_institution", variables.get("publisher", "")
    if source.type == "report":
        yield "technical_report_institution", variables.get("publisher", "")
        yield "technical_report_number", variables.get("number", "")


def _page_ends(page: str) -> tuple[str, str]:
    ends = re.fullmatch(r"\s*(\w+)\s*[-–]\s*(\w+)\s*", page)
    return (ends[1], ends[2]) if ends else (page, "")


def _inverted(name: Name) -> str:
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    return ", ".join(part for part in (name.short, given) if part)


def _day(date: Date | None, mark: str = "/") -> str:
    if date is None or not date.parts:
        return ""
    return mark.join(f"{number:02}" for number in date.parts[0])


# -------------------------------------------------------------------------------------------------------
# COinS


def context_object(source: Source) -> str:
    """The OpenURL context object of a work, percent-encoded; it is not escaped for HTML."""
    kind = _format(source.type)
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}"),
        ("rfr_id", "info:sid/florilegium"),
        *_titles(source, kind),
        *_people(source, kind),
        ("rft.date", _day(source.dates.get("issued"), "-")),
        *_rest(source, kind),
    ]
    return urlencode([(name, " ".join(value.split())) for name, value in fields if value.strip()])


def _format(kind: str) -> str:
    if kind in _ARTICLES:
        return "journal"
    if kind in ("book", "collection", "report", "paper-conference") or kind in _PARTS:
        return "book"
    return "dissertation" if kind == "thesis" else "dc"


def _titles(source: Source, kind: str) -> Iterator[tuple[str, str]]:
    container = source.variables.get("container-title", "")
    if kind == "journal":
        yield "rft.genre", "article"
        yield "rft.atitle", source.title
        yield "rft.jtitle", container
    elif kind == "book" and (source.type in _PARTS or source.type == "paper-conference"):
        yield "rft.genre", "proceeding" if source.type == "paper-conference" else "bookitem"
        yield "rft.atitle", source.title
        yield "rft.btitle", container
    elif kind == "book":
        yield "rft.genre", "report" if source.type == "report" else "book"
        yield "rft.btitle", source.title
    else:
        yield "rft.title", source.title
        yield "rft.source", container if kind == "dc" else ""
    if kind == "dc":
        yield (
            "rft.type",
            {"webpage": "webpage", "post-weblog": "blogPost", "post": "forumPost"}.get(source.type, "document"),
        )


def _people(source: Source, kind: str) -> Iterator[tuple[str, str]]:
    names = source.names.get("author", ())[:MAX_AUTHORS]
    if kind != "dc" and names:
        yield "rft.aulast", names[0].short
        yield "rft.aufirst", names[0].given
    for name in names:
        yield ("rft.creator" if kind == "dc" else "rft.au"), name.full


def _rest(source: Source, kind: str) -> Iterator[tuple[str, str]]:
    variables = source.variables
    first, last = _page_ends(variables.get("page", ""))
    if kind == "journal":
        yield "rft.volume", variables.get("volume", "")
        yield "rft.issue", variables.get("issue", "")
        yield "rft.issn", variables.get("ISSN", "")
    if kind in ("journal", "book"):
        yield "rft.spage", first
        yield "rft.epage", last
    if kind == "book":
        yield "rft.edition", variables.get("edition", "")
        yield "rft.isbn", variables.get("ISBN", "")
        yield "rft.pub", variables.get("publisher", "")
        yield "rft.place", variables.get("publisher-place", "")
    if kind == "dissertation":
        yield "rft.inst", variables.get("publisher", "")
    if kind == "dc":
        yield "rft.identifier", variables.get("URL", "")
        yield "rft.publisher", variables.get("publisher", "")
    if doi := variables.get("DOI"):
        yield "rft_id", f"info:doi/{doi}"
    if pmid := variables.get("PMID"):
        yield "rft_id", f"info:pmid/{pmid}"
