"""The files of a new note and a new theme, in which `TODO:` marks what is still to be written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ...core.diagnostics import insist_known, quoted
from ...core.edits import Change
from ...core.errors import CannotRun
from ...core.ids import LIST_ID, free_id, is_id, propose_id
from ...core.limits import MAX_TITLE
from ...core.model import Basis, LibrarySettings
from ...core.sources import Source
from ...core.yaml_writer import yaml_flow, yaml_text
from ...library.links import Links
from ...library.listing import ANNOTATIONS
from ...markdown.citations import cite
from ...works.csl.csl_items import to_csl
from .requested_works import KnownWork


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """What the writer of a note has said about it."""

    work: KnownWork
    basis: Basis
    via: KnownWork | None = None
    title: str = ""
    """Empty for the title of the work."""
    id: str = ""
    """Empty for one made from the title."""
    themes: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    today: date
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTheme:
    """What the writer of a theme has said about it."""

    label: str
    id: str = ""
    """Empty for one made from the label."""
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to be written."""

    id: str
    change: Change
    todos: tuple[tuple[int, str], ...]
    """What is left to be done: the line, and the words."""


def plan_note(links: Links, wanted: NewNote) -> NewFile:
    """The file of a new note. Raises `CannotRun` for a theme, notice or id that cannot be."""
    title = wanted.title or _cut(" ".join(wanted.work.source.title.split()))
    if not title:
        raise CannotRun("the work has no title, so the note needs one", "give it with --title")
    if wanted.basis is Basis.SECONDARY and wanted.via is None:
        raise CannotRun("the basis is secondary, so the work that was read instead is missing", "name it with --via")
    if wanted.via and wanted.via.source.key == wanted.work.source.key:
        raise CannotRun("--via names the source itself", "name the work that was read instead of it")
    if wanted.via and wanted.basis is not Basis.SECONDARY:
        raise CannotRun(f"--via names a work that was read instead, but the basis is {wanted.basis}", "leave out one")
    for theme in wanted.themes:
        insist_known("theme", theme, links.themes, "florilegium new theme starts one")
    for notice in wanted.notices:
        insist_known("notice", notice, links.notices, "declare it in annotations/library.yml")
    id_ = _id(links, wanted.id, title, {note.id for note in links.library.notes}, "note")
    return _draft(f"notes/{id_}.md", id_, "".join(_note(wanted, title, links.library.settings)))


def plan_theme(links: Links, wanted: NewTheme) -> NewFile:
    """The file of a new theme. Raises `CannotRun` for a theme, notice or id that cannot be."""
    for theme in (*wanted.broader, *wanted.related):
        insist_known("theme", theme, links.themes, "start it with florilegium new theme")
    for notice in wanted.notices:
        insist_known("notice", notice, links.notices, "declare it in annotations/library.yml")
    id_ = _id(links, wanted.id, wanted.label, set(links.themes), "theme")
    return _draft(f"themes/{id_}.md", id_, "".join(_theme(wanted)))


def _draft(path: str, id_: str, text: str) -> NewFile:
    lines = enumerate(text.split("\n"), 1)
    todos = tuple((number, line[line.index("TODO:") + 5 :].strip()) for number, line in lines if "TODO:" in line)
    return NewFile(id=id_, change=Change(path=f"{ANNOTATIONS}/{path}", before=None, after=text), todos=todos)


# ---------------------------------------------------------------------------------------------------------- ids


def _id(links: Links, given: str, title: str, taken: set[str], what: str) -> str:
    """The id that was given, if it can be had; else one made from the title."""
    proposal = propose_id(given or title, links.library.settings.language, what, long=True)
    if not given:
        return free_id(proposal, taken | {LIST_ID})
    if not is_id(given) or given == LIST_ID:
        reason = "lower-case letters a-z, digits and single hyphens, at most 64 characters"
        remedy = f"take {free_id(proposal, taken | {LIST_ID})}"
        raise CannotRun(f"{quoted(given)} is not a valid id of a {what}: {reason}", remedy)
    if given in taken:
        raise CannotRun(
            f"there is a {what} {quoted(given)} already", f"take another id, such as {free_id(given, taken)}"
        )
    return given


