"""The comparison of quotations with their originals: what is found becomes entries of `quotes.lock`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, did_you_mean, plain, quoted
from ..core.lock_entries import Verification
from ..core.model import Library, Quote
from ..core.sources import Source
from ..core.spans import Span
from .fingerprints import fingerprint
from .lock_file import merge_verifications
from .match_findings import finding, remark
from .matching import Match, Missed, Reason, find_words
from .matching.normal_form import MATCHING, Normalised, flattened, normal_form, normalise_words, words_digest
from .misses import explain_miss
from .originals import Original
from .page_numbers import page_labels, page_of

SHOWN_PASSAGES = 10
"""Findings of a run for which the nearest passage is looked for: it takes a third of a second in a long book."""


class Compared(NamedTuple):
    """What a comparison found."""

    entries: tuple[Verification, ...]
    """Those of all quotes that were found, and of those that were not, where the original holds others."""
    diagnostics: tuple[Diagnostic, ...]
    found: int = 0
    missed: int = 0
    empty: frozenset[str] = frozenset()
    """The keys whose original holds none of the quotations: surely the wrong file."""


def verify_quotes(
    library: Library,
    originals: Mapping[str, Original],
    today: date,
    *,
    by: str = "",
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> Compared:
    """Compare each quote with the original of the work it is from, and of the work it is quoted in.

    `originals` are given by citation key. Where neither words nor original changed, an entry keeps its date.
    `merge_verifications` adds the entries to the others. A quote without an id is compared, but cannot be recorded.
    """
    run = _Run(library, originals, today, by)
    named = [(quote, key) for quote, key in named_quotes(library) if key in originals]
    for number, (quote, key) in enumerate(named, 1):
        run.compare(quote, key)
        progress("comparing", number, len(named))
    return run.result()


@dataclass
class _Run:
    """One comparison of a library with some originals."""

    library: Library
    originals: Mapping[str, Original]
    today: date
    by: str
    found: dict[tuple[str, str], Verification] = field(default_factory=dict)
    missed: list[tuple[Quote, str, Missed]] = field(default_factory=list)
    remarks: list[Diagnostic] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    texts: dict[str, Normalised] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    emphases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sources: dict[str, Source] = {}
        for source in chain(self.library.sources, *(note.sources for note in self.library.notes)):
            self.sources.setdefault(source.key, source)
        self.old: dict[tuple[str, str], list[Verification]] = defaultdict(list)
        for entry in self.library.verifications:
            self.old[entry.quote, entry.key].append(entry)

    def compare(self, quote: Quote, key: str) -> None:
        """Look for one quote in one original."""
        result, is_raised = self._find(quote, key)
        if isinstance(result, Missed):
            self.missed.append((quote, key, result))
            return
        self.counts[key] += 1
        text, labels = self._text(key), self._labels(key)
        result, is_placed = _placed(quote, key, result, text, labels)
        language, emphases = self._language(key), self._emphases(key)
        remarked = remark(quote, key, result, text, labels, language, is_raised=is_raised, emphases=emphases)
        self.remarks += remarked.diagnostics
        if quote.id:
            marks = (*remarked.marks, *self._history(quote, key), *(() if is_placed else ("unplaced",)))
            entry = self._entry(quote, key, result.position, marks)
            entry = replace(entry, page=remarked.page, places=1 + len(result.others))
            self.found.setdefault((quote.address, key), self._dated(entry))

    def _find(self, quote: Quote, key: str) -> tuple[Match | Missed, bool]:
        text = self._text(key)
        result = find_words(quote.words, text, nearest=False)
        flat = flattened(quote.words)
        if isinstance(result, Missed) and not self.originals[key].shows_raised and flat != quote.words:
            on_the_line = find_words(flat, text, nearest=False)
            if isinstance(on_the_line, Match):
                return on_the_line, True
        return result, False

    def _text(self, key: str) -> Normalised:
        if key not in self.texts:
            self.texts[key] = normal_form(self.originals[key].text)
        return self.texts[key]

    def _language(self, key: str) -> str:
        """Return the language of a work, where its reference says it; else that of the library."""
        source = self.sources.get(key)
        return (source.variables.get("language") if source else "") or self.library.settings.language

    def _emphases(self, key: str) -> str:
        if key not in self.emphases:
            self.emphases[key] = "\n".join(map(normalise_words, self.originals[key].emphases))
        return self.emphases[key]

    def _labels(self, key: str) -> tuple[str, ...]:
        if key not in self.labels:
            original, source = self.originals[key], self.sources.get(key)
            pages = source.variables.get("page", "") if source else ""
            self.labels[key] = original.labels or page_labels(original.page_lines, pages)
        return self.labels[key]

    def _entry(self, quote: Quote, key: str, position: int, marks: Iterable[str]) -> Verification:
        return Verification(
            quote=quote.address,
            key=key,
            words=words_digest(quote.words),
            original=self.originals[key].digest,
            position=position,
            date=self.today,
            span=Span.of_file("annotations/quotes.lock"),
            work=str(fingerprint(self.sources[key])) if key in self.sources else "",
            matching=MATCHING,
            marks=tuple(sorted(set(marks))),
            by=self.by,
        )

    def _history(self, quote: Quote, key: str) -> tuple[str, ...]:
        """Whether the words were wrong once: that is what the library's own rate of errors is made of."""
        digest = words_digest(quote.words)
        wrong = (
            "corrected" in entry.marks or (not entry.is_found and entry.words != digest)
            for entry in self.old[quote.address, key]
        )
        return ("corrected",) if any(wrong) else ()

    def _dated(self, entry: Verification) -> Verification:
        for old in self.old[entry.quote, entry.key]:
            same = replace(old, date=entry.date, span=entry.span)
            if same == entry:
                return old
            if (old.words, old.original, old.by, old.matching) == (entry.words, entry.original, entry.by, MATCHING):
                return replace(entry, date=old.date)
        return entry

    def result(self) -> Compared:
        """Put the entries and findings together."""
        empty = frozenset(key for _, key, _ in self.missed if not self.counts[key])
        wrong: dict[tuple[str, str], Verification] = {}
        for quote, key, _ in self.missed:
            # The id of one in running prose is made from its words, and is gone when they are corrected.
            if quote.id and not quote.is_prose and key not in empty:
                entry = self._entry(quote, key, 0, ("missed",))
                wrong.setdefault((quote.address, key), self._dated(entry))
        misses = [
            self._not_found(quote, key, missed, show=number < SHOWN_PASSAGES)
            for number, (quote, key, missed) in enumerate(self.missed)
        ]
        entries = merge_verifications([*self.found.values(), *(e for i, e in wrong.items() if i not in self.found)])
        diagnostics = tuple(sorted([*misses, *self.remarks], key=lambda problem: problem.order))
        return Compared(entries, diagnostics, self.counts.total(), len(self.missed), empty)

    def _not_found(self, quote: Quote, key: str, missed: Missed, *, show: bool) -> Diagnostic:
        name = quoted(quote.words) if quote.is_prose else quoted(quote.address)
        is_source = quote.reference is not None and quote.reference.key == key
        role = "they come from" if is_source else "they are quoted in"
        role = "cited beside them" if quote.is_prose else f"that {role}"
        original, text = self.originals[key], self._text(key)
        elsewhere = self._elsewhere(quote, key)
        if elsewhere:
            remedy = f"they stand in {elsewhere}: name that work, if the words come from it"
        else:
            if show and missed.reason is Reason.ABSENT:
                again = find_words(quote.words, text)
                missed = again if isinstance(again, Missed) else missed
            remedy = explain_miss(missed, quote.words, plain(original.name), text, is_scanned=original.is_scanned)
            if not show and missed.reason is Reason.ABSENT:
                shown = f"the nearest passages are shown for the first {SHOWN_PASSAGES} findings"
                remedy = f"{shown}: verify again after them"
        message = f"the words {'' if quote.is_prose else 'of '}{name} do not stand in {quoted(key)}, the work {role}"
        return finding("quote-not-in-source", quote, message, remedy)

    def _elsewhere(self, quote: Quote, key: str) -> str:
        """Return another of the originals in which the words stand, and where: `roe2010, line 40`."""
        for other in self.originals:
            if other != key and self.originals[other].digest != self.originals[key].digest:
                found = find_words(quote.words, self._text(other), nearest=False)
                if isinstance(found, Match):
                    return f"{quoted(other)}, {self._text(other).place(found.position)}"
        return ""


