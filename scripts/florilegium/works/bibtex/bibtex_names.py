"""Lists of names in BibTeX and BibLaTeX files, read as their own rules say, and what is likely meant where they say
something else.

The rules are those of BibTeX (Patashnik, "BibTeXing", 1988, section 4) and BibLaTeX (manual, section 2.3.3, and its
extended format `family=…, given=…`). One is tightened: in `Last, First` a particle is what stands in small letters at
the beginning, so that `Ortega y Gasset, José` has none.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .latex_reader import decode_latex


class BibtexName(NamedTuple):
    """One name in CSL's words, and why it is doubtful, where it is."""

    parts: dict[str, str]
    doubt: str = ""
    """What is wrong with the list as it is written, to follow its field's name."""
    meant: str = ""
    """How it is likely meant, as it should be written."""


_SUFFIX = re.compile(r"\W*(?:jr|sr|junior|senior|i{1,3}|iv|v|2nd|3rd|esq|ph\W?d|m\W?d)\W*", re.IGNORECASE)
_JUNIOR = re.compile(r"(?:jr|sr|junior|senior|ii|iii|2nd|3rd)\.?", re.IGNORECASE)
_CONJUNCTIONS = frozenset(("y", "e", "i"))
"""Words between two family names, in Spanish, Portuguese and Catalan: no particles."""
_ET_AL = re.compile(
    r"(?<![\s,;])(?:(?:[\s,;]|\\ )+(?:et\s+al(?:ii|\.)?|and\s+others|u\.\s?a\.))+[\s.}]*$", re.IGNORECASE
)
_EXTENDED = re.compile(r"^\s*\"?(?:family|given|prefix|suffix|useprefix|id|[a-z]+-i)\s*=", re.IGNORECASE)
OTHERS = {"literal": "others"}
_PARTED = "is parted by signs that BibTeX does not read"
_OTHERS_ALONE = re.compile(r"(?:et\.?\s+al(?:ii|\.)?|and\s+others|u\.\s?a\.)", re.IGNORECASE)
_SHORT = re.compile(r"(?:[^\W\d_]+(?:\.|['’-])?\s+)*[^\W\d_]{2,}(?:['’-][^\W\d_]+)*\s+[A-Z](?:[A-Z]|-[A-Z]){0,2}")
"""A family name with initials behind it, as medical databases have it: `Doe JR`."""
_AND = r"(?<!\bvon)\s(?:und|et|och|og|/)(?=\s)"
"""Other signs that part people; `von und zu` is a particle."""
_ROLE = re.compile(r"\s*\((?:eds?|editors?|hrsg|hg|trans|übers|comps?|coords?|dirs?|red)\.?\)\s*$", re.IGNORECASE)
_HONOUR = re.compile(r"(?:(?:Dr|Prof|Professor|Dipl)\.?\s+(?:(?:med|phil|rer|nat|iur|theol|h\.\s?c)\.\s+)*)+(?=\S)")
_DEGREE = re.compile(
    r"(?:Ph\.?\s?D|M\.?\s?D|[MB]\.?\s?Sc|[MB]\.?A|M\.?P\.?H|[MD]\.?Phil|LL\.?M|R\.?N)\.?", re.IGNORECASE
)
_INSTITUTION = re.compile(
    r"(?=\S+\s+\S+\s+\S).*\b(?:Association|Collaboration|Committee|Consortium|Council|Foundation|Group|Initiative|Institute|"
    r"Investigators|Ministry|Network|Organi[sz]ation|Society|Team|Union|Universit[yä]t?|Université)"
)


def read_people(text: str, *, prefix_is_family: bool = True) -> list[BibtexName]:
    """The people of a list parted by `and`. A particle belongs to the family name unless the entry says otherwise."""
    people: list[BibtexName] = []
    pieces = [piece.strip() for piece in _split(text, r"\s(and)(?=\s|$)")]
    if len(pieces) > 1 and all(_SHORT.fullmatch(piece) or piece == "others" for piece in pieces):
        return [BibtexName(OTHERS) if piece == "others" else _short(piece) for piece in pieces]
    for piece in pieces:
        people += _people(piece, prefix_is_family)
    if re.search(r"\sand\s*$", text) and people:
        people[-1] = people[-1]._replace(doubt='ends with "and"', meant="leave it out, or write and others")
    return [person for person in people if person.parts]


