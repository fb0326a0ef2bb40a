"""The sanitiser: what is left of HTML is on the written allow-list, whatever produced it."""

from collections.abc import Mapping

import nh3

from ..core import policy

SLOT = "data-fl"
"""The attribute of the empty elements that stand for citations and quotes until a page is written."""

CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"fl-noteref", "fl-noteback"}),
    "div": frozenset({"fl-remark", "fl-table"}),
    "p": frozenset({"fl-heading", "fl-remark-title"}),
    "section": frozenset({"fl-footnotes"}),
    "td": frozenset({"fl-left", "fl-center", "fl-right"}),
    "th": frozenset({"fl-left", "fl-center", "fl-right"}),
}
"""The classes that prose is written with. No contributor can set one: elements that may be contributed have none."""

_OURS: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "id", "aria-label"}),
    "div": frozenset({"aria-label"}),
    "li": frozenset({"id"}),
    "ol": frozenset({"start"}),
    "p": frozenset({"id"}),
    "span": frozenset({SLOT}),
}
"""Attributes of elements that cannot be contributed."""

_VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "a": {"rel": frozenset({"noopener noreferrer"}), "role": frozenset({"doc-noteref", "doc-backlink"})},
    "div": {"role": frozenset({"group", "note"}), "tabindex": frozenset({"0"})},
    "pre": {"tabindex": frozenset({"0"})},
    "section": {"role": frozenset({"doc-endnotes"})},
}


def _relative(address: str) -> str | None:
    """Only addresses that we made: from the site's root, or on the page itself."""
    return address if address.startswith(("/", "#")) and not address.startswith("//") else None


def _attributes() -> dict[str, set[str]]:
    names = policy.ATTRIBUTES.keys() | _OURS.keys()
    return {name: set(policy.ATTRIBUTES.get(name, frozenset()) | _OURS.get(name, frozenset())) for name in names}


_CLEANER = nh3.Cleaner(
    tags=set(policy.ELEMENTS),
    attributes=_attributes(),
    tag_attribute_values={tag: {name: set(values) for name, values in named.items()} for tag, named in _VALUES.items()},
    allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
    url_schemes=set(policy.SCHEMES),
    url_relative=_relative,
    link_rel=None,
    strip_comments=True,
)


_MANY = 500
_AND = "\ufdd3"
"""Stands for `&amp;` while HTML is cleaned; no text that was read holds it."""


def sanitise(html: str) -> str:
    """A fragment without everything that is not on the allow-list; well-formed, whatever it was."""
    if not html:
        return html
    # Sanitisers take quadratic time for a text full of character references.
    if html.count("&amp;") > _MANY:
        return _CLEANER.clean(html.replace("&amp;", _AND)).replace(_AND, "&amp;")
    return _CLEANER.clean(html)
