"""The program on one screen: the steps of a build in their order. And the doors that take a part of them."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from os import times
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from .check.checking import Checked, Options, Totals, check_library, given_epoch, has_errors
from .core.diagnostics import Diagnostic
from .core.errors import CannotRun
from .core.limits import uncollected
from .core.state_folder import state_folder
from .core.store import Store
from .library.listing import ANNOTATIONS
from .publish.exchange import is_published, publish_site
from .publish.locks import Lock, hold_lock
from .publish.publish_targets import Project, check_target
from .publish.renderers import Renderer
from .publish.shards import Shard, built_folder, join_shards, pages_elsewhere, record_shard
from .publish.standing_builds import CompleteBuild, find_complete, inputs_of, keep_complete
from .publish.written_pages import Page, SyncResult, are_as_written, sync_pages
from .site.addresses import FOLDERS
from .works.citing.pandoc_process import find_pandoc

# What makes pages is loaded by the steps that make some.
if TYPE_CHECKING:
    from .site.pages.cards import PageSite
    from .site.pages.planned_pages import PagePlan
    from .site.search.indexing import Indexing


@dataclass(slots=True)
class Build:
    """A build under way: what was asked for, and what its steps have made so far."""

    options: Options
    site_dir: Path
    renderer: Renderer
    lock: Lock
    background: ExitStack
    """What goes on beside the steps, and ends with the run."""
    shard: Shard | None = None
    """The part of the site that is built; None for all of it."""
    checked: Checked = field(init=False)
    plan: "PagePlan" = field(init=False)
    pages: SyncResult = field(init=False)
    index: "Indexing" = field(init=False)
    inputs: str = ""
    """A digest of all that is read; empty where that cannot be told, or results of earlier runs may not be used."""
    standing: CompleteBuild | None = None
    """The last build, where nothing has changed since."""
    published: int = 0
    """How many files were published."""
    changed: set[str] | None = None
    """Files written or removed in the renderer's folder since it was published last; None where that is not known."""

    @property
    def built(self) -> Path:
        """The private folder in which the renderer builds."""
        return built_folder(self.lock.state, self.renderer, self.shard)

    @property
    def unpublished(self) -> Path:
        """A file that is there while something in that folder may not be published yet."""
        return self.built.with_name(f"{self.built.name}.unpublished")


class Step(NamedTuple):
    """A step of a build."""

    name: str
    purpose: str
    take: Callable[[Build], str]
    """Takes the step; says in a few words what was made and what was reused."""


class Taken(NamedTuple):
    """A step that was taken, and what it cost: seconds of this process and of those that it waited for."""

    step: Step
    result: str
    cpu: float
    wall: float


def _compare(run: Build) -> str:
    options = run.options
    if run.shard or not options.remember:
        return "everything is looked at"
    pandoc = find_pandoc()
    told = [options.today, given_epoch(), options.search, str(run.renderer), pandoc and pandoc.version]
    run.inputs = inputs_of(options.root, told)
    last = find_complete(Store(run.lock.state), run.inputs)
    if last and not run.unpublished.exists() and _stands(run, last):
        run.standing = last
    return "nothing has changed since" if run.standing else "something has changed since"


def _stands(run: Build, last: CompleteBuild) -> bool:
    """Whether the generated pages and the published site are as a build left them."""
    lock, root = run.lock, run.options.root
    return are_as_written(root / "docs", lock.state / _PAGES, FOLDERS) and is_published(
        run.built, run.site_dir, project=_project(run.options), lock=lock, number=last.files
    )


def _check(run: Build) -> str:
    run.checked = check_library(run.options)
    read = run.checked.read
    return f"{run.checked.totals}; {read:,} file{'' if read == 1 else 's'} read, the others remembered"


def _plan(run: Build) -> str:
    from .site.planning import plan_site

    with uncollected():
        run.plan = plan_site(run.checked, run.options)
    return f"{len(run.plan.pages):,} pages"


def _write(run: Build) -> str:
    plan = run.plan if run.shard is None else run.plan._replace(pages=run.shard.own(run.plan.pages))
    run.pages = write_pages(plan, run.options, run.lock)
    return f"{len(run.pages.written):,} written, {run.pages.unchanged:,} unchanged"


