"""Lets `mkdocs build` and `mkdocs serve` check the library and write its pages by themselves.

This is the only file that knows MkDocs from inside, and it holds no logic of the library.
"""

import hashlib
import json
import logging
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

# Where `florilegium build` has written the pages, nothing of the program is needed: so it is imported where it is used.
if TYPE_CHECKING:
    from florilegium.core.errors import FlorilegiumError
    from florilegium.site.pages.cards import PageSite

log = logging.getLogger("mkdocs.florilegium")

PAGES_WRITTEN = "FLORILEGIUM_PAGES_WRITTEN"
SITE_URL = "FLORILEGIUM_SITE_URL"
PAGES_ELSEWHERE = "FLORILEGIUM_PAGES_ELSEWHERE"
SITE_LANGUAGE = "FLORILEGIUM_SITE_LANGUAGE"
"""Names that `florilegium.publish.renderers` gives to these environment variables."""


class _Session:
    """What lasts from one event of MkDocs to the next."""

    def __init__(self) -> None:
        self.site: PageSite | None = None
        """What the pages that we wrote show; None where `florilegium build` wrote them."""
        self.epoch = ""
        """What we have given to MkDocs as the time of the build."""
        self.serving = False
        """Whether `mkdocs serve` is up, which answers nobody after a build that failed."""


_session = _Session()


def _is_wanted(record: logging.LogRecord) -> bool:
    # MkDocs warns of links that a partial build may miss; ours are in the pages, which are written again.
    return "'dirty' build" not in record.getMessage()


for _name in ("mkdocs", "properdocs"):
    logging.getLogger(f"{_name}.commands.build").addFilter(_is_wanted)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the site's address and language from the library, which is asked for them once.

    The sitemap and canonical links need the address, the frame of pages written by hand the language.
    """
    if os.environ.get(PAGES_WRITTEN):
        address, language = os.environ.get(SITE_URL), os.environ.get(SITE_LANGUAGE)
    else:
        address, language = _settings(config)
    config.site_url = config.site_url or address or None
    if config.theme.get("language") in (None, "en"):
        config.theme["language"] = language or "en"
    return config


def _settings(config: MkDocsConfig) -> tuple[str, str]:
    """The address and the language that `library.yml` names."""
    from florilegium.core.spans import LineTable
    from florilegium.library.listing import ANNOTATIONS, SETTINGS
    from florilegium.library.settings import parse_settings

    path = Path(config.config_file_path).parent / ANNOTATIONS / SETTINGS
    if not path.is_file():
        return "", ""
    settings = parse_settings(LineTable(SETTINGS, path.read_text("utf-8", "replace")))[0]
    return settings.url, settings.language


def on_pre_build(config: MkDocsConfig) -> None:
    """Check the library and write its pages, unless `florilegium build` has done so."""
    if os.environ.get(PAGES_WRITTEN):
        return
    from florilegium.check.checking import Options
    from florilegium.core.diagnostics import plain
    from florilegium.core.errors import FlorilegiumError
    from florilegium.core.rules import Severity
    from florilegium.pipeline import prepare_pages

    levels = {
        Severity.ERROR: logging.ERROR,
        Severity.WARNING: logging.WARNING,
        Severity.INFORMATION: logging.INFO,
    }
    root = Path(config.config_file_path).parent
    if os.environ.get("SOURCE_DATE_EPOCH") == _session.epoch:
        # That was ours, for what MkDocs writes. The day of the checks is that of the clock.
        os.environ.pop("SOURCE_DATE_EPOCH", None)
    try:
        prepared = prepare_pages(Options(root=root, executor=None, notify=log.info))
    except FlorilegiumError as error:
        _stop(_described(error))
        return
    for found in prepared.diagnostics:
        log.log(levels[found.severity], "%s", plain(f"{found.span}: {found.message} [{found.rule}]"))
        if found.help:
            log.info("  help: %s", plain(found.help))
    if prepared.site is None:
        _stop("the library has errors, which are listed above; its pages stay as they were")
        return
    if "SOURCE_DATE_EPOCH" not in os.environ:
        os.environ["SOURCE_DATE_EPOCH"] = _session.epoch = str(prepared.epoch)
    _session.site = prepared.site


def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Where other shards build a part of the site: let links to it be right, and let nothing be built twice."""
    listed = os.environ.get(PAGES_ELSEWHERE)
    if not listed:
        return files
    elsewhere = json.loads(Path(listed).read_text(encoding="utf-8"))
    for path in elsewhere["pages"]:
        files.append(_unchanged(File.generated(config, path, content="")))
    own = set(elsewhere["own"])
    for file in files:
        if not elsewhere["first"] and file.src_uri not in own:
            _unchanged(file)
    return files


def _unchanged(file: File) -> File:
    """A file that a build of what changed leaves out."""
    file.is_modified = lambda: False  # type: ignore[method-assign]
    return file


