"""Kindle's `My Clippings.txt`: highlights and notes of all books, each closed by a line of ten equals signs.

The second line of a clipping is in the language of the device. What it says is found by its shape: numbers after the
words for page and location, and the words for note and bookmark in the languages that a Kindle speaks.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...core.diagnostics import quoted
from ...core.rules import Severity
from ...core.spans import LineTable
from .foreign_text import clean_foreign
from .gathered import Gathered
from .highlights import Export, Highlight, HighlightFormat, Work
from .listed_authors import listed_authors

_RULE = re.compile(r"^={10}[ \t]*$", re.MULTILINE)
_LOST = re.compile(r"^\ufeff?([^\r\n]+)(?:\r\n|\r|\n)- [^\r\n|]{0,200}[0-9][^\r\n|]{0,200}\|", re.MULTILINE)
"""The first two lines of a clipping."""
_BLOCK = re.compile(r"[^\r\n]+")
# fmt: off
_NOTES = ("note", "notunuz", "notatka", "notatkę", "메모", "노트",
          "notiz", "nota", "notitie", "メモ", "笔记", "備註", "筆記", "заметка", "заметку", "नोट")
_BOOKMARKS = ("bookmark", "lesezeichen", "marcador", "signet", "segnalibro", "bladwijzer", "ブックマーク", "书签",
              "書籤", "закладка", "बुकमार्क", "yer işareti", "zakładka", "책갈피", "북마크")
_CUTS = ("clip", "artikel", "article", "クリップ", "文章剪切")
_PAGES = r"stron[aiey]\w*|sayfa|page|seite|página|pagina|ページ|页|頁|страниц\w*|पृष्ठ"
# fmt: on
_RANGE = r"[0-9]+|[ivxlcdm]+\b"
_PAGE = re.compile(rf"(?:{_PAGES})\s*((?:{_RANGE})(?:\s*[-–]\s*(?:{_RANGE}))?)", re.IGNORECASE)
_PAGE_BEFORE = re.compile(r"第?\s*([0-9]+(?:-[0-9]+)?)\.?\s*(?:ページ|页|頁|페이지|쪽|sayfa)")
_NUMBERS = re.compile(r"#?([0-9]+)(?:\s*[-–]\s*#?([0-9]+))?")
_AUTHOR = re.compile(r"\s*[(（]([^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*)[)）]\s*$")
_LIMIT = re.compile(r"\s*[<＜][^<>＜＞]{8,200}[>＞]\s*")
"""The notice in the place of words that a publisher does not let go, in whatever language."""
_OVERLAP = 12
"""Characters in which the end of one highlight and the beginning of another must agree to be one that was widened."""
_MAX_LINE = 1_000
"""Characters of a clipping's first two lines that are read."""
_LONGEST = 2_000
"""Characters of such an agreement that are looked for."""


class _Clipping(NamedTuple):
    kind: str
    """`highlight` or `note`."""
    first: int
    last: int
    """The locations; 0 where there are none."""
    marked: Highlight


def parse_kindle(table: LineTable) -> Export:
    """Read all clippings. Of a highlight that was widened later, the last form counts, under the first one's id."""
    gathered = Gathered(HighlightFormat.KINDLE)
    blocks = _blocks(table, gathered)
    found = [clipping for start, end in blocks if (clipping := _clipping(table, start, end, gathered))]
    clippings = _widened([c for c in found if c.kind == "highlight"], gathered)
    comments = _comments([c for c in found if c.kind == "note"], clippings, gathered)
    marked = (clipping.marked for clipping in clippings)
    gathered.highlights += [replace(one, comment="\n".join(comments.get(one.id, ()))) for one in marked]
    return gathered.export()


def _blocks(table: LineTable, gathered: Gathered) -> Iterator[tuple[int, int]]:
    text, position = table.text, 0
    rules = [(rule.start(), rule.end()) for rule in _RULE.finditer(text.replace("\r\n", " \n").replace("\r", "\n"))]
    for end, after in [*rules, (len(text), len(text))]:
        if end == len(text) == after and not text[position:].strip("\ufeff \t\r\n"):
            return
        for lost in list(_LOST.finditer(text, position, end))[1:]:
            span = table.span(lost.start(1), lost.end(1))
            message = f"a line {'=' * 10} is missing before this clipping"
            gathered.report(span, message, "see whether the words before it are whole")
            yield position, lost.start(1)
            position = lost.start(1)
        yield position, end
        position = after


