"""The page of all themes: their tree, the matrix of themes and sources, and which themes occur together."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from markupsafe import Markup

from ...core.model import Theme
from ...library.links import Links
from .cards import PageSite, environment
from .page_files import GeneratedPage, Heading
from .theme_pages import first_line, quotes_of, source_key, theme_tree

__all__ = ["themes_page"]

# No page grows with the library: of more, those with most quotations are shown, and the rest is counted.
TREE = 200
ROWS = 50
COLUMNS = 20
PAIRS = 40


class _Cell(NamedTuple):
    number: int
    address: str


class _Row(NamedTuple):
    theme: Theme
    cells: list[_Cell]
    total: int


class _Pair(NamedTuple):
    first: str
    second: str
    quotes: int
    notes: int


def themes_page(site: PageSite) -> GeneratedPage:
    """The tree of themes, how many quotes each source has under each, and which of them meet."""
    return GeneratedPage(
        title="Themes", description="All themes of the library.", parts=tuple(_parts(site)), kind="list"
    )


def _parts(site: PageSite) -> Iterator[str | Heading]:
    tree = theme_tree(site.links)
    yield _tree(tree, site)
    keys = Counter(source_key(quote) for quotes in site.links.quotes_by_theme.values() for quote in quotes)
    columns = [key for key, _ in keys.most_common() if key in site.links.sources][:COLUMNS]
    if columns:
        yield Heading(level=2, id="matrix", html="Themes and sources")
        yield _matrix(tree, columns, len(keys), site)
    pairs = _pairs(site.links)
    if pairs:
        yield Heading(level=2, id="together", html="Themes that occur together")
        yield (
            environment()
            .get_template("together.html")
            .render(pairs=pairs[:PAIRS], more=len(pairs) - len(pairs[:PAIRS]), label=site.theme_label)
        )


def _tree(tree: list[tuple[int, Theme]], site: PageSite) -> str:
    quotes = site.links.quotes_by_theme
    shown = [
        (min(depth, 4), theme, len(quotes.get(theme.id, ())), _short(first_line(theme, site)))
        for depth, theme in tree[:TREE]
    ]
    return (
        environment()
        .get_template("themes.html")
        .render(
            tree=shown,
            more=len(tree) - len(shown),
            broader=lambda t: ", ".join(site.theme_label(m.id) for m in t.broader),
        )
    )


def _short(line: Markup) -> str:
    text = str(line.unescape())
    return text if len(text) <= 200 else f"{text[:200].rsplit(' ', 1)[0]} …"


def _matrix(tree: list[tuple[int, Theme]], columns: list[str], sources: int, site: PageSite) -> str:
    themes = [theme for _, theme in tree if site.links.quotes_by_theme.get(theme.id)]
    most = sorted(themes, key=lambda theme: -len(site.links.quotes_by_theme[theme.id]))[:ROWS]
    chosen = {theme.id for theme in most}
    return (
        environment()
        .get_template("matrix.html")
        .render(
            rows=[_row(theme, columns, site) for theme in themes if theme.id in chosen],
            columns=[(key, Markup(site.short(key))) for key in columns],
            more_sources=sources - len(columns),
            more_themes=len(themes) - len(most),
            address=site.addresses,
        )
    )


def _row(theme: Theme, columns: list[str], site: PageSite) -> _Row:
    places: dict[str, list[int]] = {}
    for place, quote in enumerate(quotes_of(theme, site.links)):
        places.setdefault(source_key(quote), []).append(place)
    cells = [
        _Cell(len(places[key]), site.addresses.source_group(theme.id, key, places[key][0]))
        if key in places
        else _Cell(0, "")
        for key in columns
    ]
    return _Row(theme, cells, sum(map(len, places.values())))


def _pairs(links: Links) -> list[_Pair]:
    """Pairs of themes that meet in a quote, or in a note and its quotes."""
    in_quotes: Counter[tuple[str, str]] = Counter()
    in_notes: Counter[tuple[str, str]] = Counter()
    order = {id_: place for place, id_ in enumerate(links.themes)}
    for note in links.notes.values():
        met = {mention.id for mention in note.themes}
        for quote in note.quotes:
            ids = {mention.id for mention in quote.themes}
            met |= ids
            in_quotes.update(combinations(sorted(ids & order.keys(), key=order.__getitem__), 2))
        in_notes.update(combinations(sorted(met & order.keys(), key=order.__getitem__), 2))
    pairs = [_Pair(*pair, in_quotes[pair], number) for pair, number in in_notes.items()]
    return sorted(pairs, key=lambda pair: (-pair.quotes, -pair.notes, order[pair.first], order[pair.second]))
