"""RIS files: finds the records and where each field stands, and makes works of them.

A record is a run of lines `TAG  - value`, from `TY` to `ER`; what stands under a tag is in `ris_fields.py`.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ...core.diagnostics import Diagnostic, quoted
from ...core.sources import Date, Source
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, Mapping, Reader, Scalar, Sequence, tree_of
from ..citation_keys import is_citable, propose_key
from ..csl.csl_dates import date_to_csl, guess_date, parse_date_text
from ..csl.csl_items import parse_sources
from ..identifiers import parse_doi, parse_isbn, parse_issn, parse_pmcid
from ..stray_text import edition_number, first_address, first_number, names_several, without_entities
from .ris_fields import (
    IN_BOOKS,
    IN_SERIES,
    KNOWN,
    NUMBERED,
    PAGED,
    REPEATED,
    RIS_NAMES,
    SAME,
    TAGS,
    WHOLE,
    ris_csl_type,
)

_EMPTY = frozenset(("", "None", "N/A", "null"))
"""What some programs write for nothing."""
_HEADER = re.compile(
    r"(?:Provider|Content|Database|Export date|Exported|Source|Record\s+\d+)\b.*|[<\[(]?\d+[.>\])]?\s*", re.IGNORECASE
)
"""Lines between records that belong to no one: a header, the number of the record that follows."""
_SHORT = frozenset("TY ID LB PY Y1 Y2 DA SP EP IS VL DO SN ET LA".split())
"""Tags whose value never goes on in a second line."""
_LINE = re.compile(r"([A-Z][A-Z0-9])( {1,2})-(?:[ \t](.*)|)", re.DOTALL)


class _Field(NamedTuple):
    tag: str
    text: str
    span: Span


class _Record(NamedTuple):
    fields: list[_Field]
    span: Span

    @property
    def kind(self) -> _Field:
        """The field of the type, wherever it stands; else the first one, whose text is no type."""
        return next((field for field in self.fields if field.tag == "TY"), self.fields[0])

    def first(self, *tags: str) -> _Field | None:
        """The first field of these tags that is not empty; tags given earlier count more."""
        return next((f for tag in tags for f in self.fields if f.tag == tag and f.text not in _EMPTY), None)

    def all(self, *tags: str) -> list[_Field]:
        return [field for field in self.fields if field.tag in tags and field.text not in _EMPTY]

    @property
    def type(self) -> str:
        return ris_csl_type(self.kind.text) or "document"


def parse_ris(table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    """Read all records of a RIS file. What is broken is reported, and all that can be read is.

    A record without an `ID` that can be cited gets a key from its author and year, unique in the file.
    """
    reader = _Reader(table.text, table)
    records = list(reader.records())
    taken = {key for record in records if (key := _given_key(record))}
    sources, problems = parse_sources(_csl_item(record, taken) for record in records)
    return sources, sorted([*reader.problems, *problems], key=lambda problem: problem.order)


class _Reader(Reader):
    """Finds records and their fields, with their places in the file."""

    rule, most = "invalid-reference", 1_000

    def lines(self) -> Iterator[tuple[int, int]]:
        """Where each line begins and ends, its end left out."""
        position = 1 if self.text.startswith("\ufeff") else 0
        for found in re.finditer(r"\r\n|\r|\n|\Z", self.text):
            if found.start() >= position:
                yield position, found.start()
                position = found.end()

    def records(self) -> Iterator[_Record]:
        """The records. One begins at its first tag, whichever that is, and ends at `ER`, or before another `TY`."""
        fields: list[_Field] = []
        start, last = 0, 0
        for begin, end in self.lines():
            line = self.text[begin:end].rstrip()
            tagged = _tagged(line)
            has_type = any(field.tag == "TY" for field in fields)
            if tagged and tagged[1] == "TY" and has_type:
                self.report_open(fields, "before the next one begins")
                yield self.record(fields, start, last)
                fields, start = [self.field(tagged, begin)], begin
            elif tagged and tagged[1] == "ER":
                if fields:
                    yield self.record(fields, start, begin + len(line))
                fields = []
            elif tagged and not fields:
                fields, start = [self.field(tagged, begin)], begin
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
        return _Field(tagged[1], text, self.place(start, start + len(raw.strip())))

    def people(self, field: _Field) -> list[_Field]:
        """The field; several where it names several people, which is said."""
        if field.tag not in RIS_NAMES:
            return [field]
        pieces = [piece.strip() for piece in field.text.split(";") if piece.strip()]
        joined = [piece.strip() for piece in re.split(r"\s(?:and|&)\s", field.text)]
        if len(joined) > 1 and all("," in piece for piece in joined):
            pieces = joined
        by_commas = [piece.strip() for piece in field.text.split(",")]
        if len(by_commas) > 1 and all(map(_INITIALS.fullmatch, by_commas)):
            pieces = by_commas
        ended = re.fullmatch(r"(.*?)[\s,]*\bet\s+al\b\.?", pieces[-1]) if pieces else None
        if ended:
            pieces = [*pieces[:-1], *([ended[1]] if ended[1] else []), "others"]
        if len(pieces) < 2 and not ended:
            return [field]
        message = f"the field {field.tag} names several people; each is read by itself"
        self.report(field.span, message, f"write a line {field.tag} for each of them", "doubtful-reference")
        return [field._replace(text=piece) for piece in pieces]

    def line(self, line: str, begin: int, tagged: re.Match[str] | None, fields: list[_Field]) -> None:
        """Take a line between `TY` and `ER`: a field, or more of the one before it."""
        span = self.place(begin, begin + len(line))
        if not fields and _HEADER.fullmatch(line):
            return
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
        record = _Record([part for field in fields for part in self.people(field)], self.place(start, end))
        kind = record.kind
        if kind.tag != "TY":
            self.report(kind.span, "the record that begins here has no type", "begin it with TY  - JOUR")
        elif not ris_csl_type(kind.text):
            self.report(kind.span, f"{quoted(kind.text)} is not a RIS type", "write JOUR, CHAP, BOOK, ELEC or GEN")
        for field in fields:
            if field.tag == "UR" and names_several(field.text):
                message = "the field UR holds several addresses; the first is read"
                self.report(field.span, message, "write one address", "doubtful-reference")
        seen: dict[str, _Field] = {}
        for field in fields:
            first = seen.setdefault(SAME.get(field.tag, field.tag), field)
            if field.tag not in REPEATED and field.text and field.text != first.text:
                message = f"the field {field.tag} stands in line {first.span.line} already"
                self.report(field.span, f"{message}; {quoted(field.text)} is lost", "remove one of the two")
        return record


def _tagged(line: str) -> re.Match[str] | None:
    """A line that begins with a tag. With one space alone it must be a known one: `GC - rich` is prose."""
    found = _LINE.fullmatch(line)
    return found if found and (len(found[2]) == 2 or found[1] in KNOWN) else None


# ------------------------------------------------------------------------------------------------------------ CSL


def _given_key(record: _Record) -> str:
    given = record.first("ID", "LB")
    return given.text if given and is_citable(given.text) else ""


def _csl_item(record: _Record, taken: set[str]) -> Mapping:
    """The CSL item of a record, as the tree that a YAML file would give. A key that is made up becomes taken."""
    key = _given_key(record) or _made_key(record, taken)
    taken.add(key)
    given = record.first("ID", "LB")
    place = given.span if given and given.text == key else record.kind.span
    entries: dict[str, DataNode] = {
        "id": Scalar(key, False, place),
        "type": Scalar(record.type, False, record.kind.span),
    }
    for name, node in (*_names(record), *_texts(record), *_numbers(record), *_identifiers(record), *_dates(record)):
        entries.setdefault(name, node)
    return Mapping(tuple((Scalar(name, False, node.span), node) for name, node in entries.items()), record.span)


def _made_key(record: _Record, taken: Collection[str]) -> str:
    author = record.first("AU", "A1", "A2", "ED")
    title = record.first("TI", "T1", "CT", "BT")
    date = record.first("PY", "Y1", "DA")
    year = re.search(r"[0-9]{4}", date.text) if date else None
    return propose_key(
        author.text.partition(",")[0] if author else "", year[0] if year else "", title.text if title else "", taken
    )


def _names(record: _Record) -> Iterator[tuple[str, DataNode]]:
    for role in dict.fromkeys(RIS_NAMES.values()):
        found = record.all(*(tag for tag, name in RIS_NAMES.items() if name == role))
        if found:
            yield role, Sequence(tuple(_name(field) for field in found), found[0].span)


_INITIALS = re.compile(r"([^\W\d_][\w'’-]+)\s+((?:[A-ZÀ-Þ]\.[ -]?){1,4}|[A-ZÀ-Þ]{1,3})")
"""A person as Ovid and Scopus have it: `Chang A.D.`, `Roe AB`."""
_PARTICLES = re.compile(r"((?:[^\W\d_A-ZÀ-Þ][\w'’]*\s+)+)(?=\S)")


def _name(field: _Field) -> DataNode:
    """`Family, Given, Suffix`; words without a comma are a name as a whole, such as that of an institution."""
    text = without_entities(field.text)
    braced = text.startswith("{") and text.endswith("}")
    if braced or text == "others":
        return tree_of({"literal": text[1:-1] if braced else text}, field.span)
    family, comma, rest = text.partition(",")
    if not comma and " " in field.text:
        initials = _INITIALS.fullmatch(field.text)
        whole = {"family": initials[1], "given": initials[2]} if initials else {"literal": field.text}
        return tree_of(whole, field.span)
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
    return tree_of({part: text for part, text in parts.items() if text}, field.span)


def _scalar(field: _Field, text: str | None = None) -> Scalar:
    return Scalar(field.text if text is None else text, False, field.span)


def _texts(record: _Record) -> Iterator[tuple[str, DataNode]]:
    taken: set[Span] = set()
    # Where the title of the book has a tag of its own, the second title is that of a series.
    book = record.first("BT") if record.type in IN_BOOKS else None
    proceedings = record.first("C3") if record.type == "paper-conference" else None
    if (record.type in WHOLE or book) and (series := record.first("T2")):
        taken.add(series.span)
        yield "collection-title", _scalar(series)
    if proceedings:
        yield "container-title", _scalar(proceedings)
        if event := record.first("T2"):
            taken.add(event.span)
            yield "event-title", _scalar(event)
        if place := record.first("C1"):
            yield "event-place", _scalar(place)
    for name, _, tags in TAGS:
        field = next((f for tag in tags if (f := record.first(tag)) and f.span not in taken), None)
        if field:
            taken.add(field.span)
            text = without_entities(field.text)
            if name == "edition" and record.type == "software":
                yield "version", _scalar(field, text)
            elif name == "edition":
                yield name, _scalar(field, edition_number(text))
            else:
                yield name, _scalar(field, first_address(text) if name == "URL" else text)
    if keywords := record.all("KW"):
        yield "keyword", _scalar(keywords[0], ", ".join(field.text for field in keywords))
    if notes := record.all("N1"):
        yield "note", _scalar(notes[0], "; ".join(field.text for field in notes))


def _numbers(record: _Record) -> Iterator[tuple[str, DataNode]]:
    if issue := record.first("IS"):
        yield ("number" if record.type in NUMBERED else "issue"), _scalar(issue)
    if record.type not in NUMBERED and (own := record.first("C7" if record.type.startswith("article") else "M1")):
        series = record.first("T3", *(("T2",) if record.type in WHOLE else ()))
        if record.type == "thesis" and not own.text.isdecimal() and not record.first("M3"):
            yield "genre", _scalar(own)
            own = own._replace(text="")
        yield ("collection-number" if record.type in IN_SERIES and series else "number"), _scalar(own)
    first, last = record.first("SP"), record.first("EP")
    if first:
        page = re.sub(r"\s*[-–—‒]+\s*", "-", first.text)
        whole = last is None or "-" in page or last.text == page
        counted = last is None and record.type in PAGED and re.fullmatch(r"[0-9]{2,5}(?:\s*(?:p|pp|pages|S)\.?)?", page)
        yield (
            "number-of-pages" if counted else "page",
            _scalar(first, page if whole or last is None else f"{page}-{last.text}"),
        )
    genre = record.first("M3")
    if genre and not parse_doi(genre.text).value:
        yield "genre", _scalar(genre)


def _identifiers(record: _Record) -> Iterator[tuple[str, DataNode]]:
    doi = record.first("DO") or next((f for f in record.all("M3") if parse_doi(f.text).value), None)
    if doi:
        yield "DOI", _scalar(doi, parse_doi(doi.text).value or doi.text)
    for field in record.all("SN"):
        number = first_number(field.text)
        own = record.type in NUMBERED and not (parse_isbn(number).value or parse_issn(number).value)
        yield "number" if own else _number_name(number, record.type), _scalar(field, number)
    for field in record.all("C2"):
        if pmcid := parse_pmcid(field.text).value:
            yield "PMCID", _scalar(field, pmcid)


def _number_name(text: str, type_: str) -> str:
    """Whether a number is an ISBN or an ISSN, as its check digit says, or else the type of the work."""
    if parse_isbn(text).value:
        return "ISBN"
    is_serial = parse_issn(text).value or type_.startswith("article") or type_ == "periodical"
    return "ISSN" if is_serial else "ISBN"


def _dates(record: _Record) -> Iterator[tuple[str, DataNode]]:
    """The date of publication: the most exact of the tags that programs use for it, as long as they agree."""
    found = [(field, date) for field in record.all("PY", "Y1", "DA") if (date := _date_of(field.text))]
    if found:
        year = next((date.year for field, date in found if field.tag != "DA"), found[0][1].year)
        field, date = max((pair for pair in found if pair[1].year == year), key=lambda pair: _exactness(pair[1]))
        yield "issued", tree_of(date_to_csl(date), field.span)
    elif first := record.first("PY", "Y1", "DA"):
        yield "issued", tree_of({"literal": first.text.strip("/")}, first.span)
    if accessed := record.first("Y2"):
        exact = _date_of(accessed.text)
        yield "accessed", tree_of(date_to_csl(exact) if exact else {"literal": accessed.text}, accessed.span)


def _exactness(date: Date) -> tuple[int, int, bool]:
    return len(date.parts[0]), len(date.parts), bool(date.season or date.circa)


def _date_of(text: str) -> Date | None:
    """`2013/08/05/other` as a date; the last part counts where it says more, as in `2001///Spring 2001`."""
    *parts, other = text.split("/", 3) if text.count("/") >= 3 else (text, "")
    iso = _iso("/".join(parts))
    date = parse_date_text(iso) if iso else guess_date(text.strip("/ "))
    words = guess_date(other.strip()) if other.strip() else None
    if date and words and words.year == date.year and _exactness(words) >= _exactness(date):
        return words
    return date if date and date.parts else None


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
