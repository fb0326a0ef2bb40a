"""Plain twins: each note once more as Markdown that reads well by itself, for programs and for reading offline.

A twin holds what the page of its note shows: formatted citations in place of keys, quotes with their attributions and
permalinks, the works cited. It cannot close a quote, so the notices stand in bold before the words.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from ...core.model import Note, Quote
from ..addresses import TWIN_TYPE
from ..linked_site import BASES, STATES, Site, works_of
from .data_file import DataFile
from .markdown_texts import MarkdownWriter, block_quote, escape_text, hyperlink
from .plain_texts import filled, one_line, sections_of

__all__ = ["attribution", "notices_line", "render_twin", "twin_files"]


def twin_files(site: Site) -> Iterator[DataFile]:
    """One file for each published note, beside its page."""
    for note in site.links.notes.values():
        yield DataFile(
            name=site.addresses.twin(note),
            path=site.addresses.twin(note),
            title=f"The note “{note.title}” as plain Markdown",
            media_type=TWIN_TYPE,
            render=partial(render_twin, note, site),
        )


def render_twin(note: Note, site: Site) -> Iterable[bytes]:
    """The bytes of a note's twin, UTF-8 with line feeds."""
    return [("\n\n".join(_Twin(note, site).blocks()) + "\n").encode("utf-8", "replace")]


def notices_line(ids: Iterable[str], site: Site) -> str:
    """The labels of notices on one line, or nothing: `Drug use, Trauma`."""
    return ", ".join(one_line(label) for _, label in site.notice_choices(list(ids)))


def attribution(quote: Quote, site: Site) -> str:
    """Who speaks and where, as plain text: `Participant “Dana”, in Doe, 2009, p. 4, quoted in Roe, 2010`."""
    source = f", in {site.reference_text(quote.reference)}" if quote.reference else ""
    via = f", quoted in {site.reference_text(quote.quoted_in)}" if quote.quoted_in else ""
    return one_line(f"{site.who(quote) or 'Unknown'}{source}{via}")


class _Twin:
    def __init__(self, note: Note, site: Site) -> None:
        self.note, self.site = note, site
        self.root = site.links.library.settings.url or "../"
        self.writer = MarkdownWriter(self._quote, self.root + site.addresses.note(note))

    def blocks(self) -> Iterator[str]:
        yield f"# {escape_text(one_line(self.note.title))}"
        yield from self._head()
        for section in sections_of(self.note, self.site):
            if section.level:
                yield f"{'#' * max(2, section.level)} {self.writer.line(self._filled(section.heading))}"
            if section.html:
                yield self.writer.write(self._filled(section.html))
        yield from self._works()
        yield from self._foot()

    def _filled(self, html: str) -> str:
        return filled(html, self.note, self.site, self.root)

    def _entry(self, key: str) -> str:
        return self.writer.line(str(self.site.entry(key)))

    def _link(self, text: str, address: str) -> str:
        return hyperlink(escape_text(one_line(text)), f"{self.root}{address}")

    # -- the head

    def _head(self) -> Iterator[str]:
        note, site = self.note, self.site
        ids = [mention.id for mention in note.notices]
        if said := notices_line([*ids, *(id_ for q in note.quotes for id_ in site.links.notices_of(q))], site):
            yield f"**This note speaks of: {escape_text(said)}.**"
            if site.links.library.settings.help:
                yield escape_text(one_line(site.links.library.settings.help))
        if note.source and note.source.id in site.links.sources:
            yield f"A note on {self._entry(note.source.id)}"
        yield "\n".join(f"- {fact}" for fact in self._facts())

    def _facts(self) -> Iterator[str]:
        note, site = self.note, self.site
        via = f": {self._entry(note.via.id)}" if note.via and note.via.id in site.links.sources else ""
        yield f"Based on {BASES[note.basis or '']}{via}"
        themes = [self._link(site.theme_label(m.id), site.addresses.theme(m.id)) for m in note.themes]
        if themes:
            yield f"Themes: {', '.join(themes)}"
        if note.contributors:
            yield f"Written by {escape_text(one_line(', '.join(note.contributors)))}"
        if note.date:
            yield f"Written {note.date.isoformat()}" + (f", updated {note.updated.isoformat()}" if note.updated else "")
        yield f"Permanent address: {self._link(site.addresses.note(note), site.addresses.note(note))}"

    # -- quotes

    def _quote(self, index: int) -> str:
        """A quote as blocks; its notices come before its words."""
        quote = self.note.quotes[index]
        words = self.writer.write(self._filled(self.site.rendered(self.note).quotes[index]))
        quoted = block_quote([words, f"— {escape_text(attribution(quote, self.site))}", self._about(quote)])
        said = notices_line(self.site.links.notices_of(quote), self.site)
        return f"**Content notice: {escape_text(said)}.**\n\n{quoted}" if said else quoted

    def _about(self, quote: Quote) -> str:
        site = self.site
        themes = ", ".join(self._link(site.theme_label(m.id), site.addresses.theme(m.id)) for m in quote.themes)
        state = STATES[site.links.states.get(quote.address)][1]
        filed = f"{themes}. " if themes else ""
        return f"{filed}{state}. {self._link('Permalink', site.addresses.quote(quote))}"

    # -- the end

    def _works(self) -> Iterator[str]:
        keys = works_of(self.note, self.site)
        if keys:
            yield "## Works cited"
            yield "\n".join(f"- {self._work(key)}" for key in keys)

    def _work(self, key: str) -> str:
        consulted = "" if self.site.consulted(key) else " Not consulted itself."
        return f"{self._entry(key)}{consulted}"

    def _foot(self) -> Iterator[str]:
        title = self._link(self.site.links.library.settings.title, "")
        yield f"***\n\nFrom {title}. Please cite the page of this note, and each quotation by its permalink."
