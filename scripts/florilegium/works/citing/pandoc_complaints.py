"""Why pandoc failed at a sheet: at which work, which citation, or at the style; found by trying ever smaller parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...core.diagnostics import plain, quoted
from .citation_styles import BUILT_IN_STYLES, BibliographyError
from .cite_items import CslCitation
from .pandoc_process import PandocFailed, find_culprit

Items = Mapping[str, Mapping[str, Any]]


def explain_failure(
    failure: PandocFailed,
    style: str,
    items: Items,
    citations: Sequence[CslCitation],
    attempt: Callable[[Items, Sequence[CslCitation]], object],
) -> BibliographyError:
    """What to tell the user. `attempt` formats a part of the works and citations, and raises `PandocFailed`."""
    if failure.help:  # The machine's fault, and nobody's text.
        return BibliographyError(f"pandoc {failure}", failure.help)

    def fails(works: Sequence[str], cited: Sequence[CslCitation]) -> bool:
        try:
            attempt({key: items[key] for key in works}, cited)
        except PandocFailed:
            return True
        return False

    def error(about: str, help: str) -> BibliographyError:
        return BibliographyError(f"pandoc {failure} while formatting {about}", help)

    all_of_them, another = f"citations in the style {quoted(style)}", "name another citation-style in library.yml"
    if fails((), ()):
        shipped = "run ./scripts/setup to install pandoc again, or use a machine with more memory"
        return error(all_of_them, shipped if style in BUILT_IN_STYLES else another)
    if key := find_culprit(list(items), lambda part: fails(part, ())):
        found = error(f"the work {quoted(key)}", f"correct the entry of {quoted(key)}")
        found.key = key
        return found
    if citation := find_culprit(citations, lambda part: fails(sorted(_keys(part) & items.keys()), part)):
        found = error(f"the citation {plain(_written(citation))}", "write it in plainer words")
        found.citation = citation
        return found
    return error(all_of_them, f"no work and no citation fails for itself: {another}")


def _keys(citations: Sequence[CslCitation]) -> set[str]:
    return {cited.key for citation in citations for cited in citation}


def _written(citation: CslCitation) -> str:
    """A citation as a note has it, cut where it is long."""
    parts = (f"{one.prefix} @{one.key}, {one.label} {one.value} {one.suffix}" for one in citation)
    text = "; ".join(" ".join(part.split()).removesuffix(",") for part in parts)
    return f"[{text if len(text) <= 120 else f'{text[:120]}…'}]"
