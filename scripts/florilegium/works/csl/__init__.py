"""CSL items as works of literature, and back: https://docs.citationstyles.org/en/stable/specification.html."""

from .csl_checks import Retraction, RetractionKind, check_source, parse_status_date, retraction, same_work
from .csl_items import MAX_KEY, MAX_NAMES, name_to_csl, parse_source, read_item, to_csl

__all__ = [
    "MAX_KEY",
    "MAX_NAMES",
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
