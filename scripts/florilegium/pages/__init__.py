"""Pages: a linked library becomes the Markdown files from which a renderer makes the site.

`plan_pages` says which files there are, what each depends on, and how to make it; nothing is written here.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from hashlib import sha256
from typing import NamedTuple

from ..bibliography import Bibliography
from ..links import CitedBy, Links, note_references
from ..model import Note, Quote
from .addresses import PAGE_SIZE, Addresses, page_path, pages_of, way_to_root
from .cards import Site, bare_citation
from .files import GeneratedPage, is_generated
from .home_page import home_page, newest_notes
from .list_pages import quotes_list, references_list, rules_page
from .note_pages import note_page, notes_list, works_of
from .rendering import render_bodies, render_in_parallel
from .theme_pages import quotes_of, theme_page, themes_page

__all__ = ["FOLDERS", "Plan", "PlannedPage", "bare_citation", "is_generated", "plan_pages", "render_bodies", "render_pages"]

FOLDERS = ("notes", "themes", "quotes", "references", "rules")
"""Folders below `docs/` that hold generated pages alone."""


class PlannedPage(NamedTuple):
    """A file to be generated: the same key, the same bytes."""

    key: str
    render: Callable[[], bytes]
    shows: tuple[str, ...]
    """Paths of the notes and themes whose prose or quotes stand on the page."""


class Plan(NamedTuple):
    """All generated files by their path below `docs/`, and what they are made from."""

    pages: dict[str, PlannedPage]
    site: Site


def plan_pages(links: Links, bibliography: Bibliography, stamp: str) -> Plan:
    """Which files there are; `stamp` stands for the program that makes them."""
    planner = _Planner(links, bibliography, stamp)
    return Plan(dict(planner.plan()), planner.site)


def render_pages(
    plan: Plan, keys: Iterable[str], executor: Callable[[], Executor] | None
) -> Iterator[bytes]:
    """Render planned pages, given by their keys, in that order."""
    by_key = {page.key: page for page in plan.pages.values()}
    return render_in_parallel([by_key[key] for key in keys], plan.site, executor)


class _Planner:
    def __init__(self, links: Links, bibliography: Bibliography, stamp: str) -> None:
        self.links = links
        cited = set(links.cited_by)
        self.keys = [key for key in bibliography.order if key in cited or key in links.sources]
        pages = pages_of(self.keys, PAGE_SIZE["references"])
        numbers = {key: number for number, page in enumerate(pages, 1) for key in page}
        self.site = Site(links, bibliography, Addresses(reference_pages=numbers))
        self.numbers = numbers
        self.frame = _digest([stamp, self._labels()])
        self.note_keys = {note.id: self._note_key(note) for note in links.notes.values()}

    def _labels(self) -> object:
        """What shows on pages of every kind: names of themes, roles and notices, and where readers find help."""
        settings = self.links.library.settings
        return [
            [(theme.id, theme.label) for theme in self.links.themes.values()],
            [(role.id, role.label) for role in settings.roles],
            [(notice.id, notice.label) for notice in settings.notices],
            [settings.help, settings.title, self.site.bibliography.approximate],
        ]

    def _note_key(self, note: Note) -> str:
        """A digest of everything that a note and its cards show."""
        bibliography, used = self.site.bibliography, set()
        texts = []
        for citation in note.body.citations:
            texts.append([(part.html, part.key) for part in bibliography.citation(citation)])
        for quote in note.quotes:
            texts.append([self.site.reference(r) for r in quote.references])
            texts.append([self.links.states.get(quote.address, "")])
        for reference in note_references(note):
            used.add(reference.key)
        return _digest([note.digest, note.path, texts, [self._work(key) for key in sorted(used)]])

    def _work(self, key: str) -> object:
        source = self.links.sources.get(key)
        url = source.variables.get("URL", "") if source else ""
        return [key, self.site.consulted(key), self.numbers.get(key, 0), url]

    # -- the plan

    def plan(self) -> Iterator[tuple[str, PlannedPage]]:
        yield from self._notes()
        yield from self._themes()
        yield from self._quotes()
        yield from self._references()
        yield "index.md", self._home()
        yield "rules/index.md", self._planned("rules/index.md", ["rules"], rules_page)

    def _home(self) -> PlannedPage:
        settings = self.links.library.settings
        themes = list(self.links.themes.values())
        inputs = [
            [settings.description, [(n.id, n.label, n.description) for n in settings.notices]],
            [(self._row(note), note.date, note.updated) for note in newest_notes(self.links)],
            [(t.digest, [(q.address, q.reference and q.reference.key) for q in self.links.quotes_by_theme.get(t.id, ())]) for t in themes],
            [len(self.links.notes), sum(len(note.quotes) for note in self.links.notes.values())],
            sorted({m.id for q in self.links.quotes for m in q.notices}),
            [self._entries([n.source.id] if n.source else []) for n in newest_notes(self.links)],
        ]
        return self._planned("index.md", inputs, self._maker(home_page), [t.path for t in themes])

    def _planned(
        self, path: str, inputs: object, make: Callable[[], GeneratedPage], shows: Iterable[str] = ()
    ) -> PlannedPage:
        return PlannedPage(
            key=_digest([self.frame, path, inputs]),
            render=lambda: make().render(way_to_root(path)),
            shows=tuple(shows),
        )

    def _paths(self, quotes: Iterable[Quote]) -> list[str]:
        """The notes that quotes stand in."""
        return list(dict.fromkeys(self.links.notes[quote.note].path for quote in quotes))

    def _notes(self) -> Iterator[tuple[str, PlannedPage]]:
        notes = sorted(self.links.notes.values(), key=lambda note: (note.title.casefold(), note.id))
        for note in notes:
            path = f"notes/{note.id}.md"
            inputs = [self.note_keys[note.id], self._entries(works_of(note, self.site)), self._elsewhere(note)]
            yield path, self._planned(path, inputs, self._maker(note_page, note), [note.path])
        pages = pages_of(notes, PAGE_SIZE["notes"])
        for number, page in enumerate(pages, 1):
            path = page_path("notes", number)
            inputs = [len(pages), [self._row(note) for note in page]]
            yield path, self._planned(path, inputs, self._maker(notes_list, list(page), number, len(pages)))

    def _maker(self, make: Callable[..., GeneratedPage], *arguments: object) -> Callable[[], GeneratedPage]:
        return lambda: make(*arguments, self.site)

    def _entries(self, keys: Iterable[str]) -> list[str]:
        return [self.site.bibliography.entry(key) for key in keys]

    def _row(self, note: Note) -> object:
        source = self.links.sources.get(note.source.id) if note.source else None
        names = [name.short for name in source.names.get("author", ())] if source else []
        return [note.digest, note.path, names, source.year if source else None, source.title if source else ""]

    def _elsewhere(self, note: Note) -> object:
        found = self.links.cited_by.get(note.source.id) if note.source else None
        return _mentions(found) if found else []

    def _themes(self) -> Iterator[tuple[str, PlannedPage]]:
        for theme in self.links.themes.values():
            quotes = quotes_of(theme, self.links)
            pages = pages_of(quotes, PAGE_SIZE["theme"])
            body = [
                [(part.html, part.key) for part in self.site.bibliography.citation(citation)]
                for citation in theme.body.citations
            ]
            about = [theme.digest, body, len(pages), len(quotes), self._neighbours(theme.id)]
            for number, page in enumerate(pages, 1):
                path = f"themes/{theme.id}.md" if number == 1 else f"themes/{theme.id}/page/{number}.md"
                inputs = [about, self._cards(page)]
                make = self._maker(theme_page, theme, page, number, len(pages))
                yield path, self._planned(path, inputs, make, [theme.path, *self._paths(page)])
        counts = [[(q.note, q.reference.key if q.reference else "") for q in quotes] for quotes in self.links.quotes_by_theme.values()]
        digests = [theme.digest for theme in self.links.themes.values()]
        yield "themes/index.md", self._planned(
            "themes/index.md", [digests, counts], self._maker(themes_page), [t.path for t in self.links.themes.values()]
        )

    def _neighbours(self, id_: str) -> object:
        notes = self.links.notes_by_theme.get(id_, ())[:100]
        return [
            self.links.narrower.get(id_, ()),
            [theme.id for theme in self.links.themes.values() if any(m.id == id_ for m in theme.related)],
            [(note.id, note.title, note.source.id if note.source else "") for note in notes],
            sorted({m.id for q in self.links.quotes_by_theme.get(id_, ()) for m in (*q.themes, *q.notices)}),
            sorted(self.site.speaking_roles),
        ]

    def _cards(self, quotes: Iterable[Quote]) -> object:
        keys = []
        for quote in quotes:
            entry = self.site.bibliography.entry(quote.reference.key) if quote.reference else ""
            keys.append([quote.id, self.note_keys[quote.note], entry])
        return keys

    def _quotes(self) -> Iterator[tuple[str, PlannedPage]]:
        pages = pages_of(list(self.links.quotes), PAGE_SIZE["quotes"])
        for number, page in enumerate(pages, 1):
            path = page_path("quotes", number)
            inputs = [len(pages), self._cards(page)]
            make = self._maker(quotes_list, page, number, len(pages))
            yield path, self._planned(path, inputs, make, self._paths(page))

    def _references(self) -> Iterator[tuple[str, PlannedPage]]:
        pages = pages_of(self.keys, PAGE_SIZE["references"])
        for number, page in enumerate(pages, 1):
            path = page_path("references", number)
            found = [self.links.cited_by.get(key) for key in page]
            inputs = [len(pages), self._entries(page), [_mentions(f) if f else [] for f in found]]
            yield path, self._planned(path, inputs, self._maker(references_list, page, number, len(pages)))


def _mentions(found: CitedBy) -> object:
    documents = (*found.summarised, *found.cited, *found.via)
    return [
        [(note.id, note.title, note.basis) for note in documents],
        [quote.address for quote in (*found.quoted, *found.quoted_in)],
        [theme.id for theme in found.cited_in_themes],
    ]


def _digest(value: object) -> str:
    return sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()).hexdigest()
