"""All works of the library for reference managers: CSL-JSON, BibLaTeX and RIS."""

from collections.abc import Callable, Iterator

from ...core.sources import Source
from ...works.bibtex.bibtex_writer import biblatex_entry
from ...works.bibtex.latex_writer import entry_key
from ...works.csl.csl_items import to_csl
from ...works.ris.ris_writer import ris_record
from ..linked_site import Site
from .data_file import DataFile
from .identity import exported_works
from .pieces import encoded, listed


def reference_files(site: Site) -> Iterator[DataFile]:
    """`references.json`, `references.bib` and `references.ris`, the works sorted by key."""

    def file(ending: str, title: str, media_type: str, texts: Callable[[list[Source]], Iterator[str]]) -> DataFile:
        return DataFile(
            name=f"references.{ending}",
            path=f"data/references.{ending}",
            title=title,
            media_type=media_type,
            render=lambda: encoded(texts(exported_works(site.links))),
        )

    yield file("json", "All works, as CSL-JSON", "application/vnd.citationstyles.csl+json", _csl_json)
    yield file("bib", "All works, as BibLaTeX", "application/x-bibtex", _biblatex)
    yield file("ris", "All works, as RIS", "application/x-research-info-systems", _ris)


def _csl_json(works: list[Source]) -> Iterator[str]:
    yield from listed(map(to_csl, works))
    yield "\n"


def _biblatex(works: list[Source]) -> Iterator[str]:
    for work, key in zip(works, _entry_keys(works), strict=True):
        yield f"{biblatex_entry(work, key)}\n"


def _entry_keys(works: list[Source]) -> Iterator[str]:
    """The keys that the entries get. Two that BibLaTeX cannot tell apart, case and all, get a number."""
    taken: set[str] = set()
    for work in works:
        key = found = entry_key(work.key)
        number = 1
        while found.casefold() in taken:
            number += 1
            found = f"{key}-{number}"
        taken.add(found.casefold())
        yield found


def _ris(works: list[Source]) -> Iterator[str]:
    for work in works:
        yield f"{ris_record(work)}\n"
