"""A Python-Markdown extension that takes our blocks of clean HTML as they are, without reading them tag by tag.

Every renderer hands generated pages to Python-Markdown, which looks through raw HTML with a parser written in Python,
and MkDocs does so once more: most of the time of a large build. A block of ours is one line, so none of that is needed.
Where the extension is missing, pages are the same and take longer.
"""

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

_OPENING, _CLOSING = "<div>", "</div>"
_BEFORE_HTML = 22
"""Priority: after white space is normalised (30), before MkDocs (21) and Python-Markdown (20) look for raw HTML."""


class _Keep(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return [
            self.md.htmlStash.store(line) if line.startswith(_OPENING) and line.endswith(_CLOSING) else line
            for line in lines
        ]


class RawBlocks(Extension):
    """Keeps lines `<div>…</div>`, which `page_embedding.as_raw_block` writes."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_Keep(md), "florilegium_raw_blocks", _BEFORE_HTML)


def makeExtension(**options: object) -> RawBlocks:
    """The extension by its module's name, as a renderer's configuration gives it."""
    return RawBlocks(**options)
