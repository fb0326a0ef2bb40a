"""Citation keys: which can be cited, and one for a work that has none."""

import itertools
import re
from collections.abc import Collection

from anyascii import anyascii

_KEY = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_:.#$%&+?<>~/=-]*[A-Za-z0-9_])?")


def is_citable(key: str) -> bool:
    """Whether a key can be cited. The bare number that some programs write is that of a row in their own table."""
    return _KEY.fullmatch(key) is not None


def plain_key(key: str, taken: Collection[str] = ()) -> str:
    """The nearest citable key that is not `taken`: `müller2001` becomes `muller2001`; nothing where none is near."""
    ascii_only = anyascii(key)
    base = re.sub(r"[^A-Za-z0-9_:.+/-]+", "-", ascii_only).strip("-:./+")
    return _free(base, taken) if is_citable(base) else ""


def propose_key(author: str, year: int | str | None, title: str, taken: Collection[str] = ()) -> str:
    """A citation key such as `somer2009` that is not `taken`: of the author or the title's first word, and the year."""
    stem = _plain_word(author) or next((word for word in map(_plain_word, title.split()) if len(word) > 3), "work")
    return _free(f"{stem[:40]}{year or ''}", taken)


def _free(base: str, taken: Collection[str]) -> str:
    if base not in taken:
        return base
    letters = (f"{base}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    # Beginning with how many there are saves trying all smaller numbers.
    numbers = (f"{base}-{number}" for number in itertools.count(len(taken)))
    return next(key for key in itertools.chain(letters, numbers) if key not in taken)


def _plain_word(text: str) -> str:
    ascii_only = anyascii(text)
    return re.sub("[^a-z0-9]", "", ascii_only.lower())
