"""The linked library with its bibliography and addresses: what pages, data files, search and programs read."""

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from hashlib import sha1

from markupsafe import Markup, escape

from ..core.limits import Exhausted, bounded
from ..core.model import Citation, CitationMode, Note, Quote, Reference, Role, Theme, Translation
from ..core.sources import Source
from ..library.links import Links, note_references
from ..library.voices import render_voices, voices_of
from ..markdown.speakers import Voice
from ..quotations.states import NO_STATE, QuoteState, state_words
from ..works.citing.formatting import Bibliography
from ..works.citing.numbering import numbered
from ..works.citing.pandoc_fragments import plain_text
from ..works.csl.csl_checks import retraction
from ..works.exports.page_metadata import context_object
from ..works.identifiers import doi_url, parse_doi
from .addresses import ROOT, Addresses, reference_anchor
from .identified import web_address
from .languages import N_, Words, language_words
from .rendered_bodies import RenderedBody, render_body

SOURCE_KINDS = {
    "article": (N_("article"), N_("an article"), N_("the article"), N_("Articles")),
    "book": (N_("book"), N_("a book"), N_("the book"), N_("Books")),
    "chapter": (N_("chapter"), N_("a chapter"), N_("the chapter"), N_("Chapters")),
    "entry": (N_("entry"), N_("an entry"), N_("the entry"), N_("Entries")),
    "interview": (N_("interview"), N_("an interview"), N_("the interview"), N_("Interviews")),
    "post": (N_("post"), N_("a post"), N_("the post"), N_("Posts")),
    "post-weblog": (N_("blog post"), N_("a blog post"), N_("the blog post"), N_("Blog posts")),
    "report": (N_("report"), N_("a report"), N_("the report"), N_("Reports")),
    "thesis": (N_("thesis"), N_("a thesis"), N_("the thesis"), N_("Theses")),
    "webpage": (N_("web page"), N_("a web page"), N_("the web page"), N_("Web pages")),
    "": (N_("work"), N_("a work"), N_("the work"), N_("Other works")),
}
"""What works of a CSL type, or of all types that begin so, are called: alone, with each of the articles, and several
of them as a heading."""

BASES = {
    "full-text": "the full text",
    "abstract": "the abstract",
    "secondary": "another work, read instead",
    "": "a text that the note does not name",
}


def render_document(document: Note | Theme) -> RenderedBody:
    """The prose of a note or theme as HTML with slots. Raises `Exhausted`, which names its file."""
    try:
        with bounded():
            return render_body(document.body, document.path)
    except Exhausted as error:
        raise Exhausted(f"{document.path} cannot be rendered: {error}") from error


