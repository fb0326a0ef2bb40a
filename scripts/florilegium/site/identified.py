"""A work's identifiers as hyperlinks, and its data in the formats of other programs."""

import re
from datetime import date
from typing import NamedTuple

from ..core.sources import Source
from ..works.bibtex.bibtex_writer import bibtex_entry
from ..works.csl.csl_items import csl_json
from ..works.identifiers import check_url, doi_url, parse_arxiv, parse_doi, parse_isbn, parse_pmcid, parse_pmid
from ..works.ris.ris_writer import ris_record


class Identified(NamedTuple):
    """An identifier with the address that resolves it."""

    name: str
    value: str
    address: str


_RESOLVERS = (
    ("DOI", parse_doi, doi_url),
    ("PMID", parse_pmid, lambda value: f"https://pubmed.ncbi.nlm.nih.gov/{value}/"),
    ("PMCID", parse_pmcid, lambda value: f"https://pmc.ncbi.nlm.nih.gov/articles/{value}/"),
    ("arXiv", parse_arxiv, lambda value: f"https://arxiv.org/abs/{value}"),
    ("ISBN", parse_isbn, lambda value: f"https://search.worldcat.org/search?q=bn%3A{value}"),
)


def identifiers_of(source: Source) -> list[Identified]:
    """The identifiers that can be resolved."""
    found = []
    for name, parse, resolve in _RESOLVERS:
        # An ISBN field may list those of several bindings.
        texts = source.variables.get(name, "").split(",") if name == "ISBN" else [source.variables.get(name, "")]
        for text in texts:
            value = parse(text).value if text.strip() else ""
            if value:
                found.append(Identified(name, value, resolve(value)))
    return found


def web_address(source: Source | None) -> str:
    """The work's address on the web, or nothing."""
    return check_url(source.variables.get("URL", "")).value if source else ""


class ArchivedCopy(NamedTuple):
    """A copy of a work's page in an archive of the web."""

    address: str
    day: date | None
    """When it was made, where its address tells, as those of the Wayback Machine do."""


def archived_copy(source: Source | None) -> ArchivedCopy | None:
    """The copy that the reference names as its `archive`; None where that is no address but the name of an archive."""
    text = source.variables.get("archive", "").strip() if source else ""
    address = check_url(text).value if text.startswith(("https://", "http://")) else ""
    if not address:
        return None
    stamp = re.search(r"/(\d{4})(\d{2})(\d{2})\d{0,6}[a-z_]*/", address)
    try:
        return ArchivedCopy(address, date(int(stamp[1]), int(stamp[2]), int(stamp[3])) if stamp else None)
    except ValueError:
        return ArchivedCopy(address, None)


class CopyFormat(NamedTuple):
    """A work in the format of other programs, to be copied."""

    name: str
    text: str


def formats_of(source: Source) -> list[CopyFormat]:
    return [
        CopyFormat("BibTeX", bibtex_entry(source)),
        CopyFormat("For Zotero: RIS", ris_record(source)),
        CopyFormat("CSL-JSON", csl_json(source)),
    ]
