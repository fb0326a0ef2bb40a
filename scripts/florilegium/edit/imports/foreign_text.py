"""Foreign words in our files: cleaned of what nobody can see, and escaped so that they read as what they are."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from ...core.characters import find_invisible

_DROPPED = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Marks that programs leave in running text and that say nothing: soft hyphens, zero-width spaces."""
_END = "\r\n|\r(?!\n)|[\n\u2028\u2029]"
_PARAGRAPH = re.compile(rf"(?:{_END})(?:[^\S\r\n\u2028\u2029]*(?:{_END}))+|\u2029")
_LINE = re.compile(_END)


class Cleaned(NamedTuple):
    """A text that a note may hold, and what was done to it or is wrong with it."""

    text: str
    """Paragraphs, separated by a line feed; white space within them is single spaces."""
    dropped: tuple[str, ...] = ()
    """Names of invisible characters that were taken out."""
    refused: str = ""
    """Name of a character that hides or reorders text, or that a lost letter left behind. The text is not usable."""


def clean_foreign(text: str, *, lines: bool = False) -> Cleaned:
    """Clean a foreign text. Paragraphs end at blank lines; with `lines`, at every line end."""
    dropped = tuple(dict.fromkeys(_name(found) for found in _DROPPED.findall(text)))
    pieces = (_LINE if lines else _PARAGRAPH).split(_DROPPED.sub("", text))
    # `str.split` also ends words at form feeds and the like, which no note may hold.
    kept = "\n".join(filter(None, (" ".join(piece.split()) for piece in pieces)))
    # After a line end nothing is taken for the byte order mark of a file.
    hidden = next((found.name for found in find_invisible(f"\n{kept}")), "")
    lone = re.search("[\ud800-\udfff]", kept)
    return Cleaned(kept, dropped, f"U+{ord(lone[0]):04X}" if lone else hidden)


def clean_paragraphs(text: str, *, lines: bool = False) -> str:
    """A foreign text as clean paragraphs, or an empty one where it hides something."""
    cleaned = clean_foreign(text, lines=lines)
    return "" if cleaned.refused else cleaned.text


def clean_line(text: str) -> str:
    """A foreign text in one line, or an empty one where it hides something."""
    return clean_paragraphs(text).replace("\n", " ")


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def paragraphs(text: str) -> Sequence[str]:
    """The escaped paragraphs of a cleaned text."""
    return [escape(paragraph) for paragraph in text.split("\n") if paragraph]


_MARKUP = re.compile(
    r"[\\`*_\[\]@~^$]|<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|([=%])(?=\1)|(?<=([=%]))\2|\{(?=\{)|:(?=:)|\((?=\()"
)
_COLON = re.compile(r"(?i)(\bhttps?(?=://)|\btodo(?=:))")
"""A bare address would become a link, and `TODO:` is ours to fill."""
# What opens a heading, a list, a rule, a definition or an attribution where a paragraph begins. Pandoc counts with
# letters and Roman numbers too.
_OPENING = re.compile(r"(?:[0-9]{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,9})(?=[.)](?:\s|$))|(?=[-+=#:%(>|–—])")


def escape(paragraph: str) -> str:
    """One paragraph as Markdown that shows exactly these words, whatever is in them."""
    text = _MARKUP.sub(lambda found: f"\\{found[0]}", paragraph)
    text = _COLON.sub(r"\1\\", text)
    opening = _OPENING.match(text)
    if opening is None or text[opening.end()] in "–—":
        return text
    return f"{text[: opening.end()]}\\{text[opening.end() :]}"
