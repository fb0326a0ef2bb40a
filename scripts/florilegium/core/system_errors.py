"""The system's errors in words: what it complains of, and what to do about it."""

import errno

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_BOUND = {errno.EXDEV, errno.EBUSY}
_CROWDED = {errno.EMFILE, errno.ENFILE, errno.EAGAIN}

_MORE_SPACE = "free some space and run the command again"
NO_MEMORY = ("there is not enough memory", "close other programs, or run the command on a machine with more memory")
"""A message and its remedy."""
_SAID = {
    "No space left on device": ("the disk is full", _MORE_SPACE),
    "Disk quota exceeded": ("the disk is full", _MORE_SPACE),
    "MemoryError": NO_MEMORY,
    "Cannot allocate memory": NO_MEMORY,
}
"""What other programs print, in C's words or Python's."""


def is_full(error: OSError) -> bool:
    return error.errno in _FULL


def reason(error: OSError) -> str:
    """What the system complains of, in words that fit behind a colon."""
    if is_full(error):
        return "the disk is full"
    if error.errno == errno.EROFS:
        return "the disk is read-only"
    if error.errno in _FORBIDDEN:
        return "the system does not permit it"
    if error.errno in _BOUND:
        return "the folder is bound to its place (a mount point, or a layer of a container)"
    if error.errno == errno.EFBIG:
        return "a file would grow larger than the system permits"
    if error.errno == errno.EIO:
        return "the disk reports an error"
    if error.errno == errno.ENOMEM:
        return NO_MEMORY[0]
    from .diagnostics import plain

    return plain(error.strerror or str(error))


def remedy(error: OSError) -> str:
    """What to do about it."""
    if is_full(error):
        return _MORE_SPACE
    if error.errno in _FORBIDDEN:
        return "check who may write there, or choose another folder"
    if error.errno in _BOUND:
        return "choose a folder inside of it"
    if error.errno == errno.EFBIG:
        return "raise the limit on the size of files (ulimit -f), and run the command again"
    if error.errno == errno.ENOMEM:
        return NO_MEMORY[1]
    if error.errno in _CROWDED:
        return "close other programs, and run the command again"
    return "run the command again; if it fails in the same way, check the disk"


def machine_message(said: str) -> tuple[str, str] | None:
    """The message and remedy for what another program printed, where that was about the machine."""
    return next((words for phrase, words in _SAID.items() if phrase in said), None)
