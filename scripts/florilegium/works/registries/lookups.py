"""A work by its identifier, from the registry that has it, as a CSL item.

DOIs are asked of Crossref, and what it does not have of the DOI resolver by content negotiation, which hands on to
DataCite and others (https://citation.doi.org/docs.html); numbers of PubMed of its citation service
(https://pmc.ncbi.nlm.nih.gov/api/ctxp/); ISBNs of Open Library (https://openlibrary.org/dev/docs/api/books).
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ...core.diagnostics import quoted
from ..bibtex.bibtex_names import read_people
from ..csl.csl_dates import date_to_csl, guess_date
from ..csl.csl_vocabulary import CSL_DATES, CSL_NAMES, CSL_TYPES, TEXTS
from ..identifiers import check_url, parse_arxiv, parse_doi, parse_isbn, parse_pmid
from .crossref_items import CROSSREF_TYPES, clean_text, crossref_item, crossref_people, exact_date, number_of
from .crossref_records import fetch_record
from .registry_requests import RegistryError, UnknownWork, base_address, fetch_json

DOI = "https://doi.org"
PUBMED = "https://pmc.ncbi.nlm.nih.gov"
OPEN_LIBRARY = "https://openlibrary.org"
"""Where works are asked for; other servers are named by `FLORILEGIUM_DOI`, `…_PUBMED` and `…_OPENLIBRARY`."""
_PUBMED_ADDRESS = re.compile(r"(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/(\d+)/?")
_LEFT_OUT = frozenset(("abstract", "annote", "keyword", "license", "note", "source"))
"""What registries put into fields of CSL that mean something else there, or that is under copyright."""
_CSL_JSON = "application/vnd.citationstyles.csl+json"
_ARXIV = "10.48550/arXiv."
"""What the DOI of every preprint of arXiv begins with."""


class WorkIdentifier(NamedTuple):
    """An identifier of a work, and which kind it is: `doi`, `arxiv`, `pmid` or `isbn`."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"the {_KINDS[self.kind][0]} {quoted(self.value)}"

    @property
    def registry(self) -> str:
        return _KINDS[self.kind][1]


_KINDS = {
    "doi": ("DOI", "Crossref"),
    "arxiv": ("arXiv id", "the DOI resolver"),
    "pmid": ("PMID", "PubMed"),
    "isbn": ("ISBN", "Open Library"),
}
"""What identifiers of each kind are called, and who is asked about them first."""


def parse_work_identifier(text: str) -> WorkIdentifier | None:
    """The identifier that a text is, with or without its address or its kind before it; None for another text."""
    text = text.strip()
    if doi := parse_doi(text).value:
        arxiv = parse_arxiv(doi[len(_ARXIV) :]).value if doi.lower().startswith(_ARXIV.lower()) else ""
        return WorkIdentifier("arxiv", arxiv) if arxiv else WorkIdentifier("doi", doi)
    if arxiv := parse_arxiv(text).value:
        return WorkIdentifier("arxiv", arxiv)
    if found := _PUBMED_ADDRESS.fullmatch(text):
        return WorkIdentifier("pmid", found[1])
    if isbn := parse_isbn(text).value:
        return WorkIdentifier("isbn", isbn)
    pmid = parse_pmid(text).value
    return WorkIdentifier("pmid", pmid) if pmid and (len(pmid) > 4 or not text.isdecimal()) else None


def fetch_item(identifier: WorkIdentifier) -> dict[str, Any]:
    """The work as a CSL item. Raises `UnknownWork` where no registry has it, and `RegistryError`."""
    if identifier.kind == "isbn":
        return _from_open_library(identifier)
    if identifier.kind == "pmid":
        base = base_address("FLORILEGIUM_PUBMED", PUBMED)
        address = f"{base}/api/ctxp/v1/pubmed/?format=csl&id={identifier.value}"
        return _item(fetch_json(address, str(identifier), "PubMed"), identifier)
    if identifier.kind == "doi":
        try:
            return crossref_item(fetch_record(identifier.value))
        except UnknownWork as error:
            try:
                return _negotiated(identifier)
            except UnknownWork:
                raise
            except RegistryError as second:
                raise RegistryError(f"{error}; {second}", second.help) from None
    return _negotiated(identifier)


