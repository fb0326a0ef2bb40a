"""How quotations differ: which came, went or moved, and what changed in their words and attributions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...core.model import Citation, Note, Quote, Reference
from ...library.links import redirected
from ...markdown.citations import render_citation, render_locator
from ...quotations.matching.normal_form import words_digest
from .differences import How, QuoteChange
from .document_changes import fields_of
from .sides import ComparedLibrary
from .word_changes import compare_words

_ALIKE = 0.6
"""Part of their words that two quotations must share to be one that was changed."""
_FEW = 30
"""Quotations of a note that are compared one by one."""


def _cited(reference: Reference | None) -> str:
    if reference is None:
        return ""
    return render_citation(Citation(references=(reference,), span=reference.span))


def _work(quote: Quote) -> str:
    return _cited(quote.reference._replace(locator=None)) if quote.reference else ""


def _locator(quote: Quote) -> str:
    return render_locator(quote.reference.locator) if quote.reference and quote.reference.locator else ""


def _address(quote: Quote) -> str:
    return quote.address if quote.id else ""


_FIELDS: Mapping[str, Callable[[Any], str]] = {
    "address": _address,
    "speaker": lambda quote: quote.speaker.text if quote.speaker else "",
    "work": _work,
    "locator": _locator,
    "quoted in": lambda quote: _cited(quote.quoted_in),
    "translations": lambda quote: "; ".join(
        f"{one.language} {one.words} ({one.translator})".strip() for one in quote.translations
    ),
    # Their order says nothing.
    "themes": lambda quote: ", ".join(sorted({mention.id for mention in quote.themes})),
    "notices": lambda quote: ", ".join(sorted({mention.id for mention in quote.notices})),
}


def compare_quotes(before: ComparedLibrary, after: ComparedLibrary) -> Iterator[QuoteChange]:
    """Quotations in the order of the later library, then those that were removed; drafts' too."""
    old = list(_quotes(before.links.library.notes))
    new = list(_quotes(after.links.library.notes))
    earlier = _earlier(old, new, _later_notes(before, after))
    gone = {id(quote): quote for quote in old}
    for quote in new:
        match = earlier.get(id(quote))
        if match is None:
            yield QuoteChange(how=How.ADDED, before=None, after=quote, state_after=after.state(quote))
            continue
        gone.pop(id(match), None)
        yield from _compared(match, quote, before.state(match), after.state(quote))
    for quote in gone.values():
        yield QuoteChange(how=How.REMOVED, before=quote, after=None, state_before=before.state(quote))


def _quotes(notes: Iterable[Note]) -> Iterator[Quote]:
    return (quote for note in notes for quote in note.quotes)


def _compared(old: Quote, new: Quote, state_before: str, state_after: str) -> Iterator[QuoteChange]:
    fields = fields_of(_FIELDS, old, new)
    words = compare_words(old.words, new.words) if old.words != new.words else ()
    if fields or words or state_before != state_after:
        how = How.EDITED if old.address == new.address else How.MOVED
        yield QuoteChange(
            how=how,
            before=old,
            after=new,
            words=words,
            fields=fields,
            state_before=state_before,
            state_after=state_after,
        )


def _later_notes(before: ComparedLibrary, after: ComparedLibrary) -> dict[str, str]:
    """From the ids of notes that are gone to where their pages are redirected."""
    library = after.links.library
    there = {note.id for note in library.notes}
    gone = [note.id for note in before.links.library.notes if note.id not in there]
    return {id_: redirected(f"notes/{id_}", library.settings.redirects).removeprefix("notes/") for id_ in gone}


def _earlier(old: Sequence[Quote], new: Sequence[Quote], later_notes: Mapping[str, str]) -> dict[int, Quote]:
    """From each later quotation, by its `id()`, to the one that it was.

    That is the one of the same address; else of the same words; else, in the same note, one of much the same words.
    """

    def note_of(quote: Quote) -> str:
        return later_notes.get(quote.note, quote.note)

    by_address = _paired(old, new, lambda q: f"{note_of(q)}/{q.id}", lambda q: q.address if q.id else "")
    old, new = _left(old, new, by_address)
    by_words = _paired(old, new, lambda q: words_digest(q.words), lambda q: words_digest(q.words))
    old, new = _left(old, new, by_words)
    alike = _alike(old, new, note_of)
    return {id(later): earlier for pairs in (by_address, by_words, alike) for later, earlier in pairs}


_Pairs = list[tuple[Quote, Quote]]
"""A later quotation, and the one that it was."""


def _paired(
    old: Iterable[Quote], new: Iterable[Quote], old_key: Callable[[Quote], str], new_key: Callable[[Quote], str]
) -> _Pairs:
    """Pairs of one key; where several have it, which is an error, in their order."""
    waiting: dict[str, list[Quote]] = defaultdict(list)
    for quote in old:
        waiting[old_key(quote)].append(quote)
    return [(quote, same.pop(0)) for quote in new if (same := waiting.get(new_key(quote)))]


def _left(old: Sequence[Quote], new: Sequence[Quote], pairs: _Pairs) -> tuple[list[Quote], list[Quote]]:
    taken = {id(quote) for pair in pairs for quote in pair}
    rest = ([quote for quote in quotes if id(quote) not in taken] for quotes in (old, new))
    return next(rest), next(rest)


def _alike(old: Iterable[Quote], new: Iterable[Quote], note_of: Callable[[Quote], str]) -> _Pairs:
    """Pairs that share most of their words, in notes where few quotations are left to compare."""
    gone: dict[str, list[Quote]] = defaultdict(list)
    come: dict[str, list[Quote]] = defaultdict(list)
    for quote in old:
        gone[note_of(quote)].append(quote)
    for quote in new:
        come[quote.note].append(quote)
    pairs: _Pairs = []
    for note, quotes in come.items():
        if max(len(gone.get(note, ())), len(quotes)) <= _FEW:
            pairs += _alike_in(gone.get(note, []), quotes)
    return pairs


def _alike_in(gone: list[Quote], come: Iterable[Quote]) -> Iterator[tuple[Quote, Quote]]:
    for quote in come:
        words = Counter(quote.words.split())
        best = max(gone, key=lambda other: _shared(words, other), default=None)
        if best is not None and _shared(words, best) >= _ALIKE:
            gone.remove(best)
            yield quote, best


def _shared(words: Counter[str], other: Quote) -> float:
    others = Counter(other.words.split())
    return (words & others).total() / (max(words.total(), others.total()) or 1)
