"""The published site: changed as a whole, in one step.

The next generation is made beside the published folder, forced to disk, and exchanged with it. Thus:

- *A process killed, a full disk, any error:* the published folder is the old site or the new one. The next
  run (or `recover_site`) removes what is left over.
- *A power cut:* the same, on file systems that keep the order of renames (all with a journal); and when
  `publish_site` has returned, the new site is on disk.
- *Where the system cannot exchange two folders* (some network file systems) the old folder is
  renamed away first, to a name that tells the next run to rename it back. A process killed between the two
  renames leaves no published folder until then; an error there is undone at once.

The exchanged generation is put away in the state folder, holding nothing but links to files that still are
published: making ten thousand folders anew would take longer than everything else together.
"""

import hashlib
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..core.system_errors import reason
from . import system
from .disk_files import FolderListing, is_folder, make_folders, read_tree, status, sync_path
from .generations import (
    Filled,
    Records,
    _Side,
    fill_generation,
    find_recorded,
    find_same,
    is_as_recorded,
    is_beginning,
    is_current,
    make_records,
    read_built,
    read_records,
    read_site,
    recall_built,
    write_marker,
    write_records,
)
from .locks import Lock
from .publish_errors import PublishError, reported, shown
from .publish_targets import MARKER, Project, check_target, is_empty, is_marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing did, in numbers of files."""

    copied: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    target: str
    fresh: str
    """Beside the target: the generation in the making, and after the exchange the old one."""
    former: str
    """Beside the target, where folders cannot be exchanged: the old generation until the new one is there."""
    spare: str
    """In the state folder: the generation before, to be used again."""
    records: str

    @classmethod
    def of(cls, target: Path, state: Path) -> "_Places":
        place = os.path.realpath(target)
        folder, name = os.path.split(place)
        # Two projects may publish to one folder in turn: each has names of its own.
        owner = hashlib.sha256(os.fsencode(os.path.realpath(state))).hexdigest()[:8]
        return cls(
            target=place,
            fresh=os.path.join(folder, f".{name}.florilegium-{owner}-new"),
            former=os.path.join(folder, f".{name}.florilegium-{owner}-old"),
            spare=str(state / "spare"),
            records=str(state / "published.json"),
        )


def publish_site(
    built: Path, target: Path, *, project: Project, lock: Lock, written: Collection[str] | None = None
) -> Publication:
    """Make `target` the site that lies in `built`: whole, or not at all.

    `built` is a private folder which nothing writes to meanwhile. The lock is that of the project's state
    folder and must be held. `written` are the files, by their paths, that may be new, changed or gone in `built` since
    it was published last, wherever that was: while the target is as it was left, no others are looked at. None stands
    for all. Raises `PublishError`; unless it says otherwise, what was published stands as it was.
    """
    check_target(target, project, lock.state, built)
    places = _Places.of(target, lock.state)
    with reported(f"publish to {shown(target)}", "what was published before stands as it was"):
        _recover(places)
        return _publish(os.path.realpath(built), places, written)


def is_published(built: Path, target: Path, *, project: Project, lock: Lock, number: int) -> bool:
    """Whether `target` is the site of so many files that lies in `built`, which nothing was written to since.

    Nothing is published here. Raises `PublishError` where nothing may be published to `target`.
    """
    check_target(target, project, lock.state, built)
    places = _Places.of(target, lock.state)
    if status(places.former) is not None or status(places.fresh) is not None:
        return False  # Left by a killed run, for the next publication to put right.
    with suppress(OSError, PublishError):
        return _count_standing(os.path.realpath(built), places) == number
    return False


def _count_standing(folder: str, places: _Places) -> int:
    """How many files are published, if they are those of a folder; else -1."""
    site = read_site(places.target, exists=is_folder(places.target))
    records, mode = read_records(places.records), _mode(places)
    if records.source == folder and not records.unsure and mode and is_as_recorded(site.tree, records, mode):
        return len(records.files)
    built = read_built(folder)
    known = find_recorded(built, site, records, mode)
    kept = known | find_same(built, site, known, mode)
    if not is_current(built.tree, site.tree, kept):
        return -1
    _complete(places, built, site, records)
    return len(kept)


def recover_site(target: Path, *, project: Project, lock: Lock) -> None:
    """Put right what a killed run left: `target` is the old site or the new one, and nothing lies beside it.

    Every `publish_site` does so by itself.
    """
    check_target(target, project, lock.state)
    places = _Places.of(target, lock.state)
    with reported(f"clear up beside {shown(target)}"):
        _recover(places)
        _clear_up(places)


def _publish(folder: str, places: _Places, written: Collection[str] | None) -> Publication:
    site = read_site(places.target, exists=is_folder(places.target))
    records = read_records(places.records)
    mode = _mode(places)
    built = None
    if written is not None and records.source == folder and mode and is_as_recorded(site.tree, records, mode):
        built = recall_built(folder, records, written)
    built = built or read_built(folder)
    known = find_recorded(built, site, records, mode)
    kept = known | find_same(built, site, known, mode)
    if is_current(built.tree, site.tree, kept):
        _clear_up(places)
        if len(known) < len(kept):
            _complete(places, built, site, records)
        return Publication(copied=0, kept=len(kept), removed=0)
    try:
        marker = _begin(places)
        filled = fill_generation(places.fresh, marker, built, site, kept if marker.st_mode == mode else set())
        _force_to_disk(places.fresh, filled)
        old = _swap(places)
    except BaseException:
        with suppress(OSError, PublishError):
            _discard(places.fresh)
        raise
    try:
        with reported(f"force the renamed {shown(places.target)} to disk", "the new site is in place"):
            sync_path(os.path.dirname(places.target))
    finally:
        _tidy(places, old, site.tree, filled)
    removed = len(site.tree.files.keys() - built.tree.files.keys())
    return Publication(copied=len(filled.copied), kept=len(filled.kept), removed=removed)


def _mode(places: _Places) -> int:
    """The mode of published files, which is that of the marker; 0 where there is none."""
    marker = status(f"{places.target}/{MARKER}")
    return marker.st_mode if marker else 0


def _complete(places: _Places, built: _Side, site: _Side, records: Records) -> None:
    """Record files that had just been built when they were published, so that they are not read a third time."""
    with suppress(OSError):
        write_records(places.records, records)
        now = system.path_status(places.records).st_mtime_ns
        write_records(places.records, make_records(built, site.tree.files, now))


def _begin(places: _Places) -> os.stat_result:
    """Make, or take again, the folder of the next generation; the status of its marker."""
    make_folders(os.path.dirname(places.target))
    if status(places.fresh) is None:
        _take_spare(places)
    else:
        _check_ours(places.fresh)
    before, after = status(f"{places.fresh}/{MARKER}"), write_marker(places.fresh)
    if before is not None and before.st_mode != after.st_mode:
        # Made under another umask, its folders too.
        _discard(places.fresh)
        system.make_folder(places.fresh, 0o755)
        after = write_marker(places.fresh)
    return after


def _take_spare(places: _Places) -> None:
    if is_folder(places.spare) and is_marked(places.spare):
        # It lies on another disk, perhaps.
        with suppress(OSError):
            system.move(places.spare, places.fresh)
            return
    system.make_folder(places.fresh, 0o755)


def _force_to_disk(folder: str, filled: Filled) -> None:
    """All of a generation, before anybody can see it. Linked files are on disk since they were published."""
    if system.sync_filesystem(folder):
        return
    for name in (MARKER, *filled.copied, *sorted(filled.touched)):
        sync_path(f"{folder}/{name}")
    sync_path(folder)


# --------------------------------------------------------------------------------------------------- swapping


def _swap(places: _Places) -> str | None:
    """Put the fresh generation in the target's place; where the old one lies now, if there was one."""
    if not is_folder(places.target) or is_empty(places.target):
        system.move(places.fresh, places.target)
        return None
    if system.exchange(places.fresh, places.target):
        return places.fresh
    try:
        system.move(places.target, places.former)
        system.move(places.fresh, places.target)
    except BaseException:
        _roll_back(places)
        raise
    return places.former