def _cut(title: str) -> str:
    """A title that is short enough for a note."""
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"


# -------------------------------------------------------------------------------------------------------- files


_NO_THEMES = " # TODO: name the themes that the work treats, in its order; or leave the list empty"


def _note(wanted: NewNote, title: str, settings: LibrarySettings) -> Iterator[str]:
    source, via = wanted.work.source, wanted.via
    yield f"---\ntitle: {yaml_text(title)}\nsource: {yaml_text(source.key)}\nbasis: {wanted.basis}\n"
    if via:
        yield f"via: {yaml_text(via.source.key)}\n"
    yield f"themes: {yaml_flow(wanted.themes)}{'' if wanted.themes else _NO_THEMES}\n"
    asked = (mention.id for mention in settings.sensitive_sources.get(source.key, ()))
    if notices := tuple(dict.fromkeys((*wanted.notices, *asked))):
        yield f"notices: {yaml_flow(notices)}\n"
    if wanted.contributors:
        yield f"contributors: {yaml_flow(wanted.contributors)}\n"
    yield f"date: {wanted.today.isoformat()}\n"
    if wanted.draft:
        yield "status: draft\n"
    unlisted = [work.source for work in (wanted.work, via) if work and not work.listed]
    if unlisted:
        yield "references:\n"
    for work in unlisted:
        yield from reference_lines(work)
    yield "---\n"
    yield from _body(wanted, settings)


def _body(wanted: NewNote, settings: LibrarySettings) -> Iterator[str]:
    """What the note is to say, and in a comment the form of a quotation, with this library's own words."""
    citation = _citation(wanted.work.source)
    via = _citation(wanted.via.source) if wanted.via else ""
    role = settings.roles[0].id if settings.roles else "author"
    theme = wanted.themes[0] if wanted.themes else "theme"
    yield "TODO: say in your own words what the work asks, and what it finds. Cite as you go: "
    yield f"{citation}{f'; {via} for what you read there' if via else ''}.\n\n"
    yield "<!--\nTODO: put your quotations here, each in this form, and remove this comment.\n\n"
    yield "> The words, exactly as they stand in the work. What you change stands in brackets: […] where you leave "
    yield "something out, [she] where you put something in.\n>\n"
    yield f"> — {role}, in {citation}{f', quoted in {via}' if via else ''} #{theme} {{#an-id-of-your-choice}}\n\n"
    if settings.roles:
        roles = ", ".join(role.id for role in settings.roles)
        yield f"Who says the words comes first; it begins with one of: {roles}.\n"
    yield "After the last work stand the themes that the words belong to, each with a #. The head lists them too.\n"
    if settings.notices:
        yield f"Then, if readers should be warned: {', '.join(f'!{notice.id}' for notice in settings.notices)}.\n"
    yield "Last comes an id of small letters, digits and single hyphens, which should never change.\n-->\n"


def _citation(source: Source) -> str:
    """A citation with a page that the work may well have, as an example."""
    page = re.match("[0-9]+", source.variables.get("page", ""))
    return cite(source.key, f"p. {page[0] if page else 12}")


def _theme(wanted: NewTheme) -> Iterator[str]:
    yield f"---\nlabel: {yaml_text(wanted.label)}\n"
    for key in ("aliases", "broader", "related", "notices"):
        if values := getattr(wanted, key):
            yield f"{key}: {yaml_flow(values)}\n"
    yield "---\nTODO: say what the theme covers and what it leaves out. The first sentence opens the theme's page.\n"


# --------------------------------------------------------------------------------------------------------- YAML


_LEFT_OUT = frozenset(("abstract", "annote"))
"""Fields that are often somebody else's words, under copyright, or remarks that nobody meant to publish."""


def reference_lines(work: Source, indent: str = "  ") -> Iterator[str]:
    """A work as one entry of a list of references in YAML: a line for each field."""
    fields = ((field, value) for field, value in to_csl(work).items() if field not in _LEFT_OUT)
    for number, (field, value) in enumerate(fields):
        line = " ".join(value.split()) if isinstance(value, str) and field != "id" else value
        yield f"{indent}{'  ' if number else '- '}{yaml_text(field)}: {yaml_flow(line)}\n"
