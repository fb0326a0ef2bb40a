"""Asks Crossref whether works were retracted or corrected, and plans what their entries should say of it.

A notice names the works that it is about in `update-to`; Crossref turns that round and says at the work, in
`updated-by`, which notices there are, those of Retraction Watch among them
(https://www.crossref.org/documentation/retrieve-metadata/retraction-watch/).
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ..core.edits import Change, Edit, apply_edits, read_exactly
from ..core.model import Library
from ..core.sources import Source
from ..core.spans import LineTable, Span
from ..core.yaml_writer import quoted_yaml, yaml_text
from ..library.listing import FileKind
from ..library.reading import parse_text
from ..works.csl.csl_checks import Retraction, RetractionKind, parse_status_date, retraction, same_work
from ..works.csl.csl_items import to_csl
from ..works.csl.csl_vocabulary import CUSTOM
from ..works.identifiers import parse_doi
from ..works.registries.registry_requests import RegistryError, UnknownWork

_KINDS = {
    "retraction": RetractionKind.RETRACTED,
    "removal": RetractionKind.RETRACTED,
    "withdrawal": RetractionKind.RETRACTED,
    "expression_of_concern": RetractionKind.CONCERN,
    # Some of the findings are withdrawn: "corrected" would say too little, "retracted" too much.
    "partial_retraction": RetractionKind.CONCERN,
    "correction": RetractionKind.CORRECTED,
    "corrigendum": RetractionKind.CORRECTED,
    "erratum": RetractionKind.CORRECTED,
}
"""Crossref's types of updates; a new edition, an addendum and the like say nothing against a work."""
_GRAVEST = (RetractionKind.RETRACTED, RetractionKind.CONCERN, RetractionKind.CORRECTED)
_MOST = 1_000
"""Updates of one work that are looked at."""
_PATIENCE = 3
"""Works in a row that may fail before nothing more is asked."""


class RegistryAnswers(NamedTuple):
    """What Crossref said, by DOI in small letters."""

    asked: int
    found: Mapping[str, Retraction]
    unknown: tuple[str, ...]
    """DOIs that Crossref has no record of."""
    failed: Mapping[str, RegistryError]
    """DOIs for which there was no answer, and why."""
    without: int = 0
    """Works without a DOI, about which nobody can be asked."""

    @property
    def unanswered(self) -> int:
        """Works of which it is not known whether they were retracted."""
        return len(self.unknown) + len(self.failed) + self.without


class Lines(NamedTuple):
    """What has to be added to a reference by hand."""

    span: Span
    lines: tuple[str, ...]


class RetractionResult(NamedTuple):
    """What the answers change in the files of a library."""

    changes: tuple[Change, ...]
    works: tuple[tuple[Source, Retraction], ...]
    """Every entry that should say something else than it does."""
    by_hand: tuple[Lines, ...]


# ----------------------------------------------------------------------------------------------------- asking


def ask_registry(
    library: Library,
    fetch: Callable[[str], Mapping[str, Any]],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    notices: Callable[[str], Iterable[Any]] = lambda _doi: (),
) -> RegistryAnswers:
    """Ask for every work with a DOI, each once; `notices` gives the records that say that they update it.

    Raises the last `RegistryError` where several works in a row fail: then it is the network, not the work.
    """
    dois = list(dict.fromkeys(doi for source in _sources(library) if (doi := _doi(source))))
    found: dict[str, Retraction] = {}
    failed: dict[str, RegistryError] = {}
    unknown: list[str] = []
    row = 0
    for number, doi in enumerate(dois, 1):
        try:
            record = fetch(doi)
            row = 0
            said = parse_updates(record, doi)
            if said:
                found[doi] = said
            if said is None or said.kind is not RetractionKind.RETRACTED:
                said = parse_updates(record, doi, _notices(notices, doi))
            if said:
                found[doi] = said
        except UnknownWork:
            row = 0
            unknown.append(doi)
        except RegistryError as error:
            row += 1
            failed[doi] = error
            if row == min(_PATIENCE, len(dois)):
                raise
        progress(number, len(dois))
    without = len({source.key for source in _sources(library) if not _doi(source)})
    return RegistryAnswers(len(dois), found, tuple(unknown), failed, without)


