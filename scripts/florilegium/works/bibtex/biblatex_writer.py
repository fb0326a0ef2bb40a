"""BibLaTeX: a work as one entry, which loses less of a CSL item than BibTeX has words for.

The entry types and fields are those of the BibLaTeX manual (section 2); dates are in EDTF level 1, as ISO 8601-2
has them. Capital letters that a style must not lower stand in braces.
"""

import re
from collections.abc import Iterator

from ...core.model import Date, Name, Source
from ..csl import retraction
from .latex_writer import entry_key, escape_latex, listed_name, text_field, verbatim_field

__all__ = ["biblatex_entry"]

_TYPES = {
    "article": "article",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "bill": "legislation",
    "book": "book",
    "broadcast": "video",
    "chapter": "incollection",
    "classic": "book",
    "collection": "collection",
    "dataset": "dataset",
    "entry": "inreference",
    "entry-dictionary": "inreference",
    "entry-encyclopedia": "inreference",
    "figure": "image",
    "graphic": "artwork",
    "hearing": "jurisdiction",
    "legal_case": "jurisdiction",
    "legislation": "legislation",
    "manuscript": "unpublished",
    "map": "image",
    "motion_picture": "movie",
    "musical_score": "music",
    "pamphlet": "booklet",
    "paper-conference": "inproceedings",
    "patent": "patent",
    "performance": "performance",
    "periodical": "periodical",
    "personal_communication": "letter",
    "post": "online",
    "post-weblog": "online",
    "regulation": "legislation",
    "report": "report",
    "review": "review",
    "review-book": "review",
    "software": "software",
    "song": "music",
    "speech": "unpublished",
    "standard": "standard",
    "thesis": "thesis",
    "treaty": "legal",
    "webpage": "online",
}
_SUBTYPES = {"article-magazine": "magazine", "article-newspaper": "newspaper"}
_IN_BOOKS = frozenset(("incollection", "inproceedings", "inreference"))
_NAMES = (
    ("author", "author"),
    ("editor", "editor"),
    ("translator", "translator"),
    ("container-author", "bookauthor"),
)
_TITLES = (
    ("title", "title"),
    ("title-short", "shorttitle"),
    ("shortTitle", "shorttitle"),
    ("collection-title", "series"),
    ("event-title", "eventtitle"),
    ("original-title", "origtitle"),
)
_FIELDS = (
    ("volume", "volume"),
    ("part-number", "part"),
    ("edition", "edition"),
    ("chapter-number", "chapter"),
    ("number-of-volumes", "volumes"),
    ("number-of-pages", "pagetotal"),
    ("version", "version"),
    ("genre", "type"),
    ("publisher-place", "location"),
    ("event-place", "venue"),
    ("original-publisher", "origpublisher"),
    ("original-publisher-place", "origlocation"),
    ("container-title-short", "shortjournal"),
    ("journalAbbreviation", "shortjournal"),
    ("DOI", "doi"),
    ("URL", "url"),
    ("ISBN", "isbn"),
    ("ISSN", "issn"),
    ("PMID", "pmid"),
    ("PMCID", "pmcid"),
    ("call-number", "library"),
    ("language", "langid"),
    ("status", "pubstate"),
    ("keyword", "keywords"),
    ("abstract", "abstract"),
    ("annote", "annotation"),
)
_DATES = (("issued", "date"), ("accessed", "urldate"), ("event-date", "eventdate"), ("original-date", "origdate"))


def biblatex_entry(source: Source, key: str = "") -> str:
    """The work as one entry, on several lines, under another `key` if one is given; it ends with a line feed."""
    kind = _TYPES.get(source.type, "misc")
    fields: dict[str, str] = {}
    for name, value in _fields(source, kind):
        if value not in ("", "{}"):
            fields.setdefault(name, value)
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
    return f"@{kind}{{{key or entry_key(source.key)},\n{lines}}}\n"