def _placed(quote: Quote, key: str, found: Match, text: Normalised, labels: tuple[str, ...]) -> tuple[Match, bool]:
    """Of several places, take the one on the page that the attribution names; and say whether that is the only one."""
    if not found.others:
        return found, True
    locator = next((reference.locator for reference in quote.references if reference.key == key), None)
    places = (found.position, *found.others) if locator else ()
    fitting = [start for start in places if locator and page_of(text, start, labels) == locator.value]
    if not fitting:
        return found, False
    if fitting[0] != found.position:
        again = find_words(quote.words, text, nearest=False, start=fitting[0])
        if isinstance(again, Match):
            found = replace(again, others=found.others)
    return found, len(fitting) == 1


def unnamed_originals(library: Library, originals: Iterable[str]) -> tuple[str, ...]:
    """Return a message for each citation key whose original was given in vain, since no quote names it."""
    named = {key for _, key in named_quotes(library)}
    messages = []
    for key in sorted(set(originals) - named):
        near = did_you_mean(key, sorted(named), "each quote names its work after its words: [@key]")
        messages.append(f"no quote names the key {quoted(key)}; {near}")
    return tuple(messages)


def named_quotes(library: Library) -> Iterator[tuple[Quote, str]]:
    """Yield each quote with each work that it names."""
    for note in library.notes:
        for quote in note.compared_quotes if library.settings.prose_quotations else note.quotes:
            for key in dict.fromkeys(reference.key for reference in quote.references):
                yield quote, key
