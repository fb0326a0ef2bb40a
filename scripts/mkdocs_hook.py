"""Lets `mkdocs build` and `mkdocs serve` check the library and write its pages by themselves.

This is the only file that knows MkDocs from inside, and it holds no logic of the library.
"""

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from florilegium.check.checking import Options
from florilegium.core.diagnostics import plain
from florilegium.core.errors import FlorilegiumError
from florilegium.core.rules import Severity
from florilegium.core.spans import LineTable
from florilegium.library.reading import ANNOTATIONS, SETTINGS
from florilegium.library.settings import parse_settings
from florilegium.pipeline import add_data_files, add_index, prepare_pages
from florilegium.publish.renderers import PAGES_WRITTEN
from florilegium.site.pages import FOLDERS, is_generated
from florilegium.site.pages.cards import PageSite
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.florilegium")
_LEVELS = {
    Severity.ERROR: logging.ERROR,
    Severity.WARNING: logging.WARNING,
    Severity.INFORMATION: logging.INFO,
}


@dataclass(slots=True)
class _Session:
    """What lasts from one event of MkDocs to the next."""

    site: PageSite | None = None
    """What the pages that we wrote show; None where `florilegium build` wrote them."""
    serving: bool = False
    """Whether `mkdocs serve` is up, which answers nobody after a build that failed."""


_session = _Session()


def _is_wanted(record: logging.LogRecord) -> bool:
    # MkDocs warns of links that a partial build may miss; ours are in the pages, which are written again.
    return "'dirty' build" not in record.getMessage()


for _name in ("mkdocs", "properdocs"):
    logging.getLogger(f"{_name}.commands.build").addFilter(_is_wanted)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the site's address from the library, which is asked for it once: sitemap and canonical links need it."""
    path = Path(config.config_file_path).parent / ANNOTATIONS / SETTINGS
    if not config.site_url and path.is_file():
        config.site_url = parse_settings(LineTable(SETTINGS, path.read_text("utf-8", "replace")))[0].url or None
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Check the library and write its pages, unless `florilegium build` has done so."""
    if os.environ.get(PAGES_WRITTEN):
        return
    root = Path(config.config_file_path).parent
    try:
        prepared = prepare_pages(Options(root=root, executor=None, notify=log.info))
    except FlorilegiumError as error:
        _stop(_described(error))
        return
    for found in prepared.diagnostics:
        log.log(_LEVELS[found.severity], "%s", plain(f"{found.span}: {found.message} [{found.rule}]"))
        if found.help:
            log.info("  help: %s", plain(found.help))
    if prepared.site is None:
        _stop("the library has errors, which are listed above; its pages stay as they were")
        return
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(prepared.epoch))
    _session.site = prepared.site


def on_post_build(config: MkDocsConfig) -> None:
    """Add the search index and the data files."""
    try:
        if _session.site:
            add_index(_session.site, Path(config.site_dir))
            add_data_files(_session.site, Path(config.site_dir), Path(config.docs_dir))
    except FlorilegiumError as error:
        _stop(_described(error))


def _stop(message: str) -> None:
    if not _session.serving:
        raise PluginError(message)
    log.error("%s", message)


def _described(error: FlorilegiumError) -> str:
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
    _session.serving = True
    docs = Path(config.docs_dir)
    server.unwatch(str(docs))
    for path in docs.iterdir():
        if path.name not in FOLDERS and not (path.is_file() and is_generated(path.read_bytes())):
            server.watch(str(path))
    server.watch(str(Path(config.config_file_path).parent / ANNOTATIONS))
    return server
