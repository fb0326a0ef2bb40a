"""The themes as a codebook in CSV, which Taguette reads: a column `tag` and a column `description`.

Taguette's tags have no tree of their own; a name such as `change.amnesia` is one by custom, so a narrower theme has the
names of those above it before its own (https://www.taguette.org/getting-started.html).
"""

from collections.abc import Iterable, Iterator

from ..linked_site import Site
from .csv_table import csv_record, tamed
from .data_file import DataFile
from .pieces import encoded
from .refi_qda.refi_codes import Code, code_tree


def taguette_files(site: Site) -> Iterator[DataFile]:
    """`codebook.csv`; nothing for a library without themes."""
    if site.links.themes:
        yield DataFile(
            name="codebook.csv",
            path="data/codebook.csv",
            title="The themes as a codebook for Taguette",
            media_type="text/csv",
            render=lambda: encoded(_lines(site)),
        )


def _lines(site: Site) -> Iterator[str]:
    yield csv_record(("tag", "description")) + "\r\n"
    for tag, description in _tags(code_tree(site).themes, ""):
        yield csv_record((tamed(tag), tamed(description))) + "\r\n"


def _tags(codes: Iterable[Code], above: str) -> Iterator[tuple[str, str]]:
    for code in codes:
        # A point parts the levels, so none stands in a name.
        name = f"{above}{code.name.replace('.', ' ').strip()}"
        yield name, code.description
        yield from _tags(code.children, f"{name}.")