def _people(text: str, prefix: bool) -> Iterator[BibtexName]:
    """The person that a piece names; several where it is parted by other signs than `and`."""
    if not text:
        return
    if text == "others":
        yield BibtexName(OTHERS)
    elif _OTHERS_ALONE.fullmatch(text):
        yield BibtexName(OTHERS, _PARTED, "write and others")
    elif _is_braced(text):
        yield BibtexName({"literal": decode_latex(text)})
    elif _EXTENDED.match(text):
        yield BibtexName(_extended(text, prefix))
    elif (ended := _ET_AL.search(text)) and ended.start():
        yield from _people(text[: ended.start()].rstrip(" ,;"), prefix)
        yield BibtexName(OTHERS, _PARTED, "write and others")
    elif (pieces := _pieces(text, ";")) or (pieces := _pieces(text, _AND)):
        yield from _doubtful(pieces, prefix)
    elif pieces := _pieces(text, r"\s\\?&(?=\s)"):
        # `Smith \& Sons` is a firm; `Doe, Jane \& Roe, Richard` are two people.
        if all("," in piece for piece in pieces):
            yield from _doubtful(pieces, prefix)
        else:
            yield BibtexName({"literal": decode_latex(text)})
    else:
        yield from _by_commas(text, prefix)


def _pieces(text: str, separator: str) -> list[str]:
    """What the separator parts; nothing where it does not part."""
    pieces = [piece.strip() for piece in _split(text, separator) if piece.strip()]
    return pieces if len(pieces) > 1 else []


def _short(text: str) -> BibtexName:
    """A name with its initials behind it."""
    family, _, initials = text.rpartition(" ")
    parts = {"family": family.strip(), "given": " ".join(f"{letter}." for letter in initials if letter.isalpha())}
    return BibtexName(parts, "has initials behind the family name", f"write {family.strip()}, {parts['given']}")


def _by_commas(text: str, prefix: bool) -> Iterator[BibtexName]:
    parts = [part.strip() for part in _split(text, ",")]
    bare = _HONOUR.sub("", _ROLE.sub("", text), count=1)
    if len(parts) == 2 and _DEGREE.fullmatch(parts[1]):
        bare = _HONOUR.sub("", parts[0], count=1)
    if bare != text and bare.strip():
        meant = f"write {decode_latex(bare)}"
        for person in _people(bare, prefix):
            yield person._replace(doubt="has a title, a degree or a role beside a name", meant=meant)
    elif len(parts) == 2 and " " in parts[0] and _JUNIOR.fullmatch(decode_latex(parts[1])):
        king = {**_natural(parts[0], prefix), "suffix": decode_latex(parts[1])}
        yield BibtexName(king, "has a suffix in the place of the given name", "write King, Jr., Martin Luther")
    elif len(parts) > 1 and all(map(_SHORT.fullmatch, parts)):
        names = [_short(part) for part in parts]
        meant = _meant([name.meant.removeprefix("write ") for name in names])
        yield from (name._replace(doubt=_PARTED, meant=meant) for name in names)
    elif len(parts) == 1 and _INSTITUTION.fullmatch(text):
        name = decode_latex(text)
        yield BibtexName({"literal": name}, "holds what is likely an institution", f"write {{{name}}}")
    elif len(parts) == 3 and not _SUFFIX.fullmatch(decode_latex(parts[1])) and all(" " in part for part in parts):
        yield from _doubtful(parts, prefix)  # Jane Doe, Richard Roe, Ann Poe
    elif len(parts) == 3 and _SUFFIX.fullmatch(decode_latex(parts[2])):
        yield BibtexName(_inverted(parts[0], parts[2], parts[1], prefix))  # Doe, Jane, Jr.
    elif len(parts) == 1:
        yield BibtexName(_natural(text, prefix))
    elif len(parts) <= 3:  # `Last, First` or `Last, Jr, First`
        yield BibtexName(_inverted(parts[0], "" if len(parts) == 2 else parts[1], parts[-1], prefix))
    elif all(" " in part or not part for part in parts):
        yield from _doubtful([part for part in parts if part], prefix)
    elif len(parts) % 2 == 0:
        yield from _doubtful([", ".join(parts[place : place + 2]) for place in range(0, len(parts), 2)], prefix)
    else:
        yield BibtexName({"literal": decode_latex(text)}, "has a name with more than two commas", "part names with and")


