"""What pages share: the templates, quotation cards, citations. All of it is HTML with slots for the way to the root."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from ...core.model import Citation, Note, Quote, Reference, Theme, VerifiedAgainst
from ...library.links import Links, resolve_target
from ...quotations.states import marks_words
from ...works.citing import Bibliography
from ..addresses import ROOT, Addresses, quote_anchor
from ..languages import language_words
from ..linked_site import Site, language_of
from ..rendered_bodies import Html
from .author_names import Author, authors_of, slugs_of
from .marked_html import filled, marked
from .page_files import Contents, GeneratedPage, PageHeading
from .punctuation import smarten
from .text_fragments import text_fragment

__all__ = ["PageSite", "count", "environment", "localise"]

_TEMPLATES = Path(__file__).parent.parent / "templates"


@lru_cache(maxsize=8)
def environment(language: str = "en") -> jinja2.Environment:
    """The templates of our own pages in one language. They escape everything that is not marked as clean HTML."""
    words = language_words(language)
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["count"] = count
    found.filters["day"] = words.day
    found.filters["number"] = words.number
    found.globals["root"] = Markup(ROOT)
    found.globals["_"] = lambda text: escape(words.gettext(text))
    found.globals["counted"] = words.counted
    return found


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 quote`, `7 quotes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class TranslatedWords(NamedTuple):
    """A translation as a card shows it, below the words."""

    words: Markup
    language: str
    by: str


class Card(NamedTuple):
    """What the template of a quotation shows."""

    anchor: str
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
    themes: list[tuple[str, str]]
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
    note: str
    """The title of the note, where the card stands on another page."""


class WorkRow(NamedTuple):
    """A work as one line of a list."""

    title: str
    authors: str
    year: str
    kind: str
    read: str
    """`no`, `abstract` or `yes`."""
    quotes: int
    address: str
    retraction: Markup
    coins: str


class PageSite(Site):
    """The linked library as the makers of pages see it: with the HTML that pages share."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        super().__init__(links, bibliography, addresses)
        self._cards: dict[tuple[int, bool, str, str, bool], str] = {}
        self._views: dict[int, Card] = {}

    def template(self, name: str) -> jinja2.Template:
        """A template of ours in the library's language."""
        return environment(self.links.library.settings.language).get_template(name)

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

    def prose(self, html: Html, document: Note | Theme) -> str:
        """Prose on the page of its document: with typographic punctuation, citations and quotation cards."""
        return self.fill_marked(smarten(marked(html), self.words.locale.language), document, local=True)

    # -- quotations

    def card(
        self, quote: Quote, *, context: bool = False, theme: str = "", work: str = "", compact: bool = False
    ) -> str:
        """A quotation as a figure; with `context`, for a page other than that of its note.

        On the page of a `theme` or `work`, that one is not named again; `compact` is for where there is no margin.
        """
        key = (id(quote), context, theme, work, compact)
        if key not in self._cards:
            view = self._view(quote)
            if context:
                title = self.links.notes[quote.note].title
                view = view._replace(anchor=f"q-{quote.note}--{quote.id}", note=title)
            if theme:
                view = view._replace(themes=[item for item in view.themes if item[0] != theme])
            if work and quote.reference and quote.reference.key == work:
                view = view._replace(citation=self._place(quote.reference))
            html = self.template("card.html").render(card=view, compact=compact)
            self._cards[key] = " ".join(html.split("\n"))
        return self._cards[key]

    def _place(self, reference: Reference) -> Markup:
        """The place in a work alone, such as `p. 12`, for a page on which the work need not be named again."""
        if reference.locator is None:
            return Markup("")
        label = _LABELS.get(reference.locator.label, reference.locator.label)
        return Markup("{}").format(f"{label} {reference.locator.value}")

    def _view(self, quote: Quote) -> Card:
        if id(quote) not in self._views:
            self._views[id(quote)] = self._make_view(quote)
        return self._views[id(quote)]

    def _make_view(self, quote: Quote) -> Card:
        note = self.links.notes[quote.note]
        index = next(number for number, other in enumerate(note.quotes) if other is quote)
        words = self.rendered(note).quotes[index]
        ids = self.links.notices_of(quote)
        role, source = self.role(quote), self.source_of(quote.reference)
        address = self.address_of(quote)
        closed = self.closes(quote)
        closing = [id_ for id_ in ids if id_ not in self.links.notices or self.links.notices[id_].closed]
        state = self.state(quote)
        web = quote.reference if quote.reference and self._on_web(quote.reference) else quote.quoted_in
        return Card(
            anchor=quote_anchor(quote),
            label=self._label(quote, closed=closed),
            words=Markup(self.fill(words, note, local=False)),
            language=language_of(self.source_of(quote.reference)),
            translations=[
                TranslatedWords(
                    Markup(self.fill(self.rendered(note).translations[translation.number], note, local=False)),
                    self.language_of_translation(translation),
                    self.translated_by(translation),
                )
                for translation in quote.translations
            ],
            speaker=self.who(quote),
            citation=Markup(self.reference(quote.reference)) if quote.reference else Markup(""),
            quoted_in=Markup(self._quoting(quote.quoted_in)) if quote.quoted_in else None,
            role_id=role.id if role else "unknown",
            work=quote.reference.key if quote.reference else "",
            year=str(source.year) if source and source.year else "",
            cite=address,
            at_words=text_fragment(address, quote.words) if address else "",
            at_kind=self.kind(web.key)[1] if web else "",
            themes=[(m.id, self.theme_label(m.id)) for m in quote.themes],
            notice_ids=closing,
            speaks=self.speaks(id_ for id_ in ids if not closed or id_ not in closing),
            closed=closed,
            closing=self.speaks(closing),
            gist=quote.gist,
            state_class=_RINGS[state.against],
            state=self._(self.state_words(quote)),
            marks=marks_words(state, quote.words),
            record=self.record_words(quote),
            link=self.addresses.quote(quote),
            cite_link=f"{self.addresses.reference(quote.reference.key)}#cite" if quote.reference else "",
            note="",
        )

    def name(self, key: str) -> str:
        """A work in a few words, as text."""
        return str(Markup(self.short(key)).striptags())

    def language_of_quote(self, quote: Quote) -> str:
        return language_of(self.source_of(quote.reference))

    def _on_web(self, reference: Reference) -> bool:
        source = self.links.sources.get(reference.key)
        return bool(source and source.variables.get("URL"))

    def _quoting(self, reference: Reference) -> str:
        """The work in which words were read; one without author or date is called by its kind."""
        source = self.links.sources.get(reference.key)
        if source is None or (source.names.get("author") and source.year) or reference.locator:
            return self.reference(reference)
        href = f"{ROOT}{self.addresses.reference(reference.key)}"
        kind = self.kind(reference.key)[0]
        return Markup('<a class="fl-ref" href="{}">{}</a>').format(href, kind) + Markup(self.retraction(reference.key))

    def read_kind(self, key: str) -> Markup:
        """A work as what was read: by its kind, with a hyperlink to its page."""
        href = f"{ROOT}{self.addresses.reference(key)}"
        return Markup('<a href="{}">{}</a>').format(href, self.kind(key)[0])

    @cached_property
    def themes_by_label(self) -> list[Theme]:
        return sorted(self.links.themes.values(), key=lambda theme: (theme.label.casefold(), theme.id))

    @cached_property
    def _by_title(self) -> list[Note]:
        return sorted(self.links.notes.values(), key=lambda note: (note.title.casefold(), note.id))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {note.id: place for place, note in enumerate(self._by_title)}

    def neighbours(self, id_: str) -> tuple[Note | None, Note | None]:
        """The notes before and after a note in the list by title."""
        place = self._places[id_]
        before = self._by_title[place - 1] if place else None
        return before, self._by_title[place + 1] if place + 1 < len(self._by_title) else None

    @cached_property
    def _linking(self) -> dict[str, list[Note | Theme]]:
        found: dict[str, list[Note | Theme]] = {}
        for document in self.links.documents:
            for hyperlink in document.body.hyperlinks:
                target = resolve_target(hyperlink, document.path)
                if target and target.kind in ("note", "theme"):
                    listed = found.setdefault(f"{target.kind}s/{target.id}", [])
                    if document not in listed:
                        listed.append(document)
        return found

    def linking_to(self, page: str) -> list[Note | Theme]:
        """The notes and themes whose prose has a hyperlink to a page, such as `notes/x`."""
        return self._linking.get(page, [])

    def _label(self, quote: Quote, *, closed: bool) -> str:
        """`Participant, Somer, 2009: Heroin helps me forget the`: what tells a figure from the others."""
        said = [self.who(quote), self.reference_text(quote.reference) if quote.reference else ""]
        lead = ", ".join(part for part in said if part)
        if closed:
            return f"{lead} ({self._('closed')} · {quote.id})"
        return f"{lead}: {' '.join(quote.words.split()[:6])}"

    # -- works and authors

    @cached_property
    def work_keys(self) -> list[str]:
        """All works that have a page, in the order of the bibliography; those without an entry come last."""
        listed = [key for key in self.bibliography.order if key in self.links.cited_by or key in self.links.sources]
        return listed

    @cached_property
    def work_places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.work_keys)}

    @cached_property
    def works_by(self) -> dict[Author, list[str]]:
        """The works of each author, in the order of the bibliography."""
        found: dict[Author, list[str]] = {}
        for key in self.work_keys:
            source = self.links.sources.get(key)
            for author in authors_of(source) if source else ():
                found.setdefault(author, []).append(key)
        return found

    @cached_property
    def author_slugs(self) -> Mapping[Author, str]:
        return slugs_of(self.works_by)

    def work_row(self, key: str, *, coins: bool = False) -> WorkRow:
        """A work as one line of a list."""
        source, found = self.links.sources.get(key), self.links.cited_by.get(key)
        names = (
            [name.short for name in (source.names.get("author") or source.names.get("editor", ()))] if source else []
        )
        bases = {note.basis for note in found.summarised} if found else set()
        read = "no" if not self.consulted(key) else "abstract" if bases == {"abstract"} else "yes"
        kind = self.kind(key)[0].split(" ", 1)[-1]
        return WorkRow(
            title=(source.title if source else "") or str(Markup(self.short(key)).striptags()) or f"@{key}",
            authors=", ".join(names[:3]) + (f" {self._('and others')}" if len(names) > 3 else ""),
            year=str(source.year) if source and source.year else "",
            kind=kind,
            read=read,
            quotes=len(found.quoted) if found else 0,
            address=self.addresses.reference(key),
            retraction=Markup(self.retraction(key)),
            coins=self.context_object(key) if coins else "",
        )

    # -- pages

    def page(
        self,
        *,
        title: str,
        description: str,
        parts: Sequence[str | PageHeading | Contents],
        kind: str,
        address: str,
        **more: Any,
    ) -> GeneratedPage:
        """A page with what all pages say: its language, its address, the settings that readers have."""
        return GeneratedPage(
            title=title,
            description=description,
            parts=tuple(parts),
            kind=kind,
            canonical=self.canonical(address),
            language=self.words.language,
            direction=self.words.direction,
            settings=self.settings_html,
            link_words=self._("Link to this part"),
            **more,
        )

    @cached_property
    def settings_html(self) -> str:
        settings = self.links.library.settings
        used = {id_ for quote in self.links.quotes for id_ in self.links.notices_of(quote)}
        closing = [(n.id, n.label) for n in settings.notices if n.closed and n.id in used]
        return self.template("settings.html").render(choices=closing, help=settings.help)

    def care(self, quotes: Sequence[Quote], ids: Sequence[str] = ()) -> Markup:
        """One line on what is hard to read on a page: what it speaks of, and how many quotations are closed."""
        closed = sum(self.closes(quote) for quote in quotes)
        found = [*ids, *(id_ for quote in quotes for id_ in self.links.notices_of(quote))]
        if not found:
            return Markup("")
        settings = self.links.library.settings
        return Markup(self.template("care.html").render(speaks=self.speaks(found), closed=closed, help=settings.help))


_RINGS = {VerifiedAgainst.SOURCE: "original", VerifiedAgainst.QUOTED_IN: "copy", None: "unchecked"}
"""How sure a quotation is: the class of a ring, full, half or empty."""

_LABELS = {"page": "p.", "chapter": "ch.", "section": "§", "line": "l.", "paragraph": "¶", "volume": "vol."}

_FAR = re.compile(rf'href="{ROOT}works/([^"/]+)/"')


def localise(html: str) -> str:
    """Let hyperlinks to works lead to the list of works on the same page."""
    return _FAR.sub(r'href="#ref-\1"', html)
