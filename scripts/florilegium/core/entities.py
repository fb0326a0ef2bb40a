"""Character references of HTML, such as `&eacute;` and `&#233;`, as the characters that they stand for."""

import re
from html import unescape

_LONG = re.compile(r"&#(?:([xX])([0-9A-Fa-f]{8,})|([0-9]{8,}));?")
"""References with more digits than any character has: Python refuses to read numbers of over 4,300."""


def unescape_html(text: str) -> str:
    """The text that a reader of HTML sees. Unlike `html.unescape`, it never raises."""
    return unescape(shorten_references(text)) if "&" in text else text


def shorten_references(text: str) -> str:
    """The same HTML, whose references to characters that there are not lead to the sign for that, U+FFFD."""
    return _LONG.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    digits = (found[2] or found[3]).lstrip("0") or "0"
    return f"&#{found[1] or ''}{digits};" if len(digits) < 8 else "&#xFFFD;"
