"""What in a leaf's content is no prose: code, addresses, tags, escapes, entities."""

import html
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Mark", "MarkKind", "mask", "merge_marks", "parse_marks"]


class MarkKind(StrEnum):
    """What a stretch of inline text is."""

    CODE = "code"
    AUTOLINK = "autolink"
    """An address in angle brackets, or a bare `https://…` as GitHub links it."""
    TAG = "tag"
    """One opening or closing tag of raw HTML, or the start of one that never ends."""
    COMMENT = "comment"
    ESCAPE = "escape"
    ENTITY = "entity"
    CITATION = "citation"
    DESTINATION = "destination"
    """Where a hyperlink or an image leads: the part in parentheses, or after a definition's colon."""


class Mark(NamedTuple):
    """A stretch of a leaf's content, by indices into it."""

    kind: MarkKind
    start: int
    end: int
    text: str
    """Code: the content. Autolink: the address. Escape: the character. Destination: the address. Else as written."""


_MASK = "\ufdd0"
"""A code point that Unicode sets aside for use inside programs; no note may hold it."""

_SPACE = "[ \t\n]"
_ATTRIBUTE = rf"""{_SPACE}+[A-Za-z_:][A-Za-z0-9_.:-]*(?:{_SPACE}*={_SPACE}*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
_TAG = re.compile(rf"<(?:[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*{_SPACE}*/?|/[A-Za-z][A-Za-z0-9-]*{_SPACE}*)>")
_OPEN_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|$)[^<>\n]*")
_DECLARATION = re.compile(r"<(?:\?.*?(?:\?>|$)|!\[CDATA\[.*?(?:\]\]>|$)|![A-Za-z].*?(?:>|$))", re.DOTALL)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|$))", re.DOTALL)
_ANGLE_URI = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20\x7f<>]*)>")
_ANGLE_EMAIL = re.compile(r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>")
_BARE_URI = re.compile(r"https?://[^\s<>\[\]`]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]*\w@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BACKTICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"[\\`<&@:]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def parse_marks(text: str) -> list[Mark]:
    """What in a leaf's content is no prose, in order and without overlap."""
    marks: list[Mark] = []
    missing: set[int] = set()
    position = floor = 0
    while (special := _SPECIAL.search(text, position)) is not None:
        at = special.start()
        mark = _mark_at(text, at, floor, missing)
        if mark is None:
            run = _BACKTICKS.match(text, at)
            position = run.end() if run else at + 1
        else:
            marks.append(mark)
            position = floor = mark.end
    return marks


def _mark_at(text: str, at: int, floor: int, missing: set[int]) -> Mark | None:
    match text[at]:
        case "\\":
            escaped = text[at + 1 : at + 2] in _PUNCTUATION and at + 1 < len(text)
            return Mark(MarkKind.ESCAPE, at, at + 2, text[at + 1]) if escaped else None
        case "`":
            return _code_at(text, at, missing)
        case "<":
            return _angle_at(text, at)
        case "&":
            entity = _ENTITY.match(text, at)
            known = entity is not None and html.unescape(entity[0]) != entity[0]
            return Mark(MarkKind.ENTITY, at, entity.end(), entity[0]) if entity and known else None
        case "@":
            return _email_at(text, at, floor)
        case _:
            return _uri_at(text, at, floor)


def _code_at(text: str, at: int, missing: set[int]) -> Mark | None:
    run = _BACKTICKS.match(text, at)
    assert run is not None
    length = len(run[0])
    # Remembering which lengths have no second run keeps a text full of backticks from taking quadratic time.
    if length in missing:
        return None
    for closing in _BACKTICKS.finditer(text, run.end()):
        if len(closing[0]) == length:
            code = text[run.end() : closing.start()].replace("\n", " ")
            if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
                code = code[1:-1]
            return Mark(MarkKind.CODE, at, closing.end(), code)
    missing.add(length)
    return None


def _angle_at(text: str, at: int) -> Mark | None:
    if match := _ANGLE_URI.match(text, at) or _ANGLE_EMAIL.match(text, at):
        return Mark(MarkKind.AUTOLINK, at, match.end(), match[1])
    if match := _COMMENT.match(text, at):
        return Mark(MarkKind.COMMENT, at, match.end(), match[0])
    if match := _TAG.match(text, at) or _DECLARATION.match(text, at):
        return Mark(MarkKind.TAG, at, match.end(), match[0])
    if (match := _OPEN_TAG.match(text, at)) and not text[at - 1 : at].isalnum():
        # The beginning of a tag that never ends: a browser may see an element where CommonMark sees text.
        return Mark(MarkKind.TAG, at, match.end(), match[0])
    return None


def _uri_at(text: str, at: int, floor: int) -> Mark | None:
    """The bare address whose scheme ends with the colon at `at`."""
    if not text.startswith("://", at):
        return None
    start = at - (5 if text[at - 1 : at] in ("s", "S") else 4)
    before = text[start - 1] if start > floor else " "
    if start < floor or before.isalnum() or before in "_/@{":
        return None
    match = _BARE_URI.match(text, start)
    if match is None:
        return None
    uri = _trim_uri(match[0])
    return Mark(MarkKind.AUTOLINK, start, start + len(uri), _ENTITY.sub(lambda m: html.unescape(m[0]), uri))


def _email_at(text: str, at: int, floor: int) -> Mark | None:
    start = at
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "._+-"):
        start -= 1
    match = _EMAIL.match(text, start) if start < at else None
    return Mark(MarkKind.AUTOLINK, start, match.end(), match[0]) if match and match.end() > at else None


def _trim_uri(uri: str) -> str:
    """A bare address without the punctuation that ends the sentence, as GitHub reads it."""
    end = len(uri)
    surplus = uri.count(")") - uri.count("(")
    while end and (uri[end - 1] in "?!.,:*_~'\";’”»" or (uri[end - 1] == ")" and surplus > 0)):
        surplus -= uri[end - 1] == ")"
        end -= 1
    return uri[:end]


def mask(text: str, marks: Sequence[Mark]) -> str:
    """The text with every mark blotted out, so that patterns see prose only; indices stay the same."""
    if not marks:
        return text
    pieces, position = [], 0
    for mark in marks:
        pieces += [text[position : mark.start], _MASK * (mark.end - mark.start)]
        position = mark.end
    pieces.append(text[position:])
    return "".join(pieces)


def merge_marks(marks: Iterable[Mark], over: Sequence[Mark]) -> list[Mark]:
    """Both in one order, without those of `marks` that begin inside one of `over`. Both are in order already."""
    merged: list[Mark] = []
    index = 0
    for mark in marks:
        while index < len(over) and over[index].start <= mark.start:
            merged.append(over[index])
            index += 1
        if not merged or merged[-1].end <= mark.start:
            merged.append(mark)
    merged += over[index:]
    return merged
