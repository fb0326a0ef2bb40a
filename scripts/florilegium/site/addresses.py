"""Where everything lies on the site: the one place that knows paths of pages and names of anchors.

An address is written from the root of the site, such as `notes/x/#q-y`; pages put their own way to the root
before it, so that the site works in a subfolder and from a disk.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import TypeVar
from zlib import crc32

from ..core.model import Note, Quote, Theme

PAGE_SIZE = {"notes": 100, "quotes": 54, "references": 60, "theme": 40, "works": 100, "authors": 200}
"""Entries of a list that one page shows: no page grows with the library, nor passes 100 kB."""

FOLDERS = ("notes", "themes", "quotes", "works", "authors", "references", "rules", "coverage")
"""Folders below `docs/` that hold generated files alone."""

ROOT = "\ufdd0root\ufdd1"
"""Stands in HTML for the way to the root of the site, until a page is known."""

TWIN_TYPE = "text/markdown"
"""The media type of a note's plain twin."""

_LONGEST = 100
"""Characters of a citation key that an address holds."""

_T = TypeVar("_T")


def pages_of(items: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """The pages of a list; there is always a first one."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def stable_pages(items: Sequence[_T], size: int, group_of: Callable[[_T], str]) -> list[list[_T]]:
    """The pages of a list whose items come in groups, each of a third of `size` to `size` items, but for the last.

    A page is cut between groups where that is possible, before the one that a digest of its name prefers. So what is
    added to the list moves the borders of few pages; those of `pages_of` would all move.
    """
    parts = [(name, part) for name, group in groupby(items, group_of) for part in pages_of(list(group), size)]
    ranks = [crc32(name.encode("utf-8", "surrogatepass")) for name, _ in parts]
    pages: list[list[_T]] = []
    start = 0
    while start < len(parts):
        count, end = len(parts[start][1]), start + 1
        borders = []
        while end < len(parts) and count + len(parts[end][1]) <= size:
            if 3 * count >= size:
                borders.append(end)
            count, end = count + len(parts[end][1]), end + 1
        if end < len(parts):
            end = min((*borders, end), key=ranks.__getitem__)
        pages.append([item for _, part in parts[start:end] for item in part])
        start = end
    return pages or [[]]


def page_path(folder: str, number: int) -> str:
    """The file of a list's page below `docs/`; numbers count from 1."""
    return f"{folder}/index.md" if number == 1 else f"{folder}/page/{number}.md"


def way_to_root(path: str) -> str:
    """From the address of what a file below `docs/` becomes, up to the root of the site: `../../`."""
    # A page gets a folder of its own, `notes/x/`; other files stay what they are.
    depth = path.count("/") + (path.endswith(".md") and not path.endswith("index.md"))
    return "../" * depth or "./"


def reference_anchor(key: str) -> str:
    """The anchor of a work in a bibliography; different keys have different anchors."""
    return "ref-" + re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}_", key)


def group_anchor(key: str) -> str:
    """The anchor, on a theme's page, of the quotes from one source."""
    return f"from-{reference_anchor(key).removeprefix('ref-')}"


def quote_anchor(quote: Quote) -> str:
    """The anchor of a quote on the page of its note: its permanent address."""
    return f"q-{quote.id}"


def alike_keys(keys: Iterable[str]) -> frozenset[str]:
    """The citation keys that differ from another one in capitals alone."""
    known = list(keys)
    counts = Counter(key.casefold() for key in known)
    return frozenset(key for key in known if counts[key.casefold()] > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Addresses that depend on what the library holds."""

    alike: frozenset[str] = frozenset()
    """Citation keys that some file systems cannot tell from another one: those that differ in capitals alone."""

    def note(self, note: Note) -> str:
        return f"notes/{note.id}/"

    def twin(self, note: Note) -> str:
        """The file beside a note's page that holds the note as plain Markdown."""
        return f"notes/{note.id}.md"

    def theme(self, theme: Theme | str) -> str:
        return f"themes/{theme if isinstance(theme, str) else theme.id}/"

    def quote(self, quote: Quote) -> str:
        return f"notes/{quote.note}/#{quote_anchor(quote)}"

    def reference(self, key: str) -> str:
        """The page of a work."""
        return f"works/{self.work_slug(key)}/"

    def work_slug(self, key: str) -> str:
        """What names a work in its address: its key, as far as an address and every file system can hold that."""
        slug = re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}_", key)
        if key in self.alike or len(slug) > _LONGEST or slug == "index":
            slug = f"{slug[:_LONGEST]}_{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
        return slug

    def author(self, slug: str) -> str:
        return f"authors/{slug}/"

    def source_group(self, theme: str, key: str, place: int) -> str:
        """Where a theme's page shows the quotes of one source, the first of which has this place among
        all.
        """
        number = place // PAGE_SIZE["theme"] + 1
        return f"{self.list_page(f'themes/{theme}', number)}#{group_anchor(key)}"

    def preview(self, theme: str) -> str:
        """The file that a preview of the theme is made from."""
        return f"themes/{theme}/preview.json"

    def list_page(self, folder: str, number: int) -> str:
        return f"{folder}/" if number == 1 else f"{folder}/page/{number}/"
