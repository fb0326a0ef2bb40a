"""Lets `mkdocs build` and `mkdocs serve` check the library and write its pages by themselves.

This is the only file that knows MkDocs from inside, and it holds no logic of the library.
"""

import logging
import os
import posixpath
from pathlib import Path
from typing import Any

from florilegium.checking import CannotRun, Options
from florilegium.library import ANNOTATIONS
from florilegium.pages import FOLDERS
from florilegium.pipeline import prepare_pages
from florilegium.publish import PublishError
from florilegium.renderers import PAGES_WRITTEN
from florilegium.rules import Severity
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.florilegium")
_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.INFORMATION: logging.INFO}


def on_pre_build(config: MkDocsConfig) -> None:
    """Check the library and write its pages, unless `florilegium build` has done so."""
    # MkDocs warns of links that a partial build may miss; ours are in the pages, which are written again.
    logging.getLogger("mkdocs.commands.build").addFilter(lambda record: "'dirty' build" not in record.getMessage())
    if os.environ.get(PAGES_WRITTEN):
        return
    root = Path(config.config_file_path).parent
    try:
        prepared = prepare_pages(Options(root=root, executor=None))
    except (CannotRun, PublishError) as error:
        raise PluginError(f"{error}\n  help: {error.help}") from error
    for diagnostic in prepared.diagnostics:
        log.log(_LEVELS[diagnostic.severity], "%s: %s [%s]", diagnostic.span, diagnostic.message, diagnostic.rule)
        if diagnostic.help:
            log.info("  help: %s", diagnostic.help)
    if not prepared.written:
        raise PluginError("the library has errors, so no page was written; they are listed above")
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(prepared.epoch))


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> dict[str, Any]:
    """Let "Edit this page" lead to the note or theme that a page was made from."""
    source = page.meta.get("source_file")
    if source and config.repo_url and config.edit_uri:
        above = posixpath.normpath(posixpath.join(config.edit_uri, ".."))
        page.edit_url = f"{config.repo_url.rstrip('/')}/{above.strip('/')}/{source}"
    elif page.meta.get("florilegium-page"):
        page.edit_url = None
    return context


def on_serve(server: LiveReloadServer, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
    """Watch what people write. A generated page that changes is our own doing, and must not start another build."""
    docs = Path(config.docs_dir)
    server.unwatch(str(docs))
    server.watch(str(docs), recursive=False)
    for folder in docs.iterdir():
        if folder.is_dir() and folder.name not in FOLDERS:
            server.watch(str(folder))
    server.watch(str(Path(config.config_file_path).parent / ANNOTATIONS))
    return server
