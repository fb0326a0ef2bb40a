"""The private folder in which a renderer builds: kept between runs, so that the next one builds what changed.

A page is built without the renderer where a page like it was rendered before: see `site.page_frames`. The renderer is
started for pages of a kind that is new, and for what shows all pages: the map of the site, and links in pages that are
written by hand.
"""

import os
import re
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..site.addresses import FOLDERS
from ..site.finished_pages import read_finished
from ..site.page_frames import Frames, load_frames, save_frames
from .built_pages import (
    BuiltRecord,
    Sources,
    built_path,
    copy_assets,
    fill_pages,
    list_sources,
    read_record,
    remove_built,
    samples,
    write_record,
)
from .locks import renderer_lock
from .renderers import Job, Renderer, RenderFailed, Wanted, render_site
from .shards import Elsewhere
from .site_environment import environment_of, is_by_itself

_FEW = 40
"""Pages that the renderer is given as they are, without looking which of them are alike."""


class Rendering(NamedTuple):
    """What building a private folder did, in numbers of generated files."""

    made: int
    kept: int
    written: Collection[str] | None = None
    """The files of the folder that were written or removed; None where that is not known."""


@dataclass(frozen=True, kw_only=True)
class Staging:
    """A private folder, and what is to be built there."""

    built: Path
    """It lies in the state folder, whose lock is held."""
    root: Path
    renderer: Renderer
    epoch: int
    url: str = ""
    language: str = ""
    elsewhere: Elsewhere | None = None
    """The pages that other shards build."""
    parallel: bool = True

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def record(self) -> Path:
        return self.built.with_name(f"{self.built.name}.pages")

    @cached_property
    def configuration(self) -> str:
        return (self.root / "mkdocs.yml").read_text(encoding="utf-8")

    def frames(self) -> Frames | None:
        return load_frames(self.built.parent, self.built.name)

    def run(self, sources: Sources, rendered: Sequence[str], written: Sequence[str] | None) -> Frames | None:
        """Let the renderer build some generated pages and some written by hand; None stands for all of the latter.

        What it has found out; None where it is not told by a hook of ours to heed what is wanted.
        """
        elsewhere = self.elsewhere
        wanted = Wanted(
            state=str(self.built.parent),
            frames=self.built.name,
            generated=list(sources),
            rendered=rendered,
            written=written if elsewhere is None or elsewhere.is_first else (),
            assets=elsewhere is None or elsewhere.is_first,
            elsewhere=elsewhere.pages if elsewhere else (),
        )
        everything = (
            written is None and elsewhere is None and len(rendered) == sum(path.endswith(".md") for path in sources)
        )
        job = Job(
            root=self.root,
            built=self.built,
            lock=renderer_lock(self.built.parent),
            epoch=self.epoch,
            only_changed=not everything,
            wanted=wanted,
            url=self.url,
            language=self.language,
        )
        render_site(self.renderer, job)
        return self.frames()


def build_in(staging: Staging) -> Rendering:
    """Build the site of a project in its private folder.

    Raises `RenderFailed`, also when the renderer left out a page.
    """
    if not (staging.root / "mkdocs.yml").is_file():
        raise RenderFailed(
            f"there is no file mkdocs.yml in {staging.root}", "name the folder that has one with --root DIR"
        )
    environment = environment_of(staging.root, staging.configuration, staging.url, staging.language)
    sources = list_sources(staging.docs)
    record = read_record(staging.record)
    if record and record.environment != environment:
        record = None
    if record and not is_by_itself(staging.configuration):
        # A plugin may gather all pages, and would miss those left out.
        record = record if (record.day, record.sources) == (staging.epoch, sources) else None
    changed = _changed(staging, sources, record)
    if record and not changed and (record.day, record.sources.keys()) == (staging.epoch, sources.keys()):
        return Rendering(0, len(sources), ())
    # What a killed build left is not trusted, but built from nothing.
    staging.record.unlink(missing_ok=True)
    done = _build_changed(staging, sources, record, changed) if record else _Done()
    if not done.is_complete:
        _build_all(staging, sources)
        changed = list(sources)
    for path in changed:
        if path.endswith(".md") and not (staging.built / built_path(path)).is_file():
            raise _left_out(staging, path)
    write_record(staging.record, BuiltRecord(environment, staging.epoch, sources))
    return Rendering(len(changed), len(sources) - len(changed), done.written)


