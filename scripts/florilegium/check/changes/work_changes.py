"""How the works of a library differ: field by field of their CSL items, and where on the site that shows."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...core.sources import Source
from ...library.links import CitedBy, Links
from ...works.csl.csl_items import to_csl
from ..coverage.quoted_words import quoted_words
from .differences import FieldChange, How, QuotedWords, WorkChange


def compare_works(before: Links, after: Links) -> Iterator[WorkChange]:
    """Works in the order of the later library, then those that were removed."""
    for key, new in after.sources.items():
        old = before.sources.get(key)
        if old is None:
            yield WorkChange(how=How.ADDED, key=key, before=None, after=new, cited_in=_pages(after, key))
        elif fields := _differing(_entries(before, key), _entries(after, key)):
            cited = _pages(after, key)
            yield WorkChange(how=How.EDITED, key=key, before=old, after=new, fields=fields, cited_in=cited)
    for key, old in before.sources.items():
        if key not in after.sources:
            # A page that still cites the work shows a citation that leads nowhere.
            yield WorkChange(how=How.REMOVED, key=key, before=old, after=None, cited_in=_pages(after, key))


def _entries(links: Links, key: str) -> Mapping[str, Source]:
    """All entries of a work, by their files: each note may list it."""
    return {source.span.path: source for source in links.duplicates.get(key, (links.sources[key],))}


def _differing(before: Mapping[str, Source], after: Mapping[str, Source]) -> tuple[FieldChange, ...]:
    """The fields in which an entry differs from what it was; a new one, from the first that there was."""
    first = next(iter(before.values()))
    found = (field for path, new in after.items() for field in _fields(before.get(path, first), new))
    return tuple(dict.fromkeys(found))


def _fields(old: Source, new: Source) -> Iterator[FieldChange]:
    if old == new:
        return
    before, after = to_csl(old), to_csl(new)
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield FieldChange(name=name, before=_text(before.get(name)), after=_text(after.get(name)))


def _text(value: Any) -> str:
    """A field of a CSL item as text: names one after the other, a date as `2009-5-1`."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return "; ".join(" ".join(map(str, item.values())) for item in value)
    if isinstance(value, Mapping) and set(value) == {"date-parts"}:
        return "/".join("-".join(map(str, parts)) for parts in value["date-parts"])
    return json.dumps(value, ensure_ascii=False)


def _pages(links: Links, key: str) -> tuple[str, ...]:
    found: CitedBy | None = links.cited_by.get(key)
    if found is None:
        return ()
    notes = (*found.summarised, *found.cited, *found.via, *map(links.note_of, (*found.quoted, *found.quoted_in)))
    pages = [f"notes/{note.id}" for note in notes] + [f"themes/{theme.id}" for theme in found.cited_in_themes]
    return tuple(dict.fromkeys(pages))


def compare_quoted_words(before: Links, after: Links) -> Iterator[QuotedWords]:
    """The works of which more or fewer words are quoted now, the most quoted first; drafts do not count."""
    old, new = quoted_words(before.quotes), quoted_words(after.quotes)
    total = sum(entry.words for entry in new.values())
    for key in dict.fromkeys((*new, *old)):
        was, is_ = (side[key].words if key in side else 0 for side in (old, new))
        if was != is_:
            yield QuotedWords(key=key, before=was, after=is_, share=is_ / total if total else 0.0)
