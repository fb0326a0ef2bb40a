"""Where what is remembered between runs lies, and of which program it is.

Remembered values are pickles, which can run code when they are read. So they never lie inside the project, where a
contribution could put one, but in the cache folder of the person who runs the program.
"""

import hashlib
import os
import stat
import sys
from pathlib import Path

from .. import __version__


def state_folder(root: Path) -> Path:
    """The folder of one library's state, made where it does not exist: in `$FLORILEGIUM_STATE` or the user's cache.

    Where neither can be written it lies in the folder for temporary files, under a name that stays the same.
    """
    resolved = os.path.realpath(root)
    name = f"{os.path.basename(resolved) or 'root'}-{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:12]}"
    if folder := own_folder(name):
        return folder
    import tempfile

    return Path(tempfile.mkdtemp(prefix="florilegium-"))


def own_folder(name: str) -> Path | None:
    """A folder of that name which is ours, made where it does not exist; None where none can be had."""
    # The second is looked for only where the first cannot be used: that takes longer than to use it.
    for base in (_base, _temporary_base):
        folder = base() / name
        try:
            # Anybody may have made a folder of that name among the temporary ones.
            if base is _temporary_base:
                folder.parent.mkdir(mode=0o700, exist_ok=True)
                if not _is_ours_alone(folder.parent):
                    continue
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(folder, os.W_OK) and _is_ours(folder):
                return folder
        except OSError:
            continue
    return None


def _base() -> Path:
    # A renderer works in another folder, where a relative path would lead elsewhere.
    if named := os.environ.get("FLORILEGIUM_STATE"):
        return Path(named, "florilegium").absolute()
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "florilegium"
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # A relative path is to be ignored: XDG Base Directory Specification.
    return (cache if cache.is_absolute() else home / ".cache") / "florilegium"


def _temporary_base() -> Path:
    import tempfile

    return Path(tempfile.gettempdir(), f"florilegium-{os.getuid()}").absolute()


def _is_ours(folder: Path) -> bool:
    return folder.lstat().st_uid == os.getuid()


def _is_ours_alone(folder: Path) -> bool:
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022


def code_stamp() -> bytes:
    """32 bytes that change when the program does, so that no value outlives the code that made it."""
    here = Path(__file__).parent.parent
    stamp = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for folder, _, names in sorted(os.walk(here)):
        for name in sorted(names):
            if name.endswith((".py", ".html", ".csl", ".md")):
                status = os.stat(os.path.join(folder, name))
                stamp.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return stamp.digest()
