"""Work on values that no process could be sent, such as closures over a whole library: forked processes have them."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

__all__ = ["map_forked"]

_CHUNK = 40

T = TypeVar("T")
_R = TypeVar("_R")

_shared: tuple[Callable[[Any], Any], Sequence[Any]] | None = None
"""What forked processes have to do: theirs by inheritance, so that they are sent numbers alone."""


def map_forked(function: Callable[[T], _R], items: Sequence[T], *, large: int = 0) -> Iterator[_R]:
    """What the function returns for each item, in their order; all in this process where a system cannot fork.

    The first `large` items are handed out one by one, the others in chunks. What the function returns is pickled.
    """
    global _shared  # noqa: PLW0603
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, items)
        return
    _shared = (function, items)
    try:
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
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
