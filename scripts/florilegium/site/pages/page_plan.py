"""The plan of all generated files: which there are, what each depends on, and how to make it.

A file's key is a digest of all that bears on its bytes. So whoever adds something to a page adds it to the
key here; `tests/test_pages.py` compares a library that was changed step by step with one that was built at
once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, wraps
from hashlib import sha256
from typing import Any, NamedTuple, ParamSpec, Protocol

from ...check.coverage import coverage_of
from ...core.model import Note, Quote, Theme
from ...library.links import CitedBy, Links, note_references
from ...works.citing import Bibliography
from ...works.csl import to_csl
from ..addresses import PAGE_SIZE, Addresses, alike_keys, page_path, pages_of, way_to_root
from ..linked_site import latest, works_of
from .atom_feeds import notes_feed, theme_feed
from .author_names import authors_of
from .cards import PageSite
from .coverage_page import coverage_page, coverage_view
from .home_page import home_page, newest_notes, used_notices
from .list_pages import quotes_list, rules_page
from .note_pages import note_page
from .notes_lists import notes_list, notes_pages
from .quote_previews import linked_quotes
from .redirects import redirect_page, redirects
from .theme_pages import filed_under, source_key, theme_page, theme_preview, theme_works
from .themes_index import themes_page
from .work_lists import author_page, authors_list, old_references, works_list_page
from .work_pages import work_page

__all__ = ["PagePlan", "PlannedPage", "Planner"]


_P = ParamSpec("_P")


class Generated(Protocol):
    """A file that knows how to write itself, once the way to the root is known."""

    def render(self, root: str) -> bytes: ...


class PlannedPage:
    """A file to be generated: the same key, the same bytes."""

    def __init__(self, inputs: object, render: Callable[[], bytes], shows: tuple[str, ...]) -> None:
        self._inputs = inputs
        self.render = render
        self.shows = shows
        """Paths of the notes and themes whose prose or quotes stand on the page."""

    @cached_property
    def key(self) -> str:
        """A digest of all that the bytes depend on; not made before it is asked for."""
        inputs, self._inputs = self._inputs, None
        return _digest(inputs)


class PagePlan(NamedTuple):
    """All generated files by their path below `docs/`, and what they are made from."""

    pages: dict[str, PlannedPage]
    site: PageSite


def _later(method: Callable[_P, object]) -> Callable[_P, Callable[[], object]]:
    """Put off what a method finds until a key is made of it: `_digest` calls what it is given."""

    @wraps(method)
    def put_off(*arguments: _P.args, **named: _P.kwargs) -> Callable[[], object]:
        return lambda: method(*arguments, **named)

    return put_off


class _NoteKeys(dict[str, str]):
    """The keys of notes by their ids, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, id_: str) -> str:
        self[id_] = self._make(id_)
        return self[id_]


