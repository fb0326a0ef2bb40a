"""How the words of a quotation changed: which stayed, which went, which came."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

_MOST_EDITS = 400
"""Words that may go and come in one quotation before it counts as another one."""
_LONGEST = 10_000
"""Words of a quotation that are compared one by one: the work grows with their square."""
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


def _align(old: list[str], new: list[str]) -> list[_Step] | None:
    """The fewest words that must go and come; None where these, or the words altogether, are too many."""
    # Loaded here: a comparison in which no quotation was reworded needs none of it.
    from rapidfuzz.distance import Indel

    if max(len(old), len(new)) > _LONGEST or Indel.distance(old, new, score_cutoff=_MOST_EDITS) > _MOST_EDITS:
        return None
    steps: list[_Step] = []
    for operation in Indel.opcodes(old, new):
        if operation.tag == "equal":
            steps += ((OnlyIn.BOTH, word) for word in old[operation.src_start : operation.src_end])
        else:
            steps += ((OnlyIn.BEFORE, word) for word in old[operation.src_start : operation.src_end])
            steps += ((OnlyIn.AFTER, word) for word in new[operation.dest_start : operation.dest_end])
    return steps


def _gathered(steps: Iterable[_Step]) -> Iterator[WordPiece]:
    """Runs of words of one kind; between two runs that stayed, what went stands before what came."""
    for same, group in groupby(steps, key=lambda step: step[0] is OnlyIn.BOTH):
        run = list(group)
        for only in (OnlyIn.BOTH,) if same else (OnlyIn.BEFORE, OnlyIn.AFTER):
            tokens = [token for side, token in run if side is only]
            if tokens:
                yield WordPiece(only, " ".join(tokens))
