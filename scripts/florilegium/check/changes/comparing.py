"""The comparison of two libraries, from end to end."""

from dataclasses import replace

from ...library.links import resolve_links
from ..checks.severities import apply_severities
from .affected_pages import affected_pages
from .differences import Changes
from .document_changes import compare_notes, compare_themes
from .quotation_changes import compare_quotes
from .record_changes import compare_records
from .renamed_themes import with_later_ids
from .settings_changes import compare_settings
from .sides import ComparedLibrary
from .vanished import vanished_permalinks
from .work_changes import compare_quoted_words, compare_works


def compare(before: ComparedLibrary, after: ComparedLibrary) -> Changes:
    """What the later library means otherwise than the earlier one; white space and the order of files mean nothing."""
    new = after.links.library
    old = with_later_ids(before.links.library, new)
    if old is not before.links.library:
        before = replace(before, links=resolve_links(old))
    redirects = new.settings.redirects
    quotes = tuple(compare_quotes(before, after))
    notes = tuple(compare_notes(old.notes, new.notes, redirects))
    themes = tuple(compare_themes(old.themes, new.themes, redirects))
    works = tuple(compare_works(before.links, after.links))
    return Changes(
        base=before.name,
        head=after.name,
        problems_before=before.counts,
        problems_after=after.counts,
        hidden=_hidden(before, after),
        vanished=tuple(vanished_permalinks(before.links, after.links, quotes)),
        settings=tuple(compare_settings(old, new)),
        quotes=quotes,
        records=tuple(compare_records(old, new, quotes)),
        notes=notes,
        themes=themes,
        works=works,
        words=tuple(compare_quoted_words(before.links, after.links)),
        affected=affected_pages((before.links, after.links), quotes, (*notes, *themes), works),
    )


def _hidden(before: ComparedLibrary, after: ComparedLibrary) -> int:
    """Findings in the later library that its own settings let pass, and those of the earlier one would not."""
    if not before.exists:
        return 0
    counting = (apply_severities(side.links, after.found) for side in (before, after))
    earlier, later = ({diagnostic.order for diagnostic in found} for found in counting)
    return len(earlier - later)
