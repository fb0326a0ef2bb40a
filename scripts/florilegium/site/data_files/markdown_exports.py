"""Plain twins: each note once more as Markdown that reads well by itself, for programs and for reading offline.

A twin holds what the page of its note shows: formatted citations in place of keys, quotes with their attributions and
permalinks, the works cited. It cannot close a quote, so the notices stand in bold before the words.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from ...core.model import Note, Quote, Translation
from ...markdown.nodes import Node
from ...markdown.prose_tree import ProseTree
from ...markdown.writing_markdown import MarkdownWriter, block_quote, escape_markdown, hyperlink
from ..addresses import TWIN_TYPE
from ..linked_site import BASES, Site, works_of
from ..prose_hyperlinks import site_address
from ..prose_texts import one_line
from .data_file import DataFile
from .formatted_nodes import formatted_nodes


def markdown_export_files(site: Site) -> Iterator[DataFile]:
    """One file for each published note, beside its page."""
    for note in site.links.notes.values():
        yield DataFile(
            name=site.addresses.twin(note),
            path=site.addresses.twin(note),
            title=f"The note “{note.title}” as plain Markdown",
            media_type=TWIN_TYPE,
            render=partial(render_markdown_export, note, site),
        )


def render_markdown_export(note: Note, site: Site) -> Iterable[bytes]:
    """The bytes of a note's twin, UTF-8 with line feeds."""
    return [("\n\n".join(_MarkdownExport(note, site).blocks()) + "\n").encode("utf-8", "replace")]


def notices_line(ids: Iterable[str], site: Site) -> str:
    """The labels of notices on one line, or nothing: `Drug use, Trauma`."""
    return ", ".join(one_line(label) for _, label in site.notice_choices(list(ids)))


def attribution(quote: Quote, site: Site) -> str:
    """Who speaks and where, as plain text: `Participant “Dana”, in Doe, 2009, p. 4, quoted in Roe, 2010`."""
    words = site.words.gettext
    source = f", {words('in')} {site.reference_text(quote.reference)}" if quote.reference else ""
    via = f", {words('quoted in')} {site.reference_text(quote.quoted_in)}" if quote.quoted_in else ""
    return one_line(f"{site.who(quote) or 'Unknown'}{source}{via}")


class _MarkdownExport:
    def __init__(self, note: Note, site: Site) -> None:
        self.note, self.site = note, site
        self.root = site.links.library.settings.url or "../"
        self.tree = ProseTree(note.body)
        self.writer = MarkdownWriter(self._citation, self._quote, self._number, self._address)

    def blocks(self) -> Iterator[str]:
        yield f"# {escape_markdown(one_line(self.note.title))}"
        yield from self._head()
        for section in self.tree.sections():
            if section.heading is not None and section.node is not None:
                yield f"{'#' * max(2, section.heading.level)} {self.writer.line(section.node.children)}"
            if text := self.writer.write(section.blocks):
                yield text
        for note in self.tree.notes:
            yield self.writer.block(note)
        yield from self._works()
        yield from self._foot()

    def _citation(self, node: Node) -> str:
        parts = self.site.bibliography.citation(self.note.body.citations[node.info])
        return self.writer.inlines([inline for part in parts for inline in formatted_nodes(part.html)])

    def _number(self, node: Node) -> str:
        if node.kind == "FootnoteDefinition":
            return str(self.tree.notes.index(node) + 1)
        return str(self.tree.number(node))

    def _address(self, target: str) -> str:
        """Where a hyperlink leads that stands in a file beside the page, or anywhere else."""
        address = site_address(target, self.note.path, local=True)
        if address.startswith("#"):
            return f"{self.root}{self.site.addresses.note(self.note)}{address}"
        return f"{self.root}{address[1:]}" if address.startswith("/") else address

    def _entry(self, key: str) -> str:
        lines = self.site.entry_lines
        if key not in lines:
            lines[key] = self.writer.line(formatted_nodes(str(self.site.entry(key))))
        return lines[key]

    def _link(self, text: str, address: str) -> str:
        return hyperlink(escape_markdown(one_line(text)), f"{self.root}{address}")

    # -- the head

    def _head(self) -> Iterator[str]:
        note, site = self.note, self.site
        ids = [mention.id for mention in note.notices]
        if said := notices_line([*ids, *(id_ for q in note.quotes for id_ in site.links.notices_of(q))], site):
            yield f"**This note speaks of: {escape_markdown(said)}.**"
            if site.links.library.settings.help:
                yield escape_markdown(one_line(site.links.library.settings.help))
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
            yield f"Written by {escape_markdown(one_line(', '.join(note.contributors)))}"
        if note.date:
            yield f"Written {note.date.isoformat()}" + (f", updated {note.updated.isoformat()}" if note.updated else "")
        yield f"Permanent address: {self._link(site.addresses.note(note), site.addresses.note(note))}"

    # -- quotes

    def _quote(self, node: Node) -> str:
        """A quote as blocks; its notices come before its words."""
        quote = self.note.quotes[node.info]
        words = self.writer.write(self.tree.quotes[node.info])
        translated = [self._translation(translation) for translation in quote.translations]
        said_by = f"— {escape_markdown(attribution(quote, self.site))}"
        quoted = "\n\n".join([block_quote([words, said_by, self._about(quote)]), *translated])
        said = notices_line(self.site.links.notices_of(quote), self.site)
        return f"**Content notice: {escape_markdown(said)}.**\n\n{quoted}" if said else quoted

    def _translation(self, translation: Translation) -> str:
        words = self.writer.write(self.tree.translations[translation.number])
        return block_quote([words, f"— {escape_markdown(one_line(self.site.translated_by(translation)))}"])

    def _about(self, quote: Quote) -> str:
        site = self.site
        themes = ", ".join(self._link(site.theme_label(m.id), site.addresses.theme(m.id)) for m in quote.themes)
        state = site.state_words(quote)
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
