"""What notes and the rest of a library ask of each other, in small values: after an edit few notes are needed whole."""

import pickle
from collections import defaultdict
from collections.abc import Container, Iterator
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from ..core.lock_entries import Verification
from ..core.model import Library, Note, Quote, Status
from ..core.sources import Source
from ..core.values import light
from ..library.links import Links, body_references, note_references, resolve_target
from ..library.voices import voices_of
from .checks.quote_checks import compared_words


@light
class WorkFacts(NamedTuple):
    """A work that a note lists."""

    key: str
    digest: bytes
    """Of all that is said of it, wherever that stands."""
    doi: str


class NoteFacts(NamedTuple):
    """A note as the rest of the library sees it."""

    id: str
    is_draft: bool
    is_faulty: bool
    """Whether anything was found in its file: then it is judged again whenever any file has changed."""
    asked: tuple[str, ...]
    """The keys of all works that it mentions."""
    cited: tuple[str, ...]
    """The keys under which it would stand in `Links.cited_by`."""
    works: tuple[WorkFacts, ...]
    themes: tuple[str, ...]
    filed: tuple[str, ...]
    """The themes of its quotes."""
    quotes: tuple[str, ...]
    words: tuple[bytes, ...]
    """Digests of the words of its quotes, as far as they must be unique."""
    speakers: tuple[tuple[str, str, str], ...]
    """The key of a work, the name of one who speaks in it, and the role of that speaker."""
    locked: tuple[tuple[str, str], ...]
    """The addresses of its quotes with entries in `quotes.lock`, and the keys of the works that each names."""
    targets: tuple[str, ...]
    """The notes and themes that it links to: `notes/x`."""
    anchors: bytes
    """A digest of what others can link to in it."""


def facts_of(note: Note, links: Links | None, locked: Container[str], *, is_faulty: bool) -> NoteFacts:
    """Gather what the rest of a library may ask of a note; `locked` are the addresses that `quotes.lock` has.

    Without `links`, nobody says yet who speaks.
    """
    heads = [mention.id for mention in (note.source, note.via) if mention]
    own = [reference.key for quote in note.quotes for reference in quote.references]
    cited = dict.fromkeys([*heads, *own, *(reference.key for reference in body_references(note.body))])
    anchors = [*(heading.id for heading in note.body.headings), "", *(quote.id for quote in note.quotes)]
    return NoteFacts(
        id=note.id,
        is_draft=note.status is Status.DRAFT,
        is_faulty=is_faulty,
        asked=tuple({**cited, **dict.fromkeys(reference.key for reference in note_references(note))}),
        cited=tuple(cited),
        works=tuple([work_facts(source) for source in note.sources]),
        themes=tuple([mention.id for mention in note.themes]),
        filed=tuple(dict.fromkeys(mention.id for quote in note.quotes for mention in quote.themes)),
        quotes=tuple([quote.id for quote in note.quotes]),
        words=tuple(filter(None, map(_words, note.quotes))),
        speakers=tuple(dict.fromkeys(speaker for quote in note.quotes for speaker in _speakers(links, quote))),
        locked=tuple(
            (quote.address, reference.key)
            for quote in note.compared_quotes
            if quote.address in locked
            for reference in quote.references
        ),
        targets=tuple(_targets(note)),
        anchors=_digest("\n".join(anchors)),
    )


Said: TypeAlias = tuple[str, str]
"""What another file than a note says something of: `("work", key)`, `("theme", id)`, `("locked", id of a note)` or
`("settings", "")`."""


_ENTRY = attrgetter(*(name for name in Verification.__slots__ if name != "span"))


def said_of(library: Library) -> dict[Said, bytes]:
    """Digests of what the other files say, as far as it matters to the findings in notes."""
    settings = library.settings
    named = (
        settings.language,
        [(role.id, role.label) for role in settings.roles],
        [notice.id for notice in settings.notices],
        {key: [mention.id for mention in mentions] for key, mentions in settings.sensitive_sources.items()},
        bool(settings.spans),
    )
    said = {("settings", ""): _digest(repr(named))}
    for source in reversed(library.sources):
        said["work", source.key] = work_facts(source).digest
    for theme in library.themes:
        anchors = [heading.id for heading in theme.body.headings], [quote.id for quote in theme.body.quotes]
        said["theme", theme.id] = _digest(repr(([mention.id for mention in theme.notices], anchors)))
    entries: dict[str, list[object]] = defaultdict(list)
    for entry in library.verifications:
        entries[entry.quote.partition("/")[0]].append(_ENTRY(entry))
    said |= {("locked", note): _digest(repr(those)) for note, those in entries.items()}
    return said


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def work_facts(source: Source) -> WorkFacts:
    """Gather what a library asks of a work."""
    said = pickle.dumps((source.type, source.variables, source.names, source.dates, source.custom), protocol=5)
    return WorkFacts(source.key, blake2b(said, digest_size=12).digest(), source.variables.get("DOI", "").casefold())


def _words(quote: Quote) -> bytes:
    words = compared_words(quote)
    return _digest(words) if words else b""


def _speakers(links: Links | None, quote: Quote) -> Iterator[tuple[str, str, str]]:
    for voice in voices_of(links, quote) if links and quote.reference else ():
        if voice.name and not voice.is_person and quote.reference:
            yield quote.reference.key, voice.name.casefold(), voice.role


def _targets(note: Note) -> Iterator[str]:
    for hyperlink in note.body.hyperlinks:
        target = resolve_target(hyperlink, note.path)
        if target is not None and target.kind != "page":
            yield f"{target.kind}s/{target.id}"
