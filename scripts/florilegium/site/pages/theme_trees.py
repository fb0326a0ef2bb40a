"""The tree of themes: which stand above and below which, and the lines that say what each is."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from ...core.model import Theme
from ...library.links import Links
from .cards import PageSite
from .marked_html import first_paragraph_html, marked, without_citations
from .punctuation import smarten

_LEAD = 130
"""Characters of a definition that lead a theme's page: whole sentences, as far as they go."""


def top_themes(site: PageSite) -> list[Theme]:
    """Themes that no other theme is broader than, by label."""
    themes = site.links.themes
    return [theme for theme in site.themes_by_label if not any(m.id in themes for m in theme.broader)]


def theme_tree(site: PageSite) -> list[tuple[int, Theme]]:
    """All themes in the order of a printed tree, each once, with its depth; those in a cycle come last."""
    seen: set[str] = set()
    tree = list(_tree(top_themes(site), site.links, 0, seen))
    return tree + [(0, theme) for theme in site.links.themes.values() if theme.id not in seen]


def _tree(themes: Sequence[Theme], links: Links, depth: int, seen: set[str]) -> Iterator[tuple[int, Theme]]:
    for theme in themes:
        if theme.id in seen:
            continue
        seen.add(theme.id)
        yield depth, theme
        narrower = [links.themes[id_] for id_ in links.narrower.get(theme.id, ()) if id_ in links.themes]
        yield from _tree(narrower, links, depth + 1, seen)


def below(id_: str, links: Links) -> list[str]:
    """The ids of all themes below one, in the order of the tree; cycles end where they began."""
    seen: dict[str, None] = {id_: None}
    stack = list(reversed(links.narrower.get(id_, ())))
    while stack:
        one = stack.pop()
        if one not in seen:
            seen[one] = None
            stack.extend(reversed(links.narrower.get(one, ())))
    return list(seen)[1:]


def lead_of(theme: Theme, site: PageSite) -> str:
    """The first sentences of a theme's definition, without citations, as plain text."""
    body = site.rendered(theme)
    html = first_paragraph_html(marked(body.sections[0].html)) if body.sections else ""
    text = str(Markup(smarten(without_citations(html), site.words.locale.language)).striptags())
    taken = ""
    for sentence in site.sentences(text):
        if taken and len(taken) + len(sentence) > _LEAD:
            break
        taken = f"{taken} {sentence}".strip()
    return taken if len(taken) <= 2 * _LEAD else f"{taken[: 2 * _LEAD].rsplit(' ', 1)[0]} …"