def _roll_back(places: _Places) -> None:
    if is_folder(places.former) and not is_folder(places.target):
        _put_back(places)


def _put_back(places: _Places) -> None:
    try:
        system.move(places.former, places.target)
    except OSError as error:
        raise PublishError(
            f"cannot publish to {shown(places.target)}, and the site published before now lies in "
            f"{shown(places.former)}: {reason(error)}",
            "run the command again: it begins with putting that folder back",
        ) from error


def _recover(places: _Places) -> None:
    """Undo the first of two renames, if a run was killed between them; else remove what was renamed away."""
    if status(places.former) is None:
        return
    _check_ours(places.former)
    if is_folder(places.target) and not is_empty(places.target):
        _discard(places.former)
    else:
        _put_back(places)


# ---------------------------------------------------------------------------------------------- clearing away


def _tidy(places: _Places, old: str | None, site: FolderListing, filled: Filled) -> None:
    """What can wait: the site is published. What fails here is made good by the next run."""
    with suppress(OSError):
        write_records(places.records, filled.records)
    if old is not None:
        with suppress(OSError, PublishError):
            _put_away(old, places.spare, (path for path in site.files if path not in filled.kept))


def _put_away(old: str, spare: str, outdated: Iterable[str]) -> None:
    for path in outdated:
        system.remove_file(f"{old}/{path}")
    if status(spare) is None:
        with suppress(OSError):
            system.move(old, spare)
            return
    _discard(old)


def _clear_up(places: _Places) -> None:
    if status(places.fresh) is not None:
        # A run was killed before it could do so.
        sync_path(os.path.dirname(places.target))
        _discard(places.fresh)


def _check_ours(folder: str) -> None:
    """Raise `PublishError` for a folder that has a name of ours and yet was not made by this tool."""
    if is_folder(folder):
        names = {entry.name for entry in system.list_folder(folder)}
        if is_beginning(names) or is_marked(folder):
            return
    raise PublishError(f"{shown(folder)} is in the way", "this tool did not make it; move it elsewhere")


def _discard(folder: str) -> None:
    """Remove a generation; its marker goes last, so that a killed run leaves a folder known as ours."""
    if status(folder) is None:
        return
    _check_ours(folder)
    tree = read_tree(folder)
    marker = tree.files.pop(MARKER, None)
    for path in (*tree.others, *tree.files):
        system.remove_file(f"{folder}/{path}")
    for path in reversed(tree.folders):
        system.remove_folder(f"{folder}/{path}")
    if marker is not None:
        system.remove_file(f"{folder}/{MARKER}")
    system.remove_folder(folder)
