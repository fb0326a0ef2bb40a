"""The direction of a paragraph that is written the other way round than the library: English in Hebrew, and so on."""

import re

_BLOCK = re.compile(r"<(p|li|h[1-6]|td|th|dd|dt)>(.*?)(?=</\1>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>|\ufdd0[^\ufdd1]*\ufdd1|&#?\w+;")
_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+")
"""Where letters run from right to left: every letter there does so, and none elsewhere (Unicode, Bidi_Class)."""


def directed(html: str, direction: str) -> str:
    """Clean HTML in which a block has a direction where most of its letters run against that of the library.

    The first letter would not tell: a Hebrew sentence often begins with a name in Latin letters.
    """
    if direction == "ltr" and not _RIGHT.search(html):
        return html
    other = "ltr" if direction == "rtl" else "rtl"

    def block(match: re.Match[str]) -> str:
        if direction == "ltr" and not _RIGHT.search(match[2]):
            return match[0]
        text = _TAG.sub("", match[2])
        letters = sum(map(str.isalpha, text))
        right = sum(map(str.isalpha, "".join(_RIGHT.findall(text))))
        against = right if other == "rtl" else letters - right
        return f'<{match[1]} dir="{other}">{match[2]}' if against * 2 > letters else match[0]

    return _BLOCK.sub(block, html)
