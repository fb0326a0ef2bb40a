"""What the bytes of a page depend on, piece by piece: works, cards of quotations, rows of lists, sentences.

Each piece is as narrow as what is shown of it, so that an edit in a note's prose changes no page that shows only the
note's quotations. Whoever adds something to a card, a row or a backlink adds it here.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cached_property, wraps
from hashlib import sha256
from typing import ParamSpec

from ...core.model import Body, IdMention, Note, Quote, Reference, Theme
from ...core.spans import Span
from ...core.store import Store
from ...library.links import CitedBy, Links, body_references, note_references
from ...works.citing.formatting import Bibliography
from ...works.csl.csl_items import to_csl
from ..addresses import Addresses, alike_keys
from ..linked_site import bare_citation
from .cards import PageSite
from .kept_digests import KeptDigests
from .quote_previews import linked_quotes

_P = ParamSpec("_P")


def later(method: Callable[_P, object]) -> Callable[_P, Callable[[], object]]:
    """Put off what a method finds until a key is made of it: `inputs_digest` calls what it is given."""

    @wraps(method)
    def put_off(*arguments: _P.args, **named: _P.kwargs) -> Callable[[], object]:
        return lambda: method(*arguments, **named)

    return put_off


def inputs_digest(value: object) -> str:
    """The SHA-256 of anything that JSON can hold; functions in it are called, other values written as text."""
    return sha256(_encode(value).encode("utf-8", "surrogatepass")).hexdigest()


def _settled(value: object) -> object:
    return value() if callable(value) else str(value)


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_settled).encode


_OUT_OF_ORDER = re.compile(rb"\]:|<|```|~~~|\$\$")
"""What lets one place of a text decide how another is read: definitions, HTML, code and formulas over several lines."""
_NOT_PLAIN = re.compile(rb"^(?:[\s>#|:`=+-]|[*_][\s*_]|[0-9]+[.)])|\||!\[", re.MULTILINE)
"""What a line of a paragraph at the top level does not begin with; tables and images, wherever they begin."""

_ESCAPED = re.compile(rb"[\\&%]")


class _Text:
    """The Markdown of a document as bytes, and its paragraphs."""

    def __init__(self, body: Body) -> None:
        self.data = body.text.encode("utf-8", "surrogatepass")
        self.is_whole = bool(_OUT_OF_ORDER.search(self.data))
        """Whether its parts cannot be read by themselves."""

    def block(self, start: int, place: int) -> bytes:
        """The text from `start` to the first empty line after `place`."""
        end = self.data.find(b"\n\n", place)
        return self.data[start:] if end < 0 else self.data[start:end]

    def paragraph(self, place: int) -> tuple[int, bytes] | None:
        """Where the paragraph around a place begins, and its text; None where that depends on more than itself."""
        start = self.data.rfind(b"\n\n", 0, place)
        start = 0 if start < 0 else start + 2
        block = self.block(start, place)
        text = block.lstrip(b"\n")
        return None if self.is_whole or _NOT_PLAIN.search(text) else (start, text)

    def first_paragraph(self) -> bytes | None:
        """The text up to the end of the first paragraph, if only headings precede it."""
        place = len(self.data) - len(self.data.lstrip(b"\n"))
        while self.data.startswith(b"#", place):
            line_end = self.data.find(b"\n\n", place)
            if line_end < 0 or b"\n" in self.data[place:line_end]:
                return None
            place = line_end + 2
        found = self.paragraph(place)
        return None if found is None or not found[1] else self.block(0, place)


class PageInputs:
    """Digests of what pages show, each made when it is first asked for."""

    def __init__(self, links: Links, bibliography: Bibliography, stamp: str, store: Store) -> None:
        self.links = links
        self.site = PageSite(links, bibliography, Addresses(alike=alike_keys(links.sources)))
        self.stamp = stamp
        self._sources: dict[str, str] = {}
        self._works_made: dict[str, str] = {}
        self._card_keys: dict[Span, str] = {}
        self._texts: dict[str, _Text] = {}
        self.kept = KeptDigests(store, self._quick_base, self._base)

    # -- what bears on the digests of a document

    @cached_property
    def common(self) -> str:
        """A digest of the program and the settings."""
        return inputs_digest([self.stamp, repr(self.links.library.settings)])

    def _quick_base(self, document: Note | Theme) -> str:
        edition = self.site.bibliography.edition
        return inputs_digest([*self._own(document), edition]) if edition else ""

    def _own(self, document: Note | Theme) -> list[object]:
        states = self._states(document) if isinstance(document, Note) else []
        labels = self._labels_in(document) if isinstance(document, Note) else []
        return [self.common, document.digest, document.path, states, labels]

    def _base(self, document: Note | Theme) -> str:
        note = document if isinstance(document, Note) else None
        keys = self._named_works(document)
        printed: object = [
            [self._printed(document, at) for at in range(len(document.body.citations))],
            [self._reference(reference) for quote in (note.quotes if note else ()) for reference in quote.references],
            [self.site.translated_by(translation) for translation in document.body.translations],
            [self.source(key) for key in keys],
        ]
        return inputs_digest([*self._own(document), printed])

    def labels(self, mentions: Iterable[IdMention]) -> object:
        """What the themes are called that are mentioned."""
        return [(mention.id, self.site.theme_label(mention.id)) for mention in mentions]

    def _labels_in(self, note: Note) -> object:
        return [self.labels(note.themes), *(self.labels(quote.themes) for quote in note.quotes)]

    def _states(self, note: Note) -> object:
        """What is known of the words of a note's quotations, where anything is."""
        if not self.links.records:
            return []
        states = [self.links.records.get(quote.address) for quote in note.quotes]
        return [state and [state.identity, [entry.key for entry in state.entries]] for state in states]

    def _named_works(self, document: Note | Theme) -> list[str]:
        """The citation keys of all works that a document mentions, sorted."""
        if isinstance(document, Theme):
            return sorted({reference.key for reference in body_references(document.body)})
        mentioned = {mention.id for mention in (document.source, document.via) if mention}
        return sorted(mentioned.union(reference.key for reference in note_references(document)))

    def _fact(self, document: Note | Theme, name: str, make: Callable[..., object], *more: str) -> str:
        """The digest of what a method makes of a document, by a name that it has in the store."""
        return self.kept.get(document, name, lambda: inputs_digest(make(document, *more)))

    # -- works

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The places of works in the bibliography, for a style that cites by them: plain text has these numbers."""
        bibliography = self.site.bibliography
        return {key: place for place, key in enumerate(bibliography.order)} if bibliography.numeric else {}

    def source(self, key: str) -> str:
        """A digest of what is known of a work itself, and how it is cited."""
        if key not in self._sources:
            source, bibliography = self.links.sources.get(key), self.site.bibliography
            short = bibliography.short(key) if source else ""
            entry = bibliography.entries.get(key, "")
            slug = self.site.addresses.work_slug(key)
            known = bibliography.works.get(key) or (source and to_csl(source))
            self._sources[key] = inputs_digest([key, entry, short, slug, self._numbers.get(key), known])
        return self._sources[key]

    def work(self, key: str) -> str:
        """A digest of all that pages show of a work: the same, and what was read of it and how often it is quoted."""
        if key not in self._works_made:
            found = self.links.cited_by.get(key)
            read = (
                [[(note.id, note.basis) for note in found.summarised], len(found.quoted), len(found.quoted_in)]
                if found
                else []
            )
            self._works_made[key] = inputs_digest([self.source(key), self.site.consulted(key), read])
        return self._works_made[key]

    @later
    def works(self, keys: Iterable[str]) -> object:
        made = self._works_made
        return [made.get(key) or self.work(key) for key in keys]

    # -- notes and their quotations

    def note_key(self, note: Note) -> str:
        """A digest of everything that a note and its cards show, but for what is said of works."""
        return self._fact(note, "note", self._shown)

    def _shown(self, note: Note) -> object:
        translated = [self.site.translated_by(translation) for translation in note.body.translations]
        return [self.about(note), self.note_cards(note), translated, self.labels(note.themes)]

    def fact(self, note: Note, name: str) -> object:
        """What the store has of a note by a name, made anew where the note has changed; None for a name of nothing."""
        about, _, more = name.partition(" ")
        match about:
            case "keys":
                return self.mentioned(note)
            case "cards":
                return self.note_cards(note)
            case "linking":
                return self._fact(note, name, self._linking, more)
            case "citing":
                return self._fact(note, name, self._citing, more)
        makers = {
            "note": self._shown,
            "about": self._about,
            "row": self._row,
            "entry": self._entry,
            "opening": self._opening,
            "coverage": self._covered,
        }
        return self._fact(note, name, makers[about]) if about in makers else None

    def mentioned(self, note: Note) -> list[str]:
        """The citation keys of all works that a note mentions, sorted."""
        return self.kept.get(note, "keys", lambda: self._named_works(note))

    def note_cards(self, note: Note) -> list[str]:
        """What the cards of a note's quotations show."""
        return self.kept.get(
            note, "cards", lambda: [self._card_key(note, index, quote) for index, quote in enumerate(note.quotes)]
        )

    def card(self, quote: Quote) -> str:
        """A digest of all that the card of a quotation shows, on any page; not of what its note says besides."""
        if quote.span not in self._card_keys:
            note = self.links.notes[quote.note]
            spans = (one.span for one in note.quotes)
            self._card_keys.update(zip(spans, self.note_cards(note), strict=True))
        return self._card_keys[quote.span]

    @later
    def cards(self, quotes: Iterable[Quote]) -> object:
        made = self._card_keys
        return [made.get(quote.span) or self.card(quote) for quote in quotes]

    @later
    def previewed(self, document: Note | Theme) -> object:
        """The quotations of other notes of which a page brings small cards."""
        return self.cards(linked_quotes(document, self.site))

    def _card_key(self, note: Note, index: int, quote: Quote) -> str:
        state, places = self.site.state(quote), note.body.places
        keys = {reference.key for reference in quote.references}
        return inputs_digest(
            [
                [note.id, note.path, note.title, quote.id, quote.gist],
                [self.labels(quote.themes), self.links.notices_of(quote)],
                [quote.speaker.text if quote.speaker else "", self.site.voices(quote)],
                [self._reference(reference) for reference in quote.references],
                [self.source(key) for key in sorted(keys)],
                [state.identity, [entry.key for entry in state.entries]],
                self._words(note, *places.quotes[index]),
                [
                    [
                        self._words(note, *places.translations[one.number]),
                        self.site.translated_by(one),
                        self.site.language_of_translation(one),
                        self.source(one.reference.key) if one.reference else "",
                    ]
                    for one in quote.translations
                ],
            ]
        )

    def _reference(self, reference: Reference) -> object:
        return [(part.html, part.key) for part in self.site.bibliography.citation(bare_citation(reference))]

    def _words(self, note: Note, start: int, cut: int) -> object:
        """The Markdown of a block quote with its attribution, and how the citations in its words are printed."""
        text = self._text(note)
        raw = text.block(start, cut)
        alone = raw.startswith(b">") and (start == 0 or text.data[start - 1 : start] == b"\n") and b"<" not in raw
        # What stands in brackets may be defined somewhere else in the note.
        alone = alone and (b"[" not in raw or b"]:" not in text.data)
        cited = [
            self._printed(note, at)
            for at, (place, _) in enumerate(note.body.places.citations)
            if start <= place < start + len(raw)
        ]
        return [raw.decode("utf-8", "surrogatepass"), cited, "" if alone else note.digest]

    def _printed(self, document: Note | Theme, at: int) -> object:
        """A citation of a document as it is printed, and the works to which it leads."""
        parts = self.site.bibliography.citation(document.body.citations[at])
        return [[part.html, part.key, self.source(part.key) if part.key else ""] for part in parts]

    def _text(self, document: Note | Theme) -> _Text:
        if document.path not in self._texts:
            self._texts[document.path] = _Text(document.body)
        return self._texts[document.path]

    # -- what lists and other pages say of notes and themes

    def about(self, document: Note | Theme) -> str:
        """A document's own text, with its citations as they are printed."""
        return self._fact(document, "about", self._about)

    def _about(self, document: Note | Theme) -> object:
        citations = [self._printed(document, at) for at in range(len(document.body.citations))]
        return [document.digest, document.path, citations]

    def row(self, note: Note) -> str:
        """What a line in a list shows of a note."""
        return self._fact(note, "row", self._row)

    def _row(self, note: Note) -> object:
        return [
            [note.id, note.title, note.date, note.updated, note.contributors, note.basis, len(note.quotes)],
            [self.labels(note.themes), [mention.id for mention in note.notices]],
            [self.source(mention.id) if mention else "" for mention in (note.source, note.via)],
        ]

    @cached_property
    def listed(self) -> dict[str, object]:
        """The same of each note, by its path, and how many of its quotations are verified."""
        records = self.links.records
        return {
            note.path: [self.row(note), sum(quote.address in records for quote in note.quotes) if records else 0]
            for note in self.links.notes.values()
        }

    def entry(self, note: Note) -> str:
        """What a feed says of a note."""
        return self._fact(note, "entry", self._entry)

    def _entry(self, note: Note) -> object:
        return [self.row(note), [self.labels(quote.themes) for quote in note.quotes]]

    def covered(self, document: Note | Theme) -> str:
        """What the page of coverage consults of a note or theme."""
        return self._fact(document, "coverage", self._covered)

    def _covered(self, document: Note | Theme) -> object:
        cited = sorted({reference.key for reference in body_references(document.body)})
        if isinstance(document, Theme):
            return [document.id, document.label, cited]
        mentions = [mention and mention.id for mention in (document.source, document.via)]
        quotes = [
            [
                [quote.id, quote.words, [mention.id for mention in quote.themes]],
                [quote.speaker and quote.speaker.text, self.site.voices(quote), self.site.state(quote).against],
                [(one.key, one.locator and (one.locator.label, one.locator.value)) for one in quote.references],
                [bool(quote.reference), bool(quote.quoted_in)],
            ]
            for quote in document.quotes
        ]
        themes = [mention.id for mention in document.themes]
        return [document.id, document.title, document.basis, mentions, themes, cited, quotes]

    @later
    def linking(self, documents: Iterable[Note | Theme], id_: str) -> object:
        """What backlinks show of documents that are filed under a page, that of `id_`, or have a hyperlink to it."""
        return [self._fact(document, f"linking {id_}", self._linking, id_) for document in documents]

    def _linking(self, document: Note | Theme, id_: str) -> object:
        return [self._named(document), self._linking_paragraphs(document, id_)]

    @later
    def mentions(self, found: CitedBy, key: str) -> object:
        """What backlinks show of the notes and themes that name a work."""
        documents: tuple[Note | Theme, ...] = (*found.cited, *found.cited_in_themes)
        return [
            [(note.id, note.title, note.basis) for notes in (found.summarised, found.via) for note in notes],
            [self._fact(document, f"citing {key}", self._citing, key) for document in documents],
        ]

    def _citing(self, document: Note | Theme, key: str) -> object:
        return [self._named(document), self._citing_paragraphs(document, key)]

    @later
    def openings(self, notes: Iterable[Note]) -> object:
        """The beginnings of notes, of which a work's page shows the first sentence."""
        return [self._fact(note, "opening", self._opening) for note in notes]

    def _named(self, document: Note | Theme) -> object:
        return [document.path, document.title if isinstance(document, Note) else document.label]

    def _opening(self, note: Note) -> object:
        found = self._text(note).first_paragraph()
        return [self._named(note), self.about(note) if found is None else found.decode("utf-8", "surrogatepass")]

    def _linking_paragraphs(self, document: Note | Theme, id_: str) -> object:
        """The paragraphs with a hyperlink to a note or theme, and those with one that can be written in another way."""
        text, name = self._text(document), id_.encode("utf-8", "surrogatepass")
        places = [found.start() for found in re.finditer(rb"\]\(", text.data)]
        rests = ((place, text.block(place, place)) for place in places)
        return self._paragraphs(document, [place for place, rest in rests if name in rest or _ESCAPED.search(rest)])

    def _citing_paragraphs(self, document: Note | Theme, key: str) -> object:
        """The paragraphs that cite a work."""
        citations = zip(document.body.places.citations, document.body.citations, strict=True)
        found = [place for (place, _), one in citations if any(reference.key == key for reference in one.references)]
        return self._paragraphs(document, found)

    def _paragraphs(self, document: Note | Theme, places: Iterable[int]) -> object:
        """The paragraphs around places with their citations as they are printed, or else the whole document.

        The words of quotations are left out: no backlink shows them.
        """
        text, made = self._text(document), {}
        if text.is_whole:
            return self.about(document)
        for place in places:
            if any(start <= place < cut for start, cut in document.body.places.quotes):
                continue
            found = text.paragraph(place)
            if found is None:
                return self.about(document)
            made[found[0]] = found[1].decode("utf-8", "surrogatepass")
        starts = document.body.places.citations
        cited = [
            self._printed(document, at)
            for start, paragraph in made.items()
            for at, (place, _) in enumerate(starts)
            if start <= place < start + len(paragraph.encode("utf-8", "surrogatepass")) + 2
        ]
        return [list(made.values()), cited]
