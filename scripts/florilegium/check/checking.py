"""Checking a library from end to end: read, link, check; and remembering what was found for the next run."""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.errors import CannotRun
from ..core.executors import MakeExecutor, local_processes
from ..core.limits import uncollected
from ..core.rules import Severity
from ..core.state_folder import state_folder
from ..core.store import Kept, Store, pickled, unpickled
from ..library.kept_files import KeptFiles
from ..library.listing import ANNOTATIONS, Listed, list_files
from ..library.reading import ReadResult, is_spent, read_library, replace_files

if TYPE_CHECKING:
    from ..library.links import Links

# What judges is loaded where something is judged: most runs find every file as they remember it.

_CHECKED = "checked"
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


def given_epoch() -> int | None:
    """The seconds of `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/), if it is set.

    Raises `CannotRun` where they are none.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return None
    if not re.fullmatch("[0-9]{1,12}", given) or int(given) > _LATEST:
        message = f"the variable SOURCE_DATE_EPOCH is {quoted(given)}, and no number of seconds since 1970"
        raise CannotRun(message, "unset it, or set it as in SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)")
    return int(given)


def current_day() -> date:
    """Today in UTC, or the day of `SOURCE_DATE_EPOCH`."""
    epoch = given_epoch()
    return datetime.fromtimestamp(time.time() if epoch is None else epoch, UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is told, once, at the door."""

    root: Path
    today: date = field(default_factory=current_day)
    remember: bool = True
    """Whether results of earlier runs may be used."""
    executor: MakeExecutor = local_processes
    """Makes the executor that large libraries are read on; None for this process alone."""
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None
    """Hears of a step by its name, how far it is and how much it has to do, as far as that is known; an empty name ends
    the last step."""
    notify: Callable[[str], None] = lambda _message: None
    """Hears that the run waits for another one."""
    search: bool = True
    """Whether a build makes the search index."""


class Totals(NamedTuple):
    """How much a library holds, for the closing line of a report."""

    notes: int
    themes: int
    quotes: int
    sources: int

    @classmethod
    def of(cls, links: "Links") -> "Totals":
        library = links.library
        quotes = sum(len(note.quotes) for note in library.notes)
        return cls(len(library.notes), len(library.themes), quotes, len(links.sources))

    def __str__(self) -> str:
        parts = ((self.notes, "note"), (self.themes, "theme"), (self.quotes, "quote"), (self.sources, "work"))
        return ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in parts)


class Checked(NamedTuple):
    """A library that was read, linked and checked."""

    links: "Links"
    diagnostics: tuple[Diagnostic, ...]
    totals: Totals
    result: ReadResult | None = None
    """What was read, for whoever looks at the files again."""
    read: int = 0
    """Files that had to be read, since they have changed."""


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds a library."""
    for folder in (start, *start.parents):
        if (folder / ANNOTATIONS).is_dir():
            return folder
    raise CannotRun(
        f"there is no folder {ANNOTATIONS}/ in {start} or above it",
        "go to the folder of the library, or name it with --root DIR",
    )


def has_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Whether a run has failed: by an error, or when strict by a warning too."""
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(diagnostic.severity in failing for diagnostic in diagnostics)


def check_library(options: Options) -> Checked:
    """Read, link and check the library of `options.root`."""
    with uncollected():
        return _check(options)


def read(options: Options) -> tuple[ReadResult, KeptFiles]:
    """Read the library of `options.root`, as far as it is not remembered, and remember it."""
    options.progress("reading", 0, 0)
    kept = KeptFiles(kept_in(options))
    result = read_library(
        options.root,
        known=kept.known,
        executor=options.executor,
        keep=kept.keep,
        progress=lambda done, everything: options.progress("reading", done, everything),
    )
    kept.save(result.parsed)
    return result, kept


class Judged(NamedTuple):
    """What was found in a library."""

    links: "Links"
    diagnostics: tuple[Diagnostic, ...]
    raw: tuple[Diagnostic, ...]
    """All findings, before any was held back or given its severity."""


def judge(result: ReadResult, today: date) -> "tuple[Links, tuple[Diagnostic, ...]]":
    """Link and check what was read; nothing of the disk is touched."""
    return judge_all(result, today)[:2]


