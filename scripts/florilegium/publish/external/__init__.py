"""Addresses of other sites: whether they still answer, what became of them over time, and what to write instead.

This is one of the few rooms that use the network. Nothing here fails a contribution: servers fail, and notes stay.
"""

from .address_fixes import moved_changes
from .address_states import LEDGER
from .external_findings import Round, describe_round
from .external_issue import render_issue
from .external_run import ExternalPlan, look_at_library
from .lychee import Manner

__all__ = [
    "LEDGER",
    "ExternalPlan",
    "Manner",
    "Round",
    "describe_round",
    "look_at_library",
    "moved_changes",
    "render_issue",
]
