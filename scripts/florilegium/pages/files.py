"""A generated page as a file: front matter of ours, headings for the contents list, and clean HTML between them."""

import html
import json
import re
from dataclasses import dataclass
from hashlib import sha256

from ..prose import as_raw_block, heading_text

__all__ = ["ROOT", "GeneratedPage", "Heading", "is_generated", "safe_meta"]

_MARK = "florilegium-page"

ROOT = "\ufdd0root\ufdd1"
"""Stands in HTML for the way to the root of the site, until a page is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of the page, listed in its table of contents."""

    level: int
    id: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPage:
    """What a page consists of: HTML, which is clean, and headings."""

    title: str
    description: str
    parts: tuple[str | Heading, ...]
    edit: str = ""
    """The file that a reader edits to change this page, from the root of the library."""
    kind: str = ""
    """What the theme's templates may want to know: `note`, `theme`, `home`, `list`."""

    def render(self, root: str) -> bytes:
        """The file's bytes. Its second line holds a digest of the rest, by which `is_generated` knows it.

        `root` is the way from the page to the root of the site, such as `../../`.
        """
        body = "\n\n".join(self._part(part) for part in self.parts).replace(ROOT, root)
        meta = {"title": safe_meta(self.title), "description": safe_meta(self.description)}
        if self.edit:
            meta["source_file"] = self.edit
        if self.kind:
            meta["kind"] = self.kind
        front = "".join(f"{key}: {_yaml(value)}\n" for key, value in meta.items())
        rest = f"{front}---\n\n{body}\n"
        digest = sha256(rest.encode()).hexdigest()
        return f"---\n{_MARK}: {digest}\n{rest}".encode()

    @staticmethod
    def _part(part: str | Heading) -> str:
        if isinstance(part, str):
            return as_raw_block(part)
        return f"{'#' * part.level} {heading_text(part.html)} {{: #{part.id} }}"


def _yaml(value: str) -> str:
    """A text as a YAML scalar: JSON's strings are YAML's double-quoted ones."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\u2028", "\\u2028")


def is_generated(data: bytes) -> bool:
    """Whether bytes are a page that `GeneratedPage.render` made and nobody has changed since."""
    match = re.match(rb"---\n" + _MARK.encode() + rb": ([0-9a-f]{64})\n", data)
    return match is not None and sha256(data[match.end() :]).hexdigest() == match[1].decode()


def safe_meta(text: str) -> str:
    """A text for a theme's templates, some of which escape nothing, and some of which take escapes back.

    It is escaped once; and what would be a tag or end an attribute if it were not, is written with look-alikes. The
    page itself shows the text as it is.
    """
    words = " ".join(text.split())
    words = re.sub(r"<(?=[A-Za-z/!?])", "‹", words).replace('"', "”").replace("'", "’").replace("`", "’")
    words = words.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
    return html.escape(words, quote=True)
