"""How notes and themes differ: their front matter key by key, their prose by the number of words."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...core.limits import Exhausted, bounded
from ...core.model import Body, IdMention, Note, Theme
from ...core.spans import LineTable
from ...library.links import redirected
from ...markdown.bodies import parse_body
from .differences import DocumentChange, FieldChange, How
from .word_changes import WordCount, count_changed_words


def _ids(mentions: Iterable[IdMention]) -> str:
    return ", ".join(mention.id for mention in mentions)


def _id(mention: IdMention | None) -> str:
    return mention.id if mention else ""


_NOTE: Mapping[str, Callable[[Any], str]] = {
    "id": lambda note: note.id,
    "title": lambda note: note.title,
    "source": lambda note: _id(note.source),
    "basis": lambda note: note.basis or "",
    "via": lambda note: _id(note.via),
    "themes": lambda note: _ids(note.themes),
    "notices": lambda note: _ids(note.notices),
    "gist": lambda note: "; ".join(f"{quote.id}: {quote.gist}" for quote in note.quotes if quote.gist),
    "contributors": lambda note: ", ".join(note.contributors),
    "date": lambda note: str(note.date or ""),
    "updated": lambda note: str(note.updated or ""),
    "status": lambda note: str(note.status),
}
_THEME: Mapping[str, Callable[[Any], str]] = {
    "id": lambda theme: theme.id,
    "label": lambda theme: theme.label,
    "aliases": lambda theme: ", ".join(theme.aliases),
    "broader": lambda theme: _ids(theme.broader),
    "related": lambda theme: _ids(theme.related),
    "notices": lambda theme: _ids(theme.notices),
}


def fields_of(getters: Mapping[str, Callable[[Any], str]], before: Any, after: Any) -> tuple[FieldChange, ...]:
    """The properties in which two things differ."""
    pairs = ((name, get(before), get(after)) for name, get in getters.items())
    return tuple(FieldChange(name=name, before=old, after=new) for name, old, new in pairs if old != new)


def compare_notes(
    before: Iterable[Note], after: Iterable[Note], redirects: Mapping[str, str]
) -> Iterator[DocumentChange]:
    """Notes in the order of the later library, then those that were removed."""
    return _compare("notes", {note.id: note for note in before}, {note.id: note for note in after}, redirects, _NOTE)


def compare_themes(
    before: Iterable[Theme], after: Iterable[Theme], redirects: Mapping[str, str]
) -> Iterator[DocumentChange]:
    return _compare("themes", {t.id: t for t in before}, {t.id: t for t in after}, redirects, _THEME)


def _compare(
    folder: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    redirects: Mapping[str, str],
    getters: Mapping[str, Callable[[Any], str]],
) -> Iterator[DocumentChange]:
    earlier = _earlier_ids(folder, before, after, redirects)
    kept = set(earlier.values())
    for id_, new in after.items():
        if id_ not in earlier:
            links = _hyperlinks(None, new)
            yield DocumentChange(how=How.ADDED, before=None, after=new, fields=links, prose=_length(new))
            continue
        old = before[earlier[id_]]
        if old.digest == new.digest and old.id == new.id:
            continue
        fields = (*fields_of(getters, old, new), *_hyperlinks(old, new))
        prose = count_changed_words(_prose(old), _prose(new))
        if fields or prose:
            how = How.EDITED if old.id == new.id else How.MOVED
            yield DocumentChange(how=how, before=old, after=new, fields=fields, prose=prose)
    for id_, old in before.items():
        if id_ not in kept:
            yield DocumentChange(how=How.REMOVED, before=old, after=None, prose=_length(old, gone=True))


def _hyperlinks(old: Note | Theme | None, new: Note | Theme) -> tuple[FieldChange, ...]:
    """The addresses elsewhere on the web to which prose or quotations lead now, or led before."""
    before, after = _leading_away(old), _leading_away(new)
    lost = ", ".join(target for target in before if target not in after)
    gained = ", ".join(target for target in after if target not in before)
    return (FieldChange(name="hyperlinks", before=lost, after=gained),) if lost or gained else ()


def _leading_away(document: Note | Theme | None) -> tuple[str, ...]:
    hyperlinks = document.body.hyperlinks if document else ()
    return tuple(dict.fromkeys(link.target for link in hyperlinks if re.match(r"[A-Za-z][\w+.-]*:|//", link.target)))


def _earlier_ids(
    folder: str, before: Mapping[str, Any], after: Mapping[str, Any], redirects: Mapping[str, str]
) -> dict[str, str]:
    """From the id of each document that was there before, to the id that it had then."""
    earlier = {id_: id_ for id_ in after if id_ in before}
    for id_ in before:
        new = redirected(f"{folder}/{id_}", redirects).removeprefix(f"{folder}/")
        # Where the new page was there already, or has come out of another one, the old one was merged into it.
        if id_ not in after and new in after:
            earlier.setdefault(new, id_)
    return earlier


def _length(document: Note | Theme, *, gone: bool = False) -> WordCount:
    words = len(_prose(document).split())
    return WordCount(removed=words) if gone else WordCount(added=words)


def _prose(document: Note | Theme) -> str:
    """The Markdown of a document without its quotations, which are compared by themselves."""
    text = document.body.text
    if not document.body.quotes:
        return text
    table = LineTable(document.path, text)
    try:
        with bounded():
            body: Body = parse_body(table, 0, document.id).body
    except Exhausted:
        return text
    pieces, place = [], 0
    for quote in body.quotes:
        pieces.append(text[place : table.offset(quote.span.start)])
        place = table.offset(quote.span.end)
    return " ".join([*pieces, text[place:]])
