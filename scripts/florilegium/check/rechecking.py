"""Checking a library again after few notes have changed: those are judged, and whatever may depend on them.

Of each note is kept what the rest of the library may ask of it (`NoteFacts`), with the time of its file; and of the
other files what they say that notes depend on (`said_of`). A note is judged again if its file has changed, if anything
was found in it before, or if it mentions a work or a theme, links to a page or has an entry in `quotes.lock` that has
changed. What only the library as a whole shows is looked for among the facts, and judged by the usual functions on the
notes concerned. Where that does not suffice (roles or notices have changed, many notes have, or much was found),
nothing is found here, and the library is checked as a whole.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from pickle import loads
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from ..core.diagnostics import Diagnostic
from ..core.model import Library, Note
from ..core.sources import Source
from ..core.store import Kept, pickled, unpickled
from ..library.kept_files import KeptFiles
from ..library.links import CitedBy, Links, body_references, resolve_links
from ..library.listing import FileKind, Listed
from ..library.own_styles import missing_style
from ..library.reading import Parsed, ReadResult, is_spent, read_file
from .checks import CHECKS, quote_checks, reference_checks, verification_checks
from .checks.context import Context, Guesses, WholeLibrary
from .checks.severities import apply_severities
from .consequences import hold_back
from .note_facts import NoteFacts, Said, facts_of, said_of, work_facts
from .remedies import fit_remedies

_KIND = "note-facts"
_OTHERS = "others"
"""The name under which stands what the facts hold for: the other files, and the day."""
_SAID = "said"
"""The name under which stands what the other files say."""
_MOST = 40
"""Findings of a library that is judged again in part. In those of more, a guess or a remedy may depend on how many
there are before it."""
_WHOLE = frozenset(("stale-lock-entry", "verified-work-changed", "foreign-markup"))
"""Rules whose findings depend on more than the facts say."""


Check: TypeAlias = Callable[[Context], Iterable[Diagnostic]]


class _TooMuch(Exception):
    """The library must be checked as a whole."""


class Rechecked(NamedTuple):
    """What was found."""

    diagnostics: tuple[Diagnostic, ...]
    counts: tuple[int, int, int, int]
    """How many notes, themes, quotes and works the library holds."""


def keep_facts(held: KeptFiles, result: ReadResult, links: Links, raw: Sequence[Diagnostic], today: date) -> None:
    """Keep what a check of the whole library found, for `recheck`; `raw` are all findings, before any is held back."""
    files = sorted(held.files)
    others = [listed for listed in files if listed.kind is not FileKind.NOTE]
    if len(raw) > _MOST or not links.roles or any(finding.rule in _WHOLE for finding in raw):
        held.store.save(_KIND, {}, alone=True)
        return
    faulty = {finding.span.path for finding in raw}
    locked = frozenset(entry.quote for entry in links.library.verifications)
    notes = {note.path: note for note in links.library.notes}
    kept = {_OTHERS: _mark(_digest_of(others, held, result.parsed), today), _SAID: _kept_said(links.library)}
    for listed in files:
        note = notes.get(listed.path)
        if note is None and listed.kind is FileKind.NOTE:
            held.store.save(_KIND, {}, alone=True)
            return
        if note is not None:
            facts = facts_of(note, links, locked, is_faulty=listed.path in faulty)
            is_sure = held.is_settled(listed) and not is_spent(result.parsed[listed.path])
            kept[listed.path] = _kept(listed, facts, is_sure=is_sure)
    held.store.save(_KIND, kept, alone=True)


def _kept(listed: Listed, facts: NoteFacts, *, is_sure: bool) -> Kept:
    """The facts of a note. Where its file may have changed without showing it, they are of what it was."""
    return Kept(repr(listed.signature) if is_sure else "", pickled(tuple(facts)))


def _mark(others: str, today: date) -> Kept:
    """What the facts hold for. No two are the same, so that a run sees when another has kept something meanwhile."""
    return Kept(others, pickled((today, os.urandom(8))))


def _kept_said(library: Library) -> Kept:
    return Kept("", pickled(said_of(library)))


def _digest_of(files: Sequence[Listed], held: KeptFiles, parsed: Mapping[str, Parsed]) -> str:
    """What shows that none of these files has changed; nothing where one may change, or be read, without showing it."""
    is_sure = all(held.is_settled(listed) and not is_spent(parsed[listed.path]) for listed in files)
    return _signature_of(files) if is_sure else ""


def _signature_of(files: Iterable[Listed]) -> str:
    return repr([(listed.path, listed.signature) for listed in files])


def recheck(root: Path, files: list[Listed], held: KeptFiles, today: date) -> Rechecked | None:
    """Find what `check_library` finds, if little has changed since it was called; None if it must be called again.

    `files` are all files of the library, in which the walk found nothing wrong.
    """
    kept = held.store.load(_KIND)
    before, said = kept.pop(_OTHERS, None), kept.pop(_SAID, None)
    # A date that did not lie in the future on one day does not on a later one.
    if before is None or said is None or unpickled(before.value)[0] > today:
        return None
    try:
        return _Recheck(root, files, held, today).run(kept, before, said)
    except _TooMuch:
        return None


class _Recheck:
    def __init__(self, root: Path, files: list[Listed], held: KeptFiles, today: date) -> None:
        self.root, self.held, self.today = root, held, today
        self.files = {listed.path: listed for listed in files}
        self.guess = Guesses()
        self.parsed: dict[str, Parsed] = {}
        """The files of which more than facts was needed."""
        self.fresh: set[str] = set()
        """Those of them that had to be read, since nothing was remembered of them."""
        self.others = [listed for listed in files if listed.kind is not FileKind.NOTE]
        self.library = self._library(self.others)
        self.locked = frozenset(entry.quote for entry in self.library.verifications)
        self.own_works = {source.key: source for source in reversed(self.library.sources)}

    def _library(self, others: list[Listed]) -> Library:
        """All but the notes."""
        self.held.look_for(others)
        parsed = [self.read(listed.path) for listed in others]
        settings = next((one.settings for one in parsed if one.settings), None)
        if settings is None or not settings.roles:
            raise _TooMuch
        return Library(
            settings=settings,
            themes=tuple(one.theme for one in parsed if one.theme),
            sources=tuple(source for one in parsed for source in one.sources),
            verifications=tuple(entry for one in parsed for entry in one.verifications),
            permalinks=tuple(link for one in parsed for link in one.permalinks),
        )

    def read(self, path: str) -> Parsed:
        """What a file holds, as it is remembered, or else read now."""
        if path not in self.parsed:
            listed = self.files[path]
            known = self.held.find(listed)
            if known is None:
                self.fresh.add(path)
            self.parsed[path] = known or read_file(self.root, listed)
        return self.parsed[path]

    def note(self, path: str) -> Note:
        """A note as a whole."""
        note = self.read(path).note
        if note is None:
            raise _TooMuch
        return note

    def run(self, kept: Mapping[str, Kept], mark: Kept, said: Kept) -> Rechecked:
        notes = [listed for listed in self.files.values() if listed.kind is FileKind.NOTE]
        changed = [one.path for one in notes if one.path not in kept or kept[one.path].digest != repr(one.signature)]
        gone = [path for path in kept if path not in self.files]
        if len(changed) + len(gone) > _MOST:
            raise _TooMuch
        old = {path: NoteFacts._make(loads(one.value)) for path, one in kept.items()}
        facts = {one.path: old.get(one.path) for one in notes}
        facts |= {path: facts_of(self.note(path), None, self.locked, is_faulty=True) for path in changed}
        self.facts = {path: one for path, one in facts.items() if one}
        self.ordered = sorted(self.facts.items(), key=lambda item: item[1].is_draft)
        """The published notes, then the drafts."""
        others_changed = mark.digest != _signature_of(self.others)
        differing = self._differing(said) if others_changed else frozenset()
        works, scope = self._scope(old, [*changed, *gone], differing)
        links = self._links(scope)
        fresh = {path: facts_of(self.note(path), links, self.locked, is_faulty=False) for path in scope}
        self.facts |= fresh
        raw = [*self._read_findings(scope), *self._judged(links, works)]
        if len(raw) > _MOST or any(finding.rule in _WHOLE for finding in raw):
            raise _TooMuch
        loaded = tuple(note for path in sorted(self.parsed) if (note := self.parsed[path].note))
        links = replace(links, library=replace(self.library, notes=loaded))
        diagnostics = apply_severities(links, hold_back(links.library, fit_remedies(links, raw)))
        for path in {finding.span.path for finding in raw} & self.facts.keys():
            fresh[path] = self.facts[path]._replace(is_faulty=True)
        keeping = {path: self._kept(path, one) for path, one in fresh.items()}
        if self.held.store.load(_KIND, [_OTHERS]).get(_OTHERS) == mark:
            if others_changed:
                keeping[_SAID] = _kept_said(self.library)
            others = _digest_of(self.others, self.held, self.parsed)
            keeping[_OTHERS] = _mark(others, unpickled(mark.value)[0])
            self.held.store.save(_KIND, keeping, gone=gone)
        self.held.save_changed(self.files.values(), {*self.fresh, *changed, *gone}, self.parsed)
        quotes = sum(len(one.quotes) for one in self.facts.values())
        return Rechecked(diagnostics, (len(self.facts), len(self.library.themes), quotes, len(links.sources)))

    def _kept(self, path: str, facts: NoteFacts) -> Kept:
        return _kept(self.files[path], facts, is_sure=self.held.is_settled(self.files[path]))

    # -- what is judged

    def _differing(self, said: Kept) -> frozenset[Said]:
        """Of what the other files say something else than before."""
        before, now = unpickled(said.value), said_of(self.library)
        differing = {name for name, _ in before.items() ^ now.items()}
        if any(kind == "settings" for kind, _ in differing):
            raise _TooMuch
        return frozenset(differing)

    def _scope(
        self, old: Mapping[str, NoteFacts], changed: Sequence[str], differing: frozenset[Said]
    ) -> tuple[frozenset[str], list[str]]:
        """The keys of the works of which something else is said than before; and the paths of the notes to judge."""
        of_kind: dict[str, set[str]] = defaultdict(set)
        for kind, name in differing:
            of_kind[kind].add(name)
        works, themes, locked = of_kind["work"], of_kind["theme"], of_kind["locked"]
        targets = {f"themes/{id_}" for id_ in themes}
        for path in changed:
            sides = old.get(path), self.facts.get(path)
            before, now = ({(one.is_draft, work) for work in one.works} if one else set() for one in sides)
            works |= {work.key for _, work in before ^ now}
            if len({one and (one.anchors, one.is_draft) for one in sides}) > 1:
                targets |= {f"notes/{one.id}" for one in sides if one}
        scope = [
            path
            for path, one in self.facts.items()
            if one.is_faulty
            or one.id in locked
            or not works.isdisjoint(one.asked)
            or not targets.isdisjoint(one.targets)
            or not (themes.isdisjoint(one.themes) and themes.isdisjoint(one.filed))
        ]
        if len(scope) > max(_MOST, len(self.facts) // 20):
            raise _TooMuch
        entries = self.library.verifications if locked else ()
        compared = {entry.key for entry in entries if entry.quote.partition("/")[0] in locked}
        return frozenset(works | compared), scope

    def _read_findings(self, scope: Sequence[str]) -> Iterator[Diagnostic]:
        yield from missing_style(self.library.settings, self.files)
        wanted = frozenset(scope)
        for path, listed in self.files.items():
            if listed.kind is not FileKind.NOTE or path in wanted:
                yield from self.read(path).diagnostics

    def _judged(self, links: Links, works: frozenset[str]) -> Iterator[Diagnostic]:
        """The findings of all checks, in their order: those that look at the whole library get the notes concerned."""
        addresses = frozenset(self._addresses() if self.library.permalinks else ())
        listed = frozenset(id_ for one in self.facts.values() for id_ in one.themes)
        every = _Lazily({one.id: path for path, one in self.ordered}, self.note)
        context = Context(links, self.today, self.guess, WholeLibrary(every, listed, addresses))
        concerned: dict[Check, Callable[[], Context]] = {
            quote_checks.check_duplicate_quote: lambda: self._with_notes(context, self._sharing_words()),
            quote_checks.check_conflicting_speaker: lambda: self._with_notes(context, self._sharing_names()),
            reference_checks.check_conflicting_reference: lambda: self._with(context, duplicates=self._duplicates()),
            reference_checks.check_duplicate_source: lambda: self._with(context, sources=self._sharing_dois(links)),
            verification_checks.check_verified_work_changed: lambda: self._with(
                context, sources={key: links.sources[key] for key in works if key in links.sources}
            ),
        }
        for check in CHECKS:
            if check is verification_checks.check_stale_lock_entry:
                self._refuse_stale()
            else:
                yield from check(concerned[check]() if check in concerned else context)

    def _with(self, context: Context, **parts: Any) -> Context:
        return replace(context, links=replace(context.links, **parts))

    def _with_notes(self, context: Context, paths: Sequence[str]) -> Context:
        return self._with(context, library=replace(self.library, notes=tuple(self.note(path) for path in paths)))

    def _sharing_words(self) -> list[str]:
        """The notes, by path, with a quote of which the words come twice."""
        once = set(chain.from_iterable([one.words for one in self.facts.values()]))
        if len(once) == sum([len(one.words) for one in self.facts.values()]):
            return []
        counts = Counter(chain.from_iterable([one.words for one in self.facts.values()]))
        return [path for path, one in self.facts.items() if any(counts[words] > 1 for words in one.words)]

    def _sharing_names(self) -> list[str]:
        """The notes, by path, in which one speaks whose name has several roles."""
        pairs = set(chain.from_iterable([one.speakers for one in self.facts.values()]))
        counts = Counter((key, name) for key, name, _ in pairs)
        if not pairs or max(counts.values()) == 1:
            return []
        return [path for path, one in self.facts.items() if any(counts[s[0], s[1]] > 1 for s in one.speakers)]

    def _duplicates(self) -> dict[str, tuple[Source, ...]]:
        """The entries of the works that are not described everywhere alike."""
        own: dict[str, list[Source]] = defaultdict(list)
        for source in self.library.sources:
            own[source.key].append(source)
        # Of the many works of which all entries are alike one is left.
        different = set(chain.from_iterable([one.works for one in self.facts.values()]))
        different |= {work_facts(source) for source in self.library.sources}
        counts = Counter([work.key for work in different])
        several = {key for key, count in counts.items() if count > 1}
        several |= {key for key, sources in own.items() if len(sources) > 1}
        entries = {key: own.get(key, []) for key in several}
        for path, one in self.ordered if several else ():
            if not several.isdisjoint(work.key for work in one.works):
                for source in self.note(path).sources:
                    if source.key in several:
                        entries[source.key].append(source)
        return {key: tuple(sources) for key, sources in entries.items()}

    def _sharing_dois(self, links: Links) -> dict[str, Source]:
        """The works whose DOI another work has too, in their order."""
        dois = {key: work_facts(source).doi for key, source in self.own_works.items()}
        for _, one in self.ordered:
            for work in one.works:
                dois.setdefault(work.key, work.doi)
        counts = Counter(filter(None, dois.values()))
        return {key: links.sources[key] for key in links.sources if counts[dois[key]] > 1}

    def _refuse_stale(self) -> None:
        known = {pair for one in self.facts.values() for pair in one.locked}
        if any((entry.quote, entry.key) not in known for entry in self.library.verifications):
            raise _TooMuch

    def _addresses(self) -> Iterator[str]:
        """What `permalinks_of` finds in the notes as a whole."""
        for one in self.facts.values():
            if not one.is_draft:
                yield f"notes/{one.id}/"
                yield from (f"notes/{one.id}/#q-{id_}" for id_ in one.quotes if id_)
        yield from (f"themes/{theme.id}/" for theme in self.library.themes)

    # -- the library, as far as it is needed

    def _links(self, scope: Sequence[str]) -> Links:
        """The library joined, with these notes as a whole, and of the others what is asked of them."""
        links = resolve_links(replace(self.library, notes=tuple(self.note(path) for path in scope)))
        places = dict.fromkeys([source.key for source in self.library.sources], "")
        for path, one in self.ordered:
            for work in one.works:
                places.setdefault(work.key, path)
        published = [one for _, one in self.ordered if not one.is_draft]
        cited = [key for one in published for key in one.cited]
        cited += [reference.key for theme in self.library.themes for reference in body_references(theme.body)]
        return replace(
            links,
            notes=_Lazily({one.id: path for path, one in self.ordered if not one.is_draft}, self.note),
            sources=_Lazily({key: (key, path) for key, path in places.items()}, self._work),
            duplicates={},
            quotes_by_theme=dict.fromkeys((id_ for one in published for id_ in one.filed), ()),
            notes_by_theme=dict.fromkeys((id_ for one in published for id_ in one.themes), ()),
            cited_by=dict.fromkeys(cited, _NOWHERE),
        )

    def _work(self, place: tuple[str, str]) -> Source:
        key, path = place
        return next(source for source in self.note(path).sources if source.key == key) if path else self.own_works[key]


_NOWHERE = CitedBy((), (), (), (), (), ())


_K = TypeVar("_K")
_V = TypeVar("_V")


class _Lazily(Mapping[str, _V], Generic[_K, _V]):
    """Values by name, each found when somebody asks for it."""

    def __init__(self, places: Mapping[str, _K], find: Callable[[_K], _V]) -> None:
        self._places = places
        self._find = find

    def __getitem__(self, name: str) -> _V:
        return self._find(self._places[name])

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
