"""What can be found: the quotations and the sections of each note, the themes and the works, with their texts.

A document is what one edit changes as a whole: the quotations of a note, its prose, a theme, a work. Its number comes
from its name alone, so that an edit changes nothing of the others. The words of a closed quotation are in its text,
and shown only inside its card, which is closed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple
from zlib import crc32

from ...core.model import Note, Quote, Reference, Theme
from ...library.links import CitedBy
from ...markdown.prose_tree import ProseTree
from ...works.citing.pandoc_fragments import plain_text
from ...works.csl.csl_checks import retraction
from ...works.csl.csl_items import to_csl
from ..linked_site import language_of
from ..pages.cards import PageSite
from ..prose_texts import one_line
from .index_blocks import NOTES, QUOTES, THEMES, WORKS, join_cards

_BITS = 20
"""Of a document's number, what its name decides; two bits before them say its kind."""


class Record(NamedTuple):
    """One result that a search can have: a quotation, a section, a theme, a work."""

    language: str
    title: str
    paragraphs: list[str]
    facets: list[str]
    """What it can be narrowed by: a sign for the dimension, and a value (`#amnesia`, `=2009`)."""
    translations: Sequence[Sequence[str]] = ()
    """Paragraphs in other languages, each after its language."""


class Made(NamedTuple):
    """A document as the index needs it."""

    records: list[Record]
    entry: list[Any]
    """What a result shows, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """Something to be indexed, and how; the same digest, the same content."""

    kind: int
    id: str
    digest: str
    make: Callable[[], Made]


def number_documents(documents: list[IndexDocument]) -> dict[int, IndexDocument]:
    """The documents by their numbers: the kind, and the first bits of the CRC-32 of the id, as a browser can find it.

    Where two of one kind have the same hash, which is rare, the later one by id takes the next number that is free.
    """
    numbered: dict[int, IndexDocument] = {}
    mask = (1 << _BITS) - 1
    for document in sorted(documents, key=lambda one: (one.kind, one.id)):
        place = crc32(document.id.encode("utf-8", "surrogatepass")) >> (32 - _BITS)
        while (number := document.kind << _BITS | place) in numbered:
            place = (place + 1) & mask
        numbered[number] = document
    return numbered


def documents(site: PageSite, key_of: Callable[[str], str]) -> Iterator[IndexDocument]:
    """All documents of a site; `key_of` gives, for a generated file, what changes whenever its content does."""
    language = site.links.library.settings.language or "en"
    for note in site.links.notes.values():
        key = key_of(f"notes/{note.id}.md") or note.digest
        if note.quotes:
            yield IndexDocument(kind=QUOTES, id=note.id, digest=key, make=partial(_quotes, note, site, language))
        yield IndexDocument(kind=NOTES, id=note.id, digest=key, make=partial(_note, note, site, language))
    for theme in site.links.themes.values():
        key = key_of(f"themes/{theme.id}.md") or theme.digest
        yield IndexDocument(kind=THEMES, id=theme.id, digest=key, make=partial(_theme, theme, site, language))
    for work in _works(site):
        yield IndexDocument(
            kind=WORKS, id=work, digest=_work_key(work, site), make=partial(_work, work, site, language)
        )


# ------------------------------------------------------------------------------------------------------- quotations


def _quotes(note: Note, site: PageSite, language: str) -> Made:
    records, rows, cards = [], [], []
    for quote in note.quotes:
        spoken = language_of(site.source_of(quote.reference)) or language
        facets = _facets(quote, site, spoken)
        translations = [
            (site.language_of_translation(one), paragraph)
            for one in quote.translations
            for paragraph in one.words.split("\n")
        ]
        records.append(Record(spoken, "", quote.words.split("\n"), facets, translations))
        rows.append(_row(quote, site, spoken))
        cards.append(site.card(quote, context=True))
    return Made(records, [note.id, note.title, rows, join_cards(cards)])


def _facets(quote: Quote, site: PageSite, language: str) -> list[str]:
    source = site.source_of(quote.reference)
    state = site.links.states.get(quote.address)
    return [
        *(f"#{mention.id}" for mention in quote.themes),
        *(f"!{id_}" for id_ in site.links.notices_of(quote) or ("none",)),
        *([f"@{quote.reference.key}"] if quote.reference else []),
        *([f"~{role.id}" for role in site.roles(quote)] or ["~unknown"]),
        f"={source.year if source and source.year else 'none'}",
        f"^{language.lower().split('-')[0]}",
        f"%{state.value if state else 'none'}",
    ]


def _row(quote: Quote, site: PageSite, language: str) -> list[Any]:
    """What is known of a quotation: for its card, for a line in a list of results, and for a table of them."""
    source = site.source_of(quote.reference)
    return [
        quote.id,
        site.who(quote),
        _text(site.short(quote.reference.key)) if quote.reference else "",
        *_cited(quote.reference),
        *_cited(quote.quoted_in),
        source.year or "" if source else "",
        [mention.id for mention in quote.themes],
        list(site.links.notices_of(quote)),
        getattr(site.links.states.get(quote.address), "value", ""),
        language,
    ]


def _cited(reference: Reference | None) -> tuple[str, str]:
    """A work's key, and the place in it as it is read: `p. 514`."""
    if reference is None:
        return "", ""
    locator = reference.locator
    return reference.key, f"{locator.label} {locator.value}" if locator else ""


