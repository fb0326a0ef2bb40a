"""Why the words of a quotation were not found, and what to do: the help of a finding."""

import re

from ..core.diagnostics import plain, quoted
from .matching import Missed, Reason
from .matching.brackets import BRACKETS, INSERTED_WORDS, OMISSION_CHARACTERS, PART_LETTERS, PART_WORDS
from .matching.nearest import Nearest, Only, render_difference
from .matching.normal_form import Normalised

_UNMARKED = re.compile(r"\((?:\.{3,}|…+)\)|(?<!\[)(?:…{2,}|\.{6})(?!\])")
_BARE = re.compile(r"(?<![\[(….])(?:…|\.{3})(?![\])….])")
_MISREAD = tuple(
    (re.compile(pattern), plain_letter)
    for pattern, plain_letter in (
        # Single letters first; then pairs, of what the letters became.
        ("[1I|!íìîi]", "l"),
        ("[0QO]", "o"),
        ("[5ſf]", "s"),
        ("[86h]", "b"),
        ("c", "e"),
        ("9", "g"),
        ("rn|nn|nl|ln", "m"),
        ("vv", "w"),
        ("el", "d"),
        ("ll", "u"),
        (r"\s", ""),
    )
)
"""What a machine that reads print takes for another letter."""


_HELP = {
    Reason.EMPTY: "there are no words outside square brackets: write what the work says",
    Reason.EMPTY_BRACKET: "a bracket is empty: write […] for what you left out, or what you put in its place",
    Reason.LONG_BRACKET: (
        f"{{part}} holds more words than a bracket may: at most {INSERTED_WORDS} more than it stands for; say the"
        " rest in the prose"
    ),
    Reason.TOO_SHORT: (
        f"beside its brackets, {{part}} is too short to be sure of: quote at least {PART_WORDS} words and"
        f" {PART_LETTERS} letters between two omissions"
    ),
    Reason.TOO_MANY: f"there are more than {BRACKETS} square brackets: make several quotations of it",
    Reason.APART: (
        f"each part stands in {{name}}, but not in this order, or with more than {OMISSION_CHARACTERS:,}"
        " characters between two of them: make several quotations of it"
    ),
}


def explain_miss(missed: Missed, words: str, name: str, text: Normalised, *, is_scanned: bool = False) -> str:
    """Return the help for words that do not stand in the original `name`."""
    part = quoted(missed.part)
    if missed.reason in _HELP:
        return _HELP[missed.reason].format(part=part, name=name)
    unmarked = _UNMARKED.search(words)
    if unmarked:
        dots = "……" if "…" * 2 in unmarked[0] else "…"
        shown = quoted(unmarked[0])
        return f"write [{dots}] for what you left out: {shown} without square brackets belongs to the work"
    if missed.nearest is None:
        return f"nothing in {name} is like {part}: is it the right key, and the right file?"
    return _explain_nearest(missed.nearest, words, name, text, is_scanned=is_scanned)


def _explain_nearest(nearest: Nearest, words: str, name: str, text: Normalised, *, is_scanned: bool) -> str:
    place = f"{text.place(nearest.position)} of {name}"
    if all(difference.only is Only.BOTH for difference in nearest.differences):
        return (
            f'"{plain(nearest.passage)}" stands on {place}, but there the quotation begins or ends within a'
            " word, a number or an ellipsis: quote the whole of it"
        )
    shown = (
        f'the nearest passage, on {place}: "{plain(render_difference(nearest.differences))}". What is marked'
        " [-…-] stands only in the quotation, {+…+} only in the work. "
    )
    if is_scanned or _looks_misread(nearest):
        return f"{shown}It looks as if a letter was misread when the text was made: compare with the page itself"
    if _BARE.search(words) and any(d.only is Only.QUOTE and "..." in d.text for d in nearest.differences):
        return f"{shown}Write […] where you left something out"
    return f"{shown}Correct the words, or mark what you changed with square brackets"


def _looks_misread(nearest: Nearest) -> bool:
    """Return whether all differences are letters that a machine confuses."""
    mine = [d.text for d in nearest.differences if d.only is Only.QUOTE]
    theirs = [d.text for d in nearest.differences if d.only is Only.ORIGINAL]
    if not mine or len(mine) != len(theirs):
        return False
    return all(one != other and _folded(one) == _folded(other) for one, other in zip(mine, theirs, strict=True))


def _folded(text: str) -> str:
    text = text.strip()
    for pattern, letter in _MISREAD:
        text = pattern.sub(letter, text)
    return text