def _index(run: Build) -> str:
    from .site.search.indexing import indexing

    wanted = run.options.search and (run.shard is None or run.shard.is_first)
    # After an edit it is made by the second processor; the index of everything would need its memory twice.
    apart = run.options.executor is not None and len(run.pages.written) < _FEW
    run.index = indexing(run.plan, run.lock.state, wanted=wanted, remember=run.options.remember, apart=apart)
    run.background.callback(run.index.stop)
    return "begun; the index is made beside the site" if wanted else "left out"


def _render(run: Build) -> str:
    from .publish.staging import Staging, build_in
    from .site.planning import epoch_of

    settings = run.checked.links.library.settings
    staging = Staging(
        built=run.built,
        root=run.options.root,
        renderer=run.renderer,
        epoch=epoch_of(run.checked),
        url=settings.url,
        language=settings.language,
        elsewhere=pages_elsewhere(run.shard, run.plan.pages) if run.shard else None,
        parallel=run.options.executor is not None,
    )
    known = run.shard is None and not run.unpublished.exists()
    run.unpublished.touch()
    done = build_in(staging)
    if known and done.written is not None:
        run.changed = {*done.written}
    return f"{run.renderer}: {done.made:,} made, {done.kept:,} kept"


def _export(run: Build) -> str:
    from .site.data_files.opening import renew_data_files

    if run.shard:
        record_shard(run.built, run.shard, {path: page.key for path, page in run.plan.pages.items()})
        if not run.shard.is_last:
            return "left to the last shard"
    record = run.lock.state / f"{run.built.name}.data"
    placed = renew_data_files(run.plan, run.built, run.options.root / "docs", record, remember=run.options.remember)
    if run.changed is not None:
        run.changed.update(placed.made, placed.removed)
    return f"{len(placed.made):,} made, {placed.kept:,} kept"


def _publish(run: Build) -> str:
    placed = run.index.place(run.built)
    if run.changed is not None:
        run.changed.update(placed)
    project = _project(run.options)
    done = publish_site(run.built, run.site_dir, project=project, lock=run.lock, written=run.changed)
    run.unpublished.unlink()
    run.published = done.copied + done.kept
    return f"{done.copied:,} files new or changed, {done.kept:,} kept, {done.removed:,} removed"


STEPS = (
    Step("compare", "see whether anything has changed since the last build; if nothing has, this one ends", _compare),
    Step("check", "read the files of the library, join what refers to what, check every rule", _check),
    Step("plan", "format citations and works in the citation style, and plan the pages", _plan),
    Step("write", "write the pages that changed, as plain files under docs/", _write),
    Step("index", "make the search index", _index),
    Step("render", "let the renderer turn docs/ into a site, in a private folder", _render),
    Step("export", "put the data files beside the pages", _export),
    Step("publish", "put the new site in the place of the published one, whole", _publish),
)
"""A build, from the files of a library to the published site. It ends after the check if that finds an error."""

_FEW = 400
"""Pages below which an edit has written few."""
_PAGES = "pages.jsonl"
"""The manifest of generated pages, in the state folder."""


class Built(NamedTuple):
    """What a build did. Where the check found errors, nothing was written."""

    diagnostics: tuple[Diagnostic, ...]
    totals: Totals
    written: int = 0
    pages: int = 0
    site: Path | None = None
    remarks: tuple[str, ...] = ()
    steps: tuple[Taken, ...] = ()