# ------------------------------------------------------------------------------------------- notes, themes, works


def _note(note: Note, site: PageSite, language: str) -> Made:
    key = note.source.id if note.source else ""
    source = site.links.sources.get(key)
    about = site.bibliography.entry_text(key) if source else ""
    found = retraction(source) if source else None
    title = f"{note.title} [{found.text}]" if found else note.title
    records, rows, texts = [], [], []
    for number, (anchor, heading, paragraphs) in enumerate(_sections(note, site)):
        named = f"{note.title}\n{about}" if number == 0 else heading
        records.append(Record(language, named, paragraphs, []))
        rows.append([anchor, heading])
        texts.append("\n".join(paragraphs))
    return Made(records, [note.id, title, about, rows, "\0".join(texts)])


def _theme(theme: Theme, site: PageSite, language: str) -> Made:
    paragraphs = [text for _, heading, texts in _sections(theme, site) for text in (heading, *texts) if text]
    title = "\n".join((theme.label, *theme.aliases))
    count = len(site.links.quotes_by_theme.get(theme.id, ()))
    entry = [theme.id, theme.label, count, " ".join(paragraphs)[:400]]
    return Made([Record(language, title, paragraphs, [])], entry)


def _works(site: PageSite) -> list[str]:
    return [key for key in site.bibliography.order if key in site.links.sources]


def _count(found: CitedBy | None) -> int:
    return len(found.quoted) if found else 0


def _work_key(key: str, site: PageSite) -> str:
    about = [
        site.bibliography.works.get(key) or to_csl(site.links.sources[key]),
        site.bibliography.entries.get(key),
        site.addresses.reference(key),
        _count(site.links.cited_by.get(key)),
    ]
    return sha256(json.dumps(about, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _work(key: str, site: PageSite, language: str) -> Made:
    source = site.links.sources[key]
    short = _text(site.bibliography.short(key))
    names = [name.full for role in ("author", "editor") for name in source.names.get(role, ())]
    entry = site.bibliography.entry_text(key)
    record = Record(language, f"{short}\n{source.title}", [entry, ", ".join(names), key], [])
    return Made([record], [key, short, site.addresses.reference(key), _count(site.links.cited_by.get(key)), entry])


# ------------------------------------------------------------------------------------------------------------ texts


def _sections(document: Note | Theme, site: PageSite) -> Iterator[tuple[str, str, list[str]]]:
    """The anchor, heading and paragraphs of each section; quotes are records of their own."""
    tree = ProseTree(document.body)

    def citation(index: int) -> str:
        return site.citation_text(document.body.citations[index])

    for section in tree.sections():
        heading = tree.line(section.node.children, citation) if section.node else ""
        paragraphs = [one_line(piece) for piece in tree.lines(section.blocks, citation)]
        if section.heading or section.blocks:
            yield section.heading.id if section.heading else "", heading, paragraphs


def _text(html: str) -> str:
    return one_line(plain_text(html))
