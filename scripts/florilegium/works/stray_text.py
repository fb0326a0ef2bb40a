"""What publishers and databases leave in the texts of a reference, whatever its format: HTML, words beside a number."""

import html
import re

from .identifiers import parse_isbn, parse_issn

_ENTITY = re.compile(r"&(?:amp;)?(?:[A-Za-z]{2,7}|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5});")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s|]+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9Xx][0-9Xx -]{6,16}[0-9Xx]")
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_EDITION = re.compile(
    rf"(?:([0-9]{{1,3}})(?:st|nd|rd|th|\.|ª|e|ème)?|({'|'.join(_ORDINALS)}))"
    r"(\s*(?:ed(?:ition|n)?|aufl(?:age)?|éd(?:ition)?|edición)\.?)?",
    re.IGNORECASE,
)


def without_entities(text: str) -> str:
    """The text with `&amp;` and `&#x2013;` as the signs that they stand for, also where they were written twice."""
    return _ENTITY.sub(lambda found: html.unescape(html.unescape(found[0])), text) if "&" in text else text


def edition_number(text: str) -> str:
    """The number of an edition that is written as `2nd ed.`, `Second edition` or `2. Auflage`; else the text."""
    found = _EDITION.fullmatch(text.strip())
    if found is None or (found[1] and not found[3]):
        return text
    return found[1] or str(_ORDINALS.index(found[2].lower()) + 1)


def first_address(text: str) -> str:
    """The first of several web addresses in a field, with its scheme; the text where none is in it."""
    found = _ADDRESS.search(text)
    if found is None or (found.start() and not text[: found.start()].isspace()):
        return text
    address = found[0].rstrip(",;")
    return f"http://{address}" if address.lower().startswith("www.") else address


def names_several(text: str) -> bool:
    """Whether a field holds more than one web address."""
    return len(_ADDRESS.findall(text)) > 1


def first_number(text: str) -> str:
    """The first ISBN or ISSN in a field that also says `(pbk)` or names several; the text where none is in it."""
    for found in _NUMBER.finditer(text):
        if parse_isbn(found[0].strip()).value or parse_issn(found[0].strip()).value:
            return found[0].strip()
    return text
