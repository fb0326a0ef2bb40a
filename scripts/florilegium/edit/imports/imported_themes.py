"""Tags, codes and colours of other programs as themes of the library: matched by id, label or alias, or created."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...core.diagnostics import did_you_mean, quoted
from ...core.edits import Change
from ...core.ids import LIST_ID, free_id, propose_id
from ...core.model import Theme
from ...core.rules import Severity
from ...core.spans import Span
from ...core.yaml_writer import quoted_yaml
from ...library.listing import theme_path
from .foreign_text import clean_line, paragraphs
from .highlights import Highlight, ImportedCode, ImportReport

_TODO = "What this theme covers, and what it leaves out, is still to be written."


@dataclass(slots=True, kw_only=True)
class Themes:
    """The themes of a library, as those who tag know them, and those that an import adds."""

    known: dict[str, Theme]
    said: Mapping[str, str]
    """From a tag, folded, to the id of the theme that the user named for it."""
    create: bool
    language: str = "en"
    """Of the library: how it spells its letters in an id."""
    added: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By id: label, id of the broader theme, description."""
    unknown: dict[str, list[Span]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id_, theme in self.known.items():
            for name in (*theme.aliases, theme.label, id_):
                self._ids[name.casefold()] = id_

    def of(self, highlight: Highlight) -> tuple[str, ...]:
        """The ids of a highlight's themes; tags that no theme fits are remembered, colours are not."""
        found = [self._find(tag, highlight.span) for tag in highlight.tags]
        colour = self._known(highlight.colour) if highlight.colour else ""
        return tuple(dict.fromkeys(id_ for id_ in (*found, colour) if id_))

    def has(self, tag: str) -> bool:
        """Whether a tag is one of the library's themes."""
        return bool(self._known(tag))

    def _known(self, tag: str) -> str:
        folded = " ".join(tag.split()).casefold()
        return self.said.get(folded) or self._ids.get(folded) or self._ids.get(propose_id(folded), "")

    def _find(self, tag: str, span: Span) -> str:
        id_ = self._known(tag)
        if id_:
            return id_
        label = clean_line(tag)[:300]
        if not self.create or not label:
            self.unknown.setdefault(label, []).append(span)
            return ""
        return self._add(label)

    def ids(self, names: Iterable[str], label: str) -> tuple[str, ...]:
        """The id of the theme that has one of these names; of a new one of this label, where none has."""
        known = next((id_ for name in names if (id_ := self._known(name))), "")
        return (known or self._add(label),)

    def _add(self, label: str, broader: str = "", description: str = "") -> str:
        proposed = propose_id(label, self.language, "theme")
        id_ = free_id(proposed, {*self.known, *self.added, LIST_ID})
        self._ids[label.casefold()] = id_
        self.added[id_] = (label, broader, description)
        return id_

    def take(self, codes: Iterable[ImportedCode]) -> int:
        """Add a theme for each code that no theme fits; returns how many codes had one already."""
        before = 0
        for code in codes:
            if self._known(code.name):
                before += 1
            else:
                self._add(code.name, self._known(code.broader) if code.broader else "", code.description)
        return before

    def notices(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The notices that all quotes of these themes must carry."""
        return tuple(m.id for id_ in ids if id_ in self.known for m in self.known[id_].notices)

    def report_unknown(self, to: ImportReport) -> None:
        """Say of tags that no theme fits them: once a tag."""
        names = [name for id_, theme in self.known.items() for name in (id_, theme.label, *theme.aliases)]
        otherwise = "name a theme: --theme TAG=THEME; or make one: --new-themes"
        for tag, spans in self.unknown.items():
            times = f" ({len(spans)} times)" if len(spans) > 1 else ""
            remedy = f"{did_you_mean(tag, names)} {otherwise}".strip()
            to.report(spans[0], f"no theme fits the tag {quoted(tag)}{times}", remedy, Severity.WARNING)

    def changes(self) -> list[Change]:
        """The files of the new themes."""
        return [Change(path=theme_path(id_), before=None, after=_render(*theme)) for id_, theme in self.added.items()]


def _render(label: str, broader: str, description: str) -> str:
    head = f"---\nlabel: {quoted_yaml(label)}\n"
    head += f"broader: {broader}\n" if broader else ""
    return f"{head}---\n" + "\n\n".join(paragraphs(description) or [_TODO]) + "\n"
