"""Exports: works in the formats that other programs read. Pure functions, from a `Source` to text.

BibTeX, BibLaTeX, RIS and CSL-JSON are for reference managers; COinS and `citation_*` metadata are
found by the button of one in a browser, and the terms of schema.org by search engines.
"""

from ..bibtex.bibtex_writer import biblatex_entry, bibtex_entry
from ..bibtex.latex_writer import entry_key
from ..csl.csl_json import csl_json
from ..ris.ris_writer import ris_record
from .page_metadata import citation_metadata, context_object, is_better_as_object, item_type_metadata, page_metadata
from .schema_org import schema_org_work

__all__ = [
    "biblatex_entry",
    "bibtex_entry",
    "citation_metadata",
    "context_object",
    "csl_json",
    "entry_key",
    "is_better_as_object",
    "item_type_metadata",
    "page_metadata",
    "ris_record",
    "schema_org_work",
]
