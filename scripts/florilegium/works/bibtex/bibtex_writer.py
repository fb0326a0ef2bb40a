"""A work as an entry of BibTeX or of BibLaTeX, by the table in `bibtex_fields.py`; `bibtex_reader.py` reads it back.

BibLaTeX loses less of a CSL item; its dates are in EDTF, as ISO 8601-2 has them. A field that a dialect does not have
is left out, so that Biber finds nothing to complain of.
"""

from collections.abc import Iterator

from ...core.sources import Date, Name, Source
from ..csl.csl_checks import retraction
from ..csl.csl_dates import edtf
from ..identifiers import parse_arxiv
from .bibtex_fields import (
    BIBTEX_DATES,
    BIBTEX_FIELDS,
    BIBTEX_KEYS,
    BIBTEX_NAMES,
    LANGUAGES,
    MONTHS,
    WHOLE_WORKS,
    Dialect,
    FieldForm,
    entry_type,
)
from .latex_writer import entry_key, listed_name, rich_field, text_field, title_field, verbatim_field

_IN_BOOKS = frozenset(("incollection", "inproceedings", "inreference"))
_GENRED = frozenset(("thesis", "report", "patent", "phdthesis", "mastersthesis", "techreport", "manual", "unpublished"))
"""Entry types with a field `type`."""
_TAGS = {tag: name for name, tag in reversed(LANGUAGES.items())}
_PUBSTATES = {words: key for key, words in BIBTEX_KEYS.items() if not key.startswith(("country", "pat"))}


def bibtex_entry(source: Source) -> str:
    """The work as one entry of BibTeX, on several lines; it ends with a line feed."""
    return _entry(source, Dialect.BIBTEX, entry_key(source.key))


def biblatex_entry(source: Source, key: str = "") -> str:
    """The work as one entry of BibLaTeX, under another `key` if one is given; it ends with a line feed."""
    return _entry(source, Dialect.BIBLATEX, key or entry_key(source.key))


def _entry(source: Source, dialect: Dialect, key: str) -> str:
    kind, subtype = entry_type(source.type, dialect)
    if kind == "collection" and source.names.get("author"):
        kind, subtype = "book", source.type  # A collection has no author, and a book may have one.
    if kind == "phdthesis" and "master" in source.variables.get("genre", "").casefold():
        kind = "mastersthesis"
    fields: dict[str, str] = {}
    for name, value in _fields(source, dialect, kind, subtype):
        if name and value not in ("", "{}"):
            fields.setdefault(name, value)
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}\n"


def _fields(source: Source, dialect: Dialect, kind: str, subtype: str) -> Iterator[tuple[str, str]]:
    variables = source.variables
    modern = dialect is Dialect.BIBLATEX
    yield "entrysubtype", text_field(subtype)
    yield from _people(source, modern)
    yield from _titles(source, modern, kind)
    yield from _number(source, kind)
    yield "pages", text_field(variables.get("page", "")).replace("-", "--").replace("--{}--", "--")
    if not (modern and kind == "online" and (source.type == "article" or not variables.get("container-title"))):
        yield _PUBLISHERS.get(kind, "publisher"), text_field(variables.get("publisher", ""))
    if kind in _GENRED or not modern:
        yield "type", text_field(variables.get("genre", ""))
    yield from _dates(source, modern)
    yield from _eprint(source, modern)
    for field in BIBTEX_FIELDS:
        name = field.biblatex if modern else field.bibtex
        value = variables.get(field.csl, "")
        if field.csl == "language":
            value = _TAGS.get(value, value if not modern else "")
        elif field.csl == "status" and modern:
            value = _PUBSTATES.get(value.casefold(), value)
        elif field.csl == "note":
            value = _note(source, modern, kind)
        if field.csl in ("title-short", "container-title-short"):
            value = value or variables.get(_OLDER[field.csl], "")
        if not value:
            continue
        yield name, title_field(value) if modern and field.form is FieldForm.RICH else _WRITERS[field.form](value)
    if modern and not variables.get("PMID") and (pmcid := variables.get("PMCID")):
        yield "eprint", verbatim_field(pmcid)
        yield "eprinttype", "{pmc}"


_PUBLISHERS = {
    "phdthesis": "school", "mastersthesis": "school", "thesis": "institution", "report": "institution",
    "techreport": "institution", "manual": "organization", "software": "organization",
}  # fmt: skip
"""The fields of entry types whose publisher is called otherwise."""
_OLDER = {"title-short": "shortTitle", "container-title-short": "journalAbbreviation"}
_WRITERS = {FieldForm.TEXT: text_field, FieldForm.RICH: rich_field, FieldForm.ADDRESS: verbatim_field}


def _note(source: Source, modern: bool, kind: str) -> str:
    """The work's note; behind it in words what became of the work, and a genre that has no field of its own."""
    found = retraction(source)
    genre = source.variables.get("genre", "") if modern and kind not in _GENRED else ""
    parts = (source.variables.get("note", ""), genre, found.sentence if found else "")
    return ". ".join(part for part in parts if part)


# --------------------------------------------------------------------------------------------------------- people


