"""Prose: the Markdown of a note or theme becomes clean HTML templates, once.

`blocks.py` and `inlines/` say what the Markdown is; here it is written as HTML. Nothing that a contributor wrote gets
in unescaped but the harmless tags of `policy.py`, and all of it goes through one sanitiser, which knows only what we
write ourselves. Citations, quotes and the way to the root of the site are slots, which `fill` fills afterwards.
"""

from .page_embedding import as_raw_block, heading_text
from .prose_documents import RenderedBody, RenderedSection, render_body
from .slots import fill

__all__ = ["RenderedBody", "RenderedSection", "as_raw_block", "fill", "heading_text", "render_body"]
