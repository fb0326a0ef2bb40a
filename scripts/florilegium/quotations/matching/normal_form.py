"""The normalised form of a text, in which quotations are looked for, and the digest of words."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate, count
from operator import add

NORMALISATION = 1
"""Version of the form of words whose digests `quotes.lock` holds: who changes that form counts up."""
MATCHING = 3
"""Version of the comparison, which `quotes.lock` names beside each entry: who changes what passes counts up."""

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
_HAN = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
"""Letters and marks of Chinese and Japanese, between which white space is nothing."""
_HAN_SPACE = re.compile(rf"(?<=[{_HAN}]) +(?=[{_HAN}])|(?<=[{_HAN}][,.;:!?)\]}}'\"]) +(?=[{_HAN}])")
_HAN_BREAK = re.compile(rf"[{_HAN}][,.;:!?)\]}}'\"]?\Z")
_HAN_LETTER = re.compile(f"[{_HAN}]")
_WIDE = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code).isalnum()},
    **dict(zip(map(ord, "｡｢｣､"), "。「」、", strict=True)),
}
"""Full-width punctuation and its narrow form."""
_SPACED_DASH = re.compile(
    r" (?:–|-{1,3}) (?! |\d)|(?<=\d) (?:–|-{1,3}) (?=\d)| (?:–|-{1,3})(?=[\n\f]++(?!\d)|\Z)"
    r"|(?<=[\n\f])(?:–|-{2,3}) (?!\d)|\A(?:–|-{1,3}) (?!\d)"
)
"""A dash between spaces, or between a space and the end of a line: the same dash as one without them."""
_DOTS = re.compile(r"\.(?:[ \n]?\.){3,}")
"""A full stop and an ellipsis, however many dots: an ellipsis."""
_RAISED = {
    code: (0x2212 if plain == "−" else ord(plain))
    for code in [0xB2, 0xB3, 0xB9, *range(0x2070, 0x20A0), *range(0x1D2C, 0x1D6B), *range(0x1D78, 0x1DC0)]
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain != chr(code)
}
"""Raised and lowered signs, and what they are on the line."""
_SOFT_HYPHEN = re.compile(r"(?<![^\W\d_])\xad|\xad(?! *[\n\f][ \n\f]*+[^\W\d_])")
_SPACES = (("  ", " "), (" \n", "\n"), ("\n ", "\n"), (" \f", "\f"), ("\f ", "\f"))
# One class first, which the engine finds quickly; what was found decides what may follow.
_RUNS = re.compile(
    r"[-–\xad\u2010/.\n\f](?:(?<=[-–])[-–]*[\n\f]*|(?<=[/\xad\u2010])[\n\f]*|(?<=[\n\f])[\n\f]*"
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

    def paragraph_breaks(self, start: int, end: int) -> list[int]:
        """The offsets into `text`, from `start` to `end`, at which a new paragraph of the original begins."""
        first = max(0, bisect_left(self.changes, start) - 1)
        found = []
        for index in range(max(1, first), len(self.changes)):
            if self.changes[index] > end:
                break
            # What was replaced lies before the place from which text and source run side by side again.
            stretch = self.source[max(0, self.origins[index] - 8) : self.origins[index]]
            if self.changes[index] > start and stretch[len(stretch.rstrip("\n\f ")) :].count("\n") > 1:
                found.append(self.changes[index])
        return found

    def spread(self, offset: int) -> int:
        """The offset into `text` of the character at an offset into `dense`."""
        return offset + bisect_right(self.shifts, offset)

    def condense(self, offset: int) -> int:
        """The offset into `dense` of the first character at or after an offset into `text`."""
        return offset - bisect_left(self.thin, offset)


_BROKEN = re.compile(r"([^\W\d_]+)-(?=[\n\f]+([^\W\d_]+))")
_BROKEN_PAIR = re.compile(r"[^\W\d_]+-[\n\f]+[^\W\d_]+")
_SOLID = frozenset(
    "after counter down fore hyper hypo inter mis multi out over pre re semi sub super trans under up".split()
)
"""Beginnings that mostly join what follows without a hyphen."""
_OPEN = frozenset(
    "all cross ex half ill long low high short self well one two three four five six seven eight nine ten many few"
    " single double so much far near broad narrow".split()
)
"""Beginnings of compounds that keep their hyphen."""
_KEPT = "\u2010"
"""Stands at a line's end for a hyphen that is the word's own."""


def _mark_compounds(source: str) -> str:
    """Tell the hyphens of compounds at the ends of lines from the printer's, by the words of the text itself.

    `three-` and `legged` is a compound; `con-` and `fess` is not, since no word of the text is `con`.
    """
    if "-\n" not in source and "-\f" not in source:
        return source
    whole = _BROKEN_PAIR.sub(" ", source.casefold())
    words = frozenset(re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*", whole))

    def mark(match: re.Match[str]) -> str:
        left, right = match[1].casefold(), match[2].casefold()
        if left + right in words:
            return match[0]
        is_compound = (
            f"{left}-{right}" in words or left in _OPEN or (len(left) > 3 and left in words and right in words)
        )
        return f"{match[1]}{_KEPT}" if is_compound and left not in _SOLID else match[0]

    return _BROKEN.sub(mark, source)


def normal_form(text: str) -> Normalised:
    """The normalised form of an original."""
    source = _mark_compounds(_comparable(_replace_glyphs(text)))
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
    return _replace_runs(_comparable(_replace_glyphs(_BREAKS.sub(" ", words))))[0]


_BREAKS = re.compile(r"[\n\r\f\x0b\x85\u2028\u2029]")


def words_digest(words: str) -> str:
    """SHA-256 of the words, in hexadecimal; other line breaks and glyphs do not change it.

    What it is made of is fixed by `NORMALISATION`: the comparison may learn to pass more, the digests stay.
    """
    form = _replace_runs(_replace_glyphs(_BREAKS.sub(" ", words)))[0]
    return sha256(form.replace("–", "-").encode("utf-8", "surrogatepass")).hexdigest()


def flattened(words: str) -> str:
    """The words with their raised and lowered signs on the line: `10⁶` becomes `106`."""
    return words.translate(_RAISED)


def _comparable(text: str) -> str:
    """A text whose spaces round dashes, and between letters of Chinese and Japanese, are gone."""
    text = _DOTS.sub(lambda match: "..." + "\n" * match[0].count("\n"), text) if ".." in text or ". ." in text else text
    text = _SPACED_DASH.sub("–", text) if " –" in text or " -" in text or "– " in text or "-- " in text else text
    if text.isascii() or not _HAN_LETTER.search(text):
        return text
    return _HAN_SPACE.sub("", text.translate(_WIDE))


def condensed(words: str) -> str:
    """Normalised words without white space, hyphens and dashes, as in `Normalised.dense`."""
    return _THIN.sub("", words)


def end_of(run: str, text: str, at: int) -> int | None:
    """Where a run of words that begins at an offset ends, or None if something else stands there."""
    if text.startswith(run, at):
        return at + len(run)
    done = 0
    while done < len(run):
        here, wanted = text[at : at + 1], run[done]
        if here == wanted or (here in DASHES and wanted in DASHES):
            done += 1
        elif here == LINE_HYPHEN:
            done += _hyphen_length(run, done)
        elif here == LINE_SPACE:
            done += wanted == " "
        else:
            return None
        at += 1
    return at


def _hyphen_length(run: str, at: int) -> int:
    """How much of the words a hyphen at a line's end is: nothing, `-`, or the `- ` of `pre- and post-`."""
    if run[at] not in DASHES:
        return 0
    return 2 if run.startswith(" ", at + 1) else 1


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
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if not mark:
        if (after == "–" or text.startswith("--", end)) and not text[end + 1 : end + 2].isdigit():
            return LINE_SPACE  # A break before a dash; before a number it is a minus, which keeps its space.
        is_within = after > "\u2e7f" and _HAN_LETTER.match(after) and _HAN_BREAK.search(text[max(0, start - 2) : start])
        return "" if is_within else " "
    plain = "-" if mark == _KEPT else _plain(mark)
    if len(mark) == len(match[0]):
        return plain
    if mark != _KEPT and plain in ("-", LINE_HYPHEN) and before.isalpha() and after.isalpha():
        # No printer hyphenates before a capital, unless all is in capitals.
        return LINE_HYPHEN if after.islower() or not before.islower() else "-" + LINE_SPACE
    is_open = before.strip(" \n\f") or (plain == "–" and not after.isdigit())
    return plain + (LINE_SPACE if is_open else " ")


def _plain(mark: str) -> str:
    if mark[0] == ".":
        return re.sub(r"\s", "", mark)
    return "–" if len(mark) > 1 else mark
