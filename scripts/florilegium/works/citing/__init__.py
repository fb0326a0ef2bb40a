"""Citations and bibliography entries in a style of the Citation Style Language, as clean HTML fragments.

    style = read_style("apa")
    bibliography = render_bibliography(items, citations, style=style, language="en", cache=read_cache(path))
    write_cache(path, bibliography.cache)

Pandoc does the formatting, in a process of its own and as seldom as possible; see `rendering.py`.
"""

from .citation_styles import BUILT_IN_STYLES, BibliographyError, Style, find_style_fault, read_style
from .formatted_cache import CitationCache, read_cache, write_cache
from .formatting import Bibliography, render_bibliography
from .pandoc_fragments import CitedPart

__all__ = [
    "BUILT_IN_STYLES",
    "Bibliography",
    "BibliographyError",
    "CitationCache",
    "CitedPart",
    "Style",
    "find_style_fault",
    "read_cache",
    "read_style",
    "render_bibliography",
    "write_cache",
]
