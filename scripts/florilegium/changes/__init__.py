"""Changes: what a pull request changes in meaning, which is not what it changes in lines.

`read_sides` reads the library before and after, `compare` finds what is different, and `render_text`,
`render_markdown` and `render_json` say it.
"""

from .comparing import compare
from .differences import Changes
from .json_form import render_json
from .markdown import MAX_BYTES, render_markdown
from .sides import Side, read_side, read_sides
from .text import render_text

__all__ = [
    "MAX_BYTES",
    "Changes",
    "Side",
    "compare",
    "read_side",
    "read_sides",
    "render_json",
    "render_markdown",
    "render_text",
]
