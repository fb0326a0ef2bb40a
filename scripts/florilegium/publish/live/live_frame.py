"""MkDocs kept in memory: its configuration, navigation and templates, with which one page is made at a time."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.structure.files import File, InclusionLevel, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

from ...core.errors import FlorilegiumError
from ...core.model import LibrarySettings
from ...site.addresses import FOLDERS
from ..renderers import PAGES_WRITTEN, SITE_LANGUAGE, SITE_URL
from .live_library import is_ours

log = logging.getLogger("mkdocs")


class LiveFrame:
    """What surrounds the pages of a library, and the pages written by hand. Raises `FlorilegiumError`."""

    def __init__(self, root: Path, generated: Iterable[str], settings: LibrarySettings) -> None:
        # The hook of the configuration has nothing to do but what it does for a page.
        told = {PAGES_WRITTEN: "1", SITE_URL: settings.url, SITE_LANGUAGE: settings.language}
        with _complaints("mkdocs.yml"), _environment(told):
            config = load_config(str(root / "mkdocs.yml"))
            config.plugins.on_startup(command="serve", dirty=False)
            self.config = config.plugins.on_config(config)
            self.files = get_files(self.config)
            for file in list(self.files):
                if _is_written(file):
                    self.files.remove(file)
            self._generated = {path for path in generated if path.endswith(".md")}
            for path in sorted(self._generated):
                self.files.append(File.generated(self.config, path, content=""))
            env = self.config.theme.get_env()
            self.files.add_files_from_theme(env, self.config)
            self.files = self.config.plugins.on_files(self.files, config=self.config)
            set_exclusions(self.files, self.config)
            self.nav = get_navigation(self.files, self.config)
            self.nav = self.config.plugins.on_nav(self.nav, config=self.config, files=self.files)
            self.env = self.config.plugins.on_env(env, config=self.config, files=self.files)
        self._lock = Lock()
        self._take_stock()

    def _take_stock(self) -> None:
        wanted = [file for file in self.files if file.inclusion is not InclusionLevel.EXCLUDED]
        self._pages: Sequence[File] = [file for file in wanted if file.is_documentation_page()]
        self._by_address = {file.dest_uri: file for file in wanted}

    def renew(self, generated: Iterable[str]) -> bool:
        """Take other generated pages; False where that is more than to know which there are."""
        wanted = {path for path in generated if path.endswith(".md")}
        new, gone = wanted - self._generated, self._generated - wanted
        # The navigation, or a plugin, may be told of these pages.
        named = str(self.config.nav or [*new, *gone])
        if any(path in named for path in new | gone) or len(self.config.plugins.events["files"]) > 1:
            return False
        with self._lock, _complaints("mkdocs.yml"):
            for file in [file for file in self.files if file.src_uri in gone]:
                self.files.remove(file)
            added = [File.generated(self.config, path, content="") for path in sorted(new)]
            for file in added:
                self.files.append(file)
            set_exclusions(added, self.config)
            self._generated = wanted
            self._take_stock()
        return True

    def file_at(self, address: str) -> File | None:
        """The file that is shown at an address from the root of the site, such as `notes/x/index.html`."""
        return self._by_address.get(address)

    def page(self, file: File, text: str | None = None) -> str:
        """The HTML of a page. `text` is its Markdown, where it is generated. Raises `FlorilegiumError`."""
        # MkDocs makes one page after the other.
        with self._lock, _complaints(file.src_uri):
            if text is not None:
                file.content_string = text
            page = file.page or Page(None, file, self.config)
            page = self.config.plugins.on_pre_page(page, config=self.config, files=self.files) or page
            page.read_source(self.config)
            page.markdown = self.config.plugins.on_page_markdown(
                page.markdown or "", page=page, config=self.config, files=self.files
            )
            page.render(self.config, self.files)
            page.content = self.config.plugins.on_page_content(
                page.content or "", page=page, config=self.config, files=self.files
            )
            return self._framed(page)

    def _framed(self, page: Page) -> str:
        page.active = True
        try:
            context = get_context(self.nav, self._pages, self.config, page)
            template = self.env.get_template(page.meta.get("template", "main.html"))
            context = self.config.plugins.on_page_context(context, page=page, config=self.config, nav=self.nav)
            return self.config.plugins.on_post_page(template.render(context), page=page, config=self.config)
        finally:
            page.active = False

    def missing(self) -> str:
        """The page that tells that there is none."""
        with self._lock, _complaints("404.html"):
            context = get_context(self.nav, self._pages, self.config, base_url="/")
            return str(self.env.get_template("404.html").render(context))


def _is_written(file: File) -> bool:
    """Whether a file is what an earlier build has written, and not what somebody wrote by hand."""
    top = file.src_uri.partition("/")[0]
    return top in FOLDERS or (file.src_uri == "index.md" and is_ours(Path(file.abs_src_path or "")))


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _complaints(about: str) -> Iterator[None]:
    """Tell of whatever MkDocs, a plugin or a template cannot do, as errors of ours."""
    try:
        yield
    except FlorilegiumError:
        raise
    except (Exception, SystemExit) as error:  # MkDocs leaves by the second where it cannot read its configuration.
        raise FlorilegiumError(f"{about} cannot be shown: {error}", "fix it; the page is made again") from error
