"""Inline Markdown without its markup: what a reader sees."""

import html
import re

from ..characters import find_invisible
from .marks import Mark, MarkKind, parse_marks
from .phrases import PhraseKind, parse_phrases
from .targets import parse_targets

__all__ = ["entity_text", "plain_text"]

_MARKUP = re.compile(r"[\\`*_~<&\[@:]")
_BREAK = re.compile(r"<br\b", re.IGNORECASE)


def plain_text(text: str) -> str:
    """Inline Markdown without its markup. Line ends stay."""
    if not _MARKUP.search(text):
        return text
    marks = parse_marks(text)
    pieces = []
    for kind, value in parse_phrases(text, marks, parse_targets(text, marks)):
        if kind is PhraseKind.TEXT:
            pieces.append(value)
        elif kind is PhraseKind.MARK:
            pieces.append(_mark_text(value))
        elif kind is PhraseKind.BREAK or kind is PhraseKind.LINE:
            pieces.append("\n")
    return "".join(pieces)


def _mark_text(mark: Mark) -> str:
    match mark.kind:
        case MarkKind.COMMENT:
            return ""
        case MarkKind.TAG:
            return "\n" if _BREAK.match(mark.text) else ""
        case MarkKind.ENTITY:
            return entity_text(mark.text)
        case _:
            return mark.text


def entity_text(entity: str) -> str:
    """The character that an entity such as `&eacute;` stands for; itself where that one would hide or reorder text.

    Soft hyphens, joiners and directional marks may be written so: a reviewer sees their names.
    """
    character = html.unescape(entity)
    if character in _NAMED or not any(find_invisible(character)):
        return character or entity
    return entity


_NAMED = frozenset("\xad\u200b\u200c\u200d\u200e\u200f\u2060")
