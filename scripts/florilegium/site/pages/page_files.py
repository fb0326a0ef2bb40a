"""Generated files: pages, of front matter, headings and clean HTML; and the data beside them, as JSON or
XML.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from markupsafe import Markup, escape

from ...works.citing.numbering import number_works
from ..addresses import ROOT
from ..page_embedding import as_raw_block, heading_text

MARK = "florilegium-page"
"""Stands before the digest by which a file is known to be generated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHeading:
    """A heading of the page, listed in its contents."""

    level: int
    id: str
    html: str
    listed: bool = True

    def render(self, link: str) -> str:
        """The heading with a link to itself, which `link` names for screen readers."""
        text = Markup(self.html).striptags()
        label = escape(f"{link}: {text}" if link else text)
        anchor = f'<a class="anchor" href="#{self.id}" aria-label="{label}">#</a>'
        return f'<h{self.level} id="{self.id}">{self.html} {anchor}</h{self.level}>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The place of the page's contents: all headings of level 2, above them what lies around the page."""

    title: str
    around: str = ""
    """Clean HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPage:
    """What a page consists of: HTML, which is clean, and headings."""

    title: str
    description: str
    parts: tuple[str | PageHeading | Contents, ...]
    edit: str = ""
    """The file that a reader edits to change this page, from the root of the library."""
    kind: str = ""
    """`note`, `theme`, `work`, `home`, `list` and so on; empty for a page that is arranged as one written by hand."""
    citation_meta: tuple[tuple[str, str], ...] = ()
    """Names and contents of `meta` elements."""
    feeds: tuple[tuple[str, str], ...] = ()
    """Titles and addresses, from the root of the site, of the feeds that tell of changes to what the page
    shows.
    """
    canonical: str = ""
    """The page's absolute address, where it is known."""
    twin: str = ""
    """The file, from the root of the site, that holds the same as plain Markdown."""
    language: str = ""
    """The tag of the language of the interface; empty for that of the renderer's configuration."""
    direction: str = ""
    written_in: str = ""
    """The tag of the language of the text, where that is not the language of the interface."""
    settings: str = ""
    """Clean HTML for the reading settings: which notices' quotations are always opened, and help."""
    link_words: str = ""
    """What precedes the name of a heading in the name of the link to it."""
    image: str = ""
    structured_data: str = ""
    """JSON-LD for search engines, which may stand in a `script` element as it is."""

    def render(self, root: str) -> bytes:
        """The file's bytes. Its second line holds a digest of the rest, by which `is_generated` knows it.

        `root` is the way from the page to the root of the site, such as `../../`.
        """
        body = number_works(self._body().replace(ROOT, root))
        meta = {"title": safe_meta(self.title), "description": safe_meta(self.description)}
        if self.edit:
            meta["source_file"] = self.edit
        if self.kind:
            meta["kind"] = self.kind
        for key in ("language", "direction", "written_in"):
            if getattr(self, key):
                meta[key] = html.escape(getattr(self, key))
        if self.settings:
            meta["settings"] = " ".join(self.settings.replace(ROOT, root).split())
        if self.canonical:
            meta["canonical"] = html.escape(self.canonical)
        if self.twin:
            meta["twin"] = html.escape(f"{root}{self.twin}")
        if self.structured_data:
            meta["structured_data"] = self.structured_data
        front = "".join(f"{key}: {_yaml(value)}\n" for key, value in meta.items())
        front += _pairs("citation_meta", self.citation_meta)
        front += _pairs("feeds", tuple((title, f"{root}{address}") for title, address in self.feeds))
        rest = f"{front}---\n\n{body}\n".encode()
        return b"---\n%b: %b\n%b" % (MARK.encode(), sha256(rest).hexdigest().encode(), rest)

    def _body(self) -> str:
        if self.kind:
            return as_raw_block("".join(self._part(part) for part in self.parts))
        # As a page written by hand: with headings that the renderer lists, and to which other pages may lead.
        return "\n\n".join(
            f"{'#' * part.level} {heading_text(part.html)} {{: #{part.id} }}"
            if isinstance(part, PageHeading)
            else as_raw_block(self._part(part))
            for part in self.parts
        )

    def _part(self, part: str | PageHeading | Contents) -> str:
        if isinstance(part, str):
            return part
        return part.render(self.link_words) if isinstance(part, PageHeading) else self._contents(part)

    def _contents(self, part: Contents) -> str:
        found = [one for one in self.parts if isinstance(one, PageHeading) and one.level == 2 and one.listed]
        if len(found) < 2 and not part.around:
            return ""
        items = "".join(f'<li><a href="#{one.id}">{_without_links(one.html)}</a></li>' for one in found)
        listed = f'<ul class="plain">{items}</ul>' if items else ""
        title = escape(part.title)
        return (
            f'<nav class="contents" aria-label="{title}"><details><summary>{title}</summary>'
            f"{part.around}{listed}</details></nav>"
        )


