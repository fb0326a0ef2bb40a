"""Addresses on a built site: what a hyperlink names, as a browser reads it, and which file a server answers with.

The site may lie in a subfolder of its host, `/companion/`. Everything here is from the root of the site: `notes/x/`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urljoin, urlsplit


class Place(NamedTuple):
    """What a hyperlink names on the site, whether it is there or not."""

    path: str
    """From the root of the site, decoded: `notes/x/`, or an empty string for the site's first page."""
    fragment: str
    """As written, without `#` and without what a text fragment (`:~:text=`) adds."""

    def __str__(self) -> str:
        return f"{self.path or '/'}{'#' if self.fragment else ''}{self.fragment}"


class Astray(NamedTuple):
    """A hyperlink of the site that can name nothing on it, and why, as the rest of "it …"."""

    reason: str


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_DROPPED = re.compile(r"[\t\n\r]")
_DOTS = {"%2e": ".", "%2e%2e": "..", ".%2e": "..", "%2e.": ".."}

INDEX = "index.html"
NOT_FOUND = "404.html"
"""The page that a server shows at every address where there is none: nothing in it can be relative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """The files of a site, and where it is published."""

    files: frozenset[str]
    url: str = ""
    """The site's address, with `/` at its end; empty where nobody said."""
    known: dict[tuple[str, str], str | Astray] = field(default_factory=dict, compare=False, repr=False)
    """What was resolved before: the pages of a site have most of their hyperlinks in common."""

    @property
    def root(self) -> str:
        """The path of the site on its host: `/companion/`."""
        return urlsplit(self.url).path or "/"

    def locate(self, target: str, page: str, base: str = "") -> Place | Astray | None:
        """What a target in the file `page` names; None where it leads to another site.

        Follows https://url.spec.whatwg.org/ as far as it concerns paths.
        """
        text = target.strip(" \t\n\f\r")
        text = _DROPPED.sub("", text) if _DROPPED.search(text) else text
        if _SCHEME.match(text) or text.startswith(("//", "\\\\")):
            inside = self._inside(text)
            return None if inside is None else self._place(inside, page)
        if base and not text.startswith("#"):
            try:
                return self._place(urljoin(base, text), page)
            except ValueError:
                return Astray("is meant from a <base> whose host cannot be read")
        return self._place(text, page)

    def _inside(self, text: str) -> str | None:
        """The path, from the root of the host, of an absolute address below that of the site."""
        if not self.url:
            return None
        own = urlsplit(self.url)
        try:
            parts = urlsplit(f"{own.scheme}:{text}" if text.startswith(("//", "\\\\")) else text)
            # The same page answers to http and https.
            is_here = parts.scheme in ("http", "https") and (parts.hostname, parts.port) == (own.hostname, own.port)
        except ValueError:
            return None
        if not is_here:
            return None
        path = parts.path or "/"
        if not f"{path}/".startswith(self.root):
            return None
        return path + (f"#{parts.fragment}" if parts.fragment else "")

    def _place(self, text: str, page: str) -> Place | Astray:
        address, _, fragment = text.partition("#")
        path = address.partition("?")[0]
        fragment = fragment.partition(":~:")[0]
        if not path:
            return Place(_address_of(page), fragment)
        if page == NOT_FOUND and not path.startswith("/"):
            return Astray("is relative, but this page is shown at any address")
        folder = page.rpartition("/")[0]
        # What is counted from a folder above is the same for all pages below it.
        while path.startswith("../") and folder:
            folder, path = folder.rpartition("/")[0], path[3:]
        key = (folder, path)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._joined(path.replace("\\", "/"), folder)
        return found if isinstance(found, Astray) else Place(found, fragment)

    def _joined(self, path: str, folder: str) -> str | Astray:
        segments = folder.split("/") if folder else []
        if path.startswith("/"):
            if not f"{path}/".startswith(self.root):
                return Astray(f"leaves the site, which is published under {self.root}")
            path, segments = path[len(self.root) :], []
        *folders, name = [_DOTS.get(segment.lower(), segment) for segment in path.split("/")]
        if name in (".", ".."):
            folders, name = [*folders, name], ""
        for segment in folders:
            if segment == ".." and not segments:
                return Astray("leads above the root of the site")
            if segment == "..":
                segments.pop()
            elif segment != ".":
                segments.append(segment)
        return _decoded([*segments, name])

    def file_of(self, place: Place) -> str | None:
        """The file that a server answers with; None where there is none."""
        path = place.path
        if not path or path.endswith("/"):
            return f"{path}{INDEX}" if f"{path}{INDEX}" in self.files else None
        if path in self.files:
            return path
        # A server redirects from the name of a folder to the folder.
        return f"{path}/{INDEX}" if f"{path}/{INDEX}" in self.files else None

    def pages(self) -> Iterable[str]:
        """The addresses of all files, for guesses at what was meant."""
        return (_address_of(path) for path in self.files)


def _address_of(path: str) -> str:
    """The address of a file, as it is linked to: that of its folder for the index of one."""
    return path.removesuffix(INDEX) if path == INDEX or path.endswith(f"/{INDEX}") else path


def _decoded(segments: list[str]) -> str | Astray:
    decoded = []
    for segment in segments:
        try:
            text = unquote_to_bytes(segment).decode("utf-8") if "%" in segment else segment
        except UnicodeDecodeError:
            return Astray("holds percent-encoded bytes that are no UTF-8")
        if "/" in text or "\0" in text:
            return Astray("holds a percent-encoded / or NUL, which no name of a file can hold")
        decoded.append(text)
    return "/".join(decoded)
