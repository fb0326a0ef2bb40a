"""Names of notes and themes: each is an id, none is another one's in other case, none is kept for something else."""

from collections.abc import Iterable, Iterator

from ..core.diagnostics import Diagnostic, Related, quoted
from ..core.ids import LIST_ID, is_id, propose_id
from ..core.rules import Group, declare_rule
from ..core.spans import Span

_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))
"""Names that Windows keeps for devices, whatever follows after a full stop: libraries are cloned there too. See
https://learn.microsoft.com/windows/win32/fileio/naming-a-file."""


declare_rule(
    "invalid-id",
    Group.FILES,
    "An id is made of lower-case ASCII letters, digits and single hyphens, 64 characters at most.",
    "Ids become addresses of pages, which readers cite, so they are permanent and must be plain.",
    "Rename the file or the quote, for example to `forget-the-pain`.",
)


def check_file_name(path: str, kind: str) -> Iterator[Diagnostic]:
    """Whether the file of a note or theme, which `kind` says, has an id for a name."""
    stem = path.rsplit("/", 1)[1].removesuffix(".md")
    if stem == LIST_ID:
        message = f"the id {quoted(stem)} belongs to the page that lists all {kind}s"
        remedy = "give the file another name"
    elif stem in _DEVICES:
        message = f"{quoted(stem)} is the name of a device on Windows, where no such file can be made"
        remedy = f"rename the file, for example to {stem}-{kind}.md"
    elif not is_id(stem):
        rules = "lower-case letters a-z, digits and single hyphens, at most 64"
        message = f"{quoted(stem)} is not a valid {kind} id: {rules}"
        remedy = f"rename the file to {propose_id(stem, otherwise=kind)}.md"
    else:
        return
    yield Diagnostic(rule="invalid-id", span=Span.of_file(path), message=message, help=remedy)


declare_rule(
    "clashing-ids",
    Group.FILES,
    "No two notes and no two themes have ids that differ only in case.",
    "Some file systems cannot keep the two pages apart.",
    "Rename one of them.",
)


def check_file_names(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Which of the paths differ only in case."""
    seen: dict[str, str] = {}
    for path in paths:
        folded = path.casefold()
        if folded in seen:
            message = f"{quoted(path)} and {quoted(seen[folded])} differ only in case"
            related = (Related(message="the other file", span=Span.of_file(seen[folded])),)
            yield Diagnostic(
                rule="clashing-ids",
                span=Span.of_file(path),
                message=message,
                help="rename one of them",
                related=related,
            )
        seen.setdefault(folded, path)