class Planner:
    """Finds the inputs of every file. Keys and pages are made later, and only those that are wanted."""

    def __init__(self, links: Links, bibliography: Bibliography, stamp: str) -> None:
        self.links = links
        self.site = PageSite(links, bibliography, Addresses(alike=alike_keys(links.sources)))
        self.keys = self.site.work_keys
        self.frame = _digest([stamp, self._labels()])
        self.works: dict[str, str] = {}
        self.note_keys = _NoteKeys(lambda id_: self._note_key(links.notes[id_]))

    def _labels(self) -> object:
        """What shows on pages of every kind: names of themes, roles and notices, and where readers find
        help.
        """
        settings = self.links.library.settings
        return [
            [(theme.id, theme.label) for theme in self.links.themes.values()],
            [(role.id, role.label) for role in settings.roles],
            [(notice.id, notice.label, notice.closed) for notice in settings.notices],
            self.site.settings_html,
            [settings.help, settings.title, settings.language, self.site.bibliography.approximate],
            [settings.url, settings.repository, settings.branch],
        ]

    # -- what things are made from

    def _work(self, key: str) -> str:
        """A digest of all that pages show of a work."""
        if key not in self.works:
            source = self.links.sources.get(key)
            entry = self.site.bibliography.entries.get(key, "")
            about = [
                key,
                entry,
                self.site.consulted(key),
                self._read(key),
                source and to_csl(source),
            ]
            short = self.site.bibliography.short(key) if source else ""
            self.works[key] = _digest([about, short])
        return self.works[key]

    def _read(self, key: str) -> object:
        """What was read of a work, and how often it is quoted."""
        found = self.links.cited_by.get(key)
        if found is None:
            return []
        return [[(note.id, note.basis) for note in found.summarised], len(found.quoted), len(found.quoted_in)]

    @_later
    def _works(self, keys: Iterable[str]) -> object:
        return [self._work(key) for key in keys]

    def _note_key(self, note: Note) -> str:
        """A digest of everything that a note and its cards show."""
        bibliography, used = self.site.bibliography, set()
        texts: list[object] = []
        for citation in note.body.citations:
            texts.append([(part.html, part.key) for part in bibliography.citation(citation)])
        for quote in note.quotes:
            texts.append([self.site.reference(r) for r in quote.references])
            texts.append(list(self.site.state(quote).identity))
        texts += [self.site.translated_by(translation) for translation in note.body.translations]
        for reference in note_references(note):
            used.add(reference.key)
        return _digest([note.digest, note.path, texts, self._works(sorted(used))])

    @_later
    def _cards(self, quotes: Iterable[Quote]) -> object:
        return [[quote.id, self.note_keys[quote.note]] for quote in quotes]

    @_later
    def _previewed(self, document: Note | Theme) -> object:
        return self._cards(linked_quotes(document, self.site))

    @_later
    def _row(self, note: Note) -> object:
        return [note.digest, note.path, self._work(note.source.id) if note.source else ""]

    @_later
    def _listed(self, note: Note) -> object:
        return [self._row(note), sum(quote.address in self.links.states for quote in note.quotes)]

    @cached_property
    def _counts(self) -> object:
        """Which notes and sources the quotes of every theme are from."""
        return [
            [theme.id, [(q.note, source_key(q)) for q in self.links.quotes_by_theme.get(theme.id, ())]]
            for theme in self.links.themes.values()
        ]

    # -- the plan

    def plan(self) -> Iterator[tuple[str, PlannedPage]]:
        yield from self._notes()
        yield from self._themes()
        yield from self._quotes()
        yield from self._references()
        yield from self._authors()
        yield "index.md", self._home()
        yield "coverage/index.md", self._coverage()
        yield "rules/index.md", self._planned("rules/index.md", ["rules"], rules_page)
        for redirect in redirects(self.links):
            yield redirect.path, self._planned(redirect.path, redirect, self._maker(redirect_page, redirect))

    def _planned(
        self, path: str, inputs: object, make: Callable[[], Generated], shows: Iterable[str] = ()
    ) -> PlannedPage:
        return PlannedPage(
            inputs=[self.frame, path, inputs],
            render=lambda: make().render(way_to_root(path)),
            shows=tuple(shows),
        )

    def _maker(self, make: Callable[..., Generated], *arguments: Any) -> Callable[[], Generated]:
        return lambda: make(*arguments, self.site)

    def _paths(self, quotes: Iterable[Quote]) -> list[str]:
        """The notes that quotes stand in."""
        return list(dict.fromkeys(self.links.notes[quote.note].path for quote in quotes))

    def _home(self) -> PlannedPage:
        settings = self.links.library.settings
        themes = list(self.links.themes.values())
        newest = newest_notes(self.links)
        inputs = [
            [settings.description, [(n.id, n.label, n.description) for n in settings.notices]],
            [(self._row(note), note.date, note.updated) for note in newest],
            [(self._about(theme), self.links.narrower.get(theme.id, ())) for theme in themes],
            lambda: self._counts,
            [len(self.links.notes), sum(len(note.quotes) for note in self.links.notes.values())],
            sorted(used_notices(self.links)),
            lambda: [(key, self.note_keys[key]) for key in self.links.notes],
        ]
        return self._planned("index.md", inputs, self._maker(home_page), [t.path for t in themes])

    def _coverage(self) -> PlannedPage:
        view = cache(lambda: coverage_view(coverage_of(self.links), self.site))
        return self._planned("coverage/index.md", view, lambda: coverage_page(view(), self.site))

    def _notes(self) -> Iterator[tuple[str, PlannedPage]]:
        for note in self.links.notes.values():
            path = f"notes/{note.id}.md"
            inputs: list[object] = [self._note(note), self._elsewhere(note), self._previewed(note)]
            yield path, self._planned(path, inputs, self._maker(note_page, note), [note.path])
        for page in notes_pages(self.site):
            inputs = [
                page.order,
                page.pages,
                page.jumps,
                len(self.links.notes),
                [self._listed(note) for note in page.notes],
            ]
            yield page.path, self._planned(page.path, inputs, self._maker(notes_list, page))
        notes = latest(list(self.links.notes.values()))
        rows = [self._row(note) for note in notes]
        yield "notes/feed.xml", self._planned("notes/feed.xml", rows, self._maker(notes_feed, notes))

    @_later
    def _note(self, note: Note) -> object:
        return [self.note_keys[note.id], self._works(works_of(note, self.site))]

    @_later
    def _elsewhere(self, note: Note) -> object:
        found = self.links.cited_by.get(note.source.id) if note.source else None
        linking = self.site.linking_to(f"notes/{note.id}")
        before, after = self.site.neighbours(note.id)
        beside = [(one.id, one.title) for one in (before, after) if one]
        return [self._mentions(found) if found else [], self._naming(linking), beside]

    @_later
    def _naming(self, documents: Iterable[Note | Theme]) -> object:
        """What backlinks show of the notes and themes that name a page."""
        return [self._about(document) for document in documents]

    @_later
    def _mentions(self, found: CitedBy) -> object:
        return [
            [(note.id, note.title, note.basis) for notes in (found.summarised, found.via) for note in notes],
            self._naming((*found.cited, *found.cited_in_themes)),
        ]

    def _themes(self) -> Iterator[tuple[str, PlannedPage]]:
        for theme in self.links.themes.values():
            yield from self._theme(theme)
        themes = self.links.themes.values()
        inputs = [
            [(self._about(theme), [m.id for m in theme.broader]) for theme in themes],
            lambda: self._counts,
            [
                [[m.id for m in q.themes] for q in note.quotes] + [[m.id for m in note.themes]]
                for note in self.links.notes.values()
            ],
            self._works(sorted({source_key(q) for quotes in self.links.quotes_by_theme.values() for q in quotes})),
        ]
        yield (
            "themes/index.md",
            self._planned("themes/index.md", inputs, self._maker(themes_page), [theme.path for theme in themes]),
        )

    @_later
    def _about(self, theme: Note | Theme) -> object:
        """A document's own text, with its citations as they are printed."""
        citations = [
            [(part.html, part.key) for part in self.site.bibliography.citation(citation)]
            for citation in theme.body.citations
        ]
        return [theme.digest, theme.path, citations]

    def _theme(self, theme: Theme) -> Iterator[tuple[str, PlannedPage]]:
        filed = filed_under(theme, self.links)
        pages = pages_of(filed, PAGE_SIZE["theme"])
        linking = self.site.linking_to(f"themes/{theme.id}")
        own = self.links.notes_by_theme.get(theme.id, ())
        naming = self._naming(dict.fromkeys((*own, *linking)))

        @cache
        def about() -> str:
            """What all pages of the theme have among their inputs."""
            everything = [(one.theme, self._cards([one.quote])) for one in filed]
            return _digest([self._about(theme), len(pages), self._neighbours(theme.id), everything, naming])

        for number, page in enumerate(pages, 1):
            path = f"themes/{theme.id}.md" if number == 1 else f"themes/{theme.id}/page/{number}.md"
            quotes = [one.quote for one in page]
            works = self._theme_works(theme if number == 1 else None, quotes)
            make = self._maker(theme_page, theme, page, number, len(pages))
            shown = [theme.path, *self._paths(quotes)]
            yield path, self._planned(path, [about, works, self._previewed(theme)], make, shown)
        quotes = list(self.links.quotes_by_theme.get(theme.id, ()))
        preview = self.site.addresses.preview(theme.id)
        inputs = [self._about(theme), len(quotes), len({source_key(quote) for quote in quotes})]
        yield preview, self._planned(preview, inputs, self._maker(theme_preview, theme), [theme.path])
        yield f"themes/{theme.id}/feed.xml", self._theme_feed(theme, quotes)

    @_later
    def _theme_works(self, theme: Theme | None, quotes: Sequence[Quote]) -> object:
        return self._works(theme_works(theme, quotes, self.site))

    def _theme_feed(self, theme: Theme, quotes: Iterable[Quote]) -> PlannedPage:
        filed = (*self.links.notes_by_theme.get(theme.id, ()), *(self.links.notes[q.note] for q in quotes))
        notes = latest(list(dict.fromkeys(filed)))
        rows = [self._row(note) for note in notes]
        return self._planned(f"themes/{theme.id}/feed.xml", rows, self._maker(theme_feed, theme, notes))

    @_later
    def _neighbours(self, id_: str) -> object:
        """What the head and the end of a theme's first page say of others."""
        notes = self.links.notes_by_theme.get(id_, ())
        quotes = self.links.quotes_by_theme.get(id_, ())
        return [
            self.links.narrower.get(id_, ()),
            self.site.related_from.get(id_, ()),
            [(note.id, note.title, self._work(note.source.id) if note.source else "") for note in notes[:60]],
            len(notes),
            [([m.id for m in q.themes], self.links.notices_of(q), self.site.state(q).identity) for q in quotes],
            sorted({role.id for q in quotes for role in self.site.roles(q)}),
            len({source_key(q) for q in quotes}),
            sorted(self.site.speaking_roles),
        ]

    def _quotes(self) -> Iterator[tuple[str, PlannedPage]]:
        quotes = list(self.links.quotes)
        pages = pages_of(quotes, PAGE_SIZE["quotes"])
        for number, page in enumerate(pages, 1):
            path = page_path("quotes", number)
            inputs = [len(pages), self._cards(page), self._theme_works(None, page)]
            if number == 1:
                inputs.append(len(quotes))
            make = self._maker(quotes_list, page, number, len(pages), len(quotes))
            yield path, self._planned(path, inputs, make, self._paths(page))

    def _references(self) -> Iterator[tuple[str, PlannedPage]]:
        for number, page in enumerate(pages_of(self.keys, PAGE_SIZE["references"]), 1):
            path = page_path("references", number)
            count = -(-len(self.keys) // PAGE_SIZE["references"])
            inputs: object = [count, self._works(page)]
            yield path, self._planned(path, inputs, self._maker(old_references, page, number, count))
        pages = pages_of(self.keys, PAGE_SIZE["works"])
        noted = {note.source.id for note in self.links.notes.values() if note.source}
        years = [(source.year if (source := self.links.sources.get(key)) else None, key in noted) for key in self.keys]
        for number, page in enumerate(pages, 1):
            path = page_path("works", number)
            inputs = [len(pages), len(self.keys), self._works(page), years if number == 1 else []]
            yield path, self._planned(path, inputs, self._maker(works_list_page, page, number, len(pages)))
        for place, key in enumerate(self.keys):
            path = f"works/{self.site.addresses.work_slug(key)}.md"
            yield path, self._work_page(path, place, key)

    def _work_page(self, path: str, place: int, key: str) -> PlannedPage:
        found = self.links.cited_by.get(key)
        quotes = [*found.quoted, *found.quoted_in] if found else []
        via = [note.via.id for note in found.summarised if note.via] if found else []
        authors = authors_of(self.links.sources[key]) if key in self.links.sources else []
        same = [other for one in authors for other in self.site.works_by.get(one, ())]
        inputs = [
            self._works([key]),
            self._works(self.keys[max(0, place - 1) : place + 2]),
            self._works([*via, *same]),
            [self.site.author_slugs[one] for one in authors],
            self._cards(quotes),
            [self._mentions(found), self._naming(found.summarised)] if found else [],
        ]
        return self._planned(path, inputs, self._maker(work_page, key), self._paths(quotes))

    def _authors(self) -> Iterator[tuple[str, PlannedPage]]:
        ordered = self.site.authors
        jumps = [one.sorting[:4] for one in ordered]
        slugs = self.site.author_slugs
        pages = pages_of(ordered, PAGE_SIZE["authors"])
        for number, page in enumerate(pages, 1):
            path = page_path("authors", number)
            inputs = [len(pages), jumps, [(slugs[one], one, len(self.site.works_by[one])) for one in page]]
            yield path, self._planned(path, inputs, self._maker(authors_list, page, number, len(pages)))
        for place, author in enumerate(ordered):
            path = f"authors/{slugs[author]}.md"
            keys = self.site.works_by[author]
            quotes = [q for key in keys if key in self.links.cited_by for q in self.links.cited_by[key].quoted]
            beside = [(slugs[one], one) for one in ordered[max(0, place - 1) : place + 2]]
            inputs = [beside, self._works(keys), self._cards(quotes)]
            yield path, self._planned(path, inputs, self._maker(author_page, author), self._paths(quotes))


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_settled)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _settled(value: object) -> object:
    return value() if callable(value) else str(value)
