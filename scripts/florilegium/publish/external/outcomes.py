"""What became of an address: whether it answered, what was said of it, and where it redirects permanently."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

_FOR_GOOD = (301, 308)
REFUSALS = (401, 402, 403, 407, 429, 451, 999)
"""Answers of a server that is there, but does not show its page to a program: they say nothing of the page."""


class AddressState(StrEnum):
    """What an address turned out to be."""

    FINE = "fine"
    FAILED = "failed"
    REFUSED = "refused"
    PRIVATE = "private"
    UNASKED = "unasked"
    """Time was up before its turn, or it is one of those that are kept for examples."""


class Outcome(NamedTuple):
    """What asking for an address found."""

    state: AddressState
    status: str
    """The code of the last answer, or a word: `timeout`, `certificate`, `host`, `connection`, `anchor`, `redirects`."""
    moved: str = ""
    """Where it redirects permanently; empty where it does not, or to what nobody should write instead."""


class Hop(NamedTuple):
    """One redirect."""

    status: int
    target: str


def new_address(url: str, hops: Sequence[Hop]) -> str:
    """Where redirects that hold for good lead, up to the first that does not; empty where nobody should write that."""
    page, _, fragment = url.partition("#")
    target = ""
    for hop in hops:
        if hop.status not in _FOR_GOOD:
            break
        target = hop.target
    before, after = urlsplit(page), urlsplit(target)
    if not target or target == page or (before.scheme == "https" and after.scheme != "https"):
        return ""
    # What every missing page of a site leads to is not the page that was meant.
    if after.path in ("", "/") and before.path not in ("", "/"):
        return ""
    return f"{target}#{fragment}" if fragment else target
