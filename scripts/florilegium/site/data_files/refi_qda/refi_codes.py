"""The codes: a tree of themes, and beside it a branch each for speakers and for content notices.

Some programs keep one of several codes that have the same name, and lose the others. So no two have.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ....core.model import Theme
from ...linked_site import Site, name_based_uuid
from ...prose_texts import one_line, valid_text
from ..markdown_exports import notices_line
from ..skos import definition_of


class Code(NamedTuple):
    guid: str
    name: str
    description: str
    codable: bool = True
    """False for one that only holds others."""
    children: tuple["Code", ...] = ()


class Codes(NamedTuple):
    """The themes at the top of the tree, and the two branches, each left out where it is empty."""

    themes: tuple[Code, ...]
    groups: tuple[Code, ...]


def guid(address: str, site: Site) -> str:
    """The GUID of what has an address in the library (RFC 9562, version 5)."""
    iri = site.permanent(address)
    return iri.removeprefix("urn:uuid:") if iri.startswith("urn:uuid:") else name_based_uuid(iri)


def theme_guid(id_: str, site: Site) -> str:
    return guid(site.addresses.theme(id_), site)


def speaker_guid(id_: str, site: Site) -> str:
    return guid(f"#speaker-{id_}", site)


def notice_guid(id_: str, site: Site) -> str:
    return guid(f"#notice-{id_}", site)


def code_tree(site: Site) -> Codes:
    """All codes of a library, in the order of its files."""
    names = UniqueNames()
    themes = tuple(_themes(site, names))
    groups = (
        Code(guid("#speakers", site), names.take("Speakers"), "Who speaks.", False, tuple(_speakers(site, names))),
        Code(
            guid("#notices", site),
            names.take("Content notices"),
            "What a quotation speaks of that can be hard to read.",
            False,
            tuple(_notices(site, names)),
        ),
    )
    return Codes(themes, tuple(group for group in groups if group.children))


class UniqueNames:
    """Gives out names, each once: the second one like it gets its id in brackets."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def take(self, name: str, id_: str = "") -> str:
        wanted = one_line(name) or id_
        while wanted.casefold() in self.taken:
            wanted = f"{wanted} ({id_ or 'group'})"
        self.taken.add(wanted.casefold())
        return wanted


def _themes(site: Site, names: UniqueNames) -> Iterator[Code]:
    """A code has one place in the tree: below the first of the themes that a theme names as broader."""
    below: dict[str, list[Theme]] = {}
    for theme in site.links.themes.values():
        below.setdefault(_parent(theme, site), []).append(theme)
    seen: set[str] = set()

    def branch(themes: Iterable[Theme]) -> Iterator[Code]:
        for theme in themes:
            if theme.id not in seen:
                seen.add(theme.id)
                name = names.take(theme.label, theme.id)
                children = tuple(branch(below.get(theme.id, ())))
                yield Code(theme_guid(theme.id, site), name, _described(theme, site), children=children)

    yield from branch(below.get("", ()))
    # What is left goes round in a circle, which is an error that a library can choose to overlook.
    yield from branch(site.links.themes.values())


def _parent(theme: Theme, site: Site) -> str:
    return next((mention.id for mention in theme.broader if mention.id in site.links.themes), "")


def _described(theme: Theme, site: Site) -> str:
    """A theme's definition; before it its notices, after it what the tree cannot show."""
    notices = notices_line((mention.id for mention in theme.notices), site)
    others = [m.id for m in theme.broader if m.id in site.links.themes and m.id != _parent(theme, site)]
    lines = (
        f"Content notice: {notices}." if notices else "",
        definition_of(theme, site),
        f"Also called: {'; '.join(map(one_line, theme.aliases))}." if theme.aliases else "",
        f"Also below: {'; '.join(one_line(site.theme_label(id_)) for id_ in others)}." if others else "",
    )
    return "\n\n".join(line for line in lines if line)


def _speakers(site: Site, names: UniqueNames) -> Iterator[Code]:
    for role in site.links.roles.values():
        name = names.take(f"Speaker: {role.label}", role.id)
        yield Code(speaker_guid(role.id, site), name, "")


def _notices(site: Site, names: UniqueNames) -> Iterator[Code]:
    """Those that the library declares, and any other that is used."""
    used = {mention.id for note in site.links.notes.values() for mention in note.notices}
    used |= {id_ for quote in site.links.quotes for id_ in site.links.notices_of(quote)}
    for id_ in [*site.links.notices, *sorted(used - site.links.notices.keys())]:
        notice = site.links.notices.get(id_)
        name = names.take(f"Content notice: {site.notice_label(id_)}", id_)
        yield Code(notice_guid(id_, site), name, valid_text(notice.description) if notice else "")
