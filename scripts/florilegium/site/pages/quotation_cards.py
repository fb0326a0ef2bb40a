"""Cards of quotations: what they show on every page is made once; a page adds what differs there."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from ...core.lock_entries import VerifiedAgainst
from ...core.model import Citation, Note, Quote, Reference, Theme
from ...core.spans import Span
from ...library.links import Links
from ...works.citing.formatting import Bibliography
from ..addresses import ROOT, Addresses, quote_anchor
from ..kept_templates import KeptTemplates, QuickEnvironment
from ..languages import N_, language_words
from ..linked_site import Site, language_of
from ..rendered_bodies import Html
from ..verification_words import marks_words, record_words, shown_state
from .directions import directed
from .marked_html import filled, marked
from .punctuation import smarten
from .text_fragments import opened_at, pdf_page

_TEMPLATES = Path(__file__).parent.parent / "templates"


@lru_cache(maxsize=8)
def environment(language: str = "en") -> jinja2.Environment:
    """The templates of our own pages in one language. They escape everything that is not marked as clean HTML."""
    words = language_words(language)
    found = QuickEnvironment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=KeptTemplates(),
    )
    found.filters["day"] = words.day
    # The same few words and numbers stand on every page.
    found.filters["number"] = lru_cache(maxsize=1000)(words.number)
    found.globals["root"] = Markup(ROOT)
    found.globals["_"] = lru_cache(maxsize=1000)(lambda text: escape(words.gettext(text)))
    found.globals["counted"] = lru_cache(maxsize=1000)(words.counted)
    return found


class TranslatedWords(NamedTuple):
    """A translation as a card shows it, below the words."""

    words: Markup
    language: str
    by: str


class CardView(NamedTuple):
    """What the template of a quotation shows."""

    anchor: Markup
    label: str
    """A short name of its own for screen readers; of a closed quotation it holds no word."""
    words: Markup
    language: str
    translations: list[TranslatedWords]
    speaker: str
    citation: Markup
    quoted_in: Markup | None
    role_id: str
    work: str
    year: str
    cite: str
    at_words: str
    at_kind: str
    at_place: str
    themes: tuple[tuple[str, str], ...]
    notice_ids: list[str]
    """Those that close it."""
    speaks: str
    closed: bool
    closing: str
    gist: str
    """What it is about, in the note-taker's words, without its own."""
    state_class: str
    state: str
    marks: str
    record: str
    link: str
    cite_link: str


class CardPieces(NamedTuple):
    """A card in pieces of HTML; every other one names what a page puts in its place."""

    pieces: tuple[str, ...]
    parts: Mapping[str, str]
    """What is put there where a page does not differ."""
    themes: tuple[tuple[str, str], ...]


_GAP = re.compile("\ufdd6([a-z]+)\ufdd7")
"""Signs that no text can hold stand around the name of what is put there."""
_GAPS = {name: Markup(f"\ufdd6{name}\ufdd7") for name in ("compact", "first", "cited", "filed", "noted")}


_LABELS = {"page": N_("p."), "chapter": N_("ch."), "section": "§", "line": N_("l."), "paragraph": "¶"}
_LABELS["volume"] = N_("vol.")


_FAR = re.compile(rf'href="{ROOT}works/([^"/]+)/"')


def localise(html: str) -> str:
    """Let hyperlinks to works lead to the list of works on the same page."""
    return _FAR.sub(r'href="#ref-\1"', html)


