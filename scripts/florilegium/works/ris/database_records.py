"""Records in the own formats of Web of Science and of PubMed, which look like RIS and are not.

Web of Science: tags of two letters, one space, and further lines three columns in
(https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html). PubMed (`.nbib`, MEDLINE): tags of up to four
letters, a hyphen in column five, and further lines six columns in (https://www.nlm.nih.gov/bsd/mms/medlineelements.html).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...core.diagnostics import Diagnostic
from ...core.sources import Source
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, tree_of
from ..citation_keys import propose_key
from ..csl.csl_dates import date_to_csl, guess_date
from ..csl.csl_items import parse_sources
from ..identifiers import parse_doi, parse_isbn, parse_issn, parse_pmcid
from .ris_reader import parse_ris

_WOS = re.compile(r"\A\ufeff?\s*FN (?:Clarivate|Thomson|ISI|Web of)|^PT [JBSP]\r?$", re.MULTILINE)
_PUBMED = re.compile(r"^PMID- ?\d+", re.MULTILINE)
_WOS_TYPES = {"J": "article-journal", "B": "book", "S": "chapter", "P": "patent"}
_PUBMED_TYPES = {
    "Journal Article": "article-journal", "Book": "book", "Book Chapter": "chapter", "Preprint": "article",
    "News": "article-newspaper", "Dataset": "dataset",
}  # fmt: skip


def parse_records(table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    """The works of a file of tagged lines: RIS, or one of the two formats that look like it."""
    if _WOS.search(table.text):
        lists = frozenset(("AU", "AF", "BE", "ED", "CA"))
        records = _records(table, re.compile(r"([A-Z][A-Z0-9]) (.*)"), "PT", lists)
        return parse_sources(_works((record, _wos_item(record)) for record in records if record.first("PT")))
    if _PUBMED.search(table.text):
        records = _records(table, re.compile(r"([A-Z]{2,4}) *- ?(.*)"), "PMID", frozenset())
        return parse_sources(_works((record, _pubmed_item(record)) for record in records if record.first("PMID")))
    return parse_ris(table)


class _Record(NamedTuple):
    fields: dict[str, list[str]]
    span: Span

    def first(self, *tags: str) -> str:
        return next((self.fields[tag][0] for tag in tags if self.fields.get(tag)), "")

    def all(self, *tags: str) -> list[str]:
        return next((self.fields[tag] for tag in tags if self.fields.get(tag)), [])


def _records(table: LineTable, form: re.Pattern[str], first: str, lists: frozenset[str]) -> Iterator[_Record]:
    """The records, each from its first tag on. Lines that are further in belong to the tag before them."""
    fields: dict[str, list[str]] = {}
    tag, begin = "", 0
    for number, line in enumerate(table.text.splitlines(), 1):
        found = form.fullmatch(line.rstrip())
        if found and found[1] == first:
            if fields:
                yield _Record(fields, Span(table.path, begin, 1, number, 1))
            fields, begin = {}, number
        if found:
            tag = found[1]
            fields.setdefault(found[1], []).append(found[2].strip())
        elif line[:1].isspace() and line.strip() and fields.get(tag):
            values = fields[tag]
            if tag in lists:
                values.append(line.strip())
            else:
                values[-1] = f"{values[-1]} {line.strip()}"
    if fields:
        last = Span(table.path, begin or 1, 1, begin or 1, 1)
        yield _Record(fields, last)


def _works(items: Iterable[tuple[_Record, dict[str, object]]]) -> Iterator[DataNode]:
    """The CSL items of records as trees, each with a key of its own."""
    taken: set[str] = set()
    for record, item in items:
        names = item.get("author") or item.get("editor") or [{}]
        first = names[0] if isinstance(names, list) else {}
        year = guess_date(record.first("PY", "DP"))
        key = propose_key(first.get("family") or first.get("literal") or "", year.year if year else "",
                          str(item.get("title", "")), taken)  # fmt: skip
        taken.add(key)
        filled = {name: value for name, value in item.items() if value}
        yield tree_of({"id": key, **filled}, record.span)


def _person(text: str) -> dict[str, str]:
    """`Doe, Jane`; of `Doe J` the initials are the given name."""
    family, comma, given = text.partition(",")
    if not comma and (short := re.fullmatch(r"(.+?) ([A-Z]{1,4})(?: (Jr|Sr|2nd|3rd))?", text)):
        family, given = short[1], " ".join(f"{letter}." for letter in short[2])
    if not given.strip():
        return {"literal": text}
    return {"family": family.strip(), "given": given.strip()}


def _date(text: str) -> dict[str, object] | None:
    date = guess_date(text.strip())
    return date_to_csl(date) if date else {"literal": text} if text else None


def _capitals(text: str) -> str:
    """A name that stands in capitals alone as it is usually written."""
    if text != text.upper():
        return text
    small = ("of", "the", "and", "in", "for", "on", "to", "a", "an", "de", "la", "und", "der")
    words = " ".join(word.lower() if word.lower() in small else word.capitalize() for word in text.split())
    return words[:1].upper() + words[1:]


def _wos_item(record: _Record) -> dict[str, object]:
    kind = _WOS_TYPES.get(record.first("PT"), "article-journal")
    if record.first("CT") and kind != "article-journal":
        kind = "paper-conference"
    last = record.first("EP")
    pages = f"{record.first('BP')}-{last}" if last else record.first("BP")
    date = f"{record.first('PY')} {record.first('PD').title()}".strip()
    return {
        "type": kind,
        "title": record.first("TI"),
        "author": [_person(name) for name in record.all("AF", "AU")],
        "editor": [_person(name) for name in record.all("BE", "ED")],
        "container-title": "" if kind == "book" else _capitals(record.first("SO")),
        "collection-title": record.first("SE"),
        "volume": record.first("VL"),
        "issue": record.first("IS"),
        "page": pages if pages != "-" else "",
        "number": record.first("AR"),
        "publisher": "" if kind == "article-journal" else _capitals(record.first("PU")),
        "publisher-place": "" if kind == "article-journal" else _capitals(record.first("PI")),
        "DOI": parse_doi(record.first("DI")).value,
        "ISSN": parse_issn(record.first("SN", "EI")).value,
        "ISBN": parse_isbn(record.first("BN").split(";")[0]).value,
        "PMID": record.first("PM"),
        "event-title": record.first("CT"),
        "abstract": record.first("AB"),
        "keyword": record.first("DE").replace(";", ","),
        "issued": _date(date) if guess_date(date) else _date(record.first("PY")),
    }


def _pubmed_item(record: _Record) -> dict[str, object]:
    kinds = [_PUBMED_TYPES[kind] for kind in record.fields.get("PT", []) if kind in _PUBMED_TYPES]
    ids = [*record.fields.get("LID", []), *record.fields.get("AID", [])]
    doi = next((value.removesuffix("[doi]").strip() for value in ids if value.endswith("[doi]")), "")
    kind = kinds[0] if kinds else "article-journal"
    people = [_person(name) for name in record.all("FAU", "AU")]
    return {
        "type": kind,
        "title": record.first("TI", "BTI").removesuffix("."),
        "author": [*people, *({"literal": name} for name in record.fields.get("CN", []))],
        "editor": [_person(name) for name in record.all("FED", "ED")],
        "container-title": record.first("BTI") if kind == "chapter" else record.first("JT"),
        "container-title-short": record.first("TA"),
        "volume": record.first("VI"),
        "issue": record.first("IP"),
        "page": _pages(record.first("PG")),
        "publisher": record.first("PB"),
        "publisher-place": record.first("PL") if kind == "book" else "",
        "DOI": parse_doi(doi).value,
        "ISSN": parse_issn(record.first("IS").partition(" ")[0]).value,
        "ISBN": parse_isbn(record.first("ISBN").partition(" ")[0]).value,
        "PMID": record.first("PMID"),
        "PMCID": parse_pmcid(record.first("PMC")).value,
        "abstract": record.first("AB"),
        "keyword": ", ".join(record.fields.get("OT", [])),
        "issued": _date(record.first("DP")),
    }


def _pages(text: str) -> str:
    """`1234-42` as `1234-1242`."""
    found = re.fullmatch(r"([A-Za-z]*)(\d+)-(\d+)", text)
    if found and len(found[3]) < len(found[2]):
        return f"{found[1]}{found[2]}-{found[1]}{found[2][: len(found[2]) - len(found[3])]}{found[3]}"
    return text
