"""The check of a built site: read its files, follow what leads from one to another, look for what was published."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...check.checking import Options, check_library
from ...check.checks.severities import apply_severities
from ...core.diagnostics import Diagnostic, quoted
from ...core.errors import CannotRun
from ...core.lock_entries import Permalink
from ...core.spans import LineTable
from ...library.listing import ANNOTATIONS, SETTINGS_PATH
from ...library.reading import read_text
from ...library.settings import parse_settings
from ...quotations.permalinks import PERMALINKS, parse_permalinks
from ..disk_files import list_site
from .examination import BrokenHyperlink, Examined, examine_files, names_anchor
from .hyperlink_findings import describe_faults, describe_vanished
from .site_documents import Use
from .site_places import INDEX, Place, SiteMap

_MOST_REDIRECTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSite:
    """What was found on a site."""

    diagnostics: tuple[Diagnostic, ...]
    pages: int
    permalinks: int


def check_site(options: Options, folder: Path) -> CheckedSite:
    """Follow every hyperlink of the site in `folder`, and look for every address that was published.

    The library is read only if something is wrong: to say who wrote a link. Raises `CannotRun` where there is no site.
    """
    files = frozenset(list_site(folder)) if folder.is_dir() else frozenset()
    if INDEX not in files:
        raise CannotRun(f"there is no site in {quoted(folder)}", "build it: florilegium build")
    settings, _ = parse_settings(LineTable(SETTINGS_PATH, read_text(options.root, SETTINGS_PATH)[0]))
    site = SiteMap(files=files, url=settings.url)
    examined = {found.path: found for found in examine_files(folder, site, options.executor)}
    # Most sites have no fault, and then nobody needs the library.
    links = cache(lambda: check_library(options).links)
    found = list(describe_faults(_faults(examined, site), site, folder, _shown(options.root, folder), links))
    permalinks, malformed = _read_permalinks(options.root)
    found += [*malformed, *_vanished(permalinks, examined, site)]
    pages = sum(path.endswith(".html") for path in files)
    diagnostics = apply_severities(links(), found) if found else ()
    return CheckedSite(diagnostics=diagnostics, pages=pages, permalinks=len(permalinks))


def _read_permalinks(root: Path) -> tuple[Sequence[Permalink], Sequence[Diagnostic]]:
    path = f"{ANNOTATIONS}/{PERMALINKS}"
    if not (root / path).exists():
        return (), ()
    return parse_permalinks(LineTable(path, read_text(root, path)[0]))


def _shown(root: Path, folder: Path) -> str:
    """The site's folder as messages name it: no report holds a path of the machine."""
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name


def _faults(examined: Mapping[str, Examined], site: SiteMap) -> Iterator[BrokenHyperlink]:
    for found in examined.values():
        yield from found.faults
        for use, place, file in found.onward:
            if not _names(place, file, examined, site):
                yield BrokenHyperlink(found.path, use, place, "")
        preview = _PREVIEWED.sub(r"\1preview.json", found.path)
        if preview != found.path and found.refresh is None and preview not in site.files:
            use = Use("preview.json", "preview", 0)
            yield BrokenHyperlink(found.path, use, Place(preview, ""), "")


_PREVIEWED = re.compile(r"\A(themes/[a-z0-9-]+/)index\.html\Z")
"""Pages of which a script shows a preview beside each hyperlink to them: the file `preview.json` beside the page."""


def _names(place: Place, file: str, examined: Mapping[str, Examined], site: SiteMap) -> bool:
    """Whether a place is on its page, or on the page that this one leads its readers to."""
    for _ in range(_MOST_REDIRECTS):
        page = examined.get(file)
        if page is None or names_anchor(place.fragment, page.anchors):
            return True
        end = site.file_of(page.refresh) if page.refresh else None
        if end is None:
            return False
        file = end
    return False


def _vanished(permalinks: Sequence[Permalink], examined: Mapping[str, Examined], site: SiteMap) -> Iterator[Diagnostic]:
    for permalink in permalinks:
        path, _, fragment = permalink.address.partition("#")
        place = Place(path, fragment)
        file = site.file_of(place)
        if file is None or not _names(place, file, examined, site):
            yield describe_vanished(permalink, place, site)
