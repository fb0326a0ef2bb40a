"""Pages that attributions do not name, written where the comparison with the work found them."""

from collections.abc import Iterator

from ...core.edits import Edit
from ...core.model import Note
from ...quotations.matching import words_digest
from .fix_drafts import Fix, FixedText, TextKind


def fix_pages(document: FixedText) -> Iterator[Fix]:
    """Each work of an attribution that has no place gets the page on which the words were found, if that is sure."""
    if not isinstance(document.value, Note):
        return
    table = document.table
    for quote in document.value.body.quotes:
        reference = quote.quoted_in or quote.reference
        state = document.links.records.get(quote.address)
        if reference is None or reference.locator is not None or reference.suffix or state is None:
            continue
        digest = words_digest(quote.words)
        pages = {e.page for e in state.entries if e.key == reference.key and e.words == digest and e.is_placed}
        at = table.offset(reference.key_span.end)
        at += table.text[at : at + 1] == "}"
        if len(pages) == 1 and (page := pages.pop()) and table.text[at : at + 1] in ("]", ";"):
            yield Fix(TextKind.PAGE, (Edit(span=table.span(at, at), text=f", p. {page}"),))
