"""The system's errors in words: what it complains of, and what to do about it."""

import errno

_FULL = ("the disk is full", "free some space and run the command again")
NO_MEMORY = ("there is not enough memory", "close other programs, or run the command on a machine with more memory")
"""A message and its remedy."""
_WHO = "check who may write there, or choose another folder"
_AGAIN = "run the command again; if it fails in the same way, check the disk"
_CLOSE = "close other programs, and run the command again"
_BOUND = "the folder is bound to its place (a mount point, or a layer of a container)"
_WORDS: dict[int | None, tuple[str, str]] = {
    **dict.fromkeys((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM), ("the system does not permit it", _WHO)),
    **dict.fromkeys((errno.EXDEV, errno.EBUSY), (_BOUND, "choose a folder inside of it")),
    **dict.fromkeys(
        (errno.EMFILE, errno.ENFILE, errno.EAGAIN), ("", "close other programs, and run the command again")
    ),
    errno.EROFS: ("the disk is read-only", _WHO),
    errno.EFBIG: (
        "a file would grow larger than the system permits",
        "raise the limit on the size of files (ulimit -f), and run the command again",
    ),
    errno.EIO: ("the disk reports an error", _AGAIN),
    errno.ENOMEM: NO_MEMORY,
}
"""What the system complains of, where its own words say less, and what to do about it."""
_SAID = {
    "No space left on device": _FULL,
    "Disk quota exceeded": _FULL,
    "MemoryError": NO_MEMORY,
    "Cannot allocate memory": NO_MEMORY,
}
"""What other programs print, in C's words or Python's."""


def reason(error: OSError) -> str:
    """What the system complains of, in words that fit behind a colon."""
    from .diagnostics import plain

    return _WORDS.get(error.errno, ("", ""))[0] or plain(error.strerror or str(error))


def remedy(error: OSError) -> str:
    """What to do about it."""
    return _WORDS.get(error.errno, ("", _AGAIN))[1]


def machine_message(said: str) -> tuple[str, str] | None:
    """The message and remedy for what another program printed, where that was about the machine."""
    return next((words for phrase, words in _SAID.items() if phrase in said), None)
