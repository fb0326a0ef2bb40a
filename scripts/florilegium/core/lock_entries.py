"""The entries of the files `*.lock`: what was verified, and which addresses were published."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from .spans import Span
from .values import FrozenValue


class VerifiedAgainst(StrEnum):
    """Which text a quotation was compared with."""

    SOURCE = "source"
    QUOTED_IN = "quoted-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(FrozenValue):
    """One entry of `quotes.lock`: the words of a quote were found in an original."""

    quote: str
    """`note-id/quote-id`."""
    key: str
    """Citation key of the work whose text was at hand."""
    words: str
    """SHA-256 of the quote's normalised words."""
    original: str
    """SHA-256 of the file in which they were found."""
    position: int
    """Offset of the first word in the normalised original, in code points."""
    date: datetime.date
    span: Span
    work: str = ""
    """The fingerprint of the work that the key stood for; see `quotations/fingerprints.py`."""
    page: str = ""
    """The printed number of the page on which the words begin, where the original tells it."""
    places: int = 1
    """At how many places of the original the words stand; where the page does not say, `position` is the first."""
    matching: int = 1
    """The version of the comparison."""
    marks: tuple[str, ...] = ()
    """What the comparison found besides; see `quotations/lock_file.py`."""
    by: str = ""
    """Who compared, where that was said."""

    @property
    def is_placed(self) -> bool:
        """Whether `page` is where the words stand that are meant, for certain."""
        return bool(self.page) and "unplaced" not in self.marks

    @property
    def is_found(self) -> bool:
        """Whether the words were found: an entry can also record that they were not."""
        return "missed" not in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink(FrozenValue):
    """One line of `permalinks.lock`: an address that was published."""

    address: str
    """From the root of the site: `notes/x/`, `notes/x/#q-y` or `themes/z/`."""
    span: Span
