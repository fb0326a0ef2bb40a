"""What results show: the entries of documents, in blocks, of which a browser loads those that it shows.

A quotation's card is HTML as every page has it. What the template writes into every card would be most of a block, so
it stands once in the list of parts (`card_parts`), and each block has a sign of Unicode's private use area for it.
"""

import json
import re
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..addresses import ROOT
from ..pages.quotation_cards import environment

QUOTES, NOTES, THEMES, WORKS = range(4)
"""The kinds of documents: the first two bits of their numbers."""

_TOGETHER = {QUOTES: 2.0, NOTES: 16.0, THEMES: 16.0, WORKS: 256.0}
"""About how many documents of a kind share a block."""

_FIRST = 0xE000
_PRIVATE = re.compile("[\ue000-\ue0ff]")


def block_bits(kind: int, count: int) -> int:
    """How many of the first bits of a document's number, without its kind, name its block."""
    bits = 0
    while count / 2**bits > _TOGETHER[kind]:
        bits += 1
    return bits


def block_name(number: int, bits: Mapping[int, int]) -> str:
    kind = number >> 20
    return f"{'qntw'[kind]}-{(number & 0xFFFFF) >> (20 - bits[kind]):x}.bin"


@cache
def card_parts() -> tuple[str, ...]:
    """What the template of a card writes between its values, the longest first; a root of the site comes last."""
    loader = environment().loader
    assert loader
    source, *_ = loader.get_source(environment(), "card.html")
    pieces = re.split(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", source, flags=re.DOTALL)
    found = {piece.strip("\n") for piece in pieces if len(piece.strip("\n")) > 5}
    return (*sorted(found, key=lambda piece: (-len(piece), piece))[:250], ROOT)


def encode_block(entries: Mapping[int, list[Any]]) -> bytes:
    """The file of a block: a line of JSON, each entry after the number of its document; then a line for the last
    text of each, which for quotations is their cards.
    """
    order = sorted(entries)
    head = json.dumps([[number, *entries[number][:-1]] for number in order], ensure_ascii=False, separators=(",", ":"))
    lines = (head, *(entries[number][-1] for number in order))
    return zlib.compress(_LINE.join(lines).encode("utf-8", "replace"), 6)


def decode_block(data: bytes) -> dict[int, list[Any]]:
    """The entries of a block by the numbers of their documents."""
    head, *texts = zlib.decompress(data).decode().split(_LINE)
    return {number: [*entry, text] for (number, *entry), text in zip(json.loads(head), texts, strict=True)}


_LINE = "\x01"


def join_cards(cards: list[str]) -> str:
    """Cards in one text, in which the parts that all cards have are single signs."""
    text = _PRIVATE.sub(lambda match: f"&#x{ord(match[0]):x};", "\0".join(cards).replace(_LINE, ""))
    for place, part in enumerate(card_parts()):
        text = text.replace(part, chr(_FIRST + place))
    return text
