"""Jumps within a long list: one for each letter, decade or kind, to the row with which it begins."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from ..addresses import Addresses

_FROM = 12
"""Rows below which a list is seen at a glance."""
_MOST = 40
"""Jumps above which they would be a list of their own."""


class Jump(NamedTuple):
    label: str
    address: str


def sorting_letter(text: str) -> str:
    """The letter under which a text is sorted; `#` where it has none."""
    for sign in unicodedata.normalize("NFD", text):
        if sign.isalpha():
            return sign.upper()
        if sign.isdigit():
            return "#"
    return "#"


def row_ids(groups: Sequence[str]) -> list[str]:
    """The id of each row with which another group begins; empty for the others."""
    seen: dict[str, int] = {}
    return [f"l-{seen.setdefault(group, len(seen))}" if group not in seen else "" for group in groups]


def jumps_of(groups: Sequence[str], size: int, folder: str, addresses: Addresses) -> list[Jump]:
    """Where each group of a list begins, whose pages have `size` rows; nothing where that would not help."""
    first = {group: place for place, group in reversed(list(enumerate(groups))) if group}
    if len(groups) < _FROM or not 1 < len(first) <= _MOST:
        return []
    ids = row_ids(groups)
    ordered = sorted(first.items(), key=lambda item: item[1])
    return [Jump(group, f"{addresses.list_page(folder, place // size + 1)}#{ids[place]}") for group, place in ordered]
