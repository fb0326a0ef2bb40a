"""How the words of a quotation changed: which stayed, which went, which came."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

_MOST_EDITS = 400
"""Words that may go and come in one quotation before it counts as another one: the work grows with their number."""
_LIKE = 3
"""Where less than one word in so many stayed, two texts are shown apart: mixed, nobody could read them."""


class OnlyIn(StrEnum):
    """On which side words stand."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


class WordPiece(NamedTuple):
    """A run of words, with single spaces between them; so there is between two pieces."""

    only: OnlyIn
    text: str


class WordCount(NamedTuple):
    """How much of a text changed. Where all counts are 0 and `reordered` is false, only white space may have."""

    added: int = 0
    removed: int = 0
    reordered: bool = False
    """The same words stand in another order."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.reordered)


def count_changed_words(before: str, after: str) -> WordCount:
    """How many words a text lost and gained, whatever their place; white space and line breaks do not count."""
    old, new = before.split(), after.split()
    if old == new:
        return WordCount()
    lost, gained = Counter(old) - Counter(new), Counter(new) - Counter(old)
    return WordCount(gained.total(), lost.total(), reordered=not (lost or gained))


def compare_words(before: str, after: str) -> tuple[WordPiece, ...]:
    """The words of both texts as pieces in reading order; nothing where they differ by white space alone."""
    old, new = before.split(), after.split()
    if old == new:
        return ()
    steps = _align(old, new)
    if steps is None or sum(only is OnlyIn.BOTH for only, _ in steps) * _LIKE < min(len(old), len(new)):
        steps = [*((OnlyIn.BEFORE, token) for token in old), *((OnlyIn.AFTER, token) for token in new)]
    return tuple(_gathered(steps))


_Step = tuple[OnlyIn, str]


def _align(old: Sequence[str], new: Sequence[str]) -> list[_Step] | None:
    """The fewest words that must go and come, by Myers' greedy method (1986); None where they are too many."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = _shortest(old[start : len(old) - end], new[start : len(new) - end])
    if middle is None:
        return None
    head = [(OnlyIn.BOTH, token) for token in old[:start]]
    tail = [(OnlyIn.BOTH, token) for token in old[len(old) - end :]]
    return [*head, *middle, *tail]


def _shortest(old: Sequence[str], new: Sequence[str]) -> list[_Step] | None:
    reached, trace = {1: 0}, []
    for edits in range(min(len(old) + len(new), _MOST_EDITS) + 1):
        trace.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1)
            )
            x = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            while x < len(old) and 0 <= x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reached[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return _walk_back(old, new, trace)
    return None


def _walk_back(old: Sequence[str], new: Sequence[str], trace: Sequence[dict[int, int]]) -> list[_Step]:
    steps: list[_Step] = []
    x, y = len(old), len(new)
    for edits in range(len(trace) - 1, -1, -1):
        reached, diagonal = trace[edits], x - y
        down = diagonal == -edits or (
            diagonal != edits and reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1)
        )
        above = diagonal + 1 if down else diagonal - 1
        from_x = reached[above] if edits else 0
        from_y = from_x - above if edits else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            steps.append((OnlyIn.BOTH, old[x]))
        if edits and down:
            y -= 1
            steps.append((OnlyIn.AFTER, new[y]))
        elif edits:
            x -= 1
            steps.append((OnlyIn.BEFORE, old[x]))
    return steps[::-1]


def _gathered(steps: Iterable[_Step]) -> Iterator[WordPiece]:
    """Runs of words of one kind; between two runs that stayed, what went stands before what came."""
    for same, group in groupby(steps, key=lambda step: step[0] is OnlyIn.BOTH):
        run = list(group)
        for only in (OnlyIn.BOTH,) if same else (OnlyIn.BEFORE, OnlyIn.AFTER):
            tokens = [token for side, token in run if side is only]
            if tokens:
                yield WordPiece(only, " ".join(tokens))
