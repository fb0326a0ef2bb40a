"""Where a quotation is cut: how the sentence begins before its words, and how it goes on after them."""

import re
from typing import NamedTuple

from .normal_form import LINE_HYPHEN, LINE_SPACE, Normalised

_REACH = 400
"""Characters before and after the words in which the ends of their sentence are looked for."""
_END = re.compile(r"[.!?。！？][\"')\]」』]* |[。！？][」』]*")
_ENDED = re.compile(r"[.!?。！？…][\"')\]」』]*\Z")
_ABBREVIATION = re.compile(
    r"\b(?:[a-z]|al|cf|vs|ca|approx|fig|no|vol|pp?|dr|mrs?|ms|prof|st|e\.g|i\.e)\.[\"')\]]* \Z", re.IGNORECASE
)
_OPENED = re.compile(r"(?:\A|[\s(\[])[\"'「『]\Z")
"""What is quoted in the original begins a sentence of its own."""
_LABEL = re.compile(r"\W*(?:[A-Z][A-Z .'-]{0,30}|[A-Z][a-z]{1,20}|\d{1,4}):\W*")


class SentenceContext(NamedTuple):
    """What stands of the sentences before and after the words; empty where nothing was cut off."""

    before: str
    after: str


def find_cut(text: Normalised, start: int, end: int) -> SentenceContext:
    """What is cut off the sentence in which a passage begins, and of the one in which it ends."""
    before = text.text[_paragraph_start(text, start) : start]
    ends = [match.end() for match in _END.finditer(before) if not _ABBREVIATION.search(before[: match.end()])]
    before = before[ends[-1] if ends else 0 :]
    before = _LABEL.sub("", before, count=1) if _LABEL.match(before) else before
    if not re.search(r"\w", before) or _LABEL.fullmatch(before) or _OPENED.search(before):
        before = ""
    after = ""
    if not _ENDED.search(text.text[max(0, end - 8) : end]):
        after = text.text[end : _paragraph_end(text, end)]
        stop = next((m.end() for m in _END.finditer(f"{after} ") if not _ABBREVIATION.search(after[: m.end()])), None)
        after = after[:stop]
        after = after if re.search(r"\w", after) else ""
    return SentenceContext(plain_passage(before), plain_passage(after))


def _paragraph_start(text: Normalised, at: int) -> int:
    low = max(0, at - _REACH)
    for break_ in text.paragraph_breaks(low, at):
        low = break_
    return low


def _paragraph_end(text: Normalised, at: int) -> int:
    high = min(len(text.text), at + _REACH)
    return next(iter(text.paragraph_breaks(at, high)), high)


def plain_passage(text: str) -> str:
    """A stretch of a normalised text as it is read."""
    return text.replace(LINE_SPACE, " ").replace(LINE_HYPHEN, "").strip()
