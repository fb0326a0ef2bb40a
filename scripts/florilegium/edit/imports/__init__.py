"""Bringing works and highlights along from other programs: their exports are read, and become references and quotes."""

from .detection import MAX_EXPORT_BYTES, guess_format, parse_export
from .highlights import Export, Highlight, HighlightFormat, ImportFinding
from .import_plan import ChangedNote, ImportPlan, ImportRequest, plan_import
from .import_state import IMPORT_STATE, parse_import_state
from .zotero_library import known_works, zotero_export

__all__ = [
    "IMPORT_STATE",
    "MAX_EXPORT_BYTES",
    "ChangedNote",
    "Export",
    "Highlight",
    "HighlightFormat",
    "ImportFinding",
    "ImportPlan",
    "ImportRequest",
    "guess_format",
    "known_works",
    "parse_export",
    "parse_import_state",
    "plan_import",
    "zotero_export",
]
