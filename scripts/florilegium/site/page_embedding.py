"""Clean HTML inside a Markdown page: written so that no Markdown renderer or template engine sees anything in it."""

import re
from html import unescape

_TAG = re.compile(r"""<!?/?[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_BREAKS = "\r\n\x0b\x0c\x85\u2028\u2029"
_SIGNS = str.maketrans({c: f"&#{ord(c)};" for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"})
_ATTRIBUTE = re.compile(r"""(=\s*)("[^"]*"|'[^']*')""")


def as_raw_block(html: str) -> str:
    """Clean HTML as a block of a Markdown page: one line, one element, which shows what `html` shows.

    A line break that counts, in `<pre>`, is a character reference; so are braces, which would open an expression for
    template engines. `html` must be well-formed: an element that it closes too often would end the block.
    """
    return f"<div>{_one_line(html)}</div>"


def _one_line(html: str) -> str:
    # Every other piece is a `<pre>`.
    pieces = _PRE.split(html) if "<pre" in html else [html]
    pieces[::2] = [_on_one_line(piece, " ") for piece in pieces[::2]]
    pieces[1::2] = [_preformatted(piece) for piece in pieces[1::2]]
    return "".join(pieces).replace("{", "&#123;").replace("}", "&#125;")


def _on_one_line(text: str, sign: str) -> str:
    """A text with a sign in the place of each line break. Pages are long, and looking for one sign is quick."""
    text = text.replace("\r\n", sign)
    for line_break in _BREAKS:
        if line_break in text:
            text = text.replace(line_break, sign)
    return text


def _preformatted(html: str) -> str:
    pieces, position = [], 0
    for tag in _TAG.finditer(html):
        pieces += [_on_one_line(html[position : tag.start()], "&#10;"), _on_one_line(tag[0], " ")]
        position = tag.end()
    return "".join([*pieces, html[position:]])


def heading_text(html: str) -> str:
    """A heading's inline HTML as the text of an ATX heading in a Markdown page, on one line.

    Every sign of punctuation is a character reference, in attributes too, so that only the tags mean anything.
    """
    pieces, position = [], 0
    for tag in _TAG.finditer(html):
        pieces += [_plain(html[position : tag.start()]), _ATTRIBUTE.sub(_attribute, _on_one_line(tag[0], " "))]
        position = tag.end()
    return " ".join("".join([*pieces, _plain(html[position:])]).split(" ")).strip()


def _plain(text: str) -> str:
    return _on_one_line(unescape(text), " ").translate(_SIGNS)


def _attribute(match: re.Match[str]) -> str:
    return f'="{unescape(match[2][1:-1]).translate(_SIGNS)}"'
