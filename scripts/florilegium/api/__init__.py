"""The library for notebooks and scripts, as typed objects that only read.

    from florilegium import load

    library = load("path/to/the/library")
    for quote in library.themes["amnesia"].quotes:
        print(quote.words, quote.citation)

Nothing here writes a file of the library, and nothing uses the network. Drafts are left out, as they are of the site.
Whatever shows the words of a quote to others shows its notices first: `quote.notices`.
"""

from ..works.csl.csl_checks import Retraction, RetractionKind
from .collection import Collection, Notice, Problem
from .loading import Library, load
from .nouns import Note, Quote, Source, Theme

__all__ = [
    "Collection",
    "Library",
    "Note",
    "Notice",
    "Problem",
    "Quote",
    "Retraction",
    "RetractionKind",
    "Source",
    "Theme",
    "load",
]
