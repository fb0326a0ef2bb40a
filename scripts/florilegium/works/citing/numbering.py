"""Numbers of works in the order in which a page cites them, for styles that cite by number.

A citation is formatted once and shown on many pages, so it carries a sign with its work's key where the number goes.
"""

import re
from collections.abc import Callable
from html import escape, unescape

SIGN = "\ue000"
"""What pandoc prints in the place of a number."""
LISTED = "\ue002"
"""Stands before each work of a page's list, and after the last one: the list is sorted by number."""
BETWEEN, END = "\ue003", "\ue004"
"""Around what stands between two numbers of one citation, where three in a row are written as a range."""
SORTED, LOOSE = "\ue005", "\ue006"
"""After the first of them: the style sorts the numbers of a citation; it writes no ranges."""
_SIGNED = re.compile("\ue000([^\ue001]*)\ue001")
_BETWEEN = re.compile("\ue003([^\ue004]*)\ue004")
_UNIT = "(?:<a\\b[^>]*>[^\ue000\ue003]*\ue000[^\ue001]*\ue001(?:(?!</a>)[^\ue003])*</a>|"
_UNIT += "\\[\ue000[^\ue001]*\ue001\\]|\ue000[^\ue001]*\ue001)"
_GAP = "(?:<sup>)?\ue003\ue005[^\ue004]*\ue004(?:</sup>)?"
_RUN = re.compile(f"{_UNIT}(?:{_GAP}{_UNIT})+")
"""The numbers of one citation in a style that sorts them."""


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
    if SIGN not in html:
        return html
    if SORTED in html:
        html = _RUN.sub(lambda run: _sorted(run[0], number), html).replace(SORTED, "")
    if BETWEEN in html:
        html = _collapsed(html, number)
    return _SIGNED.sub(lambda found: str(number(unescape(found[1]))), html)


def _sorted(run: str, number: Callable[[str], int | str]) -> str:
    """The numbers of a citation, with their links, from the lowest up; what stands between them stays in its place."""
    gaps = re.findall(_GAP, run)
    # Numbers are texts where nothing is counted: then the order is that of the note.
    units = sorted(re.split(_GAP, run), key=lambda unit: n if isinstance(n := _first_number(unit, number), int) else 0)
    return units[0] + "".join(f"{gap}{unit}" for gap, unit in zip(gaps, units[1:], strict=True))


def _first_number(unit: str, number: Callable[[str], int | str]) -> int | str:
    found = _SIGNED.search(unit)
    return number(unescape(found[1])) if found else 0


def _collapsed(html: str, number: Callable[[str], int | str]) -> str:
    """The text with a range in the place of three numbers in a row, or more."""
    first, *rest = _BETWEEN.split(html)
    pieces, delimiters = [first, *rest[1::2]], rest[::2]
    numbers = [[number(unescape(key)) for key in _SIGNED.findall(piece)] for piece in pieces]
    out, place = [pieces[0]], 0
    while place < len(delimiters):
        end = place
        # Whatever lies inside a range is one number and nothing else.
        while end < len(delimiters) and _follows(numbers, end) and (end == place or len(numbers[end]) == 1):
            if delimiters[end].startswith(LOOSE):
                break
            end += 1
        if end - place > 1:
            out += ["–", pieces[end]]
            place = end
        else:
            out += [delimiters[place].removeprefix(LOOSE), pieces[place + 1]]
            place += 1
    return "".join(out)


def _follows(numbers: list[list[int | str]], place: int) -> bool:
    """Whether the first number of the next piece is one more than the last of this one."""
    before, after = numbers[place][-1:], numbers[place + 1][:1]
    return bool(before and after) and isinstance(before[0], int) and after[0] == before[0] + 1
