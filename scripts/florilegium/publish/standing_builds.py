"""The last complete build: while nothing has changed that a site is made from, what it made stands."""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ..core.store import Kept, Store, pickled, unpickled
from ..library.listing import list_files
from .site_environment import environment_of, is_by_itself

_KIND = "complete build"
_SETTLED = 1_000_000_000
"""Nanoseconds: what changed so short a time before it was looked at may change again without its times showing it."""


class CompleteBuild(NamedTuple):
    """What a build says at its end, and how many files it has published."""

    result: Any
    files: int


def inputs_of(root: Path, more: Iterable[object]) -> str:
    """A digest of all that a build reads, but for generated files; nothing where that cannot be told."""
    try:
        configuration = (root / "mkdocs.yml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    if not is_by_itself(configuration):
        return ""
    started = time.time_ns()
    files, problems = list_files(root)
    if problems or any(max(listed.signature[1:3]) > started - _SETTLED for listed in files):
        return ""
    lines = [environment_of(root, configuration), *map(repr, more), *(repr((one.path, one.signature)) for one in files)]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def find_complete(store: Store, inputs: str) -> CompleteBuild | None:
    """The last complete build, if it was made of the same."""
    kept = store.load(_KIND, [_KIND]).get(_KIND) if inputs else None
    found = unpickled(kept.value) if kept and kept.digest == inputs else None
    return found if isinstance(found, CompleteBuild) else None


def keep_complete(store: Store, inputs: str, build: CompleteBuild) -> None:
    """Remember a build that came to its end."""
    store.save(_KIND, {_KIND: Kept(inputs, pickled(build))} if inputs else {}, alone=True)
