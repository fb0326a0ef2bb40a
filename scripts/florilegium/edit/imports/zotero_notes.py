"""Zotero's notes made from annotations, exported as HTML or Markdown: a paragraph for each highlight.

A paragraph reads `“Words” (Doe, 2009, p. 3) (pdf) A comment`. In Markdown, and in HTML with the option to include
links, the citation and `pdf` lead into Zotero, and the second link names the annotation.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from ...core.diagnostics import quoted
from ...core.entities import unescape_html
from ...core.rules import Severity
from ...core.sources import Name
from ...core.spans import LineTable, Span
from ...markdown.prose_tree import shown_text
from .foreign_text import clean_line, clean_paragraphs
from .gathered import Gathered
from .highlights import Export, Highlight, HighlightFormat, Work

_WORDS = re.compile(r"\s*[“\"](.*)[”\"]\s*(?=\((?=\[?[^()]*(?:[0-9]{4}|n\.d\.|p\. ))|\Z)", re.DOTALL)
"""Everything up to the last closing mark that a citation follows."""
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\((zotero://[^()\s]*)\)")
_CITATION = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)\s*(.*)\Z", re.DOTALL)
_PDF = re.compile(r"\(\s*(?:pdf|epub|snapshot)\s*\)\s*", re.IGNORECASE)
_YEAR = re.compile(r"\b([12][0-9]{3})[a-z]?\b")
_PAGE = re.compile(r"\bpp?\.\s*([^,;()\s]+)\s*$")


class _Paragraph(NamedTuple):
    text: str
    """Without markup, links left as their texts."""
    links: tuple[str, ...]
    annotation: str
    """The JSON that Zotero keeps about a highlight, where an export has it."""
    marked: str
    """What stands in an element for a highlight."""
    span: Span


def parse_zotero_note(table: LineTable) -> Export:
    """Read all paragraphs that quote something; the others are counted alone."""
    is_html = re.search(r"<(?:p|div|html|!doctype)\b", table.text, re.IGNORECASE) is not None
    gathered = Gathered(HighlightFormat.ZOTERO)
    passed = 0
    for paragraph in _Reader(table).read() if is_html else _markdown(table):
        passed += not _take(paragraph, gathered)
    gathered.left_out(table.path, passed, "are no words in quotation marks with a source", "paragraphs")
    return gathered.export()


def _take(paragraph: _Paragraph, gathered: Gathered) -> bool:
    """Whether a paragraph is a highlight, which then is gathered."""
    found = _WORDS.match(paragraph.text)
    marked = paragraph.marked.strip().removeprefix("“").removesuffix("”")
    if found is None and not marked:
        if paragraph.links:
            message = "this paragraph has a link into Zotero, but no words in quotation marks; it is left out"
            gathered.report(paragraph.span, message)
        return False
    words = gathered.words(marked or (found[1] if found else ""), paragraph.span)
    if not words:
        return False
    rest = paragraph.text[found.end() :] if found else paragraph.text.partition(paragraph.marked)[2]
    citation = _CITATION.match(rest.strip())
    cited, after = (citation[1], citation[2]) if citation else ("", rest)
    details = _details(paragraph.annotation)
    page = _PAGE.search(cited)
    id_ = _identity(paragraph, details)
    if not id_:
        id_ = hashlib.sha256(f"{cited}\0{words}".encode()).hexdigest()[:20]
        message = f"{quoted(words)} comes without its id; if it is edited in Zotero, it will count as a new one"
        help_ = "export the note with “Include links” (“Include Zotero links”) chosen"
        gathered.report(paragraph.span, message, help_, Severity.WARNING)
    highlight = Highlight(
        id=id_,
        words=words,
        work=_work(cited),
        page=details.get("pageLabel") or (page[1] if page else ""),
        comment=clean_paragraphs(_PDF.sub("", after, count=1)),
        colour=details.get("color", ""),
        span=paragraph.span,
    )
    gathered.highlights.append(highlight)
    return True


def _work(cited: str) -> Work:
    """The work that a citation such as `Doe and Roe, 2009, p. 3` names."""
    year = _YEAR.search(cited)
    authors = cited[: year.start()] if year else cited.partition(",")[0]
    first = clean_line(re.split(r",| et al| and | & | und ", authors.strip().rstrip(","))[0])
    return Work(people=(Name(literal=first),) if first else (), year=year[1] if year else "")


def _details(annotation: str) -> dict[str, str]:
    try:
        found = json.loads(unquote(annotation)) if annotation else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: clean_line(value) for key, value in found.items() if isinstance(value, str)}


def _identity(paragraph: _Paragraph, details: dict[str, str]) -> str:
    for link in paragraph.links:
        # A bracket that is never closed is taken for half of an IPv6 address, and refused.
        with suppress(ValueError):
            keys = parse_qs(urlsplit(link).query).get("annotation", [])
            if keys:
                return clean_line(keys[0])
    return details.get("annotationKey", "")


# ------------------------------------------------------------------------------------------------------- Markdown

_BLOCK = re.compile(r"[^\r\n]+(?:(?:\r\n|\r|\n)[^\r\n]+)*")


def _markdown(table: LineTable) -> Iterator[_Paragraph]:
    for block in _BLOCK.finditer(table.text):
        text = block[0].removeprefix("\ufeff")
        if text.lstrip().startswith(("#", "---", "***")):
            continue
        links = tuple(found[2] for found in _LINK.finditer(text))
        shown = shown_text(_LINK.sub(lambda found: found[1], text))
        yield _Paragraph(shown, links, "", "", table.span(block.start(), block.end()))


# ----------------------------------------------------------------------------------------------------------- HTML


_TOKEN = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9]*+)([^<>]{0,20000}+)>|<[!?][^<>]*>")
"""What is no text. Python's own reader of HTML takes quadratic time for tags that never end."""
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BLOCKS = frozenset("p li div blockquote h1 h2 h3 h4 h5 h6 hr ul ol table tr td body".split())
_HIDDEN = frozenset("script style title".split())


