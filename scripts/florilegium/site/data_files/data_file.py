"""What a data file is: a path in the site, and the pieces of its content, made when they are asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One file of the published site that is meant for other programs."""

    name: str
    """What `florilegium export NAME` calls it: `quotes.csv`."""
    path: str
    """Below the site's root, with `/` on every system: `data/quotes.csv`."""
    title: str
    """What it holds, in a few words, for readers."""
    media_type: str
    """As IANA registers it: `text/csv`."""
    render: Callable[[], Iterable[bytes]]
    """The content in pieces of any size, so that a large library never lies in memory as a whole."""
    asked: bool = False
    """Whether it is made only where it is asked for by name."""
    shows_prose: bool = False
    """Whether a changed sentence of a note shows in it, as in the book of the whole library."""
    needs: str = ""
    """The extra of this package that is needed to make it, where that is not installed: `parquet`."""
