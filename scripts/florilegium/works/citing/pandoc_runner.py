"""Pandoc as a typesetter: works and citations in, formatted citations and entries out.

Pandoc runs as a program of its own, once for a whole sheet, without network and without any file but the two
that it is given. It is the one in the `pypandoc_binary` package; failing that, one on the search path that is
new enough.
"""

import importlib.metadata
import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from ...core.diagnostics import plain, quoted
from .citation_styles import NUMBER, ORDER, BibliographyError, Style
from .cite_items import PROBE, PROBE_ITEM, CitationParts, CiteItem, Cluster, spelled, to_cite
from .numbering import SIGN
from .pandoc_fragments import Inline, parts_of, render_inlines

__all__ = ["Pandoc", "Sheet", "find_pandoc", "render_block", "typeset"]

_OLDEST = (3, 9)
"""The oldest pandoc that was tried."""
_PATIENCE = 30
"""Seconds that every run may take, besides some for each work and citation."""
_BUSIEST = 20
"""So many times as long a run may take by the clock on the wall."""
_RUN_LENGTH = 2000
"""Citations, besides one for each work, that are worth another pandoc, which has to read all works again."""
_MOST_RUNS = 4
_REMEDY = "correct the work that is named; where none is, run ./scripts/setup to install a pandoc that works"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pandoc:
    """A pandoc that can be run."""

    path: str
    version: str
    """Whatever changes when the program does; part of what cached results are filed under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one run of pandoc gave."""

    clusters: Mapping[Cluster, CitationParts]
    entries: Mapping[str, str]
    """The bibliography, as HTML fragments, in the style's order. A style may leave works out."""
    warnings: tuple[str, ...] = ()


@cache
def find_pandoc() -> Pandoc | None:
    """The pandoc to use, or None where there is none."""
    return _packaged_pandoc() or _installed_pandoc()


def _packaged_pandoc() -> Pandoc | None:
    # `pypandoc.get_pandoc_path` would run every pandoc of the machine to compare versions, in each build.
    package = importlib.util.find_spec("pypandoc")
    if package is None or package.origin is None:
        return None
    for name in ("pandoc", "pandoc.exe"):
        path = Path(package.origin).parent / "files" / name
        if path.is_file() and os.access(path, os.X_OK):
            try:
                return Pandoc(path=str(path), version=importlib.metadata.version("pypandoc_binary"))
            except importlib.metadata.PackageNotFoundError:
                return None
    return None


def _installed_pandoc() -> Pandoc | None:
    path = shutil.which("pandoc")
    if path is None:
        return None
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    number = re.match(r"pandoc(?:\.exe)? (\d+)\.(\d+)\S*", answer.stdout)
    if number is None or (int(number[1]), int(number[2])) < _OLDEST:
        return None
    return Pandoc(path=path, version=number[0])


