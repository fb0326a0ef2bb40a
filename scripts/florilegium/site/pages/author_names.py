"""Authors of works: who wrote what, and the part of an address that names each."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from anyascii import anyascii

from ...core.sources import Name, Source


class Author(NamedTuple):
    """A person or institution, as a list of authors names them."""

    label: str
    """`Somer, Eli`."""
    sorting: str


def _author(name: Name) -> Author:
    if name.literal:
        return Author(name.literal, name.literal.casefold())
    family = " ".join(part for part in (name.non_dropping_particle, name.family) if part)
    label = ", ".join(part for part in (family, name.given) if part)
    return Author(label, f"{name.family} {name.given}".casefold())


def authors_of(source: Source) -> list[Author]:
    """Those who wrote a work, or else those who edited it, each once."""
    names = source.names.get("author") or source.names.get("editor", ())
    return [one for one in dict.fromkeys(_author(name) for name in names) if one.label]


def slugs_of(authors: Iterable[Author]) -> Mapping[Author, str]:
    """What names each author in an address: ASCII letters, digits and hyphens, each unique."""
    found: dict[Author, str] = {}
    taken: set[str] = {"", "page", "index"}
    for author in sorted(authors):
        slug = re.sub(r"[^a-z0-9]+", "-", anyascii(author.label).lower()).strip("-")[:64].strip("-") or "author"
        free, number = slug, 2
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        taken.add(free)
        found[author] = free
    return found
