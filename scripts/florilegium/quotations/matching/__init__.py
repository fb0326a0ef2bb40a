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

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .brackets import (
    BRACKET,
    BRACKETS,
    INSERTED_WORDS,
    INSERTION_WORDS,
    OMISSION,
    Bracket,
    Gap,
    GapKind,
    WordRun,
    count_letters,
    count_part_words,
    hides_words,
    is_enough,
    parse_part,
    parse_parts,
    without_literals,
)
from .nearest import Nearest, find_nearest
from .normal_form import Normalised, normalise_words
from .passages import Fit, Search
from .sentences import plain_passage


class Reason(StrEnum):
    """Why words were not found."""

    EMPTY = "empty"
    """There is no letter outside brackets."""
    TOO_SHORT = "too-short"
    """A part beside a bracket is too short to mean anything."""
    TOO_MANY = "too-many"
    """There are more brackets than a quotation has."""
    EMPTY_BRACKET = "empty-bracket"
    """A bracket holds nothing."""
    LONG_BRACKET = "long-bracket"
    """A bracket holds more than an insertion may."""
    ABSENT = "absent"
    """The words, or those of one part, are not there."""
    APART = "apart"
    """Every part is there, but not in this order, or not near the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where the words stand: offsets into the normalised text, in code points."""

    position: int
    end: int
    parts: tuple[tuple[int, int], ...]
    """Start and end of each run of words between brackets."""
    brackets: tuple[Bracket, ...] = ()
    """What each bracket stands for; those that the original prints are among them."""
    others: tuple[int, ...] = ()
    """Where the words stand besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The words do not stand in the text."""

    reason: Reason = Reason.ABSENT
    part: str = ""
    """What is not there or too short: the words, or those between two omissions; normalised."""
    nearest: Nearest | None = None


def find_words(words: str, original: Normalised, *, nearest: bool = True, start: int = 0) -> Match | Missed:
    """Find a quotation's words, at the first of the places where they stand, from the offset `start` on.

    Of words that are missed, the nearest passage is looked for unless `nearest` is false.

    A match begins and ends where a word does. Square brackets are the note-taker's:

    - `[…]` stands for up to `OMISSION_CHARACTERS` of the original, `[sic]` for nothing;
    - `[T]he` and `talk[ed]` stand for up to `AFFIX_LETTERS` of their word;
    - every other one stands for up to `INSERTION_CHARACTERS` and `INSERTION_WORDS`, or for nothing;
    - at either end of the words, one that is not part of a word stands for nothing;
    - none but an omission stands for anything that the original has in brackets: those are compared letter by
      letter, before a bracket is taken for the note-taker's.

    Four rules keep brackets from doing the quoting. Each part between omissions (and all the words, where
    another bracket stands for something) holds `PART_LETTERS` letters and `PART_WORDS` words outside them.
    A part's brackets stand for no more letters than it has itself. There are at most `BRACKETS` of them.
    An insertion holds at most `INSERTED_WORDS` words more than it stands for.
    """
    wanted = normalise_words(words)
    if not count_letters(BRACKET.sub("", wanted)):
        return Missed(reason=Reason.EMPTY, part=wanted)
    search = Search(original, [WordRun(text=wanted)], [])
    fits = search.fits(start)
    if fits is None and wanted.endswith("–"):
        fits = _before_dash(wanted[:-1].rstrip(), original)
    if fits is None:
        found = _find_bracketed(wanted, original, start) if BRACKET.search(wanted) else Missed(part=wanted)
        if nearest and isinstance(found, Missed) and found.reason is Reason.ABSENT:
            return replace(found, nearest=find_nearest(found.part, original))
        return found
    literal = tuple(
        Bracket(match[1], "", GapKind.INSERTION, fits[0].first, fits[0].last, literal=True)
        for match in BRACKET.finditer(wanted)
    )
    return _found(fits, literal, _others(search, fits[0].last))


def find_brackets(words: str) -> list[str]:
    """What the square brackets of a quotation hold, in their order."""
    return BRACKET.findall(words) if "[" in words else []


def _before_dash(wanted: str, original: Normalised) -> tuple[Fit, ...] | None:
    """Where words stand before a dash: whether it has spaces, words that end with it do not show."""
    search = Search(original, [WordRun(text=wanted)], [])
    fits = search.fits()
    for _ in range(MOST_PLACES):
        dash = re.compile(r"\s?[-–]").match(original.text, fits[0].last) if fits else None
        if fits is None or dash:
            return (fits[0]._replace(last=dash.end()),) if fits and dash else None
        fits = search.fits(fits[0].last)
    return None


def _others(search: Search, at: int) -> tuple[int, ...]:
    found: list[int] = []
    while len(found) < MOST_PLACES:
        fits = search.fits(at)
        if fits is None:
            break
        found.append(fits[0].first)
        at = fits[0].last
    return tuple(found)


