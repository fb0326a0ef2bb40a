"""New notes and themes: from a work and a few answers to a file that says what is still to be written."""

from .added_references import FILE, plan_reference
from .requested_works import KnownWork, fetch_work, find_identifier, find_work, parse_work, resolve_key
from .skeletons import NewFile, NewNote, NewTheme, plan_note, plan_theme

__all__ = [
    "FILE",
    "KnownWork",
    "NewFile",
    "NewNote",
    "NewTheme",
    "fetch_work",
    "find_identifier",
    "find_work",
    "parse_work",
    "plan_note",
    "plan_reference",
    "plan_theme",
    "resolve_key",
]
