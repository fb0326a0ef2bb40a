"""Inline Markdown without its markup: what a reader sees."""

import html
import re
from itertools import chain

from ...core.characters import find_invisible
from .emphasis import SLOT, has_emphasis, render_emphasis
from .marks import Mark, MarkKind, parse_marks
from .phrases import PhraseKind, parse_phrases
from .targets import parse_targets

__all__ = ["entity_text", "plain_text"]

_MARKUP = re.compile(r"[\\`*_~<&\[@:]")
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_TAG = re.compile(r"</?(?:em|strong|del)>")


def plain_text(text: str) -> str:
    """Inline Markdown without its markup. Line ends stay."""
    if not _MARKUP.search(text):
        return text
    text = text.replace(SLOT, "\ufffd")
    marks = parse_marks(text)
    pieces: list[str] = []
    kept: list[str] = []
    for kind, value in parse_phrases(text, marks, parse_targets(text, marks)):
        if kind is PhraseKind.TEXT:
            pieces.append(value)
        elif kind is PhraseKind.MARK:
            pieces.append(SLOT)
            kept.append(_mark_text(value))
        elif kind is PhraseKind.BREAK or kind is PhraseKind.LINE:
            pieces.append("\n")
        else:
            # Emphasis may begin and end beside a link's brackets, as it may beside marks.
            pieces.append(SLOT)
            kept.append("")
    words = _without_emphasis("".join(pieces))
    return _fill(words, kept) if kept else words


def _without_emphasis(text: str) -> str:
    """What is left of emphasised text when its signs are gone."""
    if not has_emphasis(text):
        return text
    return html.unescape(_TAG.sub("", render_emphasis(html.escape(text, quote=False))))


def _fill(text: str, kept: list[str]) -> str:
    """A text with the slots of its marks filled."""
    first, *rest = text.split(SLOT)
    return first + "".join(chain.from_iterable(zip(kept, rest, strict=False)))


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
    # In front of `x`, for a byte order mark is none where it does not come first.
    if character in _NAMED or (character and not any(find_invisible(f"x{character}"))):
        return character
    return entity


_NAMED = frozenset("\xad\u200b\u200c\u200d\u200e\u200f\u2060")
