"""The tags of a page of HTML with their attributes, read from its bytes as a browser's tokeniser does.

A page is read once, by one regular expression, since a site has millions of tags. Comments, scripts, style sheets
and titles hold no tags; an attribute ends where HTML says that it ends (https://html.spec.whatwg.org/#tokenization).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...core.entities import unescape_html

_ATTRIBUTE = rb"""
    [\t\n\f\r /]*+ ([^\t\n\f\r />][^\t\n\f\r />=]*+)
    (?: [\t\n\f\r ]*+ = [\t\n\f\r ]*+ (?: "([^"]*+)" | '([^']*+)' | ((?!["'])[^\t\n\f\r >]*+) )
      | (?! [\t\n\f\r ]*+ = )
    )
"""
_ATTRIBUTES = re.compile(_ATTRIBUTE, re.VERBOSE)
_UNNAMED = re.sub(rb"\((?!\?)", b"(?:", _ATTRIBUTE)

_DULL = rb"""(?:
    [^<]++
  | </(?!template)[a-z][a-z0-9]*+>
  | <(?!script|style|t(?:itle|extarea|emplate)|xmp|iframe|noembed|noframes|plaintext)[a-z][a-z0-9]*+
    (?:[ ](?:class|title|lang|dir|rel|role|type|viewBox|fill|stroke|width|height|d|aria-[a-z]++)="[^"]*+")*+
    [ /]?+>
)*+"""
"""Text and tags in which nothing can lead anywhere. Most of a page is passed over here, without a match of its own."""

_SCAN = re.compile(
    _DULL
    + rb"""
    (?:
      <([A-Za-z][^\t\n\f\r />]*+) ((?:%s)*+) [\t\n\f\r /]*+ >
    | </([A-Za-z][^\t\n\f\r />]*+) (?:%s)*+ [\t\n\f\r /]*+ >
    | <!--(?: -?> | .*?(?: --!?> | \Z))
    | <[!/?][^>]*+(?: > | \Z)
    # A tag that the page does not end holds all the rest.
    | </?[A-Za-z].*+
    | <
    )"""
    % (_UNNAMED, _UNNAMED),
    re.VERBOSE | re.DOTALL,
)
_WORDS_ONLY = {
    name: re.compile(rb"</%s(?=[\t\n\f\r />])" % name, re.IGNORECASE)
    for name in b"script style title textarea xmp iframe noembed noframes".split()
}
"""Elements whose content is text, and what ends them."""


class StartTag(NamedTuple):
    """A tag that opens an element."""

    name: bytes
    """In lower case."""
    attributes: list[tuple[bytes, bytes, bytes, bytes]]
    """Name as written; and the value, in one of three places, as written: see `value_of`."""
    start: int
    """Offset of the tag's `<`."""
    words: bytes
    """The content of an element that holds text alone, such as `style`."""
    fragment: bool
    """Whether the tag is within a `template`, which is no part of the page until a script takes it."""


def value_of(attribute: tuple[bytes, bytes, bytes, bytes]) -> str:
    """The value of an attribute, its character references resolved."""
    raw = (attribute[1] or attribute[2] or attribute[3]).decode("utf-8", "replace")
    return unescape_html(raw) if "&" in raw else raw


def scan_tags(page: bytes) -> Iterator[StartTag]:
    """The opening tags of a page that have attributes, or text alone in them, in their order."""
    position, templates = 0, 0
    search, find_attributes = _SCAN.match, _ATTRIBUTES.findall
    while found := search(page, position):
        position = found.end()
        name, attributes, closed = found.groups()
        if name is None:
            if closed is not None and closed.lower() == b"template" and templates:
                templates -= 1
            continue
        name = name.lower()
        if name == b"plaintext":
            return
        words = b""
        if name in _WORDS_ONLY:
            end = _WORDS_ONLY[name].search(page, position)
            stop = end.start() if end else len(page)
            words, position = page[position:stop], stop
        if attributes or words:
            yield StartTag(name, find_attributes(attributes), found.start(1) - 1, words, templates > 0)
        if name == b"template":
            templates += 1
