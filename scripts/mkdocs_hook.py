"""Lets `mkdocs build` and `mkdocs serve` check the library and write its pages by themselves.

This is the only file that knows MkDocs from inside, and it holds no logic of the library.
"""

import json
import logging
import os
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

# Where `florilegium build` has written the pages, nothing of the program is needed: so it is imported where it is used.
if TYPE_CHECKING:
    from florilegium.core.errors import FlorilegiumError
    from florilegium.site.finished_pages import SiteSettings
    from florilegium.site.page_frames import Frames
    from florilegium.site.pages.cards import PageSite
    from jinja2 import Environment

log = logging.getLogger("mkdocs.florilegium")

PAGES_WRITTEN = "FLORILEGIUM_PAGES_WRITTEN"
SITE_URL = "FLORILEGIUM_SITE_URL"
PAGES_WANTED = "FLORILEGIUM_PAGES_WANTED"
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
        self.wanted: dict[str, Any] | None = None
        """What is wanted of the site; None for all of it."""
        self.nav: Navigation | None = None
        self.frames: Frames | None = None


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
    """Where a part of the site is wanted: let links to the rest be right, and let nothing be built twice."""
    wanted = _session.wanted = _read_wanted()
    if wanted is None:
        return files
    generated, built = set(wanted["generated"]), {*wanted["rendered"], *(wanted["written"] or ())}
    for file in files:
        if file.is_documentation_page():
            others = wanted["written"] is None and file.src_uri not in generated
            _modified(file, others or file.src_uri in built)
        elif not wanted["assets"] and file.src_uri not in generated:
            _modified(file, False)
    for path in wanted["elsewhere"]:
        files.append(_modified(File.generated(config, path, content=""), False))
    return files


def _read_wanted() -> dict[str, Any] | None:
    """What `florilegium build` wants to have rendered; see `florilegium.publish.renderers.Wanted`."""
    listed = os.environ.get(PAGES_WANTED)
    found: dict[str, Any] | None = json.loads(Path(listed).read_text(encoding="utf-8")) if listed else None
    return found


def _modified(file: File, modified: bool) -> File:
    """Let a file be built, or left as it is, by a build of what changed."""
    file.is_modified = lambda: modified  # type: ignore[method-assign]
    return file


def on_nav(nav: Navigation, **_: Any) -> None:
    """Let pages be read that name themselves: every page shows the names of those in the navigation."""
    _session.nav = nav
    if _session.wanted:
        for page in nav.pages:
            if "title" not in vars(page):
                _modified(page.file, True)


# ------------------------------------------------------------------------------------------- pages that are finished


class _Finished:
    """What a page is besides a `Page` of MkDocs, if its HTML and its front matter need no other reading."""

    def read_source(self, _config: MkDocsConfig) -> None:
        """Take the front matter and the HTML as they were written."""
        self.meta, self.content = self.finished  # type: ignore[attr-defined]
        self.markdown = f"{self.content}\n"

    def render(self, config: MkDocsConfig, files: Any) -> None:
        """Take the HTML as it is, unless a plugin has added Markdown to it."""
        if self.markdown != f"{self.content}\n":
            super().render(config, files)  # type: ignore[misc]
            return
        self.toc = get_toc([])
        self._title_from_render = None
        self.present_anchor_ids = _Anchors(self.content)
        self.links_to_anchors: dict[object, dict[str, str]] = {}


class _Anchors:
    """The anchors of a page, looked for when some other page leads to one."""

    def __init__(self, content: str) -> None:
        self._content = content

    def __contains__(self, anchor: str) -> bool:
        return re.search(rf"""<[^>]*\sid=(["']){re.escape(escape(anchor))}\1""", self._content) is not None


@cache
def _finished(kind: type[Page]) -> type[Page]:
    """The class of finished pages for a generator's own class of pages: MkDocs' or that of a successor."""
    return type("FinishedPage", (_Finished, kind), {"unfinished": kind})


