"""The library in memory: after an edit, what changed is read again, and the rest of it judged and planned anew."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ...check.checking import Options, Totals, current_day, has_errors, judge_changed, kept_in, read
from ...core.diagnostics import Diagnostic
from ...core.limits import uncollected
from ...core.model import LibrarySettings
from ...core.state_folder import code_stamp
from ...library.kept_files import KeptFiles
from ...library.links import Links
from ...library.listing import Listed, list_files
from ...library.reading import Parsed, ReadResult, read_library
from ...site.addresses import FOLDERS
from ...site.data_files import data_files
from ...site.data_files.data_file import DataFile
from ...site.pages import plan_pages
from ...site.pages.page_files import is_generated
from ...site.pages.planned_pages import PagePlan
from ...site.planning import check_addresses, citations_of, format_citations
from ...works.citing.cite_items import csl_citation_of
from ...works.citing.formatting import Bibliography


class Seen(NamedTuple):
    """How the files lie that a site is made from; any edit changes it, and the swap file of an editor does not."""

    library: tuple[Listed, ...]
    problems: tuple[Diagnostic, ...]
    pages: tuple[tuple[str, int, int], ...]
    """Hand-written pages and what lies beside them, by path, with size and time."""
    frame: tuple[tuple[str, int, int], ...]
    """The configuration of the renderer."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.pages)


def see_files(root: Path) -> Seen:
    """See how the files of a project lie, without opening one of the library."""
    files, problems = list_files(root)
    return Seen(tuple(files), tuple(problems), tuple(_pages(root / "docs")), tuple(_listing([root / "mkdocs.yml"])))


def _pages(docs: Path) -> Iterator[tuple[str, int, int]]:
    for folder, folders, names in os.walk(docs):
        at_top = Path(folder) == docs
        folders[:] = sorted(name for name in folders if not (at_top and name in FOLDERS) and not name.startswith("."))
        yield from _listing(Path(folder, name) for name in sorted(names) if not _is_temporary(name))


def _is_temporary(name: str) -> bool:
    """Whether an editor keeps a file for itself."""
    return name.startswith((".", "~$", "#")) or name.endswith(("~", ".swp", ".swx", ".tmp", ".bak")) or name == "4913"


def _listing(paths: "Iterator[Path] | list[Path]") -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue  # It is gone already.
        yield str(path), status.st_size, status.st_mtime_ns


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A library that can be shown: its pages and data files, each made when somebody asks for it."""

    plan: PagePlan
    seen: Seen
    at: float = field(default_factory=time.time)

    @property
    def settings(self) -> LibrarySettings:
        return self.plan.site.links.library.settings

    @cached_property
    def data(self) -> Mapping[str, DataFile]:
        return {file.path: file for file in data_files(self.plan.site) if not file.needs}

    def index_key(self, path: str) -> str:
        """What changes when a page does, for the search index."""
        page = self.plan.pages.get(path)
        return page.key if page else ""


class LiveLibrary:
    """A library whose files are remembered from one look to the next."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._parsed: dict[Listed, Parsed] = {}
        self._last: tuple[Links, Bibliography, tuple[Listed, ...]] | None = None
        """What was formatted last, of which library, and by which files of styles."""
        self._plan: PagePlan | None = None
        """The last one: what was found out for it since is kept for the next."""

    def refresh(self, seen: Seen) -> tuple[tuple[Diagnostic, ...], Totals, Shown | None]:
        """Judge the library as it lies now; nothing to be shown where it has errors."""
        with uncollected():
            # The day is that of the clock: a server may run through midnight.
            options = replace(self.options, today=current_day())
            result, kept = self._read(options, seen)
            self._parsed = {listed: parsed for listed in seen.library if (parsed := result.parsed.get(listed.path))}
            links, diagnostics = judge_changed(options, result, kept)
            totals = Totals.of(links)
            if has_errors(diagnostics):
                return diagnostics, totals, None
            check_addresses(links)
            bibliography = self._formatted(links, seen)
            if self._plan:
                self._plan.keep()
            self._plan = plan_pages(links, bibliography, code_stamp().hex(), kept_in(self.options))
            return diagnostics, totals, Shown(plan=self._plan, seen=seen)

    def _formatted(self, links: Links, seen: Seen) -> Bibliography:
        """All citations in the library's style: those of the last time, where they hold each of the library."""
        last, styles = self._last, tuple(listed for listed in seen.library if listed.path.endswith(".csl"))
        if last and last[2] == styles and _same_works(last[0], links):
            known = {id(document) for document in last[0].documents}
            fresh = [document for document in links.documents if id(document) not in known]
            if all(csl_citation_of(one) in last[1].citations for one in citations_of(fresh)):
                self._last = (links, last[1], styles)
                return last[1]
        bibliography = format_citations(links, self.options, last[1].cache if last else None)
        self._last = (links, bibliography, styles)
        return bibliography

    def _read(self, options: Options, seen: Seen) -> tuple[ReadResult, KeptFiles]:
        if not self._parsed:
            return read(options)
        kept = KeptFiles(kept_in(options), self._parsed)
        return read_library(options.root, listing=(seen.library, seen.problems), known=kept.known), kept


def _same_works(one: Links, other: Links) -> bool:
    """Whether two libraries have the same works, in the same style and language."""
    before, after = one.library.settings, other.library.settings
    return (
        (before.citation_style, before.language) == (after.citation_style, after.language)
        and len(one.sources) == len(other.sources)
        and all(one.sources.get(key) == source for key, source in other.sources.items())
    )


def is_ours(path: Path) -> bool:
    """Whether a file under `docs/` is one that a build has written there."""
    try:
        return is_generated(path.read_bytes())
    except OSError:
        return False
