"""The text of a PDF, page by page, as a reader sees it: without running heads and feet, page numbers and note marks.

The file is read by PDFium (https://pdfium.googlesource.com/pdfium/), through the package pypdfium2.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any, NamedTuple

from ..core.raised_signs import raise_signs

MAX_PAGES = 5_000
_SAMPLE = 6
"""Pages that are looked at for pictures: to list what a page holds takes long."""
_EDGE = 3
"""Lines at the head and foot of a page that can be a running head, a running foot or a number."""
_RECURS = 3
"""Pages on which a line at the edge must recur to be a running one."""
_SMALL = 0.85
"""Of the size of the line: a sign below that can be a raised one."""
_NOTE_MARK = re.compile(r"[\d*†‡§,–-]{1,7}")


class PdfError(Exception):
    """The file cannot be read; the message says why, in words that can follow its name."""


class PdfText(NamedTuple):
    """What a PDF says."""

    pages: tuple[tuple[str, ...], ...]
    """The lines of each page, in reading order, running heads and feet left out."""
    edges: tuple[tuple[str, ...], ...]
    """The lines of each page with its head and foot, for the printed numbers."""
    labels: tuple[str, ...]
    """The number of each page as the file itself names it; empty where it names none."""
    shows_raised: bool
    is_scanned: bool

    @property
    def text(self) -> str:
        """All pages; a form feed stands between two."""
        return "\f".join("\n".join(lines) for lines in self.pages)


class _Line(NamedTuple):
    """One line as PDFium gives it: its characters, and where the first of them stands among those of the page."""

    start: int
    text: str


def pdf_text(data: bytes) -> PdfText:
    """Return the text of a PDF. Raises `PdfError` for one that is encrypted, damaged, or holds no text."""
    # Loaded here: checking a library needs none of it.
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise PdfError("is locked with a password" if locked else "is damaged, or no PDF") from error
    try:
        count = len(document)
        if not 0 < count <= MAX_PAGES:
            raise PdfError("has no pages" if not count else f"has more than {MAX_PAGES:,} pages")
        pages, edges, scanned, raised = [], [], 0, 0
        looked_at = range(0, count, max(1, count // _SAMPLE))
        for index in range(count):
            page = document[index]
            lines, edge, signs = _page(page, pypdfium2)
            pages.append(lines)
            edges.append(edge)
            raised += signs
            scanned += index in looked_at and _is_picture(page, pypdfium2)
            page.close()
        labels = tuple(_label(document, index) for index in range(count))
    except pypdfium2.PdfiumError as error:
        raise PdfError("is damaged") from error
    finally:
        document.close()
    if not any(line.strip() for lines in pages for line in lines):
        raise PdfError("holds no text, perhaps only pictures of its pages")
    numbered = labels if any(labels) and labels != tuple(str(n) for n in range(1, count + 1)) else ()
    return PdfText(
        pages=tuple(map(tuple, without_running_lines(pages))),
        edges=tuple(map(tuple, edges)),
        labels=numbered,
        shows_raised=raised > 0,
        is_scanned=scanned * 2 > len(looked_at),
    )


def _label(document: Any, index: int) -> str:
    try:
        return str(document.get_page_label(index) or "")
    except Exception:
        return ""


def _is_picture(page: Any, pypdfium2: Any) -> bool:
    """Return whether one picture covers a page: its text was read by a machine."""
    width, height = page.get_size()
    for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > 0.8 * width * height:
            return True
    return False


def _page(page: Any, pypdfium2: Any) -> tuple[list[str], list[str], int]:
    """Return the lines of a page, those at its edges as they are, and how many raised or lowered signs they have."""
    textpage = page.get_textpage()
    signs = _Signs(textpage, pypdfium2.raw)
    found = list(_lines(textpage, pypdfium2.raw))
    # Sizes are asked for where a raised sign can be, and for a few letters beside it: to ask takes long.
    size = median([s for line in found[:40] for s, _ in signs.letters(line)] or [0.0])
    lines, raised = [], 0
    for line in found:
        text, number = _read_line(line, signs, size)
        raised += number
        if text:
            lines.append(text)
    textpage.close()
    # A number at the edge is a line of its own, and so small that it looks like a mark: here it is kept.
    edges = [line.text.strip() for line in (*found[:_EDGE], *found[-_EDGE:])]
    return lines, edges, raised


def _lines(textpage: Any, raw: Any) -> Iterator[_Line]:
    start, pieces = 0, list[str]()
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code not in (10, 13, 0xFFFE, 2):
            pieces.append(_character(code))
            continue
        # U+FFFE and U+0002 stand for a hyphen at the end of a line; what follows stands on the next one.
        text = "".join(pieces) + ("-" if code in (0xFFFE, 2) else "")
        if text:
            yield _Line(start, text)
        start, pieces = index + 1, []
    if pieces:
        yield _Line(start, "".join(pieces))


def _character(code: int) -> str:
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


class _Signs:
    """The sizes and baselines of the characters of a page."""

    def __init__(self, textpage: Any, raw: Any) -> None:
        self.textpage, self.raw = textpage, raw
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.box = raw.FS_RECTF()

    def measure(self, index: int) -> tuple[float, float]:
        """Return the height and the baseline of a character; zeros where it is not printed."""
        if not self.raw.FPDFText_GetLooseCharBox(self.textpage, index, ctypes.byref(self.box)):
            return 0.0, 0.0
        self.raw.FPDFText_GetCharOrigin(self.textpage, index, ctypes.byref(self.x), ctypes.byref(self.y))
        return self.box.top - self.box.bottom, self.y.value

    def letters(self, line: _Line) -> list[tuple[float, float]]:
        """Return the measures of some letters of a line."""
        places = [at for at, sign in enumerate(line.text) if sign.isalpha()]
        chosen = places[:: max(1, len(places) // 3)]
        return [found for at in chosen if (found := self.measure(line.start + at))[0]]


_CANDIDATE = re.compile(r"[\d*†‡§+−–=()-]*[\d*†‡§][\d*†‡§+−–=(),-]*")


def _read_line(line: _Line, signs: _Signs, page_size: float) -> tuple[str, int]:
    """Return a line without note marks, its other raised signs as such, and how many signs are not on the line."""
    candidates = list(_CANDIDATE.finditer(line.text))
    if not candidates:
        return _tidy(line.text), 0
    letters = signs.letters(line)
    if not letters:
        # A mark that is alone: PDFium takes it for a line of its own.
        small = all(signs.measure(line.start + m.start())[0] < _SMALL * page_size for m in candidates)
        return ("", 1) if small and page_size and _NOTE_MARK.fullmatch(line.text.strip()) else (_tidy(line.text), 0)
    size = median(height for height, _ in letters)
    baseline = median(base for height, base in letters if height >= _SMALL * size)
    pieces: list[str] = []
    raised, at = 0, 0
    for match in candidates:
        pieces.append(line.text[at : match.start()])
        at = match.start()
        while at < match.end():
            shift = _shift(signs.measure(line.start + at), size, baseline)
            end = at + 1
            while end < match.end() and _shift(signs.measure(line.start + end), size, baseline) == shift:
                end += 1
            text = line.text[at:end]
            if shift:
                raised += 1
                is_mark = shift > 0 and _is_note_mark(text, "".join(pieces))
                text = "" if is_mark else raise_signs(text, lower=shift < 0)
            pieces.append(text)
            at = end
    pieces.append(line.text[at:])
    return _tidy("".join(pieces)), raised


def _tidy(text: str) -> str:
    return re.sub(r"[ \t\xa0]+", " ", text).strip()


def _shift(measured: tuple[float, float], size: float, baseline: float) -> int:
    """Return 1 for a raised sign, -1 for a lowered one, 0 for one on the line."""
    height, base = measured
    if not height or height >= _SMALL * size:
        return 0
    rise = (base - baseline) / size
    return 1 if rise > 0.15 else -1 if rise < -0.05 else 0


def _is_note_mark(text: str, before: str) -> bool:
    """Return whether raised signs lead to a note: what follows a digit or a unit is an exponent."""
    if not _NOTE_MARK.fullmatch(text.strip()):
        return False
    return not re.search(r"(?:\d|(?<![^\W\d_])[^\W\d_]{1,2})\Z", before)


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return pages without the lines at their edges that recur, and without their numbers."""
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_form(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
    running = {form for form, count in counts.items() if count >= _RECURS and form} if len(pages) >= _RECURS else set()

    def is_edge(line: str) -> bool:
        return _form(line) in running or bool(re.fullmatch(r"\W*(?:\d{1,5}|[ivxlc]{1,7})\W*", line))

    kept = []
    for lines in pages:
        start, end = 0, len(lines)
        while start < min(_EDGE, end) and is_edge(lines[start]):
            start += 1
        while end > max(start, len(lines) - _EDGE) and is_edge(lines[end - 1]):
            end -= 1
        kept.append(list(lines[start:end]))
    return kept


def _form(line: str) -> str:
    """Return a line without its numbers, which change from page to page."""
    return " ".join(re.sub(r"\d+|\b[ivxlc]+\b", "#", line).split()) if len(line) < 150 else ""
