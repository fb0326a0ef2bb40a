"""The data files of a library, for the command that writes them and for the builds that put them beside the pages."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ...check.checking import Options, Totals, check_library, has_errors
from ...core.diagnostics import Diagnostic
from ...core.errors import CannotRun
from ...core.model import Library
from ...core.state_folder import code_stamp
from ...quotations.originals import Original, read_original
from ...quotations.verification import unnamed_originals
from ..book.book_files import book_files
from ..pages.cards import PageSite
from ..pages.planned_pages import PagePlan
from ..planning import check_addresses, format_citations
from . import data_files
from .data_file import DataFile
from .data_keys import facts_key, prose_key
from .data_writing import Placed, place_data_files
from .quotation_context import find_quote_contexts
from .unformatted import unformatted_site
from .web_annotations import annotation_files


class Opened(NamedTuple):
    """The data files of a library, of which none is made yet."""

    diagnostics: tuple[Diagnostic, ...]
    totals: Totals
    files: tuple[DataFile, ...] = ()
    """None where the check found errors."""


def open_data_files(
    options: Options, originals: Mapping[str, Path] = MappingProxyType({}), *, everything: bool = False
) -> Opened:
    """Check the library and, unless that finds errors, say which data files it has.

    With the `originals` of works, by key, annotations say what surrounds the quotes that stand in them. `everything`
    says that all the files are wanted.
    """
    checked = check_library(options)
    if has_errors(checked.diagnostics):
        return Opened(checked.diagnostics, checked.totals)
    links = checked.links
    check_addresses(links)
    texts = read_originals(links.library, originals)
    bibliography = cache(lambda: format_citations(links, options))
    if everything:
        # Some of all files need it, and processes that make them would each format it.
        bibliography()
    site = unformatted_site(links, bibliography)
    files = {file.name: file for file in data_files(site)}
    book = cache(lambda: PageSite(links, bibliography(), site.addresses))
    files |= {file.name: file for file in book_files(book, on_the_site=links.library.settings.epub)}
    if texts:
        found = find_quote_contexts(links.quotes, texts, links.records)
        files |= {file.name: file for file in annotation_files(site, found)}
    return Opened(checked.diagnostics, checked.totals, tuple(files.values()))


def add_data_files(site: PageSite, built: Path, docs: Path) -> None:
    """Put the library's data files beside the pages in the folder `built`, which a renderer has made of `docs`."""
    place_data_files(_data_files(site, docs), built)


def renew_data_files(plan: PagePlan, built: Path, docs: Path, record: Path, *, remember: bool) -> Placed:
    """Put the data files where an earlier build has put them: only those are made whose inputs have changed."""
    facts = facts_key(plan.site, code_stamp().hex(), plan.outline) if remember else ""
    prose = prose_key(plan.site, facts) if remember else ""

    def key_of(file: DataFile) -> str:
        if not remember:
            return ""
        # The twin of a note has its path, and is made from the same.
        if page := plan.pages.get(file.path):
            return page.key
        return prose if file.shows_prose else facts

    return place_data_files(_data_files(plan.site, docs), built, record=record, key_of=key_of)


def _data_files(site: PageSite, docs: Path) -> Iterator[DataFile]:
    books = book_files(lambda: site, on_the_site=site.links.library.settings.epub)
    for file in (*data_files(site), *(book for book in books if not book.asked)):
        if file.path == "robots.txt" and (docs / file.path).exists():
            continue  # Whoever wrote one means it.
        if not file.path.endswith(".md") and (docs / file.path).exists():
            raise CannotRun(f"docs/{file.path} has the name of a file that the build makes", "give it another name")
        yield file


def read_originals(library: Library, originals: Mapping[str, Path]) -> dict[str, Original]:
    """Read the texts of works, given by key. Raises `CannotRun` where no quote names a work."""
    texts = {}
    for key, path in originals.items():
        texts[key] = read_original(path)
    unnamed = unnamed_originals(library, texts)
    if unnamed:
        raise CannotRun(unnamed[0], "name each text with the key of a work that a quote names")
    return texts
