"""Formatted citations and entries, which pandoc gives as HTML, as nodes that the Markdown writer takes."""

import re
from html import unescape

from ...markdown.events import Target
from ...markdown.nodes import PLAIN, Node
from ...markdown.tags import RawTag

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)")
_ADDRESS = re.compile(r'href="([^"]*)"')
_KINDS = {"em": "Emphasis", "i": "Emphasis", "strong": "Strong", "b": "Strong", "del": "Strikethrough", "a": "Link"}


def formatted_nodes(html: str) -> list[Node]:
    """The inline nodes of a fragment that this program wrote: well-formed, in one paragraph."""
    root: list[Node] = []
    opened: list[tuple[str, list[Node]]] = [("", root)]
    for closing, name, attributes, text in _TOKEN.findall(html):
        siblings = opened[-1][1]
        if text:
            siblings.append(Node("Text", 0, 0, (), " ".join(unescape(text).split(" ")).replace("\n", " "), PLAIN))
        elif name in ("sup", "sub"):
            siblings.append(Node("Tag", 0, 0, (), "", RawTag(name, f"<{closing}{name}>", bool(closing))))
        elif name in _KINDS and closing:
            if len(opened) > 1 and opened[-1][0] == name:
                opened.pop()
        elif name in _KINDS:
            children: list[Node] = []
            address = _ADDRESS.search(attributes)
            target = Target("Inline", unescape(address[1]) if address else "", "", "") if name == "a" else None
            siblings.append(Node(_KINDS[name], 0, 0, children, "", target))  # type: ignore[arg-type]
            opened.append((name, children))
    return root
