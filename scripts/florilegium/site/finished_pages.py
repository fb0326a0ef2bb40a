"""Generated pages that a renderer may take as they are: their front matter and HTML need no other reading."""

import hashlib
import json
import re
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

_MARK = "florilegium-page"
_START = f"---\n{_MARK}: ".encode()
_DIGEST = 64
_END = b"\n---\n\n"


class FinishedPage(NamedTuple):
    """A generated page of one block: front matter of our own making, and clean HTML on one line."""

    meta: dict[str, Any]
    content: str


def read_finished(data: bytes) -> FinishedPage | None:
    """Read a page that was generated as one block and that nobody has changed since; None for any other page.

    The front matter is what a parser of YAML makes of it.
    """
    start = len(_START) + _DIGEST + 1
    end = data.find(_END, start - 1)
    if end < 0 or not data.startswith(_START) or data[start - 1 : start] != b"\n":
        return None
    content = data[end + len(_END) :]
    if not (content.startswith(b"<div>") and content.endswith(b"</div>\n")) or content.find(b"\n") < len(content) - 1:
        return None
    digest = data[len(_START) : start - 1].decode("ascii", "replace")
    if hashlib.sha256(memoryview(data)[start:]).hexdigest() != digest:
        return None
    return FinishedPage(_front_matter(data[start:end].decode(), digest), content[:-1].decode())


def _front_matter(lines: str, digest: str) -> dict[str, Any]:
    meta: dict[str, Any] = {_MARK: digest}
    listed: list[Any] = []
    for line in lines.split("\n"):
        if line.startswith("  - "):
            listed.append(json.loads(line[4:]))
            continue
        key, _, value = line.partition(":")
        listed = []
        meta[key] = json.loads(value) if value else listed
    return meta


# ------------------------------------------------------------------------------- what a template is told of a page


class SiteSettings(NamedTuple):
    """What a renderer's configuration says that shows on generated pages, by MkDocs' names."""

    site_url: str
    repo_url: str
    edit_uri: str
    edit_uri_template: str


def page_url(path: str) -> str:
    """The address of a page from the root of the site, quoted: `notes/x/` for `notes/x.md`, empty for the first."""
    folder, name = path.removesuffix(".md").rpartition("/")[::2]
    parts = [part for part in (folder, "" if name == "index" else name) if part]
    return quote("/".join(parts) + "/") if parts else ""


def url_parts(url: str) -> tuple[str, ...]:
    """The folders and the name of an address, as MkDocs takes them to make one address relative to another."""
    path = normpath(f"/{url.lstrip('/')}")[1:]
    return tuple(path.split("/")) if path else ()


def page_values(path: str, page: FinishedPage, settings: SiteSettings) -> dict[str, Any]:
    """What MkDocs says of a page that is in no navigation, by the names that a template uses; and `url_parts`."""
    url = page_url(path)
    source = page.meta.get("source_file")
    base = settings.site_url
    return {
        "title": page.meta.get("title"),
        "content": page.content,
        "meta": page.meta,
        "url": url,
        "canonical_url": urljoin(base if base.endswith("/") else f"{base}/", url) if base else None,
        "edit_url": source_edit_url(source, settings) if source else None,
        "is_homepage": path == "index.md",
        "parts": url_parts(url),
    }


def source_edit_url(source: str, settings: SiteSettings) -> str | None:
    """Where a file outside of `docs/` is edited: as MkDocs joins the address, but one folder up."""
    path = f"../{source}"
    if settings.edit_uri_template:
        uri = settings.edit_uri_template.format(path=path, path_noext=path.removesuffix(".md"))
    elif settings.edit_uri:
        uri = settings.edit_uri + path
    else:
        return None
    # In a query (`?file=docs/`) no browser would take the step back.
    uri = re.sub(r"[^/?#=]+/\.\./", "", uri, count=1)
    return urljoin(f"{settings.repo_url.rstrip('/')}/", uri) if settings.repo_url else uri
