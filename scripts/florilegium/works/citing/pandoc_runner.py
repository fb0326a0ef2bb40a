"""Pandoc as a typesetter: works and citations in, formatted citations and entries out.

Pandoc runs once for all citations. Where that fails, it runs again over ever smaller parts, until the work or the
citation is known that it fails at.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.diagnostics import plain, quoted
from ...core.system_errors import reason, remedy
from .citation_styles import NUMBER, ORDER, Style
from .cite_items import PROBE, PROBE_ITEM, CitationParts, CiteItem, CslCitation, spelled, to_cite
from .numbering import SIGN
from .pandoc_complaints import explain_failure
from .pandoc_fragments import Inline, parts_of, render_inlines
from .pandoc_process import Pandoc, PandocFailed, run_pandoc

_PATIENCE = 30
"""Seconds of work that every run may take, besides some for each work and citation."""
_RUN_LENGTH = 2000
"""Citations, besides one for each work, that are worth another pandoc, which has to read all works again."""
_MOST_RUNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PandocResult:
    """What one run of pandoc gave."""

    citations: Mapping[CslCitation, CitationParts]
    entries: Mapping[str, str]
    """The bibliography, as HTML fragments, in the style's order. A style may leave works out."""
    warnings: tuple[str, ...] = ()


def format_by_pandoc(
    pandoc: Pandoc,
    style: Style,
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    citations: Sequence[CslCitation],
    *,
    full: bool = False,
) -> PandocResult:
    """Format works and citations of them. `items` are CSL-JSON items by key, their order that of equals.

    With `full`, the style's rules for telling names apart hold: they cost the square of the names.

    Many citations are formatted by several pandocs at once, each of which knows all works. Raises
    `BibliographyError`, which names the work or the citation, where pandoc fails or takes more than it may.
    """
    runs = min(os.cpu_count() or 1, _MOST_RUNS, 1 + len(citations) // (_RUN_LENGTH + len(items)))

    def run(number: int) -> PandocResult:
        part = citations[number::runs]
        return _format_by_pandoc(
            pandoc, style, language, items, part, entries=number == 0, full=full, patience=_PATIENCE
        )

    def attempt(works: Mapping[str, Mapping[str, Any]], cited: Sequence[CslCitation]) -> PandocResult:
        return _format_by_pandoc(pandoc, style, language, works, cited, entries=True, full=full, patience=_PATIENCE / 3)

    try:
        with ThreadPoolExecutor(max_workers=runs) as pool:
            first, *others = pool.map(run, range(runs))
    except PandocFailed as failure:
        raise explain_failure(failure, style.name, items, citations, attempt) from None
    found = {citation: parts for result in (first, *others) for citation, parts in result.citations.items()}
    warnings = sorted({warning for result in (first, *others) for warning in result.warnings})
    return PandocResult(citations=found, entries=first.entries, warnings=tuple(warnings))


def _format_by_pandoc(
    pandoc: Pandoc,
    style: Style,
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    citations: Sequence[CslCitation],
    *,
    entries: bool,
    full: bool,
    patience: float,
) -> PandocResult:
    keys = {f"w{number:08}": key for number, key in enumerate((*items, PROBE))}
    ids = {key: id_ for id_, key in keys.items()}
    known = {**items, PROBE: PROBE_ITEM}
    ours = {NUMBER: SIGN} if style.numeric else {}
    bibliography = [{**known[key], **ours, "id": id_, ORDER: id_} for id_, key in keys.items()]
    # A first citation of everything: it numbers the works, and all citations after it are subsequent ones.
    first: list[CslCitation] = [tuple(map(CiteItem, items))] if style.sequential and items else []
    cited = citations if style.prints_places else [spelled(citation, language) for citation in citations]
    document = _document([to_cite(citation, ids, language) for citation in (*first, *cited)], language)
    seconds = patience + (len(bibliography) + len(citations)) // 20
    xml = style.full if full else style.xml if entries else style.xml_without_entries
    try:
        blocks, warnings = _run(pandoc, xml, bibliography, document, seconds)
    except PandocFailed as error:
        raise PandocFailed(_named(error.message, keys), error.help) from None
    return PandocResult(
        citations=_read_csl_citations(blocks[len(first) : -1], citations, keys),
        entries=_read_entries(blocks[-1], keys),
        warnings=tuple(_named(warning, keys) for warning in warnings),
    )


def _document(cites: list[Inline], language: str) -> dict[str, Any]:
    everything = {
        "citationId": "*",
        "citationPrefix": [],
        "citationSuffix": [],
        "citationNoteNum": 0,
        "citationHash": 0,
    }
    cite = {"t": "Cite", "c": [[{**everything, "citationMode": {"t": "NormalCitation"}}], []]}
    meta = {
        "link-citations": {"t": "MetaBool", "c": True},
        "lang": {"t": "MetaString", "c": language},
        "nocite": {"t": "MetaInlines", "c": [cite]},
    }
    return {
        "pandoc-api-version": [1, 23],
        "meta": meta,
        "blocks": [{"t": "Para", "c": [cite]} for cite in cites],
    }


def _run(
    pandoc: Pandoc,
    xml: bytes,
    bibliography: Sequence[Mapping[str, Any]],
    document: dict[str, Any],
    seconds: float,
) -> tuple[list[Any], tuple[str, ...]]:
    with tempfile.TemporaryDirectory(prefix="florilegium-") as folder:
        csl, items = Path(folder, "style.csl"), Path(folder, "items.json")
        try:
            csl.write_bytes(xml)
            items.write_text(json.dumps(bibliography), encoding="utf-8")
        except OSError as error:
            place = quoted(tempfile.gettempdir())
            raise PandocFailed(f"cannot be given its files in {place}: {reason(error)}", remedy(error)) from None
        options = [f"--data-dir={folder}", "--from=json", "--to=json", "--citeproc"]
        options += [f"--csl={csl}", f"--bibliography={items}"]
        done = run_pandoc(pandoc, options, json.dumps(document).encode(), seconds, folder=folder)
    said = done.stderr.decode("utf-8", "replace").replace(folder, "").strip()
    return json.loads(done.stdout)["blocks"], _warnings(said)


def _warnings(said: str) -> tuple[str, ...]:
    lines = (line.removeprefix("[WARNING]").strip() for line in said.splitlines() if line.startswith("[WARNING]"))
    return tuple(sorted({plain(line) for line in lines}))


def _named(text: str, keys: Mapping[str, str]) -> str:
    """What pandoc said, with our names for works instead of ids and indices."""
    text = re.sub(r"\$\[(\d+)\]", lambda match: f"w{int(match[1]):08}", text)
    return re.sub(r"\bw\d{8}\b", lambda match: quoted(keys.get(match[0], match[0])), text)


def _read_csl_citations(
    blocks: list[Any], citations: Sequence[CslCitation], keys: dict[str, str]
) -> dict[CslCitation, CitationParts]:
    cites = (block["c"][0]["c"][1] for block in blocks)
    return {citation: parts_of(inlines, keys) for citation, inlines in zip(citations, cites, strict=True)}


def _read_entries(references: Any, keys: dict[str, str]) -> dict[str, str]:
    entries = {}
    for _, (attributes, content) in ((div["t"], div["c"]) for div in references["c"][1]):
        key = keys[attributes[0].removeprefix("ref-")]
        if key != PROBE:
            entries[key] = " ".join(filter(None, map(render_block, content)))
    return entries


def render_block(block: Any) -> str:
    """An entry's text: a paragraph, or the columns of one that hangs."""
    if block["t"] == "Div":
        return " ".join(filter(None, map(render_block, block["c"][1])))
    return render_inlines(block["c"]).strip()
