"""From an export to changes of the library: which work, which note, which theme; nothing is written here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...core.diagnostics import did_you_mean, insist_known, quoted
from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...core.ids import LIST_ID, free_id, propose_id
from ...core.model import Note, Notice, Role
from ...core.rules import Severity
from ...core.sources import Source
from ...core.spans import Span
from ...core.yaml_writer import quoted_yaml, yaml_text
from ...library.links import Links, resolve_links
from ...library.listing import note_path
from ...library.reading import read_library
from ...library.voices import role_names
from ...markdown.citations import cite
from ...markdown.speakers import SpeakerFault, parse_speaker
from . import import_state as lock
from .highlights import Export, Highlight, ImportedCode, ImportReport, Work
from .import_state import ImportState, QuoteEntry, WorkEntry
from .imported_quotations import Merge, RequestedQuotation
from .imported_themes import Themes
from .imported_works import IMPORTED_WORKS as WORKS
from .imported_works import WorkMerge, describe, find_known_work

_MAX_LISTED = 10
"""Works or quotations that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What the user says about an import."""

    note: str = ""
    source: str = ""
    speaker: str = ""
    only: str = ""
    """A part of the title of the works that are wanted."""
    themes: Mapping[str, str] = field(default_factory=dict)
    """From a tag, folded, to a theme."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """From a key of the export to the key that it gets."""
    new_themes: bool = False
    keep_mine: bool = False
    """Whether conflicts are settled in favour of what stands here."""


@dataclass(slots=True, kw_only=True)
class ImportPlan(ImportReport):
    """What an import would do."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Merge] = field(default_factory=list)
    works: WorkMerge = field(default_factory=WorkMerge)
    themes: int = 0
    """New ones."""
    left_out: int = 0
    """Highlights for which no place was found."""

    @property
    def conflicts(self) -> int:
        return self.works.conflicts + sum(note.conflicts for note in self.notes)


def plan_import(root: Path, export: Export, request: ImportRequest) -> ImportPlan:
    """Read the library of `root`, and say what becomes of everything that an export holds.

    Raises `CannotRun` where the request names what is not there, or a file that imports write is broken.
    """
    return _Planner(root, export, request).plan()


