"""Registries of works: a work by its identifier as a CSL item, and what Crossref knows of notices about it."""

from .crossref_items import to_csl
from .crossref_records import fetch_notices, fetch_record
from .lookups import WorkIdentifier, fetch_item, parse_work_identifier
from .registry_requests import RegistryError, UnknownWork

__all__ = [
    "RegistryError",
    "UnknownWork",
    "WorkIdentifier",
    "fetch_item",
    "fetch_notices",
    "fetch_record",
    "parse_work_identifier",
    "to_csl",
]
