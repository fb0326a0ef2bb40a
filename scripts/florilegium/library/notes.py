"""Notes and themes: the text of a file becomes a `Note` or `Theme`, with everything that is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.limits import MAX_REFERENCES, MAX_TITLE
from ..core.model import Basis, Body, IdMention, Note, Reference, Status, Theme
from ..core.rules import Group, declare_rule
from ..core.sources import Source
from ..core.spans import LineTable, Span
from ..core.trees import Mapping, Scalar, Sequence
from ..markdown.bodies import parse_body
from ..works.csl.csl_items import parse_source
from .frontmatter import Fields, FileDivision, cut_front_matter, parse_front_matter
from .quote_details import give_gists, give_translations, name_quotes

NOTE_KEYS = (
    "title",
    "source",
    "basis",
    "via",
    "themes",
    "notices",
    "gist",
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
    body, _, problems = parse_body(table, front.body_start, id_)
    body, problems = name_quotes(body, problems)
    fields = Fields(front.mapping or Mapping((), Span.of_file(table.path)), diagnostics)
    known = front.mapping is not None
    if "label" in fields.nodes and not fields.nodes.keys() & {"title", "source"}:
        return ParsedNote(Note(id=id_, path=table.path, digest=digest), (_misplaced(fields, "label", "theme"),))
    body = give_translations(give_gists(fields, body))
    basis = fields.choice("basis", Basis)
    sources = _sources(fields)
    note = Note(
        id=id_,
        path=table.path,
        title=_title(fields, body, known),
        source=_source(fields, sources, body, known),
        basis=basis,
        via=_via(fields, basis),
        themes=_themes(fields, body),
        notices=fields.mentions("notices", example="[notice]"),
        sources=sources,
        contributors=fields.text_list("contributors", of="names", example="[Jane Doe]", or_one=True),
        date=fields.date("date"),
        updated=fields.date("updated"),
        status=_status(fields, front.mapping, table) or Status.PUBLISHED,
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
    body, _, problems = parse_body(table, front.body_start)
    fields = Fields(front.mapping or Mapping((), Span.of_file(table.path)), diagnostics)
    if "title" in fields.nodes and "label" not in fields.nodes and fields.nodes.keys() & _OF_NOTES:
        diagnostics = [_misplaced(fields, "title", "note")]
        fields = Fields(Mapping((), Span.of_file(table.path)), diagnostics)
        front, body, problems = front._replace(mapping=None), Body(), []
    theme = Theme(
        id=id_,
        path=table.path,
        label=fields.text("label", required=front.mapping is not None, max_length=MAX_TITLE),
        aliases=fields.text_list("aliases", example="[another name]"),
        broader=fields.mentions("broader", or_one=True),
        related=fields.mentions("related", or_one=True),
        notices=fields.mentions("notices", example="[notice]"),
        body=body,
        spans=fields.spans,
        digest=digest,
    )
    fields.unknown(THEME_KEYS)
    quoted_here = (_quoted_in_theme(quote.attribution_span, id_) for quote in body.quotes)
    return ParsedTheme(theme, (*diagnostics, *problems, *quoted_here, *_unfinished(table, "remove it")))


def _quoted_in_theme(span: Span, theme: str) -> Diagnostic:
    """A quotation belongs to a note: only there it has an address, and the work that it comes from."""
    return Diagnostic(
        rule="malformed-attribution",
        span=span,
        message="this quotation stands in a theme, and quotations stand in notes",
        help=f"move it into the note on its work; #{theme} in its attribution brings it to the page of the theme",
    )


declare_rule(
    "missing-front-matter-key",
    Group.FRONT_MATTER,
    "A note has a `title`, a `source` where it lists more than one work, and `via` where the basis is `secondary`; "
    "a theme has a `label`.",
    "A reader must be able to see what is summarised and what the note-taker had in hand.",
    "Add the key.",
)


def _title(fields: Fields, body: Body, known: bool) -> str:
    """The title; where it is missing, the remedy proposes the first heading of the text."""
    heading = next((heading.text for heading in body.headings), "")
    example = f"{quoted(heading)}, and remove the heading" if heading and body.headings[0].level == 1 else "…"
    if known and "title" not in fields.nodes:
        fields.report("title", '"title" is missing', f"add title: {example}", rule="missing-front-matter-key")
    return fields.text("title", required=known and "title" in fields.nodes, max_length=MAX_TITLE)


_OF_NOTES = frozenset(("source", "basis", "via", "themes", "references"))


def _misplaced(fields: Fields, key: str, kind: str) -> Diagnostic:
    """The one finding of a file whose front matter is that of the other kind."""
    other = "themes" if kind == "theme" else "notes"
    path = fields.keys[key].path
    name = path.rsplit("/", 1)[1]
    return Diagnostic(
        rule="unexpected-file",
        span=fields.keys[key],
        message=f"this file has the keys of a {kind}, but lies in {path.removesuffix(f'/{name}')}/",
        help=f"move it to annotations/{other}/{name}",
    )


_TODO = re.compile(r"\bTODO:[^\r\n]*")
_MAX_TODOS = 100


declare_rule(
    "unfinished-text",
    Group.FILES,
    "No note and no theme holds `TODO:`; a draft may.",
    "`florilegium new` marks in this way what its writer has still to say. On the site it would be read as part of "
    "the note.",
    "Do what it says, and remove it; or write `status: draft` at the head of the note until you can. Where `TODO:` "
    "belongs to the words of a quotation, record an exception with the reason in `library.yml`.",
)


def _unfinished(table: LineTable, remedy: str = "remove it; or write status: draft") -> Iterator[Diagnostic]:
    """What `florilegium new` left to be done, in comments as well."""
    if "TODO:" not in table.text:  # It takes a fortieth of the time of the search.
        return
    for found in islice(_TODO.finditer(table.text), _MAX_TODOS):
        words = found[0].rstrip().removesuffix("-->").rstrip()
        span = table.span(found.start(), found.start() + len(words))
        message = f"this is still to be done: {quoted(words)}"
        yield Diagnostic(rule="unfinished-text", span=span, message=message, help=f"do what it says, and {remedy}")


def _via(fields: Fields, basis: Basis | None) -> IdMention | None:
    via = fields.mention("via")
    if basis is Basis.SECONDARY and via is None and "via" not in fields.nodes:
        message = '"via" is missing: the basis is secondary, so name the work that was read instead'
        remedy = "add via: and a citation key"
        fields.report("via", message, remedy, rule="missing-front-matter-key", span=fields.span("basis"))
    source = fields.nodes.get("source")
    if via is not None and isinstance(source, Scalar) and source.text == via.id:
        fields.report("via", '"via" names the source itself', "name the work that was read instead of it")
    if via is not None and basis is not None and basis is not Basis.SECONDARY:
        message = f'"via" names a work that was read instead of the source, but the basis is {basis}'
        fields.report("via", message, "remove via, or write basis: secondary")
    return via


def _themes(fields: Fields, body: Body) -> tuple[IdMention, ...]:
    """The themes that the note lists; without a list that can be read, those of its quotes, in their order."""
    found = len(fields.diagnostics)
    listed = fields.mentions("themes")
    node = fields.nodes.get("themes")
    items = node.items if isinstance(node, Sequence) else (node,)
    empty = bool(items) and all(isinstance(item, Scalar) and item.is_null for item in items)
    if listed or (node is not None and not empty and len(fields.diagnostics) == found):
        return listed
    found_in_quotes: dict[str, IdMention] = {}
    for mention in chain.from_iterable(quote.themes for quote in body.quotes):
        found_in_quotes.setdefault(mention.id, mention)
    return tuple(found_in_quotes.values())


def _source(fields: Fields, sources: tuple[Source, ...], body: Body, known: bool) -> IdMention | None:
    """The work that the note is on: the one it names, or else the only one that it lists or cites."""
    if "source" in fields.nodes or not known:
        return fields.mention("source", required=known)
    works = [IdMention(id=source.key, span=source.key_span) for source in sources]
    if not works and "references" not in fields.nodes:
        works = [IdMention(id=reference.key, span=reference.key_span) for reference in _cited(body)]
    if len({work.id for work in works}) == 1:
        return works[0]
    keys = ", ".join(dict.fromkeys(work.id for work in works[:5]))
    remedy = f"add source: and one of {keys}" if works else "add source: and the citation key of the work"
    which = "lists several works" if works else "names no work"
    message = f'"source" is missing, and the note {which}'
    fields.report("source", message, remedy, rule="missing-front-matter-key")
    return None


def _cited(body: Body) -> Iterator[Reference]:
    for citation in body.citations:
        yield from citation.references
    for quote in body.quotes:
        yield from quote.references
    for translation in body.translations:
        if translation.reference:
            yield translation.reference


_DRAFT = re.compile(r"^status:[ \t]*[\"']?draft\b", re.MULTILINE)


def _status(fields: Fields, mapping: Mapping | None, table: LineTable) -> Status | None:
    """A draft is one although the rest of its front matter cannot be read."""
    if mapping is None:
        cut = cut_front_matter(table.text)
        head = table.text[cut.yaml_start : cut.yaml_end] if isinstance(cut, FileDivision) else ""
        return Status.DRAFT if _DRAFT.search(head) else None
    return fields.choice("status", Status)


declare_rule(
    "too-many-references",
    Group.LIMITS,
    "A note lists at most 1,000 references.",
    "A list of that length is a bibliography, and belongs into `annotations/references/`.",
    "Move the references into a file under `annotations/references/`.",
)


def _sources(fields: Fields) -> tuple[Source, ...]:
    items = fields.items("references", of="works", example="[{id: doe2009, type: book, title: A book}]")
    if len(items) > MAX_REFERENCES:
        message = f'"references" lists {len(items):,} works; at most {MAX_REFERENCES:,} are read'
        remedy = "move them to a file under annotations/references/"
        fields.report("references", message, remedy, rule="too-many-references")
        items = items[:MAX_REFERENCES]
    first: dict[str, Source] = {}
    for item in items:
        if not isinstance(item, Mapping):
            wanted = "a list of works, such as [{id: doe2009, type: book}]"
            fields.expect("references", wanted, item, "write {id: doe2009, type: book}")
            continue
        source, problems = parse_source(item)
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
    return tuple(first.values())
