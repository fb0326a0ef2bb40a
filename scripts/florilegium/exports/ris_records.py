"""RIS: a work as one record, line by line (the format's specification is that of Research Information
Systems, 2011).
"""

import re
from collections.abc import Iterator

from ..model import Name, Source

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
    "motion_picture": "VIDEO",
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
    ("T2", "container-title"),
    ("T3", "collection-title"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("ET", "edition"),
    ("PB", "publisher"),
    ("CY", "publisher-place"),
    ("M3", "genre"),
    ("DO", "DOI"),
    ("UR", "URL"),
    ("SN", "ISBN"),
    ("SN", "ISSN"),
    ("LA", "language"),
    ("N1", "note"),
)


def ris_record(source: Source) -> str:
    """The work as one record, which ends with `ER` and a line feed."""
    lines = [(tag, " ".join(value.split())) for tag, value in _lines(source)]
    written = "".join(f"{tag}  - {value}\n" for tag, value in lines if value)
    return f"TY  - {_TYPES.get(source.type, 'GEN')}\n{written}ER  - \n"


def _lines(source: Source) -> Iterator[tuple[str, str]]:
    for tag, role in (("AU", "author"), ("A2", "editor"), ("A4", "translator")):
        for name in source.names.get(role, ()):
            yield tag, _name(name)
    for tag, variable in _FIELDS:
        yield tag, source.variables.get(variable, "")
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
    issued = source.dates.get("issued")
    if issued is None:
        return
    if not issued.parts:
        yield "PY", issued.literal
        return
    year, *rest = (f"{number:02}" for number in issued.parts[0])
    yield "PY", year
    if rest:
        yield "DA", "/".join([year, *rest, *([""] * (3 - len(rest)))])