def _people(source: Source, modern: bool) -> Iterator[tuple[str, str]]:
    everybody = [name for names in source.names.values() for name in names]
    prefixed = any(name.non_dropping_particle for name in everybody)
    # One option holds for all names of an entry, and the program that reads it may not know the option.
    denied = modern and not prefixed and any(name.dropping_particle for name in everybody)
    particle = "before" if denied else "extended" if modern else "behind"
    for role, field in BIBTEX_NAMES.items():
        # BibLaTeX has no field for directors, and knows them as a kind of editors.
        if (modern and role != "director") or role in ("author", "editor", "translator"):
            yield field, _names(source.names.get(role, ()), particle)
    others = [role for role in source.names if role not in BIBTEX_NAMES or role == "director"]
    slots = ["editora", "editorb", "editorc"]
    if modern and "editor" not in source.names:
        slots = ["editor", *slots]
    for role, slot in zip(others, slots, strict=False):
        yield slot, _names(source.names[role], particle)
        yield f"{slot}type", text_field(role)
    if prefixed:
        yield "options", "{useprefix=true}"
    elif denied:
        yield "options", "{useprefix=false}"


def _names(names: tuple[Name, ...], particle: str) -> str:
    return f"{{{' and '.join(listed_name(name, particle) for name in names)}}}"


# --------------------------------------------------------------------------------------------- titles and numbers


def _titles(source: Source, modern: bool, kind: str) -> Iterator[tuple[str, str]]:
    variables = source.variables
    write = title_field if modern else rich_field
    title, container = variables.get("title", ""), variables.get("container-title", "")
    volume = variables.get("volume-title", "") if modern else ""
    whole = "booktitle" if kind in _IN_BOOKS else "journaltitle" if modern else "journal"
    if kind == "online" and not (modern and source.type == "article" and variables.get("publisher")):
        yield "organization", text_field(container or (variables.get("publisher", "") if modern else ""))
        container = ""
    elif kind == "online":  # Who keeps preprints publishes them.
        yield "organization", text_field(variables["publisher"])
    elif kind == "misc" and modern and source.type != "document":
        yield "howpublished", text_field(container)
        container = ""
    elif kind == "misc" and not modern:
        yield "howpublished", text_field("" if variables.get("publisher") else container)
    if volume and kind in _IN_BOOKS:
        yield "title", write(title)
        yield "booktitle", write(volume)
        yield "maintitle", write(container)
    elif volume and source.type in WHOLE_WORKS:
        yield "title", write(volume)
        yield "maintitle", write(title)
    else:
        yield "title", write(title)
        yield "issuetitle", write(volume if kind == "article" else "")
    yield whole, write(container) if whole == "booktitle" else rich_field(container)


def _number(source: Source, kind: str) -> Iterator[tuple[str, str]]:
    """What stands in `number`: the issue of a journal, the number of a report, or the place in a series."""
    article = source.type.startswith("article-") or source.type in ("periodical", "review", "review-book")
    arxiv = parse_arxiv(source.variables.get("URL", "")).value
    if kind == "online" and arxiv and arxiv == parse_arxiv(source.variables.get("number", "")).value:
        return  # It stands in `eprint`.
    for variable in ("issue", "collection-number") if article else ("number", "collection-number", "issue"):
        yield "number", text_field(source.variables.get(variable, ""))
    if article:  # the number of an article that has no pages
        yield "eid", text_field(source.variables.get("number", ""))


def _eprint(source: Source, modern: bool) -> Iterator[tuple[str, str]]:
    """A preprint's number where it has its own fields; the address stays as well."""
    arxiv = parse_arxiv(source.variables.get("URL", "")).value
    if arxiv:
        yield "eprint", verbatim_field(arxiv)
        yield ("eprinttype" if modern else "archiveprefix"), "{arxiv}"
    elif modern and (pmid := source.variables.get("PMID")):
        yield "eprint", verbatim_field(pmid)
        yield "eprinttype", "{pubmed}"


# ---------------------------------------------------------------------------------------------------------- dates


def _dates(source: Source, modern: bool) -> Iterator[tuple[str, str]]:
    if not modern:
        yield from _plain_date(source.dates.get("issued"))
        yield from (("urldate", f"{{{edtf(date)}}}") for date in [source.dates.get("accessed")] if date and date.parts)
        return
    for variable, field in BIBTEX_DATES.items():
        date = source.dates.get(variable)
        if date and date.parts:
            yield field, f"{{{edtf(date)}}}"
        elif date and field == "date":
            key = _PUBSTATES.get(date.literal.casefold())
            yield ("pubstate", f"{{{key}}}") if key else ("year", text_field(date.literal))


def _plain_date(date: Date | None) -> Iterator[tuple[str, str]]:
    """Year, month and day of BibTeX; what it has no form for, in the field that BibLaTeX has and others pass over."""
    if date is None:
        return
    if not date.parts:
        yield "year", text_field(date.literal)
        return
    first = date.parts[0]
    if len(date.parts) > 1 or date.season or date.circa or first[0] < 0:
        yield "date", f"{{{edtf(date)}}}"
    yield "year", f"{{{first[0]}}}"
    if len(first) > 1 and 1 <= first[1] <= 12:
        yield "month", MONTHS[first[1] - 1]
    if len(first) > 2:
        yield "day", f"{{{first[2]}}}"
