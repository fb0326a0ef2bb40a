"""What the data files are made from, in one digest: while it stays the same, they do.

The prose of notes is not in it, so that a sentence that is fixed makes no data file anew but the twin of its note and
the book; that has a digest of its own.
"""

from collections.abc import Iterator
from hashlib import sha256

from ...core.model import Heading, IdMention, Note, Quote, Reference
from ...library.links import body_references
from ..linked_site import Site


def facts_key(site: Site, program: str) -> str:
    """A digest of the library's facts, its prose left out, and of the program that writes them."""
    digest = sha256(program.encode())
    for fact in _facts(site):
        digest.update(f"{fact!r}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def prose_key(site: Site, facts: str) -> str:
    """A digest of the prose too, for what shows it; `facts` is the `facts_key`."""
    digest = sha256(facts.encode())
    for note in site.links.notes.values():
        digest.update(f"{note.path} {note.digest}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _facts(site: Site) -> Iterator[object]:
    library, bibliography = site.links.library, site.bibliography
    settings = library.settings
    yield settings.title, settings.description, settings.language, settings.citation_style, settings.help
    yield settings.url, settings.repository, settings.branch, settings.redirects
    yield [(role.id, role.label) for role in settings.roles]
    yield [(notice.id, notice.label, notice.description) for notice in settings.notices]
    yield {key: _ids(mentions) for key, mentions in settings.sensitive_sources.items()}
    yield bibliography.order, bibliography.approximate
    yield sorted((address, state.identity) for address, state in site.links.records.items())
    for verification in library.verifications:
        yield verification.quote, verification.key, verification.date, verification.original
    for key, source in site.links.sources.items():
        yield key, source.type, source.variables, source.names, source.dates, site.consulted(key)
        yield bibliography.entries.get(key), bibliography.short(key)
    for theme in site.links.themes.values():
        yield theme.path, theme.digest
    for note in site.links.notes.values():
        yield from _note(note)


def _note(note: Note) -> Iterator[object]:
    yield note.id, note.title, note.source and note.source.id, note.basis, note.via and note.via.id, _ids(note.themes)
    yield _ids(note.notices), note.contributors, note.date, note.updated
    yield [reference.key for reference in body_references(note.body)], [link.target for link in note.body.hyperlinks]
    parts: list[Heading | Quote] = [*note.body.headings, *note.quotes]
    for item in sorted(parts, key=lambda part: part.span):
        yield _quote(item) if isinstance(item, Quote) else item.text


def _quote(quote: Quote) -> object:
    who = quote.speaker and (quote.speaker.text, quote.speaker.name)
    references = [_reference(reference) for reference in (quote.reference, quote.quoted_in)]
    translations = [(t.words, t.translator, t.language, _reference(t.reference)) for t in quote.translations]
    return quote.id, quote.words, who, references, _ids(quote.themes), _ids(quote.notices), quote.gist, translations


def _reference(reference: Reference | None) -> object:
    if reference is None:
        return None
    place = reference.locator and (reference.locator.label, reference.locator.value)
    return reference.key, reference.mode.value, reference.prefix, reference.suffix, place


def _ids(mentions: tuple[IdMention, ...]) -> list[str]:
    return [mention.id for mention in mentions]
