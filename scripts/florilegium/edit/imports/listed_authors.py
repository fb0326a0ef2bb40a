"""The authors of a book as reading programs list them: parted by semicolons, commas or "and"."""

import re
from collections.abc import Iterator

from ...core.sources import Name
from ...works.bibtex.bibtex_names import read_people

_BETWEEN = re.compile(r"\s*;\s*|\s*,?\s+(?:and|&|und|et(?!\s+al\b))\s+", re.IGNORECASE)
_SHORT_AND = re.compile(r"\s+(?:e|y|i|og|och|en)\s+")
"""Words for "and" that stand within names too: `Ortega y Gasset`."""
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def listed_authors(text: str) -> tuple[Name, ...]:
    """All authors: of `Jane Doe, Richard Roe, and Ann Poe` three, of `Doe, Jane` one."""
    pieces = [piece.strip(" ,") for piece in _BETWEEN.split(text) if piece.strip(" ,")]
    if len(pieces) == 1:
        halves = _SHORT_AND.split(pieces[0])
        # Two whole names: each inverted, or each of a given and a family name.
        if all("," in half for half in halves) or all(" " in half and "," not in half for half in halves):
            pieces = halves
    several = len(pieces) > 1 or _EAST_ASIAN.search(text) is not None
    names: list[str] = []
    for piece in pieces:
        parts = [part.strip() for part in piece.split(",") if part.strip()]
        natural = len(parts) > 1 and all(" " in part for part in parts) and (several or len(parts) > 2)
        names += parts if natural else [piece]
    return tuple(person for name in names for person in _people(name))


def _people(text: str) -> Iterator[Name]:
    # Signs of LaTeX mean nothing here.
    people = read_people(re.sub(r"[\\{}$~]", " ", text))
    for parts in [person.parts for person in people] or [{"literal": text}]:
        yield Name(**{part.replace("-", "_"): value for part, value in parts.items()})
