"""The plan of all generated files: which there are, what each depends on, and how to make it.

A file's key is a digest of all that bears on its bytes. So whoever adds something to a page adds it to the
key here; `tests/test_pages.py` compares a library that was changed step by step with one that was built at
once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, partial
from typing import Any

from ...check.coverage.coverage_sections import coverage_of
from ...core.model import Note, Quote, Theme
from ...core.store import Store
from ...library.links import Links
from ...works.citing.formatting import Bibliography
from ..addresses import PAGE_SIZE, page_path, pages_of, stable_pages, way_to_root
from ..linked_site import latest
from .atom_feeds import notes_feed, theme_feed
from .author_names import authors_of
from .coverage_page import coverage_page, coverage_view
from .home_page import home_page, longest_note, newest_notes, theme_voice, used_notices, voice_of_the_library
from .kept_keys import KeptKeys
from .list_pages import quotes_list, rules_page
from .note_pages import note_page
from .notes_lists import notes_list, notes_pages
from .page_inputs import PageInputs, inputs_digest, later
from .planned_pages import Generated, PagePlan, PlannedPage
from .redirects import redirect_page, redirects
from .theme_pages import (
    MAX_THEME_CARDS,
    Filed,
    filed_under,
    source_key,
    theme_page,
    theme_preview,
    theme_works,
    whole_theme,
)
from .themes_index import themes_page
from .work_lists import author_page, authors_list, old_references, works_list_page
from .work_pages import work_page


class Planner(PageInputs):
    """Finds the inputs of every file. Keys and pages are made later, and only those that are wanted."""

    def __init__(self, links: Links, bibliography: Bibliography, stamp: str, store: Store) -> None:
        super().__init__(links, bibliography, stamp, store)
        self.keys = self.site.work_keys
        self.frame = inputs_digest([stamp, self._labels()])
        self.kept_keys = KeptKeys(self, store)

    def _labels(self) -> object:
        """What shows on pages of every kind: names of roles and notices, which themes there are, and where readers
        find help.
        """
        settings = self.links.library.settings
        return [
            list(self.links.themes),
            [(role.id, role.label) for role in settings.roles],
            [(notice.id, notice.label, notice.closed) for notice in settings.notices],
            self.site.settings_html,
            [settings.help, settings.title, settings.language, self.site.bibliography.approximate],
            [settings.url, settings.repository, settings.branch],
        ]

    @cached_property
    def _everything(self) -> str:
        """What lists say of all notes, and all cards: for the few pages that gather from the whole library."""
        return inputs_digest([[self.row(note), self.note_cards(note)] for note in self.links.notes.values()])

    @cached_property
    def _counts(self) -> object:
        """Which notes and sources the quotes of every theme are from."""
        return [
            [theme.id, [(q.note, source_key(q)) for q in self.links.quotes_by_theme.get(theme.id, ())]]
            for theme in self.links.themes.values()
        ]

    # -- the plan

    def plan(self) -> PagePlan:
        """Plan all files; those on which nothing has changed that could change them have the keys of the last run."""
        given = self.kept_keys.given()
        if given is None:
            pages = self._whole
        else:
            fresh = self._some(given.changed)
            pages = {path: fresh.get(path) or self._as_last(path, key) for path, key in given.keys.items()}

        def keep() -> None:
            self.kept.keep()
            self.kept_keys.keep(pages)

        return PagePlan(pages, self.site, keep, self.kept_keys.outline)

    @cached_property
    def _whole(self) -> dict[str, PlannedPage]:
        return dict(self._all())

    def _as_last(self, path: str, key: str) -> PlannedPage:
        """A page of which the key is known; the pages are planned when somebody wants one of those rendered."""

        def render() -> bytes:
            return self._whole[path].render()

        return PlannedPage(None, render, lambda: self._whole[path].shows, key)

    def _some(self, paths: set[str]) -> dict[str, PlannedPage]:
        """Pages of notes and works, and the first ones of themes, without a plan of the others."""
        found = {}
        links, places = self.links, {}
        if any(path.startswith("works/") for path in paths):
            slug = self.site.addresses.work_slug
            places = {f"works/{slug(key)}.md": (place, key) for place, key in enumerate(self.keys)}
        for path in paths:
            kind, _, id_ = path.removesuffix(".md").partition("/")
            if path in places:
                found[path] = self._work_page(path, *places[path])
            elif kind == "notes" and id_ in links.notes:
                found[path] = self._note_page(path, links.notes[id_])
            elif kind == "themes" and id_ in links.themes:
                found[path] = next(page for own, page in self._theme(links.themes[id_]) if own == path)
        return found if found.keys() == paths else {path: self._whole[path] for path in paths}

    def _all(self) -> Iterator[tuple[str, PlannedPage]]:
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
        self, path: str, inputs: object, make: Callable[[], Generated], shows: Callable[[], Iterable[str]] = tuple
    ) -> PlannedPage:
        return PlannedPage(
            inputs=[self.frame, path, inputs],
            render=lambda: make().render(way_to_root(path)),
            shows=shows,
        )

    def _maker(self, make: Callable[..., Generated], *arguments: Any) -> Callable[[], Generated]:
        return lambda: make(*arguments, self.site)

    def _paths(self, quotes: Iterable[Quote], *more: str) -> Callable[[], Iterable[str]]:
        """The notes that quotes stand in, and more paths, for whoever asks."""
        return lambda: dict.fromkeys([*more, *(self.links.notes[quote.note].path for quote in quotes)])

    def _gathered(self, path: str, narrow: Callable[[], object], *basis: Callable[[], object]) -> Callable[[], object]:
        """What `narrow` finds in the whole library for a page; looked for only where the wide basis has changed."""
        return lambda: self.kept.gathered(
            path, inputs_digest([self.frame, self._everything, *basis]), lambda: inputs_digest(narrow())
        )

    def _home(self) -> PlannedPage:
        settings = self.links.library.settings
        themes = list(self.links.themes.values())
        newest = newest_notes(self.links)
        inputs = [
            [settings.description, [(n.id, n.label, n.description) for n in settings.notices]],
            [(self.row(note), note.date, note.updated) for note in newest],
            [(self.about(theme), self.links.narrower.get(theme.id, ())) for theme in themes],
            self._gathered("index.md", self._voices, lambda: [self.links.narrower]),
        ]
        return self._planned("index.md", inputs, self._maker(home_page), lambda: [t.path for t in themes])

    def _voices(self) -> object:
        """The quotations and the note that the first page shows, and how many quotations are verified."""
        voice = voice_of_the_library(self.site)
        start = longest_note(self.links)
        return [
            self._counts,
            [len(self.links.notes), sum(len(note.quotes) for note in self.links.notes.values())],
            sorted(used_notices(self.links)),
            self.cards([voice] if voice else []),
            self.row(start) if start else "",
            [theme_voice(theme, self.site) for theme in self.links.themes.values()],
            sorted(Counter(str(state) for state in self.links.states.values()).items()),
        ]

    def _coverage(self) -> PlannedPage:
        view = cache(lambda: coverage_view(coverage_of(self.links), self.site))
        basis = (
            lambda: [self.covered(document) for document in self.links.documents],
            lambda: [self.source(key) for key in self.links.sources if key in self.links.cited_by],
            lambda: self.links.narrower,
        )
        inputs = self._gathered("coverage/index.md", view, *basis)
        return self._planned("coverage/index.md", inputs, lambda: coverage_page(view(), self.site))

    def _notes(self) -> Iterator[tuple[str, PlannedPage]]:
        for note in self.links.notes.values():
            path = f"notes/{note.id}.md"
            yield path, self._note_page(path, note)
        for page in notes_pages(self.site):
            inputs: list[object] = [
                page.order,
                page.pages,
                page.jumps,
                len(self.links.notes),
                later(lambda notes: [self.listed[note.path] for note in notes])(page.notes),
            ]
            yield page.path, self._planned(page.path, inputs, self._maker(notes_list, page))
        notes = latest(list(self.links.notes.values()))
        rows = later(lambda: [self.entry(note) for note in notes])()
        yield "notes/feed.xml", self._planned("notes/feed.xml", rows, self._maker(notes_feed, notes))

    def _note_page(self, path: str, note: Note) -> PlannedPage:
        inputs = [self._note(note), self._elsewhere(note), self.previewed(note)]
        return self._planned(path, inputs, self._maker(note_page, note), partial(tuple, [note.path]))

    @later
    def _note(self, note: Note) -> object:
        keys = self.mentioned(note)
        return [self.note_key(note), self.works(keys), self.site.in_order(keys)]

    @later
    def _elsewhere(self, note: Note) -> object:
        found = self.links.cited_by.get(note.source.id) if note.source else None
        linking = self.site.linking_to(f"notes/{note.id}")
        before, after = self.site.neighbours(note.id)
        beside = [(one.id, one.title) for one in (before, after) if one]
        cited: object = self.mentions(found, note.source.id) if found and note.source else []
        return [cited, self.linking(linking, note.id), beside]

    def _themes(self) -> Iterator[tuple[str, PlannedPage]]:
        for theme in self.links.themes.values():
            yield from self._theme(theme)
        themes = self.links.themes.values()
        inputs = [
            [(self.about(theme), [m.id for m in theme.broader]) for theme in themes],
            self._gathered("themes/index.md", self._filed),
            self.works(sorted({source_key(q) for quotes in self.links.quotes_by_theme.values() for q in quotes})),
        ]
        yield (
            "themes/index.md",
            self._planned(
                "themes/index.md", inputs, self._maker(themes_page), lambda: [theme.path for theme in themes]
            ),
        )

    def _filed(self) -> object:
        """Which notes, works and themes meet, for the page of all themes."""
        themes = [
            [[m.id for m in q.themes] for q in note.quotes] + [[m.id for m in note.themes]]
            for note in self.links.notes.values()
        ]
        return [self._counts, themes]

    def _theme(self, theme: Theme) -> Iterator[tuple[str, PlannedPage]]:
        filed = filed_under(theme, self.links)
        whole = cache(lambda: whole_theme(theme, filed, self.site))
        pages = pages_of(filed, PAGE_SIZE["theme"])
        linking = self.site.linking_to(f"themes/{theme.id}")
        own = self.links.notes_by_theme.get(theme.id, ())
        named = [len(own), len(linking)]
        # One more than are shown, for the theme may be among them itself.
        shown_notes = list(dict.fromkeys((*own, *linking)))[: MAX_THEME_CARDS + 1]
        gathered = cache(partial(self._gathered_of, theme, filed))
        head = cache(lambda: inputs_digest([self.about(theme), len(pages), gathered()[0]]))
        for number, page in enumerate(pages, 1):
            path = f"themes/{theme.id}.md" if number == 1 else f"themes/{theme.id}/page/{number}.md"
            quotes = [one.quote for one in page]
            works = self._theme_works(theme if number == 1 else None, quotes)
            inputs: list[object] = [head, works, [one.theme for one in page], self.cards(quotes)]
            if number == 1:
                inputs += [lambda: gathered()[1], named, self.linking(shown_notes, theme.id), self.previewed(theme)]
            make = self._maker(theme_page, theme, page, number, len(pages), whole)
            yield path, self._planned(path, inputs, make, self._paths(quotes, theme.path))
        quotes = list(self.links.quotes_by_theme.get(theme.id, ()))
        preview = self.site.addresses.preview(theme.id)
        inputs = [self.about(theme), len(quotes), len({source_key(quote) for quote in quotes})]
        yield preview, self._planned(preview, inputs, self._maker(theme_preview, theme), partial(tuple, [theme.path]))
        yield f"themes/{theme.id}/feed.xml", self._theme_feed(theme, quotes)

    @later
    def _theme_works(self, theme: Theme | None, quotes: Sequence[Quote]) -> object:
        return self.works(theme_works(theme, quotes, self.site))

    def _theme_feed(self, theme: Theme, quotes: Iterable[Quote]) -> PlannedPage:
        filed = (*self.links.notes_by_theme.get(theme.id, ()), *(self.links.notes[q.note] for q in quotes))
        notes = latest(list(dict.fromkeys(filed)))
        rows = [theme.label, later(lambda: [self.entry(note) for note in notes])()]
        return self._planned(f"themes/{theme.id}/feed.xml", rows, self._maker(theme_feed, theme, notes))

    def _gathered_of(self, theme: Theme, filed: Sequence[Filed]) -> tuple[str, str]:
        """Digests of what all pages, and the first one, say of all quotations of a theme; made where those changed."""
        links, related = self.links, self.site.related_from.get(theme.id, ())
        basis = [
            [self.frame, self.about(theme), self._theme_labels, self._speaking],
            [links.narrower.get(theme.id, ()), related, [len(links.quotes_by_theme.get(theme.id, ()))]],
            [(one.theme, self.card(one.quote)) for one in filed],
        ]
        around, beside = self.kept.gathered(
            f"themes/{theme.id}",
            inputs_digest(basis),
            lambda: f"{inputs_digest(self._around(theme, filed))} {inputs_digest(self._beside(filed))}",
        ).split(" ")
        return around, beside

    @cached_property
    def _theme_labels(self) -> str:
        return inputs_digest([(theme.id, theme.label) for theme in self.links.themes.values()])

    @cached_property
    def _speaking(self) -> str:
        """The roles that are quoted anywhere."""
        basis = self.kept_keys.outlines or inputs_digest([self.frame, self._everything])
        found = self.kept.gathered("speaking roles", basis, lambda: " ".join(sorted(self.site.speaking_roles)))
        self.site.speaking_roles = frozenset(found.split())
        return found

    def _around(self, theme: Theme, filed: Sequence[Filed]) -> object:
        """What every page of a theme says of its quotations and of other themes."""
        met = Counter(m.id for quote in self.links.quotes_by_theme.get(theme.id, ()) for m in quote.themes)
        quotes = [one.quote for one in filed]
        narrower, related = self.links.narrower.get(theme.id, ()), self.site.related_from.get(theme.id, ())
        under = Counter(one.theme for one in filed)
        named = [*(m.id for m in (*theme.broader, *theme.related)), *narrower, *related, *met, *under]
        return [
            [narrower, related, met.most_common(), list(under.items())],
            [self.site.theme_label(id_) for id_ in named],
            [one and (one.id, one.label) for one in self.site.themes_beside(theme)],
            len(quotes),
            len({source_key(quote) for quote in quotes}),
            list(dict.fromkeys(id_ for quote in quotes for id_ in self.links.notices_of(quote))),
            sum(self.site.closes(quote) for quote in quotes),
        ]

    def _beside(self, filed: Sequence[Filed]) -> object:
        """What a theme's first page says of all its quotations."""
        return [
            sorted({role.id for one in filed for role in self.site.roles(one.quote)}),
            sorted(self.site.speaking_roles),
            sorted(Counter(str(self.site.state(one.quote).against) for one in filed).items()),
        ]

    def _quotes(self) -> Iterator[tuple[str, PlannedPage]]:
        quotes = list(self.links.quotes)
        pages = stable_pages(quotes, PAGE_SIZE["quotes"], lambda quote: quote.note)
        for number, page in enumerate(pages, 1):
            path = page_path("quotes", number)
            inputs = [len(pages), self.cards(page), self._theme_works(None, page)]
            if number == 1:
                inputs.append(len(quotes))
            make = self._maker(quotes_list, page, number, len(pages), len(quotes))
            yield path, self._planned(path, inputs, make, self._paths(page))

    def _references(self) -> Iterator[tuple[str, PlannedPage]]:
        for number, page in enumerate(pages_of(self.keys, PAGE_SIZE["references"]), 1):
            path = page_path("references", number)
            count = -(-len(self.keys) // PAGE_SIZE["references"])
            inputs: object = [count, self.works(page)]
            yield path, self._planned(path, inputs, self._maker(old_references, page, number, count))
        pages = pages_of(self.keys, PAGE_SIZE["works"])
        noted = {note.source.id for note in self.links.notes.values() if note.source}
        years = [(source.year if (source := self.links.sources.get(key)) else None, key in noted) for key in self.keys]
        for number, page in enumerate(pages, 1):
            path = page_path("works", number)
            inputs = [len(pages), len(self.keys), self.works(page), years if number == 1 else []]
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
            self.works([key]),
            self.works(self.keys[max(0, place - 1) : place + 2]),
            self.works([*via, *same]),
            [self.site.author_slugs[one] for one in authors],
            self.cards(quotes),
            [self.mentions(found, key), self.openings(found.summarised)] if found else [],
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
            inputs = [beside, self.works(keys), self.cards(quotes)]
            yield path, self._planned(path, inputs, self._maker(author_page, author), self._paths(quotes))