def _clipping(table: LineTable, start: int, end: int, gathered: Gathered) -> _Clipping | None:
    lines = list(_BLOCK.finditer(table.text, start, end))
    lines = [line for line in lines if line[0].strip("\ufeff \t")]
    if not lines:
        return None
    span = table.span(lines[0].start(), lines[0].end())
    if len(lines) < 2 or not lines[1][0].lstrip().startswith("-"):
        message = "this clipping has no second line that says what it is and where it stands"
        gathered.report(span, message, 'it should begin with "- Your Highlight on page 12"')
        return None
    meta = lines[1][0][:_MAX_LINE].strip().lstrip("- ")
    kind = _kind(meta)
    if not kind:
        return None
    words = gathered.words(table.text[lines[1].end() : end], span, lines=True, empty=Severity.WARNING)
    if not words:
        return None
    if _LIMIT.fullmatch(words):
        message = "Kindle left out these words: the publisher's limit for clippings was reached"
        gathered.report(span, message, "copy the words from the book by hand", Severity.WARNING)
        return None
    title, author = _title(clean_foreign(lines[0][0][:_MAX_LINE]).text)
    page, first, last = _place(meta)
    identity = "\0".join((title, author, str(first) if first else page, words))
    place = f"{first}-{last}" if last > first else str(first)
    marked = Highlight(
        id=hashlib.sha256(identity.encode()).hexdigest()[:20],
        words=words,
        work=Work(title=title, people=listed_authors(author)),
        page=page,
        place=f"location {place}" if first and not page else "",
        span=span,
    )
    return _Clipping(kind, first, last, marked)


def _kind(meta: str) -> str:
    # The words for the kind stand before the place and the date, in which the same letters may come by chance.
    head = meta.partition("|")[0].casefold()
    if any(word in head for word in _BOOKMARKS) or any(word in head for word in _CUTS):
        return ""
    return "note" if any(word in head for word in _NOTES) else "highlight"


def _title(line: str) -> tuple[str, str]:
    author = _AUTHOR.search(line)
    return (line[: author.start()].strip() or line, author[1].strip()) if author else (line, "")


def _place(meta: str) -> tuple[str, int, int]:
    """Page, first and last location; what follows the last `|` is a date."""
    parts = meta.split("|")
    head = "|".join(parts[:-1]) if len(parts) > 1 else meta
    page = _PAGE_BEFORE.search(head) or _PAGE.search(head)
    rest = head if page is None else head[: page.start()] + head[page.end() :]
    numbers = _NUMBERS.search(rest)
    first = int(numbers[1]) if numbers else 0
    last = int(numbers[2]) if numbers and numbers[2] else first
    # An old Kindle leaves out the digits that both ends share: 1212-14.
    if last < first and numbers and numbers[2]:
        last = int(numbers[1][: -len(numbers[2])] + numbers[2])
    return (_page(page[1]) if page else ""), first, last


def _page(text: str) -> str:
    first, _, last = re.sub(r"\s*[-–]\s*", "-", text).partition("-")
    return first if last in ("", first) else f"{first}-{last}"


def _widened(clippings: Sequence[_Clipping], gathered: Gathered) -> list[_Clipping]:
    """The clippings without those that a later one replaces: the same place, and words that overlap."""
    kept: list[_Clipping] = []
    by_book: dict[Work, list[int]] = defaultdict(list)
    for clipping in clippings:
        marked = clipping.marked
        places = by_book[marked.work]
        earlier = [n for n in places if _same_place(kept[n], clipping) and _overlap(kept[n].marked, marked)]
        if not earlier:
            places.append(len(kept))
            kept.append(clipping)
            continue
        before = kept[earlier[0]].marked
        if before.words != marked.words:
            message = f"the highlight in line {before.span.line} was changed later; the last form counts"
            gathered.report(marked.span, message, severity=Severity.INFORMATION)
        kept[earlier[0]] = clipping._replace(marked=replace(marked, id=before.id))
    return kept


def _same_place(a: _Clipping, b: _Clipping) -> bool:
    if a.first and b.first:
        return a.first <= b.last and b.first <= a.last
    return a.marked.page == b.marked.page


def _overlap(a: Highlight, b: Highlight) -> bool:
    one, two = a.words.casefold(), b.words.casefold()
    if one in two or two in one:
        return True
    longest = min(len(one), len(two), _LONGEST)
    return any(one[-n:] == two[:n] or two[-n:] == one[:n] for n in range(_OVERLAP, longest))


def _comments(
    notes: Sequence[_Clipping], highlights: Sequence[_Clipping], gathered: Gathered
) -> dict[str, tuple[str, ...]]:
    """The texts of notes by the id of the highlight that they belong to: the last one that reaches their place."""
    found: dict[str, tuple[str, ...]] = {}
    by_book: dict[Work, list[_Clipping]] = defaultdict(list)
    for highlight in highlights:
        by_book[highlight.marked.work].append(highlight)
    for note in notes:
        words = note.marked.words
        same = [h.marked.id for h in by_book[note.marked.work] if _same_place(h, note)]
        if same:
            texts = found.get(same[-1], ())
            found[same[-1]] = texts if words in texts else (*texts, words)
        else:
            message = f"the note {quoted(words)} belongs to no highlight; it is left out"
            gathered.report(note.marked.span, message, severity=Severity.WARNING)
    return found