MOST_PLACES = 20
"""Places of words that stand more than once: more of them tell nothing."""


def _find_bracketed(wanted: str, original: Normalised, start: int) -> Match | Missed:
    contents = BRACKET.findall(wanted)
    if len(contents) > BRACKETS:
        return Missed(reason=Reason.TOO_MANY, part=wanted)
    if not all(content.strip() for content in contents):
        return Missed(reason=Reason.EMPTY_BRACKET, part=wanted)
    parts = [part for part in map(str.strip, OMISSION.split(wanted)) if part]
    runs, gaps = parse_parts(parts)
    weak = [part for part in parts if not (is_enough(part) or _stands_literally(part, original))]
    if weak and hides_words(runs, gaps):
        return Missed(reason=Reason.TOO_SHORT, part=weak[0])
    search = Search(original, runs, gaps)
    fits = search.fits(start)
    if fits is not None:
        return _found(fits, tuple(_uses(runs, gaps, fits, original.text)), _others(search, fits[-1].last))
    long = next((content for content in contents if count_part_words(content) > INSERTED_WORDS), "")
    widest = max(contents, key=count_part_words)
    if count_part_words(widest) > INSERTION_WORDS + INSERTED_WORDS and f"[{widest}]" not in original.text:
        return Missed(reason=Reason.LONG_BRACKET, part=f"[{widest}]")
    shorter = [" ".join(part.replace(f"[{long}]", "").split()) for part in parts]
    if long and Search(original, *parse_parts(shorter)).fits():
        return Missed(reason=Reason.LONG_BRACKET, part=f"[{long}]")
    return _missing_part(parts, original)


def _stands_literally(part: str, original: Normalised) -> bool:
    """Whether the original prints a part with its brackets, which then are words like any others."""
    bare = part.replace("[", "").replace("]", "")
    return is_enough(bare) and Search(original, [WordRun(text=part)], []).fits() is not None


def _uses(runs: Sequence[WordRun], gaps: Sequence[Gap], fits: Sequence[Fit], text: str) -> Iterator[Bracket]:
    """What each bracket stands for, in the order of the text."""
    for index, (run, fit) in enumerate(zip(runs, fits, strict=True)):
        gap = gaps[index - 1] if index else None
        before = gap.contents if gap else run.before
        if run.lead and before:
            yield Bracket(before[-1], text[fit.first : fit.begin], GapKind.NOTHING, fit.first, fit.begin, leads=True)
        elif not index or (gap and gap.kind is GapKind.OMISSION):
            yield from (Bracket(content, "", GapKind.INSERTION, fit.first, fit.first) for content in run.before)
        if index + 1 < len(runs):
            yield from _gap_uses(run, runs[index + 1], gaps[index], fit, fits[index + 1], text)
        else:
            yield from _last_uses(run, fit, text)


def _gap_uses(run: WordRun, following: WordRun, gap: Gap, fit: Fit, after: Fit, text: str) -> Iterator[Bracket]:
    start, end = fit.last, after.first
    hidden = text[start:end]
    if gap.kind is GapKind.OMISSION:
        yield from _last_uses(run, fit, text)
        yield Bracket("…", plain_passage(hidden), GapKind.OMISSION, start, end)
        return
    rest, written = without_literals(gap.contents, hidden) or (hidden, list(gap.contents))
    yield from (Bracket(c, "", gap.kind, start, end, literal=True) for c in gap.contents if c not in written)
    if gap.kind is GapKind.NOTHING and run.tail and written:
        yield Bracket(written[0], text[fit.end : fit.last], GapKind.NOTHING, fit.end, fit.last)
    elif written and gap.kind is not GapKind.NOTHING and not (gap.kind is GapKind.SIC or following.lead):
        yield Bracket(" ".join(written), plain_passage(rest), gap.kind, start, end)


def _last_uses(run: WordRun, fit: Fit, text: str) -> Iterator[Bracket]:
    if run.tail and run.after:
        yield Bracket(run.after[0], text[fit.end : fit.last], GapKind.NOTHING, fit.end, fit.last)
    else:
        yield from (Bracket(content, "", GapKind.INSERTION, fit.last, fit.last) for content in run.after)


def _missing_part(parts: list[str], original: Normalised) -> Missed:
    for part in parts:
        if Search(original, *parse_part(part)).fits() is None:
            return Missed(part=part)
    return Missed(reason=Reason.APART, part=parts[0])


def _found(fits: Sequence[Fit], brackets: tuple[Bracket, ...], others: tuple[int, ...]) -> Match:
    places = tuple((fit.first, fit.last) for fit in fits)
    return Match(position=places[0][0], end=places[-1][1], parts=places, brackets=brackets, others=others)