def _fields(source: Source, kind: str) -> Iterator[tuple[str, str]]:
    variables = source.variables
    yield "entrysubtype", text_field(_SUBTYPES.get(source.type, ""))
    yield from _people(source)
    for variable, field in _TITLES:
        yield field, title_field(variables.get(variable, ""))
    yield from _container(variables.get("container-title", ""), kind)
    for field, text in _numbers(source):
        yield field, text_field(text)
    yield "pages", text_field(variables.get("page", "")).replace("-", "--").replace("--{}--", "--")
    yield _publisher_field(kind), text_field(variables.get("publisher", ""))
    for variable, field in _DATES:
        yield from _date(source.dates.get(variable), field)
    for variable, field in _FIELDS:
        if variable in variables:
            yield field, verbatim_field(variables[variable], field)
    yield "note", text_field(noted(source))


def noted(source: Source) -> str:
    """The work's note, and behind it in words what became of the work, which not every program reads elsewhere."""
    found = retraction(source)
    parts = (source.variables.get("note", ""), found.sentence if found else "")
    return ". ".join(part for part in parts if part)


# ----------------------------------------------------------------------------------------------------- people


def _people(source: Source) -> Iterator[tuple[str, str]]:
    for role, field in _NAMES:
        yield field, _names(source.names.get(role, ()))
    others = [role for role in source.names if role not in dict(_NAMES)]
    slots = ["editora", "editorb", "editorc"] if "editor" in source.names else ["editor", "editora", "editorb"]
    for role, slot in zip(others, slots, strict=False):
        yield slot, _names(source.names[role])
        yield f"{slot}type", text_field(role)
    if any(name.non_dropping_particle for names in source.names.values() for name in names):
        yield "options", "{useprefix=true}"


def _names(names: tuple[Name, ...]) -> str:
    return f"{{{' and '.join(map(listed_name, names))}}}"


# ----------------------------------------------------------------------------------------------------- titles


def title_field(text: str) -> str:
    """A title, in which each word is in braces whose capitals a style must not lower, nor raise its first letter."""
    words = text.split()
    protected = [_protected(word, before, text) for word, before in zip(words, [":", *words], strict=False)]
    return f"{{{' '.join(protected)}}}"


def _protected(word: str, before: str, title: str) -> str:
    """`before` is the word before this one; the first letter after a colon or the like counts as that of a title."""
    letters = re.sub(r"^\W+|\W+$", "", word)
    raised, plain = letters[:1] != letters[:1].lower(), letters[1:] == letters[1:].lower()
    if before.endswith(":"):
        plain = plain and (raised or not letters[:1].isalpha())
    else:
        plain = plain and not raised and before[-1] not in ".?!"
    escaped = escape_latex(word, title)
    return escaped if plain else f"{{{escaped}}}"


def _container(title: str, kind: str) -> Iterator[tuple[str, str]]:
    if kind in _IN_BOOKS:
        yield "booktitle", title_field(title)
    else:
        yield "journaltitle", text_field(title)


def _publisher_field(kind: str) -> str:
    return {"thesis": "institution", "report": "institution", "online": "organization"}.get(kind, "publisher")


def _numbers(source: Source) -> Iterator[tuple[str, str]]:
    """What stands in `number`: the issue of a journal, the number of a report, or the place in a series."""
    for variable in ("issue", "number", "collection-number"):
        yield "number", source.variables.get(variable, "")


# ------------------------------------------------------------------------------------------------------ dates


def _date(date: Date | None, field: str) -> Iterator[tuple[str, str]]:
    if date is None:
        return
    if date.parts:
        yield field, f"{{{'/'.join(_edtf(parts, date) for parts in date.parts)}}}"
    elif field == "date":
        yield "year", text_field(date.literal)


def _edtf(parts: tuple[int, ...], date: Date) -> str:
    """One day, month, season or year: `2009-03-01`, `2009-21` for the spring, `-0043` for 44 BC, `1850~`."""
    year, *rest = parts
    season = re.fullmatch(r"[1-4]", date.season)
    if season and not rest:
        rest = [20 + int(season[0])]
    year += year < 0  # A year 0 is in EDTF, but not in CSL.
    written = f"{'-' * (year < 0)}{abs(year):04}" if abs(year) < 10_000 else f"y{year}"
    return "-".join([written, *(f"{number:02}" for number in rest)]) + "~" * date.circa
