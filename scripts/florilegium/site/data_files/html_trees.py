"""Clean HTML as a tree of elements and texts, for whoever writes it in another form."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TypeAlias

__all__ = ["BLOCKS", "Element", "Node", "parse_html"]

BLOCKS = frozenset(
    """blockquote dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section summary table tbody td th thead tr
    ul""".split()
)
"""Elements that begin a line of their own."""

_VOID = frozenset({"br", "hr", "wbr"})


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        """The text of the element and of all below it, white space as it stands."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


Node: TypeAlias = Element | str

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|([^<]+|<)')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def parse_html(html: str) -> Element:
    """The tree of a fragment, below an element without a name.

    It must be as our sanitiser and our templates write it: well-formed, names in lower case, values in double quotes.
    """
    root = Element("", {})
    opened = [root]
    for token in _TOKEN.finditer(html):
        closing, name, attributes, text = token.groups()
        if text:
            opened[-1].children.append(unescape(text) if "&" in text else text)
        elif closing:
            if len(opened) > 1 and opened[-1].name == name:
                opened.pop()
        else:
            element = Element(name, _attributes(attributes) if attributes else {})
            opened[-1].children.append(element)
            if name not in _VOID:
                opened.append(element)
    return root


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}
