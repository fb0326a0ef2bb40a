"""Citation styles of the library's own, `annotations/references/<name>.csl`: whether a build can use them."""

from collections.abc import Container, Iterator

from ..core.diagnostics import Diagnostic, quoted
from ..core.model import LibrarySettings
from ..core.rules import Group, declare_rule
from ..core.spans import LineTable, Position, Span
from .listing import SETTINGS_PATH

_ANOTHER = "put a complete .csl file in its place, for example one from https://www.zotero.org/styles"


declare_rule(
    "invalid-style",
    Group.REFERENCES,
    "A citation style of the library's own is a complete CSL style that can be used.",
    "With a style that is missing, broken or made to take all memory, no page can be built.",
    "Put another `.csl` file in its place, or name one of the styles that come with the program.",
)


def check_style(table: LineTable) -> Iterator[Diagnostic]:
    """What keeps a style from being used, at its line."""
    # Loaded here: few libraries have a style of their own.
    from ..works.citing.citation_styles import find_style_fault

    if found := find_style_fault(table.text.encode()):
        fault, line = found
        offset = min(table.offset(Position(line, 1)), len(table.text.rstrip()))
        message = f"the citation style {quoted(table.path)} {fault}"
        yield Diagnostic(rule="invalid-style", span=table.span(offset, offset), message=message, help=_ANOTHER)


def missing_style(settings: LibrarySettings, seen: Container[str]) -> Iterator[Diagnostic]:
    """That no file has the path that `citation-style` names; `seen` are the paths of the library's files."""
    path = f"annotations/{settings.citation_style}"
    if path.endswith(".csl") and path not in seen:
        message = f"there is no file {quoted(path)}, which is named as the citation style"
        span = settings.spans.get("citation-style", Span.of_file(SETTINGS_PATH))
        remedy = "correct the path, or put a complete .csl file there"
        yield Diagnostic(rule="invalid-style", span=span, message=message, help=remedy)
