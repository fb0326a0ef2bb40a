"""What Crossref knows of a work: its record, fetched by DOI, and that record as a CSL item."""

from .crossref_items import to_csl
from .crossref_records import CrossrefError, UnknownDoi, fetch_record

__all__ = ["CrossrefError", "UnknownDoi", "fetch_record", "to_csl"]
