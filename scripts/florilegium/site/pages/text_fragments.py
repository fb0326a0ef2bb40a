"""Text fragments: addresses that open a page at the words of a quote.

The syntax is that of https://wicg.github.io/scroll-to-text-fragment/. A browser that does not know it, or
does not find the words, opens the page at its beginning.
"""

import re
from urllib.parse import quote

__all__ = ["text_fragment"]

_FEW = 12
"""Words up to which all are named; of more, the first and the last ones."""
_ENDS = 5

_INSERTED = re.compile(r"\[[^\]]*\]|\.\.\.|…")
"""What the person who quotes has put into the words, and what may stand for words left out."""
_EDGE = " \t.,;:!?“”‘’\"'«»()–—-"


def text_fragment(address: str, words: str) -> str:
    """The address with a directive that leads to the words; the address itself where they are no help."""
    directive = _directive(words)
    if not directive:
        return address
    mark = ":~:" if "#" in address else "#:~:"
    return f"{address}{mark}text={directive}"


def _directive(words: str) -> str:
    runs = [run.strip(_EDGE) for line in words.split("\n") for run in _INSERTED.split(line)]
    runs = [run for run in runs if len(run) >= 3]
    if not runs:
        return ""
    first, last = runs[0], runs[-1]
    if len(runs) == 1 and len(_units(first)) <= _FEW:
        return _encoded(first)
    start = _joined(_units(first)[:_ENDS])
    end = _joined(_units(last)[-_ENDS:])
    return f"{_encoded(start)},{_encoded(end)}" if len(runs) > 1 or len(_units(first)) > 2 * _ENDS else _encoded(first)


def _units(text: str) -> list[str]:
    """The words with the spaces after them; the characters of a script that has no spaces, in twos."""
    found = re.findall(r"\S+\s*", text)
    return re.findall(r"..?", text) if max(map(len, found), default=0) > 40 else found


def _joined(units: list[str]) -> str:
    return "".join(units).strip(_EDGE)


def _encoded(text: str) -> str:
    """Percent-encoded; a dash, comma or ampersand would mean something in a directive."""
    return quote(" ".join(text.split()), safe="").replace("-", "%2D")
