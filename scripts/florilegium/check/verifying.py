"""Verification from end to end: compare quotations with the originals that are at hand, and keep the record."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, plain, quoted
from ..core.errors import CannotRun
from ..core.lock_entries import Verification
from ..core.model import Basis, Library
from ..core.rules import Severity
from ..core.sources import Source
from ..library.links import Links
from ..library.listing import ANNOTATIONS
from ..quotations.lock_file import merge_verifications, prune_verifications, render_lock
from ..quotations.originals import Original, OriginalError, find_originals, read_original
from ..quotations.verification import Compared, named_quotes, unnamed_originals, verify_quotes
from .checking import Options, Totals, check_library
from .checks.severities import apply_severities


class VerifyRequest(NamedTuple):
    """What `verify_library` is asked to do besides comparing."""

    prune: bool = False
    """Remove the entries that belong to no quotation any more."""
    write: bool = True
    """Write what was found to `quotes.lock`."""
    force: bool = False
    """Record what an original says even where it does not look like the work."""
    by: str = ""
    """Who compares."""
    confirm: Callable[[str], bool] = lambda _question: False
    """Asks somebody at a terminal; says no where nobody is there."""
    folder: Path | None = None
    """Where to look for the texts of all works that are quoted."""
    tell: Callable[[str], None] = lambda _message: None
    """Hears which files of the folder could not be read."""


class Verified(NamedTuple):
    """What a comparison found."""

    diagnostics: tuple[Diagnostic, ...]
    """The quotations that are not in their originals, and what was found of the others."""
    totals: Totals
    compared: int
    verified: int
    entries: int
    """Entries of `quotes.lock` afterwards."""
    remarks: tuple[str, ...] = ()
    """What was not recorded, and why."""


def verify_library(options: Options, paths: Mapping[str, Path], request: VerifyRequest | None = None) -> Verified:
    """Compare the quotes that name a work with its text, and record what was found in `quotes.lock`.

    A quotation that is not found in an edition loses the entry that it may have had for it. An original that holds
    none of the quotations changes nothing: it is the wrong file.
    """
    request = request or VerifyRequest()
    checked = check_library(options)
    library = checked.links.library
    _refuse_broken_lock(checked.diagnostics)
    originals = _read(library, paths, request)
    if not request.force:
        _refuse(checked.links, originals)
    compared = verify_quotes(library, originals, options.today, by=request.by, progress=options.progress)
    doubtful = [
        key
        for key in originals
        if key not in compared.empty and not _is_trusted(key, checked.links, originals, request)
    ]
    skipped = {*compared.empty, *doubtful}
    refused = _refused_words(library, checked.diagnostics)
    dropped = [entry for entry in compared.entries if entry.quote in refused]
    compared = compared._replace(
        entries=tuple(entry for entry in compared.entries if entry.quote not in refused),
        found=compared.found - sum(entry.is_found for entry in dropped),
        missed=compared.missed + sum(entry.is_found for entry in dropped),
    )
    entries = _locked(library, compared, skipped, prune=request.prune)
    entries = tuple(
        e for e in entries if (e.quote, e.key, e.original) not in {(d.quote, d.key, d.original) for d in dropped}
    )
    remarks = [*_doubts(doubtful, originals), *_wrong_files(sorted(compared.empty), originals)]
    if request.write:
        _write(options.root, entries)
    found_with_faults = (fault for faults in refused.values() for fault in faults)
    diagnostics = apply_severities(checked.links, (*compared.diagnostics, *found_with_faults))
    return Verified(
        diagnostics,
        checked.totals,
        compared.found + compared.missed,
        compared.found,
        len(entries if request.write else library.verifications),
        tuple(remarks),
    )


def _read(library: Library, paths: Mapping[str, Path], request: VerifyRequest) -> dict[str, Original]:
    unnamed = unnamed_originals(library, paths)
    if unnamed:
        raise CannotRun(unnamed[0], "name each text with the key of a work that a quote names")
    texts = {key: read_original(path) for key, path in paths.items()}
    keys = {key for _, key in named_quotes(library)}
    for key, path in find_originals(request.folder, keys) if request.folder else ():
        if key in texts:
            continue
        try:
            texts[key] = read_original(path)
        except OriginalError as error:
            request.tell(f"{error.message}: {error.help}")
    if request.folder and not texts and not request.prune:
        remedy = "name the files by citation key: doe2009.pdf; or name an export of Zotero with its files"
        raise CannotRun(f"{quoted(request.folder.name)} holds the text of no work that is quoted", remedy)
    return texts


def remove_entries(options: Options, names: Iterable[str]) -> int:
    """Remove the entries of quotations (by address) or works (by key) from `quotes.lock`; return how many went."""
    checked = check_library(options)
    _refuse_broken_lock(checked.diagnostics)
    entries = checked.links.library.verifications
    wanted = list(names)
    for name in wanted:
        if not any(name in (entry.quote, entry.key) for entry in entries):
            raise CannotRun(f"quotes.lock has no entry for {quoted(name)}", "name a quotation, NOTE/QUOTE, or a key")
    kept = [entry for entry in entries if entry.quote not in wanted and entry.key not in wanted]
    _write(options.root, merge_verifications(kept))
    return len(entries) - len(kept)


def _write(root: Path, entries: Iterable[Verification]) -> None:
    lock = root / ANNOTATIONS / "quotes.lock"
    text = render_lock(entries)
    if not lock.exists() or lock.read_text(encoding="utf-8") != text:
        temporary = lock.with_name(".quotes.lock.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(lock)


def _locked(library: Library, compared: Compared, skipped: set[str], *, prune: bool) -> tuple[Verification, ...]:
    """Return the lock's entries: of what was compared the new ones, and all others as they were.

    Entries of another edition stay: a quotation may rest on either.
    """
    before = prune_verifications(library) if prune else library.verifications
    new = [entry for entry in compared.entries if entry.key not in skipped]
    replaced = {(entry.quote, entry.key, entry.original) for entry in new}
    names = {entry.by for entry in new}
    kept = [
        entry
        for entry in before
        if (entry.quote, entry.key, entry.original) not in replaced or (entry.is_found and entry.by not in names)
    ]
    return merge_verifications(kept, new)


# -------------------------------------------------------------------------------------------------- what is refused


def _refused_words(library: Library, diagnostics: Sequence[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """Return the quotes whose words hold what no words may hold, by address: nothing of them is recorded."""
    faults: dict[str, list[Diagnostic]] = defaultdict(list)
    for fault in diagnostics:
        if fault.rule in _REFUSED and fault.severity is Severity.ERROR:
            faults[fault.span.path].append(fault)
    refused: dict[str, list[Diagnostic]] = defaultdict(list)
    for note in library.notes if faults else ():
        for quote in note.quotes:
            for fault in faults.get(note.path, ()):
                if quote.words_span.start <= fault.span.start <= quote.words_span.end:
                    refused[quote.address].append(fault)
    return refused


_REFUSED = frozenset(("markup-in-quotation", "malformed-attribution", "forbidden-html"))


def _refuse_broken_lock(diagnostics: Sequence[Diagnostic]) -> None:
    """Stop before a line of the lock that cannot be read would be lost."""
    broken = next((d for d in diagnostics if d.rule == "malformed-lock" and d.span.path.endswith("quotes.lock")), None)
    if broken is not None:
        where = f"annotations/quotes.lock, line {broken.span.line}"
        raise CannotRun(f"{where}: {broken.message}", f"{broken.help}; nothing was compared, and nothing written")


def _refuse(links: Links, originals: Mapping[str, Original]) -> None:
    """Refuse one text for two works, and a text for a work that nobody read."""
    digests: dict[str, set[str]] = defaultdict(set)
    for entry in links.library.verifications:
        if entry.is_found:
            digests[entry.original].add(entry.key)
    for key, original in originals.items():
        same = [*(other for other in originals if other != key and originals[other].digest == original.digest)]
        same += sorted(digests[original.digest] - {key})
        if same:
            raise CannotRun(
                f"{quoted(original.name)} is the text of {quoted(same[0])}, and cannot be that of {quoted(key)}",
                "name the right file; a volume that holds both works passes with --force",
            )
        via = _unread(key, links)
        if via:
            raise CannotRun(
                f"the notes on {quoted(key)} say basis: secondary: the work itself was not read, but {quoted(via)}",
                f"name the text of {quoted(via)}; if the work was read, say so in the note",
            )


def _unread(key: str, links: Links) -> str:
    """Return the work that was read in place of one that no note read; an empty string where it was read."""
    notes = [note for note in links.library.notes if note.source and note.source.id == key]
    vias = [note.via.id for note in notes if note.basis is Basis.SECONDARY and note.via and note.via.id != key]
    return vias[0] if vias and len(vias) == len(notes) else ""


def _is_trusted(key: str, links: Links, originals: Mapping[str, Original], request: VerifyRequest) -> bool:
    source = links.sources.get(key)
    if request.force or source is None or is_plausible(source, originals[key].text):
        return True
    known = {entry.original for entry in links.library.verifications if entry.key == key and entry.is_found}
    if originals[key].digest in known:
        return True
    return request.confirm(f"{_no_sign(key, originals[key])}. Is it this work?")


def _no_sign(key: str, original: Original) -> str:
    return f"neither a word of the title nor an author of {quoted(key)} occurs in {quoted(original.name)}"


_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LATIN = re.compile(r"[A-Za-z]")


def is_plausible(source: Source, text: str) -> bool:
    """Return whether a text can be that of a work: it names an author, or a word of the title."""
    names = [name for variable in ("author", "editor") for name in source.names.get(variable, ())]
    wanted = {word.casefold() for word in _LETTERS.findall(source.title) if len(word) > 3 or not word.isascii()}
    for name in names:
        wanted |= {word.casefold() for word in _LETTERS.findall(name.family or name.literal)}
    folded = text.casefold()
    words = frozenset(_LETTERS.findall(folded))
    # Where no spaces part the words of a title, they are looked for as they stand.
    if not wanted or not wanted.isdisjoint(words) or any(not word.isascii() and word in folded for word in wanted):
        return True
    # A title in one script says nothing about a text in another.
    letters = _LETTERS.findall(text[:5_000])
    return bool(letters) and not any(_LATIN.search(word) for word in letters) and all(map(str.isascii, wanted))


def _doubts(keys: Iterable[str], originals: Mapping[str, Original]) -> Iterator[str]:
    for key in keys:
        yield (
            f"{plain(_no_sign(key, originals[key]))}: nothing of it was recorded. Name the right file, or say --force"
        )


def _wrong_files(keys: Iterable[str], originals: Mapping[str, Original]) -> Iterator[str]:
    for key in keys:
        yield (
            f"{plain(quoted(originals[key].name))} holds no quotation from {plain(quoted(key))}:"
            " the entries of that work are as they were"
        )