class _Reader:
    """Gathers paragraphs, and what in them is marked as a highlight."""

    def __init__(self, table: LineTable) -> None:
        self.table = table
        self.paragraphs: list[_Paragraph] = []
        self.hidden = 0
        self.start_paragraph(0)

    def start_paragraph(self, offset: int) -> None:
        self.text: list[str] = []
        self.links: list[str] = []
        self.marked: list[str] = []
        self.annotation = ""
        self.spans: list[bool] = []
        self.offset = offset

    def end_paragraph(self, offset: int) -> None:
        text = "".join(self.text)
        if text.strip():
            span = self.table.span(self.offset, self.offset)
            found = _Paragraph(text, tuple(self.links), self.annotation, "".join(self.marked), span)
            self.paragraphs.append(found)
        self.start_paragraph(offset)

    def read(self) -> list[_Paragraph]:
        text, position = self.table.text, 0
        while token := _TOKEN.search(text, position):
            self.words(text[position : token.start()])
            position = token.end()
            if token[0] == "<!--":
                end = text.find("-->", position)
                position = end + 3 if end >= 0 else len(text)
            elif token[2]:
                self.tag(token, token[2].lower())
        self.words(text[position:])
        self.end_paragraph(len(text))
        return self.paragraphs

    def tag(self, token: re.Match[str], name: str) -> None:
        if name in _BLOCKS:
            self.end_paragraph(token.start())
        elif name in _HIDDEN:
            self.hidden = max(0, self.hidden + (-1 if token[1] else 1))
        elif name == "br":
            self.text.append("\n")
        elif name == "span" and token[1]:
            del self.spans[-1:]
        elif not token[1]:
            values = {
                found[1].lower(): unescape_html(found[2] or found[3] or "") for found in _ATTRIBUTE.finditer(token[3])
            }
            self.open(name, values)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a" and attributes.get("href", "").startswith("zotero://"):
            self.links.append(attributes["href"])
        elif name == "span":
            is_highlight = attributes.get("class") in ("highlight", "underline")
            self.spans.append(is_highlight)
            if is_highlight:
                self.annotation = attributes.get("data-annotation", "")

    def words(self, raw: str) -> None:
        if raw and not self.hidden:
            text = unescape_html(raw)
            self.text.append(text)
            if any(self.spans):
                self.marked.append(text)