def _changed(staging: Staging, sources: Sources, record: BuiltRecord | None) -> list[str]:
    if record is None:
        return list(sources)
    known, built = record.sources, f"{staging.built}/"
    return [
        path
        for path, lies in sources.items()
        if known.get(path) != lies or not os.path.exists(built + built_path(path))
    ]


def _left_out(staging: Staging, path: str) -> RenderFailed:
    message = f"{staging.renderer} did not make {built_path(path)}"
    return RenderFailed(message, "look for what leaves it out in mkdocs.yml")


class _Done(NamedTuple):
    """What building the changed pages did."""

    is_complete: bool = False
    """Whether the others need not be built again."""
    written: Collection[str] | None = None
    """As in `Rendering`."""


def _build_changed(staging: Staging, sources: Sources, record: BuiltRecord, changed: Sequence[str]) -> _Done:
    """Build what changed."""
    frames = staging.frames()
    if staging.renderer is Renderer.ZENSICAL or (record.day != staging.epoch and not (frames and frames.frames)):
        return _Done()  # The templates may tell the day on each page.
    pages = [path for path in changed if path.endswith(".md")]
    if frames and any(_name(staging.docs / path) != frames.named[path] for path in pages if path in frames.named):
        return _Done()
    gone = record.sources.keys() - sources.keys()
    remove_built(staging.built, gone)
    copy_assets(staging.docs, staging.built, (path for path in changed if not path.endswith(".md")))
    if frames:
        pages = _fill(staging, pages, frames)
    others = record.sources.keys() ^ sources.keys()
    if pages or others or record.day != staging.epoch:
        # The template of pages written by hand may tell the day, too.
        written = _naming(staging.docs, others) if record.day == staging.epoch else None
        found = staging.run(sources, pages, written)
        _check_left_out(staging, found)
        return _Done(True)
    return _Done(True, [built_path(path) for path in changed])


def _naming(docs: Path, files: Collection[str]) -> list[str]:
    """The pages written by hand that may have links to these files, and say so by their names."""
    names = {path.rpartition("/")[2].encode() for path in files}
    found = []
    for folder, folders, others in os.walk(docs):
        if folder == str(docs):
            folders[:] = [name for name in folders if name not in FOLDERS]
        for path in (Path(folder, name) for name in others if names and name.endswith(".md")):
            text = path.read_bytes()
            if any(name in text for name in names):
                found.append(path.relative_to(docs).as_posix())
    return found


def _name(path: Path) -> str | None:
    page = read_finished(path.read_bytes())
    return page.meta.get("title") if page else None


def _build_all(staging: Staging, sources: Sources) -> None:
    """Build everything: pages like others are filled into the frames of a few that the renderer makes."""
    shutil.rmtree(staging.built, ignore_errors=True)
    save_frames(staging.built.parent, staging.built.name, None)
    pages = [path for path in sources if path.endswith(".md")]
    few = _may_frame(staging) and len(pages) > _FEW
    rendered = samples(staging.docs, pages) if few else pages
    frames = staging.run(sources, rendered, None)
    _check_left_out(staging, frames)
    if frames and few:
        seen = set(rendered)
        rest = _fill(staging, [path for path in pages if path not in seen], frames)
        if rest:
            staging.run(sources, rest, ())


def _fill(staging: Staging, pages: Sequence[str], frames: Frames) -> list[str]:
    return fill_pages(staging.docs, staging.built, pages, frames, parallel=staging.parallel)


def _check_left_out(staging: Staging, frames: Frames | None) -> None:
    for path in frames.left_out if frames else ():
        raise _left_out(staging, path)


def _may_frame(staging: Staging) -> bool:
    """Whether no other hook than ours looks at pages, which might want to see them all at once."""
    if staging.renderer is Renderer.ZENSICAL or not is_by_itself(staging.configuration):
        return False
    hooks = re.findall(r"^hooks:[ \t]*(.*(?:\n[ \t]*-.*)*)", staging.configuration, re.MULTILINE)
    return len(hooks) == 1 and len(re.findall(r"\.py\b", hooks[0])) == 1 and "mkdocs_hook.py" in hooks[0]
