"""The plan of bringing a folder of notes along: what is sound is published, what is uncertain becomes a draft."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ....check.checking import Options, judge, read
from ....core.diagnostics import Diagnostic, quoted
from ....core.edits import Change
from ....core.errors import CannotRun
from ....core.ids import LIST_ID, free_id, propose_id
from ....core.limits import uncollected
from ....core.rules import Severity
from ....core.spans import LineTable
from ....core.yaml_writer import yaml_flow, yaml_text
from ....library.links import Links
from ....library.listing import note_path
from ....library.notes import parse_note
from ....library.reading import replace_files
from ...fixes.fixed_files import fix_document
from ..imported_themes import Themes
from .vault_markdown import Conversion, VaultLinks, convert_body
from .vault_notes import VaultNote, read_vault
from .vault_works import KnownWorks, describe_work, texts_of

_TAGS = ("tags", "tag", "keywords", "topics", "categories", "themes")
_CREATED = ("created", "date created", "date-created", "creation date")
_UPDATED = ("modified", "updated", "date modified", "date-modified", "last-modified", "lastmod")
_READ = frozenset(
    """authors author creators creator year published issued date journal publication container-title booktitle
    publicationtitle website doi url publisher itemtype type citekey citation-key citationkey bibtexkey cite-key source
    key work aliases alias status draft publish contributors notices basis""".split()
) | {*_TAGS, *_CREATED, *_UPDATED, "citation key", "publication date", "date-published", "title"}
"""Properties that are read; others are left out, and counted."""
_NO_THEMES = frozenset(
    """article book clippings daily fleeting inbox literature literature-note literaturenote note notes paper permanent
    reading reference source todo zettel zotero literature-notes""".split()
)
"""Tags that sort notes, and name no subject."""
_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultPlan:
    """What an import of a folder changes, and what it leaves to be done."""

    changes: tuple[Change, ...]
    published: tuple[str, ...]
    drafts: Mapping[str, str]
    """From the id of each draft to why it is one."""
    themes: int
    there: int
    """Notes that the library had already."""
    counts: Counter[str]
    """What a person should look at, in words."""
    left_out: Counter[str]
    """Properties that the format has no place for."""
    refused: tuple[str, ...]
    """Files that could not be read, and why."""


@dataclass(slots=True, kw_only=True)
class _Entry:
    note: VaultNote
    id: str
    source: str
    work: dict[str, Any] | None
    tags: list[str] = field(default_factory=list)
    why: str = ""
    """Why the note is a draft; empty for one that is published."""


def plan_vault(
    options: Options, folder: Path, speaker: str = "", renamed: Mapping[str, str] = MappingProxyType({})
) -> VaultPlan:
    """What brings the notes below `folder` into the library. Reads both, and writes nothing.

    `speaker` is the role of who speaks in the quotations; without it every note with quotations stays a draft.
    `renamed` tells, by a property's name, the name by which it is read.
    """
    with uncollected():
        return _Vault(options, folder, speaker, renamed).plan()


class _Vault:
    def __init__(self, options: Options, folder: Path, speaker: str, renamed: Mapping[str, str]) -> None:
        self.options = options
        self.result, _ = read(options)
        self.links, _ = judge(self.result, options.today)
        roles = self.links.roles
        self.speaker = speaker or ("author" if "author" in roles else next(iter(roles), "author"))
        self.speaker_said = bool(speaker)
        if speaker and speaker not in roles:
            known = ", ".join(roles) or "none yet"
            raise CannotRun(f"there is no role {quoted(speaker)}", f"the roles of library.yml are {known}")
        notes, self.refused = read_vault(folder)
        self.notes = [_with_names(note, renamed) for note in notes]
        self.language = self.links.library.settings.language
        self.themes = Themes(known=dict(self.links.themes), said={}, create=True, language=self.language)
        self.there = 0
        self.works = KnownWorks(self.links.sources)
        self.entries = list(self._entries())

    def _entries(self) -> Iterable[_Entry]:
        known = {note.id: note for note in self.links.library.notes}
        taken = {*known, LIST_ID}
        works: dict[str, Any] = {}
        for note in self.notes:
            proposal = propose_id(note.title, self.language, "note", long=True)
            if proposal in known and known[proposal].title == note.title:
                self.there += 1
                continue
            id_ = free_id(proposal, taken)
            taken.add(id_)
            source = self.works.of(note)
            work = None if source else describe_work(note, {*self.links.sources, *works})
            if work:
                works[work["id"]] = work
            status = " ".join(texts_of(note.properties.get("status"))).casefold()
            unfinished = status == "draft" or note.properties.get("draft") is True
            yield _Entry(
                note=note,
                id=id_,
                source=source or (work["id"] if work else ""),
                work=work,
                why=note.problem or ("it says that it is a draft" if unfinished else ""),
            )

    # -- the plan

    def plan(self) -> VaultPlan:
        texts: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for round_ in range(_ROUNDS):
            counts, before = Counter(), [entry.why for entry in self.entries]
            texts = {entry.id: self._written(entry, counts) for entry in self.entries}
            faults = self._faults(texts)
            # A new draft changes the links of the notes that name it, so all are written once more.
            if not faults and before == [entry.why for entry in self.entries]:
                break
            for entry in self.entries:
                if round_ == _ROUNDS - 2 or (entry.id in faults and not entry.why):
                    entry.why = entry.why or faults.get(entry.id, "it links to a draft")
        changes = [Change(path=note_path(id_), before=None, after=text) for id_, text in self._mended(texts).items()]
        return VaultPlan(
            changes=(*changes, *self.themes.changes()),
            published=tuple(entry.id for entry in self.entries if not entry.why),
            drafts={entry.id: entry.why for entry in self.entries if entry.why},
            themes=len(self.themes.added),
            there=self.there,
            counts=counts,
            left_out=Counter(k for e in self.entries for k in e.note.properties if k not in _READ),
            refused=tuple(self.refused),
        )

    def _mended(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts with what `check --fix` would do to them: ids of quotations, blank lines."""
        links, _ = self._judged(texts)
        drafts = {entry.id for entry in self.entries if entry.why}
        return {
            id_: text if id_ in drafts else self._spelled(id_, fix_document(note_path(id_), text, links).text)
            for id_, text in texts.items()
        }

    def _judged(self, texts: Mapping[str, str]) -> tuple[Links, tuple[Diagnostic, ...]]:
        contents = {note_path(id_): text.encode() for id_, text in texts.items()}
        contents |= {c.path: c.after.encode() for c in self.themes.changes() if c.after is not None}
        return judge(replace_files(self.result, contents), self.options.today)

    def _spelled(self, id_: str, text: str) -> str:
        """A note with the ids of its quotations as the library's language spells them: `groesse` in German."""
        for quote in parse_note(id_, LineTable(note_path(id_), text)).note.quotes:
            spelled = propose_id(quote.words, self.language)
            if quote.id == propose_id(quote.words) != spelled and f"{{#{spelled}}}" not in text:
                text = text.replace(f"{{#{quote.id}}}", f"{{#{spelled}}}")
        return text

    def _faults(self, texts: Mapping[str, str]) -> dict[str, str]:
        """By id, why a note that is to be published cannot be."""
        ids = {note_path(id_): id_ for id_ in texts}
        faults: dict[str, str] = {}
        for finding in self._judged(texts)[1]:
            if finding.severity is Severity.ERROR and finding.span.path in ids:
                faults.setdefault(ids[finding.span.path], finding.message)
        return faults

    # -- one note

    def _written(self, entry: _Entry, counts: Counter[str]) -> str:
        drafts = frozenset() if entry.why else frozenset(e.id for e in self.entries if e.why)
        themes_by_name = {t.label.casefold(): id_ for id_, t in self.links.themes.items()}
        themes_by_name |= {id_: id_ for id_ in self.links.themes}
        links = VaultLinks(notes=self._names(), themes=themes_by_name, drafts=drafts)
        body = convert_body(entry.note.body, entry.source, self.speaker, self.works, links)
        counts += body.counts
        themes = list(dict.fromkeys(self._themes_of(entry, body)))
        if themes:
            body.text = _with_theme(body.text, themes[0])
        quotes = re.search(r"^> (?:—|--) ?.*\[@", body.text, re.MULTILINE)
        if not entry.why and quotes and not self.speaker_said:
            entry.why = "it does not say who speaks in its quotations"
        return "".join(_head(entry, themes)) + body.text

    def _names(self) -> dict[str, str]:
        names = {note.title.casefold(): note.id for note in self.links.library.notes}
        names |= {note.id: note.id for note in self.links.library.notes}
        for entry in self.entries:
            path = entry.note.path.rsplit(".", 1)[0]
            aliases = texts_of(entry.note.properties.get("aliases")) + texts_of(entry.note.properties.get("id"))
            for name in (entry.note.title, *aliases, entry.note.stem, path):
                names[" ".join(name.casefold().split())] = entry.id
        return names

    def _themes_of(self, entry: _Entry, body: Conversion) -> Iterable[str]:
        tags = [tag for key in _TAGS for tag in texts_of(entry.note.properties.get(key))]
        for tag in (*tags, *body.tags):
            last = tag.strip("/").rpartition("/")[2]
            label = re.sub(r"[\s_/-]+", " ", last if len(last) > 2 and not last.isdigit() else tag).strip()
            if label and propose_id(label) not in _NO_THEMES and tag.casefold() not in _NO_THEMES:
                yield from self.themes.ids([tag, label], label[:1].upper() + label[1:])


