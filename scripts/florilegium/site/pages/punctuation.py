"""Typographic punctuation for our own prose: quotation marks, apostrophes and dashes. Quoted words are never touched.

Prose reaches this with places for quotations and citations, which are filled afterwards: none of their words is in it.
"""

import re

_TAG = re.compile(r"(<(pre|code|kbd|math)\b.*?</\2>|<[^>]*>)", re.DOTALL)
_MARKS = {"de": "„“‚‘", "fr": "«»‹›", "es": "«»“”", "he": "”“’‘", "zh": "“”‘’"}
_STRAIGHT = re.compile("[\"']")
_DASH = re.compile(r"(?<![-!])---?(?![->])")
_OPENS_AFTER = re.compile(r"[\s(\[{–—/]$|^$")


def smarten(html: str, language: str) -> str:
    """Clean HTML with typographic marks of a language in its texts; code stays as it is."""
    if not any(sign in html for sign in ("'", '"', "&quot;", "&#39;", "--", "...")):
        return html
    pieces, before = [], ""
    marks = _MARKS.get(language, "“”‘’")
    position = 0
    for match in _TAG.finditer(html):
        text = _text(html[position : match.start()], before, marks)
        pieces += [text, match[0]]
        before = (before + text)[-1:]
        if re.match(r"</?(?:p|li|h[1-6]|td|th|dd|dt|div|blockquote|br)\b", match[0]):
            before = ""
        position = match.end()
    pieces.append(_text(html[position:], before, marks))
    return "".join(pieces)


def _text(text: str, before: str, marks: str) -> str:
    text = text.replace("&quot;", '"').replace("&#39;", "'")

    def shown(match: re.Match[str]) -> str:
        place = match.start()
        opens = _OPENS_AFTER.search(text[place - 1] if place else before)
        if match[0] == '"':
            return marks[0] if opens else marks[1]
        following = text[place + 1 : place + 2]
        return marks[2] if opens and following.isalpha() and "'" in text[place + 2 :] else "’"

    return _DASH.sub("–", _STRAIGHT.sub(shown, text)).replace("...", "…")
