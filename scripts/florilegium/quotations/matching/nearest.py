"""The passage of a text that is most like words that are not there, and how the two differ."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from .normal_form import LINE_HYPHEN, LINE_SPACE, Normalised, condensed

NEAREST_SCORE = 60.0
"""Share of characters, in per cent, that a passage must have in common with the words to be worth showing."""
NEAREST_CHARACTERS = 800
"""Of longer words, only the context of the first place that differs is compared."""
_CONTEXT = 40
_ALIKE = 50.0
"""Share of letters, in per cent, from which a word counts as a form or a misspelling of another."""


class Only(StrEnum):
    """Where a stretch of two compared texts stands."""

    BOTH = "both"
    QUOTE = "quote"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stretch of a comparison. Those in both and in the quote, put together, are the quotation's words."""

    only: Only
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The passage that is most like the words."""

    position: int
    """Offset into the normalised text."""
    passage: str
    differences: tuple[Difference, ...]


_TOKEN = re.compile(rf" ?(?:[.,–-]?\d+(?:[.,]\d+)*|[^\W\d]\w*(?:['{LINE_HYPHEN}-]\w+)*|\w+|[.!?]+|\S)")


def find_nearest(wanted: str, original: Normalised) -> Nearest | None:
    """The passage that shares most with normalised words; None where it is less than `NEAREST_SCORE`."""
    # Loaded here: checking a library needs none of it.
    from rapidfuzz.fuzz import partial_ratio_alignment

    words = _first_difference(wanted, original)
    text = original.text.replace(LINE_SPACE, " ")
    found = partial_ratio_alignment(words, text, score_cutoff=NEAREST_SCORE)
    if found is None:
        return None
    return _compare(words, text, found.dest_start, found.dest_end)


def _first_difference(wanted: str, original: Normalised) -> str:
    """The words, or of very long ones the context of the first place that differs."""
    if len(wanted) <= NEAREST_CHARACTERS:
        return wanted
    ends = [match.end() for match in _TOKEN.finditer(wanted)]
    agreed = bisect_left(ends, True, key=lambda end: condensed(wanted[:end]) not in original.dense)
    middle = ends[min(agreed, len(ends) - 1)]
    start = max(0, min(middle - NEAREST_CHARACTERS // 2, len(wanted) - NEAREST_CHARACTERS))
    end = start + NEAREST_CHARACTERS
    # From space to space, if there are any.
    left = wanted.find(" ", start, end) + 1 if start else 0
    right = wanted.rfind(" ", left, end) if end < len(wanted) else end
    return wanted[left or start : right if right > left else end]


def _compare(words: str, text: str, start: int, end: int) -> Nearest:
    """Compare words with what stands about `text[start:end]`, word by word."""
    # That window is as long as the words, so its ends are off by what the passage is longer or shorter.
    margin = len(words) // 10 + 20
    left = text.rfind(" ", 0, max(0, start - margin) + 1) + 1
    right = text.find(" ", end + margin)
    ours = [match[0] for match in _TOKEN.finditer(words)]
    theirs = list(_tokens(text, left, right if right >= 0 else len(text), words))
    steps = _align(ours, [token for token, _ in theirs])
    passage = [theirs[j] for _, j in steps if j is not None]
    return Nearest(
        position=passage[0][1] if passage else start,
        passage="".join(token for token, _ in passage).strip(),
        differences=_merged(_differences(ours, [token for token, _ in theirs], steps)),
    )


def _tokens(text: str, start: int, end: int, words: str) -> Iterator[tuple[str, int]]:
    """Words and marks of a stretch, each with the space before it, and where they begin.

    A hyphen at the end of a line is read as the quotation reads it.
    """
    for match in _TOKEN.finditer(text, start, end):
        at = match.end() - len(match[0].lstrip())
        readings = [match[0].replace(LINE_HYPHEN, hyphen) for hyphen in ("- ", "-")]
        read = next((r for r in readings if r.strip() in words), match[0].replace(LINE_HYPHEN, ""))
        yield from ((token[0], at) for token in _TOKEN.finditer(read))


_Step = tuple[int | None, int | None]
"""One token of ours against one of theirs; None where there is none."""


def _align(ours: Sequence[str], theirs: Sequence[str]) -> list[_Step]:
    """Set all of ours against the stretch of theirs that costs least; what stands around it is free.

    The method is Sellers' (1980), on words instead of letters.
    """
    from rapidfuzz.fuzz import ratio

    def replacing(i: int, j: int) -> int:
        if _is_same(ours, theirs, i, j):
            return 0
        marks = not (_has_letter(ours[i]) or _has_letter(theirs[j]))
        return 1 if marks or ratio(ours[i], theirs[j]) >= _ALIKE else 2

    costs = [[0] * (len(theirs) + 1)]
    for i in range(len(ours)):
        above, row = costs[-1], [2 * i + 2]
        for j in range(len(theirs)):
            row.append(min(above[j] + replacing(i, j), above[j + 1] + 2, row[j] + 2))
        costs.append(row)
    i, j = len(ours), costs[-1].index(min(costs[-1]))
    steps: list[_Step] = []
    while i:
        cost = costs[i][j]
        if j and cost == costs[i - 1][j - 1] + replacing(i - 1, j - 1):
            i, j = i - 1, j - 1
            steps.append((i, j))
        elif cost == costs[i - 1][j] + 2:
            i -= 1
            steps.append((i, None))
        else:
            j -= 1
            steps.append((None, j))
    return steps[::-1]


def _has_letter(token: str) -> bool:
    return any(map(str.isalnum, token))


def _differences(ours: Sequence[str], theirs: Sequence[str], steps: Iterable[_Step]) -> Iterator[Difference]:
    for same, group in groupby(steps, key=lambda step: _is_same(ours, theirs, *step)):
        pairs = list(group)
        mine = "".join(ours[i] for i, _ in pairs if i is not None)
        other = "".join(theirs[j] for _, j in pairs if j is not None)
        if same:
            yield Difference(only=Only.BOTH, text=mine)
            continue
        if pairs[0][0] == 0:
            other = other.removeprefix(" ")
        if mine.startswith(" ") and other.startswith(" "):
            yield Difference(only=Only.BOTH, text=" ")
            mine, other = mine[1:], other[1:]
        yield Difference(only=Only.QUOTE, text=mine)
        yield Difference(only=Only.ORIGINAL, text=other)


def _is_same(ours: Sequence[str], theirs: Sequence[str], i: int | None, j: int | None) -> bool:
    if i is None or j is None:
        return False
    mine, other = ours[i].replace("–", "-"), theirs[j].replace("–", "-")
    return mine == (other if i else other.strip())


def _merged(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Neighbours of one kind as one, empty ones left out."""
    return tuple(
        Difference(only=only, text="".join(d.text for d in group))
        for only, group in groupby((d for d in differences if d.text), key=lambda d: d.only)
    )


