"""Titles of BibTeX files in sentence case: single letters are lowered, and what stands in braces stays."""

from collections.abc import Iterable, Iterator

from ...core.diagnostics import Diagnostic
from ...core.edits import Edit
from ...core.spans import LineTable
from ...works.bibtex.bibtex_entries import read_entries
from ...works.bibtex.title_case import cased_titles
from .fix_drafts import Fix, TextKind


def fix_titles(findings: Iterable[Diagnostic], table: LineTable) -> Iterator[Fix]:
    """The edits for the finding `title-case` of a file."""
    if not any(finding.rule == "title-case" for finding in findings):
        return
    done: set[int] = set()
    for title in cased_titles(read_entries(table)[0]):
        # What several entries inherit stands in the file once.
        places = {title.value.start + place for place in title.lowered} - done
        done |= places
        if places:
            edits = (Edit(span=table.span(at, at + 1), text=table.text[at].lower()) for at in sorted(places))
            yield Fix(TextKind.TITLE, tuple(edits))