# ------------------------------------------------------------------------------------------- pages that are finished

_GENERATED = re.compile(r"---\nflorilegium-page: ([0-9a-f]{64})\n((?:.*\n)*?)---\n\n(<div>.*</div>)\n")
"""A generated page of one block: front matter of our own making, and clean HTML on one line."""


class _Finished:
    """What a page is besides a `Page` of MkDocs, if its HTML and its front matter need no other reading."""

    def read_source(self, _config: MkDocsConfig) -> None:
        """Take the front matter and the HTML as they were written."""
        self.markdown, self.meta = _read_generated(self.file.content_string)  # type: ignore[attr-defined]

    def render(self, config: MkDocsConfig, files: Any) -> None:
        """Take the HTML as it is, unless a plugin has added Markdown to it."""
        if not re.fullmatch(r"<div>.*</div>\n", self.markdown):
            super().render(config, files)  # type: ignore[misc]
            return
        self.content = self.markdown.removesuffix("\n")
        self.toc = get_toc([])
        self._title_from_render = None
        self.present_anchor_ids: set[str] = set()
        self.links_to_anchors: dict[object, dict[str, str]] = {}


@cache
def _finished(kind: type[Page]) -> type[Page]:
    """The class of finished pages for a generator's own class of pages: MkDocs' or that of a successor."""
    return type("FinishedPage", (_Finished, kind), {})


def on_pre_page(page: Page, config: MkDocsConfig, **_: Any) -> Page:
    """Let a page that we have generated, and nobody has changed since, be taken as it is."""
    if config.plugins.events.get("page_read_source") or issubclass(type(page), _Finished):
        return page
    try:
        found = _GENERATED.fullmatch(page.file.content_string)
    except (OSError, ValueError):
        return page  # Which the generator will say.
    if found and hashlib.sha256(found.string[found.end(1) + 1 :].encode()).hexdigest() == found[1]:
        # It stays the same page, to which the navigation leads.
        page.__class__ = _finished(type(page))
    return page


def _read_generated(text: str) -> tuple[str, dict[str, Any]]:
    """The HTML and the front matter of a generated page: as MkDocs reads them, without a parser of YAML."""
    found = _GENERATED.fullmatch(text)
    if not found:
        raise ValueError("the page was changed while it was read")
    meta: dict[str, Any] = {"florilegium-page": found[1]}
    listed: list[Any] = []
    for line in found[2].removesuffix("\n").split("\n"):
        if line.startswith("  - "):
            listed.append(json.loads(line[4:]))
            continue
        key, _, value = line.partition(":")
        listed = []
        meta[key] = json.loads(value) if value else listed
    return f"{found[3]}\n", meta


def on_post_build(config: MkDocsConfig) -> None:
    """Add the search index and the data files."""
    if not _session.site:
        return
    from florilegium.core.errors import FlorilegiumError
    from florilegium.pipeline import add_data_files, add_index

    try:
        add_index(_session.site, Path(config.site_dir))
        add_data_files(_session.site, Path(config.site_dir), Path(config.docs_dir))
    except FlorilegiumError as error:
        _stop(_described(error))


def _stop(message: str) -> None:
    if not _session.serving:
        raise PluginError(message)
    log.error("%s", message)


def _described(error: "FlorilegiumError") -> str:
    from florilegium.core.diagnostics import plain

    return plain(error.message) + (f"\n  help: {plain(error.help)}" if error.help else "")


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> dict[str, Any]:
    """Let "Edit this page" lead to the note or theme that a page was made from."""
    source = page.meta.get("source_file")
    if "florilegium-page" in page.meta:
        page.edit_url = _edit_url(source, config) if source else None
    return context


def _edit_url(source: str, config: MkDocsConfig) -> str | None:
    """Where a file outside of `docs/` is edited: as MkDocs joins the address, but one folder up."""
    path = f"../{source}"
    if config.edit_uri_template:
        uri = config.edit_uri_template.format(path=path, path_noext=path.removesuffix(".md"))
    elif config.edit_uri:
        uri = config.edit_uri + path
    else:
        return None
    # In a query (`?file=docs/`) no browser would take the step back.
    uri = re.sub(r"[^/?#=]+/\.\./", "", uri, count=1)
    return urljoin(f"{config.repo_url.rstrip('/')}/", uri) if config.repo_url else uri


def on_serve(server: LiveReloadServer, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
    """Watch what people write: a generated page that changes is our own doing, and starts no other build."""
    from florilegium.library.reading import ANNOTATIONS
    from florilegium.site.pages import FOLDERS, is_generated

    _session.serving = True
    docs = Path(config.docs_dir)
    server.unwatch(str(docs))
    for path in docs.iterdir():
        if path.name not in FOLDERS and not (path.is_file() and is_generated(path.read_bytes())):
            server.watch(str(path))
    server.watch(str(Path(config.config_file_path).parent / ANNOTATIONS))
    return server
