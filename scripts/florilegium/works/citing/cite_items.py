"""Citations as they are handed to pandoc, and how some of them are put together without it.

Formatting a citation takes pandoc a good part of a millisecond, and a library cites the same works on
thousands of pages. A CSL style decides by the work's type, by which variables it has, by which of them are
numbers, and by the locator's label and shape: these make up a `Case`. Within one case it does the same thing.
So `(Doe, 2009, p. 12)` can be put together from `(Doe, 2009)` and from `, p. 12`, provided that one citation
of the case, formatted by pandoc, was equal to what we put together. Where it is not, as in styles that move a
comma before a quotation mark, pandoc formats all of them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ...core.model import Citation, CitationMode, Reference
from .citation_styles import LABELS, label_word
from .locator_words import localised_places, place_word
from .pandoc_fragments import CitedPart, Inline, plain_text, to_inlines


class CiteItem(NamedTuple):
    """One work in a citation: a `Reference` without its place in a file."""

    key: str
    mode: str = CitationMode.NORMAL.value
    prefix: str = ""
    label: str = ""
    value: str = ""
    suffix: str = ""


CslCitation = tuple[CiteItem, ...]
CitationParts = tuple[CitedPart, ...]
ItemKind = tuple[str, frozenset[tuple[str, bool]]]

PROBE = "\0probe"
"""The key, possible for no real work, of the work on which locators are tried."""
PROBE_ITEM: Mapping[str, Any] = {
    "type": "book",
    "author": [{"family": "Florilegium"}],
    "title": "Probe",
    "issued": {"date-parts": [[1]]},
}

_MODES = {
    CitationMode.NORMAL.value: {"t": "NormalCitation"},
    CitationMode.SUPPRESS_AUTHOR.value: {"t": "SuppressAuthor"},
    CitationMode.AUTHOR_IN_TEXT.value: {"t": "AuthorInText"},
}
_NUMERIC = re.compile(r"[A-Za-z]*\d+[A-Za-z]*(?:\s*[,&–-]\s*[A-Za-z]*\d+[A-Za-z]*)*")


class Case(NamedTuple):
    """What a style can ask about a citation of one work with a locator."""

    kind: ItemKind
    mode: str
    label: str
    shape: str


def csl_citation_of(citation: Citation) -> CslCitation:
    return tuple(map(_cited, citation.references))


def csl_reference_of(reference: Reference) -> CslCitation:
    """The citation that an attribution shows: the work and the place in it, and nothing else."""
    locator = reference.locator
    if locator is None:
        return simple(reference.key)
    return (CiteItem(reference.key, CitationMode.NORMAL.value, "", locator.label, locator.value, ""),)


def _cited(reference: Reference) -> CiteItem:
    label, value = (reference.locator.label, reference.locator.value) if reference.locator else ("", "")
    return CiteItem(reference.key, str(reference.mode), reference.prefix, label, value, reference.suffix)


def simple(key: str) -> CslCitation:
    """The plainest citation of a work."""
    return (CiteItem(key),)


def is_located(citation: CslCitation) -> bool:
    """Whether this cites one work, with a locator and nothing else around it."""
    first = citation[0]
    return len(citation) == 1 and bool(first.label) and not first.prefix and not first.suffix


def bare(citation: CslCitation) -> CslCitation:
    """A located citation without its locator."""
    return (CiteItem(citation[0].key, citation[0].mode),)


def probe(citation: CslCitation) -> CslCitation:
    """A citation of the probe with the same locator."""
    return (CiteItem(PROBE, label=citation[0].label, value=citation[0].value),)


def item_kind(item: Mapping[str, Any]) -> ItemKind:
    """What a style can ask about a work: its type, its variables, and whether each is a number."""
    fields = ((name, value) for name, value in item.items() if name not in ("id", "type"))
    return item.get("type", ""), frozenset((name, _is_remarkable(value)) for name, value in fields)


def _is_remarkable(value: object) -> bool:
    """Whether a number is one in CSL's sense, or a date uncertain."""
    if isinstance(value, dict):
        return bool(value.get("circa"))
    return _NUMERIC.fullmatch(str(value)) is not None


