"""Why something could not be written: the one exception of this room, and the system's errors in words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from ..core.diagnostics import plain, quoted
from ..core.errors import FlorilegiumError

__all__ = ["PublishError", "reason", "reported", "shown"]

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_BOUND = {errno.EXDEV, errno.EBUSY}


class PublishError(FlorilegiumError):
    """Publishing cannot go on; what was published before stands, unless the message says otherwise."""


def shown(path: str | PathLike[str]) -> str:
    """A path for use inside a message. Other than contributors' values it is never cut: its end matters."""
    return f'"{plain(str(path))}"'


def reason(error: OSError) -> str:
    """What the system complains of, in words that fit behind a colon."""
    if error.errno in _FULL:
        return "the disk is full"
    if error.errno == errno.EROFS:
        return "the disk is read-only"
    if error.errno in _FORBIDDEN:
        return "the system does not permit it"
    if error.errno in _BOUND:
        return "the folder is bound to its place (a mount point, or a layer of a container)"
    if error.errno == errno.EIO:
        return "the disk reports an error"
    return plain(error.strerror or str(error))


def _remedy(error: OSError) -> str:
    if error.errno in _FULL:
        return "free some space and run the command again"
    if error.errno in _FORBIDDEN:
        return "check who may write there, or choose another folder"
    if error.errno in _BOUND:
        return "choose a folder inside of it"
    return "run the command again; if it fails in the same way, check the disk"


@contextmanager
def reported(action: str, remark: str = "") -> Iterator[None]:
    """Turn the system's errors inside the block into a `PublishError` that says what was being done.

    `action` completes "cannot …"; `remark` is appended to the remedy.
    """
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else ""
        where = f" (at {quoted(place)})" if place else ""
        help = f"{_remedy(error)}; {remark}" if remark else _remedy(error)
        raise PublishError(f"cannot {action}: {reason(error)}{where}", help) from error
