"""The fingerprint of a work: what tells it from another one, so that a citation key cannot silently change its meaning.

It is written into `quotes.lock` beside each quotation: the DOI or ISBN if there is one; and the first surname, the
title and the year.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from typing import NamedTuple

from ..core.sources import Name, Source

_TITLE_CHARACTERS = 120
_PARTS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia", "paper-conference"))
"""Types of works that share an ISBN with others."""
_ALIKE = 0.75
"""How much of two titles must agree, so that a correction explains the rest."""


class Fingerprint(NamedTuple):
    """What is known of a work; each part may be empty."""

    doi: str = ""
    isbn: str = ""
    surname: str = ""
    title: str = ""
    year: str = ""

    def __str__(self) -> str:
        """Return the form of the lock: parts between semicolons, without white space."""
        identifier = f"doi:{self.doi}" if self.doi else f"isbn:{self.isbn}" if self.isbn else ""
        return ";".join([identifier, self.surname, self.title, self.year])


def fingerprint(source: Source) -> Fingerprint:
    """Return the fingerprint of a work as its reference describes it."""
    names = source.names.get("author") or source.names.get("editor") or ()
    isbn = re.sub(r"[^0-9Xx]", "", source.variables.get("ISBN", "").split(" ")[0])
    return Fingerprint(
        doi=re.sub(r"[\s;]", "", source.variables.get("DOI", "").casefold()),
        isbn="" if source.type in _PARTS else isbn.upper(),
        surname=_slug(_surname(names[0])) if names else "",
        title=_slug(source.title)[:_TITLE_CHARACTERS].strip("-"),
        year=str(source.year) if source.year is not None else "",
    )


def _surname(name: Name) -> str:
    return name.family or name.literal or name.given


def _slug(text: str) -> str:
    """Return letters and digits in lower case, without accents and markup, joined by hyphens."""
    bare = unicodedata.normalize("NFKD", re.sub(r"<[^>]*>", "", text)).casefold()
    return "-".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))


def parse_fingerprint(text: str) -> Fingerprint:
    """Return what `str()` of a fingerprint wrote."""
    parts = [*text.split(";"), "", "", "", ""]
    doi, isbn = (parts[0].removeprefix(kind) if parts[0].startswith(kind) else "" for kind in ("doi:", "isbn:"))
    return Fingerprint(doi, isbn, *parts[1:4])


def is_same_work(one: Fingerprint, other: Fingerprint) -> bool:
    """Return whether two fingerprints can be of one work.

    A corrected letter, case or punctuation in a title, a completed list of authors, an added identifier and a year
    that is off by one are corrections, not another work.
    """
    if one.doi and one.doi == other.doi:
        return True
    if one.isbn and one.isbn == other.isbn and _is_like(one.title, other.title):
        return True
    if not _is_like(one.title, other.title):
        return False
    years = [int(year) for year in (one.year, other.year) if re.fullmatch(r"-?[0-9]{1,9}", year)]
    if len(years) == 2 and abs(years[0] - years[1]) > 1:
        return False
    # A first author may come to stand before the one who was first; a title of several words is enough then.
    return _is_like(one.surname, other.surname) or one.title.count("-") >= 3


def _is_like(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(f"{shorter}-") and shorter.count("-") >= 2:
        return True  # A subtitle was added.
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
