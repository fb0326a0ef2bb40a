"""What a library of Zotero answers as an export: its works as CSL items, its annotations as highlights of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...core.diagnostics import quoted
from ...core.rules import Severity
from ...core.sources import Source
from ...core.spans import LineTable, Span
from ...works.csl.csl_items import read_item
from ...works.csl.zotero_extra import with_extra
from ...works.registries.zotero_service import ZoteroItems, ZoteroLibrary, is_work
from .highlights import Export, HighlightFormat, ImportFinding, ImportReport
from .import_state import ImportState
from .zotero_json import parse_zotero_json


def known_works(state: ImportState) -> set[str]:
    """The keys in Zotero of the works that were imported before."""
    return {id_.rpartition("/")[2] for tool, id_ in state.works if tool == HighlightFormat.ZOTERO and "://" in id_}


def zotero_export(found: ZoteroItems, library: ZoteroLibrary) -> Export:
    """The works and annotations, each found at Zotero's own address for it; what cannot be read is reported."""
    works = filter(is_work, found.items)
    said = ImportReport()
    sources = [source for item in works if (source := _source(item, library, said))]
    annotations = parse_zotero_json(LineTable(library.address(""), _as_text(found.items)))
    highlights = [
        replace(
            highlight,
            span=Span.of_file(library.address(highlight.id)),
            work=replace(highlight.work, item=library.address(highlight.work.item)),
        )
        for highlight in annotations.highlights
    ]
    return Export(
        format=HighlightFormat.ZOTERO,
        sources=tuple(sources),
        highlights=tuple(highlights),
        findings=(*said.findings, *annotations.findings),
        is_whole=found.is_whole,
        deleted=frozenset({*found.deleted, *map(library.address, found.deleted)}),
        version=(library.name, found.version),
    )


def _as_text(items: Iterable[Mapping[str, Any]]) -> str:
    """The items as a file of them has them, one a line."""
    fields = ("key", "itemType", "parentItem", "title", "creators", "date", "DOI", "url", "ISBN", "citationKey", "tags")
    lines = []
    for item in items:
        data = item["data"]
        kept = {name: data[name] for name in data if name in fields or str(name).startswith("annotation")}
        lines.append(json.dumps({**kept, "key": item["key"]}))
    return "[\n" + ",\n".join(lines) + "\n]"


def _source(item: Mapping[str, Any], library: ZoteroLibrary, said: ImportReport) -> Source | None:
    address = library.address(str(item["key"]))
    given = item.get("csljson")
    if not isinstance(given, dict):
        title = quoted(str(item["data"].get("title", "")))
        message = f"Zotero gives no citation data for {title}; it is left out"
        said.report(Span.of_file(address), message, "give it another type in Zotero")
        return None
    data = item["data"]
    # The service gives "Extra" as the note, or not at all.
    whole = with_extra({"note": data.get("extra"), **given})
    if key := data.get("citationKey") or whole.get("citation-key"):
        whole["citation-key"] = str(key)
    source, problems = read_item({**whole, "id": "work"}, address)
    for found in (ImportFinding.of(problem) for problem in problems if problem.rule != "uncanonical-doi"):
        # What an item of somebody's Zotero lacks stops no import: it is said, and fixed there.
        severity = Severity.WARNING if found.severity is Severity.ERROR else found.severity
        said.report(Span.of_file(address), found.message, found.help, severity)
    return replace(source, key=address) if source else None
