"""A note as a plain text that can be coded, and where in it the words of its quotes stand."""

from collections.abc import Iterator
from typing import NamedTuple

from ....core.model import Heading, Note, Quote
from ....works.citing.pandoc_fragments import plain_text
from ...linked_site import BASES, Site
from ...prose_texts import one_line, valid_text
from ..markdown_exports import attribution, notices_line


class Selection(NamedTuple):
    """The words of a quote: `text[start:end]`, in code points."""

    quote: Quote
    start: int
    end: int
    credit: str
    """Who speaks and where, as one line."""


class NoteText(NamedTuple):
    text: str
    """Paragraphs, parted by an empty line; lines end with a line feed."""
    selections: tuple[Selection, ...]
    """In the order in which they stand."""


def note_text(note: Note, site: Site) -> NoteText:
    """The head of a note, and its quotes below their headings, notices before each and the attribution after it.

    The prose is left out: what is coded is what the works say, and not what is said of them.
    """
    composing = _Composing()
    composing.add("\n\n".join(map(valid_text, _head(note, site))))
    parts: list[Heading | Quote] = [*note.body.headings, *note.quotes]
    for item in sorted(parts, key=lambda part: part.span):
        composing.add("\n\n")
        if isinstance(item, Quote):
            composing.add_quote(item, site)
        else:
            composing.add(valid_text(one_line(item.text)))
    composing.add("\n")
    return NoteText("".join(composing.pieces), tuple(composing.selections))


class _Composing:
    """A text in the making, whose length is known."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.selections: list[Selection] = []
        self.length = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def add_quote(self, quote: Quote, site: Site) -> None:
        notices = notices_line(site.links.notices_of(quote), site)
        self.add(f"[Content notice: {notices}]\n" if notices else "")
        start, credit = self.length, attribution(quote, site)
        self.add(valid_text(quote.words))
        self.selections.append(Selection(quote, start, self.length, credit))
        self.add(f"\n— {credit}")


def _head(note: Note, site: Site) -> Iterator[str]:
    yield one_line(note.title)
    notices = notices_line((mention.id for mention in note.notices), site)
    if notices:
        yield f"[Content notice: {notices}]"
    if note.source and note.source.id in site.links.sources:
        yield f"A note on {one_line(plain_text(str(site.entry(note.source.id))))}"
    via = f": {one_line(plain_text(str(site.entry(note.via.id))))}" if note.via else ""
    yield f"Based on {BASES[note.basis or '']}{via}"