def run_build(options: Options, site_dir: Path, renderer: Renderer, shard: Shard | None = None) -> Built:
    """Take the `STEPS` of a build, and say what was made. A site that was published stays whole whatever happens.

    With `shard`, that part of the site is built, to be joined with the others by `merge_shards`.
    """
    if shard and renderer is Renderer.ZENSICAL:
        raise CannotRun("zensical cannot build a part of a site", "build shards with --renderer mkdocs")
    state = state_folder(options.root)
    check_target(site_dir, _project(options), state, built_folder(state, renderer, shard))
    taken: list[Taken] = []
    with hold_lock(state, notify=options.notify) as lock, ExitStack() as background:
        run = Build(options, site_dir, renderer, lock, background, shard)
        for step in STEPS:
            taken.append(_taken(step, run))
            if run.standing:
                built: Built = run.standing.result
                return built._replace(written=0, site=site_dir, steps=tuple(taken))
            if step.take is not _compare and has_errors(run.checked.diagnostics):
                return Built(run.checked.diagnostics, run.checked.totals, steps=tuple(taken))
    bibliography = run.plan.site.bibliography
    remarks = bibliography.warnings
    if bibliography.approximate:
        remarks = ("pandoc is not installed, so works are not formatted in the citation style: run scripts/setup",)
    written = len(run.pages.written)
    count = written + run.pages.unchanged
    built = Built(run.checked.diagnostics, run.checked.totals, written, count, site_dir, remarks)
    if options.remember and not shard:
        keep_complete(
            Store(state),
            run.inputs,
            CompleteBuild(built._replace(remarks=remarks if bibliography.approximate else ()), run.published),
        )
    return built._replace(steps=tuple(taken))


def _taken(step: Step, run: Build) -> Taken:
    before, began = times(), time.monotonic()
    run.options.progress(step.name, 0, 0)
    result = step.take(run)
    run.options.progress("", 0, 0)
    cpu = sum(times()[:4]) - sum(before[:4])
    return Taken(step, result, cpu, time.monotonic() - began)


def merge_shards(options: Options, shards: Sequence[Path], site_dir: Path) -> None:
    """Publish the site that shards make together. Raises `CannotRun` where they do not belong together."""
    state = state_folder(options.root)
    check_target(site_dir, _project(options), state)
    with hold_lock(state, notify=options.notify) as lock, TemporaryDirectory(dir=state) as folder:
        joined = Path(folder) / "joined"
        join_shards(shards, joined)
        publish_site(joined, site_dir, project=_project(options), lock=lock)


def _project(options: Options) -> Project:
    return Project(root=options.root, annotations=options.root / ANNOTATIONS, docs=options.root / "docs")


# ------------------------------------------------------------------------------------- for a renderer run by itself


class Prepared(NamedTuple):
    """The pages under `docs/`, for a renderer that runs by itself."""

    diagnostics: tuple[Diagnostic, ...]
    site: "PageSite | None" = None
    """What the pages show; None where the check found errors: then every page is as it was."""
    epoch: int = 0


def prepare_pages(options: Options) -> Prepared:
    """Check the library and, unless that finds errors, write its pages."""
    from .site.planning import epoch_of, plan_site

    checked = check_library(options)
    if has_errors(checked.diagnostics):
        return Prepared(checked.diagnostics)
    with hold_lock(state_folder(options.root), notify=options.notify) as lock:
        plan = plan_site(checked, options)
        write_pages(plan, options, lock)
    return Prepared(checked.diagnostics, plan.site, epoch_of(checked))


def add_index(site: "PageSite", built: Path) -> None:
    """Make the search index of `site` in the folder where a renderer that ran by itself has built its pages."""
    from .site.search.index_writing import FOLDER as SEARCH_INDEX
    from .site.search.index_writing import index_site

    index_site(site, built / SEARCH_INDEX)


def write_pages(plan: "PagePlan", options: Options, lock: Lock) -> SyncResult:
    """Bring the generated files under `docs/` in line with the plan."""
    from .site.pages import render_pages
    from .site.pages.page_files import is_generated
    from .site.planning import check_addresses

    check_addresses(plan.site.links)
    with uncollected():
        pages = {path: Page(key=page.key, render=page.render) for path, page in plan.pages.items()}
    result = sync_pages(
        options.root / "docs",
        pages,
        lock.state / _PAGES,
        is_ours=is_generated,
        folders=FOLDERS,
        render=lambda wanted: render_pages(plan, [page.key for page in wanted], options.executor),
    )
    if result.conflicts:
        first = result.conflicts[0]
        raise CannotRun(f"docs/{first.path}: {first.message}", first.help)
    plan.keep()
    return result
