"""Notes and themes: the text of a file becomes a `Note` or `Theme`, with everything that is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.limits import MAX_REFERENCES, MAX_TITLE
from ..core.model import Basis, Body, Mention, Note, Source, Status, Theme
from ..core.spans import LineTable, Span
from ..markdown.bodies import parse_body
from ..works.csl import parse_source
from .frontmatter import Fields, Mapping, Scalar, parse_front_matter

__all__ = ["NOTE_KEYS", "THEME_KEYS", "ParsedNote", "ParsedTheme", "parse_note", "parse_theme"]

NOTE_KEYS = (
    "title",
    "source",
    "basis",
    "via",
    "themes",
    "notices",
    "references",
    "contributors",
    "date",
    "updated",
    "status",
)
"""The keys of a note's front matter."""

THEME_KEYS = ("label", "aliases", "broader", "related", "notices")
"""The keys of a theme's front matter."""


class ParsedNote(NamedTuple):
    note: Note
    diagnostics: tuple[Diagnostic, ...]


class ParsedTheme(NamedTuple):
    theme: Theme
    diagnostics: tuple[Diagnostic, ...]


def parse_note(id_: str, table: LineTable, digest: str = "") -> ParsedNote:
    """Read a note. Any text gives one; what in it could not be read is absent and reported."""
    front = parse_front_matter(table)
    diagnostics = front.diagnostics
    body, problems = _body(table, front.body_start, id_)
    fields = Fields(front.mapping or Mapping((), Span.of_file(table.path)), diagnostics)
    known = front.mapping is not None
    basis = fields.choice("basis", Basis, required=known)
    note = Note(
        id=id_,
        path=table.path,
        title=fields.text("title", required=known, max_length=MAX_TITLE),
        source=fields.mention("source", required=known),
        basis=basis,
        via=_via(fields, basis),
        themes=_themes(fields, known),
        notices=fields.mentions("notices", example="[drug-use]"),
        sources=_sources(fields, table),
        contributors=fields.text_list("contributors", of="names", example="[Jane Doe]"),
        date=fields.date("date"),
        updated=fields.date("updated"),
        status=fields.choice("status", Status) or Status.PUBLISHED,
        body=body,
        spans=fields.spans,
        digest=digest,
    )
    fields.unknown(NOTE_KEYS)
    if note.status is not Status.DRAFT:
        problems += _unfinished(table)
    return ParsedNote(note, (*diagnostics, *problems))


def parse_theme(id_: str, table: LineTable, digest: str = "") -> ParsedTheme:
    """Read a theme, as `parse_note` reads a note."""
    front = parse_front_matter(table)
    diagnostics = front.diagnostics
    body, problems = _body(table, front.body_start, "")
    fields = Fields(front.mapping or Mapping((), Span.of_file(table.path)), diagnostics)
    theme = Theme(
        id=id_,
        path=table.path,
        label=fields.text("label", required=front.mapping is not None, max_length=MAX_TITLE),
        aliases=fields.text_list("aliases", example="[forgetting]"),
        broader=fields.mentions("broader", or_one=True, example="dissociation"),
        related=fields.mentions("related", or_one=True),
        notices=fields.mentions("notices", example="[drug-use]"),
        body=body,
        spans=fields.spans,
        digest=digest,
    )
    fields.unknown(THEME_KEYS)
    return ParsedTheme(theme, (*diagnostics, *problems, *_unfinished(table, "remove it")))


_TODO = re.compile(r"\bTODO:[^\r\n]*")
_MAX_TODOS = 100


def _unfinished(table: LineTable, remedy: str = "remove it; or write status: draft") -> Iterator[Diagnostic]:
    """What `florilegium new` left to be done, in comments as well."""
    if "TODO:" not in table.text:  # It takes a fortieth of the time of the search.
        return
    for found in islice(_TODO.finditer(table.text), _MAX_TODOS):
        words = found[0].rstrip().removesuffix("-->").rstrip()
        span = table.span(found.start(), found.start() + len(words))
        message = f"this is still to be done: {quoted(words)}"
        yield Diagnostic(rule="unfinished-text", span=span, message=message, help=f"do what it says, and {remedy}")


def _body(table: LineTable, start: int, note: str) -> tuple[Body, list[Diagnostic]]:
    parsed = parse_body(table, start, note)
    return parsed.body, parsed.diagnostics


def _via(fields: Fields, basis: Basis | None) -> Mention | None:
    via = fields.mention("via")
    if basis is Basis.SECONDARY and via is None and "via" not in fields.nodes:
        message = '"via" is missing: the basis is secondary, so name the work that was read instead'
        fields.report("basis", message, "add via: and a citation key", rule="missing-front-matter-key")
    source = fields.nodes.get("source")
    if via is not None and isinstance(source, Scalar) and source.text == via.id:
        fields.report("via", '"via" names the source itself', "name the work that was read instead of it")
    if via is not None and basis is not None and basis is not Basis.SECONDARY:
        message = f'"via" names a work that was read instead of the source, but the basis is {basis}'
        fields.report("via", message, "remove via, or write basis: secondary")
    return via


def _themes(fields: Fields, known: bool) -> tuple[Mention, ...]:
    return fields.mentions("themes", required=known)


def _sources(fields: Fields, table: LineTable) -> tuple[Source, ...]:
    items = fields.items("references", of="works", example="[{id: doe2009, type: book, title: A book}]")
    if len(items) > MAX_REFERENCES:
        message = f'"references" lists {len(items):,} works; at most {MAX_REFERENCES:,} are read'
        remedy = "move them to a file under annotations/references/"
        fields.report("references", message, remedy, rule="too-many-references")
        items = items[:MAX_REFERENCES]
    sources: list[Source] = []
    first: dict[str, Source] = {}
    for item in items:
        if not isinstance(item, Mapping):
            wanted = "a list of works, such as [{id: doe2009, type: book}]"
            fields.expect("references", wanted, item, "write {id: doe2009, type: book}")
            continue
        source, problems = parse_source(item, table)
        key = source.key if source else ""
        fields.diagnostics += [replace(problem, about=key) for problem in problems]
        if source is None:
            continue
        if key in first:
            message = f"the key {quoted(key)} is listed twice, first in line {first[key].key_span.line}"
            remedy = "remove one of the two, or give it another key"
            fields.report("references", message, remedy, rule="duplicate-citation-key", span=source.key_span)
            continue
        first[key] = source
        sources.append(source)
    return tuple(sources)
