"""Registries of works: a work by its identifier as a CSL item, and what Crossref knows of notices about it."""

from .crossref_items import crossref_item
from .crossref_records import fetch_notices, fetch_record
from .lookups import WorkIdentifier, fetch_item, parse_work_identifier
from .registry_requests import RegistryError, UnknownWork

__all__ = [
    "RegistryError",
    "UnknownWork",
    "WorkIdentifier",
    "crossref_item",
    "fetch_item",
    "fetch_notices",
    "fetch_record",
    "parse_work_identifier",
]
