"""Why pandoc failed at a sheet: at which work, which citation, or at the style; found by trying ever smaller parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...core.diagnostics import plain, quoted
from .citation_styles import BibliographyError
from .cite_items import Cluster
from .pandoc_process import PandocFailed, find_culprit

__all__ = ["explain_failure"]

Items = Mapping[str, Mapping[str, Any]]


def explain_failure(
    failure: PandocFailed,
    style: str,
    items: Items,
    clusters: Sequence[Cluster],
    attempt: Callable[[Items, Sequence[Cluster]], object],
) -> BibliographyError:
    """What to tell the user. `attempt` formats a part of the works and citations, and raises `PandocFailed`."""
    if failure.help:  # The machine's fault, and nobody's text.
        return BibliographyError(f"pandoc {failure}", failure.help)

    def fails(works: Sequence[str], cited: Sequence[Cluster]) -> bool:
        try:
            attempt({key: items[key] for key in works}, cited)
        except PandocFailed:
            return True
        return False

    def error(about: str, help: str) -> BibliographyError:
        return BibliographyError(f"pandoc {failure} while formatting {about}", help)

    citations, another = f"citations in the style {quoted(style)}", "name another citation-style in library.yml"
    if fails((), ()):
        return error(citations, another)
    if key := find_culprit(list(items), lambda part: fails(part, ())):
        found = error(f"the work {quoted(key)}", f"correct the entry of {quoted(key)}")
        found.key = key
        return found
    if cluster := find_culprit(clusters, lambda part: fails(sorted(_keys(part) & items.keys()), part)):
        found = error(f"the citation {plain(_written(cluster))}", "write it in plainer words")
        found.citation = cluster
        return found
    return error(citations, f"no work and no citation fails for itself: {another}")


def _keys(clusters: Sequence[Cluster]) -> set[str]:
    return {cited.key for cluster in clusters for cited in cluster}


def _written(cluster: Cluster) -> str:
    """A citation as a note has it, cut where it is long."""
    parts = (f"{one.prefix} @{one.key}, {one.label} {one.value} {one.suffix}" for one in cluster)
    text = "; ".join(" ".join(part.split()).removesuffix(",") for part in parts)
    return f"[{text if len(text) <= 120 else f'{text[:120]}…'}]"
