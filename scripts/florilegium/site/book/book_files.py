"""The book as EPUB and PDF. Pandoc makes both; a PDF needs a program that sets pages, of which one is enough."""

import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...core.diagnostics import plain
from ...core.errors import CannotRun
from ...works.citing.pandoc_process import find_pandoc
from ..data_files.data_file import DataFile
from ..linked_site import age_of
from ..pages.cards import PageSite
from .book_html import book_html

__all__ = ["book_files"]

_ENGINES = ("typst", "weasyprint", "lualatex", "xelatex", "tectonic")
"""Programs on the search path that pandoc can make a PDF with, the best first."""
_PATIENCE = 600
"""Seconds that pandoc may take."""

_STYLE = """
.quotation { margin: 1.2em 0; } .words { margin: 0; } .words blockquote { margin: 0 0 0 1.5em; font-size: 1.05em; }
.by, .about, .speaks { font-size: .85em; margin: .3em 0; } .by { margin-left: 1.8em; } .on { font-size: .95em; }
.speaks { font-style: italic; } .apart { page-break-before: always; break-before: page; } .work { margin: .7em 0; }
"""


def book_files(open_site: Callable[[], PageSite], *, on_the_site: bool) -> Iterator[DataFile]:
    """Both books. The EPUB is made with all the data files where the library offers it; else by name alone."""
    yield DataFile(
        name="library.epub",
        path="data/library.epub",
        title="The whole library as a book, EPUB",
        media_type="application/epub+zip",
        render=lambda: [_epub(open_site())],
        asked=not on_the_site,
    )
    yield DataFile(
        name="library.pdf",
        path="data/library.pdf",
        title="The whole library as a book, PDF",
        media_type="application/pdf",
        render=lambda: [_pdf(open_site())],
        asked=True,
    )


def _epub(site: PageSite) -> bytes:
    return _made(site, "epub3", ["--split-level=1", "--epub-title-page=true"])


def _pdf(site: PageSite) -> bytes:
    """Set by the package typst where it is installed, which needs no program; else by one on the search path."""
    if importlib.util.find_spec("typst"):
        source = _made(site, "typst", [])
        with tempfile.TemporaryDirectory(prefix="florilegium-") as folder:
            path = Path(folder, "book.typ")
            path.write_bytes(source)
            compiled: bytes = importlib.import_module("typst").compile(str(path), root=folder)
            return compiled
    engine = next((name for name in _ENGINES if shutil.which(name)), "")
    if not engine:
        raise CannotRun(
            "no program that sets the pages of a PDF is installed",
            "pip install 'florilegium[pdf]', or install WeasyPrint or LuaLaTeX; or make an EPUB: --format epub",
        )
    return _made(site, "pdf", [f"--pdf-engine={shutil.which(engine)}"])


def _made(site: PageSite, to: str, more: list[str]) -> bytes:
    pandoc = find_pandoc()
    if pandoc is None:
        raise CannotRun("no pandoc was found, which makes the book", "run ./scripts/setup to install one")
    with tempfile.TemporaryDirectory(prefix="florilegium-") as folder:
        style, meta = Path(folder, "book.css"), Path(folder, "meta.json")
        style.write_text(_STYLE, encoding="utf-8")
        meta.write_text(json.dumps(_metadata(site), ensure_ascii=False), encoding="utf-8")
        out = Path(folder, f"book.{to.removesuffix('3')}")
        command = [pandoc.path, "--from=html", f"--to={to}", "--standalone", "--toc", "--toc-depth=2"]
        command += [f"--css={style}", f"--metadata-file={meta}", f"--output={out}", f"--data-dir={folder}", *more]
        _run(command, book_html(site), folder, _epoch(site))
        return out.read_bytes()


def _metadata(site: PageSite) -> dict[str, Any]:
    settings, words = site.links.library.settings, site.words
    notes = site.links.notes.values()
    people = list(dict.fromkeys(name for note in notes for name in note.contributors))
    newest = max((age_of(note) for note in notes), default=None)
    return {
        "title": _plain(settings.title),
        "lang": words.language,
        "dir": words.direction,
        "author": [_plain(name) for name in people[:20]],
        "description": _plain(settings.description),
        "date": newest.isoformat() if newest else "",
        "identifier": [{"scheme": "URI", "text": site.permanent("")}],
        "toc-title": _plain(site._("Contents")),
    }


def _plain(text: str) -> str:
    """A text of the metadata, which pandoc reads as Markdown, as it stands."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def _epoch(site: PageSite) -> str:
    """The moment that the file bears, so that the same library gives the same bytes: that of the newest note."""
    newest = max((age_of(note) for note in site.links.notes.values()), default=None)
    moment = datetime(newest.year, newest.month, newest.day, tzinfo=UTC) if newest else datetime(2000, 1, 1, tzinfo=UTC)
    return str(int(moment.timestamp()))


def _run(command: list[str], html: str, folder: str, epoch: str) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    try:
        done = subprocess.run(
            command,
            input=html.encode(),
            capture_output=True,
            cwd=folder,
            timeout=_PATIENCE,
            env=environment,
            check=False,
        )
    except OSError as error:
        raise CannotRun(f"pandoc could not be started ({error.strerror})", "run ./scripts/setup") from None
    except subprocess.TimeoutExpired:
        raise CannotRun(
            f"pandoc did not finish the book within {_PATIENCE} seconds", "try again, or file a bug"
        ) from None
    if done.returncode:
        said = plain(" ".join(done.stderr.decode("utf-8", "replace").replace(folder, "").split()))[:300]
        raise CannotRun(f"pandoc could not make the book: {said or f'exit code {done.returncode}'}", "file a bug")