def judge_all(result: ReadResult, today: date) -> Judged:
    """The same, with the findings as the checks have made them."""
    from ..library.links import resolve_links
    from .checks import run_checks
    from .checks.context import Context
    from .checks.severities import apply_severities
    from .consequences import hold_back
    from .remedies import fit_remedies

    links = resolve_links(result.library)
    raw = (*result.diagnostics, *run_checks(Context(links, today)))
    found = hold_back(result.library, fit_remedies(links, raw))
    return Judged(links, apply_severities(links, found), raw)


def check_text(options: Options, path: str, data: bytes) -> tuple[Diagnostic, ...]:
    """The findings of one file, as if it held `data`, which nobody has written yet; `path` is below the root."""
    with uncollected():
        _, diagnostics = judge(replace_files(read(options)[0], {path: data}), options.today)
        return tuple(diagnostic for diagnostic in diagnostics if diagnostic.span.path == path)


def _check(options: Options) -> Checked:
    result, kept = read(options)
    options.progress("checking", 0, 0)
    links, diagnostics = judge_changed(options, result, kept)
    options.progress("", 0, 0)
    totals = Totals.of(links)
    if options.remember and not any(map(is_spent, result.parsed.values())):
        _remember(kept, kept.files, options.today, diagnostics, totals)
    return Checked(links, diagnostics, totals, result, kept.missed)


def judge_changed(options: Options, result: ReadResult, kept: KeptFiles) -> "tuple[Links, tuple[Diagnostic, ...]]":
    """Link and check what was read; where few notes have changed, only what may depend on them is checked again.

    `kept` was asked for every file that was read.
    """
    if not options.remember:
        return judge(result, options.today)
    from ..library.links import resolve_links
    from .rechecking import keep_facts, recheck

    if not result.problems and (found := recheck(options.root, sorted(kept.files), kept, options.today)):
        return resolve_links(result.library), found.diagnostics
    links, diagnostics, raw = judge_all(result, options.today)
    kept.settle(options.root, result.parsed)
    keep_facts(kept, result, links, raw, options.today)
    return links, diagnostics


def kept_in(options: Options) -> Store:
    """What earlier runs kept for this one, where that may be used."""
    return Store(state_folder(options.root) if options.remember else None)


def _remember(
    kept: KeptFiles, files: Sequence[Listed], today: date, diagnostics: Sequence[Diagnostic], totals: Totals
) -> None:
    """Remember what was found, unless a file may change without showing it."""
    if all(map(kept.is_settled, files)):
        found = Kept(_signature(files, today), pickled((tuple(diagnostics), totals)))
        kept.store.save(_CHECKED, {_CHECKED: found})


def _signature(files: Iterable[Listed], today: date) -> str:
    digest = hashlib.sha256(today.isoformat().encode())
    for listed in sorted(files):
        digest.update(repr((listed.path, listed.signature)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def check_quickly(options: Options) -> tuple[tuple[Diagnostic, ...], Totals, Checked | None]:
    """The findings of `check_library`, and what it read, if it was called: few changes are checked by themselves."""
    store = kept_in(options)
    if remembered := store.load(_CHECKED, [_CHECKED]).get(_CHECKED):
        files, problems = list_files(options.root)
        # What the walk itself finds wrong is not in the signature, so such a library is read again.
        same = not problems and _signature(files, options.today) == remembered.digest
        if same and (found := unpickled(remembered.value)):
            return found[0], found[1], None
        if not problems and (changed := _recheck(options, files, store)):
            return *changed, None
    checked = check_library(options)
    return checked.diagnostics, checked.totals, checked


def _recheck(options: Options, files: list[Listed], store: Store) -> tuple[tuple[Diagnostic, ...], Totals] | None:
    """The findings of a library in which few notes have changed; None where it must be checked as a whole."""
    from .rechecking import recheck

    with uncollected():
        kept = KeptFiles(store)
        found = recheck(options.root, files, kept, options.today)
        if found is None:
            return None
        totals = Totals(*found.counts)
        _remember(kept, files, options.today, found.diagnostics, totals)
        return found.diagnostics, totals
