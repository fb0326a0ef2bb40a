"""CSL items as works of literature, and back: https://docs.citationstyles.org/en/stable/specification.html."""

from .csl_checks import Retraction, RetractionKind, check_source, parse_status_date, retraction, same_work
from .csl_items import MAX_CSL_NAMES, MAX_KEY, name_to_csl, parse_source, read_item, to_csl

__all__ = [
    "MAX_CSL_NAMES",
    "MAX_KEY",
    "Retraction",
    "RetractionKind",
    "check_source",
    "name_to_csl",
    "parse_source",
    "parse_status_date",
    "read_item",
    "retraction",
    "same_work",
    "to_csl",
]
