"""Checks of themes: of their names wherever they stand, and of their order."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from ...core.diagnostics import Diagnostic, quoted
from ...core.ids import propose_id
from ...core.model import IdMention, Theme
from ...core.rules import Group, Severity, declare_rule
from ...core.spans import Span
from .context import Context, found

declare_rule(
    "unknown-theme",
    Group.THEMES,
    "Every theme that is named has a file under `annotations/themes/`.",
    "A quote under a misspelt theme would not be found.",
    "Correct the name, or write the theme.",
)


def check_unknown_theme(context: Context) -> Iterator[Diagnostic]:
    themes = context.links.themes
    last = {quote.themes[-1].span: quote for quote in context.quotes if len(quote.themes) > 1 and not quote.has_own_id}
    mentions = chain(
        chain.from_iterable(note.themes for note in context.notes),
        chain.from_iterable(quote.themes for quote in context.quotes),
        chain.from_iterable((*theme.broader, *theme.related) for theme in themes.values()),
    )
    names = _names(themes)
    for mention in mentions:
        if mention.id not in themes:
            id_ = propose_id(mention.id, otherwise="theme", long=True)
            message = f"there is no theme {quoted(mention.id)}"
            remedy = f"write the theme, annotations/themes/{id_}.md"
            meant = names.get(id_) or [part for part in re.split(r"[\s/,;]+", mention.id) if part in themes]
            if isinstance(meant, str):
                remedy = f"did you mean {quoted(meant)}?"
            elif len(meant) > 1:
                remedy = f"these are {len(meant)} themes: write {_written(meant, mention, context)}"
            elif mention.id in context.links.notices:
                remedy = f"it is a notice: write !{mention.id}"
            elif mention.span in last:
                remedy = f"if it is the id of the quote, write {{#{id_}}}; if not, {remedy}"
            else:
                remedy = context.guess(mention.id, themes, remedy)
            yield found("unknown-theme", mention.span, message, remedy, about=mention.id)


def _names(themes: Mapping[str, Theme]) -> dict[str, str]:
    """The id of a theme by what else it may be called, as an id: its label, its aliases."""
    names: dict[str, str] = {}
    for theme in themes.values():
        for name in (theme.label, *theme.aliases, theme.id):
            names.setdefault(propose_id(name, otherwise=theme.id, long=True), theme.id)
    return names


def _written(ids: Iterable[str], mention: IdMention, context: Context) -> str:
    """Themes as they are written in the head of a note, or in an attribution."""
    in_head = any(mention in note.themes for note in context.notes if note.path == mention.span.path)
    return f"[{', '.join(ids)}]" if in_head else " ".join(f"#{id_}" for id_ in ids)


declare_rule(
    "undeclared-theme",
    Group.THEMES,
    "A quote is filed only under themes that its note lists.",
    "The list says in which order the source treats its themes, so it must be whole.",
    "Add the theme to the note's `themes:`.",
)


def check_undeclared_theme(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        declared = {mention.id for mention in note.themes}
        for mention in [mention for quote in note.quotes for mention in quote.themes]:
            if mention.id not in declared and mention.id in context.links.themes:
                message = f"the note does not list the theme {quoted(mention.id)}"
                remedy = f"add {mention.id} to themes: at the head of the note"
                yield found("undeclared-theme", mention.span, message, remedy, about=mention.id)


declare_rule(
    "theme-without-quotes",
    Group.THEMES,
    "Every theme has at least one quote.",
    "A theme is worth most where a reader can see the words that it rests on.",
    "Look for a quotation, or leave it: some themes have none yet.",
    severity=Severity.INFORMATION,
)


def check_theme_without_quotes(context: Context) -> Iterator[Diagnostic]:
    links = context.links
    for theme in links.themes.values():
        if theme.id in links.notes_by_theme and theme.id not in links.quotes_by_theme:
            message = f"no quote is filed under the theme {quoted(theme.id)}"
            remedy = "look for a quotation, or leave it: some themes have none yet"
            yield found("theme-without-quotes", Span.of_file(theme.path), message, remedy, about=theme.id)


declare_rule(
    "unused-theme",
    Group.THEMES,
    "Every theme is listed by a note.",
    "A theme that nothing leads to is an empty page.",
    "List it in a note, or remove the file.",
    severity=Severity.WARNING,
)


def check_unused_theme(context: Context) -> Iterator[Diagnostic]:
    links = context.links
    listed = context.listed_themes
    for theme in links.themes.values():
        if theme.id not in listed and theme.id not in links.narrower:
            message = f"no note lists the theme {quoted(theme.id)}"
            remedy = "list it in the themes: of a note, or remove the file"
            yield found("unused-theme", Span.of_file(theme.path), message, remedy, about=theme.id)


declare_rule(
    "theme-cycle",
    Group.THEMES,
    "No theme is, by way of `broader`, broader than itself.",
    "The themes are shown as a tree.",
    "Remove one `broader` of those that the message names.",
)


def check_theme_cycle(context: Context) -> Iterator[Diagnostic]:
    themes = context.links.themes
    reported: set[frozenset[str]] = set()
    for theme in themes.values():
        cycle = _cycle_from(theme, themes)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            way = " → ".join(quoted(id_) for id_ in (*cycle, cycle[0]))
            span = next(m.span for m in theme.broader if m.id == cycle[1 % len(cycle)])
            message = f"the theme is broader than itself: {way}"
            yield found("theme-cycle", span, message, "remove one broader: on this way", about=theme.id)


def _cycle_from(theme: Theme, themes: Mapping[str, Theme]) -> tuple[str, ...]:
    """The ids of the shortest way that leads from a theme by `broader` back to it; empty if there is none."""
    before: dict[str, str] = {}
    waiting = deque([theme.id])
    while waiting:
        id_ = waiting.popleft()
        for mention in themes[id_].broader:
            if mention.id == theme.id:
                return _way_to(id_, before)
            if mention.id in themes and mention.id not in before:
                before[mention.id] = id_
                waiting.append(mention.id)
    return ()


def _way_to(id_: str, before: Mapping[str, str]) -> tuple[str, ...]:
    way = [id_]
    while way[-1] in before:
        way.append(before[way[-1]])
    return tuple(reversed(way))