def case_of(citation: CslCitation, kind: ItemKind) -> Case:
    shape = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", citation[0].value))
    return Case(kind, citation[0].mode, citation[0].label, shape)


def ending(parts: CitationParts) -> str | None:
    """How the part with the key ends, where a comma may move or vanish; None unless there is one part."""
    keyed = [part.html for part in parts if part.key is not None]
    if len(keyed) != 1:
        return None
    text = re.sub(r"(?:</\w+>)+\Z", "", keyed[0])
    return ("a" if text[-1:].isalnum() else text[-1:]) + keyed[0][len(text) :]


class Piece(NamedTuple):
    """What a locator adds to a citation."""

    inside: str = ""
    """At the end of the part with the key."""
    behind: str = ""
    """Right after that part."""


def piece_of(without: CitationParts, located: CitationParts) -> Piece | None:
    """What the locator added: the second citation less the first; None where more than that differs."""
    if len(without) != len(located):
        return None
    piece = Piece()
    follows = False
    for before, after in zip(without, located, strict=True):
        if before.key is not None and after.html.startswith(before.html):
            piece = piece._replace(inside=after.html[len(before.html) :])
        elif follows and before.key == after.key and after.html.endswith(before.html):
            piece = piece._replace(behind=after.html[: len(after.html) - len(before.html)])
        elif before != after:
            return None
        follows = before.key is not None
    return piece


def assemble(without: CitationParts, piece: Piece) -> CitationParts:
    """A citation with what a locator adds."""
    parts: list[CitedPart] = []
    follows = False
    for part in without:
        added = CitedPart(part.html + piece.inside, part.key) if part.key is not None else part
        parts.append(CitedPart(piece.behind + part.html, part.key) if follows and part.key is None else added)
        follows = part.key is not None
    return tuple(parts)


def to_cite(citation: Iterable[CiteItem], ids: Mapping[str, str], language: str = "en") -> Inline:
    """A citation as pandoc's `Cite` element; `ids` turns keys into ids."""
    citations = [
        {
            "citationId": ids[cited.key],
            "citationPrefix": to_inlines(cited.prefix),
            "citationSuffix": to_inlines(_suffix(cited, language)),
            "citationMode": _MODES[cited.mode],
            "citationNoteNum": 0,
            "citationHash": 0,
        }
        for cited in citation
    ]
    return {"t": "Cite", "c": [citations, [{"t": "Str", "c": "?"}]]}


def spelled(citation: CslCitation, language: str) -> CslCitation:
    """The same citation with its locators in words behind the works, for a style that prints none by itself."""
    return tuple(_spelled(cited, language) for cited in citation)


def _spelled(cited: CiteItem, language: str) -> CiteItem:
    if not cited.label:
        return cited
    word = place_word(cited.label, cited.value, language)
    value = cited.value.replace("{", "(").replace("}", ")")
    space = "" if cited.suffix[:1] in ("", *",;:.)") else " "
    return cited._replace(
        label="", value="", suffix=f", {word}{value}{space}{localised_places(cited.suffix, language)}"
    )


def _suffix(cited: CiteItem, language: str) -> str:
    """The locator in braces, where pandoc looks for it; empty braces keep a suffix from being read as one."""
    space = "" if cited.suffix[:1] in ",;:.)" else " "
    if not cited.label:
        return "{}" + space + cited.suffix if cited.suffix else ""
    value = cited.value.replace("{", "(").replace("}", ")")
    # CSL 1.0.2 has labels that pandoc does not.
    word = (
        f"{label_word(cited.label)} " if cited.label in LABELS else place_word(cited.label, value, language, long=True)
    )
    return f", {{{word}{value}}}{space}{localised_places(cited.suffix, language)}"


def is_visible(parts: CitationParts) -> bool:
    """Whether a citation shows more than its brackets."""
    return any(c.isalnum() for part in parts for c in plain_text(part.html))
