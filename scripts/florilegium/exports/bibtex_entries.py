"""BibTeX: a work as one entry that BibTeX, BibLaTeX and reference managers read back with the same text.

The entry types and fields are those of BibTeX's own styles (Patashnik, "BibTeXing", 1988), with BibLaTeX's
where those have none. It undoes what `bibtex_csl.py` does.
"""

import re
from collections.abc import Iterator

from ..model import Date, Name, Source

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
_VERBATIM = frozenset(("doi", "url"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# BibTeX counts braces, escaped or not, so a lone one must not stand in a field.
_SIGNS = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&#$_"},
}
_SPECIAL = re.compile(r"[\\{}~^%&#$_]")
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=,)(?=,)")


def bibtex_entry(source: Source) -> str:
    """The work as one entry, on several lines; it ends with a line feed."""
    lines = "".join(f"  {name} = {value},\n" for name, value in _fields(source) if value not in ("", "{}"))
    return f"@{_type(source)}{{{_key(source.key)},\n{lines}}}\n"


def _type(source: Source) -> str:
    if source.type == "thesis":
        genre = source.variables.get("genre", "").casefold()
        return "mastersthesis" if "master" in genre else "phdthesis"
    return _TYPES.get(source.type, "misc")


def _key(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_:.+/-]+", "-", key).strip("-") or "work"


def _fields(source: Source) -> Iterator[tuple[str, str]]:
    for role in ("author", "editor", "translator"):
        yield role, f"{{{' and '.join(map(_name, source.names.get(role, ())))}}}"
    kind = _type(source)
    yield "title", _text(source.title)
    container = source.variables.get("container-title", "")
    yield _container_field(kind), _text(container)
    if kind in ("phdthesis", "mastersthesis", "techreport"):
        yield "type", _text(source.variables.get("genre", ""))
    yield _publisher_field(kind), _text(source.variables.get("publisher", ""))
    yield "number", _text(source.variables.get("issue" if kind == "article" else "number", ""))
    yield "pages", _text(source.variables.get("page", "")).replace("-", "--").replace("--{}--", "--")
    for variable, field in _FIELDS:
        yield field, _verbatim(source.variables.get(variable, ""), field)
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


def _escape(text: str) -> str:
    flat = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return _SPECIAL.sub(lambda sign: _SIGNS[sign[0]], _LIGATURE.sub("\x00", flat)).replace("\x00", "{}")


def _text(text: str) -> str:
    return f"{{{_escape(text)}}}"


def _verbatim(text: str, field: str) -> str:
    """An address is taken letter by letter, so what would end the field is percent-encoded."""
    if field not in _VERBATIM:
        return _text(text)
    address = re.sub(r"[\\{}\s]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"{{{address}}}"


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{_escape(name.literal)}}}"
    particles = [_escape(p) for p in (name.dropping_particle, name.non_dropping_particle) if p]
    parts = [" ".join([*particles, _part(name.family, family=True)])]
    parts += [_part(part) for part in (name.suffix, name.given) if part]
    if name.suffix and not name.given:
        parts.append("{}")
    return ", ".join(parts) if name.given or name.suffix or particles else _braced(name.family)


def _part(text: str, *, family: bool = False) -> str:
    """Part of a name; in braces where BibTeX would take it apart."""
    divided = "," in text or re.search(r"\band\b", text, re.IGNORECASE) is not None
    return _braced(text) if divided or (family and re.search(r"(?:^|\s)[a-z]", text)) else _escape(text)


def _braced(text: str) -> str:
    """A family name alone stays one: in braces it would be an institution's."""
    return _escape(text) if re.fullmatch(r"[^\sa-z,]\S*", text) and "," not in text else f"{{{_escape(text)}}}"


def _date(date: Date | None) -> Iterator[tuple[str, str]]:
    if date is None:
        return
    if not date.parts:
        yield "year", _text(date.literal)
        return
    first = date.parts[0]
    yield "year", f"{{{first[0]}}}"
    if len(first) > 1 and 1 <= first[1] <= 12:
        yield "month", _MONTHS[first[1] - 1]
    if len(first) > 2:
        yield "day", f"{{{first[2]}}}"
