"""Clean HTML inside a Markdown page: written so that no Markdown renderer or template engine sees anything in it."""

import re
from html import unescape

__all__ = ["as_raw_block", "heading_text"]

_TAG = re.compile(r"""<!?/?[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_LINES = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SIGNS = str.maketrans({c: f"&#{ord(c)};" for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"})
_ATTRIBUTE = re.compile(r"""(=\s*)("[^"]*"|'[^']*')""")


def as_raw_block(html: str) -> str:
    """Clean HTML as a block of a Markdown page: one line, one element, which shows what `html` shows.

    A line break that counts, in `<pre>`, is a character reference; so are braces, which would open an expression for
    template engines. `html` must be well-formed: an element that it closes too often would end the block.
    """
    return f"<div>{_one_line(html)}</div>"


def _one_line(html: str) -> str:
    # Every other piece is a `<pre>`. All else is joined by one pass, since pages are long.
    pieces = _PRE.split(html)
    pieces[::2] = [_LINES.sub(" ", piece) for piece in pieces[::2]]
    pieces[1::2] = [_preformatted(piece) for piece in pieces[1::2]]
    return "".join(pieces).replace("{", "&#123;").replace("}", "&#125;")


def _preformatted(html: str) -> str:
    pieces, position = [], 0
    for tag in _TAG.finditer(html):
        pieces += [_LINES.sub("&#10;", html[position : tag.start()]), _LINES.sub(" ", tag[0])]
        position = tag.end()
    return "".join([*pieces, html[position:]])


def heading_text(html: str) -> str:
    """A heading's inline HTML as the text of an ATX heading in a Markdown page, on one line.

    Every sign of punctuation is a character reference, in attributes too, so that only the tags mean anything.
    """
    pieces, position = [], 0
    for tag in _TAG.finditer(html):
        pieces += [_plain(html[position : tag.start()]), _ATTRIBUTE.sub(_attribute, _LINES.sub(" ", tag[0]))]
        position = tag.end()
    return " ".join("".join([*pieces, _plain(html[position:])]).split(" ")).strip()


def _plain(text: str) -> str:
    return _LINES.sub(" ", unescape(text)).translate(_SIGNS)


def _attribute(match: re.Match[str]) -> str:
    return f'="{unescape(match[2][1:-1]).translate(_SIGNS)}"'
