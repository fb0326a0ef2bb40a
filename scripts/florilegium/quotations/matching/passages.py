"""The search for a quotation's runs of words in a normalised text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .brackets import UNSPACED, Gap, WordRun, agrees
from .normal_form import LINE_HYPHEN, LINE_SPACE, Normalised, condensed, end_of

_STEPS = 200_000
"""Places that one search tries, so that no quotation, however made, keeps it busy for long."""

_INSIDE = re.compile(
    # The place in question is marked by NUL.
    rf"[^\W{UNSPACED}]\0[^\W{UNSPACED}]"
    r"|\w\0['-]\w|\w['-]\0\w"  # can|'t, non-|addictive
    r"|\d\0[.,]\d|(?:^|[^.])[.,]\0\d|(?:^|\W)[-–]\0\d"  # 3|.5, .|5, −|5; but not 195–|206
    r"|[.!?]\0[.!?]"  # pain.|..: a full stop is no ellipsis
    rf"|{LINE_HYPHEN}\0|\0{LINE_HYPHEN}"
)


def is_inside(text: str, at: int) -> bool:
    """Whether an offset cuts a word, a number, an ellipsis: no quotation may begin or end there."""
    around = f"{text[max(0, at - 4) : at]}\0{text[at : at + 4]}".replace(LINE_SPACE, "")
    if not around.isascii():
        # An accent that has no composed form belongs to its letter.
        around = "".join("a" if unicodedata.category(c).startswith("M") else c for c in around)
    return _INSIDE.search(around) is not None


def _occurrences(run: str, original: Normalised, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where a run of words stands whose start lies in `start..stop`, both ends included, in order."""
    dense = condensed(run)
    if not dense:
        return
    lead = run.index(dense[0])
    limit = original.condense(stop + lead + 2) + len(dense)
    at = original.dense.find(dense, original.condense(start), limit)
    while at >= 0:
        first = original.spread(at)
        # Before the first letter stands a dash, perhaps with a space that a line break leaves open.
        for begin in range(max(start, first - lead - 1) if lead else first, min(first, stop) + 1):
            end = end_of(run, original.text, begin)
            if end is not None:
                yield begin, end
                break
        at = original.dense.find(dense, at + 1, limit)


class Fit(NamedTuple):
    """Where a run of words stands, as offsets into the normalised text."""

    first: int
    """Where its first word begins, letters that a bracket stands for included."""
    begin: int
    """Where the run itself begins."""
    end: int
    last: int


class Search:
    """One search for runs in their order. Where a later run does not fit, it goes back."""

    def __init__(self, original: Normalised, runs: Sequence[WordRun], gaps: Sequence[Gap]) -> None:
        self.original = original
        self.runs = runs
        self.gaps = gaps
        self.dead: set[tuple[int, int, int]] = set()
        self.steps = 0

    def fits(self, start: int = 0) -> tuple[Fit, ...] | None:
        """The first places where all runs fit, from an offset on."""
        if any(condensed(run.text) not in self.original.dense for run in self.runs):
            return None
        return self._from(0, start, len(self.original.text), 0)

    def _from(self, index: int, start: int, stop: int, budget: int) -> tuple[Fit, ...] | None:
        """The places of a run, which begins from `start` to `stop`, and of those behind it."""
        if index == len(self.runs):
            return ()
        state = (index, start, budget)
        if state in self.dead:
            return None
        run = self.runs[index]
        for begin, end in _occurrences(run.text, self.original, start, stop + run.lead):
            placed = self._fit(index, start, begin, end, run.budget or budget)
            if placed is not None:
                return placed
            self.steps += 1
            if self.steps > _STEPS:
                return None
        self.dead.add(state)
        return None

    def _fit(self, index: int, start: int, begin: int, end: int, budget: int) -> tuple[Fit, ...] | None:
        """Put one run at a place, and those behind it where they fit."""
        run, text = self.runs[index], self.original.text
        first = self._word_end(begin, -1, run.lead) if run.opens else begin
        last = self._word_end(end, 1, run.tail) if run.closes else end
        if first is None or last is None or first < start or not agrees(run, text, first, last):
            return None
        budget -= begin - first + last - end
        if index:
            gap, between = self.gaps[index - 1], text[start:first]
            hidden = gap.hidden(between)
            if hidden is None:
                return None
            budget -= gap.letters(hidden)
        reach = self.gaps[index].reach if index < len(self.gaps) else 0
        rest = self._from(index + 1, last, last + reach, budget) if budget >= 0 else None
        return None if rest is None else (Fit(first, begin, end, last), *rest)

    def _word_end(self, at: int, step: int, letters: int) -> int | None:
        """The word's end that is reached from an offset by at most so many letters."""
        text = self.original.text
        for _ in range(letters + 1):
            if not is_inside(text, at):
                return at
            if not text[min(at, at + step)].isalpha():
                return None
            at += step
        return None
