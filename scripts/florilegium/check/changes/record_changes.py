"""How the entries of `quotes.lock` differ: each says what its writer says, and nobody repeats it while reviewing."""

from collections.abc import Iterable, Iterator

from ...core.lock_entries import Verification
from ...core.model import Library
from ...quotations.lock_file import MARKS
from .differences import How, QuoteChange, RecordChange

_Identity = tuple[str, str, str, str]


def compare_records(old: Library, new: Library, quotes: Iterable[QuoteChange]) -> Iterator[RecordChange]:
    """Yield the entries that came, went or say something else, by address and work; those that moved are left out."""
    moved = {change.before.address: change.after.address for change in quotes if change.before and change.after}
    before = {_identity(entry, moved): _said(entry) for entry in old.verifications}
    after = {_identity(entry, {}): _said(entry) for entry in new.verifications}
    for identity in sorted(before.keys() | after.keys()):
        was, is_ = before.get(identity, ""), after.get(identity, "")
        if was != is_:
            how = How.EDITED if was and is_ else How.ADDED if is_ else How.REMOVED
            yield RecordChange(how=how, quote=identity[0], key=identity[1], before=was, after=is_)


def _identity(entry: Verification, moved: dict[str, str]) -> _Identity:
    return moved.get(entry.quote, entry.quote), entry.key, entry.original, entry.by


def _said(entry: Verification) -> str:
    """Return what an entry says of its quotation, where it stands aside."""
    parts = [
        "words not found" if not entry.is_found else "words found",
        f"{entry.date.isoformat()} in a file with SHA-256 {entry.original[:12]}…",
        f"words with SHA-256 {entry.words[:12]}…",
        *([f"page {entry.page}"] if entry.page else ()),
        *([f"by {entry.by}"] if entry.by else ()),
        *(MARKS.get(mark, mark) for mark in entry.marks),
        *([f"work {entry.work}"] if entry.work else ()),
        f"comparison {entry.matching}",
    ]
    return "; ".join(parts)