def _doubtful(pieces: list[str], prefix: bool) -> Iterator[BibtexName]:
    meant = _meant(list(map(decode_latex, pieces)))
    for piece in pieces:
        for person in _people(piece, prefix):
            yield person._replace(doubt=_PARTED, meant=meant)


def _meant(names: list[str]) -> str:
    return f"write {' and '.join(names[:3])}{' and …' if len(names) > 3 else ''}"


# ------------------------------------------------------------------------------------------------------- one name


def _extended(text: str, prefix: bool) -> dict[str, str]:
    """A name in BibLaTeX's extended format: `family=Hoven, given=Jeroen, prefix=van den, useprefix=true`."""
    values = {}
    for pair in _split(text, ","):
        name, _, value = pair.strip().strip('"').partition("=")
        values[name.strip().lower()] = decode_latex(value.strip())
    use = values.get("useprefix", str(prefix)).lower() == "true"
    parts = {
        "family": values.get("family", ""),
        "given": values.get("given", ""),
        "non-dropping-particle" if use else "dropping-particle": values.get("prefix", ""),
        "suffix": values.get("suffix", ""),
    }
    return {part: value for part, value in parts.items() if value}


def _inverted(last: str, suffix: str, first: str, prefix: bool) -> dict[str, str]:
    words = _words(last)
    count = next((place for place, word in enumerate(words) if not _is_lower(word)), len(words) - 1)
    given = _words(first)
    dropped = next((-place for place, word in enumerate(reversed(given)) if not _is_lower(word)), 0)
    behind = given[len(given) + dropped :] if dropped and len(given) > -dropped else []
    return _parts(words[:count], words[count:], given[: len(given) - len(behind)], suffix, prefix, behind)


def _natural(text: str, prefix: bool) -> dict[str, str]:
    """`First von Last`: the particle is the run of words in small letters; without one, the last word is the family."""
    words = _words(text)
    lower = [place for place, word in enumerate(words[:-1]) if _is_lower(word)]
    if not lower:
        return _parts([], words[-1:], words[:-1], "", prefix)
    first, last = lower[0], lower[-1]
    if decode_latex(words[first]) in _CONJUNCTIONS and first:
        return _parts([], words[first - 1 :], words[: first - 1], "", prefix)
    while last > first and not all(_is_lower(word) for word in words[first : last + 1]):
        last -= 1
    return _parts(words[first : last + 1], words[last + 1 :], words[:first], "", prefix)


def _parts(
    particle: list[str], family: list[str], given: list[str], suffix: str, prefix: bool, behind: list[str] | None = None
) -> dict[str, str]:
    before = decode_latex(" ".join(particle))
    texts = {
        "family": decode_latex(" ".join(family)),
        "given": decode_latex(" ".join(given)),
        "dropping-particle": decode_latex(" ".join(behind or [])) or ("" if prefix else before),
        "non-dropping-particle": before if prefix else "",
        "suffix": decode_latex(suffix),
    }
    return {part: text for part, text in texts.items() if text}


def _is_lower(word: str) -> bool:
    """Whether a word begins with a small letter, as BibTeX looks at it: what stands in braces has no case."""
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letter = next((c for c in decode_latex(word) if c.isalpha()), "")
    return letter.islower()


# ------------------------------------------------------------------------------------------------------- splitting


def _words(text: str) -> list[str]:
    return [word for word in _split(text, r"\s|~") if word]


def _split(text: str, separator: str) -> list[str]:
    """The pieces between separators that stand in no braces."""
    pieces, start, depth = [], 0, 0
    for found in re.finditer(rf"\\[{{}}]|[{{}}]|{separator}", text, re.IGNORECASE if "and" in separator else 0):
        token = found[0]
        if token in ("{", "}"):
            depth = max(depth + (1 if token == "{" else -1), 0)
        elif depth == 0 and token not in ("\\{", "\\}"):
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _is_braced(text: str) -> bool:
    """Whether one pair of braces holds all of it, which makes it the name of an institution."""
    if not (text.startswith("{") and text.endswith("}")) or text.startswith("{\\"):
        return False
    depth = 0
    for offset, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return offset == len(text) - 1
    return False
