"""A side of a comparison: a library as it was or as it is, joined and checked, whatever state it is in."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...core.diagnostics import Diagnostic, quoted
from ...core.errors import CannotRun
from ...core.limits import uncollected
from ...core.lock_entries import VerifiedAgainst
from ...core.model import Quote
from ...core.rules import Severity
from ...core.store import Store
from ...library.kept_files import KeptFiles
from ...library.links import Links, resolve_links
from ...library.listing import ANNOTATIONS, Listed
from ...library.reading import Parsed, read_library, read_text
from ...quotations.states import state_words
from ..checking import Options, kept_in
from ..checks import run_checks
from ..checks.context import Context
from ..checks.severities import apply_severities
from .revisions import find_commit, merge_base, require_commit, unpacked

WORKING_TREE = "the working tree"

REVIEW_STATES = {
    "source": state_words(VerifiedAgainst.SOURCE).lower(),
    "quoted-in": state_words(VerifiedAgainst.QUOTED_IN).lower(),
    "changed": "changed since it was verified",
    "none": state_words(None).lower(),
}
"""What is known of a quotation's words: a short name, and what readers are told."""


@dataclass(frozen=True)
class ComparedLibrary:
    """One library, and what is wrong with it."""

    name: str
    """What the user called it: a revision or a folder."""
    exists: bool
    """Whether there is a library at all."""
    links: Links
    found: tuple[Diagnostic, ...]
    """All findings, before `library.yml` says which of them count."""
    parsed: Mapping[str, Parsed]
    root: Path

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings of each severity count."""
        return count_severities(self.links, self.found)

    @cached_property
    def _locked(self) -> frozenset[str]:
        return frozenset(entry.quote for entry in self.links.library.verifications if entry.is_found)

    def state(self, quote: Quote) -> str:
        """What is known of a quotation's words: a key of `REVIEW_STATES`."""
        state = self.links.states.get(quote.address)
        if state is not None:
            return state.value
        return "changed" if quote.address in self._locked else "none"


def count_severities(links: Links, found: Iterable[Diagnostic]) -> Mapping[Severity, int]:
    """How many of some findings count, by severity, under the settings of a library."""
    return Counter(diagnostic.severity for diagnostic in apply_severities(links, found))


def read_side(root: Path, name: str, options: Options, other: ComparedLibrary | None = None) -> ComparedLibrary:
    """Read the library in a folder. Of files that are byte for byte those of the other side, nothing is read again."""
    result = read_library(
        root,
        known=_known(root, options, other),
        executor=options.executor,
        progress=lambda done, everything: options.progress("reading", done, everything),
    )
    links = resolve_links(result.library)
    found = (*result.diagnostics, *run_checks(Context(links, options.today)))
    exists = os.path.lexists(root / ANNOTATIONS)
    return ComparedLibrary(name, exists, links, found if exists else (), result.parsed, root)


def _known(root: Path, options: Options, other: ComparedLibrary | None) -> Callable[[Listed], Parsed | None]:
    """What needs no reading: what the other side read, or what an earlier run remembers of the library itself."""
    if other is None:
        return KeptFiles(kept_in(options) if root == options.root else Store(None)).known

    def known(listed: Listed) -> Parsed | None:
        parsed = other.parsed.get(listed.path)
        if parsed is None:
            return None
        digests = {read_text(place, listed.path)[1] for place in (root, other.root)}
        return parsed if len(digests) == 1 and "" not in digests else None

    return known


# ------------------------------------------------------------------------------------------ what the user calls them


def read_sides(
    base: str, head: str | None, options: Options, *, from_merge_base: bool = False
) -> tuple[ComparedLibrary, ComparedLibrary]:
    """The library before and after: revisions of the repository around `options.root`, or folders.

    A name is that of a revision, unless it begins as a path does (`/`, `./`, `../`), or both names are folders and no
    revisions: a folder in a contribution cannot pass for the branch that it is compared with. Without a head, the
    working tree is the later side.
    """
    folders = _as_folders(base, head, options.root)
    name = base
    if from_merge_base:
        if any(folders[: 1 if head is None else 2]):
            raise CannotRun("folders have no commit in common", "leave out --merge-base, or name two revisions")
        later = require_commit(options.root, head or "HEAD")
        base = merge_base(options.root, require_commit(options.root, base), later)
        name = f"{name}, at {base[:12]}"
    with ExitStack() as stack, uncollected():
        roots = [
            folder or stack.enter_context(unpacked(options.root, revision))
            for revision, folder in zip((base, head or ""), folders, strict=True)
        ]
        after = read_side(roots[1], head or WORKING_TREE, options)
        return read_side(roots[0], name, options, after), after


def _as_folders(base: str, head: str | None, root: Path) -> tuple[Path | None, Path | None]:
    """Each side's folder, or None for a revision."""
    if head is not None and _both_are_folders(base, head, root):
        return _folder(base), _folder(head)
    first = _folder(base) if _is_path(base) else None
    second = root if head is None else _folder(head) if _is_path(head) else None
    return first, second


def _is_path(name: str) -> bool:
    return os.path.isabs(name) or name in (".", "..") or name.startswith(("./", "../"))


def _both_are_folders(base: str, head: str, root: Path) -> bool:
    names = [name for name in (base, head) if not _is_path(name)]
    if not names or not all(Path(name).is_dir() for name in (base, head)):
        return False
    try:
        return all(find_commit(root, name) is None for name in names)
    except CannotRun:  # There is no repository, and so no revision.
        return True


def _folder(name: str) -> Path:
    path = Path(name).absolute()
    if not path.is_dir():
        raise CannotRun(f"there is no folder {quoted(name)}", "name a folder that holds annotations/")
    if path.name == ANNOTATIONS and not (path / ANNOTATIONS).is_dir():
        raise CannotRun(f"{quoted(name)} is {ANNOTATIONS}/ itself", "name the folder above it")
    return path
