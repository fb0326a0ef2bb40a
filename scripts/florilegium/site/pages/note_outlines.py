"""The outline of a note: all that it says but its prose. What leaves it as it was moves nothing on other pages."""

from collections.abc import Iterator
from hashlib import sha256

from ...core.model import Citation, Heading, IdMention, Note, Quote, Reference, Translation
from ...library.links import body_references


def outline_of(note: Note) -> str:
    """A digest of a note's outline: what it is about, its headings, what it cites, where it leads, its quotations."""
    digest = sha256()
    for fact in _facts(note):
        digest.update(f"{fact!r}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _facts(note: Note) -> Iterator[object]:
    yield note.id, note.title, note.source and note.source.id, note.basis, note.via and note.via.id, _ids(note.themes)
    yield _ids(note.notices), note.contributors, note.date, note.updated, [source.key for source in note.sources]
    yield [reference.key for reference in body_references(note.body)], [link.target for link in note.body.hyperlinks]
    yield [_translation(translation) for translation in note.body.translations]
    parts: list[Heading | Quote] = [*note.body.headings, *note.quotes]
    for item in sorted(parts, key=lambda part: part.span):
        yield _quote(item) if isinstance(item, Quote) else (item.level, item.text, item.id)


def _quote(quote: Quote) -> object:
    who = quote.speaker and (quote.speaker.text, quote.speaker.name)
    references = [_reference(reference) for reference in (quote.reference, quote.quoted_in)]
    translations = [_translation(translation) for translation in quote.translations]
    named = _ids(quote.themes), _ids(quote.notices), quote.gist, _cited(quote.citations)
    return quote.id, quote.words, who, references, named, translations


def _translation(translation: Translation) -> object:
    named = translation.number, translation.of.id, translation.translator, translation.language
    return translation.words, named, translation.is_published, _reference(translation.reference)


def _cited(citations: tuple[Citation, ...]) -> list[str]:
    return [reference.key for citation in citations for reference in citation.references]


def _reference(reference: Reference | None) -> object:
    if reference is None:
        return None
    place = reference.locator and (reference.locator.label, reference.locator.value)
    return reference.key, reference.mode.value, reference.prefix, reference.suffix, place


def _ids(mentions: tuple[IdMention, ...]) -> list[str]:
    return [mention.id for mention in mentions]
