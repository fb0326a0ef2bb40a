"""Processes that work for this one: forked with values that none could be sent, and gone when this one is."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .limits import uncollected

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_CHUNK = 40
_GLANCE = 0.5
"""Seconds between two looks at whether the parent still runs."""
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

T = TypeVar("T")
_R = TypeVar("_R")

_shared: tuple[Callable[[Any], Any], Sequence[Any]] | None = None
"""What forked processes have to do: theirs by inheritance, so that they are sent numbers alone."""


def map_forked(function: Callable[[T], _R], items: Sequence[T], *, large: int = 0) -> Iterator[_R]:
    """What the function returns for each item, in their order; all in this process where a system cannot fork.

    The first `large` items are handed out one by one, the others in chunks. What the function returns is pickled.
    """
    global _shared  # noqa: PLW0603
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, items)
        return
    _shared = (function, items)
    forking = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(mp_context=forking, initializer=begin_work, initargs=(os.getpid(),)) as pool:
            alone = pool.map(_call, range(min(large, len(items))))
            others = pool.map(_call, range(large, len(items)), chunksize=_CHUNK)
            yield from alone
            yield from others
    finally:
        _shared = None


def _call(number: int) -> Any:
    assert _shared is not None
    function, items = _shared
    return function(items[number])


class ForkedCall:
    """A call in a forked process, of which nothing is wanted but its effects.

    On Linux the process ends in the moment in which this one ends; elsewhere soon after.
    """

    def __init__(self, function: Callable[[], object]) -> None:
        import multiprocessing

        forking = multiprocessing.get_context("fork")
        self._answer, answers = forking.Pipe(duplex=False)
        self._process = forking.Process(target=_call_alone, args=(function, answers, os.getpid()), daemon=True)
        self._process.start()
        answers.close()

    def wait(self) -> None:
        """Wait for its end. Raises what the call raised, or `BrokenProcessPool` where the system ended the process."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            failure = self._answer.recv()
        except EOFError:
            failure = BrokenProcessPool("a process ended before its work was done")
        self._process.join()
        if failure is not None:
            raise failure

    def stop(self) -> None:
        """End the process, if it still runs, without a word: it may have come no further than its first line."""
        self._process.kill()
        self._process.join()


def _call_alone(function: Callable[[], object], answers: "Connection", parent: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent, at_once=True)
    failure: BaseException | None = None
    try:
        with uncollected():
            function()
    except BaseException as error:
        failure = error
    answers.send(failure)


def begin_work(parent: int) -> None:
    """Begin the life of a worker, which ends with its parent."""
    # What the program does when it is told to stop is not for its workers to do.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent)


def end_with_parent(parent: int, *, at_once: bool = False) -> None:
    """End this process soon after its parent has ended, however that came about.

    `at_once` lets Linux kill it in the same moment, even when it is stopped; but also when the parent's thread ends
    that started it. See PR_SET_PDEATHSIG in prctl(2).
    """
    if at_once and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_GLANCE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
