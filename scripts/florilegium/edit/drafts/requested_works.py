"""The work that a new note is about: read in any of four formats, fetched by its DOI, or known already."""

import re
from dataclasses import replace
from typing import NamedTuple

from ...core.diagnostics import Diagnostic, did_you_mean, plain, quoted
from ...core.errors import CannotRun
from ...core.json_trees import parse_json
from ...core.rules import RULES, Severity
from ...core.sources import Source
from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Scalar, Sequence
from ...core.yaml_trees import parse_yaml
from ...library.links import Links
from ...works.citation_keys import propose_key
from ...works.csl.csl_items import parse_sources, read_item
from ...works.identifiers import parse_arxiv, parse_isbn
from ...works.known_works import find_known, first_author
from ...works.registries.lookups import WorkIdentifier, fetch_item
from ...works.ris.database_records import parse_records

_FORMATS = "give one work as BibTeX, RIS, CSL-JSON or CSL-YAML; or its DOI, PMID, ISBN or arXiv id"
_MAX_CHARACTERS = 1_000_000
_KEPT = frozenset(("invalid-doi", "invalid-isbn", "invalid-issn", "invalid-orcid"))
"""What the check will report of the note as well: the work keeps the number as it was given."""


class KnownWork(NamedTuple):
    """A work under the citation key that it has, or is to have, in a library."""

    source: Source
    listed: bool
    """Whether the library lists it already."""


def parse_work(text: str) -> Source:
    """The one work that a text describes, in BibTeX, RIS, CSL-JSON or CSL-YAML, which the text itself shows.

    Raises `CannotRun` where the text cannot be read without an error, or describes more works than one.
    """
    if len(text) > _MAX_CHARACTERS:
        raise CannotRun(f"the text has {len(text):,} characters, too many for one work", _FORMATS)
    text = text.removeprefix("\ufeff")
    table = LineTable("the work that was given", text)
    sources, problems = _parse(text, table)
    _insist_readable(problems)
    if not sources:
        raise CannotRun("the input contains no reference", _FORMATS)
    if len(sources) > 1:
        keys = ", ".join(plain(source.key) for source in sources[:5])
        raise CannotRun(f"the input contains {len(sources)} references: {keys}", _FORMATS)
    return sources[0]


def _insist_readable(problems: list[Diagnostic]) -> None:
    grave = [p for p in problems if RULES[p.rule].severity is Severity.ERROR and p.rule not in _KEPT]
    if grave:
        first = min(grave, key=lambda found: found.order)
        more = f"; and {len(grave) - 1} more problems" if len(grave) > 1 else ""
        raise CannotRun(f"{first.span}: {first.message}{more}", first.help or _FORMATS)


def _parse(text: str, table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    start = text.lstrip()
    if re.match(r"(?:TY|PMID)\s*-|FN [A-Z]|PT [JBSP]\b", start) or re.search(r"^TY {1,2}- ", text, re.MULTILINE):
        return parse_records(table)
    if start.startswith(("@", "%")):
        from ...works.bibtex.bibtex_reader import parse_bibtex  # its parser takes time to import

        return parse_bibtex(table)
    node, problems = parse_json(text, table) if start.startswith(("{", "[")) else parse_yaml(text, table)
    sources, found = parse_sources(map(_with_id, _items(node)))
    return sources, [*problems, *found]


def _items(node: DataNode | None) -> tuple[DataNode, ...]:
    """The items of a list, of a mapping `references:`, or the one item that the text is."""
    if isinstance(node, Mapping):
        inner = node.get("references")
        return _items(inner) if isinstance(inner, Sequence) else (node,)
    return node.items if isinstance(node, Sequence) else ()


def _with_id(item: DataNode) -> DataNode:
    """An item needs no `id`: the work gets a key of this library anyway."""
    if not isinstance(item, Mapping) or item.get("id") is not None:
        return item
    key = Scalar("id", False, item.span), Scalar("work", False, item.span)
    return Mapping((key, *item.entries), item.span)


def fetch_work(identifier: WorkIdentifier) -> Source:
    """The work that a registry has under an identifier. Uses the network; raises `RegistryError` and `CannotRun`."""
    item = fetch_item(identifier)
    # A registry may not say what it was asked by.
    if identifier.kind == "doi":
        item.setdefault("DOI", identifier.value)
    source, problems = read_item(item, f"the record of {identifier.registry}")
    _insist_readable(problems)
    if source is None:
        raise CannotRun(f"the record of {identifier.registry} holds no work", _FORMATS)
    return source


# ------------------------------------------------------------------------------------------------------ library


def find_work(links: Links, source: Source, other: KnownWork | None = None) -> KnownWork:
    """The same work as the library has it; else the work, under a citation key that the library does not have yet.

    `other` is a work that is about to be listed beside it.
    """
    known = {**links.sources, other.source.key: other.source} if other else links.sources
    key = find_known(source, known)
    if key in links.sources:
        return KnownWork(links.sources[key], listed=True)
    if key and other:
        return other
    key = propose_key(first_author(source), source.year, source.title, known)
    return KnownWork(replace(source, key=key), listed=False)


def find_identifier(links: Links, identifier: WorkIdentifier) -> KnownWork | None:
    """The work of a library with this identifier, which then need not be looked up."""
    known = (source for source in links.sources.values() if _has(source, identifier))
    return next((KnownWork(source, listed=True) for source in known), None)


def _has(source: Source, identifier: WorkIdentifier) -> bool:
    kind, value = identifier
    if kind == "isbn":
        return source.type == "book" and parse_isbn(source.variables.get("ISBN", "")).value == value
    if kind == "arxiv":
        return parse_arxiv(source.variables.get("URL", "")).value == value
    return source.variables.get(kind.upper(), "").casefold() == value.casefold()


def resolve_key(links: Links, key: str) -> KnownWork:
    """The work of a library that has this citation key. Raises `CannotRun` where none has."""
    if key in links.sources:
        return KnownWork(links.sources[key], listed=True)
    remedy = did_you_mean(key, links.sources, "give the work itself: its DOI, a file, or - to paste it")
    raise CannotRun(f"the library has no work with the citation key {quoted(key)}", remedy)
