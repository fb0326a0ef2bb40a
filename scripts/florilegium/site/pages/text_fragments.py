"""Addresses that open a page at the words of a quotation: text fragments, and pages of a PDF.

The syntax is that of https://wicg.github.io/scroll-to-text-fragment/. A browser that does not know it, or
does not find the words, opens the page at its beginning.
"""

import re
from urllib.parse import quote, urlsplit

_FEW = 12
"""Words up to which all are named; of more, the first and the last ones."""
_ENDS = 5

_INSERTED = re.compile(r"\[[^\]]*\]|\.\.\.|…")
"""What the person who quotes has put into the words, and what may stand for words left out."""
_EDGE = " \t.,;:!?“”‘’\"'«»()–—-"


def pdf_page(address: str, locator: str, pages: str) -> int:
    """On which page of a PDF a printed page lies: counted from the first of the work's `pages`, or else as printed.

    0 where the address is that of no PDF, or the locator is no page. The syntax of `#page=` is that of RFC 8118.
    """
    begins = re.match(r"\d+", locator)
    if not begins or not urlsplit(address).path.lower().endswith(".pdf") or "#" in address:
        return 0
    first, last = re.match(r"(\d+)(?:\D+(\d+))?", pages), int(begins[0])
    counted = last - int(first[1]) + 1 if first else last
    return max(counted, 0) if counted < 5000 else 0


def opened_at(address: str, words: str, page: int) -> str:
    """The address with what opens it at the words: the page of a PDF, or the words themselves."""
    return f"{address}#page={page}" if page else text_fragment(address, words)


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
