"""How many words of each work are quoted."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ...core.model import Quote
from ...quotations.matching.brackets import BRACKET

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_](?:[\w'’.,:-]*[^\W_])?")
"""Chinese and Japanese are written without spaces: each of their characters counts."""


class SourceWords(NamedTuple):
    """How much of a work is quoted."""

    key: str
    words: int
    quotes: int


def count_source_words(words: str) -> int:
    """The words of a quotation that are the work's own: what stands in square brackets is the note-taker's."""
    return len(_WORD.findall(BRACKET.sub(" ", words) if "[" in words else words))


def quoted_words(quotes: Iterable[Quote]) -> dict[str, SourceWords]:
    """By citation key, what is quoted of each work; the most quoted first, then by key."""
    found: dict[str, SourceWords] = {}
    for quote in quotes:
        if quote.reference:
            key = quote.reference.key
            before = found.get(key, SourceWords(key, 0, 0))
            found[key] = SourceWords(key, before.words + count_source_words(quote.words), before.quotes + 1)
    return {entry.key: entry for entry in sorted(found.values(), key=lambda entry: (-entry.words, entry.key))}
