"""Finding the words of a quotation in a text: exactly, but for glyphs and white space; and how they differ.

What may differ, and nothing else:

- White space: any run is one space, with none at either end. Where a dash, an ellipsis or a slash ends a
  line of the original, the break may also stand for no space.
- Dashes and hyphens: one glyph, however long, `--` and `---` included.
- Quotation marks: single ones (the apostrophe is one) are one glyph, double ones another. Guillemets count
  among them, since in running text they are nothing else. Backticks, accents and primes do not.
- `...`, `. . .` and `…`: three full stops.
- A hyphen between two letters at the end of a line of the original: the printer's, or the word's own.
- Soft hyphens and other invisible characters; Unicode's composition (NFC).
- The ligatures U+FB00 to U+FB06, which PDFs hold: letters cut as one type, not another letter.

Letters, their case, digits and all other marks must agree.
"""

from dataclasses import dataclass
from enum import StrEnum

from .brackets import (
    AFFIX_LETTERS,
    BRACKET,
    BRACKETS,
    INSERTION_CHARACTERS,
    INSERTION_WORDS,
    OMISSION,
    OMISSION_CHARACTERS,
    PART_LETTERS,
    PART_WORDS,
    count_letters,
    hides,
    is_enough,
    parse_part,
    parse_parts,
)
from .brackets import Run as _Run
from .nearest import Difference, Nearest, Only, find_nearest, render_difference
from .normal_form import NORMALISATION, Normalised, normalise, normalise_words, words_digest
from .passages import Places, Search

__all__ = [
    "AFFIX_LETTERS",
    "BRACKETS",
    "INSERTION_CHARACTERS",
    "INSERTION_WORDS",
    "NORMALISATION",
    "OMISSION_CHARACTERS",
    "PART_LETTERS",
    "PART_WORDS",
    "Difference",
    "Found",
    "Missed",
    "Nearest",
    "Normalised",
    "Only",
    "Reason",
    "find_words",
    "normalise",
    "normalise_words",
    "render_difference",
    "words_digest",
]


class Reason(StrEnum):
    """Why words were not found."""

    EMPTY = "empty"
    """There is no letter outside brackets."""
    TOO_SHORT = "too-short"
    """A part beside a bracket is too short to mean anything."""
    TOO_MANY = "too-many"
    """There are more brackets than a quotation has."""
    ABSENT = "absent"
    """The words, or those of one part, are not there."""
    APART = "apart"
    """Every part is there, but not in this order, or not near the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the words stand: offsets into the normalised text, in code points."""

    position: int
    end: int
    parts: Places
    """Start and end of each run of words between brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The words do not stand in the text."""

    reason: Reason
    part: str = ""
    """What is not there or too short: the words, or those between two omissions; normalised."""
    nearest: Nearest | None = None


def find_words(words: str, original: Normalised) -> Found | Missed:
    """Find a quotation's words, at the first of the places where they stand.

    A match begins and ends where a word does. Square brackets are the note-taker's:

    - `[…]` stands for up to `OMISSION_CHARACTERS` of the original, `[sic]` for nothing;
    - `[T]he` and `talk[ed]` stand for up to `AFFIX_LETTERS` of their word;
    - every other one stands for up to `INSERTION_CHARACTERS` and `INSERTION_WORDS`, or for nothing;
    - at either end of the words, one that is not part of a word stands for nothing.

    Three rules keep brackets from doing the quoting. Each part between omissions (and all the words, where
    another bracket stands for something) holds `PART_LETTERS` letters and `PART_WORDS` words outside them.
    A part's brackets stand for no more letters than it has itself. There are at most `BRACKETS` of them.
    Brackets of the original itself are found as they are.
    """
    wanted = normalise_words(words)
    if not count_letters(BRACKET.sub("", wanted)):
        return Missed(reason=Reason.EMPTY, part=wanted)
    places = Search(original, [_Run(text=wanted)], []).places()
    if places is not None:
        return _found(places)
    return _find_bracketed(wanted, original) if BRACKET.search(wanted) else _absent(wanted, original)


def _find_bracketed(wanted: str, original: Normalised) -> Found | Missed:
    if len(BRACKET.findall(wanted)) > BRACKETS:
        return Missed(reason=Reason.TOO_MANY, part=wanted)
    parts = [part for part in map(str.strip, OMISSION.split(wanted)) if part]
    runs, gaps = parse_parts(parts)
    weak = [part for part in parts if not is_enough(part)]
    if weak and hides(runs, gaps):
        return Missed(reason=Reason.TOO_SHORT, part=weak[0])
    places = Search(original, runs, gaps).places()
    return _found(places) if places is not None else _missing_part(parts, original)


def _missing_part(parts: list[str], original: Normalised) -> Missed:
    for part in parts:
        if Search(original, *parse_part(part)).places() is None:
            return _absent(part, original)
    return Missed(reason=Reason.APART, part=parts[0])


def _found(places: Places) -> Found:
    return Found(position=places[0][0], end=places[-1][1], parts=places)


def _absent(part: str, original: Normalised) -> Missed:
    return Missed(reason=Reason.ABSENT, part=part, nearest=find_nearest(part, original))
