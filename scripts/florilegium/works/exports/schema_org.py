"""A work in the vocabulary of schema.org, for search engines: its type, its people, what it is part of."""

from collections.abc import Mapping
from typing import Any

from ...core.sources import Date, Name, Source
from ..csl.csl_checks import retraction
from ..identifiers import check_url, doi_url, parse_doi, parse_isbn, parse_issn
from .page_metadata import ARTICLES

_TYPES = {
    "article": "ScholarlyArticle",
    "article-journal": "ScholarlyArticle",
    "article-magazine": "Article",
    "article-newspaper": "NewsArticle",
    "book": "Book",
    "chapter": "Chapter",
    "collection": "Collection",
    "dataset": "Dataset",
    "entry": "Chapter",
    "entry-dictionary": "Chapter",
    "entry-encyclopedia": "Chapter",
    "legislation": "Legislation",
    "manuscript": "Manuscript",
    "map": "Map",
    "motion_picture": "Movie",
    "paper-conference": "ScholarlyArticle",
    "post": "DiscussionForumPosting",
    "post-weblog": "BlogPosting",
    "report": "Report",
    "review": "Review",
    "review-book": "Review",
    "software": "SoftwareApplication",
    "thesis": "Thesis",
    "webpage": "WebPage",
}
_PARTS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia", "paper-conference"))
MAX_AUTHORS_SHOWN = 30
"""Authors that are named: some works have thousands."""

_Node = dict[str, Any]


def schema_org_work(source: Source, iri: str) -> _Node:
    """The work as a node of JSON-LD, whose terms are those of https://schema.org; `iri` names it."""
    variables = source.variables
    said = retraction(source)
    node: _Node = {
        "@id": iri,
        "@type": _TYPES.get(source.type, "CreativeWork"),
        "name": _line(source.title),
        "author": _people(source, "author"),
        "editor": [] if source.type in _PARTS else _people(source, "editor"),
        "datePublished": _day(source.dates.get("issued")),
        "isPartOf": _container(source),
        "pagination": _line(variables.get("page", "")),
        "publisher": _organization(source) if source.type not in _PARTS else {},
        "isbn": _isbn(source) if source.type == "book" else "",
        "sameAs": _doi(source),
        "url": check_url(variables.get("URL", "")).value,
        "creativeWorkStatus": said.text if said else "",
    }
    return _without_empty(node)


def _without_empty(node: Mapping[str, Any]) -> _Node:
    return {name: value for name, value in node.items() if value}


def _line(text: str) -> str:
    return " ".join(text.split())


def _people(source: Source, role: str) -> list[_Node]:
    return [_person(name) for name in source.names.get(role, ())[:MAX_AUTHORS_SHOWN]]


def _person(name: Name) -> _Node:
    if name.literal:
        return {"@type": "Organization", "name": _line(name.literal)}
    given = _line(f"{name.given} {name.dropping_particle}")
    return _without_empty({"@type": "Person", "name": _line(name.full), "familyName": name.short, "givenName": given})


def _organization(source: Source) -> _Node:
    name = _line(source.variables.get("publisher", ""))
    return {"@type": "Organization", "name": name} if name else {}


def _container(source: Source) -> _Node:
    name = _line(source.variables.get("container-title", ""))
    if not name:
        return {}
    if source.type in ARTICLES:
        return _in_periodical(source, name)
    if source.type in _PARTS:
        book: _Node = {"@type": "Book", "name": name, "isbn": _isbn(source), "publisher": _organization(source)}
        return _without_empty({**book, "editor": _people(source, "editor")})
    return {"@type": "CreativeWork", "name": name}


def _in_periodical(source: Source, name: str) -> _Node:
    """The issue in the volume in the periodical, as far as they are known."""
    issn = parse_issn(source.variables.get("ISSN", "").partition(",")[0]).value
    node = _without_empty({"@type": "Periodical", "name": name, "issn": issn})
    for kind, term, variable in (
        ("PublicationVolume", "volumeNumber", "volume"),
        ("PublicationIssue", "issueNumber", "issue"),
    ):
        if number := _line(source.variables.get(variable, "")):
            node = {"@type": kind, term: number, "isPartOf": node}
    return node


def _isbn(source: Source) -> str:
    return parse_isbn(source.variables.get("ISBN", "").partition(",")[0]).value


def _doi(source: Source) -> str:
    doi = parse_doi(source.variables.get("DOI", "")).value
    return doi_url(doi) if doi else ""


def _day(date: Date | None) -> str:
    """ISO 8601 has years of four digits."""
    if date is None or not date.parts or not 0 < date.parts[0][0] < 10000:
        return ""
    year, *rest = date.parts[0]
    return "-".join([f"{year:04}", *(f"{number:02}" for number in rest)])