def _negotiated(identifier: WorkIdentifier) -> dict[str, Any]:
    doi = identifier.value if identifier.kind == "doi" else f"{_ARXIV}{identifier.value}"
    address = f"{base_address('FLORILEGIUM_DOI', DOI)}/{quote(doi, safe='/')}"
    answer = fetch_json(address, str(identifier), "the DOI resolver", accept=_CSL_JSON, anywhere=True)
    return _item(answer, identifier)


def _item(answer: Any, identifier: WorkIdentifier) -> dict[str, Any]:
    """A CSL item from what a registry calls one: only what CSL knows, its texts without markup."""
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    if not isinstance(answer, dict) or not (answer.get("title") or answer.get("author")):
        raise RegistryError(f"the answer for {identifier} is not a record of a work")
    kind = str(answer.get("type", ""))
    item: dict[str, Any] = {"type": kind if kind in CSL_TYPES else CROSSREF_TYPES.get(kind, "document")}
    for name in CSL_NAMES:
        if people := crossref_people(answer.get(name)):
            item[name] = people
    for name in TEXTS:
        if name not in _LEFT_OUT and (text := clean_text(answer.get(name))):
            item[name] = text
    for name in CSL_DATES:
        if date := _date(answer.get(name)):
            item[name] = date
    if "page" in item:
        item["page"] = re.sub(r"\s*[-\u2010-\u2015]+\s*", "-", item["page"])
    doi = parse_doi(item.pop("DOI", "")).value
    url = check_url(item.pop("URL", "")).value
    numbers = {name: number_of(item.pop(name, "")) for name in ("ISBN", "ISSN")}
    found = {"DOI": doi, "URL": "" if doi else url, **numbers}
    if identifier.kind == "pmid":
        found["PMID"] = identifier.value
    return item | {name: value for name, value in found.items() if value}


def _date(value: object) -> dict[str, Any]:
    if exact := exact_date(value):
        return exact
    date = guess_date(clean_text(value.get("raw") or value.get("literal"))) if isinstance(value, dict) else None
    return date_to_csl(date) if date else {}


def _from_open_library(identifier: WorkIdentifier) -> dict[str, Any]:
    key = f"ISBN:{identifier.value}"
    base = base_address("FLORILEGIUM_OPENLIBRARY", OPEN_LIBRARY)
    address = f"{base}/api/books?bibkeys={key}&format=json&jscmd=data"
    answer = fetch_json(address, str(identifier), "Open Library")
    book = answer.get(key) if isinstance(answer, dict) else None
    if answer == {}:
        raise UnknownWork(f"Open Library has no work with {identifier}", "give the reference as BibTeX, RIS or CSL")
    if not isinstance(book, dict) or not clean_text(book.get("title")):
        raise RegistryError(f"the answer for {identifier} is not a record of Open Library")
    title, subtitle = clean_text(book.get("title")), clean_text(book.get("subtitle"))
    date = guess_date(clean_text(book.get("publish_date")))
    item: dict[str, Any] = {
        "type": "book",
        # `Jane van Doe`: Open Library has names as they are spoken.
        "author": [read_people(name)[0].parts for name in _named(book, "authors")],
        "title": f"{title}: {subtitle}" if subtitle else title,
        "publisher": "; ".join(_named(book, "publishers")[:1]),
        "publisher-place": "; ".join(_named(book, "publish_places")[:1]),
        "issued": date_to_csl(date) if date else {},
        "ISBN": identifier.value,
    }
    return {name: value for name, value in item.items() if value}


def _named(book: Mapping[str, Any], field: str) -> list[str]:
    items = book.get(field)
    items = items if isinstance(items, list) else []
    return [name for item in items if isinstance(item, dict) and (name := clean_text(item.get("name")))]
