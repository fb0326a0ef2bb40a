"""BibTeX: a work as one entry that BibTeX, BibLaTeX and reference managers read back with the same text.

The entry types and fields are those of BibTeX's own styles (Patashnik, "BibTeXing", 1988), with BibLaTeX's
where those have none. It undoes what `bibtex_reader.py` does.
"""

from collections.abc import Iterator

from ...core.model import Date, Source
from .latex_writer import entry_key, listed_name, text_field, verbatim_field

__all__ = ["bibtex_entry"]

_TYPES = {
    "article": "article",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "collection": "book",
    "dataset": "dataset",
    "entry": "incollection",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "manuscript": "unpublished",
    "paper-conference": "inproceedings",
    "pamphlet": "booklet",
    "patent": "patent",
    "post": "online",
    "post-weblog": "online",
    "report": "techreport",
    "review": "article",
    "review-book": "article",
    "software": "software",
    "webpage": "online",
}
_FIELDS = (
    ("collection-title", "series"),
    ("volume", "volume"),
    ("edition", "edition"),
    ("chapter-number", "chapter"),
    ("publisher-place", "address"),
    ("version", "version"),
    ("DOI", "doi"),
    ("URL", "url"),
    ("ISBN", "isbn"),
    ("ISSN", "issn"),
    ("PMID", "pmid"),
    ("PMCID", "pmcid"),
    ("language", "language"),
    ("note", "note"),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def bibtex_entry(source: Source) -> str:
    """The work as one entry, on several lines; it ends with a line feed."""
    lines = "".join(f"  {name} = {value},\n" for name, value in _fields(source) if value not in ("", "{}"))
    return f"@{_type(source)}{{{entry_key(source.key)},\n{lines}}}\n"


def _type(source: Source) -> str:
    if source.type == "thesis":
        genre = source.variables.get("genre", "").casefold()
        return "mastersthesis" if "master" in genre else "phdthesis"
    return _TYPES.get(source.type, "misc")


def _fields(source: Source) -> Iterator[tuple[str, str]]:
    for role in ("author", "editor", "translator"):
        yield role, f"{{{' and '.join(map(listed_name, source.names.get(role, ())))}}}"
    kind = _type(source)
    yield "title", text_field(source.title)
    container = source.variables.get("container-title", "")
    yield _container_field(kind), text_field(container)
    if kind in ("phdthesis", "mastersthesis", "techreport"):
        yield "type", text_field(source.variables.get("genre", ""))
    yield _publisher_field(kind), text_field(source.variables.get("publisher", ""))
    yield "number", text_field(source.variables.get("issue" if kind == "article" else "number", ""))
    yield "pages", text_field(source.variables.get("page", "")).replace("-", "--").replace("--{}--", "--")
    for variable, field in _FIELDS:
        yield field, verbatim_field(source.variables.get(variable, ""), field)
    yield from _date(source.dates.get("issued"))


def _container_field(kind: str) -> str:
    return "journal" if kind == "article" else "booktitle"


def _publisher_field(kind: str) -> str:
    fields = {
        "phdthesis": "school",
        "mastersthesis": "school",
        "techreport": "institution",
        "online": "organization",
    }
    return fields.get(kind, "publisher")


def _date(date: Date | None) -> Iterator[tuple[str, str]]:
    if date is None:
        return
    if not date.parts:
        yield "year", text_field(date.literal)
        return
    first = date.parts[0]
    yield "year", f"{{{first[0]}}}"
    if len(first) > 1 and 1 <= first[1] <= 12:
        yield "month", _MONTHS[first[1] - 1]
    if len(first) > 2:
        yield "day", f"{{{first[2]}}}"
