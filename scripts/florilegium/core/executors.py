"""Where the work on single files is done: in this process, in processes of this machine, or on a cluster of Dask.

The work is pure functions of bytes, so that the workers of a cluster need no disk in common with this machine. They
need this program, and the same one: each worker is asked before it is given work.
"""

import hashlib
import os
import re
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .diagnostics import quoted
from .errors import CannotRun

if TYPE_CHECKING:
    from concurrent.futures import Executor

EXECUTORS = "serial, processes or dask://HOST:PORT"
MakeExecutor: TypeAlias = "Callable[[], Executor] | None"
"""Makes an executor when there is enough to do; None for this process alone."""

_ADDRESS = re.compile(r"dask://([^\s/]+:\d{1,5})/?")
_PATIENCE = 20
"""Seconds in which a scheduler must answer."""


def parse_executor(text: str) -> MakeExecutor:
    """Return what makes the executor that a user names: `serial`, `processes` or `dask://HOST:PORT`.

    Raises `CannotRun` for any other word. No process is started here, and no scheduler asked.
    """
    if text == "serial":
        return None
    if text == "processes":
        return local_processes
    if address := _ADDRESS.fullmatch(text):
        return partial(_cluster, address[1])
    raise CannotRun(f"{quoted(text)} is not an executor", f"write {EXECUTORS}")


def local_processes() -> "Executor":
    """As many processes as there are processors, which end with this one."""
    from concurrent.futures import ProcessPoolExecutor  # it takes time to import, and small libraries need none

    from .workers import begin_work

    return ProcessPoolExecutor(initializer=begin_work, initargs=(os.getpid(),))


def _cluster(address: str) -> "Executor":
    """The workers of a Dask scheduler. Raises `CannotRun` where they cannot be used."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        message = f"dask://{address} needs Dask, which is not installed"
        raise CannotRun(message, "pip install 'florilegium[cluster]'") from None
    try:
        client = distributed.Client(f"tcp://{address}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"no scheduler of Dask answers at {address}"
        raise CannotRun(message, "start one with: dask scheduler", details=str(error)) from None
    try:
        _check_workers(client, address)
    except BaseException:
        client.close()
        raise
    from .dask_executor import DaskExecutor

    return DaskExecutor(client)


def _check_workers(client: Any, address: str) -> None:
    own = _program()
    remedy = "install the same version of florilegium, and the same Python, on every machine"
    try:
        found = client.run(_program)
    except Exception as error:  # Whatever goes wrong on a worker arrives here as it was raised there.
        raise CannotRun(f"a worker at {address} cannot run florilegium", remedy, details=str(error)) from None
    if not found:
        remedy = f"start one with: dask worker tcp://{address}"
        raise CannotRun(f"the scheduler at {address} has no worker", remedy)
    if other := next((worker for worker, program in found.items() if program != own), ""):
        raise CannotRun(f"the worker {other} runs another version of florilegium or of Python", remedy)


def _program() -> str:
    """A digest of the Python that runs, and of the code of this package."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
