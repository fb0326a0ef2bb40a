"""The program on one screen: check; plan and write the pages; build beside the old site; publish. And verify."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from .check.checking import Checked, Options, Totals, check, has_errors
from .core.cache import code_stamp, state_folder
from .core.diagnostics import Diagnostic, quoted
from .core.errors import CannotRun
from .core.model import Citation, Library, Verification
from .library.links import Links
from .library.reading import ANNOTATIONS
from .markdown.quotes import ID
from .publish import Lock, Page, Project, SyncResult, check_target, hold_lock, publish_site, sync_pages
from .publish.renderers import Renderer
from .publish.staging import build_in
from .quotations.originals import Original, read_original
from .quotations.verification import (
    merge_verifications,
    prune_verifications,
    render_lock,
    unnamed_originals,
    verify_quotes,
)
from .site.data_files import (
    DataFile,
    annotation_files,
    data_files,
    facts_key,
    find_surroundings,
    place_data_files,
    unformatted_site,
)
from .site.linked_site import Site
from .site.pages import FOLDERS, Plan, bare_citation, is_generated, plan_pages, render_pages, rendering_bodies
from .site.search import indexing
from .works.citing import Bibliography, read_cache, read_style, render_bibliography, write_cache
from .works.csl import to_csl

__all__ = [
    "Built",
    "Opened",
    "Prepared",
    "Verified",
    "add_data_files",
    "add_index",
    "build",
    "open_data_files",
    "prepare_pages",
    "verify",
]


class Built(NamedTuple):
    """What a build did. Where the check found errors, nothing was written."""

    diagnostics: tuple[Diagnostic, ...]
    totals: Totals
    written: int = 0
    pages: int = 0
    site: Path | None = None
    remarks: tuple[str, ...] = ()


def format_citations(links: Links, options: Options) -> Bibliography:
    """All works and citations of a library in its style, from the last run's results where they hold."""
    settings = links.library.settings
    path = state_folder(options.root) / "citations.json"
    bibliography = render_bibliography(
        {key: to_csl(source) for key, source in links.sources.items()},
        _citations(links),
        style=read_style(settings.citation_style, folder=options.root / ANNOTATIONS),
        language=settings.language,
        cache=read_cache(path) if options.remember else None,
    )
    if options.remember and not bibliography.approximate:
        write_cache(path, bibliography.cache)
    return bibliography


def _citations(links: Links) -> Iterable[Citation]:
    for document in links.documents:
        yield from document.body.citations
    for quote in links.quotes:
        for reference in quote.references:
            yield bare_citation(reference)


class Prepared(NamedTuple):
    """The pages under `docs/`, for a renderer that runs by itself."""

    diagnostics: tuple[Diagnostic, ...]
    site: Site | None = None
    """What the pages show; None where the check found errors: then every page is as it was."""
    epoch: int = 0


def prepare_pages(options: Options) -> Prepared:
    """Check the library and, unless that finds errors, write its pages."""
    checked = check(options)
    if has_errors(checked.diagnostics):
        return Prepared(checked.diagnostics)
    with hold_lock(state_folder(options.root), notify=options.notify) as lock:
        plan = plan_site(checked, options)
        write_pages(plan, options, lock)
    return Prepared(checked.diagnostics, plan.site, _epoch(checked))


def add_index(site: Site, built: Path) -> None:
    """Make the search index of `site` in the folder where a renderer that ran by itself has built its pages."""
    with indexing(site, built / ".pagefind", wanted=True) as index:
        index.place(built)


def add_data_files(site: Site, built: Path, docs: Path) -> None:
    """Put the library's data files beside the pages in the folder `built`, which a renderer has made of `docs`."""
    place_data_files(_data_files(site, docs), built)


def _data_files(site: Site, docs: Path) -> Iterator[DataFile]:
    for file in data_files(site):
        if not file.path.endswith(".md") and (docs / file.path).exists():
            raise CannotRun(f"docs/{file.path} has the name of a file that the build makes", "give it another name")
        yield file


def _renew_data_files(plan: Plan, built: Path, docs: Path, record: Path, *, remember: bool) -> None:
    """The same where an earlier build has put them: only those are made whose inputs have changed."""
    facts = facts_key(plan.site, code_stamp().hex()) if remember else ""

    def key_of(file: DataFile) -> str:
        # The twin of a note has its path, and is made from the same.
        page = plan.pages.get(file.path)
        return (page.key if page else facts) if remember else ""

    place_data_files(_data_files(plan.site, docs), built, record=record, key_of=key_of)


class Opened(NamedTuple):
    """The data files of a library, of which none is made yet."""

    diagnostics: tuple[Diagnostic, ...]
    totals: Totals
    files: tuple[DataFile, ...] = ()
    """None where the check found errors."""


def open_data_files(
    options: Options, originals: Mapping[str, Path] = MappingProxyType({}), *, everything: bool = False
) -> Opened:
    """Check the library and, unless that finds errors, say which data files it has.

    With the `originals` of works, by key, annotations say what surrounds the quotes that stand in them. `everything`
    says that all the files are wanted.
    """
    checked = check(options)
    if has_errors(checked.diagnostics):
        return Opened(checked.diagnostics, checked.totals)
    links = checked.links
    _check_addresses(links)
    texts = _read_originals(links.library, originals)
    bibliography = cache(lambda: format_citations(links, options))
    if everything:
        # Some of all files need it, and processes that make them would each format it.
        bibliography()
    site = unformatted_site(links, bibliography)
    files = {file.name: file for file in data_files(site)}
    if texts:
        found = find_surroundings(links.quotes, texts)
        files |= {file.name: file for file in annotation_files(site, found)}
    return Opened(checked.diagnostics, checked.totals, tuple(files.values()))


