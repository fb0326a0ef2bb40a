"""A quotation's words cut at the note-taker's square brackets, and what each bracket may stand for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from .normal_form import LINE_SPACE

__all__ = [
    "AFFIX_LETTERS",
    "BRACKET",
    "BRACKETS",
    "INSERTION_CHARACTERS",
    "INSERTION_WORDS",
    "OMISSION",
    "OMISSION_CHARACTERS",
    "PART_LETTERS",
    "PART_WORDS",
    "UNSPACED",
    "Gap",
    "Kind",
    "Run",
    "count_letters",
    "hides",
    "is_enough",
    "parse_part",
    "parse_parts",
]

OMISSION_CHARACTERS = 2_000
"""How much `[…]` may stand for: about a printed page. Words farther apart than that are two quotations."""
INSERTION_CHARACTERS = 60
"""How much an insertion such as `[she]` may stand for: a name with its title, a short clause."""
INSERTION_WORDS = 6
"""The same in words; both bounds hold."""
AFFIX_LETTERS = 4
"""How much a bracket within a word may stand for: an ending such as -ing, -ed, -ies, -tion."""
PART_LETTERS = 10
"""Letters and digits that each part of a quotation with brackets must hold outside them."""
PART_WORDS = 2
"""Words that it must hold, besides."""
BRACKETS = 100
"""Brackets in one quotation: more of them is no quotation any more, and would take long to place."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no space between words, so that no end of a word can be told: Thai to Khmer, Han, kana."""

BRACKET = re.compile(r"\[([^\[\]]*)\]")
OMISSION = re.compile(r"\[ ?\.{3,} ?\]")


class Kind(Enum):
    """What stands between two runs of words."""

    NOTHING = 0
    SIC = 1
    WITHIN_WORD = 2
    INSERTION = 3
    OMISSION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the note-taker put between two runs of words, and how much of the original it may stand for."""

    kind: Kind
    reach: int
    """How many characters it may stand for."""
    spaced: bool = False
    """Where it stands for nothing: whether there is a space."""

    def allows(self, text: str) -> bool:
        """Whether it may stand for a stretch of the original."""
        bare = text.replace(LINE_SPACE, " ").strip()
        if self.kind in (Kind.NOTHING, Kind.SIC):
            # The author's own `[sic]` is allowed too.
            return text in (" " * self.spaced, LINE_SPACE) or (self.kind is Kind.SIC and bare == "[sic]")
        if self.kind is Kind.WITHIN_WORD:
            return not text or text.isalpha()
        return self.kind is Kind.OMISSION or len(bare.split()) <= INSERTION_WORDS

    def hidden(self, text: str) -> int:
        """Letters that count against what brackets may hide."""
        return count_letters(text) if self.kind in (Kind.WITHIN_WORD, Kind.INSERTION) else 0


@dataclass(slots=True, kw_only=True)
class Run:
    """A run of words between brackets."""

    text: str
    lead: int = 0
    """Letters of the original that a bracket glued to its beginning may stand for: `[T]he`."""
    tail: int = 0
    """The same for its end: `talk[ed]`."""
    opens: bool = True
    """Whether it must begin where a word begins: not so in `[Dana]'s`."""
    closes: bool = True
    budget: int = 0
    """For the first run of a part: the letters that the part's brackets may stand for: as many as it has."""


def count_letters(text: str) -> int:
    """Letters and digits."""
    return sum(map(str.isalnum, text))


def _count_words(text: str) -> int:
    return len(re.findall(rf"[{UNSPACED}]|[^\W{UNSPACED}]+", text))


def hides(runs: Sequence[Run], gaps: Sequence[Gap]) -> bool:
    """Whether brackets stand for anything of the original: `[sic]` and brackets at either end do not."""
    return any(run.lead or run.tail for run in runs) or any(gap.kind is not Kind.SIC for gap in gaps)


def is_enough(part: str) -> bool:
    """Whether a part holds enough outside brackets that finding it means something."""
    outside = BRACKET.sub(" ", part)
    return count_letters(outside) >= PART_LETTERS and _count_words(outside) >= PART_WORDS


def parse_part(part: str) -> tuple[list[Run], list[Gap]]:
    """Cut a part (what stands between omissions) at its brackets: one gap fewer than runs."""
    runs, gaps = [Run(text="")], list[Gap]()
    pieces = BRACKET.split(part)
    runs[0].text = pieces[0]
    for content, text in zip(pieces[1::2], pieces[2::2], strict=True):
        following = Run(text=text)
        gap = _parse_bracket(content, runs[-1], following)
        if not runs[-1].text.strip(" "):
            # Brackets side by side, or one at the very beginning: the widest counts.
            runs[-1] = following
            gaps[-1:] = [max(gaps[-1], gap, key=lambda g: g.kind.value)] if gaps else []
        else:
            runs.append(following)
            gaps.append(gap)
    if len(runs) > 1 and not runs[-1].text.strip(" "):
        runs.pop()
        gaps.pop()
    for run in runs:
        run.text = run.text.strip(" ")
    runs[0].budget = sum(count_letters(run.text) for run in runs)
    return runs, gaps


def _parse_bracket(content: str, before: Run, after: Run) -> Gap:
    """The gap that a bracket makes; what it means for the words beside it is noted in their runs."""
    left, right = before.text[-1:], after.text[:1]
    if content.casefold().strip(" .!?") == "sic":
        return Gap(kind=Kind.SIC, reach=len(" [sic] "), spaced=right == " ")
    if not content or content.isalpha():
        letters = min(max(1, len(content)), AFFIX_LETTERS)
        if left.isalpha() and right.isalpha():
            before.closes = after.opens = False
            return Gap(kind=Kind.WITHIN_WORD, reach=letters)
        if right.isalpha():
            after.lead = letters
            return Gap(kind=Kind.NOTHING, reach=1, spaced=left == " ")
        if left.isalpha():
            before.tail = AFFIX_LETTERS
            return Gap(kind=Kind.NOTHING, reach=1, spaced=right == " ")
    before.closes = left not in ("'", "-")
    after.opens = right not in ("'", "-")
    return Gap(kind=Kind.INSERTION, reach=INSERTION_CHARACTERS)


def parse_parts(parts: Sequence[str]) -> tuple[list[Run], list[Gap]]:
    """The runs and gaps of parts that stand on either side of omissions."""
    runs, gaps = list[Run](), list[Gap]()
    for part in parts:
        more_runs, more_gaps = parse_part(part)
        gaps += [Gap(kind=Kind.OMISSION, reach=OMISSION_CHARACTERS)] if runs else []
        runs += more_runs
        gaps += more_gaps
    return runs, gaps
