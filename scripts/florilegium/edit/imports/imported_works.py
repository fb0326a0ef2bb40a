"""Works from reference managers: merged into `references/imported.json`, and nothing written by hand is touched."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.diagnostics import quoted
from ...core.edits import Edit, apply_edits
from ...core.json_trees import parse_json
from ...core.rules import Severity
from ...core.sources import Name, Source
from ...core.spans import LineTable, Span
from ...core.trees import Sequence as Items
from ...core.trees import tree_of
from ...works.citation_keys import is_citable, propose_key
from ...works.csl.csl_checks import same_work
from ...works.csl.csl_items import name_to_csl, parse_source, to_csl
from ...works.identifiers import parse_doi, parse_isbn
from ...works.known_works import find_known, is_same_entry, title_words
from ...works.reference_files import MAX_REFERENCE_BYTES
from .foreign_text import clean_foreign
from .highlights import ImportReport, Work
from .import_state import WorkEntry, digest

IMPORTED_WORKS = "annotations/references/imported.json"
"""The one file that imports write works into."""

_EXTRA_KEY = re.compile(r"^citation key:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class WorkMerge(ImportReport):
    """One import of works: what to do with each of them, and what becomes of them."""

    tool: str = ""
    known: dict[str, Source] = field(default_factory=dict)
    """The works of the library by key, those that are added among them."""
    before: Mapping[tuple[str, str], WorkEntry] = field(default_factory=dict)
    """The entries of the state file."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """From keys of the export to other keys here."""
    keep: bool = False
    """Whether conflicts are settled in favour of the library."""
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: int = 0
    conflicts: int = 0
    entries: dict[tuple[str, str], WorkEntry] = field(default_factory=dict)
    """The new entries of the state file."""
    keys: dict[str, str] = field(default_factory=dict)
    """By the id that a work has in the export, its key here; nothing where it is left out."""
    edits: list[Edit] = field(default_factory=list)
    items: list[dict[str, object]] = field(default_factory=list)

    def merge(self, sources: Iterable[Source], text: str | None) -> str | None:
        """The text of `imported.json`, now `text`, with them. Raises `ValueError` where that is no list of works."""
        for source in sources:
            foreign = _cleaned(source)
            if foreign is None:
                message = f"{quoted(source.key)} holds a character that hides or reorders text; left out"
                self.report(source.key_span, message)
            elif entry := self.before.get((self.tool, source.key)):
                self.again(source.key, foreign, entry)
            else:
                self.first_time(source.key, replace(foreign, key=self.own_key(foreign)))
        return _insert(text, self.edits, self.items)

    def own_key(self, source: Source) -> str:
        """The key that a work gets here: Zotero's addresses and the numbers of other programs are none."""
        if source.key in self.renamed:
            return self.renamed[source.key]
        if is_citable(source.key) and "://" not in source.key:
            return source.key
        extra = _EXTRA_KEY.search(source.variables.get("note", ""))
        given = source.variables.get("citation-key") or (extra[1] if extra else "")
        if is_citable(given):
            return self.renamed.get(given, given)
        names = source.names.get("author") or source.names.get("editor") or ()
        same = find_known(source, self.known)
        return same or propose_key(names[0].short if names else "", source.year, source.title, self.known)

    def again(self, id_: str, foreign: Source, entry: WorkEntry) -> None:
        """A work that was imported before: three-way, of what it was, is here, and is there."""
        ours, theirs = self.known.get(entry.key), _digest(foreign)
        if ours is None:
            message = f"{quoted(entry.key)} was imported before and removed here; it is not brought back"
            self.report(foreign.key_span, message, severity=Severity.INFORMATION)
            return
        self.keys[id_] = entry.key
        if theirs in (entry.item, _digest(ours)) or (self.keep and _digest(ours) != entry.item):
            self.kept += 1
            self.entries[self.tool, id_] = WorkEntry(entry.key, theirs)
        elif _digest(ours) == entry.item and ours.span.path == IMPORTED_WORKS:
            self.edits.append(Edit(span=ours.span, text=_render(to_csl(replace(foreign, key=entry.key)))))
            self.updated.append(entry.key)
            self.entries[self.tool, id_] = WorkEntry(entry.key, theirs)
        else:
            self.conflicts += 1
            fields = ", ".join(same_work(ours, foreign))
            message = f"{quoted(entry.key)} was changed here and in the export: {fields}"
            self.report(foreign.key_span, message, f"compare it with {ours.span}; with --keep-mine that one is right")

    def first_time(self, id_: str, foreign: Source) -> None:
        ours = self.known.get(foreign.key)
        same = find_known(foreign, self.known)
        if ours is not None:
            self.same_key(id_, ours, foreign)
        elif same:
            message = f"{quoted(foreign.key)} is the work {quoted(same)} of the library, whose key is kept"
            self.report(foreign.key_span, message, severity=Severity.WARNING)
            self.kept += 1
            self.keys[id_] = same
        else:
            self.known[foreign.key] = foreign
            self.keys[id_] = foreign.key
            self.items.append(to_csl(foreign))
            self.added.append(foreign.key)
            self.entries[self.tool, id_] = WorkEntry(foreign.key, _digest(foreign))

    def same_key(self, id_: str, ours: Source, foreign: Source) -> None:
        fields = same_work(ours, foreign)
        if not fields or is_same_entry(ours, foreign):
            self.kept += 1
            self.keys[id_] = ours.key
        if fields and is_same_entry(ours, foreign):
            message = f"{quoted(ours.key)} is described otherwise at {ours.span}, which is kept: {', '.join(fields)}"
            self.report(foreign.key_span, message, severity=Severity.INFORMATION)
        elif fields:
            self.conflicts += 1
            names = foreign.names.get("author", ())
            free = propose_key(names[0].short if names else "", foreign.year, foreign.title, self.known)
            message = f"{quoted(ours.key)} stands for another work at {ours.span}: {quoted(ours.title)}"
            self.report(foreign.key_span, message, f"import it under another key: --key {foreign.key}={free}")