class CardSite(Site):
    """The linked library as the makers of cards see it."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        super().__init__(links, bibliography, addresses)
        self.card_pieces: dict[Span, CardPieces] = {}
        """The cards of quotations, by their places in the files, as far as they were made."""
        self._templates: dict[str, jinja2.Template] = {}
        self._filings: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        self._cited_places: dict[Markup, str] = {}

    def template(self, name: str) -> jinja2.Template:
        """A template of ours in the library's language."""
        found = self._templates.get(name)
        if found is None:
            found = environment(self.links.library.settings.language).get_template(name)
            found.globals = dict(found.globals)  # Each rendering copies them, and a chain of maps is copied slowly.
            self._templates[name] = found
        return found

    def load_templates(self) -> None:
        """Compile all templates, before processes are forked that would each do so."""
        for path in _TEMPLATES.glob("*.html"):
            self.template(path.name)

    @cached_property
    def card_macros(self) -> Any:
        """The macros for what differs between the pages that show a quotation."""
        return self.template("card-parts.html").module

    def filed(self, themes: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
        """The parts of a card that name its themes: many cards name the same few."""
        if themes not in self._filings:
            made = self.card_macros
            self._filings[themes] = {"first": _one_line(made.first(themes)), "filed": _one_line(made.filed(themes))}
        return self._filings[themes]

    def cited_place(self, reference: Reference) -> str:
        """The part of a card that names the place in a work alone."""
        place = self.place(reference)
        if place not in self._cited_places:
            self._cited_places[place] = _one_line(self.card_macros.cited(place))
        return self._cited_places[place]

    def _(self, text: str) -> str:
        """A string of the interface in the library's language."""
        return self.words.gettext(text)

    def numbered(self, html: str) -> str:
        """The citation as it is: a page gets its numbers when it is whole."""
        return html

    def fill(self, html: Html, document: Note | Theme, *, local: bool) -> str:
        """Put citations and quote cards into the slots of a document's prose.

        With `local`, citations lead to the list of works on the page itself.
        """
        return self.fill_marked(marked(html), document, local=local)

    def fill_marked(self, html: str, document: Note | Theme, *, local: bool) -> str:
        """The same for HTML in which marks stand for the slots."""
        body = document.body
        return filled(
            html,
            citation=lambda index: self._cited(body.citations[index], local=local),
            quote=lambda index: self.card(body.quotes[index]),
        )

    @staticmethod
    def sentences(text: str) -> list[str]:
        """A text cut after each sentence."""
        return [part for part in re.split(r"(?<=[.!?。！？…])[”’\"']?\s+(?=\S)", " ".join(text.split())) if part]

    def _cited(self, citation: Citation, *, local: bool) -> str:
        html = self.citation(citation)
        return localise(html) if local else html

    def prose(self, html: Html, document: Note | Theme, beside: Callable[[str], str] = str) -> str:
        """Prose on the page of its document: with typographic punctuation, citations and quotation cards.

        `beside` may add to the prose while marks still stand for the citations.
        """
        prose = directed(smarten(marked(html), self.words.locale.language), self.words.direction)
        return self.fill_marked(beside(prose), document, local=True)

    # -- quotations

    def card(
        self, quote: Quote, *, context: bool = False, theme: str = "", work: str = "", compact: bool = False
    ) -> str:
        """A quotation as a figure; with `context`, for a page other than that of its note.

        On the page of a `theme` or `work`, that one is not named again; `compact` is for where there is no margin.
        """
        # By its place: nothing but a rule, which can be turned off, keeps two quotations from having one id.
        card = self.card_pieces.get(quote.span)
        if card is None:
            card = self.card_pieces[quote.span] = make_card(quote, self)
        named = bool(work and quote.reference and quote.reference.key == work)
        return fill_card(card, quote, self, context=context, theme=theme, named=named, compact=compact)

    def place(self, reference: Reference) -> Markup:
        """The place in a work alone, such as `p. 12`, for a page on which the work need not be named again."""
        if reference.locator is None:
            return Markup("")
        label = self._(_LABELS.get(reference.locator.label, reference.locator.label))
        return Markup("{}").format(f"{label} {reference.locator.value}")

    def name(self, key: str) -> str:
        """A work in a few words, as text."""
        return str(Markup(self.short(key)).striptags())

    def language_of_quote(self, quote: Quote) -> str:
        return language_of(self.source_of(quote.reference))

    def pdf_page(self, reference: Reference | None, address: str) -> int:
        """The page at which an open PDF shows the place of a reference; 0 where it is none, or the place is no page."""
        source = self.source_of(reference)
        if reference is None or source is None or reference.locator is None or reference.locator.label != "page":
            return 0
        return pdf_page(address, reference.locator.value, source.variables.get("page", ""))

    def on_web(self, reference: Reference) -> bool:
        source = self.links.sources.get(reference.key)
        return bool(source and source.variables.get("URL"))

    def quoting(self, reference: Reference) -> str:
        """The work in which words were read; one without author or date is called by its kind."""
        source = self.links.sources.get(reference.key)
        if source is None or (source.names.get("author") and source.year) or reference.locator:
            return self.reference(reference)
        href = f"{ROOT}{self.addresses.reference(reference.key)}"
        kind = self.kind(reference.key, "quoted in")[1]
        return Markup('<a class="fl-ref" href="{}">{}</a>').format(href, kind) + Markup(self.retraction(reference.key))

    def read_kind(self, key: str) -> Markup:
        """A work as what was read: by its kind, with a hyperlink to its page."""
        href = f"{ROOT}{self.addresses.reference(key)}"
        return Markup('<a href="{}">{}</a>').format(href, self.kind(key)[1])

    def label(self, quote: Quote, *, closed: bool) -> str:
        """`Participant, Somer, 2009: Heroin helps me forget the`: what tells a figure from the others."""
        said = [self.who(quote), self.reference_text(quote.reference) if quote.reference else ""]
        lead = ", ".join(part for part in said if part)
        if closed:
            return f"{lead} ({self._('closed')} · {quote.id})"
        return f"{lead}: {' '.join(quote.words.split(None, 6)[:6])}"


def make_card(quote: Quote, site: CardSite) -> CardPieces:
    """Make what the card of a quotation shows wherever it stands."""
    view = _view(quote, site)
    html = site.template("card.html").render(card=view, gaps=_GAPS)
    parts = {
        **site.filed(view.themes),
        "cited": _one_line(site.card_macros.cited(view.citation)),
        "noted": _one_line(site.card_macros.noted(view.link, site.links.notes[quote.note].title)),
    }
    return CardPieces(tuple(_GAP.split(_one_line(html))), parts, view.themes)


def fill_card(
    card: CardPieces, quote: Quote, site: CardSite, *, context: bool, theme: str, named: bool, compact: bool
) -> str:
    """Put into a card what one page shows: see `CardSite.card`; `named` says that the page names the work."""
    parts = {
        **card.parts,
        "anchor": f"q-{quote.note}--{quote.id}" if context else quote_anchor(quote),
        "compact": " compact" if compact else "",
    }
    if not context:
        parts["noted"] = ""
    if named and quote.reference:
        parts["cited"] = site.cited_place(quote.reference)
    if theme:
        parts |= site.filed(tuple(item for item in card.themes if item[0] != theme))
    return "".join([parts[one] if at % 2 else one for at, one in enumerate(card.pieces)])


def _one_line(html: str) -> str:
    return str(html).replace("\n", " ")


def _view(quote: Quote, site: CardSite) -> CardView:
    note = site.links.notes[quote.note]
    index = next(number for number, other in enumerate(note.quotes) if other is quote)
    words = site.rendered(note).quotes[index]
    ids = site.links.notices_of(quote)
    role, source = site.role(quote), site.source_of(quote.reference)
    address = site.address_of(quote)
    closed = site.closes(quote)
    closing = [id_ for id_ in ids if id_ not in site.links.notices or site.links.notices[id_].closed]
    state = site.state(quote)
    web = quote.reference if quote.reference and site.on_web(quote.reference) else quote.quoted_in
    page = site.pdf_page(web, address)
    work = quote.quoted_in if state.against is VerifiedAgainst.QUOTED_IN else quote.reference
    return CardView(
        anchor=Markup("\ufdd6anchor\ufdd7"),
        label=site.label(quote, closed=closed),
        words=Markup(site.fill(words, note, local=False)),
        language=language_of(site.source_of(quote.reference)),
        translations=[
            TranslatedWords(
                Markup(site.fill(site.rendered(note).translations[translation.number], note, local=False)),
                site.language_of_translation(translation),
                site.translated_by(translation),
            )
            for translation in quote.translations
        ],
        speaker=site.who(quote),
        citation=Markup(site.reference(quote.reference)) if quote.reference else Markup(""),
        quoted_in=Markup(site.quoting(quote.quoted_in)) if quote.quoted_in else None,
        role_id=role.id if role else "unknown",
        work=quote.reference.key if quote.reference else "",
        year=str(source.year) if source and source.year else "",
        cite=address,
        at_words=opened_at(address, quote.words, page) if address else "",
        at_kind=site.kind(web.key, "in")[2] if web else "",
        at_place=site._("page %(page)s") % {"page": page} if page else site._("at these words"),
        themes=tuple((m.id, site.theme_label(m.id)) for m in quote.themes),
        notice_ids=closing,
        speaks=site.speaks(id_ for id_ in ids if not closed or id_ not in closing),
        closed=closed,
        closing=site.speaks(closing),
        gist=quote.gist,
        state_class=_RINGS[state.against],
        state=shown_state(state, site.source_of(quote.quoted_in), site.words),
        marks=marks_words(state, quote.words, site.words),
        record=record_words(state, site.kind(work.key, "with")[2] if work else "", site.words),
        link=site.addresses.quote(quote),
        cite_link=f"{site.addresses.reference(quote.reference.key)}#cite" if quote.reference else "",
    )


_RINGS = {VerifiedAgainst.SOURCE: "original", VerifiedAgainst.QUOTED_IN: "copy", None: "unchecked"}
"""How sure a quotation is: the class of a ring, full, half or empty."""
