"""Inline Markdown, as far as it matters here: what is code, an address, a tag or an escape, and so no prose.

The rest of inline Markdown (emphasis, links' texts) is left to the renderer. What is found binds tighter than
brackets and emphasis, as in CommonMark: nothing in it is read for citations, links or quotes.
"""

import html
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Mark", "MarkKind", "mask", "parse_destinations", "parse_marks", "plain_text"]


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
    """Code: the content. Autolink: the address. Tag: as written. Destination: the address. Otherwise as written."""


_MASK = "\ufdd0"
"""A code point that Unicode sets aside for use inside programs; no note may hold it."""

_ATTRIBUTE = r"""\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
_TAG = re.compile(rf"<(?:[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?|/[A-Za-z][A-Za-z0-9-]*\s*)>")
_OPEN_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|$)[^<>\n]*")
_DECLARATION = re.compile(r"<(?:\?.*?(?:\?>|$)|!\[CDATA\[.*?(?:\]\]>|$)|![A-Za-z].*?(?:>|$))", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_ANGLE_URI = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_ANGLE_EMAIL = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>")
_BARE_URI = re.compile(r"https?://[^\s<>\[\]]+")
_EMAIL = re.compile(r"[\w.+-]*\w@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BACKTICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"[\\`<&]|(?<![\w/@{])https?://|\w@", re.IGNORECASE)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def parse_marks(text: str) -> list[Mark]:
    """What in a leaf's content is no prose, in order and without overlap."""
    marks: list[Mark] = []
    missing: set[int] = set()
    position = 0
    while (special := _SPECIAL.search(text, position)) is not None:
        at = special.start()
        mark = _mark_at(text, at, missing)
        if mark is None:
            run = _BACKTICKS.match(text, at)
            position = run.end() if run else at + 1
        else:
            marks.append(mark)
            position = max(mark.end, at + 1)
    return marks


def _mark_at(text: str, at: int, missing: set[int]) -> Mark | None:
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
        case _:
            return _address_at(text, at)


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
            if code.startswith(" ") and code.endswith(" ") and code.strip():
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


def _address_at(text: str, at: int) -> Mark | None:
    if match := _BARE_URI.match(text, at):
        uri = _trim_uri(match[0])
        return Mark(MarkKind.AUTOLINK, at, at + len(uri), uri)
    start = at
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "._+-"):
        start -= 1
    if match := _EMAIL.match(text, start):
        return Mark(MarkKind.AUTOLINK, start, match.end(), match[0])
    return None


def _trim_uri(uri: str) -> str:
    """A bare address without the punctuation that ends the sentence, as GitHub reads it."""
    while uri:
        if uri[-1] in "?!.,:*_~'\";" or (uri[-1] == ")" and uri.count(")") > uri.count("(")):
            uri = uri[:-1]
        else:
            break
    return uri


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


_TITLE = r"""(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?"""
_INLINE = re.compile(rf"\]\(\s*(<[^<>\n]*>|[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*){_TITLE}\s*\)")
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\[\]\n]+\]:\s*(<[^<>\n]*>|\S+)")


def parse_destinations(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """Where the inline links, images and link definitions of a leaf's content lead.

    Addresses may stand in angle brackets or hold escapes, which `parse_marks` has found; the text of each is as a
    browser gets it.
    """
    if "](" not in text and "]:" not in text:
        return []
    # Code hides links; an address or an escape inside a destination does not.
    hidden = mask(text, [m for m in marks if m.kind in (MarkKind.CODE, MarkKind.COMMENT)])
    found = []
    for pattern in (_INLINE, _DEFINITION):
        for match in pattern.finditer(hidden) if pattern is _INLINE else _definitions(hidden):
            raw = match[1].removeprefix("<").removesuffix(">")
            address = html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", raw))
            found.append(Mark(MarkKind.DESTINATION, match.start(1), match.end(1), address))
    return sorted(found, key=lambda mark: mark.start)


def _definitions(text: str) -> list[re.Match[str]]:
    """Definitions can only open a paragraph, one a line."""
    matches, position = [], 0
    while match := _DEFINITION.match(text, position):
        matches.append(match)
        line_end = text.find("\n", match.end())
        if line_end < 0:
            break
        position = line_end + 1
    return matches


_EMPHASIS = (
    re.compile(r"(?<![\\*])(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*])\1(?!\*)", re.DOTALL),
    re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])(.+?)(?<=[^\s_])\1(?!\w)", re.DOTALL),
    re.compile(r"(~~)(?=\S)(.+?)(?<=\S)\1", re.DOTALL),
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)" + _TITLE + r"\s*\)")
_MARKUP = re.compile(r"[\\`*_~<&\[]")


def plain_text(text: str) -> str:
    """Inline Markdown without its markup: what a reader sees. Line ends stay."""
    if not _MARKUP.search(text):
        return text
    kept: list[str] = []
    pieces, position = [], 0
    for mark in parse_marks(text):
        pieces.append(text[position : mark.start])
        if mark.kind not in (MarkKind.TAG, MarkKind.COMMENT):
            pieces.append(_MASK)
            kept.append(html.unescape(mark.text) if mark.kind is MarkKind.ENTITY else mark.text)
        position = mark.end
    pieces.append(text[position:])
    masked = _LINK.sub(r"\1", "".join(pieces))
    for pattern in _EMPHASIS:
        previous = None
        while previous != masked:
            previous, masked = masked, pattern.sub(r"\2", masked)
    words = iter(kept)
    return re.sub(_MASK, lambda _: next(words), masked)
