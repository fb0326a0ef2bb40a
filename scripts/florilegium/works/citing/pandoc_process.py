"""Pandoc as a process of its own: which one, what it may use of the machine, and what is said when it fails.

It works without network and without any file but those that it is given.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from ...core.diagnostics import plain
from ...core.errors import FlorilegiumError
from ...core.system_errors import NO_MEMORY, machine_message, reason, remedy

_OLDEST = (3, 9)
"""The oldest pandoc that was tried."""
_MEBIBYTES = 1500
"""What pandoc may keep in memory as a rule; the works and citations of ten thousand notes take a third of it."""
_HEAP_EXHAUSTED = 251
"""How a program of GHC ends when it has used that: see https://downloads.haskell.org/ghc/latest/docs/users_guide."""
_SHELL = 'ulimit -S -c 0; ulimit -S -t "$0"; exec "$@"'
"""Limits that the process sets for itself before it becomes pandoc: none may be set from a thread in a safe way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pandoc:
    """A pandoc that can be run."""

    path: str
    version: str
    """Whatever changes when the program does; part of what cached results are filed under."""


class PandocFailed(FlorilegiumError):
    """Pandoc did not do its work; the message can follow its name, `help` is the remedy where the machine failed."""


@cache
def find_pandoc() -> Pandoc | None:
    """The pandoc to use, or None where there is none."""
    return _packaged_pandoc() or _installed_pandoc()


def _packaged_pandoc() -> Pandoc | None:
    # `pypandoc.get_pandoc_path` would run every pandoc of the machine to compare versions, in each build.
    package = importlib.util.find_spec("pypandoc")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "files" / "pandoc"
    if path.is_file() and os.access(path, os.X_OK):
        try:
            return Pandoc(path=str(path), version=importlib.metadata.version("pypandoc_binary"))
        except importlib.metadata.PackageNotFoundError:
            return None
    return None


def _installed_pandoc() -> Pandoc | None:
    path = shutil.which("pandoc")
    if path is None:
        return None
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    number = re.match(r"pandoc(?:\.exe)? (\d+)\.(\d+)\S*", answer.stdout)
    if number is None or (int(number[1]), int(number[2])) < _OLDEST:
        return None
    return Pandoc(path=path, version=number[0])


def run_pandoc(
    pandoc: Pandoc,
    options: Sequence[str],
    text: bytes,
    seconds: float,
    *,
    folder: str | None = None,
    sandboxed: bool = True,
    mebibytes: int = _MEBIBYTES,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[bytes]:
    """Run pandoc for at most so many seconds of its own work, in `folder`. Raises `PandocFailed`.

    The seconds are not those of the clock, so that no failure depends on what else a machine is doing. `sandboxed`
    keeps it from files that the options do not name; `variables` are added to those of the environment.
    """
    bounds = ("+RTS", f"-M{mebibytes}M", "-RTS", *(("--sandbox",) if sandboxed else ()))
    command = ["/bin/sh", "-c", _SHELL, str(max(1, ceil(seconds))), pandoc.path, *bounds, *options]
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, cwd=folder, env={**os.environ, **variables}, check=False
        )
    except OSError as error:
        raise PandocFailed(f"could not be started ({reason(error)})", remedy(error)) from None
    said = plain(" ".join(done.stderr.decode("utf-8", "replace").replace(folder or "\0", "").split()))[:300]
    match done.returncode:
        case 0:
            return done
        case code if code == -signal.SIGXCPU:
            raise PandocFailed(f"did not finish within {ceil(seconds)} seconds of work")
        case code if code == _HEAP_EXHAUSTED:
            raise PandocFailed(f"would need more than {mebibytes:,} MiB of memory")
        case 126 | 127:
            raise PandocFailed(f"could not be started ({said})", "run ./scripts/setup to install it again")
        case code if code < 0:  # The system ends what takes most memory, and what gets none ends itself.
            raise PandocFailed(f"was ended by signal {-code}, most likely because {NO_MEMORY[0]}", NO_MEMORY[1])
    if words := machine_message(said):
        raise PandocFailed(f"did not finish: {words[0]}", words[1])
    raise PandocFailed(f"gave up ({said or f'exit code {done.returncode}'})")


_T = TypeVar("_T")


def find_culprit(candidates: Sequence[_T], fails: Callable[[Sequence[_T]], bool]) -> _T | None:
    """The one candidate that fails for itself, found by halving; None where only several together do, or none does."""
    failing: Sequence[_T] | None = candidates if len(candidates) == 1 and fails(candidates) else None
    while len(candidates) > 1:
        half = len(candidates) // 2
        failing = next((part for part in (candidates[:half], candidates[half:]) if fails(part)), None)
        candidates = failing or ()
    return failing[0] if failing else None
