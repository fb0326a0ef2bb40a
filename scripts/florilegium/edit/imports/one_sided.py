"""What an import finds on one side only: it stays where it is, and nothing is brought back."""

from collections.abc import Collection, Iterator, Sequence

from ...core.diagnostics import quoted
from ...core.rules import Severity
from ...core.spans import Span
from ...library.listing import note_path
from .highlights import Export, ImportFinding
from .import_state import ImportState

_MAX_LISTED = 10


def one_sided_quotes(export: Export, state: ImportState, note: str, removed: Sequence[str]) -> Iterator[ImportFinding]:
    """Which quotations of a note are no longer in the export, and which of the export were `removed` from the note."""
    there = {highlight.id for highlight in export.highlights}
    kept = [
        entry.address
        for (tool, id_), entry in state.quotes.items()
        if tool == export.format and entry.address.startswith(f"{note}/")
        if (export.is_whole and id_ not in there) or id_ in export.deleted
    ]
    span = Span.of_file(note_path(note))
    yield from _listed("no longer in the export, and kept here", kept, span)
    yield from _listed("imported before and removed here, and not brought back", removed, span)


def notes_with_deletions(export: Export, state: ImportState) -> set[str]:
    """The ids of the notes that quote what was deleted in the other program."""
    gone = [e for (tool, id_), e in state.quotes.items() if tool == export.format and id_ in export.deleted]
    return {entry.address.partition("/")[0] for entry in gone}


def one_sided_works(export: Export, state: ImportState, known: Collection[str], path: str) -> Iterator[ImportFinding]:
    """Which works of the library were deleted in the other program. Notes may cite them."""
    gone = [e.key for (tool, id_), e in state.works.items() if tool == export.format and id_ in export.deleted]
    yield from _listed(
        "deleted in the other program, and kept here", [key for key in gone if key in known], Span.of_file(path)
    )


def _listed(what: str, names: Sequence[str], span: Span) -> Iterator[ImportFinding]:
    if names:
        listed = ", ".join(map(quoted, names[:_MAX_LISTED])) + (", …" if len(names) > _MAX_LISTED else "")
        yield ImportFinding(span=span, message=f"{what}: {listed}", severity=Severity.INFORMATION)
