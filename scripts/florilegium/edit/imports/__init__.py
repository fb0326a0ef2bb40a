"""Bringing works and highlights along from other programs: their exports are read, and become references and quotes."""

from .detection import MAX_EXPORT_BYTES, guess_format, parse_export
from .highlights import Export, Highlight, HighlightFormat, Remark
from .import_plan import ImportPlan, ImportRequest, Touched, plan_import

__all__ = [
    "MAX_EXPORT_BYTES",
    "Export",
    "Highlight",
    "HighlightFormat",
    "ImportPlan",
    "ImportRequest",
    "Remark",
    "Touched",
    "guess_format",
    "parse_export",
    "plan_import",
]