class Site:
    """A linked library, its bibliography, and where everything lies."""

    def __init__(self, links: Links, bibliography: Bibliography, addresses: Addresses) -> None:
        self.links = links
        self.bibliography = bibliography
        self.addresses = addresses
        self.bodies: dict[str, RenderedBody] = {}
        """The prose of notes and themes as HTML with slots, by path, as far as it was made."""
        self._context_objects: dict[str, str] = {}
        self._references: dict[tuple[str, str, str], str] = {}
        self._reference_texts: dict[tuple[str, str, str], str] = {}
        self._speakers: dict[tuple[str, str], str] = {}
        self.entry_lines: dict[str, str] = {}
        """The entries of works as a line of Markdown, as far as they were asked for."""
        self.work_iris: dict[str, str] = {}
        """What names each work, as far as it was asked for: see `work_iri`."""

    @cached_property
    def speaking_roles(self) -> frozenset[str]:
        """Ids of the roles that are quoted anywhere."""
        return frozenset(role.id for quote in self.links.quotes for role in self.roles(quote))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {key: rank for rank, key in enumerate(self.bibliography.order)}

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that have an entry, in the order of the bibliography."""
        ranks = self._ranks
        return sorted((key for key in keys if key in ranks), key=ranks.__getitem__)

    @cached_property
    def related_from(self) -> dict[str, list[str]]:
        """Ids of the themes that name a theme as related."""
        found: dict[str, list[str]] = {}
        for theme in self.links.themes.values():
            for mention in theme.related:
                found.setdefault(mention.id, []).append(theme.id)
        return found

    def voices(self, quote: Quote) -> tuple[Voice, ...]:
        """Who says the words."""
        return voices_of(self.links, quote)

    def state(self, quote: Quote) -> QuoteState:
        """What is known of a quote's words."""
        return self.links.records.get(quote.address, NO_STATE)

    def state_words(self, quote: Quote) -> str:
        """The same as readers are told, everywhere alike, without a full stop."""
        state = self.state(quote)
        return state_words(state.against, self.source_of(quote.quoted_in), state.people)

    def language_of_translation(self, translation: Translation) -> str:
        return translation.language or self.links.library.settings.language or "en"

    def translated_by(self, translation: Translation) -> str:
        """Who translated, and where that was published: `Translated by Kim Jones, in Roe, 2010; not verified`."""
        said = self._translated % {"name": translation.translator}
        if translation.is_published and translation.reference:
            said += f", {self.words.gettext('in')} {self.reference_text(translation.reference)}"
        return f"{said}; {self.words.gettext('not verified')}"

    @cached_property
    def _translated(self) -> str:
        return self.words.gettext("Translated by %(name)s")

    def roles(self, quote: Quote) -> list[Role]:
        """The library's roles of those who say the words, each once."""
        ids = dict.fromkeys(voice.role for voice in self.voices(quote))
        return [self.links.roles[id_] for id_ in ids if id_ in self.links.roles]

    def role(self, quote: Quote) -> Role | None:
        """The role of the first of those who say the words."""
        return next(iter(self.roles(quote)), None)

    def who(self, quote: Quote) -> str:
        """Who says the words, as a reader sees it: `Participant 7`, `Interviewer and Participant “Dana”`."""
        if quote.speaker is None:
            return ""
        key = (quote.speaker.text, quote.reference.key if quote.reference else "")
        if key not in self._speakers:
            voices = self.voices(quote)
            self._speakers[key] = render_voices(voices, self.links.roles) if voices else quote.speaker.text
        return self._speakers[key]

    def speaker_names(self, quote: Quote) -> str:
        """What tells the speakers from others of their roles: names and codes, joined by semicolons."""
        told = (" ".join(part for part in (voice.code, voice.name) if part) for voice in self.voices(quote))
        return "; ".join(part for part in told if part)

    def context_object(self, key: str) -> str:
        """A work as an OpenURL context object, for reference managers; many pages list the same works."""
        source = self.links.sources.get(key)
        if key not in self._context_objects:
            self._context_objects[key] = context_object(source) if source else ""
        return self._context_objects[key]

    # -- words

    @cached_property
    def words(self) -> Words:
        """The words of the library's language."""
        return language_words(self.links.library.settings.language)

    def kind(self, key: str, context: str | None = None) -> tuple[str, str, str]:
        """What a work is, such as `blog post`, `a blog post`, `the blog post`; in a `context`, as it stands there."""
        noun, one, the, _ = SOURCE_KINDS[self.kind_id(key)]
        gettext = self.words.gettext
        return gettext(noun), gettext(one, context), gettext(the, context)

    def kind_id(self, key: str) -> str:
        """The kind of a work, as `SOURCE_KINDS` has it; empty for any other."""
        source = self.links.sources.get(key)
        type_ = source.type if source else ""
        type_ = "article" if type_ == "paper-conference" else type_
        return next((kind for kind in (type_, type_.partition("-")[0]) if kind in SOURCE_KINDS), "")

    def speaks(self, ids: Iterable[str]) -> str:
        """Notices as part of a sentence: `drug use, trauma and despair`."""
        return self.words.listed([self.words.within(label) for _, label in self.notice_choices(list(ids))])

    def closes(self, quote: Quote) -> bool:
        """Whether a notice of the quotation closes it until a reader opens it."""
        return self.links.is_closed(quote)

    # -- text

    def rendered(self, document: Note | Theme) -> RenderedBody:
        """The prose of a note or theme as HTML with slots; made once in a run."""
        if document.path not in self.bodies:
            self.bodies[document.path] = render_document(document)
        return self.bodies[document.path]

    # -- citations

    def citation(self, citation: Citation) -> str:
        """A citation as the style has it, each reference a hyperlink to its work."""
        parts = []
        for part in self.bibliography.citation(citation):
            parts.append(self._linked(part.html, part.key) if part.key else part.html)
        return self.numbered(f'<span class="fl-cite">{"".join(parts)}</span>')

    def numbered(self, html: str) -> str:
        """A citation by number with the works' places in the whole bibliography; pages have numbers of their own."""
        return numbered(html, lambda key: self._ranks.get(key, len(self._ranks)) + 1)

    def citation_text(self, citation: Citation) -> str:
        """The same as plain text."""
        return plain_text(Site.numbered(self, "".join([part.html for part in self.bibliography.citation(citation)])))

    def _linked(self, html: str, key: str) -> str:
        if key not in self.links.sources:
            return html
        # An entry may hold links of its own; a link within a link is none.
        inner = re.sub(r"</?a\b[^>]*>", "", html)
        return f'<a class="fl-ref" href="{ROOT}{self.addresses.reference(key)}">{inner}</a>'

    def reference(self, reference: Reference) -> str:
        """One reference outside brackets, as an attribution shows it: `Somer, 2009, p. 514`.

        Whether the work was retracted follows it, so wherever a quote is credited, that is said.
        """
        place = _place_in(reference)
        if place not in self._references:
            self._references[place] = self._reference(reference)
        return self._references[place]

    def _reference(self, reference: Reference) -> str:
        plain = bare_citation(reference)
        html = "".join(part.html for part in self.bibliography.citation(plain)).strip()
        html = html[1:-1] if html.startswith("(") and html.endswith(")") else html
        return self.numbered(self._linked(html, reference.key)) + self.retraction(reference.key)

    def reference_text(self, reference: Reference) -> str:
        """The same as plain text."""
        place = _place_in(reference)
        if place not in self._reference_texts:
            html = Site.numbered(self, self.reference(reference))
            self._reference_texts[place] = str(Markup(html).striptags())
        return self._reference_texts[place]

    def source_of(self, reference: Reference | None) -> Source | None:
        return self.links.sources.get(reference.key) if reference else None

    def address_of(self, quote: Quote) -> str:
        """Where on the web the words can be read: in the work itself, or in the one that quotes it."""
        return web_address(self.source_of(quote.reference)) or web_address(self.source_of(quote.quoted_in))

    def theme_label(self, id_: str) -> str:
        theme = self.links.themes.get(id_)
        return theme.label if theme else id_

    def notice_label(self, id_: str) -> str:
        notice = self.links.notices.get(id_)
        return notice.label if notice else id_

    def notice_choices(self, ids: list[str]) -> list[tuple[str, str]]:
        """Notices with their labels, each once, in the library's order."""
        known = [id_ for id_ in self.links.notices if id_ in ids]
        return [(id_, self.notice_label(id_)) for id_ in dict.fromkeys([*known, *ids])]

    # -- works

    def entry(self, key: str) -> Markup:
        """The entry of a work in the bibliography, and whether the work was retracted."""
        return Markup(self.bibliography.entry(key) + self.retraction(key))

    def retraction(self, key: str) -> str:
        """What follows the name of a work that was retracted, corrected or called into question; else nothing."""
        source = self.links.sources.get(key)
        found = retraction(source) if source else None
        if not found:
            return ""
        text = Markup("{}").format(found.text)
        if found.address:
            text = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(found.address, found.text)
        return f' <span class="fl-retraction fl-{escape(found.kind)}">[{text}]</span>'

    def short(self, key: str) -> str:
        """The work in a few words, as HTML without hyperlinks."""
        return re.sub(r"</?a\b[^>]*>", "", self.bibliography.short(key)) if key in self.links.sources else ""

    def consulted(self, key: str) -> bool:
        found = self.links.cited_by.get(key)
        return found is not None and found.consulted

    def canonical(self, address: str) -> str:
        """The absolute form of an address from the root, where the library says where its site is
        published.
        """
        url = self.links.library.settings.url
        return f"{url}{address}" if url else ""

    def permanent(self, address: str) -> str:
        """An IRI that stays, for an address from the root: the absolute form, or a UUID made from the library's
        title and the address (RFC 9562, version 5).
        """
        title = self.links.library.settings.title
        made = f"florilegium:{title}:{address}".encode("utf-8", "replace").decode()
        return self.canonical(address) or f"urn:uuid:{name_based_uuid(made)}"