def render_difference(differences: Sequence[Difference]) -> str:
    """A comparison as one line: `forget the [-pains-]{+pain+} in my`, the marks of `git diff --word-diff`.

    Of what both hold, about 40 characters beside each difference are shown, and `…` for the rest.
    """
    pieces = []
    for index, difference in enumerate(differences):
        neighbours = {d.only for d in (*differences[index - 1 : index], *differences[index + 1 : index + 2])}
        if difference.only is Only.BOTH:
            first, last = index == 0, index == len(differences) - 1
            pieces.append(_shortened(difference.text, 0 if first else _CONTEXT, 0 if last else _CONTEXT))
        else:
            # A space alone beside the mark reads better; in a pair it may be what differs.
            pieces.append(_marked(difference, apart=neighbours <= {Only.BOTH}))
    return "".join(pieces)


def _marked(difference: Difference, *, apart: bool) -> str:
    start, end = ("[-", "-]") if difference.only is Only.QUOTE else ("{+", "+}")
    space = " " if apart and difference.text.startswith(" ") else ""
    return f"{space}{start}{difference.text[len(space) :]}{end}"


def _shortened(text: str, head: int, tail: int) -> str:
    """A text without its middle, cut between words; a whole one if it is no longer than head and tail."""
    if len(text) <= head + tail + 1:
        return text
    front = text[:head].rpartition(" ")[0] + " " if head else ""
    back = " " + text[len(text) - tail :].partition(" ")[2] if tail else ""
    return f"{front}…{back}"
