"""What a value of a front matter was probably meant to be: dates and lists as people write them elsewhere, and texts
that YAML cuts short, since what follows ` #` is a comment, which nobody sees.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..core.diagnostics import Diagnostic, quoted
from ..core.rules import Group, Severity, declare_rule
from ..core.spans import LineTable
from ..core.trees import DataNode, Mapping, Scalar, Sequence

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


_COMPLETE = frozenset("id type basis status date updated source via issued accessed DOI".split())
"""Keys whose values hold no blank: what follows them can only be a comment."""
_COMMENT = re.compile(r"(?<=[^ \t]) (#[^\r\n]*)")
_HIDDEN = re.compile(r"[ \t]*(#[^\s#][^\r\n]*)")


def find_cut_values(mapping: Mapping, table: LineTable) -> Iterator[Diagnostic]:
    """A warning for each text that ends at ` #`, and for each value that is nothing but a comment.

    A comment behind two blanks is meant as one, and so is `# …` behind a value that is complete.
    """
    if " #" in table.text[: table.offset(mapping.span.end) + 400]:
        for key, value in mapping.entries:
            yield from _find(key, value, table)


def _find(key: Scalar, value: DataNode, table: LineTable) -> Iterator[Diagnostic]:
    if isinstance(value, Mapping):
        for inner, node in value.entries:
            yield from _find(inner, node, table)
    elif isinstance(value, Sequence):
        found = [problem for item in value.items for problem in _find(key, item, table)]
        hidden = [problem.help.partition(": ")[2].strip("[]") for problem in found if "is empty" in problem.message]
        if len(hidden) > 1 and len(hidden) == len(found):
            yield replace(found[0], help=f"write {key.text}: [{', '.join(hidden)}]")
        else:
            yield from found
    elif value.plain and value.text and key.text not in _COMPLETE:
        yield from _cut(value, table)
    elif value.plain and not value.text:
        yield from _hidden(key, value, table)


declare_rule(
    "cut-short-value",
    Group.FRONT_MATTER,
    "No value of a front matter ends before ` #`.",
    "YAML takes a `#` after a blank for the beginning of a comment, so `title: Song #9` is the title `Song`, and "
    "`themes: #sleep` lists nothing.",
    "Put the value in quotes, or remove the `#`; two blanks before it say that a comment is meant.",
    severity=Severity.WARNING,
)


def _cut(value: Scalar, table: LineTable) -> Iterator[Diagnostic]:
    found = _COMMENT.match(table.text, table.offset(value.span.end))
    if found:
        message = f"the value ends before {quoted(found[1])}: YAML reads that as a comment"
        remedy = f'put the value in quotes: "{value.text.replace(chr(34), "")}{found[0].rstrip()}"'
        span = table.span(*found.span(1))
        yield Diagnostic(rule="cut-short-value", span=span, message=message, help=remedy)


def _hidden(key: Scalar, value: Scalar, table: LineTable) -> Iterator[Diagnostic]:
    at = table.offset(value.span.end)
    start = at if table.text[at - 1 : at] in (":", "-") or value.span != key.span else table.offset(key.span.end) + 1
    found = _HIDDEN.match(table.text, start)
    if found:
        word = found[1].rstrip()
        message = f"{quoted(key.text)} is empty: YAML reads {quoted(word)} as a comment"
        bare = ", ".join(part.lstrip("#") for part in word.replace(",", " ").split())
        written = f"[{bare}]" if key.text in ("themes", "notices", "related", "aliases") else f'"{word}"'
        remedy = f"write {key.text}: {written}"
        yield Diagnostic(rule="cut-short-value", span=table.span(*found.span(1)), message=message, help=remedy)
