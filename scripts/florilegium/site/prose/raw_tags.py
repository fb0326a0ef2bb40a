"""Raw tags that may be contributed, written anew: the element, and the attributes on the list."""

import re
from html import escape, unescape

from ...core import policy
from ...markdown.blocks import MAX_DEPTH
from .slots import escape_text

__all__ = ["TagStack", "is_block_tag"]

_MAX_VALUE = 2000
"""Characters of an attribute, such as the title of an abbreviation."""

_ATTRIBUTE = re.compile(r"""[ \t\n]([A-Za-z_:][A-Za-z0-9_.:-]*)(?:[ \t\n]*=[ \t\n]*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")


def is_block_tag(tag: str) -> bool:
    """Whether a tag is allowed and no part of a paragraph."""
    return policy.tag_name(tag) in policy.BLOCK_ELEMENTS and policy.tag_fault(tag) is None


class TagStack:
    """The elements that raw tags have opened. What comes out is well-formed, whatever the tags are."""

    __slots__ = ("opened",)

    def __init__(self) -> None:
        self.opened: list[str] = []

    def write(self, tag: str) -> str:
        """An allowed tag as HTML. One that closes nothing becomes nothing."""
        name = policy.tag_name(tag)
        if tag.startswith("</"):
            return self._close(name)
        start = f"<{name}{_attributes(name, tag)}>"
        if name in policy.VOID_ELEMENTS:
            return start
        if tag.endswith("/>"):
            return ""
        if len(self.opened) >= MAX_DEPTH:
            return escape_text(tag)  # Sanitisers take quadratic time for deep elements.
        implied = self._close(self.opened[-1]) if name in _TERMS and self.opened and self.opened[-1] in _TERMS else ""
        self.opened.append(name)
        return implied + start

    def _close(self, name: str) -> str:
        if name not in self.opened:
            return ""
        closed: list[str] = []
        while not closed or closed[-1] != name:
            closed.append(self.opened.pop())
        return "".join(f"</{element}>" for element in closed)

    def close(self, height: int = 0) -> str:
        """Close everything that was opened above a height."""
        closed = "".join(f"</{element}>" for element in reversed(self.opened[height:]))
        del self.opened[height:]
        return closed


_TERMS = frozenset({"dt", "dd"})


def _attributes(name: str, tag: str) -> str:
    allowed = policy.ATTRIBUTES["*"] | policy.ATTRIBUTES.get(name, frozenset())
    written = {}
    for match in _ATTRIBUTE.finditer(tag):
        attribute = match[1].lower()
        if attribute in allowed and attribute not in written:
            value = " ".join(unescape(_unquoted(match[2] or "")).split())[:_MAX_VALUE]
            written[attribute] = f' {attribute}="{escape(value)}"'
    return "".join(written.values())


def _unquoted(value: str) -> str:
    return value[1:-1] if value.startswith(('"', "'")) else value
