"""A quotation's words cut at the note-taker's square brackets, and what each bracket may stand for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from .normal_form import LINE_HYPHEN, LINE_SPACE, end_of

OMISSION_CHARACTERS = 2_000
"""How much `[…]` may stand for: about a printed page. Words farther apart than that are two quotations."""
INSERTION_CHARACTERS = 60
"""How much an insertion such as `[she]` may stand for: a name with its title, a short clause."""
INSERTION_WORDS = 6
"""The same in words; both bounds hold."""
INSERTED_WORDS = 5
"""How many words more than it stands for an insertion may hold."""
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

_HAN = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
BRACKET = re.compile(r"\[([^\[\]]*)\]")
SIC = re.compile(r"\W*sic\W*", re.IGNORECASE)
OMISSION = re.compile(r"\[ ?\.{3,} ?\]")


class GapKind(Enum):
    """What stands between two runs of words."""

    NOTHING = 0
    SIC = 1
    WITHIN_WORD = 2
    INSERTION = 3
    OMISSION = 4


class Bracket(NamedTuple):
    """One bracket of a quotation, and what it stands for."""

    content: str
    hidden: str
    """What the original has in its place; the brackets of the original that agree with the words are left out."""
    kind: GapKind
    start: int
    """Where that stands in the normalised text."""
    end: int
    literal: bool = False
    """Whether the original prints the bracket, as it stands."""
    leads: bool = False
    """Whether it stands for the first letters of a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the note-taker put between two runs of words, and how much of the original it may stand for."""

    kind: GapKind
    reach: int
    """How many characters it may stand for."""
    spaced: bool = False
    """Where it stands for nothing: whether there is a space."""
    contents: tuple[str, ...] = ()
    """What the brackets hold, those of the original included: whose they are, only the original says."""
    literal: str = ""
    """The brackets as they stand, with the spaces about them."""

    def hidden(self, text: str) -> str | None:
        """What it hides of a stretch of the original, or None where it cannot stand for that stretch.

        What the original has in brackets is never hidden, except by an omission: it is compared letter by letter.
        """
        if self.kind is GapKind.OMISSION:
            return text
        read = without_literals(self.contents, text)
        if read is None:
            return None
        rest, written = read
        bare = rest.replace(LINE_SPACE, " ").strip()
        if not written:
            # All brackets are those of the original, and nothing else stands between the words.
            return "" if not bare and end_of(self.literal, text, 0) == len(text) else None
        if self.kind in (GapKind.NOTHING, GapKind.SIC):
            spaces = rest.replace(LINE_SPACE, " ")
            spaces = re.sub(" +", " ", spaces) if len(written) < len(self.contents) else spaces
            return rest if spaces == " " * self.spaced or rest == LINE_SPACE else None
        if self.kind is GapKind.WITHIN_WORD:
            return rest if not rest or rest.isalpha() else None
        return rest if len(rest) <= INSERTION_CHARACTERS and self._may_replace(written, bare) else None

    def _may_replace(self, written: Sequence[str], bare: str) -> bool:
        inserted = " ".join(written)
        if bare and not count_letters(inserted) and count_letters(bare):
            return False  # A mark such as `[.]` stands for marks only.
        if bare.startswith("(") and re.sub(r"\W", "", inserted) == re.sub(r"\W", "", bare):
            return False  # What the author put in parentheses is not the note-taker's.
        if _SENTENCE_END.search(bare):
            return False  # What stands for the end of one sentence and the beginning of the next is an omission.
        words = count_part_words(bare)
        return len(bare.split()) <= INSERTION_WORDS and count_part_words(inserted) <= words + INSERTED_WORDS

    def letters(self, hidden: str) -> int:
        """Letters that count against what brackets may hide."""
        return count_letters(hidden) if self.kind in (GapKind.WITHIN_WORD, GapKind.INSERTION) else 0


@dataclass(slots=True, kw_only=True)
class WordRun:
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
    before: tuple[str, ...] = ()
    """Brackets at the very beginning of a part, and …"""
    after: tuple[str, ...] = ()
    """… at its end: they stand for nothing, or are those of the original."""


def without_literals(contents: Sequence[str], text: str) -> tuple[str, list[str]] | None:
    """A stretch of the original without its brackets, and the contents that are not among them.

    None where the original has a bracket that is not among the contents, in their order.
    """
    written = list(contents)
    kept = 0
    pieces, at = [], 0
    for match in BRACKET.finditer(text):
        index = next((n for n in range(kept, len(written)) if is_same(written[n], match[1])), None)
        if index is None:
            return None
        del written[index]
        kept = index
        pieces.append(text[at : match.start()])
        at = match.end()
    rest = "".join([*pieces, text[at:]])
    return None if "[" in rest or "]" in rest else (rest, written)


def is_same(content: str, original: str) -> bool:
    """Whether a bracket's content is that of a bracket of the original, letter by letter."""
    content, original = content.strip(" "), original.strip(f" {LINE_SPACE}{LINE_HYPHEN}")
    return end_of(content, original, 0) == len(original)


_BRACKET_BEFORE = re.compile(r"\[([^\[\]]*)\] ?\Z")
_BRACKET_AFTER = re.compile(r" ?\[([^\[\]]*)\]")
_SENTENCE_END = re.compile(r"(?<![Pp]rof)(?<![Cc]apt)(?<=[a-z0-9]{3})[.!?][\"')]* [\"'(]*[A-Z]")
_REACH = 200