def _epoch(checked: Checked) -> int:
    """What stands for the time of the build: `SOURCE_DATE_EPOCH`, or the day of the youngest note."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    dates = [day for note in checked.links.notes.values() for day in (note.date, note.updated) if day]
    return int(datetime.combine(max(dates, default=date(2000, 1, 1)), datetime.min.time(), UTC).timestamp())


def plan_site(checked: Checked, options: Options) -> Plan:
    """Format the citations of a checked library, and plan its pages."""
    return plan_pages(checked.links, format_citations(checked.links, options), code_stamp().hex())


def write_pages(plan: Plan, options: Options, lock: Lock) -> SyncResult:
    """Bring the generated files under `docs/` in line with the plan."""
    _check_addresses(plan.site.links)
    pages = {path: Page(key=page.key, render=page.render) for path, page in plan.pages.items()}
    result = sync_pages(
        options.root / "docs",
        pages,
        lock.state / "pages.jsonl",
        is_ours=is_generated,
        folders=FOLDERS,
        render=lambda wanted: render_pages(plan, [page.key for page in wanted], options.executor),
    )
    if result.conflicts:
        first = result.conflicts[0]
        raise CannotRun(f"docs/{first.path}: {first.message}", first.help)
    return result


def _check_addresses(links: Links) -> None:
    for document in links.documents:
        # The rule that says so can be turned off; an address cannot hold every sign of a file name.
        if not ID.match(document.id):
            raise CannotRun(f"{quoted(document.path)} cannot have a page", "rename it; florilegium explain invalid-id")


def build(options: Options, site_dir: Path, renderer: Renderer) -> Built:
    """Check the library, write its pages, build the site beside the published one, and put it in its place."""
    project = Project(root=options.root, annotations=options.root / ANNOTATIONS, docs=options.root / "docs")
    state = state_folder(options.root)
    built = state / f"built-{renderer}"
    check_target(site_dir, project, state, built)
    with hold_lock(state, notify=options.notify) as lock:
        checked = check(options)
        if has_errors(checked.diagnostics):
            return Built(checked.diagnostics, checked.totals)
        # The index needs all prose. It is rendered while pandoc formats the citations.
        with rendering_bodies(checked.links.documents if options.search else (), options.executor) as bodies:
            plan = plan_site(checked, options)
        plan.site.bodies |= bodies
        pages = write_pages(plan, options, lock)
        # Pagefind and the renderer take one processor each.
        with indexing(plan.site, state / "index", wanted=options.search) as index:
            build_in(built, options.root, renderer, _epoch(checked))
            index.place(built)
        record = state / f"{built.name}.data"
        _renew_data_files(plan, built, options.root / "docs", record, remember=options.remember)
        publish_site(built, site_dir, project=project, lock=lock)
    count = len(pages.written) + pages.unchanged
    remarks = _remarks(plan.site.bibliography)
    return Built(checked.diagnostics, checked.totals, len(pages.written), count, site_dir, remarks)


def _remarks(bibliography: Bibliography) -> tuple[str, ...]:
    if not bibliography.approximate:
        return bibliography.warnings
    return ("pandoc is not installed, so works are not formatted in the citation style: run scripts/setup",)


# ----------------------------------------------------------------------------------------------- verification


class Verified(NamedTuple):
    """What a comparison found."""

    diagnostics: tuple[Diagnostic, ...]
    """The quotations that are not in their originals."""
    totals: Totals
    compared: int
    verified: int
    entries: int
    """Entries of `quotes.lock` afterwards."""


def verify(options: Options, originals: Mapping[str, Path], *, prune: bool = False) -> Verified:
    """Compare the quotes that name a work with its text, and write what was found to `quotes.lock`.

    A quotation that is not found loses the entry that it may have had for that work: it is not verified any more.
    """
    checked = check(options)
    library = checked.links.library
    texts = _read_originals(library, originals)
    found, missed = verify_quotes(library, texts, options.today)
    entries = _locked(library, texts, found, prune=prune)
    lock = options.root / ANNOTATIONS / "quotes.lock"
    text = render_lock(entries)
    if not lock.exists() or lock.read_text(encoding="utf-8") != text:
        temporary = lock.with_name(".quotes.lock.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(lock)
    return Verified(missed, checked.totals, len(found) + len(missed), len(found), len(entries))


def _read_originals(library: Library, originals: Mapping[str, Path]) -> dict[str, Original]:
    texts = {}
    for key, path in originals.items():
        texts[key] = read_original(path)
    unnamed = unnamed_originals(library, texts)
    if unnamed:
        raise CannotRun(unnamed[0], "name each text with the key of a work that a quote names")
    return texts


def _locked(
    library: Library, texts: Mapping[str, object], found: Sequence[Verification], *, prune: bool
) -> tuple[Verification, ...]:
    """The lock's entries: those of works that were not compared as they were, the others anew."""
    before = prune_verifications(library) if prune else library.verifications
    return merge_verifications([entry for entry in before if entry.key not in texts], found)
