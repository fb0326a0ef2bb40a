"""Generated pages on disk: written only where their bytes change, removed only where the tool wrote them."""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from . import system
from .disk_files import (
    FileStatus,
    Stamp,
    is_folder,
    make_folders,
    read_tree,
    read_whole,
    stamp,
    status,
    sync_path,
    write_whole,
)
from .manifests import Journal, Manifest, ManifestRecord, is_page_path, read_manifest, write_manifest
from .publish_errors import PublishError, reported, shown

_TEMPORARY = ".florilegium-page.tmp"
_FEW = 8
"""So many files are forced to disk one by one; for more, the whole file system at once is quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A file to be generated."""

    key: str
    """Digest of all that the bytes depend on, the tool's version included: the same key, the same bytes."""
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A file that the tool would have to overwrite, delete or publish, and did not make."""

    path: str
    """From the root, with `/`."""
    message: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What `sync_pages` did; paths are sorted."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    conflicts: tuple[Conflict, ...]


def render_in_turn(pages: Sequence[Page]) -> Iterable[bytes]:
    """Render pages one after the other; an executor's `map` can take its place."""
    return (page.render() for page in pages)


def sync_pages(
    root: Path,
    pages: Mapping[str, Page],
    manifest: Path,
    *,
    is_ours: Callable[[bytes], bool],
    folders: Collection[str] = (),
    render: Callable[[Sequence[Page]], Iterable[bytes]] = render_in_turn,
) -> SyncResult:
    """Bring the generated files below a folder in line with `pages`: path from the root, with `/` → page.

    An unchanged file keeps its bytes and its time, and is not even rendered while its key and the file's
    stamp are those of the manifest. A file that the tool did not write, or that was changed since, is never
    touched: it is a conflict, to be reported before anything is made from these files.

    `is_ours` decides about a file that no manifest knows: true for bytes that the tool wrote and nobody
    changed. `folders` hold generated pages alone, so that any other file in them is a conflict too (names
    with a leading dot aside, which no renderer publishes).

    Hold the lock of the state folder. Raises `PublishError` when a file cannot be read or written,
    `ValueError` for a page whose path could leave the root; after either the next run takes up where this one
    stopped.
    """
    name = shown(root.name)
    with reported(f"look through {name}"), closing(Journal(str(manifest))) as journal:
        known = read_manifest(str(manifest))
        for path in pages.keys() - known.records.keys():
            if not is_page_path(path):
                raise ValueError(f"not a path for a page: {path!r}")
        sync = _Sync(root, pages, known, is_ours, journal)
        sync.clear_leftovers()
        sync.remove_outdated(folders)
        sync.write(render)
    with reported(f"write {shown(manifest.name)}", "the pages are written, and will be known as the tool's own"):
        sync.save(str(manifest))
    return sync.result()


def are_as_written(root: Path, manifest: Path, folders: Collection[str]) -> bool:
    """Whether the generated files below a folder are those that were written last, and nothing lies among them."""
    with suppress(OSError):
        known = read_manifest(str(manifest))
        if known.lost or known.intents:
            return False
        found = dict(_stamps(str(root), folders))
        for path in known.records.keys() - found.keys():
            there = status(f"{root}/{path}")
            found[path] = stamp(there) if there and stat.S_ISREG(there.st_mode) else None
        return found == {path: record.stamp for path, record in known.records.items()}
    return False


def _stamps(root: str, folders: Collection[str]) -> Iterator[tuple[str, Stamp | None]]:
    """The stamps of all files in folders, those aside that no renderer publishes; None for what is not a file."""
    waiting = [folder for folder in folders if status(f"{root}/{folder}") is not None]
    if not all(is_folder(f"{root}/{folder}") for folder in ("", *waiting)):
        yield "", None
        return
    while waiting:
        folder = waiting.pop()
        for entry in system.list_folder(f"{root}/{folder}"):
            path = f"{folder}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                there = system.path_status(entry.path)
                yield path, stamp(there) if stat.S_ISREG(there.st_mode) else None


