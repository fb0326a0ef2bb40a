"""The operating system's calls on files, all that publishing makes: so a test can let each of them fail.

The other files of this room call nothing of `os` that touches a disk; they call `system.<name>`.
"""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Callable
from functools import cache

OPERATIONS = (
    "close_file",
    "exchange",
    "file_status",
    "link",
    "list_folder",
    "make_folder",
    "move",
    "open_file",
    "path_status",
    "read_some",
    "remove_file",
    "remove_folder",
    "sync_file",
    "sync_filesystem",
    "write_some",
)
"""The names of all calls."""

_EXCHANGE_LINUX = 2  # RENAME_EXCHANGE, linux/fs.h
_EXCHANGE_MACOS = 2  # RENAME_SWAP, sys/stdio.h
_AT_FDCWD = -100
_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}  # for C libraries without a function of that name
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}
"""EPERM: what a container's filter of system calls answers to a call that it does not know."""

open_file = os.open
close_file = os.close
read_some = os.read
write_some = os.write
file_status = os.fstat
path_status = os.lstat
make_folder = os.mkdir
remove_folder = os.rmdir
remove_file = os.unlink
move = os.replace
link = os.link
sync_file = os.fsync


def list_folder(path: str) -> list[os.DirEntry[str]]:
    """The entries of a folder, in no order."""
    with os.scandir(path) as entries:
        return list(entries)


def exchange(first: str, second: str) -> bool:
    """Let two paths change places in one step; False where the system or the file system cannot.

    See renameat2(2) of Linux with RENAME_EXCHANGE, renamex_np(2) of macOS with RENAME_SWAP.
    """
    call = _exchange_call()
    if call is None:
        return False
    if call(os.fsencode(first), os.fsencode(second)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), first, None, second)


def sync_filesystem(path: str) -> bool:
    """Force everything that was written to the file system of `path` to disk; False where there is no such
    call.

    One call for ten thousand files: forcing each of them costs a journal commit a file. See syncfs(2).
    """
    call = getattr(_c_library(), "syncfs", None)
    if call is None:
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if call(descriptor) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), path)
    finally:
        os.close(descriptor)
    return True


@cache
def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None, use_errno=True)
    except OSError:
        return None


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    library = _c_library()
    if library is None:
        return None
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda first, second: int(library.renamex_np(first, second, _EXCHANGE_MACOS))
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return lambda first, second: int(library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE_LINUX))
    return _exchange_by_number(library)


def _exchange_by_number(library: ctypes.CDLL) -> Callable[[bytes, bytes], int] | None:
    # A 32-bit Python on a 64-bit kernel has other numbers than the machine's name tells.
    number = _RENAMEAT2.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 2**32 else None
    if number is None:
        return None
    here = ctypes.c_long(_AT_FDCWD)
    flags = ctypes.c_ulong(_EXCHANGE_LINUX)
    return lambda first, second: int(
        library.syscall(ctypes.c_long(number), here, ctypes.c_char_p(first), here, ctypes.c_char_p(second), flags)
    )