class _Planner:
    """One import, with the library as it is."""

    def __init__(self, root: Path, export: Export, request: ImportRequest) -> None:
        self.root, self.export, self.request = root, export, request
        self.links: Links = resolve_links(read_library(root).library)
        self.notes: dict[str, Note] = {note.id: note for note in self.links.library.notes}
        self.sources: dict[str, Source] = dict(self.links.sources)
        self.lock_text = read_exactly(root, lock.IMPORT_STATE)
        self.state: ImportState = lock.parse_import_state(self.lock_text)
        self.quotes: dict[tuple[str, str], QuoteEntry] = dict(self.state.quotes)
        self.works: dict[tuple[str, str], WorkEntry] = dict(self.state.works)
        self.roles = {name: role for role in self.links.roles.values() for name in _names(role)}
        self.notices = {name: notice for notice in self.links.notices.values() for name in _names(notice)}
        for theme in request.themes.values():
            insist_known("theme", theme, self.links.themes)
        self.themes = Themes(
            known=dict(self.links.themes),
            said=request.themes,
            create=request.new_themes,
            language=self.links.library.settings.language,
        )
        self.plan_ = ImportPlan(findings=list(export.findings))
        self.found: list[Source] = []
        """Works that only a highlight told of."""
        self.brought: dict[str, str] = {}
        """By their ids in the export, the keys of the works that come along with highlights."""
        self.new_notes: dict[str, tuple[str, str]] = {}
        """New notes: from the id to the key of the work, and the title."""

    def plan(self) -> ImportPlan:
        plan = self.plan_
        self._bring_works()
        groups = self._by_note(self._chosen())
        for note, highlights in groups.items():
            self._merge(note, highlights)
        wanted = self.request.new_themes or not self.export.highlights
        if wanted and (before := self.themes.take(self._theme_codes())):
            message = f"themes already, and left as they are: {before} of the codes"
            plan.report(Span.of_file("annotations/themes"), message, severity=Severity.INFORMATION)
        self._merge_works()
        self.themes.report_unknown(plan)
        plan.changes += self.themes.changes()
        plan.themes = len(self.themes.added)
        self._say_deleted(set(groups))
        self._write_state()
        return plan

    def _theme_codes(self) -> list[ImportedCode]:
        """The codes without those that name a role or a notice, as our own projects have them, and their branches."""
        told = {c.name for c in self.export.codes if _tail(c.name) in self.roles or _tail(c.name) in self.notices}
        told -= {name for name in told if self.themes.has(name)}
        below: dict[str, set[str]] = {}
        for code in self.export.codes:
            below.setdefault(code.broader, set()).add(code.name)
        branches = {name for name, children in below.items() if name and children <= told}
        return [code for code in self.export.codes if code.name not in told | branches]

    # -- which highlights, which work, which note

    def _chosen(self) -> Sequence[Highlight]:
        wanted = self.request.only.casefold()
        chosen = [h for h in self.export.highlights if wanted in h.work.name.casefold()]
        if wanted and not chosen:
            names = list(dict.fromkeys(h.work.name for h in self.export.highlights if h.work.name))
            listed = [*names[:_MAX_LISTED], *(["…"] if len(names) > _MAX_LISTED else [])]
            remedy = f"it has {', '.join(map(quoted, listed))}"
            raise CannotRun(f"no work in the file has {quoted(self.request.only)} in its title", remedy)
        return list({highlight.id: highlight for highlight in reversed(chosen)}.values())[::-1]

    def _by_note(self, highlights: Sequence[Highlight]) -> dict[str, list[Highlight]]:
        """Highlights by the id of their note, which may be a new one."""
        asked = self._asked_note()
        groups: dict[Work, list[Highlight]] = {}
        for highlight in highlights:
            # What says no more than an author and a year belongs to the work that these say.
            groups.setdefault(highlight.work, []).append(highlight)
        found: dict[str, list[Highlight]] = {}
        for work, group in groups.items():
            note = self._note_of(work, group, asked, alone=len(groups) == 1)
            if note:
                found.setdefault(note, []).extend(group)
            else:
                self.plan_.left_out += len(group)
        return found

    def _asked_note(self) -> str:
        """The note that the user named, or that of the source that they named."""
        request = self.request
        if request.note:
            insist_known("note", request.note, self.notes)
            return request.note
        if not request.source:
            return ""
        if request.source not in self.sources:
            raise CannotRun(
                f"the library has no work {quoted(request.source)}", did_you_mean(request.source, self.sources)
            )
        return self._note_on(request.source, Span.of_file("annotations/notes")) or ""

    def _note_of(self, work: Work, group: Sequence[Highlight], asked: str, *, alone: bool) -> str:
        known = [self.quotes[self.export.format, h.id] for h in group if (self.export.format, h.id) in self.quotes]
        before = next((e.address.partition("/")[0] for e in known), "")
        if asked:
            key = self._key_of(asked)
            if (
                alone
                or before == asked
                or (work.item and self.brought.get(work.item) == key)
                or find_known_work(work, {key: self.sources[key]} if key in self.sources else {})
            ):
                return asked
            message = f"{quoted(asked)} is on another work than {quoted(work.name)}; highlights left out: {len(group)}"
            help_ = f"if they belong there, name them: --only {quoted(work.name)}"
            self.plan_.report(group[0].span, message, help_, Severity.WARNING)
            return ""
        if before in self.notes:
            return before
        path = note_path(before)
        if before and (self.root / path).exists():
            self.plan_.report(Span.of_file(path), "the note cannot be read", "florilegium check says why")
            return ""
        titled = [note.id for note in self.notes.values() if note.title and note.title == work.title]
        if len(titled) == 1:
            return titled[0]
        key = self.brought.get(work.item) or find_known_work(work, self.sources) or self._new_work(work, group[0].span)
        if key:
            return self._note_on(key, group[0].span, work) or ""
        message = f"no work of the library fits {quoted(work.name) if work.name else 'these highlights'}"
        message += f"; highlights left out: {len(group)}"
        self.plan_.report(group[0].span, message, "name it: --source KEY, or --note ID")
        return ""

    def _key_of(self, note: str) -> str:
        source = self.notes[note].source if note in self.notes else None
        return source.id if source else self.new_notes[note][0] if note in self.new_notes else ""

    def _new_work(self, work: Work, span: Span) -> str:
        source = describe(work, self.sources, span)
        if source is None:
            return ""
        self.sources[source.key] = source
        self.found.append(source)
        return source.key

    def _note_on(self, key: str, span: Span, work: Work | None = None) -> str | None:
        """The note that summarises a work; a new one where there is none, nothing where there are several."""
        notes = [note.id for note in self.notes.values() if note.source and note.source.id == key]
        if len(notes) > 1:
            message = f"several notes are on {quoted(key)}: {', '.join(map(quoted, notes))}"
            self.plan_.report(span, message, f"name one of them: --note {notes[0]}")
            return None
        if notes:
            return notes[0]
        for id_, (taken, _) in self.new_notes.items():
            if taken == key:
                return id_
        title = self.sources[key].title or (work.title if work else "") or key
        proposed = propose_id(title, self.links.library.settings.language, propose_id(key))
        id_ = free_id(proposed, {*self.notes, *self.new_notes, LIST_ID})
        self.new_notes[id_] = (key, title)
        return id_

    # -- quotes

    def _speaker(self) -> str:
        """Who speaks in highlights that say nothing about it."""
        roles = self.links.roles
        said = self.request.speaker or ("author" if "author" in roles else "")
        if not said:
            remedy = f"say who speaks: --speaker ROLE; the roles are {', '.join(roles) or 'none yet, see library.yml'}"
            raise CannotRun("highlights do not say who speaks, and there is no role author", remedy)
        voices = parse_speaker(said, role_names(roles), language=self.links.library.settings.language)
        if isinstance(voices, SpeakerFault) or re.search(r"[\[\]@{}#!<>\\`*_\n]", said):
            raise CannotRun(f"library.yml declares no role {quoted(said)}", did_you_mean(said, roles))
        role = roles[voices[0].role]
        return _spoken(role) if said.casefold() in _names(role) else said

    def _merge(self, id_: str, highlights: Sequence[Highlight]) -> None:
        key = self._key_of(id_)
        before = read_exactly(self.root, note_path(id_)) if id_ in self.notes else None
        wanted = [self._wanted(highlight, id_, key) for highlight in highlights]
        themes = list(dict.fromkeys(theme for want in wanted for theme in want.themes))
        text = before if before is not None else self._new_note(id_, themes)
        merge = Merge(
            note=id_,
            key=key,
            speaker=self._speaker(),
            is_new=before is None,
            language=self.links.library.settings.language,
            keep=self.request.keep_mine,
        )
        after = merge.merge(text, wanted)
        self.plan_.findings += merge.findings
        for highlight, entry in merge.entries.items():
            self.quotes[self.export.format, highlight] = entry
        self._say_one_sided(id_, merge.removed)
        if before is None and not merge.added:
            return
        self.plan_.notes.append(merge)
        if after != before:
            self.plan_.changes.append(Change(path=merge.path, before=before, after=after))

    def _wanted(self, highlight: Highlight, note: str, key: str) -> RequestedQuotation:
        entry = self.quotes.get((self.export.format, highlight.id))
        speaker, coded, highlight = self._told(highlight)
        themes = self.themes.of(highlight) if entry is None else ()
        has = [mention.id for mention in self.notes[note].notices] if note in self.notes else self._sensitive(key)
        needed = dict.fromkeys((*self._sensitive(key), *self.themes.notices(themes), *coded))
        return RequestedQuotation(
            highlight=highlight,
            themes=themes,
            notices=tuple(notice for notice in needed if notice not in has),
            entry=entry,
            speaker=speaker,
        )

    def _told(self, highlight: Highlight) -> tuple[str, list[str], Highlight]:
        """Who speaks and which notices hold, where tags name a role or a notice; and the highlight without these."""
        tags = [tag for tag in highlight.tags if not self.themes.has(tag)]
        spoken = [_spoken(role) for tag in tags if (role := self.roles.get(_tail(tag)))]
        coded = [notice.id for tag in tags if (notice := self.notices.get(_tail(tag)))]
        told = {tag for tag in tags if _tail(tag) in self.roles or _tail(tag) in self.notices}
        rest = replace(highlight, tags=tuple(tag for tag in highlight.tags if tag not in told))
        return (spoken[0] if len(spoken) == 1 else ""), coded, rest

    def _sensitive(self, key: str) -> list[str]:
        """The notices that every quote from a work must carry."""
        return [mention.id for mention in self.links.library.settings.sensitive_sources.get(key, ())]

    def _new_note(self, id_: str, themes: Sequence[str]) -> str:
        key, title = self.new_notes[id_]
        notices = self._sensitive(key)
        lines = [
            "---",
            f"title: {quoted_yaml(title[:300])}",
            f"source: {yaml_text(key)}",
            "basis: # TODO: full-text, abstract or secondary",
            f"themes: [{', '.join(themes)}]",
            *([f"notices: [{', '.join(notices)}]"] if notices else []),
            "status: draft",
            "---",
            f"TODO: say in your own words what this work is and what it argues {cite(key)}.",
        ]
        return "\n".join([*lines, ""])

    # -- works and what is remembered

    def _bring_works(self) -> None:
        """Learn which key each work of the export gets, where its highlights are in the same export."""
        if not (self.export.sources and self.export.highlights):
            return
        self.brought = self._merged(self.export.sources)[0].keys
        for source in self.export.sources:
            if key := self.brought.get(source.key):
                self.sources.setdefault(key, replace(source, key=key))

    def _merged(self, sources: Sequence[Source]) -> tuple[WorkMerge, Change]:
        merge = WorkMerge(
            tool=self.export.format,
            known=dict(self.links.sources),
            before=self.works,
            renamed=self.request.keys,
            keep=self.request.keep_mine,
        )
        text = read_exactly(self.root, WORKS)
        try:
            return merge, Change(path=WORKS, before=text, after=merge.merge(sources, text))
        except ValueError as error:
            raise CannotRun(str(error), "correct it; florilegium check says where") from error

    def _merge_works(self) -> None:
        cited = {note.key for note in self.plan_.notes if note.is_new}
        told = [source for source in self.found if source.key in cited]
        self.plan_.works, change = self._merged([*self.export.sources, *told])
        self.plan_.findings += self.plan_.works.findings
        self.works |= self.plan_.works.entries
        if change.after != change.before:
            self.plan_.changes.append(change)

    # -- what is on one side only: it stays where it is, and nothing is brought back

    def _say_one_sided(self, note: str, removed: Sequence[str]) -> None:
        """Say which quotations of a note the export has no longer, and which of the export were `removed` here."""
        there = {highlight.id for highlight in self.export.highlights}
        kept = [
            entry.address
            for (tool, id_), entry in self.state.quotes.items()
            if tool == self.export.format and entry.address.startswith(f"{note}/")
            if (self.export.is_whole and id_ not in there) or id_ in self.export.deleted
        ]
        span = Span.of_file(note_path(note))
        self._list("no longer in the export, and kept here", kept, span)
        self._list("imported before and removed here, and not brought back", removed, span)

    def _say_deleted(self, merged: set[str]) -> None:
        """Say what is gone there, also of notes that nothing new comes to. Notes may cite the works."""
        gone = {(self.export.format, id_) for id_ in self.export.deleted}
        notes = {entry.address.partition("/")[0] for id_, entry in self.state.quotes.items() if id_ in gone}
        for note in sorted(notes - merged):
            self._say_one_sided(note, ())
        keys = [entry.key for id_, entry in self.state.works.items() if id_ in gone]
        known = [key for key in keys if key in self.links.sources]
        self._list("deleted in the other program, and kept here", known, Span.of_file(WORKS))

    def _list(self, what: str, names: Sequence[str], span: Span) -> None:
        if names:
            listed = ", ".join(map(quoted, names[:_MAX_LISTED])) + (", …" if len(names) > _MAX_LISTED else "")
            self.plan_.report(span, f"{what}: {listed}", severity=Severity.INFORMATION)

    def _write_state(self) -> None:
        versions = dict(self.state.versions)
        name, version = self.export.version
        settled = not (self.request.only or self.plan_.left_out or self.plan_.conflicts)
        if version and settled and not any(r.severity is Severity.ERROR for r in self.plan_.findings):
            versions[name] = version  # Otherwise the next import is given the same once more.
        state = ImportState(self.quotes, self.works, versions)
        if state != self.state:
            after = lock.render_import_state(state)
            self.plan_.changes.append(Change(path=lock.IMPORT_STATE, before=self.lock_text, after=after))


def _names(named: Role | Notice) -> tuple[str, ...]:
    """What a role or a notice is called, folded."""
    return named.id.casefold(), named.label.casefold()


def _tail(tag: str) -> str:
    """A tag without what it is filed under: `Speaker: Participant` is `participant`."""
    return tag.rpartition(": ")[2].casefold()


def _spoken(role: Role) -> str:
    """A role as an attribution has it: `the author`, `a participant`."""
    words = role.label.lower()
    if role.id == "author":
        return f"the {words}"
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
