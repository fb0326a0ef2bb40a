"""Characters that a reviewer cannot see: which of them no text may hold, and where the others belong.

What is refused here is what hides or reorders text: control characters, directional overrides and isolates that
are never closed (https://trojansource.codes), tag characters, zero-width spaces. Joiners are spelling in many
scripts.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from .diagnostics import Diagnostic
from .rules import Group, declare_rule
from .spans import LineTable


class Invisible(NamedTuple):
    offset: int
    name: str
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""


_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_VISIBLE = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_ISOLATES = "\u2066\u2067\u2068"
_POP_ISOLATE = "\u2069"
_MARKS = "\u200e\u200f\u061c"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Letters and signs of scripts that run from right to left; not the marks, which are for them."""
_JOINERS = "\u200c\u200d"


def find_invisible(text: str) -> Iterator[Invisible]:
    """The characters of a text that no note may hold, in their order.

    A byte order mark at the very start is no part of the text. The replacement character U+FFFD is refused too:
    it is what a lost letter leaves behind.
    """
    # Of most texts little is left without the characters of ASCII, and that is quickly looked through.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _VISIBLE)
    if not _SUSPECT.search(rest.decode("utf-8", "surrogatepass")):
        return
    paired = _paired_isolates(text)
    for match in _SUSPECT.finditer(text):
        offset, character = match.start(), match[0]
        if offset == 0 and character == "\ufeff":
            continue
        if offset in paired or _belongs(text, offset, character):
            continue
        name = unicodedata.name(character, "")
        yield Invisible(offset, f"U+{ord(character):04X} {name}".rstrip())


def _belongs(text: str, offset: int, character: str) -> bool:
    before = text[offset - 1] if offset else " "
    if character in _JOINERS:
        return _joins(text, offset, before)
    if "\ufe00" <= character <= "\ufe0f":  # A variation selector changes the sign before it.
        return not before.isspace() and unicodedata.category(before)[0] in "LSPN"
    if character in _MARKS:  # Directional marks only settle which way a neighbouring sign lies.
        return _RIGHT_TO_LEFT.search(text, max(0, offset - 200), offset + 200) is not None
    if character == "\u034f":
        return unicodedata.category(before)[0] == "M"
    return "\u180b" <= character <= "\u180f" and "\u1800" <= before <= "\u18af"


def _joins(text: str, offset: int, before: str) -> bool:
    """Whether a joiner stands between signs of a script that is written with it, or inside an emoji."""
    after = text[offset + 1 : offset + 2]
    if before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk"):
        return bool(after) and unicodedata.category(after) == "So"
    if unicodedata.category(before)[0] not in "LM" or not after:
        return False
    # Latin, Greek, Cyrillic, Armenian and the like stand below U+0590 and do not use joiners.
    return before >= "\u0590" and (after >= "\u0590" or not after.isalnum())


def _paired_isolates(text: str) -> set[int]:
    """Offsets of directional isolates that are closed on their own line, and of what closes them."""
    paired: set[int] = set()
    if _POP_ISOLATE not in text:
        return paired
    opened: list[int] = []
    for match in re.finditer(f"[{_ISOLATES}{_POP_ISOLATE}\r\n]", text):
        if match[0] in _ISOLATES:
            opened.append(match.start())
        elif match[0] == _POP_ISOLATE and opened:
            paired |= {opened.pop(), match.start()}
        else:
            opened.clear()
    return paired


declare_rule(
    "not-utf-8",
    Group.FILES,
    "Every text is UTF-8.",
    "Text in another encoding shows as rubbish, and a replaced letter in a quotation is a misquotation.",
    "Save the file as UTF-8; the message names the first byte that does not fit.",
)

declare_rule(
    "invisible-character",
    Group.FILES,
    "No text holds control characters, directional overrides or other characters that a reviewer cannot see.",
    "What a reviewer sees in a change must be what is published. Joiners that a script needs for its spelling are "
    "allowed where they belong.",
    "Delete the character; an editor shows it when you retype the words around it.",
)


def check_characters(path: str, text: str) -> list[Diagnostic]:
    """The first hundred characters of a file's text that are not allowed in it."""
    if text.isascii() and not any(c in text for c in "\x00\x0b\x0c\x1b\x7f") and text.isprintable():
        return []
    table: LineTable | None = None
    found: list[Diagnostic] = []
    for hit in islice(find_invisible(text), _MOST):
        table = table or LineTable(path, text)
        span = table.span(hit.offset, hit.offset + 1)
        message = f"the invisible character {hit.name} is not allowed"
        remedy = "delete it, or retype the words"
        found.append(Diagnostic(rule="invisible-character", span=span, message=message, help=remedy))
    return found


_MOST = 100
"""Findings of a file; a text in which there are more is no text."""
