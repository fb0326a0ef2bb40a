"""RIS: a work as one record, line by line (the format's specification is that of Research Information
Systems, 2011).
"""

import re
from collections.abc import Iterator

from ...core.model import Name, Source
from ..csl import retraction

__all__ = ["ris_record"]

_TYPES = {
    "article": "JOUR",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "chapter": "CHAP",
    "collection": "BOOK",
    "dataset": "DATA",
    "entry": "CHAP",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "hearing": "HEAR",
    "interview": "PCOMM",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "UNPB",
    "map": "MAP",
    "motion_picture": "MPCT",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "personal_communication": "PCOMM",
    "post": "BLOG",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "review": "JOUR",
    "review-book": "JOUR",
    "software": "COMP",
    "song": "SOUND",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
_FIELDS = (
    ("TI", "title"),
    ("ST", "title-short"),
    ("T2", "container-title"),
    ("J2", "container-title-short"),
    ("T3", "collection-title"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("NV", "number-of-volumes"),
    ("ET", "edition"),
    ("SE", "section"),
    ("PB", "publisher"),
    ("CY", "publisher-place"),
    ("M3", "genre"),
    ("DO", "DOI"),
    ("UR", "URL"),
    ("SN", "ISBN"),
    ("SN", "ISSN"),
    ("C2", "PMCID"),
    ("CN", "call-number"),
    ("LA", "language"),
    ("AB", "abstract"),
    ("N1", "note"),
)
_NUMBERED = frozenset(("report", "standard", "patent"))
"""Types whose own number stands where a journal has its issue."""


def ris_record(source: Source) -> str:
    """The work as one record, which ends with `ER` and a line feed."""
    lines = [(tag, " ".join(value.split())) for tag, value in _lines(source)]
    written = "".join(f"{tag}  - {value}\n" for tag, value in lines if value)
    return f"TY  - {_TYPES.get(source.type, 'GEN')}\n{written}ER  - \n"


def _lines(source: Source) -> Iterator[tuple[str, str]]:
    for tag, role in (("AU", "author"), ("A2", "editor"), ("A3", "collection-editor"), ("A4", "translator")):
        for name in source.names.get(role, ()):
            yield tag, _name(name)
    for tag, variable in _FIELDS:
        yield tag, source.variables.get(variable, "")
    if source.type in _NUMBERED:
        yield "IS", source.variables.get("number", "")
    for keyword in re.split(r"\s*[,;]\s*", source.variables.get("keyword", "")):
        yield "KW", keyword
    if found := retraction(source):
        yield "N1", found.sentence
    yield from _pages(source.variables.get("page", ""))
    yield from _date(source)
    yield "ID", source.key


def _name(name: Name) -> str:
    if name.literal:
        return name.literal
    family = " ".join(part for part in (name.non_dropping_particle, name.family) if part)
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    # An asterisk would be a wildcard to the format; a comma would begin the next part of the name.
    parts = [part.replace("*", "").replace(",", " ") for part in (family, given, name.suffix)]
    return ", ".join(parts).rstrip(", ")


def _pages(page: str) -> Iterator[tuple[str, str]]:
    first, _, last = page.partition("-")
    if last and re.fullmatch(r"\s*\w+\s*", first) and re.fullmatch(r"\s*\w+\s*", last):
        yield "SP", first.strip()
        yield "EP", last.strip()
    else:
        yield "SP", page


def _date(source: Source) -> Iterator[tuple[str, str]]:
    issued, accessed = source.dates.get("issued"), source.dates.get("accessed")
    if issued:
        yield "PY", issued.literal if issued.year is None else f"{issued.year:04}"
    if issued and issued.parts and len(issued.parts[0]) > 1:
        yield "DA", _day(issued.parts[0])
    if accessed and accessed.parts:
        yield "Y2", _day(accessed.parts[0])


def _day(parts: tuple[int, ...]) -> str:
    """`2009/03/01/`: year, month, day and what else is to be said."""
    year, *rest = parts
    return "/".join([f"{year:04}", *(f"{number:02}" for number in rest), *([""] * (3 - len(rest)))])