def typeset(
    pandoc: Pandoc,
    style: Style,
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    clusters: Sequence[Cluster],
    *,
    full: bool = False,
) -> Sheet:
    """Format works and citations of them. `items` are CSL-JSON items by key, their order that of equals.

    With `full`, the style's rules for telling names apart hold: they cost the square of the names.

    Many citations are formatted by several pandocs at once, each of which knows all works. Raises
    `BibliographyError` where pandoc fails, or takes much longer than it should.
    """
    runs = min(os.cpu_count() or 1, _MOST_RUNS, 1 + len(clusters) // (_RUN_LENGTH + len(items)))
    with ThreadPoolExecutor(max_workers=runs) as pool:
        first, *others = pool.map(
            lambda run: _typeset(pandoc, style, language, items, clusters[run::runs], entries=run == 0, full=full),
            range(runs),
        )
    found = {cluster: parts for sheet in (first, *others) for cluster, parts in sheet.clusters.items()}
    warnings = sorted({warning for sheet in (first, *others) for warning in sheet.warnings})
    return Sheet(clusters=found, entries=first.entries, warnings=tuple(warnings))


def _typeset(
    pandoc: Pandoc,
    style: Style,
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    clusters: Sequence[Cluster],
    *,
    entries: bool,
    full: bool,
) -> Sheet:
    keys = {f"w{number:08}": key for number, key in enumerate((*items, PROBE))}
    ids = {key: id_ for id_, key in keys.items()}
    known = {**items, PROBE: PROBE_ITEM}
    ours = {NUMBER: SIGN} if style.numeric else {}
    bibliography = [{**known[key], **ours, "id": id_, ORDER: id_} for id_, key in keys.items()]
    # A first citation of everything: it numbers the works, and all citations after it are subsequent ones.
    first: list[Cluster] = [tuple(map(CiteItem, items))] if style.sequential and items else []
    cited = clusters if style.prints_places else [spelled(cluster, language) for cluster in clusters]
    document = _document([to_cite(cluster, ids, language) for cluster in (*first, *cited)], language)
    seconds = _PATIENCE + (len(bibliography) + len(clusters)) // 20
    xml = style.full if full else style.xml if entries else style.xml_without_entries
    try:
        blocks, warnings = _run(pandoc, style.name, xml, bibliography, document, seconds)
    except BibliographyError as error:
        raise BibliographyError(_named(str(error), keys)) from None
    return Sheet(
        clusters=_read_clusters(blocks[len(first) : -1], clusters, keys),
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
    style: str,
    xml: bytes,
    bibliography: list[dict[str, Any]],
    document: dict[str, Any],
    seconds: int,
) -> tuple[list[Any], tuple[str, ...]]:
    with tempfile.TemporaryDirectory(prefix="florilegium-") as folder:
        csl, items = Path(folder, "style.csl"), Path(folder, "items.json")
        csl.write_bytes(xml)
        items.write_text(json.dumps(bibliography), encoding="utf-8")
        command = [pandoc.path, "--sandbox", f"--data-dir={folder}", "--from=json", "--to=json", "--citeproc"]
        command += [f"--csl={csl}", f"--bibliography={items}"]
        done = _worked(command, json.dumps(document).encode(), folder, style, seconds)
    said = done.stderr.decode("utf-8", "replace").replace(folder, "").strip()
    if done.returncode != 0:
        said = plain(" ".join(said.split()))[:300] or f"exit code {done.returncode}"
        raise _failed(style, f"gave up ({said})")
    return json.loads(done.stdout)["blocks"], _warnings(said)


def _worked(
    command: list[str], text: bytes, folder: str, style: str, seconds: int
) -> subprocess.CompletedProcess[bytes]:
    """Run pandoc for at most so many seconds of its own work, so that no failure depends on a busy machine."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
        )
    except OSError as error:
        raise _failed(style, f"could not be started ({error.strerror})") from None
    with process:
        wait = seconds
        # Only Linux can set a limit for another process; elsewhere the clock on the wall has to do.
        if hasattr(resource, "prlimit"):
            wait = seconds * _BUSIEST
            with suppress(OSError):
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds) + 1))
        try:
            output, errors = process.communicate(text, timeout=wait)
        except BaseException as error:
            process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise _failed(style, f"did not finish within {wait} seconds") from None
            raise
    if process.returncode == -signal.SIGXCPU:
        raise _failed(style, f"did not finish within {seconds} seconds of work")
    if process.returncode == -signal.SIGKILL:
        raise _failed(style, "was ended by the system, most likely because memory ran short")
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _failed(style: str, fault: str) -> BibliographyError:
    return BibliographyError(f"pandoc {fault} while formatting citations in the style {quoted(style)}: {_REMEDY}")


def _warnings(said: str) -> tuple[str, ...]:
    lines = (line.removeprefix("[WARNING]").strip() for line in said.splitlines() if line.startswith("[WARNING]"))
    return tuple(sorted({plain(line) for line in lines}))


def _named(text: str, keys: Mapping[str, str]) -> str:
    """What pandoc said, with our names for works instead of ids and indices."""
    text = re.sub(r"\$\[(\d+)\]", lambda match: f"w{int(match[1]):08}", text)
    return re.sub(r"\bw\d{8}\b", lambda match: quoted(keys.get(match[0], match[0])), text)


def _read_clusters(
    blocks: list[Any], clusters: Sequence[Cluster], keys: dict[str, str]
) -> dict[Cluster, CitationParts]:
    cites = (block["c"][0]["c"][1] for block in blocks)
    return {cluster: parts_of(inlines, keys) for cluster, inlines in zip(clusters, cites, strict=True)}


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
