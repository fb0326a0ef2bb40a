"""The command `import`, which brings works and highlights along from other programs."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..core.diagnostics import plain, quoted
from ..core.edits import read_exactly, write_changes
from ..core.errors import CannotRun
from .program import progress, root_option, show_changes, tell

if TYPE_CHECKING:
    from ..edit.imports.highlights import Export, ImportFinding
    from ..edit.imports.import_plan import ImportPlan

_FORMATS = ("auto", "bibtex", "ris", "csl", "zotero", "hypothesis", "readwise", "kindle", "refi-qda")


@click.command("import")
@root_option
@click.argument("arguments", nargs=-1, required=True, metavar="[FORMAT] FILE")
@click.option("--note", default="", metavar="ID", help="The note that the highlights go into.")
@click.option("--source", default="", metavar="KEY", help="The work that the highlights are from.")
@click.option("--speaker", default="", metavar="ROLE", help="Who speaks in the highlights; default: author.")
@click.option("--only", default="", metavar="TEXT", help="Only works that have this in their title.")
@click.option("--theme", "themes", multiple=True, metavar="TAG=THEME", help="Map a tag or colour to a theme.")
@click.option("--new-themes", is_flag=True, help="Create a theme for each unmatched tag.")
@click.option("--key", "keys", multiple=True, metavar="OLD=NEW", help="Another key for a work of the file.")
@click.option("--map", "maps", multiple=True, metavar="KEY=KEY", help="With notes: read one property as another.")
@click.option("--library", default="", metavar="ID", help="With zotero: a library of its web service.")
@click.option("--collection", default="", metavar="KEY", help="With zotero: only this collection of the library.")
@click.option("--local", is_flag=True, help="With zotero: ask Zotero on this computer.")
@click.option("--all", "everything", is_flag=True, help="With --library: all items, not only what changed.")
@click.option("--keep-mine", is_flag=True, help="Settle conflicts: what stands in the library is right.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
def import_(
    root: Path,
    arguments: tuple[str, ...],
    speaker: str,
    themes: tuple[str, ...],
    keys: tuple[str, ...],
    maps: tuple[str, ...],
    library: str,
    collection: str,
    local: bool,
    everything: bool,
    dry_run: bool,
    **asked: Any,
) -> int:
    """Import works and highlights from another program: BibTeX, RIS, CSL, Zotero, Hypothesis, Readwise, Kindle,
    REFI-QDA; with `zotero --library ID`, from a library of Zotero over the network; with `notes DIR`, a folder of
    notes; with `form`, what was filed as an issue."""
    from ..edit.imports.import_plan import ImportRequest, plan_import

    if arguments[0] == "notes":
        from .vault_import import import_vault

        return import_vault(root, arguments[1:], speaker, _pairs("--map", maps), dry_run=dry_run)
    if arguments[0] == "form":
        from .form_import import import_form

        return import_form(root, arguments[1:], dry_run=dry_run)

    tags = {tag.casefold(): theme for tag, theme in _pairs("--theme", themes).items()}
    request = ImportRequest(speaker=speaker, themes=tags, keys=_pairs("--key", keys), **asked)
    if library or local or collection or everything:
        if arguments != ("zotero",) or not (library or local):
            raise CannotRun(
                "--collection, --local and --all belong to a library of Zotero",
                "write florilegium import zotero --library ID",
            )
        export = _read_zotero(root, library, collection, local=local, everything=everything)
    else:
        export = _read(arguments)
    plan = plan_import(root, export, request)
    _report(plan.findings)
    if dry_run:
        show_changes(plan.changes)
    else:
        write_changes(root, plan.changes)
    _summarise(plan, export, dry_run)
    return int(any(finding.severity == "error" for finding in plan.findings) or plan.conflicts > 0)


def _pairs(option: str, values: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for value in values:
        left, equals, right = value.partition("=")
        if not (left and equals and right):
            raise CannotRun(f"{option} {value} has no two sides", f"write {option} LEFT=RIGHT")
        pairs[left.strip()] = right.strip()
    return pairs


def _read(arguments: tuple[str, ...]) -> "Export":
    from ..edit.imports.detection import MAX_EXPORT_BYTES, guess_format, parse_export
    from ..edit.imports.highlights import HighlightFormat

    if len(arguments) > 2 or (len(arguments) == 2 and arguments[0] not in _FORMATS):
        raise CannotRun(
            f"{quoted(arguments[0])} is not a format", f"the formats are {', '.join(_FORMATS)}, notes, form"
        )
    name = arguments[0] if len(arguments) == 2 else "auto"
    path = Path(arguments[-1])
    if not path.is_file():
        remedy = "name the exported file"
        if arguments == ("zotero",):
            remedy += ", or a library: florilegium import zotero --library ID"
        raise CannotRun(f"there is no file {quoted(path)}", remedy)
    if path.stat().st_size > MAX_EXPORT_BYTES:
        raise CannotRun(f"{quoted(path)} has more than {MAX_EXPORT_BYTES:,} bytes", "export fewer works")
    data = path.read_bytes()
    format = guess_format(data) if name == "auto" else HighlightFormat(name)
    if format is None:
        raise CannotRun(f"nothing in {quoted(path)} tells its format", f"name one of {', '.join(_FORMATS[1:])}")
    return parse_export(format, path.name, data)


def _read_zotero(root: Path, name: str, collection: str, *, local: bool, everything: bool) -> "Export":
    """The works and annotations of a library. The network is used; nothing is written there."""
    from ..edit.imports.import_state import IMPORT_STATE, parse_import_state
    from ..edit.imports.zotero_library import known_works, zotero_export
    from ..works.registries.zotero_service import fetch_zotero, parse_zotero_library

    library = parse_zotero_library(name, collection, local=local)
    state = parse_import_state(read_exactly(root, IMPORT_STATE))
    since = 0 if everything else state.versions.get(library.name, 0)
    found = fetch_zotero(library, since=since, known=known_works(state), progress=progress())
    if not found.is_whole:
        tell(f"asked for what changed since version {since:,}; --all asks for everything")
    return zotero_export(found, library)


def _report(findings: Iterable["ImportFinding"]) -> None:
    for finding in sorted(findings, key=lambda finding: (finding.span, finding.message)):
        click.echo(f"{plain(str(finding.span))}: {finding.severity}: {plain(finding.message)}", err=True)
        for line in finding.diff:
            click.echo(f"    {plain(line)}", err=True)
        if finding.help:
            click.echo(f"  help: {plain(finding.help)}", err=True)


def _summarise(plan: "ImportPlan", export: "Export", dry_run: bool) -> None:
    for note in plan.notes:
        counts = (
            (note.added, "added"),
            (note.updated, "updated"),
            (note.kept, "unchanged"),
            (note.conflicts, "in conflict"),
        )
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        click.echo(f"{note.path}{' (a new draft)' if note.is_new else ''}: quotes {told or 'unchanged'}")
    works = plan.works
    if works.added or works.updated or works.kept or works.conflicts:
        click.echo(
            f"works: {len(works.added)} added, {len(works.updated)} updated, {works.kept} there already, "
            f"{works.conflicts} in conflict"
        )
    if plan.themes:
        click.echo(f"themes: {plan.themes} added")
    if plan.left_out:
        click.echo(f"highlights left out: {plan.left_out}")
    if not plan.changes:
        click.echo(f"nothing new in this {export.format} {'library' if export.version[0] else 'file'}")
    elif dry_run:
        click.echo("Nothing was written.")
    if any(note.added for note in plan.notes):
        click.echo("Look at each new quote: a highlight does not say who speaks. Words of a person who was interviewed")
        click.echo("are never the author's. A new note stays a draft until its TODOs are filled.")
