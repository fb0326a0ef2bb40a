"""Addresses of other sites: whether they still answer, what became of them over time, and what to write instead.

This is one of the few rooms that use the network. Nothing here fails a contribution: servers fail, and notes stay.
"""

from .findings import Round, describe_round
from .fixing import moved_changes
from .issue import render_issue
from .ledger import LEDGER
from .requests import Terms
from .rounds import Manner
from .running import Plan, look_at_library

__all__ = [
    "LEDGER",
    "Manner",
    "Plan",
    "Round",
    "Terms",
    "describe_round",
    "look_at_library",
    "moved_changes",
    "render_issue",
]
