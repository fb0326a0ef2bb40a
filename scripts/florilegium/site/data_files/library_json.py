"""`library.json`: the whole library in one file, in a schema of its own that has a version.

The schema is published with the site, as `schemas/library-1.json`. Within version 1 fields may be added;
whatever is taken away or changes its meaning makes it version 2.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ... import __version__
from ...core.model import IdMention, Note, Notice, Quote, Reference, Role, Theme
from ...core.sources import Source
from ...library.links import Links, body_references, resolve_target
from ...works.csl.csl_checks import retraction
from ...works.csl.csl_items import to_csl
from ..linked_site import Site, work_iri
from .data_file import DataFile
from .identity import exported_works, note_iri, quote_iri, reference_address, theme_iri
from .pieces import encoded, json_text, listed
from .quotation_rows import verification_row

SCHEMA = 1
"""The version of the schema."""

_Record = dict[str, Any]


def library_files(site: Site) -> Iterator[DataFile]:
    """`library.json`."""
    yield DataFile(
        name="library.json",
        path="data/library.json",
        title="The whole library, as JSON",
        media_type="application/json",
        render=lambda: encoded(_texts(site)),
    )


def _texts(site: Site) -> Iterator[str]:
    """One object, whose lists are written record by record."""
    head = {
        "$schema": f"../schemas/library-{SCHEMA}.json",
        "schema_version": SCHEMA,
        "generator": {"name": "florilegium", "version": __version__},
        "library": _about(site),
    }
    yield json_text(head)[:-1]
    for name, records in _lists(site):
        yield f',\n"{name}":'
        yield from listed(records)
    yield "}\n"


def _lists(site: Site) -> Iterator[tuple[str, Iterable[_Record]]]:
    links = site.links

    def each(make: Callable[[Any, Site], _Record], things: Iterable[object]) -> Iterator[_Record]:
        return (make(thing, site) for thing in things)

    yield "roles", map(_role, links.library.settings.roles)
    yield "notices", map(_notice, links.library.settings.notices)
    yield "themes", each(_theme, links.themes.values())
    yield "references", each(_reference, exported_works(links))
    yield "notes", each(_note, links.notes.values())
    yield "quotes", each(_quote, links.quotes)
    yield "links", _joins(links)


def _about(site: Site) -> _Record:
    settings = site.links.library.settings
    return {
        "title": settings.title,
        "description": settings.description,
        "language": settings.language,
        "citation_style": settings.citation_style,
        "url": settings.url,
        "repository": settings.repository,
    }


def _role(role: Role) -> _Record:
    return {"id": role.id, "label": role.label}


def _notice(notice: Notice) -> _Record:
    return {"id": notice.id, "label": notice.label, "description": notice.description}


def _theme(theme: Theme, site: Site) -> _Record:
    return {
        "id": theme.id,
        "iri": theme_iri(theme.id, site),
        "address": site.addresses.theme(theme),
        "label": theme.label,
        "aliases": list(theme.aliases),
        "broader": _ids(theme.broader),
        "related": _ids(theme.related),
        "notices": _ids(theme.notices),
        # A quote within a definition would stand there without its notices.
        "definition": "" if theme.body.quotes else theme.body.text.strip(),
    }


def _reference(source: Source, site: Site) -> _Record:
    said = retraction(source)
    return {
        "key": source.key,
        "iri": work_iri(source.key, site),
        "address": reference_address(source.key),
        "consulted": site.consulted(source.key),
        "status": {"kind": said.kind.value, "date": said.date, "notice": said.address} if said else None,
        "csl": to_csl(source),
    }


def _note(note: Note, site: Site) -> _Record:
    return {
        "id": note.id,
        "iri": note_iri(note, site),
        "address": site.addresses.note(note),
        "title": note.title,
        "source": note.source.id if note.source else None,
        "basis": note.basis.value if note.basis else None,
        "via": note.via.id if note.via else None,
        "themes": _ids(note.themes),
        "notices": _ids(note.notices),
        "contributors": list(note.contributors),
        "date": note.date.isoformat() if note.date else None,
        "updated": note.updated.isoformat() if note.updated else None,
        "quotes": [quote.address for quote in note.quotes],
    }


def _quote(quote: Quote, site: Site) -> _Record:
    role = site.role(quote)
    return {
        "id": quote.address,
        "iri": quote_iri(quote, site),
        "address": site.addresses.quote(quote),
        "note": quote.note,
        "notices": list(site.links.notices_of(quote)),
        "gist": quote.gist,
        "words": quote.words,
        "translations": [
            {
                "words": translation.words,
                "language": site.language_of_translation(translation),
                "translator": translation.translator,
                "published_in": _cited(translation.reference) if translation.is_published else None,
            }
            for translation in quote.translations
        ],
        "speaker": {"role": role.id if role else None, "name": site.speaker_names(quote)},
        "speakers": [voice._asdict() for voice in site.voices(quote)],
        "source": _cited(quote.reference),
        "quoted_in": _cited(quote.quoted_in),
        "themes": _ids(quote.themes),
        "verification": verification_row(quote, site),
    }


def _cited(reference: Reference | None) -> _Record | None:
    if reference is None:
        return None
    locator = reference.locator
    return {"key": reference.key, "locator": {"label": locator.label, "value": locator.value} if locator else None}


def _ids(mentions: tuple[IdMention, ...]) -> list[str]:
    return list(dict.fromkeys(mention.id for mention in mentions))


# ------------------------------------------------------------------------------------------------------ joins


def _joins(links: Links) -> Iterator[_Record]:
    """What the prose leads to: works that it cites, notes and themes that it links to; each once for a document.

    What a record names in a field of its own is not said again.
    """
    for document in links.documents:
        kind = "note" if isinstance(document, Note) else "theme"
        begin = {"from": {"kind": kind, "id": document.id}}
        keys = (reference.key for reference in body_references(document.body))
        for key in dict.fromkeys(keys):
            if key in links.sources:
                yield begin | {"type": "cites", "to": {"kind": "reference", "id": key}}
        for to, id_ in dict.fromkeys(_targets(document, links)):
            yield begin | {"type": "mentions", "to": {"kind": to, "id": id_}}


def _targets(document: Note | Theme, links: Links) -> Iterator[tuple[str, str]]:
    for hyperlink in document.body.hyperlinks:
        target = resolve_target(hyperlink, document.path)
        if target and target.id in {"note": links.notes, "theme": links.themes}.get(target.kind, ()):
            yield target.kind, target.id
