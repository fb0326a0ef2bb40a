"""The private folder in which a renderer builds: kept between runs, so that the next one builds what changed."""

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..core.cache import code_stamp
from ..site.pages import FOLDERS
from .locks import renderer_lock
from .renderers import Job, Renderer, RenderFailed, render_site

__all__ = ["build_in"]


def build_in(
    built: Path,
    root: Path,
    renderer: Renderer,
    epoch: int,
    url: str = "",
    elsewhere: Path | None = None,
    *,
    language: str = "",
) -> bool:
    """Build the site of `root` into `built`; whether only what changed, since the rest is known to be whole.

    `built` lies in the state folder, whose lock is held. `elsewhere` lists the pages that other shards build.
    Raises `RenderFailed`, also when the renderer left out a page.
    """
    if not (root / "mkdocs.yml").is_file():
        raise RenderFailed(f"there is no file mkdocs.yml in {root}", "name the folder that has one with --root DIR")
    frame = built.with_name(f"{built.name}.frame")
    fingerprint = f"{_frame(root)} {epoch} {url} {language}"
    docs = root / "docs"
    whole = _has_no_plugins(root) and frame.is_file() and frame.read_text(encoding="utf-8") == fingerprint
    # Written when the renderer is done: what a killed build left is not trusted, but built from nothing.
    frame.unlink(missing_ok=True)
    if whole:
        _remove_stale(built, docs)
    elif elsewhere:
        # A shard is what "only what changed" makes of an empty folder: the other pages count as unchanged.
        shutil.rmtree(built, ignore_errors=True)
    job = Job(
        root=root,
        built=built,
        lock=renderer_lock(built.parent),
        epoch=epoch,
        only_changed=whole or elsewhere is not None,
        url=url,
        language=language,
        elsewhere=elsewhere,
    )
    render_site(renderer, job)
    for page in _pages_of(docs):
        if not (built / page).is_file():
            raise RenderFailed(f"{renderer} did not make {page}", "look for what leaves it out in mkdocs.yml")
    frame.write_text(fingerprint, encoding="utf-8")
    return whole


def _has_no_plugins(root: Path) -> bool:
    """Whether a page depends on its own file alone: a plugin may gather all pages, and would miss those left out."""
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    return re.search(r"^plugins:\s*\[\s*\]\s*(?:#.*)?$", text, re.MULTILINE) is not None


def _theme_folders(root: Path) -> Iterator[Path]:
    """Where `mkdocs.yml` says that the theme is changed."""
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    for name in re.findall(r"""^\s+custom_dir:\s*["']?([^"'#\n]+?)["']?\s*(?:#.*)?$""", text, re.MULTILINE):
        yield root / name


def _listings(places: Iterable[Path]) -> Iterator[str]:
    for place in places:
        yield from _listing(place)


def _listing(place: Path, leave_out: Collection[str] = ()) -> Iterator[str]:
    """A line for each file below a folder that changes when the file does."""
    for folder, folders, names in os.walk(place):
        left_out = leave_out if Path(folder) == place else ()
        folders[:] = sorted(name for name in folders if name not in left_out)
        for name in sorted(name for name in names if name not in left_out):
            status = os.lstat(os.path.join(folder, name))
            yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}\n"


def _frame(root: Path) -> str:
    """A digest of what every page of the site depends on: configuration, theme, hand-written pages, program."""
    digest = hashlib.sha256(code_stamp())
    digest.update((root / "mkdocs.yml").read_bytes())
    for name in ("mkdocs", "mkdocs-material", "properdocs", "zensical"):
        with suppress(PackageNotFoundError):
            digest.update(f"{name} {version(name)}\n".encode())
    # The home page is generated like those in the folders: when it changes, no other page does.
    for line in (*_listing(root / "docs", {*FOLDERS, "index.md"}), *_listings(_theme_folders(root))):
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _pages_of(docs: Path) -> Iterator[Path]:
    """The pages that a renderer makes of the generated files: `notes/x.md` becomes `notes/x/index.html`."""
    for folder in FOLDERS:
        for path in (docs / folder).rglob("*.md"):
            relative = path.relative_to(docs)
            yield relative.with_suffix(".html") if path.name == "index.md" else relative.with_suffix("") / "index.html"


def _remove_stale(built: Path, docs: Path) -> None:
    """Remove built pages whose file is gone, which a renderer that builds only what changed leaves behind."""
    wanted = set(_pages_of(docs))
    for folder in FOLDERS:
        for path in (built / folder).rglob("index.html"):
            if path.relative_to(built) not in wanted:
                path.unlink()
