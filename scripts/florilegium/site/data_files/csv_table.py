"""The quotes as a table for spreadsheets (RFC 4180): one row a quote, a column of 0 and 1 for each theme.

A spreadsheet runs what begins like a formula. So a cell that does gets an apostrophe before it, and so does
a cell that begins with an apostrophe: whoever removes one apostrophe from the cells that have one gets every text
back.

Every cell stands in quotation marks: spreadsheets also divide rows at semicolons, tabs and line breaks, and what
follows one that stands bare is a cell of its own, and may be a formula. The rows are put together here, because
Python's csv module decides differently from version to version what needs the marks.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from ..linked_site import Site
from .data_file import DataFile
from .pieces import encoded
from .quotation_rows import Quotation, quotations

_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What begins a formula, also in the full width that East Asian spreadsheets read alike; and our own mark."""


def tamed(cell: str) -> str:
    """The cell as a text that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_LIVE) else cell


def restored(cell: str) -> str:
    """What `tamed` was given."""
    return cell[1:] if cell.startswith("'") else cell


def csv_files(site: Site) -> Iterator[DataFile]:
    """`quotes.csv`."""
    yield DataFile(
        name="quotes.csv",
        path="data/quotes.csv",
        title="All quotations, as a table for spreadsheets",
        media_type="text/csv",
        render=lambda: encoded(_lines(site)),
    )


def _lines(site: Site) -> Iterator[str]:
    themes = list(site.links.themes)

    @cache
    def marks(filed: tuple[str, ...]) -> str:
        """The cells of all themes; few combinations occur, and there may be a hundred columns."""
        return "".join(',"1"' if id_ in filed else ',"0"' for id_ in themes)

    yield csv_record([*Quotation._fields, *(f"theme:{id_}" for id_ in themes)]) + "\r\n"
    for quotation in quotations(site):
        yield f"{csv_record(map(_cell, quotation))}{marks(quotation.themes)}\r\n"


def csv_record(cells: Iterable[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _cell(value: str | int | tuple[str, ...] | None) -> str:
    """Ids hold no space, so a list of them is divided by spaces."""
    if isinstance(value, tuple):
        return tamed(" ".join(value))
    return "" if value is None else tamed(str(value))
