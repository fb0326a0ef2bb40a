"""What a private folder was built from: which generated files, and as they lay; so only what changed is built again."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..core.workers import map_forked
from ..site.addresses import FOLDERS
from ..site.finished_pages import read_finished
from ..site.page_frames import Frames
from .disk_files import Stamp, stamp, write_whole

Sources = Mapping[str, Stamp]
"""How generated files lie, by their paths below `docs/`."""

_PARALLEL_FROM = 400
"""Pages below which starting processes takes longer than filling them in one."""
_CHUNK = 100


def list_sources(docs: Path) -> dict[str, Stamp]:
    """The generated files below `docs/`."""
    found: dict[str, Stamp] = {}
    with suppress(OSError):
        found["index.md"] = stamp(os.lstat(docs / "index.md"))
    for folder in FOLDERS:
        with suppress(FileNotFoundError):
            found.update(_listed(f"{docs}/{folder}", f"{folder}/"))
    return found


def _listed(folder: str, prefix: str) -> Iterator[tuple[str, Stamp]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _listed(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, stamp(entry.stat(follow_symlinks=False))


class BuiltRecord(NamedTuple):
    """What a folder was built from."""

    environment: str
    """A digest of what every page depends on."""
    day: int
    """What stood for "now"."""
    sources: Sources


def read_record(path: Path) -> BuiltRecord | None:
    """What is known of a folder; None where that is nothing."""
    try:
        found = json.loads(path.read_bytes())
        sources = {name: tuple(lies) for name, lies in found["sources"].items()}
        return BuiltRecord(str(found["environment"]), int(found["day"]), sources)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def write_record(path: Path, record: BuiltRecord) -> None:
    # ASCII: a name that is no UTF-8 holds lone surrogates.
    content = json.dumps(record._asdict(), separators=(",", ":"))
    write_whole(str(path), content.encode("ascii"), f"{path}.tmp")


def built_path(path: str) -> str:
    """Where the page of a generated file lies in the site: `notes/x/index.html` for `notes/x.md`."""
    if not path.endswith(".md"):
        return path
    stem = path.removesuffix(".md")
    return f"{stem}.html" if stem == "index" or stem.endswith("/index") else f"{stem}/index.html"


def remove_built(built: Path, paths: Iterable[str]) -> None:
    """Remove what was built of files that are gone, and folders that are left empty."""
    for path in paths:
        place = built / built_path(path)
        place.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in place.parents:
                if folder == built:
                    break
                folder.rmdir()


def copy_assets(docs: Path, built: Path, paths: Iterable[str]) -> None:
    """Copy generated files that are no pages."""
    for path in paths:
        (built / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(docs / path, built / path)


def fill_pages(docs: Path, built: Path, paths: Sequence[str], frames: Frames, *, parallel: bool) -> list[str]:
    """Build those pages that fit a frame; the paths of the others."""
    whence, whither = str(docs), str(built)

    def fill(chunk: Sequence[str]) -> list[str]:
        return [path for path in chunk if not _fill(whence, whither, path, frames)]

    if not parallel or len(paths) < _PARALLEL_FROM:
        return fill(paths)
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    left = map_forked(fill, chunks, large=len(chunks))
    return [path for chunk in left for path in chunk]


def _fill(docs: str, built: str, path: str, frames: Frames) -> bool:
    with open(f"{docs}/{path}", "rb") as file:
        page = read_finished(file.read())
    if page is None or "template" in page.meta:
        return False
    values = frames.values(path, page)
    frame = frames.find(path, values)
    if frame is None:
        return False
    # As MkDocs writes it: a lone surrogate becomes a character reference.
    data = frame.fill(values).encode("utf-8", "xmlcharrefreplace")
    place = f"{built}/{built_path(path)}"
    folder = os.path.dirname(place)
    try:
        os.mkdir(folder)  # Nearly every page has a folder of its own.
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
    with open(place, "wb") as file:
        file.write(data)
    return True


def samples(docs: Path, paths: Sequence[str]) -> list[str]:
    """A page of each kind, as far as the front matter tells: its keys, how long its lists are, how deep it lies."""
    kinds: dict[object, str] = {}
    for path in paths:
        front = (docs / path).read_bytes().partition(b"\n---\n\n")[0]
        keys = tuple(
            line if line.startswith((b"kind:", b"language:")) else line.partition(b":")[0][:20]
            for line in front.split(b"\n")[2:]
        )
        shape = tuple(key if not key.startswith(b"  -") else b"-" for key in keys)
        kinds.setdefault((path.partition("/")[0], path.count("/"), path.endswith("index.md") and path, shape), path)
    return list(kinds.values())