class _Sync:
    """One run of `sync_pages`."""

    def __init__(
        self,
        root: Path,
        pages: Mapping[str, Page],
        manifest: Manifest,
        is_ours: Callable[[bytes], bool],
        journal: Journal,
    ) -> None:
        self.root = str(root)
        self.name = root.name
        self.pages = pages
        self.manifest = manifest
        self.is_ours = is_ours
        self.journal = journal
        self.records: dict[str, ManifestRecord] = {}
        self.real_folders: set[str] = set()
        self.seen: dict[str, FileStatus] = {}
        """Files that were seen on the way through the folders."""
        self.written: list[str] = []
        self.removed: list[str] = []
        self.conflicts: dict[str, Conflict] = {}
        self.in_conflict: set[str] = set()
        """Paths of conflicts, and of pages below them."""
        if status(self.root) is not None and not self._is_real(""):
            raise PublishError(f"{shown(root)} is not a folder", "put a folder there; a link is not followed")

    # ------------------------------------------------------------------------------------------ what is there

    def _path(self, path: str) -> str:
        # Never with a slash at the end: the system would follow a link.
        return f"{self.root}/{path}" if path else self.root

    def _is_real(self, folder: str) -> bool:
        """Whether a folder is there, and one itself, not a link to one."""
        if folder not in self.real_folders:
            found = status(self._path(folder))
            if found is None or not stat.S_ISDIR(found.st_mode):
                return False
            self.real_folders.add(folder)
        return True

    def _obstacle(self, folder: str) -> str | None:
        """The first of a folder and those above it that is something else than a folder."""
        if folder in self.real_folders or not folder:
            return None
        above = self._obstacle(os.path.dirname(folder))
        if above is None and not self._is_real(folder) and status(self._path(folder)) is not None:
            return folder
        return above

    def _report(self, path: str, message: str, help: str) -> None:
        shown_path = shown(f"{self.name}/{path}")
        self.conflicts.setdefault(path, Conflict(path=path, message=f"{shown_path} {message}", help=help))
        self.in_conflict.add(path)

    def _status(self, path: str) -> FileStatus | None:
        """What lies at a page's path. Anything but a file there, or but folders above it, is a conflict."""
        if self._report_obstacle(os.path.dirname(path)):
            self.in_conflict.add(path)
            return None
        found = self.seen.get(path) or status(self._path(path))
        if found is not None and not stat.S_ISREG(found.st_mode):
            self._report(path, "is not a regular file", "delete it or move it away: a page belongs there")
        return found

    def _report_obstacle(self, folder: str) -> bool:
        obstacle = self._obstacle(folder)
        if obstacle is not None:
            self._report(obstacle, "is not a folder", "delete it or move it away: links are not followed")
        return obstacle is not None

    def _is_known(self, path: str, data: bytes) -> bool:
        """Whether nothing of anybody else would be lost with these bytes."""
        if self.manifest.has_written(path, sha256(data).hexdigest()):
            return True
        # A power cut leaves a file empty, or full of zeros. And a page that tells by itself that nobody has changed it
        # is ours though the manifest knows another one: this program has run here with another cache folder.
        return not data.strip(b"\0") or self.is_ours(data)

    # ----------------------------------------------------------------------------------------------- removing

    def clear_leftovers(self) -> None:
        """Remove the half-written file of a killed run."""
        paths = {*self.manifest.intents, *(self.pages if self.manifest.lost else ())}
        for folder in sorted({os.path.dirname(path) for path in paths}):
            if self._obstacle(folder) is None:
                with suppress(FileNotFoundError):
                    system.remove_file(os.path.join(self._path(folder), _TEMPORARY))

    def remove_outdated(self, folders: Collection[str]) -> None:
        """Remove the tool's own files that are no pages any more."""
        known = self.manifest.records.keys() | self.manifest.intents.keys()
        for path in sorted(known - self.pages.keys()):
            self._remove_known(path)
        if self.manifest.lost and self._is_real(""):
            self._look_through("", report=False)
        for folder in folders:
            if not self._report_obstacle(folder) and self._is_real(folder):
                self._look_through(folder, report=True)
        self._close_empty_folders()

    def _remove_known(self, path: str) -> None:
        obstacle = self._obstacle(os.path.dirname(path))
        found = None if obstacle else status(self._path(path))
        if found is None or not stat.S_ISREG(found.st_mode):
            return  # Not what the tool wrote, whatever it is.
        if self._is_known(path, read_whole(self._path(path)) or b""):
            self._remove(path)
            return
        self._keep(path)
        self._report(
            path,
            "is generated no more, but was changed by hand",
            "delete it, or move it away if you want to keep it",
        )

    def _look_through(self, folder: str, *, report: bool) -> None:
        tree = read_tree(self._path(folder))
        self.seen |= {f"{folder}/{name}" if folder else name: found for name, found in tree.files.items()}
        for name in (*tree.files, *tree.others):
            path = f"{folder}/{name}" if folder else name
            if path in self.pages or path in self.in_conflict or _is_hidden(name):
                continue
            if name in tree.files and self.is_ours(read_whole(self._path(path)) or b""):
                self._remove(path)
            elif report:
                self._report(
                    path,
                    "lies among generated pages and would be published, but this tool did not make it",
                    "move it out of that folder, or delete it",
                )

    def _remove(self, path: str) -> None:
        system.remove_file(self._path(path))
        self.removed.append(path)

    def _close_empty_folders(self) -> None:
        for path in self.removed:
            folder = os.path.dirname(path)
            with suppress(OSError):
                while folder:
                    system.remove_folder(self._path(folder))
                    folder = os.path.dirname(folder)
        self.real_folders.clear()

    # ------------------------------------------------------------------------------------------------ writing

    def write(self, render: Callable[[Sequence[Page]], Iterable[bytes]]) -> None:
        """Write the pages that are missing or outdated."""
        due = [path for path in self.pages if not self._is_unchanged(path)]
        rendered = render([self.pages[path] for path in due])
        for path, data in zip(due, rendered, strict=True):
            self._settle(path, data)
        self._force_to_disk()

    def _is_unchanged(self, path: str) -> bool:
        """Whether a page need not be rendered: it is as it should be, or in conflict for sure."""
        found = self._status(path)
        record = self.manifest.records.get(path)
        if path in self.in_conflict:
            self._keep(path)
            return True
        # A manifest may come from elsewhere: only a file that never changed since we wrote it goes unread.
        if found is None or record is None or record.key != self.pages[path].key or record.stamp != stamp(found):
            return False
        self.records[path] = record
        return True

    def _settle(self, path: str, data: bytes) -> None:
        digest = sha256(data).hexdigest()
        with reported(f"write {shown(f'{self.name}/{path}')}", "nothing else is lost"):
            present = read_whole(self._path(path))
            if present is not None and present != data and not self._is_known(path, present):
                self._keep(path)
                self._report_changed(path)
                return
            if present != data:
                self._write(path, data, digest)
            self.records[path] = ManifestRecord(
                self.pages[path].key, digest, stamp(system.path_status(self._path(path)))
            )

    def _report_changed(self, path: str) -> None:
        if path in self.manifest.records:
            self._report(
                path,
                "is generated, but was changed by hand",
                "make the change where the page is made from, and delete this file: it is written again",
            )
        else:
            self._report(
                path,
                "is in the way of a generated page: this tool did not make it",
                "move it away, or delete it",
            )

    def _write(self, path: str, data: bytes, digest: str) -> None:
        full = self._path(path)
        folder = os.path.dirname(full)
        make_folders(folder)
        self.journal.announce(path, digest)
        write_whole(full, data, f"{folder}/{_TEMPORARY}")
        self.written.append(path)

    def _force_to_disk(self) -> None:
        # Before the manifest says that these files are there.
        if len(self.written) > _FEW and system.sync_filesystem(self.root):
            return
        for path in self.written:
            sync_path(self._path(path))

    # ------------------------------------------------------------------------------------------------ the end

    def _keep(self, path: str) -> None:
        """Go on knowing what the tool once wrote to a path that is in conflict."""
        if path in self.manifest.records:
            self.records[path] = self.manifest.records[path]

    def save(self, path: str) -> None:
        changed = self.records != self.manifest.records
        if changed or self.manifest.lost or self.manifest.intents:
            write_manifest(path, self.records)

    def result(self) -> SyncResult:
        return SyncResult(
            written=tuple(sorted(self.written)),
            removed=tuple(sorted(self.removed)),
            unchanged=len(self.pages.keys() - self.in_conflict) - len(self.written),
            conflicts=tuple(self.conflicts[path] for path in sorted(self.conflicts)),
        )


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
