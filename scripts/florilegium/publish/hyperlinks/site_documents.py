"""The files of a built site and where each of them leads: pages, feeds, style sheets, scripts, exports.

Reading takes nothing for granted: a file that is not what its name says leads nowhere.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from .html_tags import StartTag, scan_tags, value_of


class Use(NamedTuple):
    """One address in a file of the site, and the part of the file that holds it."""

    target: str
    """The address as written, its character references resolved."""
    where: str
    """The part for a reader of messages, such as `<a href>`."""
    offset: int
    """Offset, in bytes, of the tag or line that holds it."""

    @property
    def from_root(self) -> bool:
        """Whether the address is meant from the root of the site, wherever the file lies."""
        return self.where == "<a data-to>"


class SiteDocument(NamedTuple):
    """What matters of a file of the site."""

    uses: list[Use]
    anchors: frozenset[str] = frozenset()
    """Places of it that a fragment can name."""
    base: str = ""
    """What `<base href>` says."""
    refresh: str = ""
    """Where `<meta http-equiv="refresh">` leads: the page is a redirect."""


# ----------------------------------------------------------------------------------------------------- markup

_FROM_ROOT = b"data-to"
"""On the page of missing pages: an address from the root of the site."""
_ADDRESSES = frozenset(b"href src poster action formaction cite data data-for data-to manifest xlink:href".split())
_OF_ONE_ELEMENT = {b"data": b"object", b"data-for": b"template", _FROM_ROOT: b"a"}
_META = frozenset(
    """og:url og:image og:video og:audio twitter:image citation_pdf_url citation_abstract_html_url
    citation_fulltext_html_url""".split()
)
_REFRESH = re.compile(r"""\s*[0-9.]*\s*[;,]?\s*(?:url\s*=\s*)?(["']?)(.*)""", re.IGNORECASE | re.DOTALL)
_LISTS = frozenset((b"srcset", b"imagesrcset"))
_INTERESTING = _ADDRESSES | _LISTS | frozenset((b"id", b"name", b"style"))


class _Page:
    """Gathers what a page of HTML says of itself and of others."""

    def __init__(self, data: bytes) -> None:
        self.uses: dict[tuple[str, bool], Use] = {}
        """By address, and whether it is meant from the root of the site: the first of each."""
        self.anchors: set[str] = set()
        self.base = self.refresh = ""
        self.has_addresses_from_root = _FROM_ROOT in data

    def read(self, tag: StartTag) -> None:
        if tag.name == b"meta":
            self._read_meta(tag)
            return
        if tag.name == b"style" and tag.words:
            self._add(_style_uses(tag.words.decode("utf-8", "replace"), "<style>", tag.start))
        seen = set()
        # A script puts this address in the place of that in `href`, which cannot be right at every address.
        if self.has_addresses_from_root and any(attribute[0] == _FROM_ROOT for attribute in tag.attributes):
            seen.add(b"href")
        for attribute in tag.attributes:
            name = attribute[0] if attribute[0] in _INTERESTING else attribute[0].lower()
            # Of two attributes of one name the first counts.
            if name in _INTERESTING and name not in seen:
                seen.add(name)
                self._read_attribute(tag, name, value_of(attribute))

    def _add(self, uses: Iterable[Use]) -> None:
        for use in uses:
            self.uses.setdefault((use.target, use.from_root), use)

    def _read_meta(self, tag: StartTag) -> None:
        target, is_refresh = _meta_target(tag)
        if target:
            self._add([Use(target, "<meta content>", tag.start)])
        if is_refresh:
            self.refresh = self.refresh or target

    def _read_attribute(self, tag: StartTag, name: bytes, value: str) -> None:
        if name == b"id" or (name == b"name" and tag.name == b"a"):
            if not tag.fragment:
                self.anchors.add(value)
        elif name in _LISTS:
            self._add(Use(target, _label(tag.name, name), tag.start) for target in _candidates(value))
        elif name == b"style":
            self._add(_style_uses(value, _label(tag.name, name), tag.start))
        elif tag.name == b"base" and name == b"href":
            self.base = self.base or value
        elif name in _ADDRESSES and _OF_ONE_ELEMENT.get(name, tag.name) == tag.name:
            key = (value, name == _FROM_ROOT)
            if key not in self.uses:
                self.uses[key] = Use(value, _label(tag.name, name), tag.start)


def _parse_markup(data: bytes) -> SiteDocument:
    page = _Page(data)
    for tag in scan_tags(data):
        page.read(tag)
    return SiteDocument(list(page.uses.values()), frozenset(page.anchors), page.base, page.refresh)


@lru_cache(maxsize=256)
def _label(name: bytes, attribute: bytes) -> str:
    return f"<{name.decode('utf-8', 'replace')} {attribute.decode('utf-8', 'replace')}>"


def _meta_target(tag: StartTag) -> tuple[str, bool]:
    """Where a `meta` element leads, or nothing; and whether it takes the reader there."""
    values: dict[bytes, str] = {}
    for attribute in tag.attributes:
        values.setdefault(attribute[0].lower(), value_of(attribute))
    content = values.get(b"content", "")
    if values.get(b"http-equiv", "").strip().lower() != "refresh":
        return (content if {values.get(b"property", ""), values.get(b"name", "")} & _META else ""), False
    found = _REFRESH.fullmatch(content)
    mark, target = found.groups() if found else ("", "")
    return (target.partition(mark)[0] if mark else target).strip(), True


def _candidates(value: str) -> Iterator[str]:
    """The addresses of a `srcset` (https://html.spec.whatwg.org/#parsing-a-srcset-attribute)."""
    position = 0
    while found := re.compile(r"[\s,]*(\S+)").match(value, position):
        position = found.end()
        if not found[1].endswith(","):
            comma = value.find(",", position)
            position = comma if comma >= 0 else len(value)
        if target := found[1].rstrip(","):
            yield target


# ------------------------------------------------------------------------------------- style sheets and scripts

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STYLE = re.compile(
    r"""url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^"')\s][^)\s]*))\s*\)
      | @import\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')
      | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def _style_uses(style: str, where: str, offset: int | None = None) -> Iterator[Use]:
    blank = _COMMENT.sub(lambda found: " " * len(found[0]), style) if "/*" in style else style
    for found in _STYLE.finditer(blank):
        target = found[found.lastindex] if found.lastindex else ""
        # `url(#mark)` names a part of the page that the style is applied to, which is some picture's own.
        if target and not target.startswith("#"):
            place = len(style[: found.start()].encode()) if offset is None else offset
            yield Use(re.sub(r"\\(.)", r"\1", target, flags=re.DOTALL), where, place)


_IMPORT = re.compile(
    rb"""^[ \t]*(?:import|export)\b[^;"'()]*["'](\.{1,2}/[^"'\n]+)["']"""
    rb"""|\bimport\(\s*["'](\.{1,2}/[^"'\n]+)["']\s*\)""",
    re.MULTILINE,
)


def _script_uses(data: bytes) -> Iterator[Use]:
    """The modules that a script imports by a path of their own."""
    for found in _IMPORT.finditer(data):
        yield Use((found[1] or found[2]).decode("utf-8", "replace"), "import", found.start())


# ------------------------------------------------------------------------------------------------ data and feeds


def _data_uses(data: bytes) -> Iterator[Use]:
    """Those of the HTML in a file of data that a page's script shows, such as the preview of a theme."""
    if b'"html"' not in data:  # Exports are large.
        return
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return
    html = loaded.get("html") if isinstance(loaded, dict) else None
    if isinstance(html, str):
        yield from (use._replace(offset=0) for use in _parse_markup(html.encode()).uses)


_IN_TEXT = frozenset(("loc", "link", "url"))
"""Elements of sitemaps and RSS that hold an address as their text."""


class _Feed:
    """Gathers the addresses of an XML document, by Expat; a document with declarations of its own is refused."""

    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.words: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.words.append
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise expat.ExpatError("a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.words.clear()
        for attribute in ("href", "src", "xlink:href"):
            if attribute in attributes:
                where = f"<{name} {attribute}>"
                self.uses.append(Use(attributes[attribute], where, self.parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        text = "".join(self.words).strip()
        if name.rpartition(":")[2] in _IN_TEXT and text:
            self.uses.append(Use(text, f"<{name}>", self.parser.CurrentByteIndex))
        self.words.clear()


def _feed_uses(data: bytes) -> Sequence[Use]:
    feed = _Feed()
    try:
        feed.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):  # The last two are about the encoding that it names.
        return ()
    return feed.uses


def _packed_feed_uses(data: bytes) -> Sequence[Use]:
    try:
        return _feed_uses(gzip.decompress(data))
    except (OSError, EOFError, zlib.error):
        return ()


# ------------------------------------------------------------------------------------------------------- texts

_CODE = re.compile(rb"(?:^|(?<=\n))(```+|~~~+).*?\n\1|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)", re.DOTALL)
_LINK = re.compile(rb"(?<!\\)\]\(<?([^\s()<>]+)>?\)")


def _markdown_uses(data: bytes) -> Iterator[Use]:
    """The hyperlinks of a page that is exported as Markdown, or of `llms.txt`; what is code holds none."""
    text = _CODE.sub(lambda found: b" " * len(found[0]), data) if b"`" in data or b"~~~" in data else data
    for found in _LINK.finditer(text):
        yield Use(found[1].decode("utf-8", "replace"), "a link", found.start(1))


_ENTRY = re.compile(r"(\S.*?)\s+\S+:\S+\s+-?[0-9]+\s+(\S+)\s+\S.*")
_MOST_INVENTORY = 50_000_000


def _inventory_uses(data: bytes) -> Iterator[Use]:
    """An inventory of Sphinx, version 2: four lines, then packed lines `NAME DOMAIN:ROLE PRIORITY ADDRESS TITLE`."""
    packed = data.split(b"\n", 4)[-1]
    try:
        lines = zlib.decompressobj().decompress(packed, _MOST_INVENTORY).decode("utf-8", "replace").splitlines()
    except zlib.error:
        return
    for entry in filter(None, map(_ENTRY.fullmatch, lines)):
        yield Use(entry[2].replace("$", entry[1]), f"entry {entry[1]}", 0)


_MARKUP = ("html", "htm", "svg")
_USES: dict[str, Callable[[bytes], Iterable[Use]]] = {
    "css": lambda data: _style_uses(data.decode("utf-8", "replace"), "url()"),
    **dict.fromkeys(("js", "mjs"), _script_uses),
    "json": _data_uses,
    **dict.fromkeys(("xml", "atom", "rss"), _feed_uses),
    **dict.fromkeys(("md", "txt"), _markdown_uses),
    "inv": _inventory_uses,
    "xml.gz": _packed_feed_uses,
}


def has_anchors(path: str) -> bool:
    """Whether a fragment names a place in a file of this name."""
    return path.endswith((".html", ".htm", ".svg"))


def leads_somewhere(path: str) -> bool:
    """Whether a file of this name can lead anywhere: others need not be read."""
    return _ending(path) in (*_MARKUP, *_USES)


def parse_document(path: str, data: bytes) -> SiteDocument:
    """Where a file leads, by what its name says that it is."""
    ending = _ending(path)
    if ending in _MARKUP:
        return _parse_markup(data)
    return SiteDocument(list(_USES[ending](data)) if ending in _USES else [])


def _ending(path: str) -> str:
    return "xml.gz" if path.endswith(".xml.gz") else path.rpartition(".")[2].lower()
