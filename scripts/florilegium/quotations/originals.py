"""The text of a work that quotations are compared with, read from a plain, HTML or PDF file."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from ..core.diagnostics import plain, quoted
from ..core.errors import FlorilegiumError

__all__ = ["KINDS", "MAX_ORIGINAL_BYTES", "Original", "OriginalError", "read_original"]

MAX_ORIGINAL_BYTES = 50 * 1_048_576
"""A book is about one megabyte of text; a scanned one with its text layer stays below this too."""
_PDF_SECONDS = 300
_TEXT = (".txt", ".md", ".text", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
KINDS = frozenset((*_TEXT, *_HTML, ".pdf"))
"""The endings of files that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The text of a work."""

    text: str
    digest: str
    """SHA-256 of the file, in hexadecimal."""
    name: str
    """Name of the file, without its folder: for messages only."""
    shows_raised: bool = False
    """Whether raised and lowered signs of the work are such in the text too."""
    page_lines: tuple[tuple[str, ...], ...] = ()
    """The lines of each page, where the file has pages: form feeds stand between them in `text`."""
    labels: tuple[str, ...] = ()
    """The printed number of each page, where the file itself says it."""
    is_scanned: bool = False
    """Whether the text was read from pictures of pages, by a machine."""


class OriginalError(FlorilegiumError):
    """The text of a work cannot be read; `help` says what to do."""


def read_original(path: str | os.PathLike[str]) -> Original:
    """Read the text of a work: plain text, Markdown or HTML in UTF-8, or a PDF if `pdftotext` is there.

    Raises `OriginalError` for what is no regular file, larger than `MAX_ORIGINAL_BYTES`, or not readable.
    """
    name = Path(path).name
    kind = Path(path).suffix.lower()
    if kind not in KINDS:
        raise OriginalError(
            f"{quoted(name)} is neither .txt, .md, .html nor .pdf",
            "save the text of the work as a .txt file in UTF-8",
        )
    data = _read_bytes(path, name)
    if kind == ".pdf":
        text = _pdf_text(path, name)
    else:
        text = _decoded(data, name)
        text = _html_text(text) if kind in _HTML else text
    return Original(text=text, digest=hashlib.sha256(data).hexdigest(), name=name)


def _read_bytes(path: str | os.PathLike[str], name: str) -> bytes:
    # O_NONBLOCK: opening a pipe must not wait for its other end.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(path, "rb", opener=lambda file, _: _regular(os.open(file, flags), name)) as file:
            data = file.read(MAX_ORIGINAL_BYTES + 1)
    except OSError as error:
        reason = plain(error.strerror or type(error).__name__)
        raise OriginalError(f"{quoted(name)} cannot be read: {reason}", "check its path and who may read it") from error
    if len(data) > MAX_ORIGINAL_BYTES:
        limit = MAX_ORIGINAL_BYTES // 1_048_576
        raise OriginalError(f"{quoted(name)} is larger than {limit} MiB", "save its text as a .txt file")
    return data


def _regular(handle: int, name: str) -> int:
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OriginalError(f"{quoted(name)} is not a regular file", "name the file that holds the text")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{quoted(name)} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start}"
        raise OriginalError(message, "save it as UTF-8; a replaced letter would look like a misquotation") from error


def _pdf_text(path: str | os.PathLike[str], name: str) -> str:
    import shutil
    import subprocess

    program = shutil.which("pdftotext")
    remedy = "save the text of the work as a .txt file in UTF-8"
    if program is None:
        raise OriginalError(
            f"reading {quoted(name)} needs the program pdftotext",
            f"install poppler-utils (Poppler), or {remedy}",
        )
    command = [program, "-q", "-enc", "UTF-8", os.path.abspath(path), "-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PDF_SECONDS, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise OriginalError(f"pdftotext could not read {quoted(name)}", remedy) from error
    text = done.stdout.decode("utf-8", "replace")
    if not text.strip():
        raise OriginalError(f"{quoted(name)} holds no text, perhaps only pictures of its pages", remedy)
    return text


class _HtmlText(HTMLParser):
    """Collects the text that a page shows: a line break for each block, nothing of scripts and styles."""

    _HIDDEN = frozenset(("script", "style", "template"))
    _INLINE = frozenset(
        "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span"
        " strike strong sub sup time tt u var wbr".split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)
        self.hidden += tag in self._HIDDEN

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        self.hidden = max(0, self.hidden - (tag in self._HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            # Line breaks of the file are not those of the page.
            self.pieces.append(re.sub(r"[ \t\n\r\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.pieces.append("\n")


def _html_text(text: str) -> str:
    parser = _HtmlText()
    parser.feed(text)
    parser.close()
    return "".join(parser.pieces)
