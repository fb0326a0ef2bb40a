"""Exports: works in the formats that other programs read. Pure functions, from a `Source` to text.

BibTeX, RIS and CSL-JSON are to be copied into a reference manager; COinS and `citation_*` metadata are
found by the button of one in a browser.
"""

from .bibtex_entries import bibtex_entry
from .csl_json import csl_json
from .page_metadata import citation_metadata, context_object
from .ris_records import ris_record

__all__ = ["bibtex_entry", "citation_metadata", "context_object", "csl_json", "ris_record"]
