"""Where the hyperlinks of prose lead on the site: to other hosts, to pages below its root, to places on the page."""

import posixpath
import re
from html import escape
from urllib.parse import quote

from ..core import policy
from ..core.model import Hyperlink
from ..core.spans import Span
from ..library.links import resolve_target

_MAX_ADDRESS = 8000
"""Characters; longer addresses are shown but lead nowhere, as in many a browser."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_PLACE = re.compile(r"[\w.:-]+\Z")


def link_start(target: str, path: str, *, local: bool) -> str:
    """The tag that opens a hyperlink in the file at `path`; an empty string where the target cannot be linked to.

    With `local` a target on the same page stays a fragment; else it names the page, for text that other pages show.
    Addresses within the site begin with `/`, which stands for its root.
    """
    address = site_address(target, path, local=local)
    if not address:
        return ""
    away = ' rel="noopener noreferrer"' if _ABSOLUTE.match(address) else ""
    return f'<a href="{escape(address)}"{away}>'


def site_address(target: str, path: str, *, local: bool) -> str:
    """Where a hyperlink in the file at `path` leads, from the root of the site or on another one; else nothing."""
    target = target.strip()
    if not target or len(target) > _MAX_ADDRESS or policy.target_fault(target) is not None:
        return ""
    return target if _ABSOLUTE.match(target) else _internal(target, path, local)


def _internal(target: str, path: str, local: bool) -> str:
    found = resolve_target(Hyperlink(target=target, span=Span.of_file(path)), path)
    if found is None or (found.fragment and not _PLACE.match(found.fragment)):
        return ""
    fragment = f"#{found.fragment}" if found.fragment else ""
    if target.startswith("#") and local:
        return fragment
    if found.kind == "page":
        return _page(target, fragment)
    return f"/{found.kind}s/{found.id}/{fragment}" if _ID.match(found.id) else ""


def _page(target: str, fragment: str) -> str:
    """A page of the site by its path from the root, such as `/quotes/?theme=amnesia`."""
    if not target.startswith("/"):
        return ""
    address, mark, query = target.partition("#")[0].partition("?")
    page = posixpath.normpath(address.replace("\\", "/")).strip("/")
    slash = "/" if page and address.endswith("/") else ""
    return f"/{quote(page, safe='/%')}{slash}{mark}{quote(query, safe='=&+%,:')}{fragment}"
