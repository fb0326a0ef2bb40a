"""The parts that pages share: quote cards, citations, chips. Each is HTML with slots for the way to the
root.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup, escape

from ...core.model import Note, Quote, Theme
from ...library.links import Links
from ...quotations.states import marks_words, record_words
from ...works.citing import Bibliography
from ..addresses import ROOT, Addresses, quote_anchor
from ..linked_site import Site, language_of
from ..rendered_bodies import Html, fill
from .text_fragments import text_fragment

__all__ = ["PageSite", "count", "environment", "localise"]

_TEMPLATES = Path(__file__).parent.parent / "templates"

_CONTEXT = "\ufdd0context\ufdd1"
"""Stands in a card for the link to its note, which cards on other pages have."""


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates of our own pages. They escape everything that is not marked as clean HTML."""
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    found = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["count"] = count
    found.globals["root"] = Markup(ROOT)
    return found


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 quote`, `7 quotes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class Card(NamedTuple):
    """What the template of a quote card shows."""

    anchor: str
    words: Markup
    language: str
    speaker: str
    role_id: str
    citation: Markup
    quoted_in: Markup | None
    cite: str
    at_words: str
    themes: list[tuple[str, str]]
    notices: list[str]
    is_closed: bool
    notice_ids: list[str]
    state_class: str
    state: str
    marks: str
    record: str
    link: str


class PageSite(Site):
    """The linked library as the makers of pages see it: with the HTML that pages share."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        super().__init__(links, bibliography, addresses)
        self._card = environment().get_template("card.html")
        self._cards: dict[int, str] = {}

    def numbered(self, html: str) -> str:
        """The citation as it is: a page gets its numbers when it is whole."""
        return html

    def fill(self, html: Html, document: Note | Theme, *, local: bool) -> str:
        """Put citations and quote cards into the slots of a document's prose.

        With `local`, citations lead to the list of works on the page itself.
        """
        body = document.body
        filled = fill(
            html,
            root=ROOT,
            citation=lambda index: self.citation(body.citations[index]),
            quote=lambda index: self.card(body.quotes[index]),
        )
        return localise(filled) if local else filled

    # -- cards

    def card(self, quote: Quote, *, context: bool = False) -> str:
        """A quote as a figure; with `context`, for a page other than that of its note."""
        html = self._cards.get(id(quote))
        if html is None:
            html = self._cards[id(quote)] = self._card.render(card=self._view(quote), context=Markup(_CONTEXT))
        if not context:
            return html.replace(_CONTEXT, "")
        title = escape(self.links.notes[quote.note].title)
        link = f'<a class="fl-in-context" href="{ROOT}{self.addresses.quote(quote)}">In context: {title}</a>'
        anchor = f'id="{quote_anchor(quote)}"'
        return html.replace(_CONTEXT, link).replace(anchor, f'id="q-{quote.note}--{quote.id}"', 1)

    def _view(self, quote: Quote) -> Card:
        note = self.links.notes[quote.note]
        index = next(number for number, other in enumerate(note.quotes) if other is quote)
        words = self.rendered(note).quotes[index]
        role = self.role(quote)
        state = self.state(quote)
        ids = self.links.notices_of(quote)
        address = self.address_of(quote)
        return Card(
            anchor=quote_anchor(quote),
            words=Markup(self.fill(words, note, local=False)),
            language=language_of(self.source_of(quote.reference)),
            speaker=self.who(quote),
            role_id=role.id if role else "unknown",
            citation=Markup(self.reference(quote.reference)) if quote.reference else Markup(""),
            quoted_in=Markup(self.reference(quote.quoted_in)) if quote.quoted_in else None,
            cite=address,
            at_words=text_fragment(address, quote.words) if address else "",
            themes=[(m.id, self.theme_label(m.id)) for m in quote.themes],
            notices=[self.notice_label(id_) for id_ in ids],
            is_closed=self.links.is_closed(quote),
            notice_ids=list(ids),
            state_class="unverified" if state.against is None else "verified",
            state=self.state_words(quote),
            marks="; ".join(marks_words(state, quote.words)),
            record=record_words(state),
            link=self.addresses.quote(quote),
        )


_FAR = re.compile(rf'href="{ROOT}references/[^"#]*#ref-')


def localise(html: str) -> str:
    """Let links to the bibliography lead to the list of works on the same page."""
    return _FAR.sub('href="#ref-', html)
