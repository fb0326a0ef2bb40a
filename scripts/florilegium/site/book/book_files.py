"""The book as EPUB and PDF. Pandoc makes both; a PDF needs a program that sets pages, of which one is enough."""

import importlib
import importlib.util
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ...core.errors import CannotRun
from ...works.citing.pandoc_process import PandocFailed, find_pandoc, run_pandoc
from ..data_files.data_file import DataFile
from ..linked_site import age_of
from ..pages.cards import PageSite
from .book_html import book_html

_ENGINES = ("typst", "weasyprint", "lualatex", "xelatex", "tectonic")
"""Programs on the search path that pandoc can make a PDF with, the best first."""
_SECONDS = 600
"""Seconds of its own work that pandoc may take for a book."""
_MEBIBYTES = 8192
"""What it may keep in memory; a library of a thousand long notes takes some 5,000."""

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
        shows_prose=True,
    )
    yield DataFile(
        name="library.pdf",
        path="data/library.pdf",
        title="The whole library as a book, PDF",
        media_type="application/pdf",
        render=lambda: [_pdf(open_site())],
        asked=True,
        shows_prose=True,
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
        options = ["--from=html", f"--to={to}", "--standalone", "--toc", "--toc-depth=2"]
        options += [f"--css={style}", f"--metadata-file={meta}", f"--output={out}", f"--data-dir={folder}", *more]
        # The same library gives the same bytes: the file bears the day of the newest note.
        newest = _newest(site) or date(2000, 1, 1)
        epoch = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
        try:
            run_pandoc(
                pandoc,
                options,
                book_html(site).encode(),
                _SECONDS,
                folder=folder,
                sandboxed=False,  # In its sandbox pandoc does not read the style sheet; our HTML names no file.
                mebibytes=_MEBIBYTES,
                variables={"SOURCE_DATE_EPOCH": str(epoch)},
            )
        except PandocFailed as error:
            raise CannotRun(f"the book was not made: pandoc {error}", error.help or "file a bug") from None
        return out.read_bytes()


def _metadata(site: PageSite) -> dict[str, Any]:
    settings, words = site.links.library.settings, site.words
    people = list(dict.fromkeys(name for note in site.links.notes.values() for name in note.contributors))
    newest = _newest(site)
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


def _newest(site: PageSite) -> date | None:
    return max((age_of(note) for note in site.links.notes.values()), default=None)


def _plain(text: str) -> str:
    """A text of the metadata, which pandoc reads as Markdown, as it stands."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
