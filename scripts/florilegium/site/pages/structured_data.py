"""What search engines read of a note's page: the note, the works it is about, and its quotations, as JSON-LD.

The terms are those of https://schema.org. The words of a quote stand there only where neither the quote nor its note
has a notice: a search engine would print them without it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...core.model import Note, Quote
from ...library.voices import render_voice
from ...works.exports.schema_org import schema_org_work
from ..linked_site import language_of, work_iri
from .cards import PageSite

MAX_STRUCTURED_QUOTES = 50
"""Quotations that are described."""
MOST_WORDS = 16_000
"""Characters of the words that are given, so that no page holds a long note twice."""

_Node = dict[str, Any]

_OUTSIDE = re.compile("[<>&\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]")
"""What would mean something to HTML or JavaScript, or cannot stand in YAML."""


def note_structured_data(note: Note, site: PageSite) -> str:
    """One JSON-LD document, in which nothing can end a `<script>` or begin a comment."""
    graph = [_note(note, site), *_works(note, site), *_quotations(note, site)]
    return escaped_json({"@context": "https://schema.org", "@graph": graph})


def escaped_json(value: object) -> str:
    """JSON (RFC 8259) that may stand in HTML and in YAML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
    return _OUTSIDE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _without_empty(node: _Node) -> _Node:
    return {name: value for name, value in node.items() if value}


def _named(iri: str) -> _Node:
    return {"@id": iri}


def _note(note: Note, site: PageSite) -> _Node:
    settings = site.links.library.settings
    library = {"@type": "WebSite", "@id": site.permanent(""), "name": settings.title, "url": settings.url}
    return _without_empty(
        {
            "@type": "CreativeWork",
            "@id": site.permanent(site.addresses.note(note)),
            "url": site.canonical(site.addresses.note(note)),
            "name": note.title,
            "genre": "Reading note",
            "author": [{"@type": "Person", "name": name} for name in note.contributors],
            "datePublished": note.date.isoformat() if note.date else "",
            "dateModified": note.updated.isoformat() if note.updated else "",
            "inLanguage": settings.language,
            "contentRating": _rating((mention.id for mention in note.notices), site),
            "isPartOf": _without_empty(library),
            "about": _named(work_iri(note.source.id, site)) if note.source else {},
            "isBasedOn": _named(work_iri(note.via.id, site)) if note.via else {},
            "keywords": [_theme(mention.id, site) for mention in note.themes],
            "hasPart": [
                _named(site.permanent(site.addresses.quote(quote))) for quote in note.quotes[:MAX_STRUCTURED_QUOTES]
            ],
        }
    )


def _rating(ids: Iterator[str], site: PageSite) -> str:
    labels = [label for _, label in site.notice_choices(list(ids))]
    return f"Content notice: {', '.join(labels)}" if labels else ""


def _theme(id_: str, site: PageSite) -> _Node:
    node = {"@type": "DefinedTerm", "@id": site.permanent(site.addresses.theme(id_)), "name": site.theme_label(id_)}
    return {**node, "inDefinedTermSet": site.permanent("themes/")}


def _works(note: Note, site: PageSite) -> Iterator[_Node]:
    """Each work that the note summarises or its quotations come from, once."""
    keys = [mention.id for mention in (note.source, note.via) if mention]
    keys += [reference.key for quote in note.quotes[:MAX_STRUCTURED_QUOTES] for reference in quote.references]
    for key in dict.fromkeys(keys):
        if key in site.links.sources:
            yield schema_org_work(site.links.sources[key], work_iri(key, site))


# ------------------------------------------------------------------------------------------------- quotations


def _quotations(note: Note, site: PageSite) -> Iterator[_Node]:
    left = MOST_WORDS
    for quote in note.quotes[:MAX_STRUCTURED_QUOTES]:
        is_open = not note.notices and not site.links.is_closed(quote) and len(quote.words) <= left
        left -= len(quote.words) if is_open else 0
        yield _quotation(quote, site, quote.words if is_open else "")


def _quotation(quote: Quote, site: PageSite, words: str) -> _Node:
    address = site.addresses.quote(quote)
    return _without_empty(
        {
            "@type": "Quotation",
            "@id": site.permanent(address),
            "url": site.canonical(address),
            "text": words,
            "inLanguage": language_of(site.source_of(quote.reference)),
            "contentRating": _rating(iter(site.links.notices_of(quote)), site),
            "spokenByCharacter": _speakers(quote, site),
            "isPartOf": _named(work_iri(quote.reference.key, site)) if quote.reference else {},
            "isBasedOn": _named(work_iri(quote.quoted_in.key, site)) if quote.quoted_in else {},
            "citation": site.reference_text(quote.reference) if quote.reference else "",
            "about": [_named(site.permanent(site.addresses.theme(mention.id))) for mention in quote.themes],
        }
    )


def _speakers(quote: Quote, site: PageSite) -> _Node | list[_Node]:
    """Who speaks, by the names that the note gives or else by what they are; a list where there are several."""
    people = []
    for voice in site.voices(quote):
        kind = site.links.roles[voice.role].label if voice.role in site.links.roles else ""
        name = render_voice(voice._replace(name=""), site.links.roles) if voice.code else (voice.name or kind)
        people.append(_without_empty({"@type": "Person", "name": name, "description": kind if name != kind else ""}))
    if not people and quote.speaker:
        people = [{"@type": "Person", "name": quote.speaker.text}]
    return people if len(people) > 1 else next(iter(people), {})
