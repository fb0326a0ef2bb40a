"""What the data files are made from, in one digest: while it stays the same, they do.

The prose of notes is not in it, so that a sentence that is fixed makes no data file anew but the twin of its note and
the book; that has a digest of its own.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256

from ...core.model import Note
from ..linked_site import Site
from ..pages.note_outlines import outline_of


def facts_key(site: Site, program: str, outline: Callable[[Note], str] = outline_of) -> str:
    """A digest of the library's facts, its prose left out, and of the program that writes them."""
    digest = sha256(program.encode())
    for fact in (*_facts(site), *((note.path, outline(note)) for note in site.links.notes.values())):
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
    yield {key: [mention.id for mention in mentions] for key, mentions in settings.sensitive_sources.items()}
    yield bibliography.order, bibliography.approximate
    yield sorted((address, state.identity) for address, state in site.links.records.items())
    for verification in library.verifications:
        yield verification.quote, verification.key, verification.date, verification.original
    for key, source in site.links.sources.items():
        yield key, source.type, source.variables, source.names, source.dates, site.consulted(key)
        yield bibliography.entries.get(key), bibliography.short(key)
    for theme in site.links.themes.values():
        yield theme.path, theme.digest
