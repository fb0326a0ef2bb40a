"""The page of all themes: their tree, the matrix of themes and sources, and which themes occur together."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from markupsafe import Markup, escape

from ...core.model import Theme
from ...library.links import Links
from .cards import PageSite
from .page_files import Contents, GeneratedPage, PageHeading
from .theme_pages import filed_under, quotes_of, source_key
from .theme_trees import lead_of, theme_tree

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
    return site.page(
        title=site._("Themes"),
        description=site._("All themes of the library."),
        parts=list(_parts(site)),
        kind="list",
        address="themes/",
    )


def _parts(site: PageSite) -> Iterator[str | PageHeading | Contents]:
    tree = theme_tree(site)
    yield '<div class="column">'
    yield _tree(tree, site)
    yield "</div>"
    keys = Counter(source_key(quote) for quotes in site.links.quotes_by_theme.values() for quote in quotes)
    columns = [key for key, _ in keys.most_common() if key in site.links.sources][:COLUMNS]
    yield '<div class="broad">'
    if columns:
        yield PageHeading(level=2, id="matrix", html=escape(site._("Themes and works")))
        yield _matrix(columns, [key for key, _ in keys.most_common() if key in site.links.sources], site)
    pairs = _pairs(site.links)
    if pairs:
        yield PageHeading(level=2, id="together", html=escape(site._("Themes that occur together")))
        yield site.template("together.html").render(
            pairs=pairs[:PAIRS], more=len(pairs) - len(pairs[:PAIRS]), label=site.theme_label
        )
    yield "</div>"


def _tree(tree: list[tuple[int, Theme]], site: PageSite) -> str:
    shown = [
        (min(depth, 4), theme, len(filed_under(theme, site.links)), lead_of(theme, site))
        for depth, theme in tree[:TREE]
    ]
    return site.template("themes.html").render(
        tree=shown,
        total=len(tree),
        more=len(tree) - len(shown),
        facets=[],
        orders=[("", site._("as a tree")), ("title", site._("A–Z")), ("quotes", site._("most quotations"))],
        broader=lambda t: ", ".join(site.theme_label(m.id) for m in t.broader),
    )


def _matrix(columns: list[str], works: list[str], site: PageSite) -> str:
    """The table of themes and works, sorted so that what is dense stands together; the other works in a list."""
    filed = {t.id: Counter(source_key(q) for q in site.links.quotes_by_theme.get(t.id, ())) for t in _filed(site)}
    most = sorted(filed, key=lambda id_: -sum(filed[id_].values()))[:ROWS]
    ranks = {key: place for place, key in enumerate(columns)}
    most.sort(key=lambda id_: (_middle(filed[id_], ranks), -sum(filed[id_].values())))
    rows = {id_: place for place, id_ in enumerate(most)}
    by_work = {key: Counter({id_: filed[id_][key] for id_ in most if filed[id_][key]}) for key in columns}
    columns = sorted(columns, key=lambda key: (_middle(by_work[key], rows), -sum(by_work[key].values())))
    return site.template("matrix.html").render(
        rows=[_row(site.links.themes[id_], columns, site) for id_ in most],
        columns=[(key, Markup(site.short(key))) for key in columns],
        others=[(site.addresses.reference(key), Markup(site.short(key))) for key in works if key not in columns],
        more_themes=len(filed) - len(most),
        address=site.addresses,
    )


def _filed(site: PageSite) -> list[Theme]:
    return [theme for _, theme in theme_tree(site) if site.links.quotes_by_theme.get(theme.id)]


def _middle(counts: Counter[str], ranks: dict[str, int]) -> float:
    """The mean place of what is counted: rows and columns sorted by it meet in dense blocks (barycentre order)."""
    known = {key: n for key, n in counts.items() if key in ranks}
    return sum(ranks[key] * n for key, n in known.items()) / (sum(known.values()) or 1)


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
