"""Which files of a library are fixed, and how, and that every verified quotation stays one; nothing is written."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from unicodedata import is_normalized

from ...check.checking import Checked, Options, judge, read
from ...core.diagnostics import Diagnostic, counted
from ...core.edits import Change, read_exactly
from ...core.limits import Exhausted, bounded, uncollected
from ...core.model import Note
from ...library.links import Links
from ...library.listing import ANNOTATIONS, LOCK
from ...library.reading import ReadResult, replace_files
from ...markdown.missing_attributions import BELOW
from ...markdown.tails import TEXT_AFTER
from ...quotations.lock_file import merge_verifications, moved_entries, render_lock
from .attribution_fixes import MARKED_ID, themes_in_order
from .fix_drafts import TextKind
from .fixed_files import FixedFile, fix_bibliography, fix_document

_RULES = frozenset(
    (
        "missing-quote-id",
        "title-case",
        "uncanonical-doi",
        "undeclared-theme",
        "malformed-attribution",
        "unattributed-quote",
        "missing-blank-line",
        "markdown-in-html",
        "missing-locator",
    )
)
"""Rules among whose findings there are some that can be fixed."""

_HYPHENS = re.compile(r"^[ \t>]*>[ \t]*(?:---?[^-]|[–―⸺−‒‐‑]|-[ \t])", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """What can be fixed in a library."""

    changes: tuple[Change, ...]
    counts: Counter[TextKind]
    refused: tuple[str, ...] = ()
    """Files of which something was left as it is, and why."""
    left: int = 0
    """Quotations whose words are not in Unicode NFC."""
    remaining: tuple[Diagnostic, ...] = ()
    """What a check finds once the changes are made."""

    def __str__(self) -> str:
        parts = [kind.counted(count) for kind in TextKind if (count := self.counts[kind])]
        return f"{', '.join(parts)}; {counted(len(self.changes), 'file')}" if parts else "nothing"


def plan_fixes(options: Options, checked: Checked | None = None) -> Fixes:
    """What can be fixed without changing a quotation's words; writes nothing.

    Reads the library, or takes what a check of it has read already.
    """
    with uncollected():
        return _plan(options, checked)


def _plan(options: Options, checked: Checked | None) -> Fixes:
    if checked is not None and checked.result is not None:
        result, links, findings = checked.result, checked.links, checked.diagnostics
    else:
        result, _ = read(options)
        links, findings = judge(result, options.today)
    fixed = {path: (text, file) for path, text, file in _fix_all(options, result, links, findings)}
    changes = tuple(
        Change(path=path, before=text, after=file.text) for path, (text, file) in fixed.items() if file.text != text
    )
    followed, number = _followed(options, result)
    changes += followed
    after = replace_files(result, {c.path: c.after.encode() for c in changes if c.after is not None})
    links_after, remaining = judge(after, options.today)
    refused = [f"{path}: {file.refused}" for path, (_, file) in fixed.items() if file.refused]
    left = sum(file.left for _, file in fixed.values())
    if lost := [address for address, state in links.states.items() if links_after.states.get(address) is not state]:
        refused.append(f"{', '.join(lost)}: mending would undo the verification; nothing was changed")
        return Fixes(changes=(), counts=Counter(), refused=tuple(refused), left=left, remaining=findings)
    counts = sum(
        (file.counts for _, file in fixed.values()), Counter[TextKind]({TextKind.ENTRY: number} if number else {})
    )
    return Fixes(changes=changes, counts=counts, refused=tuple(refused), left=left, remaining=remaining)


_LOCK = f"{ANNOTATIONS}/{LOCK}"


def _followed(options: Options, result: ReadResult) -> tuple[tuple[Change, ...], int]:
    """The change of `quotes.lock` by which entries follow quotations that were renamed or moved, and their number."""
    library = result.library
    moved = moved_entries(library)
    text = _read(options, _LOCK) if moved else None
    if text is None or any(d.rule == "malformed-lock" for d in result.diagnostics):
        return (), 0
    entries = merge_verifications(replace(e, quote=moved.get((e.quote, e.key), e.quote)) for e in library.verifications)
    return (Change(path=_LOCK, before=text, after=render_lock(entries)),), len(moved)


def _fix_all(
    options: Options, result: ReadResult, links: Links, findings: Iterable[Diagnostic]
) -> Iterator[tuple[str, str, FixedFile]]:
    wanted = {finding.span.path for finding in findings if finding.rule in _RULES}
    for path, parsed in result.parsed.items():
        document = parsed.note or parsed.theme
        if document is None and not (parsed.sources and path in wanted):
            continue
        text = _read(options, path)
        if text is None or not (path in wanted or (document and _is_fixable(text, parsed.note))):
            continue
        fix = fix_bibliography if document is None else fix_document
        try:
            with bounded():
                yield path, text, fix(path, text, links)
        except Exhausted as error:
            yield path, text, FixedFile(text=text, refused=f"it cannot be fixed: {error}")


def _read(options: Options, path: str) -> str | None:
    try:
        return read_exactly(options.root, path)
    except (OSError, UnicodeDecodeError):
        return None


def _is_fixable(text: str, note: Note | None) -> bool:
    if not is_normalized("NFC", text) or _HYPHENS.search(text):
        return True
    return any(written != wanted for _, written, wanted in (themes_in_order(note) if note else ()))


_LIKELY = frozenset(("missing-quote-id", "title-case", "uncanonical-doi", "undeclared-theme", "missing-blank-line"))


def is_likely_fixable(finding: Diagnostic) -> bool:
    """Whether `check --fix` may well fix what was found; `plan_fixes` says it for sure, and takes longer."""
    remedy = finding.help
    # An entry of the lock that can follow its quotation, and a page that the lock knows.
    known = remedy.endswith(("lets the entry follow", "--fix writes it"))
    return finding.rule in _LIKELY or known or remedy in (TEXT_AFTER, BELOW) or bool(MARKED_ID.fullmatch(remedy))
