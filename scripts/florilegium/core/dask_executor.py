"""The workers of a Dask scheduler as an executor."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from .errors import CannotRun

_RETRIES = 3
"""How often the work of a worker that was lost is given to another one."""

_R = TypeVar("_R")


class DaskExecutor(Executor):
    """The workers of a cluster as an executor. What a lost worker was given goes to another one."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, fn: Callable[..., _R], /, *args: Any, **kwargs: Any) -> Future[_R]:
        future: Future[_R] = self._inner.submit(fn, *args, **kwargs)
        return future

    def map(
        self, fn: Callable[..., _R], *iterables: Iterable[Any], timeout: float | None = None, chunksize: int = 1
    ) -> Iterator[_R]:
        """What the function returns for each item, in their order. `chunksize` items travel together."""
        items = list(zip(*iterables, strict=False))
        chunks = [items[start : start + chunksize] for start in range(0, len(items), chunksize)]
        return self._results(self._inner.map(partial(_apply, fn), chunks, timeout=timeout))

    def _results(self, batches: Iterator[list[_R]]) -> Iterator[_R]:
        lost = import_module("distributed").KilledWorker
        try:
            for batch in batches:
                yield from batch
        except lost as error:
            message = "several workers of the cluster were lost with the same work"
            raise CannotRun(message, "look at their logs: they may lack memory", details=str(error)) from None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def _apply(function: Callable[..., _R], items: list[tuple[Any, ...]]) -> list[_R]:
    return [function(*item) for item in items]
