"""Citations and bibliography entries in a style of the Citation Style Language, as clean HTML fragments.

    style = read_style("apa")
    bibliography = render_bibliography(items, citations, style=style, language="en", cache=read_cache(path))
    write_cache(path, bibliography.cache)

Pandoc does the formatting, in a process of its own and as seldom as possible; see `rendering.py`.
"""

from .caches import CitationCache, read_cache, write_cache
from .fragments import CitedPart
from .rendering import Bibliography, render_bibliography
from .styles import STYLES, BibliographyError, Style, read_style

__all__ = [
    "STYLES",
    "Bibliography",
    "BibliographyError",
    "CitationCache",
    "CitedPart",
    "Style",
    "read_cache",
    "read_style",
    "render_bibliography",
    "write_cache",
]
