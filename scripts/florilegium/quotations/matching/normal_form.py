"""The normalised form of a text, in which quotations are looked for, and the digest of words."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate, count
from operator import add

__all__ = [
    "DASHES",
    "LINE_HYPHEN",
    "LINE_SPACE",
    "NORMALISATION",
    "Normalised",
    "condensed",
    "normalise",
    "normalise_words",
    "words_digest",
]

NORMALISATION = 1
"""Version of the normalised form. The digests in `quotes.lock` rest on it: who changes the form counts up."""

LINE_HYPHEN = "\xad"
"""In a normalised original: a hyphen between letters at a line's end: the printer's or the word's own."""
LINE_SPACE = "\n"
"""In a normalised original: a line break that may or may not stand for a space."""
DASHES = frozenset("-–")
"""A hyphen and a dash. They count as equal, but a word may not be cut at a hyphen."""

_GLYPHS = {
    # White space is listed, not looked up: a later Unicode must not change a digest.
    " ": "\t\x1c\x1d\x1e\x1f\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))),
    "\n": "\r\x0b\x85\u2028\u2029",
    "": "\0\u200b\u2060\ufeff",
    "'": "‘’‚‛ʼ‹›",
    '"': "“”„‟«»",
    "-": "\u2010\u2011",
    "–": "\u2012\u2014\u2015\u2212",
    "...": "…",
}
_LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_REPLACED = (
    ("\r\n", "\n"),
    *((glyph, plain) for plain, glyphs in _GLYPHS.items() for glyph in glyphs),
    *_LIGATURES.items(),
)
_SOFT_HYPHEN = re.compile(r"(?<![^\W\d_])\xad|\xad(?! *[\n\f][ \n\f]*+[^\W\d_])")
_SPACES = (("  ", " "), (" \n", "\n"), ("\n ", "\n"), (" \f", "\f"), ("\f ", "\f"))
# One class first, which the engine finds quickly; what was found decides what may follow.
_RUNS = re.compile(
    r"[-–\xad/.\n\f](?:(?<=[-–])[-–]*[\n\f]*|(?<=[/\xad])[\n\f]*|(?<=[\n\f])[\n\f]*"
    r"|(?<=\.)(?:\.{2,}|(?:[ \n\f]\.){2,})[\n\f]*)"
)
_THIN = re.compile(f"[ {LINE_SPACE}{LINE_HYPHEN}–-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """A text in the form in which quotations are looked for."""

    text: str
    """With `LINE_HYPHEN` and `LINE_SPACE` for what the end of a line leaves open."""
    source: str = field(repr=False)
    """The text with its lines and pages as they were: form feeds stand between pages."""
    changes: Sequence[int] = field(repr=False)
    """Offsets into `text` from which it and `source` run side by side again, and, in step with them: …"""
    origins: Sequence[int] = field(repr=False)
    """… the offsets into `source` that belong to them."""
    dense: str = field(repr=False)
    """`text` without white space, hyphens and dashes, so that it does not matter which of them are open."""
    thin: Sequence[int] = field(repr=False)
    """The offset into `text` of each character that `dense` lacks, …"""
    shifts: Sequence[int] = field(repr=False)
    """… and the offset into `dense` at which it is missing."""

    def place(self, position: int) -> str:
        """Where an offset into `text` lies, in a reader's words: `page 3` in a PDF, else `line 31`."""
        index = bisect_right(self.changes, position) - 1
        offset = self.origins[index] + position - self.changes[index]
        name, break_ = ("page", "\f") if "\f" in self.source else ("line", "\n")
        return f"{name} {self.source.count(break_, 0, offset) + 1}"

    def spread(self, offset: int) -> int:
        """The offset into `text` of the character at an offset into `dense`."""
        return offset + bisect_right(self.shifts, offset)

    def condense(self, offset: int) -> int:
        """The offset into `dense` of the first character at or after an offset into `text`."""
        return offset - bisect_left(self.thin, offset)


def normalise(text: str) -> Normalised:
    """The normalised form of an original."""
    source = _replace_glyphs(text)
    normal, changes, origins = _replace_runs(source)
    pieces = _THIN.split(normal)
    shifts = list(accumulate(map(len, pieces)))[:-1]
    return Normalised(
        text=normal,
        source=source,
        changes=changes,
        origins=origins,
        dense="".join(pieces),
        thin=list(map(add, shifts, count())),
        shifts=shifts,
    )


def normalise_words(words: str) -> str:
    """The normalised form of a quotation's words. A line break in a note is always a space."""
    return _replace_runs(_replace_glyphs(re.sub(r"[\n\r\f\x0b\x85\u2028\u2029]", " ", words)))[0]


def words_digest(words: str) -> str:
    """SHA-256 of the normalised words, in hexadecimal; other line breaks and glyphs do not change it."""
    return sha256(normalise_words(words).replace("–", "-").encode("utf-8", "surrogatepass")).hexdigest()


def condensed(words: str) -> str:
    """Normalised words without white space, hyphens and dashes, as in `Normalised.dense`."""
    return _THIN.sub("", words)


def _replace_glyphs(text: str) -> str:
    is_ascii = text.isascii()
    for glyph, plain in _REPLACED:
        if not is_ascii or glyph.isascii():
            text = text.replace(glyph, plain)
    if not is_ascii:
        # Composed after the ligatures, whose last letter may carry an accent.
        text = unicodedata.normalize("NFC", text)
        text = _SOFT_HYPHEN.sub("", text) if "\xad" in text else text
    for spaces, space in _SPACES:
        while spaces in text:
            text = text.replace(spaces, space)
    return text


def _replace_runs(source: str) -> tuple[str, list[int], list[int]]:
    """The text with its runs replaced, and `Normalised.changes` and `Normalised.origins` for it."""
    start = len(source) - len(source.lstrip(" \n\f"))
    end = len(source.rstrip(" \n\f"))
    pieces: list[str] = []
    changes, origins = [0], [start]
    at, length = start, 0
    for match in _RUNS.finditer(source, start, end):
        piece = source[at : match.start()] + _run(match)
        pieces.append(piece)
        at = match.end()
        length += len(piece)
        changes.append(length)
        origins.append(at)
    pieces.append(source[at:end])
    return "".join(pieces), changes, origins


def _run(match: re.Match[str]) -> str:
    """What a run of dashes or full stops, a mark at a line's end, or a line break becomes."""
    mark = match[0].rstrip("\n\f")
    if not mark:
        return " "
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    plain = _plain(mark)
    if len(mark) == len(match[0]):
        return plain
    if plain in ("-", LINE_HYPHEN) and before.isalpha() and after.isalpha():
        # No printer hyphenates before a capital, unless all is in capitals.
        return LINE_HYPHEN if after.islower() or not before.islower() else "-" + LINE_SPACE
    return plain + (LINE_SPACE if before.strip(" \n\f") else " ")


def _plain(mark: str) -> str:
    if mark[0] == ".":
        return re.sub(r"\s", "", mark)
    return "–" if len(mark) > 1 else mark
