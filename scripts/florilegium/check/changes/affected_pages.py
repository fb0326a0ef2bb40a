"""Which pages a change alters beside those of the files that it edits: themes, works, notes that link there."""

from collections.abc import Iterable, Iterator

from ...core.model import Note, Quote, Theme
from ...library.links import Links, resolve_target
from .differences import DocumentChange, QuoteChange, WorkChange


def affected_pages(
    links: tuple[Links, Links],
    quotes: Iterable[QuoteChange],
    documents: Iterable[DocumentChange],
    works: Iterable[WorkChange],
) -> tuple[str, ...]:
    """The addresses `notes/x`, `themes/y` and `@key` of pages that show something else now, sorted by kind.

    `links` are the earlier and the later library. The changed notes, themes and works themselves are left out.
    """
    documents, works = tuple(documents), tuple(works)
    found: set[str] = set()
    for quote in quotes:
        for present in filter(None, (quote.before, quote.after)):
            found.update(_of_quote(links[1], present))
    for change in documents:
        for document, library in ((change.before, links[0]), (change.after, links[1])):
            if document is not None:
                found.update(_of_document(library, document))
    for work in works:
        found.update(work.cited_in)
    own = {_address(side) for change in documents for side in (change.before, change.after) if side}
    own |= {f"@{work.key}" for work in works}
    return tuple(sorted(found - own, key=lambda address: (address.startswith("@"), address)))


def _address(document: Note | Theme) -> str:
    return f"{'notes' if isinstance(document, Note) else 'themes'}/{document.id}"


def _of_quote(links: Links, quote: Quote) -> Iterator[str]:
    """The note that it stands in, its themes and those above them, and its works."""
    yield f"notes/{quote.note}"
    for mention in quote.themes:
        yield from _theme_and_above(links, mention.id)
    for reference in quote.references:
        yield f"@{reference.key}"


def _theme_and_above(links: Links, theme: str) -> Iterator[str]:
    waiting, seen = [theme], set()
    while waiting:
        id_ = waiting.pop()
        if id_ in links.themes and id_ not in seen:
            seen.add(id_)
            yield f"themes/{id_}"
            waiting += [mention.id for mention in links.themes[id_].broader]


def _of_document(links: Links, document: Note | Theme) -> Iterator[str]:
    """What names a note or theme on its page: links to it, its themes and works; the notes under a theme."""
    path = document.path
    kind = "note" if isinstance(document, Note) else "theme"
    for other in links.documents:
        targets = (resolve_target(hyperlink, other.path) for hyperlink in other.body.hyperlinks)
        if other.path != path and any(t and (t.kind, t.id) == (kind, document.id) for t in targets):
            yield _address(other)
    if isinstance(document, Note):
        yield from (f"themes/{mention.id}" for mention in document.themes if mention.id in links.themes)
        if document.source is not None:
            yield f"@{document.source.id}"
        return
    yield from (f"notes/{note.id}" for note in links.notes_by_theme.get(document.id, ()))
    yield from (f"themes/{m.id}" for m in (*document.broader, *document.related) if m.id in links.themes)
    yield from (f"themes/{id_}" for id_ in links.narrower.get(document.id, ()))
