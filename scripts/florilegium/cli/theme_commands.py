"""The commands that change an id everywhere at once: `theme rename`, `theme merge` and `note rename`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options
from ..core.diagnostics import counted
from ..core.edits import Change, write_changes
from .program import progress, root_option, show_changes, tell

if TYPE_CHECKING:
    from ..edit.renames.rename_plan import Renaming


@click.group()
def theme() -> None:
    """Rename a theme, or make two of them one, in all files at once."""


_dry_run = click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")


@theme.command()
@root_option
@_dry_run
@click.argument("old")
@click.argument("new")
def rename(root: Path, dry_run: bool, old: str, new: str) -> int:
    """Give the theme OLD the id NEW, wherever it is named, and let its old address lead to the new one."""
    from ..edit.renames.rename_plan import plan_rename

    renaming = plan_rename(Options(root=root, progress=progress()), old, new)
    return _write(root, renaming, dry_run, f"{old} is {new} now")


@theme.command()
@root_option
@_dry_run
@click.argument("gone", metavar="THEME")
@click.argument("kept", metavar="INTO")
def merge(root: Path, dry_run: bool, gone: str, kept: str) -> int:
    """Merge THEME into the theme INTO, which takes over its quotes, names, notices and text."""
    from ..edit.renames.rename_plan import plan_merge

    renaming = plan_merge(Options(root=root, progress=progress()), gone, kept)
    return _write(root, renaming, dry_run, f"{gone} is part of {kept} now")


@click.group()
def note() -> None:
    """Rename a note, in all files at once."""


@note.command("rename")
@root_option
@_dry_run
@click.argument("old")
@click.argument("new")
def rename_note(root: Path, dry_run: bool, old: str, new: str) -> int:
    """Give the note OLD the id NEW: its file, links to it, its verified quotations; its old address is redirected."""
    from ..edit.renames.renamed_notes import plan_note_rename

    renaming = plan_note_rename(Options(root=root, progress=progress()), old, new)
    return _write(root, renaming, dry_run, f"{old} is {new} now")


def _write(root: Path, renaming: "Renaming", dry_run: bool, done: str) -> int:
    moved, changes = _split(renaming)
    if moved:
        click.echo(f"rename {renaming.old_path} => {renaming.new_path}")
    show_changes(changes)
    for finding in renaming.advice:
        tell(finding)
    files = counted(len(renaming.changes) - bool(moved), "file")
    if dry_run:
        click.echo(f"{files} would change; nothing was written")
        return 0
    write_changes(root, renaming.changes)
    click.echo(f"{done}: {files} changed")
    return 0


def _split(renaming: "Renaming") -> tuple[bool, list[Change]]:
    """Whether a file was moved, and the changes as they are shown: a file that moved is compared with itself."""
    by_path = {change.path: change for change in renaming.changes}
    old, new = by_path.get(renaming.old_path), by_path.get(renaming.new_path)
    if old is None or new is None or old.after is not None or new.before is not None:
        return False, list(renaming.changes)
    rest = [change for change in renaming.changes if change not in (old, new)]
    return True, [*rest, Change(path=new.path, before=old.before, after=new.after)]