def on_pre_page(page: Page, config: MkDocsConfig, **_: Any) -> Page:
    """Let a page that we have generated, and nobody has changed since, be taken as it is."""
    from florilegium.site.finished_pages import read_finished

    if config.plugins.events.get("page_read_source"):
        return page
    # While somebody writes, a page is read again and again.
    kind = getattr(type(page), "unfinished", type(page))
    try:
        found = read_finished(page.file.content_string.encode())
    except (OSError, ValueError):
        found = None  # Which the generator will say.
    # It stays the same page, to which the navigation leads.
    page.__class__ = _finished(kind) if found else kind
    page.finished = found  # type: ignore[attr-defined]
    return page


_OF_PAGES = ("page_read_source", "pre_page", "page_markdown", "page_content", "page_context", "post_page", "env", "nav")
"""Events by which a plugin, or a hook besides this one, may change what is rendered."""


def on_env(env: "Environment", config: MkDocsConfig, files: Files) -> None:
    """Let what the templates write round a page be rendered once for all pages of a kind."""
    from florilegium.site.frame_learning import learn_frames
    from florilegium.site.kept_templates import KeptTemplates
    from florilegium.site.page_frames import Frames, load_frames

    assert _session.nav
    settings = _site_settings(config)
    listed = {page.file.src_uri: _said_by_nav(page) for page in _session.nav.pages}
    wanted = _session.wanted
    frames = load_frames(Path(wanted["state"]), wanted["frames"]) if wanted else None
    if frames is None or (frames.settings, frames.listed) != (settings, listed):
        frames = Frames(settings, listed)
    if wanted:
        included = {file.src_uri for file in files if not file.inclusion.is_excluded()}  # type: ignore[no-untyped-call]
        frames.left_out = [path for path in wanted["generated"] if path not in included]
        env.bytecode_cache = KeptTemplates()
    _session.frames = frames
    if all(
        getattr(event, "__globals__", None) is globals() for name in _OF_PAGES for event in config.plugins.events[name]
    ):
        learn_frames(env, frames, _values)


def _said_by_nav(page: Page) -> dict[str, Any]:
    named = {"title": page.title} if "title" in vars(page) else {}
    return {**named, "is_homepage": page.is_homepage}


def _values(page: Page) -> dict[str, Any] | None:
    """What templates see of a finished page; None for any other."""
    from florilegium.site.finished_pages import url_parts

    if not issubclass(type(page), _Finished) or "template" in page.meta:
        return None
    names = ("title", "content", "meta", "url", "canonical_url", "edit_url", "is_homepage")
    return {**{name: getattr(page, name) for name in names}, "parts": url_parts(page.url)}


def _keep_frames() -> None:
    from florilegium.site.page_frames import save_frames

    if _session.wanted and _session.frames and _session.nav:
        pages = _session.nav.pages
        _session.frames.named = {page.file.src_uri: page.title for page in pages if "title" not in vars(page)}
        save_frames(Path(_session.wanted["state"]), _session.wanted["frames"], _session.frames)


def on_post_build(config: MkDocsConfig) -> None:
    """Add the search index and the data files."""
    _keep_frames()
    if not _session.site:
        return
    from florilegium.core.errors import FlorilegiumError
    from florilegium.pipeline import add_index
    from florilegium.site.data_files.opening import add_data_files

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
    from florilegium.site.finished_pages import source_edit_url

    source = page.meta.get("source_file")
    if "florilegium-page" in page.meta:
        page.edit_url = source_edit_url(source, _site_settings(config)) if source else None
    return context


def _site_settings(config: MkDocsConfig) -> "SiteSettings":
    from florilegium.site.finished_pages import SiteSettings

    return SiteSettings(
        config.site_url or "", config.repo_url or "", config.edit_uri or "", config.edit_uri_template or ""
    )


def on_serve(server: LiveReloadServer, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
    """Watch what people write: a generated page that changes is our own doing, and starts no other build."""
    from florilegium.library.listing import ANNOTATIONS
    from florilegium.site.addresses import FOLDERS
    from florilegium.site.pages.page_files import is_generated

    _session.serving = True
    docs = Path(config.docs_dir)
    server.unwatch(str(docs))
    for path in docs.iterdir():
        if path.name not in FOLDERS and not (path.is_file() and is_generated(path.read_bytes())):
            server.watch(str(path))
    server.watch(str(Path(config.config_file_path).parent / ANNOTATIONS))
    return server
