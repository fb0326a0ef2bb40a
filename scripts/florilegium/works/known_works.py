"""Whether a library has a work already: by an identifier, or by what the work is called and who wrote it."""

import re
from collections.abc import Mapping

from ..core.sources import Source
from .identifiers import parse_isbn


def find_known(source: Source, known: Mapping[str, Source]) -> str:
    """The key under which a work is known; empty where it is not."""
    return _same_identifier(source, known) or _same_title(source, known)


def is_same_entry(a: Source, b: Source) -> bool:
    """Whether two descriptions under one key are of one work: by their DOIs, or by title and year."""
    one, two = a.variables.get("DOI", "").casefold(), b.variables.get("DOI", "").casefold()
    if one and two:
        return one == two
    same = "title" if a.title or b.title else "container-title"
    mine, other = (title_words(source.variables.get(same, "")) for source in (a, b))
    return bool(mine) and mine == other and (a.year == b.year or None in (a.year, b.year))


def title_words(title: str) -> list[str]:
    """The words of a title as titles are compared."""
    return re.findall(r"\w+", title.casefold())


def first_author(source: Source) -> str:
    """The family name of who stands first: among the authors, else the editors, else any others."""
    names = source.names.get("author") or source.names.get("editor") or next(iter(source.names.values()), ())
    return (names[0].family or names[0].literal) if names else ""


def _same_identifier(source: Source, known: Mapping[str, Source]) -> str:
    """The key of a work with the same DOI; of a whole book, with the same ISBN."""
    doi = source.variables.get("DOI", "").casefold()
    isbn = parse_isbn(source.variables.get("ISBN", "")).value if source.type == "book" else ""
    for key, other in known.items():
        if doi and other.variables.get("DOI", "").casefold() == doi:
            return key
        if isbn and other.type == "book" and parse_isbn(other.variables.get("ISBN", "")).value == isbn:
            return key
    return ""


def _same_title(source: Source, known: Mapping[str, Source]) -> str:
    """The key of a work with the same title and first author, in the same year as far as both have one.

    Two different identifiers of one kind are two works.
    """
    title, author = title_words(source.title), first_author(source).casefold()
    for key, other in known.items() if title and author else ():
        years = {year for year in (source.year, other.year) if year}
        differ = any(
            source.variables.get(name) and other.variables.get(name) and not _alike(source, other, name)
            for name in ("DOI", "ISBN")
        )
        same_author = first_author(other).casefold() == author
        if title_words(other.title) == title and same_author and len(years) < 2 and not differ:
            return key
    return ""


def _alike(a: Source, b: Source, name: str) -> bool:
    one, two = (re.sub(r"[\s-]", "", source.variables[name]).casefold() for source in (a, b))
    return one == two
