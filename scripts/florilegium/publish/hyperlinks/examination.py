"""The files of a built site read one by one: each hyperlink is followed as far as one file alone can tell."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from ...core.executors import MakeExecutor
from .site_documents import SiteDocument, Use, has_anchors, leads_somewhere, parse_document
from .site_places import INDEX, Astray, Place, SiteMap

SEARCH_INDEX = "search-index/"
"""The search index holds parts of cards, which lead nowhere by themselves."""
_PARALLEL_FROM = 300
"""Files below which starting processes takes longer than reading in one."""
_BATCHES = 8


class BrokenHyperlink(NamedTuple):
    """A hyperlink of the site that leads nowhere."""

    page: str
    """The file that holds it."""
    use: Use
    place: Place | None
    """What it names; None where it can name nothing."""
    reason: str
    """As the rest of "it …"."""


class Examined(NamedTuple):
    """What one file says of itself, and of others."""

    path: str
    anchors: frozenset[str]
    refresh: Place | None
    """Where the page leads its readers by itself."""
    faults: list[BrokenHyperlink]
    onward: list[tuple[Use, Place, str]]
    """Hyperlinks to places in other files, whose anchors this file cannot know; and those files."""


def examine_files(folder: Path, site: SiteMap, executor: MakeExecutor) -> Iterator[Examined]:
    """Read every file of the site that can lead somewhere, on several processors where it has many."""
    paths = sorted(path for path in site.files if leads_somewhere(path) and not path.startswith(SEARCH_INDEX))
    examine = partial(_examine_batch, folder, site)
    if executor is None or len(paths) < _PARALLEL_FROM:
        yield from examine(paths)
        return
    with executor() as pool:
        for batch in pool.map(examine, [paths[start::_BATCHES] for start in range(_BATCHES)]):
            yield from batch


def _examine_batch(folder: Path, site: SiteMap, paths: Sequence[str]) -> list[Examined]:
    return [_examine(path, parse_document(path, (folder / path).read_bytes()), site) for path in paths]


def _examine(path: str, document: SiteDocument, site: SiteMap) -> Examined:
    faults: list[BrokenHyperlink] = []
    onward = []
    for use in document.uses:
        place = site.locate(use.target, INDEX if use.from_root else path, document.base)
        if place is None:
            continue
        if isinstance(place, Astray):
            faults.append(BrokenHyperlink(path, use, None, place.reason))
            continue
        file = site.file_of(place)
        if file is None:
            faults.append(BrokenHyperlink(path, use, place, ""))
        elif place.fragment and has_anchors(file):
            if file != path:
                onward.append((use, place, file))
            elif not names_anchor(place.fragment, document.anchors):
                faults.append(BrokenHyperlink(path, use, place, ""))
    refresh = site.locate(document.refresh, path, document.base) if document.refresh else None
    anchors = document.anchors if has_anchors(path) else frozenset()
    return Examined(path, anchors, refresh if isinstance(refresh, Place) else None, faults, onward)


def names_anchor(fragment: str, anchors: frozenset[str]) -> bool:
    """Whether a fragment names a place on a page (https://html.spec.whatwg.org/#find-a-potential-indicated-element)."""
    return fragment in anchors or unquote(fragment) in anchors or fragment.lower() in ("", "top")
