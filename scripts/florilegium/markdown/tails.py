"""What stands after the last work of an attribution, and what was probably meant where it cannot be read."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..core.diagnostics import quoted
from ..core.ids import is_id, propose_id

FORM = "the form is: — SPEAKER, in [@key, p. 1], quoted in [@key2] #theme !notice {#quote-id}"
RUNS_ON = "follows the quotation without an empty line, so it is read as part of the attribution"
TEXT_AFTER = "leave an empty line between the quotation and the text after it"
_SAME_LINE = "put this text below the quotation, after an empty line"

_PLACE = re.compile(
    r"[\s,:(]*((?:pp?|ss?|seiten?|pages?|pg|ch|chap|chapter|kap|ll?|lines?|vv?|vol|sect?|§|para?|nr|no)\b\.?\s*"
    r"\d+\w?(?:\s*[-–]\s*\d+)?f*|\d{1,4}(?:\s*[-–]\s*\d+)?)[)\]]?(?=[\s,.;]|\Z)",
    re.IGNORECASE,
)
"""A page or another place that was put behind the citation."""
_ID = re.compile(r"[{(\[]\s*#\s*([^#{}()\[\]\n]+?)\s*[})\]]|\{(?:id=)?([a-z0-9]+(?:-[a-z0-9]+)*)\}")
_TOKEN = re.compile(r"\S+")
_ENDS = ",.;"
_WORDS_END = re.compile(r"\s(?=[#!]\S|\{#?\w|\n)|\n|\Z")
_LATE = re.compile(r"[\s,]*([^\W\d][^#!{}\[\]\n]*)")
_KEY_ALONE = re.compile(r"\[\s*@?\s*([A-Za-z][\w:.-]*\d\w*)\s*(,[^\[\]]*)?\]")
_AUTHOR_AND_YEAR = re.compile(r"\([^()\n]*?\b\d{4}[a-z]?\b(?:\s*[,:]\s*([^()]*))?\)")


class Part(NamedTuple):
    """One theme, notice or id; or what cannot be read, where there is a message."""

    start: int
    end: int
    sign: str = ""
    """`#`, `!` or `{`."""
    id: str = ""
    message: str = ""
    remedy: str = ""
    about: str = ""
    """The ids that the words may stand for, parted by a blank."""


def read_tail(text: str, masked: str, start: int, work: str) -> Iterator[Part]:
    """Read the tail of an attribution from an offset on; `work` is the last citation, as it is written."""
    place = _PLACE.match(masked, start) if work else None
    at = start
    if place is not None:
        message = f"{quoted(place[1])} stands outside the brackets of the citation"
        yield Part(
            place.start(1), place.end(1), message=message, remedy=f"write {work.rstrip('] ')}, {_place(place[1])}]"
        )
        at = place.end()
    has_id = False
    theme = ""
    while token := _TOKEN.search(masked, at):
        begin, at = token.span()
        word = text[begin:at]
        id_ = _ID.match(masked, begin)
        if id_ is not None:
            at = id_.end()
            has_id, theme = True, ""
            yield _id(text[begin:at], text[slice(*id_.span(1 if id_[1] else 2))], begin, at)
        elif word[0] in "#!" and len(word.rstrip(_ENDS)) > 1:
            theme = word[1:].rstrip(_ENDS) if word[0] == "#" else ""
            yield Part(begin + 1, at, word[0], word[1:].rstrip(_ENDS))
        elif word.startswith(("{#", "^")) and is_id(word.lstrip("{#^")):
            has_id = True
            yield Part(begin, at, message=_no_tag(word), remedy=f"write {{#{word.lstrip('{#^')}}}")
        elif word in ("#", "!") and (following := _TOKEN.search(masked, at)):
            at = following.end()
            meant = word + text[slice(*following.span())]
            yield Part(begin, at, message=f"a space stands after {quoted(word)}", remedy=f"write {meant.rstrip(_ENDS)}")
        elif not word.strip(_ENDS):
            continue
        elif not word.strip("])}([{" + _ENDS):
            remedy = f"write {work}, with one pair of square brackets" if work else FORM
            yield Part(begin, at, message=f"{quoted(word)} is a bracket too many", remedy=remedy)
        else:
            at = _end_of_words(masked, begin)
            yield _words(text[begin:at].rstrip(), begin, theme, after_id=has_id)
            theme = ""


def _no_tag(word: str) -> str:
    return f"{quoted(word)} is not a theme, notice or id"


def _id(written: str, inner: str, start: int, end: int) -> Part:
    if written == f"{{#{inner}}}" and not re.search(r"\s", inner):
        return Part(start, end, "{", inner)
    return Part(start, end, message=_no_tag(written), remedy=f"write {{#{propose_id(inner)}}}")


def _end_of_words(masked: str, start: int) -> int:
    """Where the next theme, notice or id begins, or the line ends."""
    tag = _WORDS_END.search(masked, start)
    return tag.start() if tag else len(masked)


def _words(words: str, start: int, theme: str, *, after_id: bool) -> Part:
    """Words without a sign: a theme or notice of which the sign was left out, or text after the quotation."""
    end = start + len(words)
    if after_id or len(words.split()) > 2:
        return Part(start, end, message=f"{quoted(words)} stands behind the attribution", remedy=_SAME_LINE)
    slug = propose_id(words, otherwise="")
    if not slug:
        return Part(start, end, message=_no_tag(words), remedy=FORM)
    remedy = f"write #{slug} if it is a theme, !{slug} if it is a notice, {{#{slug}}} if it is the id of the quote"
    last = propose_id(words.rsplit(maxsplit=1)[-1], otherwise=slug)
    about = " ".join(dict.fromkeys([*([f"{theme}-{slug}"] if theme else []), slug, last]))
    return Part(start, end, message=_no_tag(words), remedy=remedy, about=about)


def late_speaker(text: str, end: int) -> str:
    """A speaker who is named after the work, or an empty string."""
    found = _LATE.match(text, end)
    return " ".join(found[1].split()).rstrip(_ENDS) if found else ""


def missing_work(text: str) -> tuple[int, int, str]:
    """Where a work should be cited, and how: a key without its `@`, an author with a year."""
    if found := _KEY_ALONE.search(text):
        return *found.span(), f"write [@{found[1]}{(found[2] or '').rstrip()}]"
    if found := _AUTHOR_AND_YEAR.search(text):
        place = f", {_place(found[1])}" if found[1] else ""
        return *found.span(), f"write [@key{place}]"
    return 0, len(text.rstrip()), FORM


def _place(text: str) -> str:
    place = " ".join(text.split())
    return f"p. {place}" if place[:1].isdigit() else place


def two_works(written: str) -> str:
    """How to name two works that stand in one pair of brackets."""
    first, _, second = written.strip("[]").partition(";")
    return f"write [{first.strip()}], quoted in [{second.strip()}], if the words were read in the second one"


def joined_works(words: str, second: str) -> str:
    """How to join a second work to the first one."""
    if words.strip(" ,;"):
        return f"write , quoted in {second}"
    return f"write , quoted in {second} if the words were read there; else name one work"
