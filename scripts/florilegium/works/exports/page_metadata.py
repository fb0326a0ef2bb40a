"""What a reference manager's button in a browser looks for: `citation_*` metadata, and COinS.

The names are those that Google Scholar's guidelines for webmasters list; a chapter has the title of its
book under both of the names in use, since one program knows the one and one the other. Zotero guesses the
type of a work by which names are there, and takes what it cannot guess for an article in a journal; so such
a work also says its type in Zotero's own word. COinS: OpenURL context objects (ANSI/NISO Z39.88) in the
title of an empty `span`, formats `journal`, `book`, `dissertation` and `dc`.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from ...core.sources import Date, Name, Source
from ..identifiers import check_url, doi_url, parse_doi, parse_isbn

ARTICLES = frozenset(("article", "article-journal", "article-magazine", "article-newspaper", "review", "review-book"))
_PARTS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"))
MAX_AUTHORS = 100
"""Authors that are named: some works have thousands."""


def page_metadata(source: Source) -> tuple[tuple[str, str], ...]:
    """All `meta` elements of a page about a work; none where `is_better_as_object`."""
    return () if is_better_as_object(source) else (*citation_metadata(source), *item_type_metadata(source))


def citation_metadata(source: Source) -> list[tuple[str, str]]:
    """Names and contents of the `meta` elements that describe a work."""
    return [(f"citation_{name}", " ".join(value.split())) for name, value in _metadata(source) if value.strip()]


def is_better_as_object(source: Source) -> bool:
    """Whether a reference manager should rather be given a context object than `meta` elements.

    Zotero takes the address of our page for that of a work whose elements name none. A context object names no editors.
    """
    addressed = check_url(source.variables.get("URL", "")).value or _doi_address(source)
    edited = source.type in (*_PARTS, "book", "collection", "paper-conference") and source.names.get("editor")
    return not addressed and bool(source.names.get("author")) and not edited


def item_type_metadata(source: Source) -> list[tuple[str, str]]:
    """Names and contents of the `meta` elements that tell Zotero a type which it would not guess.

    They are read as properties in the namespaces that Zotero's translator "Embedded Metadata" knows by `z` and `dc`.
    """
    kind = _ITEM_TYPES.get(source.type)
    if kind is None:
        return []
    container = " ".join(source.variables.get("container-title", "").split())
    return [("z.itemType", kind), *([("dc.source", container)] if container else [])]


_ITEM_TYPES = {
    "book": "book",
    "broadcast": "tvBroadcast",
    "collection": "book",
    "dataset": "dataset",
    "document": "document",
    "hearing": "hearing",
    "interview": "interview",
    "legal_case": "case",
    "legislation": "statute",
    "manuscript": "manuscript",
    "map": "map",
    "motion_picture": "film",
    "pamphlet": "document",
    "patent": "patent",
    "personal_communication": "letter",
    "post": "forumPost",
    "post-weblog": "blogPost",
    "report": "report",
    "software": "computerProgram",
    "speech": "presentation",
    "standard": "standard",
    "thesis": "thesis",
    "webpage": "webpage",
}


def _metadata(source: Source) -> Iterator[tuple[str, str]]:
    variables = source.variables
    yield "title", source.title
    yield from _creators(source, "author")
    if source.type in _PARTS or source.type in ("book", "collection", "paper-conference"):
        yield from _creators(source, "editor")
    yield "publication_date", _day(source.dates.get("issued"))
    yield from _containers(source)
    yield from _values(source, _PLAIN)
    # Nothing said of it, the language of our page would be taken for that of the work.
    yield "language", variables.get("language", "") or "und"
    yield "public_url", check_url(variables.get("URL", "")).value or _doi_address(source)


def _creators(source: Source, role: str) -> Iterator[tuple[str, str]]:
    return ((role, _listed_creator(name)) for name in source.names.get(role, ())[:MAX_AUTHORS])


def _listed_creator(name: Name) -> str:
    """A creator as Zotero takes apart what is listed: at semicolons, and at commas between names of two words each.

    So `van der Kolk, Bessel A.` ends with a semicolon; and a name without a given one ends with a comma, or its last
    word would become the family name.
    """
    inverted = _inverted(name)
    parts = inverted.split(", ")
    return f"{inverted};" if len(parts) > 1 and " " in parts[0] and " " in parts[1] else inverted


def _doi_address(source: Source) -> str:
    """Without an address of the work, a reference manager takes that of our page for it."""
    doi = parse_doi(source.variables.get("DOI", "")).value
    isbn = parse_isbn(source.variables.get("ISBN", "").split(",")[0]).value
    return doi_url(doi) if doi else f"https://search.worldcat.org/isbn/{isbn}" if isbn else ""


_PLAIN = (
    ("volume", "volume"),
    ("issue", "issue"),
    ("firstpage", "page-first"),
    ("lastpage", "page-last"),
    ("dissertation_institution", "thesis/publisher"),
    ("technical_report_institution", "report/publisher"),
    ("technical_report_number", "report/number"),
    ("doi", "DOI"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
    ("pmid", "PMID"),
    ("publisher", "publisher"),
    ("series_title", "collection-title"),
)
"""Names, and the variables whose values they hold; those of one type of works alone stand behind its name."""


def _values(source: Source, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    page = source.variables.get("page", "")
    ends = re.fullmatch(r"\s*(\w+)\s*[-–]\s*(\w+)\s*", page)
    values = {**source.variables, "page-first": ends[1] if ends else page, "page-last": ends[2] if ends else ""}
    for name, variable in names:
        kind, of_kind, own = variable.rpartition("/")
        yield name, values.get(own, "") if not of_kind or kind == source.type else ""


def _containers(source: Source) -> Iterator[tuple[str, str]]:
    """The journal, book or conference that the work is in; of several names Zotero goes by the last."""
    container = source.variables.get("container-title", "")
    if source.type in ARTICLES:
        yield "journal_title", container
    elif source.type in _PARTS:
        yield "inbook_title", container
        yield "book_title", container
    elif source.type == "paper-conference":
        yield "inbook_title", container
        yield "conference_title", source.variables.get("event-title", "") or container


def _inverted(name: Name) -> str:
    """`Doe, Jane`; a name that is one as a whole ends with a comma, and holds no other."""
    whole, given = re.sub(r"\s*[,;]\s*", " ", name.short), _given(name)
    return f"{whole}, {given}" if given else f"{whole}," if " " in whole else whole


def _given(name: Name) -> str:
    return " ".join(part for part in (name.given, name.dropping_particle) if part)


def _day(date: Date | None, mark: str = "/") -> str:
    if date is None or not date.parts:
        return ""
    return mark.join(f"{number:02}" for number in date.parts[0])


# -------------------------------------------------------------------------------------------------------
# COinS


def context_object(source: Source) -> str:
    """The OpenURL context object of a work, percent-encoded; it is not escaped for HTML."""
    kind, variables = _format(source.type), source.variables
    ids = (("info:doi/", "DOI"), ("info:pmid/", "PMID"))
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}"),
        ("rfr_id", "info:sid/florilegium"),
        *_titles(source, kind),
        *_people(source, kind),
        ("rft.date", _day(source.dates.get("issued"), "-")),
        *_values(source, _BY_FORMAT[kind]),
        *(("rft_id", f"{scheme}{variables[name]}") for scheme, name in ids if variables.get(name)),
    ]
    return urlencode([(name, " ".join(value.split())) for name, value in fields if value.strip()])


def _format(kind: str) -> str:
    if kind in ARTICLES:
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
    if kind == "dc":
        yield from (("rft.creator", _inverted(name)) for name in names)
        return
    # Whoever stands in `aulast` must not stand in `au` as well: they would arrive twice.
    first = names[0] if names and not names[0].literal else None
    if first:
        yield "rft.aulast", first.short
        yield "rft.aufirst", _given(first)
    for name in names[1:] if first else names:
        corporate = name.literal and kind != "dissertation"
        yield ("rft.aucorp", name.literal) if corporate else ("rft.au", _inverted(name))


_PAGES = (("rft.spage", "page-first"), ("rft.epage", "page-last"))
_BY_FORMAT = {
    "journal": (("rft.volume", "volume"), ("rft.issue", "issue"), ("rft.issn", "ISSN"), *_PAGES),
    "book": (
        *_PAGES,
        ("rft.edition", "edition"),
        ("rft.isbn", "ISBN"),
        ("rft.pub", "publisher"),
        ("rft.place", "publisher-place"),
        ("rft.series", "collection-title"),
    ),
    "dissertation": (("rft.inst", "publisher"),),
    "dc": (("rft.identifier", "URL"), ("rft.publisher", "publisher")),
}
