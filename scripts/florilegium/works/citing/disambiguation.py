"""Which works a citation style has to tell apart by their authors' names, and what it must know of for that.

CSL tells works apart by more names and by given names (specification, "Disambiguation"). Pandoc does it for all works
at once, in a time that grows with the square of the names; so it gets a style without these rules for most works, and
the whole style only for works that need it, each with all works that can bear on it. What comes out is the same:

- Citations can only read alike where the first name is the same, for all of them show it.
- Where the style looks at all names, a given name depends on every work that shows the same family name.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from .citation_styles import Style
from .pandoc_items import Item

__all__ = ["LARGEST", "Ambiguous", "ambiguous_works"]

LARGEST = 400
"""Works of one family name that are told apart; more would take pandoc minutes."""
_SHOWN = 20
"""Names of a work that a citation may show."""


class Ambiguous(NamedTuple):
    """Which works are told apart by names, and what bears on each."""

    needed: frozenset[str]
    """The works that need the whole style."""
    bearing: Mapping[str, frozenset[str]]
    """For every work, all that can change how it is cited, itself among them."""


def ambiguous_works(works: Mapping[str, Item], style: Style) -> Ambiguous:
    """The works that need the whole style, and what every work depends on."""
    if not style.full:
        return Ambiguous(frozenset(), {})
    names = {key: _names(work, style) for key, work in works.items()}
    groups: dict[str, list[str]] = defaultdict(list)
    for key, shown in names.items():
        title = works[key].get("title-short") or works[key].get("title") or ""
        groups[shown[0][0] if shown else f"\0{title}"].append(key)
    near = _neighbours(names) if "all-names" in style.names_rule else {}
    needed: set[str] = set()
    bearing: dict[str, frozenset[str]] = {}
    for group in groups.values():
        close = frozenset(group).union(*(near.get(key, ()) for key in group))
        bearing |= dict.fromkeys(group, close)
        if 1 < len(close) <= LARGEST and names[group[0]] and _needs(group, names, works, style, near):
            needed.update(group)
    return Ambiguous(frozenset(needed), bearing)


def _needs(
    group: list[str],
    names: Mapping[str, list[tuple[str, str]]],
    works: Mapping[str, Item],
    style: Style,
    bearing: Mapping[str, frozenset[str]],
) -> bool:
    """Whether names can tell any of the works apart: given names differ, or co-authors within a year do."""
    if "add-givenname" in style.names_rule and len({names[key][0][1] for key in group}) > 1:
        return True
    if any(bearing.get(key) for key in group):
        return True
    if "add-names" not in style.names_rule:
        return False
    authors: dict[str, set[tuple[tuple[str, str], ...]]] = defaultdict(set)
    for key in group:
        authors[_year(works[key])].add(tuple(names[key]))
    return any(len(lists) > 1 for lists in authors.values())


def _neighbours(names: Mapping[str, list[tuple[str, str]]]) -> dict[str, frozenset[str]]:
    """For each work the others that show one of its family names with another given name."""
    bearers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, shown in names.items():
        for family, given in shown:
            bearers[family][given].add(key)
    found: dict[str, frozenset[str]] = {}
    for key, shown in names.items():
        others: set[str] = set()
        for family, given in shown:
            for other, keys in bearers[family].items():
                if other != given and len(others) <= LARGEST:
                    others |= keys
        if others:
            found[key] = frozenset(others)
    return found


def _names(work: Item, style: Style) -> list[tuple[str, str]]:
    """Family and given names in the order of a citation, as far as one may show them."""
    people: Any = next((work[role] for role in ("author", "editor", "translator", "director") if work.get(role)), ())
    all_names = "all-names" in style.names_rule
    some = people[: (style.et_al_min or _SHOWN) if all_names else _SHOWN]
    return [_name(name) for name in some]


def _name(name: Mapping[str, Any]) -> tuple[str, str]:
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name.get("family") or name.get("literal"))))
    return str(family).casefold(), str(name.get("given") or "")


def _year(work: Item) -> str:
    parts: Any = (work.get("issued") or {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""
