"""The text of a work that quotations are compared with, read from a file of any kind that people have."""

import codecs
import hashlib
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from ..core.diagnostics import plain, quoted
from ..core.errors import FlorilegiumError
from ..works.citing.pandoc_process import PandocFailed, find_pandoc, run_pandoc
from .html_text import document_text
from .pdf_process import read_pdf
from .pdf_text import PdfError
from .transcripts import transcript_text

MAX_ORIGINAL_BYTES = 50 * 1_048_576
"""A book is about one megabyte of text; a scanned one with its text layer stays below this too."""
MAX_UNPACKED_BYTES = 400 * 1_048_576
"""What a packed document may hold: more is made to fill a disk."""
_PANDOC_SECONDS = 120
"""Of pandoc's own work."""
_PLAIN = (".txt", ".md", ".text", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
_PACKED = (".docx", ".epub", ".odt")
_PANDOC = {".docx": "docx", ".epub": "epub", ".odt": "odt", ".rtf": "rtf"}
_TRANSCRIPTS = (".vtt", ".srt")
ORIGINAL_SUFFIXES = frozenset((*_PLAIN, *_HTML, *_PANDOC, *_TRANSCRIPTS, ".xml", ".tei", ".pdf"))
"""The endings of files that can be read."""
_SAVE_AS_TEXT = "save the text of the work as a .txt file in UTF-8"


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
    emphases: tuple[str, ...] = ()
    """The passages that are emphasised; none where the file does not tell."""
    is_scanned: bool = False
    """Whether the text was read from pictures of pages, by a machine."""


class OriginalError(FlorilegiumError):
    """The text of a work cannot be read; `help` says what to do."""


def read_original(path: str | os.PathLike[str]) -> Original:
    """Read the text of a work: plain text, HTML, PDF, DOCX, EPUB, ODT, RTF, JATS or TEI in XML, VTT or SRT.

    Raises `OriginalError` for what is no regular file, larger than `MAX_ORIGINAL_BYTES`, or not readable.
    """
    name = Path(path).name
    kind = Path(path).suffix.lower()
    if kind not in ORIGINAL_SUFFIXES:
        raise OriginalError(
            f"{quoted(name)} is of no kind that can be read: {', '.join(sorted(ORIGINAL_SUFFIXES))}",
            _SAVE_AS_TEXT,
        )
    data = _read_bytes(path, name)
    digest = hashlib.sha256(data).hexdigest()
    if kind == ".pdf":
        return _pdf(data, digest, name)
    if kind in _PANDOC:
        text, emphases = document_text(_converted(data, _PANDOC[kind], name, is_packed=kind in _PACKED))
    elif kind in (".xml", ".tei"):
        text, emphases = _xml_text(data, name)
    else:
        text = _decoded(data, name)
        if kind in _HTML:
            text, emphases = document_text(text)
        elif kind in _TRANSCRIPTS:
            text, emphases = transcript_text(text), ()
        else:
            text, emphases = _plain_text(text)
    if not text.strip():
        raise OriginalError(f"{quoted(name)} holds no text", "name the file that holds the text of the work")
    shows_raised = kind in (*_PANDOC, *_HTML, ".xml", ".tei")
    return Original(text=text, digest=digest, name=name, shows_raised=shows_raised, emphases=emphases)


def _pdf(data: bytes, digest: str, name: str) -> Original:
    try:
        read = read_pdf(data)
    except PdfError as error:
        remedy = "save a copy without a password" if "password" in str(error) else _SAVE_AS_TEXT
        raise OriginalError(f"{quoted(name)} {error}", remedy) from error
    return Original(
        text=read.text,
        digest=digest,
        name=name,
        shows_raised=read.shows_raised,
        page_lines=read.edges,
        labels=read.labels,
        is_scanned=read.is_scanned,
    )


def _read_bytes(path: str | os.PathLike[str], name: str) -> bytes:
    # O_NONBLOCK: opening a pipe must not wait for its other end.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(path, "rb", opener=lambda file, _: _regular(os.open(file, flags), name)) as file:
            before = os.fstat(file.fileno())
            data = file.read(MAX_ORIGINAL_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = plain(error.strerror or type(error).__name__)
        raise OriginalError(f"{quoted(name)} cannot be read: {reason}", "check its path and who may read it") from error
    if len(data) > MAX_ORIGINAL_BYTES:
        limit = MAX_ORIGINAL_BYTES // 1_048_576
        raise OriginalError(
            f"{quoted(name)} is larger than {limit} MiB", "save its text as a .txt file, or a part of it"
        )
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise OriginalError(f"{quoted(name)} changed while it was read", "wait until it is saved, and verify again")
    if not data:
        raise OriginalError(f"{quoted(name)} is empty", "name the file that holds the text of the work")
    return data


def _regular(handle: int, name: str) -> int:
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OriginalError(f"{quoted(name)} is not a regular file", "name the file that holds the text")


# ---------------------------------------------------------------------------------------------------------- text

_DECLARED = re.compile(rb"(?:charset|(?:character set )?encoding)\s*[=:]\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE)
_MARKED = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"))
_MARKED_16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _decoded(data: bytes, name: str) -> str:
    """Decode a text by its byte order mark, else as UTF-8, else by the encoding that it declares at its head."""
    for mark, encoding in (*_MARKED, *_MARKED_16):
        if data.startswith(mark):
            return _decode(data, encoding, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        declared = _DECLARED.search(data[:4096])
        if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
            return _decode(data, declared[1].decode("ascii"), name)
        message = f"{quoted(name)} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start}"
        raise OriginalError(message, "save it as UTF-8; a replaced letter would look like a misquotation") from error


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise OriginalError(f"{quoted(name)} is not in the encoding {quoted(encoding)}", "save it as UTF-8") from error


_ITALICS = re.compile(r"(?<![\w_])_(?=\S)([^_\n]+(?:\n[^_\n]+){0,8})(?<=\S)_(?![\w_])")


def _plain_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a plain text without the underscores that books of plain text put round italics, and the italics."""
    return (_ITALICS.sub(r"\1", text), tuple(_ITALICS.findall(text))) if "_" in text else (text, ())


# ------------------------------------------------------------------------------------------------------ documents


def _converted(data: bytes, kind: str, name: str, *, is_packed: bool) -> str:
    """Return a document as HTML, by pandoc, which reads nothing but what it is given."""
    if is_packed:
        _check_archive(data, name)
    pandoc = find_pandoc()
    if pandoc is None:
        raise OriginalError(f"reading {quoted(name)} needs pandoc", f"run scripts/setup, or {_SAVE_AS_TEXT}")
    try:
        done = run_pandoc(pandoc, (f"--from={kind}", "--to=html", "--wrap=none"), data, _PANDOC_SECONDS)
    except PandocFailed as error:
        if error.help:
            raise OriginalError(f"{quoted(name)} cannot be read: pandoc {error}", error.help) from error
        raise OriginalError(f"{quoted(name)} is damaged, or no {kind.upper()} file", _SAVE_AS_TEXT) from error
    return done.stdout.decode("utf-8", "replace")


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if any(member.flag_bits & 1 for member in archive.infolist()):
                raise OriginalError(f"{quoted(name)} is locked with a password", "save a copy without a password")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error) as error:
        raise OriginalError(f"{quoted(name)} is damaged", _SAVE_AS_TEXT) from error
    if unpacked > MAX_UNPACKED_BYTES:
        message = f"{quoted(name)} holds {unpacked // 1_048_576:,} MiB when it is unpacked"
        raise OriginalError(message, _SAVE_AS_TEXT)


def _xml_text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of an article in JATS, or of a text in TEI, and the passages that are emphasised."""
    text = _decoded(data, name)
    head = text[:10_000]
    if re.search(r"<!ENTITY|<!DOCTYPE[^>]*\[", head):
        raise OriginalError(f"{quoted(name)} declares entities, which can stand for anything", _SAVE_AS_TEXT)
    if re.search(r"<(?:\w+:)?TEI\b", head):
        return document_text(re.sub(r"<note\b.*?</note\s*>", "", text, flags=re.DOTALL))
    if re.search(r"<article\b|<book\b", head):
        return document_text(_converted(data, "jats", name, is_packed=False))
    raise OriginalError(f"{quoted(name)} is neither JATS nor TEI", _SAVE_AS_TEXT)


_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)
_FILE = re.compile(r"^\s*(?:file|local-url)\s*=\s*[{\"](.*?)[}\"]\s*,?\s*$", re.MULTILINE | re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w.-]+")


def find_originals(folder: Path, keys: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder that belong to keys; of several for one key, those of every kind that can be read."""
    by_stem = {_UNSAFE.sub("-", key).casefold(): key for key in keys}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ORIGINAL_SUFFIXES and path.is_file():
            key = by_stem.get(_UNSAFE.sub("-", path.stem).casefold())
            if key is not None:
                yield key, path
    for export in sorted(folder.glob("*.bib")):
        yield from _attachments(export, keys)


def _attachments(export: Path, keys: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files that an export in BibTeX names: `files/12/Doe 2009.pdf`, alone or between colons."""
    text = export.read_text(encoding="utf-8", errors="replace")
    starts = [*_ENTRY.finditer(text)]
    for entry, following in zip(starts, [*(m.start() for m in starts[1:]), len(text)], strict=True):
        if entry[1] not in keys:
            continue
        for field in _FILE.finditer(text, entry.end(), following):
            for part in re.split(r"(?<!\\)[;:]", field[1]):
                path = export.parent / unquote(part.replace("\\:", ":").replace("\\;", ";").replace("\\_", "_"))
                if path.suffix.lower() in ORIGINAL_SUFFIXES and path.is_file():
                    yield entry[1], path