def name_based_uuid(name: str, space: bytes = uuid.NAMESPACE_URL.bytes) -> str:
    """What `uuid.uuid5` makes of a name in a namespace, that of addresses, in a tenth of the time: there are many."""
    found = int.from_bytes(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    found = found & ~(0xF << 76 | 0x3 << 62) | 5 << 76 | 2 << 62
    text = f"{found:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


def language_of(source: Source | None) -> str:
    """The language tag that a work names for itself; empty where it names none, or writes it out in words."""
    language = source.variables.get("language", "").strip() if source else ""
    return language if _LANGUAGE.match(language) else ""


def _place_in(reference: Reference) -> tuple[str, str, str]:
    """All of a reference that shows where it stands outside brackets: the work, and the place in it."""
    locator = reference.locator
    return (reference.key, locator.label, locator.value) if locator else (reference.key, "", "")


def bare_citation(reference: Reference) -> Citation:
    """The citation that an attribution shows: the work and the place in it, and nothing else."""
    bare = reference._replace(mode=CitationMode.NORMAL, prefix="", suffix="")
    return Citation(references=(bare,), span=reference.span)


def works_of(note: Note, site: Site) -> list[str]:
    """The citation keys of a note's list of works, in the order of the bibliography."""
    keys = {reference.key for reference in note_references(note)}
    keys |= {mention.id for mention in (note.source, note.via) if mention}
    return site.in_order(keys)


def latest(notes: Sequence[Note], number: int = 30) -> list[Note]:
    """The notes written or changed last, the newest first."""
    return sorted(notes, key=lambda note: (age_of(note), note.id), reverse=True)[:number]


def age_of(note: Note) -> date:
    """The day on which a note was written or last changed."""
    return max((day for day in (note.date, note.updated) if day), default=date(2000, 1, 1))


def work_iri(key: str, site: Site) -> str:
    """What names a work: its DOI as an address, or its own address on the web, or that of our entry."""
    if key not in site.work_iris:
        site.work_iris[key] = _work_iri(key, site)
    return site.work_iris[key]


def _work_iri(key: str, site: Site) -> str:
    source = site.links.sources.get(key)
    doi = parse_doi(source.variables.get("DOI", "")).value if source else ""
    entry = f"references/#{reference_anchor(key)}"
    return doi_url(doi) if doi else web_address(source) or site.permanent(entry)
