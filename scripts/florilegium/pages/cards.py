"""The parts that pages share: quote cards, citations, chips, lists. Each is HTML with slots for the way to the root."""

import re
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from ..bibliography import Bibliography
from ..links import Links, resolve_role
from ..model import Citation, CitationMode, Note, Quote, Reference, Theme, VerifiedAgainst
from ..prose import RenderedBody, fill, render_body
from .addresses import Addresses, quote_anchor
from .files import ROOT

__all__ = ["ROOT", "Site", "bare_citation", "environment"]

_TEMPLATES = Path(__file__).parent.parent / "templates"

STATES = {
    VerifiedAgainst.SOURCE: ("verified", "Verified against the source"),
    VerifiedAgainst.QUOTED_IN: ("verified", "Verified against the work it is quoted in"),
    None: ("unverified", "Not verified"),
}
"""How a quote's state of verification is shown: a class, and words."""

BASES = {"full-text": "the full text", "abstract": "the abstract", "secondary": "another work, read instead"}


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates of our own pages. They escape everything that is not marked as clean HTML."""
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    found = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters["count"] = count
    return found


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 quote`, `7 quotes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class Card(NamedTuple):
    """What the template of a quote card shows."""

    quote: Quote
    anchor: str
    words: Markup
    role: str
    role_id: str
    name: str
    citation: Markup
    quoted_in: Markup | None
    cite: str
    themes: list[tuple[str, str]]
    notices: list[str]
    notice_ids: list[str]
    state_class: str
    state: str
    link: str
    note_title: str


class Site:
    """A linked library and its bibliography, as the makers of pages see them."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        self.links = links
        self.bibliography = bibliography
        self.addresses = addresses
        self.bodies: dict[str, RenderedBody] = {}
        """The prose of notes and themes as HTML with slots, by path, as far as it was made."""
        self._card = environment().get_template("card.html")

    @cached_property
    def speaking_roles(self) -> frozenset[str]:
        """Ids of the roles that are quoted anywhere."""
        speakers = {quote.speaker.text: quote.speaker for quote in self.links.quotes if quote.speaker}
        roles = (resolve_role(self.links.roles, speaker) for speaker in speakers.values())
        return frozenset(role.id for role in roles if role)

    # -- text

    def rendered(self, document: Note | Theme) -> RenderedBody:
        """The prose of a note or theme as HTML with slots; made once in a run."""
        if document.path not in self.bodies:
            self.bodies[document.path] = render_body(document.body, document.path)
        return self.bodies[document.path]

    def fill(self, html: str, document: Note | Theme, *, local: bool) -> str:
        """Put citations and quote cards into the slots of a document's prose.

        With `local`, citations lead to the list of works on the page itself.
        """
        body = document.body
        filled = fill(
            html,
            root=ROOT,
            citation=lambda index: self.citation(body.citations[index], local=local),
            quote=lambda index: self.card(body.quotes[index]),
        )
        return self.localise(filled) if local else filled

    def localise(self, html: str) -> str:
        """Let links to the bibliography lead to the list of works on the same page."""
        return re.sub(rf'href="{ROOT}references/[^"#]*#ref-', 'href="#ref-', html)

    # -- citations

    def citation(self, citation: Citation, *, local: bool = False) -> str:
        """A citation as the style has it, each reference a hyperlink to its work."""
        parts = []
        for part in self.bibliography.citation(citation):
            parts.append(self._linked(part.html, part.key) if part.key else part.html)
        return f'<span class="fl-cite">{"".join(parts)}</span>'

    def _linked(self, html: str, key: str) -> str:
        if key not in self.links.sources:
            return html
        # An entry may hold links of its own; a link within a link is none.
        inner = re.sub(r"</?a\b[^>]*>", "", html)
        return f'<a class="fl-ref" href="{ROOT}{self.addresses.reference(key)}">{inner}</a>'

    def reference(self, reference: Reference) -> str:
        """One reference outside brackets, as an attribution shows it: `Somer, 2009, p. 514`."""
        plain = bare_citation(reference)
        html = "".join(part.html for part in self.bibliography.citation(plain)).strip()
        html = html[1:-1] if html.startswith("(") and html.endswith(")") else html
        return self._linked(html, reference.key)

    # -- cards

    def card(self, quote: Quote, *, context: bool = False) -> str:
        """A quote as a figure; with `context`, for a page other than that of its note."""
        return self._card.render(card=self._view(quote, context), root=Markup(ROOT), context=context)

    def _view(self, quote: Quote, context: bool) -> Card:
        note = self.links.notes[quote.note]
        index = note.quotes.index(quote)
        words = self.rendered(note).quotes[index]
        role = resolve_role(self.links.roles, quote.speaker) if quote.speaker else None
        state_class, state = STATES[self.links.states.get(quote.address)]
        ids = self.links.notices_of(quote)
        source = self.links.sources.get(quote.reference.key) if quote.reference else None
        return Card(
            quote=quote,
            anchor=f"q-{quote.note}--{quote.id}" if context else quote_anchor(quote),
            words=Markup(self.fill(words, note, local=False)),
            role=role.label if role else (quote.speaker.text if quote.speaker else ""),
            role_id=role.id if role else "unknown",
            name=quote.speaker.name if quote.speaker else "",
            citation=Markup(self.reference(quote.reference)) if quote.reference else Markup(""),
            quoted_in=Markup(self.reference(quote.quoted_in)) if quote.quoted_in else None,
            cite=source.variables.get("URL", "") if source else "",
            themes=[(m.id, self.theme_label(m.id)) for m in quote.themes],
            notices=[self.notice_label(id_) for id_ in ids],
            notice_ids=list(ids),
            state_class=state_class,
            state=state,
            link=self.addresses.quote(quote),
            note_title=note.title,
        )

    def theme_label(self, id_: str) -> str:
        theme = self.links.themes.get(id_)
        return theme.label if theme else id_

    def notice_label(self, id_: str) -> str:
        notice = self.links.notices.get(id_)
        return notice.label if notice else id_

    # -- works

    def entry(self, key: str) -> Markup:
        """The entry of a work in the bibliography."""
        return Markup(self.bibliography.entry(key))

    def consulted(self, key: str) -> bool:
        found = self.links.cited_by.get(key)
        return found is not None and found.consulted


def bare_citation(reference: Reference) -> Citation:
    """The citation that an attribution shows: the work and the place in it, and nothing else."""
    bare = replace(reference, mode=CitationMode.NORMAL, prefix="", suffix="")
    return Citation(references=(bare,), span=reference.span)
