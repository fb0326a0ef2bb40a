"""Quotations in running prose: words in quotation marks, in a sentence that cites one work."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from ..core.model import CitationMode, Reference
from .citations import FoundCitation
from .nodes import Node
from .runs import InlineRun
from .writing_text import write_line

_WORDS = 4
"""Words in quotation marks that are a quotation; fewer are a term, or a word held at a distance."""
_CHARACTERS = 8
"""The same in scripts that put no space between words."""
_NEAR = 600
"""Characters between words and the citation beside them."""
_PAIRS = re.compile(
    r"“([^“”]{4,3000})”|„([^„“”]{4,3000})[“”]|«([^«»]{4,3000})»|»([^«»]{4,3000})«|「([^「」]{4,3000})」"
    r"|(?<![\w\"])\"(?=[^\s\"])([^\"]{4,3000})\"(?!\w)|(?<!\w)‘(?=\S)([^‘’]{4,3000}(?:(?<=\w)’(?=\w)[^‘’]{1,3000}){0,20})’(?!\w)"
)
_OPENING = re.compile('["“„«»「‘]')
_SENTENCE_END = re.compile(r"[.!?…][\"”’»“)\]]*\s+(?=[\"“„«‘(\[]?[A-ZÀ-ÖØ-Þ])|[。！？]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class ProseQuotation(NamedTuple):
    """Words in quotation marks, without the marks: indices of the run."""

    start: int
    end: int
    words: str
    reference: Reference | None
    """The work; None where several are cited together."""


def find_prose_quotations(run: InlineRun, cited: Sequence[FoundCitation]) -> Iterator[ProseQuotation]:
    """Yield the words in quotation marks of which a citation in the same sentence says where they come from.

    The work is that of the first citation after the words; where none follows, of the last one before them.
    """
    text = run.masked
    if not _OPENING.search(text):
        return
    starts = [found.start for found in cited]
    places = run.places()
    for match in _PAIRS.finditer(text):
        start, end = next(match.span(group) for group in range(1, 8) if match[group] is not None)
        index = bisect_left(starts, start)
        after = cited[index] if index < len(cited) else None
        before = cited[index - 1] if index else None
        is_cut = (after is not None and after.start < end) or (before is not None and before.end > start)
        if is_cut or not _is_long(run.text[start:end]):
            continue
        beside = None
        if after is not None and after.start < end + _NEAR and not _SENTENCE_END.search(text, end, after.start + 1):
            beside = after
        elif before is not None and before.end > start - _NEAR and not _SENTENCE_END.search(text, before.end, start):
            beside = before
        if beside is not None:
            references = beside.citation.references
            one = references[0] if len(references) == 1 or references[0].mode is CitationMode.AUTHOR_IN_TEXT else None
            yield ProseQuotation(start, end, _words(run, places, start, end), one)


def _is_long(text: str) -> bool:
    return len(_WORD.findall(text)) >= _WORDS or len(_UNSPACED.findall(text)) >= _CHARACTERS


def _words(run: InlineRun, places: Sequence[tuple[Node, int, int]], start: int, end: int) -> str:
    """Return what a reader sees of the run from one index to another."""
    nodes: list[Node] = []
    first_place = bisect_right(places, start, key=itemgetter(2))
    for place in range(first_place, len(places)):
        node, first, last = places[place]
        if first >= end:
            break
        if node.kind == "Text" and (first < start or last > end):
            text = run.text[max(first, start) : min(last, end)]
            nodes.append(Node("Text", node.start, node.end, (), text, node.info))
        else:
            nodes.append(node)
    return write_line(nodes)
