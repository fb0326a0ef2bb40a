"""What a value of a front matter was probably meant to be: dates and lists as people write them elsewhere."""

import re
from datetime import date

from ..core.diagnostics import quoted
from ..core.rules import Group, declare_rule

_FORM = 'begin the file with a line "---", a line such as "title: A title", and another line "---"'

_NUMBERS = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*[./-]\s*(\d{4})\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[./-]?(\d{1,2})[./-]?(\d{1,2})(?:[T ].*)?\Z")


declare_rule(
    "unknown-front-matter-key",
    Group.FRONT_MATTER,
    "Only the keys of the note format are allowed.",
    "A misspelt key would be ignored without a word, and a note must not be able to set the options of the site.",
    "Correct the spelling, or remove the key.",
)

declare_rule(
    "invalid-front-matter-value",
    Group.FRONT_MATTER,
    "Every value has the kind that its key asks for.",
    "A number where a list belongs is a mistake that later turns into a wrong page.",
    "Give the value the form that the message shows.",
)


def date_remedy(text: str) -> str:
    """How to write a date; where it can be read in one way only, that date."""
    words = " ".join(text.split())
    if found := _YEAR_FIRST.match(words):
        meant = _iso(int(found[1]), int(found[2]), int(found[3]))
    elif found := _NUMBERS.match(words):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day_first = found[2] == "." or first > 12
        meant = _iso(year, second, first) if day_first else _iso(year, first, second) if second > 12 else ""
    else:
        meant = ""
    return f"write {meant}" if meant else "write year-month-day; leave the key out if the day is not known"


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def as_list(text: str, *, of_ids: bool) -> str:
    """A text as the list that was meant: `tiredness; company` becomes `[tiredness, company]`."""
    text = text.strip().strip("()")
    parts = re.split(r"[\s,;/]+|\s-" if of_ids else r"[,;]", text)
    return f"[{', '.join(part.strip(' #-@') for part in parts if part.strip(' #-@'))}]"


def opening_remedy(text: str) -> str:
    """How a file without a front matter should begin, if that can be told from its first line."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    if re.fullmatch(r"\+{3,}|[—–―*_=]{1,5}|--|-{4,}|```\s*\w*|~~~\s*\w*", first):
        return f'write "---" in place of {quoted(first)}, and "---" in the line that closes the front matter'
    if re.match(r"(?:title|source|label|themes|basis)\s*:", first):
        return 'write "---" in a line before it, and another "---" where the text begins'
    return _FORM