def _with_names(note: VaultNote, renamed: Mapping[str, str]) -> VaultNote:
    """The note with the properties under the names by which they are read."""
    if not renamed:
        return note
    properties = {renamed.get(key, key): value for key, value in note.properties.items()}
    return replace(note, properties=properties, title=str(properties.pop("title", "") or note.title))


def _with_theme(text: str, theme: str) -> str:
    """The quotations that name no theme are filed under the note's first one."""
    return re.sub(r"^(> (?:—|--) ?[^\n]*\[@[^\]\n]*\])[ \t]*$", rf"\1 #{theme}", text, flags=re.MULTILINE)


def _head(entry: _Entry, themes: Iterable[str]) -> Iterable[str]:
    properties = entry.note.properties
    yield f"---\ntitle: {yaml_text(entry.note.title)}\n"
    if entry.source:
        yield f"source: {yaml_text(entry.source)}\n"
    basis = " ".join(texts_of(properties.get("basis")))
    if basis in ("full-text", "abstract"):
        yield f"basis: {basis}\n"
    if themes:
        yield f"themes: {yaml_flow(list(themes))}\n"
    if names := texts_of(properties.get("contributors")):
        yield f"contributors: {yaml_flow(names)}\n"
    for key, sources in (("date", _CREATED), ("updated", _UPDATED)):
        days = (m[0] for s in sources for t in texts_of(properties.get(s)) if (m := re.match(r"\d{4}-\d\d-\d\d", t)))
        if day := next(days, ""):
            yield f"{key}: {day}\n"
    if entry.why:
        yield "status: draft\n"
    if entry.work:
        yield "references:\n"
        for number, (name, value) in enumerate(entry.work.items()):
            yield f"  {'  ' if number else '- '}{name}: {yaml_flow(value)}\n"
    yield "---\n"
    if entry.why:
        yield f"<!-- A draft, because {entry.why.replace('--', '—')}. -->\n\n"
