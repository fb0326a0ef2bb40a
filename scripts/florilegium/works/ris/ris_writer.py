"""A work as one record of RIS, line by line; `ris_reader.py` reads it back."""

import re
from collections.abc import Iterator

from ...core.rich_text import plain_title
from ...core.sources import Date, Name, Source
from ..csl.csl_checks import retraction
from ..csl.csl_dates import edtf
from .ris_fields import IN_SERIES, NUMBERED, PAGED, TAGS, WHOLE, names_of, ris_type


def ris_record(source: Source) -> str:
    """The work as one record, which ends with `ER` and a line feed."""
    lines = [(tag, " ".join(value.split())) for tag, value in _lines(source)]
    written = "".join(f"{tag}  - {value}\n" for tag, value in lines if value)
    return f"TY  - {ris_type(source.type)}\n{written}ER  - \n"


def _lines(source: Source) -> Iterator[tuple[str, str]]:
    author = source.names.get("author")
    for tag, role in names_of(source.type):
        # Whoever is no author stands in their place only where there is none.
        for name in source.names.get(role, ()) if tag != "AU" or role == "author" or not author else ():
            yield tag, _name(name)
    variables = source.variables
    for row in TAGS:
        tag = "T2" if row.csl == "collection-title" and source.type in WHOLE else row.written
        if row.csl == "container-title" and source.type in WHOLE and variables.get("collection-title"):
            continue  # What is contained in nothing has one second title.
        if row.csl == "issue" and source.type in NUMBERED and variables.get("number"):
            continue
        if tag:
            yield tag, plain_title(variables.get(row.csl, ""))
    number = variables.get("number", "")
    if source.type in NUMBERED:
        yield "IS", number
    elif ris_type(source.type) in ("JOUR", "MGZN", "NEWS"):
        yield "C7", number
    else:
        yield "M1", number or (variables.get("collection-number", "") if source.type in IN_SERIES else "")
    if source.type == "software" and not variables.get("edition"):
        yield "ET", variables.get("version", "")
    if not variables.get("page") and source.type in PAGED:
        yield "SP", variables.get("number-of-pages", "")
    for keyword in re.split(r"\s*[,;]\s*", source.variables.get("keyword", "")):
        yield "KW", keyword
    if found := retraction(source):
        yield "N1", found.sentence
    yield from _pages(source.variables.get("page", ""))
    yield from _date(source)
    yield "ID", source.key


def _name(name: Name) -> str:
    if name.literal:
        return name.literal.replace("*", "").replace(",", "")
    family = " ".join(part for part in (name.non_dropping_particle, name.family) if part)
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    # An asterisk would be a wildcard to the format; a comma would begin the next part of the name.
    parts = [part.replace("*", "").replace(",", " ") for part in (family, given, name.suffix)]
    written = ", ".join(parts).rstrip(", ")
    # Without a comma, several words would be an institution.
    return f"{written}," if " " in written and "," not in written else written


def _pages(page: str) -> Iterator[tuple[str, str]]:
    first, _, last = page.partition("-")
    if last and re.fullmatch(r"\s*\w+\s*", first) and re.fullmatch(r"\s*\w+\s*", last):
        yield "SP", first.strip()
        yield "EP", last.strip()
    else:
        yield "SP", page


def _date(source: Source) -> Iterator[tuple[str, str]]:
    issued, accessed = source.dates.get("issued"), source.dates.get("accessed")
    status = source.variables.get("status", "") if retraction(source) is None else ""
    if issued:
        yield "PY", issued.literal if issued.year is None else f"{issued.year:04}"
        if issued.parts and (len(issued.parts[0]) > 1 or len(issued.parts) > 1 or issued.season or issued.circa):
            yield "DA", f"{_day(issued.parts[0])}{_rest(issued)}"
    elif status:
        yield "PY", status
    if accessed and accessed.parts:
        yield "Y2", _day(accessed.parts[0])


def _rest(date: Date) -> str:
    """What the format has no numbers for, in its last part: the end of a range, a season, that a year is a guess."""
    season = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}.get(date.season, date.season)
    if season:
        return f"{season} {date.year}"
    if len(date.parts) > 1:
        return edtf(date).replace("/", "--").replace("..", "")
    return f"c. {date.year}" if date.circa else ""


def _day(parts: tuple[int, ...]) -> str:
    """`2009/03/01/`: year, month, day and what else is to be said."""
    year, *rest = parts
    return "/".join([f"{year:04}", *(f"{number:02}" for number in rest), *([""] * (3 - len(rest)))])