def _cleaned(source: Source) -> Source | None:
    """The work with clean texts; None where one of them hides something."""
    variables = {}
    for name, value in source.variables.items():
        cleaned = clean_foreign(value)
        if cleaned.refused:
            return None
        variables[name] = cleaned.text.replace("\n", " ")
    names: dict[str, tuple[Name, ...]] = {}
    for role, people in source.names.items():
        parts = [{part: clean_foreign(getattr(name, part)) for part in Name.__slots__} for name in people]
        if any(cleaned.refused for name in parts for cleaned in name.values()):
            return None
        names[role] = tuple(Name(**{p: c.text.replace("\n", " ") for p, c in name.items()}) for name in parts)
    if any(clean_foreign(text).refused for date in source.dates.values() for text in (date.literal, date.season)):
        return None
    return replace(source, variables={name: value for name, value in variables.items() if value}, names=names)


def _digest(source: Source) -> str:
    item = {name: value for name, value in to_csl(source).items() if name != "id"}
    return digest(json.dumps(item, sort_keys=True, ensure_ascii=False))


def _render(item: Mapping[str, object]) -> str:
    fields = (f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in item.items())
    return "{\n" + ",\n".join(fields) + "\n  }"


def _insert(text: str | None, edits: Sequence[Edit], items: Sequence[Mapping[str, object]]) -> str | None:
    """The file with items changed by span and others put after its last one."""
    if not edits and not items:
        return text
    new = ",\n  ".join(map(_render, items))
    if text is None or not text.strip():
        return f"[\n  {new}\n]\n"
    table = LineTable(IMPORTED_WORKS, text)
    node, problems = parse_json(text, table, max_bytes=MAX_REFERENCE_BYTES)
    if not isinstance(node, Items) or any(problem.rule == "malformed-front-matter" for problem in problems):
        raise ValueError(f"{IMPORTED_WORKS} is not a list of works")
    if not items:
        return apply_edits(table, edits)
    if node.items:
        end = node.items[-1].span.end
        return apply_edits(table, [*edits, Edit(span=Span(IMPORTED_WORKS, *end, *end), text=f",\n  {new}")])
    return apply_edits(table, [Edit(span=node.span, text=f"[\n  {new}\n]")])


# -------------------------------------------------------------------------------------------- works of highlights


def find_known_work(work: Work, known: Mapping[str, Source]) -> str:
    """The key of the library's work that an export means; an empty text where none fits, or several do."""
    same_key = known.get(work.key)
    # Two libraries can have one key for different works.
    if same_key and (not work.title or _by_doi(work, same_key) or _by_title(work, same_key)):
        return work.key
    for fits in (_by_doi, _by_isbn, _by_url, _by_title, _by_author):
        found = [key for key, source in known.items() if fits(work, source)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _by_doi(work: Work, source: Source) -> bool:
    doi = parse_doi(work.doi).value.casefold()
    return bool(doi) and parse_doi(source.variables.get("DOI", "")).value.casefold() == doi


def _by_isbn(work: Work, source: Source) -> bool:
    return bool(work.isbn) and parse_isbn(source.variables.get("ISBN", "")).value == work.isbn


def _by_url(work: Work, source: Source) -> bool:
    return bool(work.url) and _address(source.variables.get("URL", "")) == _address(work.url)


def _address(url: str) -> str:
    """An address without what does not tell pages apart."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.partition("#")[0], flags=re.IGNORECASE)
    return bare.rstrip("/").casefold()


def _by_title(work: Work, source: Source) -> bool:
    one, two = title_words(work.title), title_words(source.title)
    if not one or not two:
        return False
    main = title_words(work.title.partition(":")[0]) == title_words(source.title.partition(":")[0])
    return one == two or (main and bool(work.author) and _has_author(work, source))


def _by_author(work: Work, source: Source) -> bool:
    """For a program that says no more than `Doe, 2009`."""
    return not work.title and bool(work.year) and str(source.year) == work.year and _has_author(work, source)


def _has_author(work: Work, source: Source) -> bool:
    people = (*source.names.get("author", ()), *source.names.get("editor", ()))
    return any(work.author.casefold() in (name.short.casefold(), name.family.casefold()) for name in people[:1])


def describe(work: Work, taken: Iterable[str], span: Span) -> Source | None:
    """A work as a source with a key of its own; None where not even a title or address is known."""
    if not (work.title or work.url):
        return None
    key = propose_key(work.author, work.year if work.year.isdecimal() else "", work.title or work.url, set(taken))
    doi = parse_doi(work.doi).value
    item = {"id": key, "type": work.type, "title": work.title or work.url, "DOI": doi}
    item |= {"URL": "" if doi else work.url, "ISBN": work.isbn, "accessed": work.accessed}
    item["issued"] = work.year if re.fullmatch("[0-9]{4}", work.year) else ""
    filled = {name: value for name, value in item.items() if value}
    people = {"author": [name_to_csl(name) for name in work.people]} if work.people else {}
    return parse_source(tree_of(filled | people, span))[0]