def agrees(run: WordRun, text: str, first: int, last: int) -> bool:
    """Whether the brackets at a part's ends agree with those of the original beside them.

    `95% CI [0.3-9.7]` at the end of a quotation must not pass for `95% CI [1.3-1.7]`; but `[They] found` may well
    follow a `[13]` of the original.
    """
    pairs = (
        (run.before, _BRACKET_BEFORE.search(text[max(0, first - _REACH) : first].replace(LINE_SPACE, " "))),
        (run.after, _BRACKET_AFTER.match(text[last : last + _REACH].replace(LINE_SPACE, " "))),
    )
    for contents, match in pairs:
        own = [content for content in contents if match is None or not is_same(content, match[1])]
        if match and len(own) == len(contents) and any(_is_like(content, match[1]) for content in own):
            return False
        if any(count_part_words(content) > INSERTED_WORDS for content in own):
            return False
    return True


def _is_like(content: str, original: str) -> bool:
    """Whether one bracket could be a falsification of the other: both with digits, or both of letters alone."""
    return any(map(str.isdigit, content)) == any(map(str.isdigit, original))


def count_letters(text: str) -> int:
    """Letters and digits."""
    return sum(map(str.isalnum, text))


def count_part_words(text: str) -> int:
    return len(re.findall(rf"[{UNSPACED}]|[^\W{UNSPACED}]+", text))


def hides_words(runs: Sequence[WordRun], gaps: Sequence[Gap]) -> bool:
    """Whether brackets stand for anything of the original: `[sic]` and brackets at either end do not."""
    return any(run.lead or run.tail for run in runs) or any(gap.kind is not GapKind.SIC for gap in gaps)


def is_enough(part: str) -> bool:
    """Whether a part holds enough outside brackets that finding it means something."""
    outside = BRACKET.sub(" ", part)
    # A letter of Chinese or Japanese says as much as a syllable or a word.
    return (
        count_letters(outside) + len(_HAN.findall(outside)) >= PART_LETTERS and count_part_words(outside) >= PART_WORDS
    )


def parse_part(part: str) -> tuple[list[WordRun], list[Gap]]:
    """Cut a part (what stands between omissions) at its brackets: one gap fewer than runs."""
    runs, gaps = [WordRun(text="")], list[Gap]()
    pieces = BRACKET.split(part)
    runs[0].text = pieces[0]
    for content, text in zip(pieces[1::2], pieces[2::2], strict=True):
        following = WordRun(text=text)
        gap = _parse_bracket(content, runs[-1], following)
        if not runs[-1].text.strip(" "):
            # Brackets side by side, or one at the very beginning: the widest counts.
            following.before = runs[-1].before if gaps else (*runs[-1].before, content)
            runs[-1] = following
            gaps[-1:] = [_merged(gaps[-1], gap)] if gaps else []
        else:
            runs.append(following)
            gaps.append(gap)
    if len(runs) > 1 and not runs[-1].text.strip(" "):
        runs.pop()
        runs[-1].after = gaps.pop().contents
    for run in runs:
        run.text = run.text.strip(" ")
    runs[0].budget = sum(count_letters(run.text) for run in runs)
    return runs, gaps


def _merged(one: Gap, other: Gap) -> Gap:
    wider = max(one, other, key=lambda gap: gap.kind.value)
    return replace(
        wider,
        reach=one.reach + other.reach,
        contents=(*one.contents, *other.contents),
        literal=one.literal + other.literal.lstrip(" "),
    )


def _parse_bracket(content: str, before: WordRun, after: WordRun) -> Gap:
    """The gap that a bracket makes; what it means for the words beside it is noted in their runs."""
    gap = _own_bracket(content, before, after)
    # The original may print the bracket itself.
    left, right = " " * before.text.endswith(" "), " " * after.text.startswith(" ")
    literal = f"{left}[{content}]{right}"
    return replace(gap, reach=gap.reach + len(literal), contents=(content,), literal=literal)


def _own_bracket(content: str, before: WordRun, after: WordRun) -> Gap:
    left, right = before.text[-1:], after.text[:1]
    if SIC.fullmatch(content):
        return Gap(kind=GapKind.SIC, reach=1, spaced=right == " ")
    if content.isalpha():
        letters = min(max(1, len(content)), AFFIX_LETTERS)
        if left.isalpha() and right.isalpha():
            before.closes = after.opens = False
            return Gap(kind=GapKind.WITHIN_WORD, reach=letters)
        if right.isalpha():
            after.lead = letters
            return Gap(kind=GapKind.NOTHING, reach=1, spaced=left == " ")
        if left.isalpha():
            before.tail = AFFIX_LETTERS
            return Gap(kind=GapKind.NOTHING, reach=1, spaced=right == " ")
    before.closes = left not in ("'", "-")
    after.opens = right not in ("'", "-")
    return Gap(kind=GapKind.INSERTION, reach=INSERTION_CHARACTERS)


def parse_parts(parts: Sequence[str]) -> tuple[list[WordRun], list[Gap]]:
    """The runs and gaps of parts that stand on either side of omissions."""
    runs, gaps = list[WordRun](), list[Gap]()
    for part in parts:
        more_runs, more_gaps = parse_part(part)
        gaps += [Gap(kind=GapKind.OMISSION, reach=OMISSION_CHARACTERS, contents=("…",))] if runs else []
        runs += more_runs
        gaps += more_gaps
    return runs, gaps
