"""Records of works from Crossref's REST API (https://www.crossref.org/documentation/retrieve-metadata/rest-api/)."""

from typing import Any
from urllib.parse import quote

from ...core.diagnostics import quoted
from ..identifiers import parse_doi
from .registry_requests import RegistryError, base_address, fetch_json

BASE = "https://api.crossref.org"
"""Where records are asked for; the environment variable `FLORILEGIUM_CROSSREF` names another server."""
_OTHERS = "compare it with the work; DOIs of other agencies, such as DataCite, are not in Crossref"


def fetch_record(doi: str) -> dict[str, Any]:
    """The `message` of Crossref's answer to `/works/DOI`, as it is: a mapping whose keys are Crossref's.

    Raises `UnknownWork` for a DOI that Crossref does not have, and `RegistryError` for a text that is no DOI and for
    everything else that goes wrong.
    """
    name, fault = parse_doi(doi)
    if fault:
        raise RegistryError(f"the DOI {quoted(doi)} {fault}", "copy it again, for example 10.1016/j.tins.2012.11.002")
    return _message(f"works/{quote(name, safe='')}", f"the DOI {quoted(name)}")


def fetch_notices(doi: str) -> list[Any]:
    """The records of notices that say that they update the work with this DOI. Raises as `fetch_record` does."""
    # A comma parts two filters, so one in a DOI is escaped twice: in the filter and in the address.
    value = quote(parse_doi(doi).value.replace("\\", "\\\\").replace(",", "\\,"), safe="")
    message = _message(f"works?filter=updates:{value}&rows=50", f"notices about the DOI {quoted(doi)}")
    items = message.get("items")
    return items if isinstance(items, list) else []


def _message(path: str, subject: str) -> dict[str, Any]:
    address = f"{base_address('FLORILEGIUM_CROSSREF', BASE)}/{path}"
    answer = fetch_json(address, subject, "Crossref", unknown=_OTHERS)
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        raise RegistryError(f"the answer for {subject} is not a record of Crossref")
    return message
