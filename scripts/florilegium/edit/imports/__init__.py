"""Bringing works and highlights along from other programs: their exports are read, and become references and quotes."""

from .detection import MAX_BYTES, guess_format, parse_export
from .highlights import Export, Format, Highlight, Remark
from .import_plan import Plan, Request, Touched, plan_import

__all__ = [
    "MAX_BYTES",
    "Export",
    "Format",
    "Highlight",
    "Plan",
    "Remark",
    "Request",
    "Touched",
    "guess_format",
    "parse_export",
    "plan_import",
]
