"""Which works a citation style has to tell apart by their authors' names, and what it must know of for that.

CSL tells works apart by more names and by given names (specification, "Disambiguation"). Pandoc does it for all works
at once, in a time that grows with the square of the names; so it gets a style without these rules for most works, and
the whole style only for works that need it, each with all works that can bear on it. What comes out is the same:

- Citations can only read alike where the first name is the same, for all of them show it.
- Where the style looks at all names, a given name depends on every work that shows the same family name.
- Of a name that many works share, only who is cited in the same words and the same year can bear on a citation, and of
  the others two: one whose given name has other initials, and one whose has the same.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from .citation_styles import Style
from .pandoc_items import Item

LARGEST = 4
"""Works of one family name that pandoc gets as they are; of more it gets those that can bear on each other.

As few as that: pandoc's time grows faster than the number of works that it gets at once.
"""
_MANY = 300
"""Works that are cited alike up to given names; of more, those of one initial are told apart by themselves."""
_ROLES = ("author", "editor", "translator", "director")
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
    all_names = "all-names" in style.names_rule
    # Where the first name alone is told apart, one that is shown behind another bears on nothing.
    witnesses = _witnesses(names if all_names else {key: shown[:1] for key, shown in names.items()})
    near = _neighbours(names, witnesses) if all_names else {}
    needed: set[str] = set()
    bearing: dict[str, frozenset[str]] = {}
    for group in groups.values():
        told = names[group[0]] and _needs(group, names, works, style, near)
        parts = _parts(group, names, works, style) if told and len(group) > LARGEST else [(group, set[str]())]
        for part, beside in parts:
            close = frozenset(part).union(beside, *(near.get(key, ()) for key in part))
            if len(parts) > 1:
                close = close.union(*(_other(name, witnesses) for name in {names[key][0] for key in part}))
            bearing |= dict.fromkeys(part, close)
            if told and len(close) > 1:
                needed.update(part)
    return Ambiguous(frozenset(needed), bearing)


def _parts(
    group: list[str], names: Mapping[str, list[tuple[str, str]]], works: Mapping[str, Item], style: Style
) -> list[tuple[list[str], set[str]]]:
    """A group of one family name, by who can be cited alike: with the same names, in the same year.

    Of very many who are, those of the same initials, with one work of other initials beside them.
    """
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in group:
        alike[_year(works[key]) if style.dated else "", _shape(works[key], style)].append(key)
    found: list[tuple[list[str], set[str]]] = []
    for part in alike.values():
        by_initials: dict[str, list[str]] = defaultdict(list)
        for key in part:
            by_initials[_initials(names[key][0][1]) if len(part) > _MANY else ""].append(key)
        firsts = [(initials, keys[0]) for initials, keys in by_initials.items()][:2]
        for initials, keys in by_initials.items():
            found.append((keys, {key for other, key in firsts if other != initials}))
    return found


def _shape(work: Item, style: Style) -> tuple[str, ...]:
    """The family names that a citation shows; of a list that it shortens, the first."""
    people = _people(work)
    shortened = style.et_al_min and len(people) >= style.et_al_min
    return (_name(people[0])[0], "et al.") if shortened else tuple(_name(name)[0] for name in people[:_SHOWN])


_Witnesses = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By family name and initials, the first work that shows each given name; two given names of one are enough."""


def _witnesses(names: Mapping[str, list[tuple[str, str]]]) -> _Witnesses:
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for key, shown in names.items():
        for family, given in shown:
            bearers = found[family][_initials(given)]
            if len(bearers) < 2:
                bearers.setdefault(given, key)
    return found


def _other(name: tuple[str, str], witnesses: _Witnesses) -> set[str]:
    """Works that show the same family name with another given name: one of the same initials, and one of others."""
    family, given = name
    same = next((key for other, key in witnesses[family][_initials(given)].items() if other != given), None)
    others = (initials for initials in witnesses[family] if initials != _initials(given))
    other = next((next(iter(witnesses[family][initials].values())) for initials in others), None)
    return {key for key in (same, other) if key is not None}


def _initials(given: str) -> str:
    """What a style may make of a given name: `Jane Ann` is `J A`."""
    return " ".join(word[:1].casefold() for word in re.split(r"[\s.-]+", given) if word)


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


def _neighbours(names: Mapping[str, list[tuple[str, str]]], witnesses: _Witnesses) -> dict[str, frozenset[str]]:
    """For each work the others that show one of its family names with another given name."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for key, shown in names.items():
        for family, _ in shown:
            bearers[family].add(key)
    found: dict[str, frozenset[str]] = {}
    for key, shown in names.items():
        others: set[str] = set()
        for family, given in shown:
            if len(bearers[family]) > LARGEST:
                others |= _other((family, given), witnesses)
            else:
                others |= {
                    other for other in bearers[family] if any(n == family and g != given for n, g in names[other])
                }
        if others - {key}:
            found[key] = frozenset(others)
    return found


def _names(work: Item, style: Style) -> list[tuple[str, str]]:
    """Family and given names in the order of a citation, as far as one may show them."""
    people = _people(work)
    all_names = "all-names" in style.names_rule
    some = people[: (style.et_al_min or _SHOWN) if all_names else _SHOWN]
    return [_name(name) for name in some]


def _people(work: Item) -> Any:
    """The names, as CSL has them, of those by whom a work is cited."""
    return next((work[role] for role in _ROLES if work.get(role)), ())


def _name(name: Mapping[str, Any]) -> tuple[str, str]:
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name.get("family") or name.get("literal"))))
    return str(family).casefold(), str(name.get("given") or "")


def _year(work: Item) -> str:
    parts: Any = (work.get("issued") or {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""
