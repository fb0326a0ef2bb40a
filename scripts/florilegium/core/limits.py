"""What reading may cost: bounds for one file, and a rest for the garbage collector, which finds nothing in a library.

A text that was made to exhaust the program must stop nobody else's work.
"""

import gc
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .errors import FlorilegiumError
from .rules import Group, declare_rule

MAX_FILE_BYTES = 1_048_576
"""Bytes of a note or theme; shared bibliographies may have `MAX_BIBLIOGRAPHY_BYTES`."""
MAX_BIBLIOGRAPHY_BYTES = 64 * 1_048_576
MAX_REFERENCES = 1000
MAX_TITLE = 300
SECONDS = 10
_BYTES = 1_073_741_824


declare_rule(
    "too-large",
    Group.LIMITS,
    "A note is at most 1 MiB, its front matter at most 512 kB.",
    "One huge file could stop the checks for everybody.",
    "Split the note, or move long material elsewhere.",
)

declare_rule(
    "too-many-names",
    Group.LIMITS,
    "A reference names at most 6,000 authors.",
    "The longest real author list has 5,154 names; a longer one is a mistake.",
    "Shorten the list, or name the collaboration as `literal`.",
)

declare_rule(
    "too-slow",
    Group.LIMITS,
    "A note is read and rendered within 10 seconds.",
    "Some texts are made so that programs never finish with them; the others must still be reported.",
    "Simplify the note; look for very long runs of brackets, asterisks or backticks.",
)


class Exhausted(FlorilegiumError):
    """A file took more time or memory than it may."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "make the file shorter, or its structure simpler")


@contextmanager
def bounded(seconds: float = SECONDS, memory: int = _BYTES) -> Iterator[None]:
    """Raise `Exhausted` inside the block after so many seconds, or when it takes so many bytes more than now.

    The seconds are those of this process's own work, so that no finding depends on what else a machine is doing.
    Signals and the system's limits belong to the main thread of a process; in others a thread of its own watches.
    """
    if threading.current_thread() is not threading.main_thread():
        with _watched(seconds, memory):
            yield
        return

    def expire(_signal: int, _frame: FrameType | None) -> None:
        raise Exhausted(f"it is not done after {seconds:g} seconds")

    old_handler = signal.signal(signal.SIGPROF, expire)
    old_limit = _limit_memory(memory)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except (MemoryError, RecursionError) as error:
        raise Exhausted("it needs more memory than a note may have") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old_handler)
        if old_limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, old_limit)


class _Expired(BaseException):
    """Raised in a watched thread, from outside: no `except Exception` of a parser may swallow it."""


_GLANCE = 0.05
"""Seconds between two looks at a watched thread."""


@contextmanager
def _watched(seconds: float, memory: int) -> Iterator[None]:
    thread = threading.get_ident()
    clock = time.pthread_getcpuclockid(thread) if hasattr(time, "pthread_getcpuclockid") else time.CLOCK_MONOTONIC
    start, used = time.clock_gettime(clock), _address_space() or 0
    done, guard = threading.Event(), threading.Lock()
    reason: list[str] = []

    def watch() -> None:
        while not done.wait(_GLANCE):
            if time.clock_gettime(clock) - start > seconds:
                reason.append(f"it is not done after {seconds:g} seconds")
            elif (_address_space() or 0) - used > memory:
                reason.append("it needs more memory than a note may have")
            if reason:
                with guard:
                    if not done.is_set():
                        _interrupt(thread, _Expired)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            with guard:
                done.set()
                # What was raised and has not arrived yet must not arrive later, in somebody else's code.
                _interrupt(thread, None)
    except _Expired:
        done.set()
        raise Exhausted(reason[0]) from None
    except (MemoryError, RecursionError) as error:
        raise Exhausted("it needs more memory than a note may have") from error
    finally:
        # The clock of a thread that has ended must not be read.
        done.set()
        watcher.join()


def _interrupt(thread: int, exception: type[BaseException] | None) -> None:
    """Raise an exception in a thread before its next instruction, or take one back. See PyThreadState_SetAsyncExc."""
    import ctypes  # it takes time to import, and most runs interrupt nothing

    value = ctypes.py_object(exception) if exception else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest inside the block, and never look at what was made in it.

    A library is a million small objects that hold no cycles: what is dropped goes at once, by its count of
    references. To look for cycles among them again and again takes half as long as to read them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.enable()


def _limit_memory(memory: int) -> tuple[int, int] | None:
    """Lower the soft limit of address space to what is in use plus `memory`; returns the old limits."""
    used = _address_space()
    if used is None:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + memory
    if soft != resource.RLIM_INFINITY and soft <= wanted:
        return None
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    return soft, hard


def _address_space() -> int | None:
    """Bytes of address space that this process uses; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None
