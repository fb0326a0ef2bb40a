"""The authors of a book as reading programs list them: parted by semicolons, commas or "and"."""

import re

from ...core.model import Name
from ...works.bibtex.bibtex_names import read_people

__all__ = ["listed_authors"]

_BETWEEN = re.compile(r"\s*;\s*|\s*,?\s+(?:and|&|und|et)\s+", re.IGNORECASE)


def listed_authors(text: str) -> tuple[Name, ...]:
    """All authors: of `Jane Doe, Richard Roe, and Ann Poe` three, of `Doe, Jane` one."""
    pieces = [piece.strip(" ,") for piece in _BETWEEN.split(text) if piece.strip(" ,")]
    several = len(pieces) > 1
    names: list[str] = []
    for piece in pieces:
        parts = [part.strip() for part in piece.split(",") if part.strip()]
        natural = len(parts) > 1 and all(" " in part for part in parts) and (several or len(parts) > 2)
        names += parts if natural else [piece]
    return tuple(_name(name) for name in names)


def _name(text: str) -> Name:
    # Signs of LaTeX mean nothing here.
    people = read_people(re.sub(r"[\\{}$~]", " ", text))
    parts = people[0].parts if people else {"literal": text}
    return Name(**{part.replace("-", "_"): value for part, value in parts.items()})
