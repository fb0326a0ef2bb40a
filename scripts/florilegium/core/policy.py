"""The written allow-list: which raw HTML and which addresses a contributor may use.

The checker refuses what is not on it, and the sanitiser removes what is not on it; both read it here.
"""

import re
from urllib.parse import urlsplit

CONTRIBUTED_ELEMENTS = frozenset(
    """abbr b bdi br cite del details dfn dd dl dt em hr i ins kbd mark p q rp rt ruby s samp small span strong sub
    summary sup time u var wbr""".split()
)
"""Elements that may be written as raw HTML."""

BLOCK_ELEMENTS = frozenset("details summary dl dt dd hr p".split())
"""Those of them that are no part of a paragraph."""

SPANNING_ELEMENTS = frozenset("details dl dd".split())
"""Those of them that may hold several paragraphs, and so end elsewhere than in the one where they begin."""

VOID_ELEMENTS = frozenset("br hr wbr".split())

ELEMENTS = CONTRIBUTED_ELEMENTS | frozenset(
    "a blockquote code div h1 h2 h3 h4 h5 h6 li ol pre section table tbody td th thead tr ul".split()
)
"""Elements that rendered prose consists of."""

ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"lang", "dir"}),
    "abbr": frozenset({"title"}),
    "dfn": frozenset({"title"}),
    "details": frozenset({"open"}),
    "time": frozenset({"datetime"}),
    "del": frozenset({"datetime"}),
    "ins": frozenset({"datetime"}),
}
"""Attributes that may be written on them; `*` stands for every element."""

SCHEMES = frozenset({"http", "https", "mailto"})

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE_NAME = re.compile(r"""\s([A-Za-z_:][\w.:-]*)(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?""")


def tag_name(tag: str) -> str:
    """The element that a tag opens or closes, in lower case; an empty string for a declaration."""
    match = _NAME.match(tag)
    return match[1].lower() if match else ""


def tag_fault(tag: str) -> str | None:
    """Why a raw tag is refused, as the rest of the sentence "the tag …"; None where it is allowed."""
    name = tag_name(tag)
    if not name:
        return "is a declaration or an instruction, which prose cannot hold"
    if name not in CONTRIBUTED_ELEMENTS:
        verb = "closes" if tag.startswith("</") else "opens"
        return f"{verb} <{name}>, which is not among the elements that prose may hold"
    if not tag.endswith(">"):
        return "is never closed with >"
    allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(name, frozenset())
    for attribute in _ATTRIBUTE_NAME.findall(tag[1 + len(name) : -1]):
        if attribute.lower() not in allowed:
            return f"has the attribute {attribute[:40]!r}, which <{name}> may not have"
    return None


_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


def target_fault(target: str) -> str | None:
    """Why a hyperlink's address is refused, as the rest of "the link …"; None where it is allowed.

    Browsers drop tabs and line feeds from addresses and read `\\` as `/`, so both count as an attempt to hide a scheme.
    """
    if _CONTROLS.search(target.strip(" ")):
        return "holds white space or a control character"
    compact = target.strip(" ").replace("\\", "/")
    if compact.startswith("//"):
        return "names a host without a scheme"
    head = re.match(r"([^/?#]*?):", compact)
    if head is None:
        return None
    scheme = head[1].lower()
    if scheme not in SCHEMES:
        return f"has the scheme {scheme[:20]!r}; http, https and mailto are allowed"
    if scheme == "mailto":
        return None
    try:
        host = urlsplit(compact).hostname
    except ValueError:
        host = None
    return None if host and compact.lower().startswith((f"{scheme}://",)) else "names no host"
