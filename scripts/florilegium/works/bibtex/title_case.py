"""English titles of BibTeX files whose words all begin with a capital, and how they read in sentence case.

Styles of the Citation Style Language expect titles in sentence case: they can raise letters, and never know which to
lower. What stands in braces keeps its letters, as in BibTeX.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from .bibtex_entries import BibtexEntry, Value
from .bibtex_fields import bibtex_csl_type

_FIELDS = ("title", "subtitle", "booktitle", "booksubtitle")
_LOWER = frozenset(
    """a about above across after against along although among amongst an and around as at because before behind below
    beneath beside between beyond but by despite down during for from if in inside into is its like near nor of off on
    onto or out outside over per since so than that the through throughout till to toward towards under underneath until
    up upon versus via vs when whether while with within without yet""".split()
)
"""Words that title case leaves small, or may."""
_ENOUGH = 3
"""Words with a capital that make title case of a title; fewer may be a name."""
_TOKEN = re.compile(r"(\\.[A-Za-z]*|\\)|([{}$])|([^\W\d_][\w'’]*)|([:?!.;]|--+|[–—])(?=[\s~])|.", re.DOTALL)
_CAPITALISED = re.compile(r"[A-Z][a-zà-ÿ'’]+")


class CasedTitle(NamedTuple):
    """A field in title case."""

    key: str
    """The key of its entry."""
    value: Value
    lowered: tuple[int, ...]
    """The places in the value of the letters that sentence case lowers."""


class _Word(NamedTuple):
    text: str
    start: int
    opens: bool
    """Whether it begins the title, or what follows a colon: it keeps its capital."""
    is_kept: bool
    """Whether braces or a sign are part of it."""


def cased_titles(entries: Iterable[BibtexEntry]) -> list[CasedTitle]:
    """The titles in title case, in the order of the file; none in another language, or in capitals throughout."""
    entries = list(entries)
    people = frozenset(_family_names(entries))
    found: list[CasedTitle] = []
    for entry in entries:
        language = next((entry.fields[name].text for name in ("langid", "language") if name in entry.fields), "english")
        if not re.match(r"\{?(en\b|en[-_]|eng|american|british|usenglish|ukenglish)", language.strip(), re.IGNORECASE):
            continue
        chapter = bibtex_csl_type(entry.type, "") == "chapter"
        fields = _FIELDS if chapter else _FIELDS[:2]
        for value in (entry.fields[name] for name in fields if name in entry.fields):
            if value.start >= 0 and _is_cased(value.text) and (lowered := _lowered(value.text, people)):
                found.append(CasedTitle(entry.key.text, value, lowered))
    return found


def _family_names(entries: Iterable[BibtexEntry]) -> Iterator[str]:
    for entry in entries:
        for field in ("author", "editor"):
            for name in re.split(r"\s+and\s+", entry.fields[field].text) if field in entry.fields else ():
                family = name.partition(",")[0] if "," in name else name.rpartition(" ")[2]
                yield from re.findall(r"\w{3,}", family.lower())


def _is_cased(text: str) -> bool:
    words = [word for word in _words(text) if not (word.opens or word.is_kept)]
    telling = [word.text for word in words if word.text.lower() not in _LOWER]
    raised = [text for text in telling if _CAPITALISED.fullmatch(text)]
    # Words such as DNA, of which the letters say nothing, count on neither side.
    return len(raised) >= _ENOUGH and not any(text.islower() and text.isalpha() for text in telling)


def _words(text: str) -> Iterator[_Word]:
    """The words of a title that no braces hold."""
    depth, math, opens, before = 0, False, True, ""
    for token in _TOKEN.finditer(text):
        command, sign, word, end = token.groups()
        if sign == "$":
            math = not math
        elif sign:
            depth += 1 if sign == "{" else -1
        elif word and not (depth or math):
            following = text[token.end() : token.end() + 1]
            kept = before in ("}", "\\", "$") or following in ("{", "\\", "$") or not word.isascii()
            yield _Word(word, token.start(), opens, kept)
            opens = False
        elif end and not depth:
            opens = True
        elif word or (depth and token[0].isalnum()):
            opens = False
        before = "\\" if command else token[0][-1:]


def _lowered(text: str, people: frozenset[str]) -> tuple[int, ...]:
    """The places of the capitals that sentence case lowers: not those of names of people, countries and languages."""
    names = {place for found in _names().finditer(text) for place in range(*found.span())}
    return tuple(
        word.start
        for word in _words(text)
        if not (word.opens or word.is_kept) and (_CAPITALISED.fullmatch(word.text) or word.text == "A")
        if word.start not in names and re.sub(r"['’]s?$", "", word.text).lower() not in people
    )


@cache
def _names() -> re.Pattern[str]:
    """Names that English writes with a capital: of languages, countries and continents, of months and days."""
    import babel

    english = babel.Locale("en")
    named = [*english.territories.values(), *english.languages.values()]
    named += [*english.months["format"]["wide"].values(), *english.days["format"]["wide"].values()]
    adjectives = [name.split()[0] for name in named if re.match(r"\w+(?:an|ish|ese|iss) ", name)]
    names = {name for name in (*named, *adjectives, *_MORE) if name[:1].isupper()} - _COMMON
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{listed}|(?:{_PLURAL})s)(?:['’]s)?(?![\w])")


_MORE = (
    *"God Christ Christian Christianity Jewish Judaism Islam Islamic Muslim Buddhist Buddhism Hindu Catholic".split(),
    *"Protestant Bible Quran Renaissance Enlightenment Internet Western Nazi Marxist Freudian Kantian Hegelian".split(),
    *"London Paris Berlin Vienna Rome Moscow Tokyo Boston Chicago California Asian African I".split(),
    *("New York", "Middle East", "Middle Ages", "World War", "Second World War", "First World War", "Cold War"),
)
_PLURAL = "American|African|Asian|European|German|Russian|Indian|Christian|Muslim|Jew|Greek|Roman"
_COMMON = frozenset(("Slave", "Fang", "Ewe", "Shan", "Ga", "Mari", "World", "Polish", "Male", "May", "Of"))
"""Names that are common words as well."""