def _notices(notices: Callable[[str], Iterable[Any]], doi: str) -> Iterable[Any]:
    try:
        return notices(doi)
    except UnknownWork:
        return ()


def _sources(library: Library) -> Iterator[Source]:
    return chain(library.sources, *(note.sources for note in library.notes))


def _doi(source: Source) -> str:
    return parse_doi(source.variables.get("DOI", "")).value.lower()


def parse_updates(record: Mapping[str, Any], doi: str = "", notices: Iterable[Any] = ()) -> Retraction | None:
    """The gravest thing that the notices about a work say; of several alike, the first.

    They stand in `updated-by` of its record; in `update-to`, where that names the work's own DOI, as some publishers
    have it; and in the records of the `notices`. Whatever does not have the form of a notice is passed over.
    """
    updates = _listed(record.get("updated-by"))
    updates += [update for update in _listed(record.get("update-to")) if doi and _updates(update, doi)]
    for notice in list(notices)[:_MOST]:
        for update in _listed(notice.get("update-to")) if isinstance(notice, dict) else ():
            # There `DOI` is the work's own; the notice is the record.
            updates += [{**update, "DOI": notice.get("DOI", "")}] if _updates(update, doi) else []
    found = [said for update in updates[:_MOST] if (said := _parse(update))]
    return min(found, key=lambda said: (_GRAVEST.index(said.kind), said.date or "9", said.notice), default=None)


def _listed(value: object) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _updates(update: object, doi: str) -> bool:
    return isinstance(update, dict) and parse_doi(str(update.get("DOI", ""))[:2_000]).value.lower() == doi.lower()


def _parse(update: object) -> Retraction | None:
    if not isinstance(update, dict):
        return None
    word = str(update.get("type", ""))[:40].lower().replace("-", "_").replace(" ", "_")
    kind = _KINDS.get(word)
    notice = parse_doi(str(update.get("DOI", ""))[:2_000]).value
    return Retraction(kind=kind, date=_date(update.get("updated")), notice=notice) if kind else None


def _date(value: object) -> str:
    try:
        parts = value["date-parts"][0]  # type: ignore[index]
        numbers = [part for part in parts[:3] if isinstance(part, int) and not isinstance(part, bool)]
    except (TypeError, LookupError):
        return ""
    return parse_status_date("-".join(f"{number:0{2 if place else 4}}" for place, number in enumerate(numbers))).value


# --------------------------------------------------------------------------------------------------- planning


def plan_refresh(library: Library, root: Path, found: Mapping[str, Retraction]) -> RetractionResult:
    """Change each entry of a work of which something graver was found than it says; nothing is written.

    What a contributor wrote about the same stays: only a kind that is graver, or new, is put in.
    """
    files: dict[str, list[tuple[Source, Retraction]]] = defaultdict(list)
    for source in _sources(library):
        said = found.get(_doi(source))
        has = retraction(source)
        if said and (has is None or _GRAVEST.index(said.kind) < _GRAVEST.index(has.kind)):
            files[source.span.path].append((source, said))
    changes: list[Change] = []
    by_hand: list[Lines] = []
    for path, works in files.items():
        changed, rest = _plan_file(root, path, works)
        changes += changed
        by_hand += rest
    return RetractionResult(tuple(changes), tuple(chain.from_iterable(files.values())), tuple(by_hand))


def _plan_file(root: Path, path: str, works: Iterable[tuple[Source, Retraction]]) -> tuple[list[Change], list[Lines]]:
    """All changes of one file that can be made, and what is left for a person."""
    before = read_exactly(root, path) or ""
    after = before
    by_hand = []
    # From the end, so that the places of the others stay right.
    for source, said in sorted(works, key=lambda work: work[0].span, reverse=True):
        changed = _changed(path, after, source, said)
        if changed is None:
            by_hand.append(Lines(source.key_span, tuple(_lines(path, said))))
        else:
            after = changed
    return [Change(path=path, before=before, after=after)] if after != before else [], by_hand[::-1]


