"""The sanitiser: what is left of HTML is on the written allow-list, whatever produced it."""

from collections.abc import Mapping

import nh3

from ...core import policy
from .slots import ROOT, show_ampersands

__all__ = ["CLASSES", "clean"]

CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"fl-noteref", "fl-noteback"}),
    "div": frozenset({"fl-table"}),
    "p": frozenset({"fl-heading"}),
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
}
"""Attributes of elements that cannot be contributed."""

_VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "a": {"rel": frozenset({"noopener noreferrer"}), "role": frozenset({"doc-noteref", "doc-backlink"})},
    "div": {"role": frozenset({"group"}), "tabindex": frozenset({"0"})},
    "pre": {"tabindex": frozenset({"0"})},
    "section": {"role": frozenset({"doc-endnotes"})},
}


def _relative(address: str) -> str | None:
    """Only addresses that we made: below the site's root, or on the page itself."""
    return address if address.startswith((ROOT, "#")) else None


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


def clean(html: str) -> str:
    """A fragment without everything that is not on the allow-list; well-formed, whatever it was."""
    return show_ampersands(_CLEANER.clean(html)) if html else html
