"""Registries of works: a work by its identifier, what Crossref knows of notices about it, and libraries of Zotero."""

from .crossref_items import crossref_item
from .crossref_records import fetch_notices, fetch_record
from .lookups import WorkIdentifier, fetch_item, parse_work_identifier
from .registry_requests import RegistryError, UnknownWork
from .zotero_service import ZoteroItems, ZoteroLibrary, fetch_zotero, is_work, parse_zotero_library

__all__ = [
    "RegistryError",
    "UnknownWork",
    "WorkIdentifier",
    "ZoteroItems",
    "ZoteroLibrary",
    "crossref_item",
    "fetch_item",
    "fetch_notices",
    "fetch_record",
    "fetch_zotero",
    "is_work",
    "parse_work_identifier",
    "parse_zotero_library",
]