def _changed(path: str, text: str, source: Source, said: Retraction) -> str | None:
    """The text of the file with the entry changed; nothing where it would then not say what it should."""
    table = LineTable(path, text)
    try:
        changed = apply_edits(table, _edits(table, source, said))
    except ValueError:
        return None
    (before, faults), (after, new_faults) = _parse_works(path, text), _parse_works(path, changed)
    was, now = before.pop(source.key, None), after.pop(source.key, None)
    if was is None or now is None or retraction(now) != said or new_faults > faults:
        return None
    others = [{key: to_csl(other) for key, other in works.items()} for works in (before, after)]
    return changed if others[0] == others[1] and set(same_work(was, now)) <= {"status", *CUSTOM} else None


def _parse_works(path: str, text: str) -> tuple[dict[str, Source], int]:
    """The works of a file by key, and how much is wrong with it."""
    parsed = parse_text(path, FileKind.NOTE if path.endswith(".md") else FileKind.BIBLIOGRAPHY, text)
    works = parsed.note.sources if parsed.note else parsed.sources
    return {source.key: source for source in works}, len(parsed.diagnostics)


# ------------------------------------------------------------------------------------------------------ edits

_FIELDS = {"status": "pubstate", "status-date": "statusdate", "status-notice": "statusnotice"}
"""What the fields are called in BibTeX files."""


def _fields(said: Retraction) -> dict[str, str]:
    fields = {"status": str(said.kind), "status-date": said.date, "status-notice": said.notice}
    return {name: value for name, value in fields.items() if value}


def _edits(table: LineTable, source: Source, said: Retraction) -> Iterator[Edit]:
    """What is there already is replaced; the rest follows the `id`, with which every entry begins or nearly so."""
    fields = _fields(said)
    for name in tuple(fields):
        if span := source.spans.get(name) or source.spans.get(f"custom/{name}"):
            yield Edit(span=span, text=_value(table, span, fields.pop(name)))
    if fields:
        yield _insertion(table, source, fields)


def _value(table: LineTable, span: Span, value: str) -> str:
    """A value in the place of another, between the same signs."""
    old = table.slice(span)
    if table.path.endswith(".bib"):
        return f"{{{value}}}"
    return quoted_yaml(value) if old.startswith('"') else yaml_text(value, numbers=True)


def _insertion(table: LineTable, source: Source, fields: Mapping[str, str]) -> Edit:
    id_ = source.key_span
    if not (table.path.endswith(".bib") or table.text[table.offset(source.span.start)] == "{"):
        end = len(table.line(id_.line)) + 1
        lines = _block(fields, " " * (source.span.column - 1))
        return Edit(
            span=Span(id_.path, id_.line, end, id_.line, end), text="".join(table.line_end + line for line in lines)
        )
    after = Span(id_.path, *id_.end, *id_.end)
    # Where entries have lines of their own, the new ones have too.
    start = re.match(r"\s*(?=[\"'])", table.line(id_.line)) if table.path.endswith(".json") else None
    gap = f"{table.line_end}  " if table.path.endswith(".bib") else table.line_end + start[0] if start else " "
    return Edit(span=after, text="".join(f",{gap}{entry}" for entry in _entries(table.path, fields)))


def _lines(path: str, said: Retraction) -> Iterator[str]:
    """What a person would add to the entry."""
    fields = _fields(said)
    if path.endswith((".bib", ".json")):
        yield from (f"{entry}," for entry in _entries(path, fields))
    else:
        yield from _block(fields, "")


def _entries(path: str, fields: Mapping[str, str]) -> list[str]:
    """Fields of BibTeX, or else entries of JSON, which is YAML as well."""
    if path.endswith(".bib"):
        return [f"{_FIELDS[name]} = {{{value}}}" for name, value in fields.items()]
    whole = {name: value for name, value in fields.items() if name not in CUSTOM}
    custom = {name: fields[name] for name in CUSTOM if name in fields}
    nested: dict[str, object] = {**whole, **({"custom": custom} if custom else {})}
    return [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in nested.items()]


def _block(fields: Mapping[str, str], indent: str) -> Iterator[str]:
    if "status" in fields:
        yield f"{indent}status: {fields['status']}"
    if any(name in fields for name in CUSTOM):
        yield f"{indent}custom:"
        yield from (f"{indent}  {name}: {yaml_text(fields[name], numbers=True)}" for name in CUSTOM if name in fields)
