"""Previews of quotes on other pages: each hyperlink of a page's prose to a quote brings a small card with
it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ...core.model import Note, Quote, Theme
from ...library.links import resolve_target
from ..addresses import quote_anchor
from ..linked_site import language_of
from .cards import PageSite

MAX_PREVIEWS = 20
"""Quotes that one page brings."""
_LONGEST = 900
"""Characters of words that a preview shows."""


def linked_quotes(document: Note | Theme, site: PageSite) -> list[Quote]:
    """The quotes of other notes to which the prose leads."""
    return list(dict.fromkeys(_linked(document, site)))[:MAX_PREVIEWS]


def _linked(document: Note | Theme, site: PageSite) -> Iterator[Quote]:
    for hyperlink in document.body.hyperlinks:
        if "#q-" not in hyperlink.target:
            continue
        target = resolve_target(hyperlink, document.path)
        note = site.links.notes.get(target.id) if target and target.kind == "note" else None
        if note is None or target is None or note.path == document.path:
            continue
        yield from (quote for quote in note.quotes if quote_anchor(quote) == target.fragment)


class _Preview(NamedTuple):
    address: str
    speaker: str
    words: str
    language: str
    citation: str
    closing: str
    notice_ids: list[str]


def quote_previews(document: Note | Theme, site: PageSite) -> Iterator[str]:
    """The cards as elements that show nothing until a script takes them."""
    quotes = linked_quotes(document, site)
    if quotes:
        yield site.template("quote-previews.html").render(previews=[_preview(q, site) for q in quotes])


def _preview(quote: Quote, site: PageSite) -> _Preview:
    ids = site.links.notices_of(quote)
    words = " ".join(quote.words.split())
    return _Preview(
        address=site.addresses.quote(quote),
        speaker=site.who(quote),
        words=words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0]} …",
        language=language_of(site.source_of(quote.reference)),
        citation=site.reference_text(quote.reference) if quote.reference else "",
        closing=site.speaks(ids) if site.closes(quote) else "",
        notice_ids=[id_ for id_ in ids if id_ not in site.links.notices or site.links.notices[id_].closed],
    )
