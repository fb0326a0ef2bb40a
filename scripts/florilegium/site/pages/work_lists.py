"""The lists of works and of authors, the page of an author, and the old addresses of the bibliography."""

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from ..addresses import PAGE_SIZE, reference_anchor
from .author_names import Author
from .cards import PageSite, beside
from .list_jumps import jumps_of, row_ids, sorting_letter
from .page_files import Contents, GeneratedPage, PageHeading
from .timeline import timeline

MAX_LISTED_WORKS = 60
"""Quotations that an author's page shows; the pages of the works show all."""


def works_list_page(keys: Sequence[str], number: int, pages: int, site: PageSite) -> GeneratedPage:
    """One page of all works, in the order of the bibliography, with the timeline on the first."""
    return site.page(
        title=_numbered(site._("Works"), number, site),
        description=site._("All works of the library: what was read, quoted and cited."),
        parts=list(_works(keys, number, pages, site)),
        kind="list",
        address=site.addresses.list_page("works", number),
    )


def _numbered(title: str, number: int, site: PageSite) -> str:
    return title if number == 1 else site._("%(title)s, page %(number)s") % {"title": title, "number": number}


def _works(keys: Sequence[str], number: int, pages: int, site: PageSite) -> Iterator[str | PageHeading | Contents]:
    rows, line = [site.work_row(key, coins=True) for key in keys], site.template("work-row.html")
    reads = Counter(row.read for row in rows)
    named = {"no": site._("not read itself"), "abstract": site._("abstract read"), "yes": site._("read")}
    facets = [
        ("type", site._("Kind"), [(kind, kind, n) for kind, n in Counter(row.kind for row in rows).most_common()]),
        ("read", site._("Read"), [(id_, label, reads[id_]) for id_, label in named.items() if reads[id_]]),
    ]
    yield '<div class="column">'
    yield site.template("works-list.html").render(
        title=_numbered(site._("Works"), number, site),
        total=len(site.work_keys),
        facets=[facet for facet in facets if len(facet[2]) > 1],
        approximate=site.bibliography.approximate,
        works=[Markup(line.render(work=row)) for row in rows],
        orders=[
            ("", site._("as in the bibliography")),
            ("year", site._("newest first")),
            ("quotes", site._("most quoted")),
        ],
        number=number,
        pages=pages,
        address=site.addresses.list_page,
        folder="works",
    )
    chart = timeline(site.links, site.work_keys, site.words) if number == 1 else None
    if chart:
        yield PageHeading(level=2, id="timeline", html=escape(site._("Timeline")))
        yield site.template("timeline.html").render(chart=chart)
    yield "</div>"


def authors_list(authors: Sequence[Author], number: int, pages: int, site: PageSite) -> GeneratedPage:
    """One page of all authors, by name."""
    ordered = site.authors
    groups = [sorting_letter(one.sorting) for one in ordered]
    jumps = jumps_of(groups, PAGE_SIZE["authors"], "authors", site.addresses)
    ids = dict(zip(ordered, row_ids(groups) if jumps else [""] * len(groups), strict=True))
    html = site.template("authors.html").render(
        title=_numbered(site._("Authors"), number, site),
        authors=[
            (site.addresses.author(site.author_slugs[one]), one.label, len(site.works_by[one]), ids[one])
            for one in authors
        ],
        jumps=jumps,
        number=number,
        pages=pages,
        address=site.addresses.list_page,
        folder="authors",
    )
    return site.page(
        title=_numbered(site._("Authors"), number, site),
        description=site._("Everybody who wrote a work of this library."),
        parts=[html],
        kind="list",
        address=site.addresses.list_page("authors", number),
    )


def author_page(author: Author, site: PageSite) -> GeneratedPage:
    """An author's works, and the quotations from them."""
    return site.page(
        title=author.label,
        description=site._("Works and quotations of %(author)s.") % {"author": author.label},
        parts=list(_author(author, site)),
        kind="author",
        address=site.addresses.author(site.author_slugs[author]),
    )


def _author(author: Author, site: PageSite) -> Iterator[str | PageHeading | Contents]:
    keys = site.works_by[author]
    quotes = [quote for key in keys if key in site.links.cited_by for quote in site.links.cited_by[key].quoted]
    yield '<article class="column">'
    yield site.template("author-head.html").render(
        crumbs=[("authors/", site._("Authors"))], author=author.label, care=site.care(quotes)
    )
    yield Contents(title=site._("On this page"))
    yield PageHeading(
        level=2, id="fl-works", html=escape(site.words.counted("%(num)s work", "%(num)s works", len(keys)))
    )
    yield site.template("work-rows.html").render(works=[site.work_line(key) for key in keys])
    if quotes:
        title = site.words.counted("%(num)s quotation", "%(num)s quotations", len(quotes))
        yield PageHeading(level=2, id="fl-quotations", html=escape(title))
        yield "".join(site.card(quote, context=True) for quote in quotes[:MAX_LISTED_WORKS])
        if len(quotes) > MAX_LISTED_WORKS:
            yield Markup('<p class="ui">{}</p>').format(site._("More stand on the pages of the works."))
    around = beside(site.authors, site.author_places[author])
    ends = [(site.addresses.author(site.author_slugs[one]), one.label) if one else None for one in around]
    yield site.turn(site._("Other authors"), site._("Previous author"), site._("Next author"), ends)
    yield "</article>"


def old_references(keys: Sequence[str], number: int, pages: int, site: PageSite) -> GeneratedPage:
    """A page at an address that the bibliography had: each of its anchors leads to the page of its work."""
    html = site.template("old-references.html").render(
        works=[(reference_anchor(key), site.addresses.reference(key), Markup(site.short(key)) or key) for key in keys],
        number=number,
        pages=pages,
        address=site.addresses.list_page,
        folder="references",
    )
    return site.page(
        title=site._("References"),
        description=site._("Each work has a page of its own now."),
        parts=[html],
        kind="moved",
        address="works/",
    )
