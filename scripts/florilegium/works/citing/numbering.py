"""Numbers of works in the order in which a page cites them, for styles that cite by number.

A citation is formatted once and shown on many pages, so it carries a sign with its work's key where the number goes.
"""

import re
from collections.abc import Callable
from html import escape, unescape

__all__ = ["LISTED", "SIGN", "number_works", "numbered", "signed"]

SIGN = "\ue000"
"""What pandoc prints in the place of a number."""
LISTED = "\ue002"
"""Stands before each work of a page's list, and after the last one: the list is sorted by number."""
_SIGNED = re.compile("\ue000([^\ue001]*)\ue001")


def signed(html: str, key: str) -> str:
    """A part of a citation whose sign says which work's number it stands for."""
    return html.replace(SIGN, f"{SIGN}{escape(key)}\ue001") if SIGN in html else html


def number_works(html: str) -> str:
    """A page with its numbers, counted as they first appear, and its list of works in their order."""
    if SIGN not in html:
        return html.replace(LISTED, "") if LISTED in html else html
    numbers: dict[str, int] = {}
    for found in _SIGNED.finditer(html):
        numbers.setdefault(unescape(found[1]), len(numbers) + 1)
    if LISTED in html:
        before, *works, after = html.split(LISTED)
        html = "".join([before, *sorted(works, key=lambda work: _number(work, numbers)), after])
    return numbered(html, lambda key: numbers[key])


def _number(work: str, numbers: dict[str, int]) -> int:
    found = _SIGNED.search(work)
    return numbers[unescape(found[1])] if found else len(numbers) + 1


def numbered(html: str, number: Callable[[str], int | str]) -> str:
    """The text with the numbers that a function gives to keys."""
    return _SIGNED.sub(lambda found: str(number(unescape(found[1]))), html) if SIGN in html else html
