"""Changes: what a pull request changes in meaning, which is not what it changes in lines.

`read_sides` reads the library before and after, `compare` finds what is different, and `render_text`,
`render_markdown` and `render_json` say it.
"""

from .changes_json import render_json
from .changes_markdown import MAX_SUMMARY_BYTES, render_markdown
from .changes_text import render_text
from .comparing import compare
from .differences import Changes
from .sides import ComparedLibrary, read_side, read_sides

__all__ = [
    "MAX_SUMMARY_BYTES",
    "Changes",
    "ComparedLibrary",
    "compare",
    "read_side",
    "read_sides",
    "render_json",
    "render_markdown",
    "render_text",
]
