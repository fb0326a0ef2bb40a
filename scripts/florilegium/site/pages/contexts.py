"""Sentences around a citation or a hyperlink: what backlinks show, so that a reader sees why a page names another."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from ...core.model import Note, Theme
from ...library.links import CitedBy
from ..addresses import ROOT
from .cards import PageSite
from .marked_html import citation_mark, marked
from .marked_html import filled as fill_marks

_PARAGRAPH = re.compile(r"<(p|li|td|dd)>((?:(?!<(?:p|li|td|dd)>).)*?)</\1>", re.DOTALL)
_END = re.compile(r"(?<=[.!?…])[”’\"')\]]*\s+(?=[^\sa-z])")
_OPEN, _CLOSE = "\ufdd4", "\ufdd5"
_LONGEST = 320


class Backlink(NamedTuple):
    """A page that names another one, and the sentence in which it does."""

    address: str
    title: str
    kind: str
    sentence: Markup


def mentions_of(found: CitedBy, key: str, site: PageSite, *, without: str = "") -> list[Backlink]:
    """The notes and themes whose prose cites a work, with the sentence; `without` names a note to leave out."""
    made = []
    documents: tuple[Note | Theme, ...] = (*found.cited, *found.cited_in_themes)
    for document in documents:
        if document.id == without and isinstance(document, Note):
            continue
        made.append(mention(document, citing_sentence(document, key, site), site))
    return made


def mention(document: Note | Theme, sentence: Markup, site: PageSite) -> Backlink:
    if isinstance(document, Note):
        return Backlink(site.addresses.note(document), document.title, site._("note"), sentence)
    return Backlink(site.addresses.theme(document), document.label, site._("theme"), sentence)


def citing_sentence(document: Note | Theme, key: str, site: PageSite) -> Markup:
    """The first sentence of a document that cites a work; empty where only a quotation's words do."""
    citations = document.body.citations
    wanted = {i for i, citation in enumerate(citations) if any(r.key == key for r in citation.references)}
    if not wanted:
        return Markup("")

    def cited(index: int) -> str:
        text = escape(Markup(site.citation(citations[index])).striptags())
        return f"{_OPEN}{text}{_CLOSE}" if index in wanted else str(text)

    return _first(document, site, [citation_mark(index) for index in wanted], cited, "")


def linking_sentence(document: Note | Theme, address: str, site: PageSite) -> Markup:
    """The first sentence of a document with a hyperlink to a page of the site."""

    def cited(index: int) -> str:
        return Markup(site.citation(document.body.citations[index])).striptags()

    return _first(document, site, [f'<a href="{ROOT}{address}'], cited, address)


def _first(
    document: Note | Theme, site: PageSite, marks: Collection[str], cited: Callable[[int], str], address: str
) -> Markup:
    """The first sentence with one of the marks that stand for citations, or of the hyperlinks to an address."""
    for html in site.paragraphs(document, _paragraphs):
        if not any(mark in html for mark in marks):
            continue
        filled = fill_marks(html, citation=cited, quote=lambda _: "")
        if address:
            link = re.compile(rf'<a href="{re.escape(ROOT + address)}(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)
            filled = link.sub(rf"{_OPEN}\1{_CLOSE}", filled, count=1)
        if _OPEN in filled:
            return _sentence(str(Markup(filled).striptags()))
    return Markup("")


def _paragraphs(document: Note | Theme, site: PageSite) -> Iterator[str]:
    body = site.rendered(document)
    for section in body.sections:
        for match in _PARAGRAPH.finditer(marked(section.html)):
            yield match[2]
    for match in _PARAGRAPH.finditer(marked(body.footnotes)):
        yield match[2]


def _sentence(text: str) -> Markup:
    """The sentence of a paragraph that holds the mark, the marked words set off."""
    place = text.index(_OPEN)
    starts = [0, *(match.end() for match in _END.finditer(text))]
    start = max(point for point in starts if point <= place)
    end = min((point for point in starts if point > place), default=len(text))
    sentence = " ".join(text[start:end].split())
    if len(sentence) > _LONGEST:
        place = sentence.index(_OPEN)
        first = max(0, place - _LONGEST // 2)
        cut = sentence[first : first + _LONGEST]
        cut = cut if _CLOSE in cut else cut + _CLOSE
        sentence = f"{'… ' if first else ''}{cut} …"
    before, _, rest = str(escape(sentence)).partition(_OPEN)
    marked, _, after = rest.partition(_CLOSE)
    made = f"{before}<b>{marked}</b>{after}" if marked else before + after
    return Markup(made.replace(_OPEN, "").replace(_CLOSE, ""))
