"""Data files made in several processes."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from .files import DataFile

__all__ = ["for_each"]

_PARALLEL_FROM = 150
"""Files below which starting processes takes longer than it saves. There is one for each note."""
_LARGE = 20
"""So many come first, hold the whole library, and are handed out one by one; the others in chunks."""
_CHUNK = 40

R = TypeVar("R")

_shared: tuple[Callable[[DataFile], object], Sequence[DataFile]] = (lambda _: None, ())
"""What forked processes have to do: theirs by inheritance, since a file is a closure over the whole library."""


def for_each(function: Callable[[DataFile], R], files: Sequence[DataFile], *, among: int) -> list[R]:
    """What the function returns for each file, in their order; it is called in this process or in others.

    `among` is how many files the library has, of which these may be a few.
    """
    global _shared  # noqa: PLW0603
    if len(files) < 2 or among < _PARALLEL_FROM or "fork" not in multiprocessing.get_all_start_methods():
        return [function(file) for file in files]
    _shared = (function, files)
    large = min(_LARGE, len(files))
    try:
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
            first = pool.map(_call, range(large))
            others = pool.map(_call, range(large, len(files)), chunksize=_CHUNK)
            return [*first, *others]  # type: ignore[list-item]
    finally:
        _shared = (lambda _: None, ())


def _call(number: int) -> object:
    function, files = _shared
    return function(files[number])