def _without_links(text: str) -> str:
    return re.sub(r"</?(?:a|span)\b[^>]*>", "", text)


def _pairs(key: str, pairs: tuple[tuple[str, str], ...]) -> str:
    lines = "".join(f"  - [{_yaml(html.escape(name))}, {_yaml(html.escape(value))}]\n" for name, value in pairs)
    return f"{key}:\n{lines}" if lines else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedJson:
    """A file of data, whose first key holds a digest of the rest."""

    data: Mapping[str, Any]

    def render(self, root: str) -> bytes:
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).replace(ROOT, root)
        text = number_works(text)
        # No part of it can be mistaken for markup, whatever a server says that it is.
        rest = text.replace("<", "\\u003c").replace(">", "\\u003e")[1:]
        return f'{{"{MARK}":"{sha256(rest.encode()).hexdigest()}",{rest}'.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedFeed:
    """An XML document after its declaration; a comment holds a digest of the rest."""

    xml: str

    def render(self, root: str) -> bytes:
        rest = self.xml.replace(ROOT, root)
        digest = sha256(rest.encode()).hexdigest()
        return f'<?xml version="1.0" encoding="utf-8"?>\n<!-- {MARK}: {digest} -->\n{rest}'.encode()


def _yaml(value: str) -> str:
    """A text as a YAML scalar: JSON's strings are YAML's double-quoted ones, but for a few signs."""
    return _NOT_IN_YAML.sub(lambda sign: f"\\u{ord(sign[0]):04x}", _encode(value))


_encode = json.JSONEncoder(ensure_ascii=False).encode
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_MARKS = re.compile(
    rb"""---\n%(m)s:\ ([0-9a-f]{64})\n
       | \{"%(m)s":"([0-9a-f]{64})",
       | <\?xml\ version="1\.0"\ encoding="utf-8"\?>\n<!--\ %(m)s:\ ([0-9a-f]{64})\ -->\n
       | <!doctype\ html>\n<!--\ %(m)s:\ ([0-9a-f]{64})\ -->\n"""
    % {b"m": MARK.encode()},
    re.VERBOSE,
)


def is_generated(data: bytes) -> bool:
    """Whether bytes are a file that this module rendered and nobody has changed since."""
    match = _MARKS.match(data)
    return match is not None and sha256(data[match.end() :]).hexdigest() == match[match.lastindex or 0].decode()


def safe_meta(text: str) -> str:
    """A text for a theme's templates, some of which escape nothing, and some of which take escapes back.

    It is escaped once; and what would be a tag or end an attribute if it were not, is written with
    look-alikes. The page itself shows the text as it is.
    """
    words = " ".join(text.split())
    words = re.sub(r"<(?=[A-Za-z/!?])", "‹", words).replace('"', "”").replace("'", "’").replace("`", "’")
    words = words.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
    return html.escape(words, quote=True)
