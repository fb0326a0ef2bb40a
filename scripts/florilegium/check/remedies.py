"""Remedies made of what the library has: its own themes, works and speakers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from ..core.diagnostics import Diagnostic, plain, quoted
from ..core.model import Note
from ..library.links import Links

_KEY = re.compile(r"@key\b")
_MOST = 500
"""Findings that are looked at; no report shows more."""


def fit_remedies(links: Links, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the findings, with remedies that name what this library and this note have."""
    notes = {note.path: note for note in links.library.notes}
    fitter = _Fitter(links)
    for count, finding in enumerate(findings):
        note = notes.get(finding.span.path)
        yield fitter.fit(finding, note) if note is not None and count < _MOST else finding


class _Fitter:
    def __init__(self, links: Links) -> None:
        self.links = links
        self.roles = ", ".join(role.label.lower() for role in links.roles.values())

    def fit(self, finding: Diagnostic, note: Note) -> Diagnostic:
        match finding.rule:
            case "malformed-attribution" | "unattributed-quote":
                remedy = self._tag(finding.about) or self._form(finding.help, note)
            case "foreign-markup" if finding.about:
                remedy = self._wikilink(finding)
            case _:
                return finding
        return finding if remedy == finding.help else replace(finding, help=remedy)

    def _tag(self, about: str) -> str:
        """How to write words that stand for a theme or notice of this library."""
        for name in about.split():
            if name in self.links.themes:
                return f"write #{name}"
            if name in self.links.notices:
                return f"write !{name}"
        return ""

    def _form(self, remedy: str, note: Note) -> str:
        """A form, with the work of the note, one of its themes, and who may speak."""
        if note.source is not None:
            remedy = _KEY.sub(f"@{note.source.id}", remedy)
        theme = next((mention.id for mention in note.themes if mention.id in self.links.themes), "")
        if theme:
            remedy = re.sub(r"#theme\b", f"#{theme}", remedy)
        if "SPEAKER" in remedy and self.roles:
            remedy += f" (SPEAKER: {self.roles})"
        return remedy

    def _wikilink(self, finding: Diagnostic) -> str:
        """A link to the note or theme of that name; where there is none, the words alone."""
        name, _, shown = finding.about.partition("|")
        name = name.partition("#")[0].strip()
        words = plain(shown.strip() or name)
        folder = "notes" if finding.span.path.split("/")[1] == "notes" else "themes"
        wanted = name.rpartition("/")[2].removesuffix(".md").casefold()
        notes = (("notes", note.id, note.title) for note in self.links.library.notes)
        themes = (("themes", theme.id, theme.label) for theme in self.links.library.themes)
        for kind, id_, title in chain(notes, themes):
            if wanted in (id_, title.casefold()):
                way = f"{id_}.md" if kind == folder else f"../{kind}/{id_}.md"
                return f"write a Markdown link: [{words}]({way})"
        return f"write the words alone, since there is no note or theme {quoted(name)}: {words}"
