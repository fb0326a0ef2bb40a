"""RIS files: finds the records and where each field stands, and makes works of them.

The format is that of Research Information Systems (2011): a record is a run of lines `TAG  - value`, from `TY` to `ER`.
Programs differ in what they put under a tag; the mapping follows Zotero's and Pandoc's.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ...core.diagnostics import Diagnostic, quoted
from ...core.model import Source
from ...core.spans import LineTable, Span
from ...core.trees import Mapping, Node, Scalar, Sequence
from ..citation_keys import propose_key
from ..csl import parse_source
from ..csl.csl_dates import parse_date_text
from ..identifiers import parse_doi, parse_isbn, parse_issn, parse_pmcid

__all__ = ["parse_ris"]

_MAX_PROBLEMS = 1_000
"""Broken lines of one file that are reported one by one."""

# fmt: off
_TYPES = {
    "ABST": "article-journal", "ADVS": "motion_picture", "AGGR": "dataset", "ANCIENT": "classic", "ART": "graphic",
    "BILL": "bill", "BLOG": "post-weblog", "BOOK": "book", "CASE": "legal_case", "CHAP": "chapter",
    "CHART": "figure", "CLSWK": "classic", "COMP": "software", "CONF": "paper-conference",
    "CPAPER": "paper-conference", "CTLG": "book", "DATA": "dataset", "DBASE": "dataset", "DICT": "entry-dictionary",
    "EBOOK": "book", "ECHAP": "chapter", "EDBOOK": "book", "EJOUR": "article-journal", "ELEC": "webpage",
    "ENCYC": "entry-encyclopedia", "EQUA": "figure", "FIGURE": "figure", "GEN": "document", "GOVDOC": "report",
    "GRANT": "report", "HEAR": "hearing", "ICOMM": "personal_communication", "INPR": "article-journal",
    "INTV": "interview", "JFULL": "periodical", "JOUR": "article-journal", "LEGAL": "legislation",
    "MANSCPT": "manuscript", "MAP": "map", "MGZN": "article-magazine", "MPCT": "motion_picture",
    "MULTI": "webpage", "MUSIC": "musical_score", "NEWS": "article-newspaper", "PAMP": "pamphlet", "PAT": "patent",
    "PCOMM": "personal_communication", "PODCAST": "broadcast", "RPRT": "report", "SER": "book", "SLIDE": "speech",
    "SOUND": "song", "STAND": "standard", "STAT": "legislation", "THES": "thesis", "UNBILL": "bill",
    "UNPB": "manuscript", "VIDEO": "motion_picture", "WEB": "webpage",
}
_WHOLE = frozenset(("book", "classic", "dataset", "map", "musical_score", "periodical", "report", "standard"))
"""Types that are contained in nothing, so that their second title is that of a series."""
_NAMES = {"AU": "author", "A1": "author", "A2": "editor", "ED": "editor", "A3": "collection-editor", "A4": "translator"}
# The first tag that is there counts.
_TEXTS = {
    "title": ("TI", "T1", "CT", "BT"),
    "title-short": ("ST",),
    "container-title": ("T2", "JF", "JO", "BT", "JA", "J2", "J1"),
    "container-title-short": ("JA", "J2", "J1", "JO"),
    "collection-title": ("T3",),
    "volume": ("VL",),
    "number-of-volumes": ("NV",),
    "edition": ("ET",),
    "section": ("SE",),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "URL": ("UR",),
    "abstract": ("AB", "N2"),
    "language": ("LA",),
    "call-number": ("CN",),
    "archive": ("DB",),
}
_REPEATED = frozenset((*_NAMES, "KW", "N1", "UR", "L1", "L2", "L3", "L4", "SN", "C1", "C2", "C3", "C4", "C5", "C6",
                       "C7", "C8", "U1", "U2", "U3", "U4", "U5", "M1", "M2", "M3", "AD", "LK", "DP", "RN"))
"""Tags that may come several times in a record; a second one of the others would be lost."""
_SAME = {"T1": "TI", "CT": "TI", "Y1": "PY", "N2": "AB"}
"""Tags that mean what another one means."""
_KNOWN = frozenset((*_REPEATED, *(tag for tags in _TEXTS.values() for tag in tags), "TY", "ER", "ID", "PY", "Y1", "Y2",
                    "DA", "SP", "EP", "IS", "DO", "LB", "AN", "AV", "RP", "RI", "TA", "TT", "OP", "CA"))
# fmt: on
_SHORT = frozenset("TY ID LB PY Y1 Y2 DA SP EP IS VL DO SN ET LA".split())
"""Tags whose value never goes on in a second line."""
_LINE = re.compile(r"([A-Z][A-Z0-9])( {1,2})-(?:[ \t](.*)|)", re.DOTALL)
_KEY = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_:.#$%&+?<>~/=-]*[A-Za-z0-9_])?")
"""A key that can be cited. The bare number that some programs write is that of a row in their own table."""


class _Field(NamedTuple):
    tag: str
    text: str
    span: Span


class _Record(NamedTuple):
    fields: list[_Field]
    span: Span

    def first(self, *tags: str) -> _Field | None:
        """The first field of these tags that is not empty; tags given earlier count more."""
        return next((field for tag in tags for field in self.fields if field.tag == tag and field.text), None)

    def all(self, *tags: str) -> list[_Field]:
        return [field for field in self.fields if field.tag in tags and field.text]

    @property
    def type(self) -> str:
        return _TYPES.get(self.fields[0].text.upper(), "document")


def parse_ris(table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    """Read all records of a RIS file. What is broken is reported, and all that can be read is.

    A record without an `ID` that can be cited gets a key from its author and year, unique in the file.
    """
    reader = _Reader(table)
    records = list(reader.records())
    taken = {key for record in records if (key := _given_key(record))}
    sources: list[Source] = []
    problems = reader.problems
    for record in records:
        source, found = parse_source(_csl_item(record, taken), table)
        problems += found
        if source:
            sources.append(source)
    return sources, sorted(problems, key=lambda problem: problem.order)


class _Reader:
    """Finds records and their fields, with their places in the file."""

    def __init__(self, table: LineTable) -> None:
        self.table = table
        self.problems: list[Diagnostic] = []

    def report(self, span: Span, message: str, remedy: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Diagnostic(rule="invalid-reference", span=span, message=message, help=remedy))

    def lines(self) -> Iterator[tuple[int, int]]:
        """Where each line begins and ends, its end left out."""
        text = self.table.text
        position = 1 if text.startswith("\ufeff") else 0
        for found in re.finditer(r"\r\n|\r|\n|\Z", text):
            if found.start() >= position:
                yield position, found.start()
                position = found.end()

    def records(self) -> Iterator[_Record]:
        fields: list[_Field] = []
        start, last = 0, 0
        for begin, end in self.lines():
            line = self.table.text[begin:end].rstrip()
            tagged = _tagged(line)
            if tagged and tagged[1] == "TY":
                if fields:
                    self.report_open(fields, "before the next one begins")
                    yield self.record(fields, start, last)
                fields, start = [self.field(tagged, begin)], begin
            elif tagged and tagged[1] == "ER" and fields:
                yield self.record(fields, start, begin + len(line))
                fields = []
            elif line.strip():
                self.line(line, begin, tagged, fields)
            last = begin + len(line) if line else last
        if fields:
            self.report_open(fields, "at the end of the file")
            yield self.record(fields, start, last)

    def field(self, tagged: re.Match[str], begin: int) -> _Field:
        raw = tagged[3] or ""
        start = begin + (tagged.start(3) if tagged[3] else tagged.end()) + len(raw) - len(raw.lstrip())
        text = " ".join(raw.split())
        return _Field(tagged[1], text, self.table.span(start, start + len(raw.strip())))

    def line(self, line: str, begin: int, tagged: re.Match[str] | None, fields: list[_Field]) -> None:
        """Take a line between `TY` and `ER`: a field, or more of the one before it."""
        span = self.table.span(begin, begin + len(line))
        if not fields:
            self.report(span, f"the line {quoted(line)} belongs to no record", 'begin the record with "TY  - JOUR"')
        elif tagged:
            fields.append(self.field(tagged, begin))
        elif fields[-1].tag in _SHORT:
            remedy = "put a tag before it, or put it on the line that it belongs to"
            self.report(span, f"the line {quoted(line)} has no tag, and {fields[-1].tag} has one line", remedy)
        else:
            before = fields[-1]
            fields[-1] = before._replace(text=f"{before.text} {' '.join(line.split())}".strip())

    def report_open(self, fields: list[_Field], where: str) -> None:
        remedy = 'add the line "ER  - " after its last field, and see whether anything of it is lost'
        self.report(fields[0].span, f"the record that begins here is not closed {where}", remedy)

    def record(self, fields: list[_Field], start: int, end: int) -> _Record:
        kind = fields[0]
        if kind.text.upper() not in _TYPES:
            self.report(kind.span, f"RIS knows no type {quoted(kind.text)}", "write JOUR, CHAP, BOOK, ELEC or GEN")
        seen: dict[str, _Field] = {}
        for field in fields:
            first = seen.setdefault(_SAME.get(field.tag, field.tag), field)
            if field.tag not in _REPEATED and field.text and field.text != first.text:
                message = (
                    f"the field {field.tag} stands in line {first.span.line} already; {quoted(field.text)} is lost"
                )
                self.report(field.span, message, "remove one of the two")
        return _Record(fields, self.table.span(start, end))


def _tagged(line: str) -> re.Match[str] | None:
    """A line that begins with a tag. With one space alone it must be a known one: `GC - rich` is prose."""
    found = _LINE.fullmatch(line)
    return found if found and (len(found[2]) == 2 or found[1] in _KNOWN) else None


# ------------------------------------------------------------------------------------------------------------ CSL


def _given_key(record: _Record) -> str:
    given = record.first("ID", "LB")
    return given.text if given and _KEY.fullmatch(given.text) else ""


def _csl_item(record: _Record, taken: set[str]) -> Mapping:
    """The CSL item of a record, as the tree that a YAML file would give. A key that is made up becomes taken."""
    key = _given_key(record) or _made_key(record, taken)
    taken.add(key)
    given = record.first("ID", "LB")
    place = given.span if given and given.text == key else record.fields[0].span
    entries: dict[str, Node] = {
        "id": Scalar(key, False, place),
        "type": Scalar(record.type, False, record.fields[0].span),
    }
    for name, node in (*_names(record), *_texts(record), *_numbers(record), *_identifiers(record), *_dates(record)):
        entries.setdefault(name, node)
    return Mapping(tuple((Scalar(name, False, node.span), node) for name, node in entries.items()), record.span)


def _made_key(record: _Record, taken: Collection[str]) -> str:
    author = record.first("AU", "A1", "A2", "ED")
    title = record.first(*_TEXTS["title"])
    date = record.first("PY", "Y1", "DA")
    year = re.match(r"[0-9]{4}", date.text) if date else None
    return propose_key(
        author.text.partition(",")[0] if author else "", year[0] if year else "", title.text if title else "", taken
    )


def _names(record: _Record) -> Iterator[tuple[str, Node]]:
    for role in dict.fromkeys(_NAMES.values()):
        found = record.all(*(tag for tag, name in _NAMES.items() if name == role))
        if found:
            yield role, Sequence(tuple(_name(field) for field in found), found[0].span)


_PARTICLES = re.compile(r"((?:[^\W\d_A-ZÀ-Þ][\w'’]*\s+)+)(?=\S)")


def _name(field: _Field) -> Mapping:
    """`Family, Given, Suffix`; words without a comma are a name as a whole, such as that of an institution."""
    family, comma, rest = field.text.partition(",")
    if not comma and " " in field.text:
        return _mapping({"literal": field.text}, field.span)
    given, _, suffix = rest.partition(",")
    family, given = family.strip(), given.strip()
    particle = _PARTICLES.match(family)
    words = given.split()
    dropped = len(words)
    while dropped > 1 and words[dropped - 1].islower():
        dropped -= 1
    parts = {
        "family": family[particle.end() :] if particle else family,
        "given": " ".join(words[:dropped]),
        "non-dropping-particle": particle[1].strip() if particle else "",
        "dropping-particle": " ".join(words[dropped:]),
        "suffix": suffix.strip(),
    }
    return _mapping({part: text for part, text in parts.items() if text}, field.span)


def _mapping(texts: dict[str, str], span: Span) -> Mapping:
    return Mapping(tuple((Scalar(name, False, span), Scalar(text, False, span)) for name, text in texts.items()), span)


def _scalar(field: _Field, text: str | None = None) -> Scalar:
    return Scalar(field.text if text is None else text, False, field.span)


def _texts(record: _Record) -> Iterator[tuple[str, Node]]:
    taken: set[Span] = set()
    if record.type in _WHOLE and (series := record.first("T2")):
        taken.add(series.span)
        yield "collection-title", _scalar(series)
    for name, tags in _TEXTS.items():
        field = next((f for tag in tags if (f := record.first(tag)) and f.span not in taken), None)
        if field:
            taken.add(field.span)
            yield name, _scalar(field)
    if keywords := record.all("KW"):
        yield "keyword", _scalar(keywords[0], ", ".join(field.text for field in keywords))
    if notes := record.all("N1"):
        yield "note", _scalar(notes[0], "; ".join(field.text for field in notes))


def _numbers(record: _Record) -> Iterator[tuple[str, Node]]:
    if issue := record.first("IS"):
        yield ("number" if record.type in ("report", "standard", "patent") else "issue"), _scalar(issue)
    first, last = record.first("SP"), record.first("EP")
    if first:
        page = re.sub(r"\s*[-–—‒]+\s*", "-", first.text)
        whole = last is None or "-" in page or last.text == page
        yield "page", _scalar(first, page if whole or last is None else f"{page}-{last.text}")
    genre = record.first("M3")
    if genre and not parse_doi(genre.text).value:
        yield "genre", _scalar(genre)


def _identifiers(record: _Record) -> Iterator[tuple[str, Node]]:
    doi = record.first("DO") or next((f for f in record.all("M3") if parse_doi(f.text).value), None)
    if doi:
        yield "DOI", _scalar(doi, parse_doi(doi.text).value or doi.text)
    for field in record.all("SN"):
        yield _number_name(field.text, record.type), _scalar(field)
    for field in record.all("C2"):
        if pmcid := parse_pmcid(field.text).value:
            yield "PMCID", _scalar(field, pmcid)


def _number_name(text: str, type_: str) -> str:
    """Whether a number is an ISBN or an ISSN, as its check digit says, or else the type of the work."""
    if parse_isbn(text).value:
        return "ISBN"
    is_serial = parse_issn(text).value or type_.startswith("article") or type_ == "periodical"
    return "ISSN" if is_serial else "ISBN"


def _dates(record: _Record) -> Iterator[tuple[str, Node]]:
    year = record.first("PY", "Y1")
    day = record.first("DA")
    exact = _iso(day.text) if day else ""
    if day and exact and (year is None or exact.startswith(year.text[:4])):
        yield "issued", _scalar(day, exact)
    elif field := year or day:
        yield "issued", _date(field)
    if accessed := record.first("Y2"):
        yield "accessed", _date(accessed)


def _date(field: _Field) -> Node:
    """A date; what is none, such as `in press`, stays in words."""
    iso = _iso(field.text)
    return _scalar(field, iso) if iso else _mapping({"literal": field.text}, field.span)


def _iso(text: str) -> str:
    """`2013/08/05/other` as `2013-08-05`; an empty text for what is no date."""
    parts = text.partition("T")[0].replace("-", "/").split("/")[:3]
    kept = []
    for part in parts:
        if not part.strip().isdecimal():
            break
        kept.append(part.strip().zfill(2))
    iso = "-".join(kept)
    return iso if kept and len(kept[0]) == 4 and parse_date_text(iso) else ""
