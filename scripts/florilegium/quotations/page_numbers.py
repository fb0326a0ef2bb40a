"""The printed number of the page on which an offset of an original lies."""

import re
from collections import Counter
from collections.abc import Sequence

from .matching.normal_form import Normalised

_EDGE = 3
"""Lines at the head and foot of a page among which its number may stand."""
_LINE = 200
"""Characters of a line that can be a head or a foot."""
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,5})(?![\w.,])")


def page_of(text: Normalised, position: int, labels: Sequence[str]) -> str:
    """Return the printed number of a page; an empty string where it is not known."""
    if not labels:
        return ""
    place = text.place(position)
    if not place.startswith("page "):
        return labels[0] if len(labels) == 1 else ""
    index = int(place.removeprefix("page ")) - 1
    return labels[index] if index < len(labels) else ""


def page_labels(pages: Sequence[Sequence[str]], page_range: str = "") -> tuple[str, ...]:
    """Return the printed number of each page, from the numbers at their heads and feet, else from the work's pages.

    `pages` gives the lines of each page, `page_range` what the reference says, such as `501-520`. A number counts
    where most pages agree on it: the printed number and the place in the file run in step.
    """
    offsets = Counter(
        int(number) - index
        for index, lines in enumerate(pages)
        for number in {
            match[1]
            for line in (*lines[:_EDGE], *lines[-_EDGE:])
            if len(line) < _LINE
            for match in _NUMBER.finditer(line)
        }
    )
    if offsets:
        offset, count = offsets.most_common(1)[0]
        if count >= 3 and count * 2 > len(pages):
            return tuple(str(index + offset) if index + offset > 0 else "" for index in range(len(pages)))
    found = re.fullmatch(r"\s*(\d{1,6})\s*(?:[-–—]\s*(\d{1,6}))?\s*", page_range)
    if found:
        first = int(found[1])
        last = int(found[2] or first)
        last = int(found[1][: len(found[1]) - len(found[2])] + found[2]) if found[2] and last < first else last
        if last - first + 1 == len(pages):
            return tuple(str(first + index) for index in range(len(pages)))
    return ()
